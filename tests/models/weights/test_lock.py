"""A lock lists whole models of files that may be fetched, and is read back as it was written."""

import pytest
from pydantic import ValidationError

from assets.errors import SheetRefused
from models.weights import Weights
from models.weights.lock import Lock, LockedComponent, LockedFile, lock_file, read_lock
from tests.models.weights.small_models import FILES, OTHER, a_model

UNSAFE = (
    "model.py", "unet/pipeline.PY", "model.bin", "model.ckpt", "model.pt", "x.pkl", "kernel.so", "run.sh", "noname",
    "../x.json", "/etc/x.json", "a/../../x.json", "a//x.json", "./x.json", "a\\x.json", "C:x.json", ".cache/x.json",
    "a\n.json", "", f"{'a' * 300}.json",
)  # fmt: skip


@pytest.mark.parametrize("path", UNSAFE)
def test_a_lock_lists_no_file_that_can_run_code_or_leave_its_folder(path):
    with pytest.raises(ValidationError):
        LockedFile(path=path, bytes=1, sha256="0" * 64)


@pytest.mark.parametrize(
    "path", ["a/b.safetensors", "vocab.json", "merges.txt", "spiece.model", "x.jinja", "LICENSE"]
)
def test_weights_configurations_and_tokenizers_may_be_fetched(path):
    assert LockedFile(path=path, bytes=1, sha256="0" * 64).path == path


def test_a_lock_is_read_back_as_it_was_written(tmp_path):
    lock = Lock(profile="mine", models=(a_model(), a_model(variant="fp16")))
    lock_file(tmp_path / "mine.yaml").write_text(lock.to_yaml())

    assert read_lock(tmp_path / "mine.yaml") == lock


def test_a_lock_of_another_profile_is_refused(tmp_path):
    lock_file(tmp_path / "mine.yaml").write_text(Lock(profile="other").to_yaml())

    with pytest.raises(SheetRefused, match="other"):
        read_lock(tmp_path / "mine.yaml")


def test_a_profile_without_a_lock_has_none(tmp_path):
    assert read_lock(tmp_path / "mine.yaml") is None


def test_an_entry_is_found_by_which_files_are_meant():
    half = a_model(variant="fp16")
    lock = Lock(profile="mine", models=(a_model(), half))

    assert lock.entry(Weights(hub="studio/tiny", variant="fp16")) == half
    assert lock.entry(Weights(hub="studio/tiny", files=("x/*",))) is None


def test_a_component_that_the_lock_does_not_pin_is_refused():
    """The hub library fetches such a part from a branch: nobody would know which bytes ran."""
    part = LockedComponent(hub="other/reader", revision=OTHER)

    with pytest.raises(ValidationError, match="other/reader"):
        Lock(profile="mine", models=(a_model(components={"reader": part}),))


def test_a_component_at_another_commit_than_the_one_listed_is_refused():
    part = LockedComponent(hub="other/reader", revision=OTHER)

    with pytest.raises(ValidationError, match="other/reader"):
        Lock(profile="mine", models=(a_model(components={"reader": part}), a_model(hub="other/reader")))


def test_no_file_is_listed_twice_also_not_in_another_case():
    files = {**FILES, "UNET/config.json": b"{}"}

    with pytest.raises(ValidationError, match="twice"):
        a_model(files)
