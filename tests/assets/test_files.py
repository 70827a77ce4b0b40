"""Files appear whole or not at all; what dead processes left is swept; refusals are sentences."""

import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from assets import files
from assets.errors import PathRefused, StorageFailed


def killed(code: str, folder: Path) -> None:
    """Run ``code`` in ``folder`` until it says "ready", then kill -9 it."""
    process = subprocess.Popen(
        [sys.executable, "-c", f"import time\nfrom pathlib import Path\nfrom assets import files\n{code}"],
        cwd=folder, stdout=subprocess.PIPE, env={**os.environ, "TMPDIR": str(folder)},
    )  # fmt: skip
    assert process.stdout is not None and process.stdout.readline() == b"ready\n"
    process.send_signal(signal.SIGKILL)
    process.wait()


def test_a_write_that_meets_a_full_disk_leaves_the_old_file(tmp_path: Path):
    """A state file was cut short in place at a full disk, and every later run crashed on it."""
    path = tmp_path / "state.json"
    files.write(path, '{"old": true}')
    old, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
    try:
        with pytest.raises(StorageFailed, match=r"state\.json could not be written: File too large"):
            files.write(path, "x" * 1000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (old, hard))

    assert path.read_text() == '{"old": true}'
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_in_the_file_s_place_is_replaced_and_its_target_is_not_touched(tmp_path: Path):
    target, path = tmp_path / "elsewhere", tmp_path / "report.json"
    target.write_text("theirs")
    path.symlink_to(target)

    files.write(path, "ours")

    assert target.read_text() == "theirs"
    assert path.read_text() == "ours" and not path.is_symlink()


@pytest.mark.parametrize("name", ["a" * 255, "é" * 127, "葵" * 85, "😀" * 63, "a" + "😀" * 63])
def test_the_longest_name_that_a_disk_takes_can_be_written(name: str, tmp_path: Path):
    """The draft of a name of emoji was longer than the disk takes: a letter has up to four bytes."""
    files.write(tmp_path / name, "words")

    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_folder_that_is_a_link_is_refused_below_the_root_and_fine_as_the_root(tmp_path: Path):
    (tmp_path / "disk").mkdir()
    (tmp_path / "out").symlink_to(tmp_path / "disk")
    (tmp_path / "disk" / "planted").symlink_to("/")

    made = files.folder_in(tmp_path / "out", "kite", "stems")

    assert made.is_dir() and (tmp_path / "disk" / "kite" / "stems").is_dir()
    with pytest.raises(PathRefused, match="planted is a link"):
        files.folder_in(tmp_path / "out", "planted", "stems")


def test_a_file_in_a_folder_s_place_is_a_sentence(tmp_path: Path):
    (tmp_path / "out").write_text("a file")

    with pytest.raises(StorageFailed, match="A file stands where a folder is needed"):
        files.folder_in(tmp_path / "out", "kite")


def test_what_a_killed_process_left_is_swept_and_what_a_living_one_has_is_not(tmp_path: Path):
    killed(
        "with files.replacing(Path('film.mp4')) as draft, files.scratch() as folder:\n"
        "    draft.write_bytes(b'half'); (folder / 'frame').write_bytes(b'half')\n"
        "    print('ready', flush=True); time.sleep(60)",
        tmp_path,
    )
    (tmp_path / "sakuga-mine").mkdir()
    with files.replacing(tmp_path / "other.mp4") as draft:
        draft.write_bytes(b"ours")

        swept = files.sweep(tmp_path), files.sweep(tmp_path, prefix="sakuga-")

        assert swept == (1, 1)
        assert {path.name for path in tmp_path.iterdir()} == {draft.name, "sakuga-mine"}


def test_another_machine_s_draft_is_swept_after_a_day_without_a_touch(tmp_path: Path):
    fresh, old = tmp_path / ".a.01234567-1-89abcdef.part", tmp_path / ".b.01234567-1-89abcdef.part"
    fresh.touch()
    old.touch()
    long_ago = time.time() - 25 * 3600
    os.utime(old, (long_ago, long_ago))

    files.sweep(tmp_path)

    assert fresh.exists() and not old.exists()


def test_a_sweep_does_not_follow_links(tmp_path: Path):
    inside, outside = tmp_path / "in", tmp_path / "outside"
    inside.mkdir()
    outside.mkdir()
    killed(
        "with files.replacing(Path('outside/film.mp4')) as draft:\n"
        "    print('ready', flush=True); time.sleep(60)",
        tmp_path,
    )
    (inside / "link").symlink_to(outside)

    assert files.sweep(inside, deep=True) == 0
    assert len(list(outside.iterdir())) == 1
