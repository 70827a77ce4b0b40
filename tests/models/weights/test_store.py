"""A model on this disk is complete and unchanged, or it is refused with the command that fetches it."""

import os

import pytest

from assets.errors import SetupMissing
from models.weights import Weights, lacks_weights, snapshot, store
from models.weights.lock import LockedComponent
from tests.models.weights.small_models import FILES, OTHER, REVISION, a_model, put, tensors, write


def test_a_fetched_model_is_the_folder_with_the_repositorys_files():
    weights = put(a_model())

    found = snapshot(weights).folder

    assert {path.relative_to(found).as_posix() for path in found.rglob("*") if path.is_file()} == set(FILES)


def test_a_model_that_is_not_here_is_named_with_the_command_that_fetches_it():
    with pytest.raises(SetupMissing, match=r"studio/tiny at 0123456789ab.*sakuga models pull"):
        snapshot(Weights(hub="studio/tiny", revision=REVISION))


def test_a_model_without_a_revision_is_refused_with_the_command_that_pins_it():
    put(a_model())

    with pytest.raises(SetupMissing, match="sakuga models pin"):
        snapshot(Weights(hub="studio/tiny"))


def test_another_commit_of_a_fetched_model_is_not_taken_for_it():
    put(a_model())

    with pytest.raises(SetupMissing, match="fedcba987654"):
        snapshot(Weights(hub="studio/tiny", revision=OTHER))


@pytest.mark.parametrize("path", sorted(FILES))
def test_one_changed_byte_is_found(path):
    weights = put(a_model())
    file = snapshot(weights).folder / path
    file.write_bytes(file.read_bytes()[:-1] + b"\xff")

    with pytest.raises(SetupMissing, match="changed or damaged"):
        snapshot(weights)


def test_a_missing_file_is_found():
    weights = put(a_model())
    (snapshot(weights).folder / "unet/config.json").unlink()

    with pytest.raises(SetupMissing, match=r"config\.json is missing"):
        snapshot(weights)


@pytest.mark.parametrize("name", ["unet/pipeline.py", "unet/other.safetensors", "pytorch_model.bin"])
def test_a_file_that_was_not_fetched_is_refused_because_a_loader_may_read_it(name):
    weights = put(a_model())
    (snapshot(weights).folder / name).write_bytes(b"")

    with pytest.raises(SetupMissing, match="was not fetched"):
        snapshot(weights)


def test_a_link_in_a_models_folder_is_refused(tmp_path):
    weights = put(a_model())
    file = snapshot(weights).folder / "unet/config.json"
    (tmp_path / "elsewhere.json").write_bytes(file.read_bytes())
    file.unlink()
    file.symlink_to(tmp_path / "elsewhere.json")

    with pytest.raises(SetupMissing, match="was not fetched"):
        snapshot(weights)


def test_a_large_file_is_hashed_once_and_again_when_it_was_touched():
    large = {**FILES, "unet/model.safetensors": tensors(1, store.SMALL // 4)}
    weights = put(a_model(large), large)
    file = snapshot(weights).folder / "unet/model.safetensors"
    about = file.stat()
    file.write_bytes(tensors(2, store.SMALL // 4))
    os.utime(file, ns=(about.st_atime_ns, about.st_mtime_ns))
    snapshot(weights)  # same size and time: not read again

    os.utime(file)

    with pytest.raises(SetupMissing, match="changed or damaged"):
        snapshot(weights)


def test_a_shared_store_that_is_read_only_can_be_used():
    weights = put(a_model())
    note = store.note_of(weights)
    note.parent.chmod(0o555)
    try:
        assert snapshot(weights).folder.is_dir()
    finally:
        note.parent.chmod(0o755)


def test_a_part_in_a_repository_of_its_own_is_found_beside_the_model():
    reader = put(a_model(hub="other/reader", revision=OTHER))
    part = LockedComponent(hub="other/reader", revision=OTHER, subfolder="unet")
    weights = put(a_model(components={"text_encoder": part}))

    assert snapshot(weights).components == {"text_encoder": snapshot(reader).folder / "unet"}


def test_a_missing_part_is_an_error_of_the_whole():
    part = LockedComponent(hub="other/reader", revision=OTHER)
    weights = put(a_model(components={"text_encoder": part}))

    with pytest.raises(SetupMissing, match="other/reader"):
        snapshot(weights)


def test_variants_and_selections_of_one_repository_lie_apart():
    whole = put(a_model())
    half = put(a_model(variant="fp16"))
    some = put(a_model(select=("unet/*",)))

    assert len({snapshot(one).folder for one in (whole, half, some)}) == 3


def test_a_local_folder_needs_no_store(tmp_path):
    folder = write(tmp_path / "mine")

    assert snapshot(Weights(path=folder)).folder == folder


@pytest.mark.parametrize("name", ["model.py", "pytorch_model.bin", "weights.ckpt", "unet/x.pkl", "run.sh"])
def test_a_local_folder_with_code_or_a_pickle_is_refused(tmp_path, name):
    folder = write(tmp_path / "mine", {**FILES, name: b""})

    with pytest.raises(SetupMissing, match="neither safetensors nor JSON"):
        snapshot(Weights(path=folder))


def test_a_local_folder_with_a_wrong_safetensors_header_is_refused(tmp_path):
    folder = write(tmp_path / "mine", {**FILES, "unet/model.safetensors": tensors()[:-1]})

    with pytest.raises(SetupMissing, match="not a valid safetensors"):
        snapshot(Weights(path=folder))


def test_everything_that_is_missing_is_told_at_once(tmp_path):
    from tests.models.weights.test_choice import Several

    told = lacks_weights(
        Several(weights=Weights(hub="a/b", revision=REVISION), more=(Weights(hub="c/d"),)),
        "json",
        "no_such_package",
    )

    assert all(word in told for word in ("no_such_package", "a/b", "c/d"))
    assert "json" not in told
