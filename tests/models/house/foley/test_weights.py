"""Weights are whole, or refused before one is opened."""

import pytest

from assets.errors import SetupMissing
from models.house.foley import weights


@pytest.fixture
def shipped(tmp_path):
    (tmp_path / "unet").mkdir()
    (tmp_path / "unet" / "model.safetensors").write_bytes(b"weights")
    (tmp_path / "choice.yaml").write_text("rule")
    weights.seal(tmp_path, name="house foley")
    return tmp_path


def test_sealed_files_pass(shipped):
    assert weights.checked(shipped) == shipped
    assert set(weights.listed(shipped)) == {"unet/model.safetensors", "choice.yaml"}


def test_one_changed_byte_is_refused_with_the_files_name(shipped):
    (shipped / "unet" / "model.safetensors").write_bytes(b"weighty")

    with pytest.raises(SetupMissing, match=r"model\.safetensors is damaged"):
        weights.checked(shipped)


def test_a_missing_file_is_named(shipped):
    (shipped / "choice.yaml").unlink()

    with pytest.raises(SetupMissing, match=r"choice\.yaml is not in"):
        weights.checked(shipped)


def test_a_git_lfs_pointer_is_told_from_damage(shipped):
    (shipped / "choice.yaml").write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\n")

    with pytest.raises(SetupMissing, match="git lfs pull"):
        weights.checked(shipped)


def test_no_weights_at_all_says_how_to_make_them(tmp_path):
    with pytest.raises(SetupMissing, match=r"flows\.train_house foley"):
        weights.checked(tmp_path)


def test_other_weights_are_another_revision(shipped):
    before = weights.revision(shipped)
    (shipped / "choice.yaml").write_text("another rule")
    weights.seal(shipped, name="house foley")

    assert before != weights.revision(shipped)
    assert weights.checked(shipped)
