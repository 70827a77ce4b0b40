"""Write files completely or not at all, and explain errors of the operating system in a sentence.

In: bytes and a path.      Out: a file that appears by a rename, or a StorageFailed.
A draft is named after the process that writes it, so that a later start can tell what a killed process left
behind from what is in use.
"""

import errno
import hashlib
import os
import re
import shutil
import socket
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import IO
from uuid import uuid4

from assets.errors import PathRefused, StorageFailed

REMEDIES = {
    errno.ENOSPC: "The disk is full: free some space (`sakuga doctor` shows how much is left).",
    errno.EDQUOT: "Your quota is used up: free some space.",
    errno.EFBIG: "The file is larger than this filesystem or your limits (`ulimit -f`) allow.",
    errno.EROFS: "It is mounted read-only: remount it, or choose another place.",
    errno.EACCES: "Your user may not write there: change its owner or mode, or choose another place.",
    errno.EPERM: "Your user may not write there: change its owner or mode, or choose another place.",
    errno.ENOTDIR: "A file stands where a folder is needed: move it away, or choose another place.",
    errno.EEXIST: "A file stands where a folder is needed: move it away, or choose another place.",
    errno.EISDIR: "A folder stands where a file is needed: move it away, or choose another place.",
    errno.ELOOP: "It is a link, and links are not followed here: remove it.",
    errno.ENAMETOOLONG: "Choose a shorter name.",
    errno.EMFILE: "Too many files are open: raise the limit (`ulimit -n`).",
}
_OTHER = "Check the disk and the folder's permissions."
# The mark of the process that made it: machine, process id, random. `sakuga-` or a leading dot comes before.
_MARKED = re.compile(r"(?P<machine>[0-9a-f]{8})-(?P<pid>[0-9]+)-[0-9a-f]{8}(\.part)?$")
_DAY_S = 24 * 3600.0


def write(path: Path, data: bytes | str) -> None:
    """Write this content to ``path``, text as UTF-8: after a kill or a full disk it is all new or all old."""
    with replacing(path) as draft:
        draft.write_bytes(data.encode("utf-8") if isinstance(data, str) else data)


def copy(source: Path, path: Path) -> None:
    """Like ``write``, with the bytes of a file."""
    with replacing(path) as draft:
        shutil.copyfile(source, draft)


@contextmanager
def replacing(path: Path, *, durable: bool = True) -> Iterator[Path]:
    """A draft beside ``path`` that is renamed to it when the block ends without error, and removed otherwise.

    durable  sync the bytes to disk before the rename; False for files in a scratch folder

    A link at ``path`` is replaced; its target is not touched.
    """
    # A name has at most 255 bytes, a letter up to four of them; the mark needs about 40.
    name = path.name.encode("utf-8", "replace")[:200].decode("utf-8", "ignore")
    draft = path.with_name(f".{name}.{mark()}.part")
    try:
        with teaching(f"{path} could not be written"):
            draft.touch(0o644, exist_ok=False)
            yield draft
            if durable:
                sync(draft)
            draft.replace(path)
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder in the system's temporary folder, for this block."""
    with teaching("A temporary folder could not be made"):
        folder = Path(tempfile.gettempdir()) / f"sakuga-{mark()}"
        folder.mkdir(0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def folder_in(root: Path, *names: str) -> Path:
    """The folder ``root/name/...``, created if needed; no part of it below ``root`` may be a link.

    raises  PathRefused for a link: somebody could use it to make us write or delete elsewhere
    """
    with teaching(f"{root} could not be made"):
        root.mkdir(parents=True, exist_ok=True)
    path = root
    for name in names:
        path = path / name
        if path.is_symlink():
            raise PathRefused(
                f"{path} is a link, and nothing is written through links inside {root}. Remove the link; "
                "to keep episodes on another disk, give that folder with --out."
            )
        with teaching(f"{path} could not be made"):
            path.mkdir(exist_ok=True)
    return path


def open_lock(path: Path) -> IO[str]:
    """The file for a lock, created if needed; not through a link, which would create a file elsewhere."""
    with teaching(f"{path} could not be opened"):
        return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o644), "r+", encoding="utf-8")


def sync(path: Path) -> None:
    """Sync the bytes to disk: after a power cut a name must not lead to an empty file."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def teaching(what: str) -> Iterator[None]:
    """Turn an OSError into a StorageFailed: ``what`` (which file, what was done), the reason, and what to do."""
    try:
        yield
    except OSError as error:
        raise StorageFailed(f"{what}: {why(error)}") from error


def why(error: OSError) -> str:
    """The system's reason, and what to do about it."""
    return f"{error.strerror or error}. {REMEDIES.get(error.errno or 0, _OTHER)}"


def mark() -> str:
    """A name that no other process uses, and that identifies this process."""
    return f"{_machine()}-{os.getpid()}-{uuid4().hex[:8]}"


def sweep(folder: Path, *, prefix: str = ".", deep: bool = False) -> int:
    """Remove what dead processes left in ``folder``: drafts, or scratch folders with ``prefix`` "sakuga-".

    deep     search its folders too; links are never followed
    returns  how many were removed
    """
    removed = 0
    with suppress(OSError):  # leftovers are no reason to stop; what cannot be read or removed stays
        for found in os.scandir(folder):
            if found.name.startswith(prefix) and _abandoned(found):
                removed += _remove(Path(found.path))
            elif deep and found.is_dir(follow_symlinks=False):
                removed += sweep(Path(found.path), prefix=prefix, deep=True)
    return removed


def _abandoned(found: "os.DirEntry[str]") -> bool:
    """Whether its process is dead: known at once on this machine; on others after a day without a change."""
    marked = _MARKED.search(found.name)
    if marked is None or found.is_symlink():
        return False
    about = found.stat(follow_symlinks=False)
    if hasattr(os, "getuid") and about.st_uid != os.getuid():
        return False
    if marked["machine"] == _machine():
        return not _alive(int(marked["pid"]))
    return about.st_mtime < time.time() - _DAY_S


def _remove(path: Path) -> bool:
    with suppress(OSError):
        if stat.S_ISDIR(path.lstat().st_mode):
            shutil.rmtree(path)
        else:
            path.unlink()
        return True
    return False


def _alive(pid: int) -> bool:
    import psutil

    return bool(psutil.pid_exists(pid))


@cache
def _machine() -> str:
    """This machine as a scope of process ids: containers on one machine have separate ids."""
    try:
        space = str(Path("/proc/self/ns/pid").readlink())
    except OSError:
        space = ""
    return hashlib.sha256(f"{socket.gethostname()} {space}".encode()).hexdigest()[:8]
