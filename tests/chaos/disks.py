"""Full disks, read-only and missing folders: a sentence, and nothing lost once there is space again."""

import ctypes
import os
import resource
import subprocess
from collections.abc import Callable
from pathlib import Path
from random import Random

from tests.chaos import episode
from tests.chaos.case import Place, Verdict, Wrong
from tests.chaos.commands import finished, judged, sakuga

_NEW_NAMESPACE = 0x00020000  # CLONE_NEWNS, linux/sched.h
NEEDED = 3_000_000  # bytes that the small episode takes, with its vault


def play(chance: Random, place: Place) -> Verdict:
    """One of the faults, chosen by the seed."""
    episode.write_script(place)
    fault: Callable[[Random, Place], Verdict] = chance.choice(FAULTS)
    place.note(f"fault: {fault.__name__}")
    return fault(chance, place)


def out_is_full(chance: Random, place: Place) -> Verdict:
    """--out on a disk that fills at some moment of the run, and then has space again."""
    return _full(chance, place, place.work / "episodes")


def temporary_folder_is_full(chance: Random, place: Place) -> Verdict:
    return _full(chance, place, place.temporary)


def home_of_the_store_is_full(chance: Random, place: Place) -> Verdict:
    """SAKUGA_HOME on a disk of its own, which is full."""
    return _full(chance, place, place.folder / "studio", {"SAKUGA_HOME": str(place.folder / "studio")})


def files_may_not_grow(chance: Random, place: Place) -> Verdict:
    """A limit on the size of every file, which needs no right to mount."""
    most = chance.choice((0, 1 << 12, 1 << 14, 1 << 16, 1 << 18))
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))
    verdict = judged(sakuga(place, *episode.PRODUCE))
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    _goes_on(place)
    return verdict


def a_folder_is_read_only(chance: Random, place: Place) -> Verdict:
    """--out, TMPDIR, the home or an episode's folder that may be read alone."""
    here = place.work / "episodes"
    folder = chance.choice(
        (here, here / ".sakuga", here / episode.NAME, place.temporary, place.home, place.work)
    )
    if chance.random() < 0.6:
        place.context.fresh.copied(place)
    folder.mkdir(parents=True, exist_ok=True)
    _own_mounts()
    _mount("--bind", str(folder), str(folder))
    _mount("-o", "remount,ro,bind", str(folder))
    place.note(f"read-only: {folder.relative_to(place.folder)}")
    verdict = judged(sakuga(place, *episode.PRODUCE))
    _unmount(folder)
    _goes_on(place)
    return verdict


def a_folder_is_missing(chance: Random, place: Place) -> Verdict:
    """TMPDIR or the home that is not there, or the folder of --out below one that is not."""
    env = {}
    out = "episodes"
    which = chance.choice(("TMPDIR", "HOME", "SAKUGA_HOME", "out"))
    if which == "out":
        out = "not/there/yet"
    else:
        env[which] = str(place.folder / "not" / "there")
    verdict = judged(sakuga(place, *episode.PRODUCE, "--out", out, env=env))
    finished(sakuga(place, *episode.PRODUCE))
    episode.check_episode(place.work, place.context.fresh)
    return verdict


def a_file_stands_where_a_folder_belongs(chance: Random, place: Place) -> Verdict:
    names = (
        "episodes", "episodes/.sakuga", "episodes/kite", "episodes/.sakuga/vault", "episodes/kite/stems",
        "episodes/.sakuga/episodes", "episodes/.sakuga/store.sqlite/x",
    )  # fmt: skip
    path = place.work / chance.choice(names)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"somebody's own\n")
    place.note(f"a file at {path.relative_to(place.work)}")
    verdict = judged(sakuga(place, *episode.PRODUCE))
    if path.is_file() and path.read_bytes() != b"somebody's own\n":
        raise Wrong("a file of somebody else was written over")
    if path.is_file():
        path.unlink()
    return verdict


def a_link_stands_where_a_file_is_written(chance: Random, place: Place) -> Verdict:
    """A link in the output folder is not followed: what it points at keeps its bytes."""
    names = (
        "episode.mp4",
        "report.json",
        "cutsheet.yaml",
        "contact.html",
        "stems",
        "subtitles.srt",
        "timeline.otio",
    )
    precious = place.folder / "precious"
    name = chance.choice(names)
    if name == "stems":
        precious.mkdir()
    else:
        precious.write_bytes(b"precious\n")
    if chance.random() < 0.5:
        place.context.fresh.copied(place)
    path = place.work / "episodes" / episode.NAME / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_dir():
        subprocess.run(["rm", "-r", str(path)], check=True)
    path.unlink(missing_ok=True)
    path.symlink_to(precious)
    place.note(f"a link at {name}")
    verdict = judged(sakuga(place, *episode.PRODUCE))
    intact = not any(precious.iterdir()) if precious.is_dir() else precious.read_bytes() == b"precious\n"
    if not intact:
        raise Wrong(f"a link in the output folder was followed: {name}")
    return verdict


def _full(chance: Random, place: Place, folder: Path, env: dict[str, str] | None = None) -> Verdict:
    folder.mkdir(exist_ok=True)
    _own_mounts()
    size = int(NEEDED * chance.random() ** 2) + 4096
    _mount("-t", "tmpfs", "-o", f"size={size}", "none", str(folder))
    place.note(f"{folder.name} has {size} bytes")
    verdict = judged(sakuga(place, *episode.PRODUCE, env=env))
    _mount("-o", "remount,size=200m", str(folder))
    finished(sakuga(place, *episode.PRODUCE, env=env))
    episode.check_episode(place.work, place.context.fresh)
    return verdict


def _goes_on(place: Place) -> None:
    """The disk is well again: the same command leads to the same episode."""
    finished(sakuga(place, *episode.PRODUCE))
    episode.check_whole(place.work, place.context.fresh)
    episode.check_calls(place.work)


def can_mount() -> bool:
    """Whether this user may mount a small disk; without it the other faults are tried."""
    pid = os.fork()
    if pid == 0:
        try:
            _own_mounts()
            _mount("-t", "tmpfs", "-o", "size=4096", "none", "/tmp")
        except (OSError, subprocess.SubprocessError):
            os._exit(1)
        os._exit(0)
    return os.waitpid(pid, 0)[1] == 0


def _own_mounts() -> None:
    """Mounts from here on are seen by this case alone, and end with it."""
    if ctypes.CDLL(None, use_errno=True).unshare(_NEW_NAMESPACE) != 0:
        raise OSError(ctypes.get_errno(), "no mounts of its own")
    subprocess.run(["mount", "--make-rprivate", "/"], check=True, capture_output=True)


def _mount(*arguments: str) -> None:
    subprocess.run(["mount", *arguments], check=True, capture_output=True)


def _unmount(folder: Path) -> None:
    os.chdir("/")
    subprocess.run(["umount", str(folder)], check=True, capture_output=True)
    os.chdir(folder if folder.name == "work" else Path(os.environ["HOME"]).parent / "work")


_ANYWHERE = (
    files_may_not_grow, a_folder_is_missing, a_file_stands_where_a_folder_belongs,
    a_link_stands_where_a_file_is_written,
)  # fmt: skip
_MOUNTED = (
    out_is_full,
    out_is_full,
    temporary_folder_is_full,
    home_of_the_store_is_full,
    a_folder_is_read_only,
)
FAULTS = (*_ANYWHERE, *(_MOUNTED if can_mount() else ()))
