"""A shelf in a local folder.

In: names and bytes.      Out: files that appear by a rename, so that a kill leaves none half written.
Uses the operating system's calls instead of fsspec's local files: the vault needs hard guarantees here (rename
within one filesystem, fsync, no following of links).
"""

import errno
import hashlib
import os
import shutil
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self

from assets.errors import PathRefused, StorageFailed
from assets.files import mark, sweep, sync, why
from assets.vault.shelf import Item, State

Stamp = tuple[int, int, int]  # size, mtime_ns, inode


class Folder:
    """Files below one root. The root may be reached through links; inside it they are refused.

    A hashed file is remembered by its path, size, mtime and inode for the lifetime of this object, so a file that is
    used often is read once. A change that restores all three is not noticed until ``Vault.verify``.
    """

    def __init__(self, root: Path) -> None:
        self.root = Path(os.path.realpath(root))
        self._checked: dict[str, tuple[Stamp, str]] = {}
        with self._teaching("be made"):
            (self.root / "tmp").mkdir(parents=True, exist_ok=True)
        self._path("tmp/link")  # a linked tmp would write elsewhere
        sweep(self.root / "tmp", prefix="")  # drafts of killed writers

    @classmethod
    def to_read(cls, root: Path) -> Self:
        """A folder that exists, for reading alone: nothing is made or swept in it."""
        folder = cls.__new__(cls)
        folder.root, folder._checked = Path(os.path.realpath(root)), {}
        return folder

    def read(self, name: str) -> bytes | None:
        path = self._path(name)
        with self._teaching(f"read {name}"):
            try:
                return path.read_bytes()
            except FileNotFoundError:
                return None

    def write(self, name: str, data: bytes, sha256: str = "") -> None:
        def fill(draft: Path) -> None:
            draft.write_bytes(data)

        self._appear(name, fill)
        if sha256:
            self._remember(name, sha256)

    def adopt(self, name: str, path: Path, sha256: str, *, move: bool) -> None:
        # Without `move` the bytes are copied, never linked: a later edit of the caller's file would change the blob.
        # would change the blob.
        def fill(draft: Path) -> None:
            if not (move and _renamed(path, draft)):
                shutil.copyfile(path, draft)

        self._appear(name, fill)
        self._remember(name, sha256)
        if move:
            path.unlink(missing_ok=True)

    def renew(self, name: str, sha256: str, size: int) -> bool:
        if self.state(name, sha256, size) is not State.SOUND:
            return False
        with self._teaching(f"touch {name}"):
            try:
                os.utime(self._path(name))
            except FileNotFoundError:  # another process collected it just now
                return False
        self._remember(name, sha256)
        return True

    def state(self, name: str, sha256: str, size: int) -> State:
        path = self._path(name)
        with self._teaching(f"look at {name}"):
            try:
                stamp = _stamp(path)
            except FileNotFoundError:
                return State.MISSING
        if stamp[0] != size:
            return State.DAMAGED
        remembered = self._checked.get(name)
        if remembered is None or remembered[0] != stamp:
            with self._teaching(f"read {name}"):
                remembered = (stamp, hash_file(path))
            self._checked[name] = remembered
        return State.SOUND if remembered[1] == sha256 else State.DAMAGED

    def local(self, name: str, sha256: str, size: int) -> tuple[State, Path]:
        return self.state(name, sha256, size), self._path(name)

    def hashed(self, name: str) -> str:
        with self._teaching(f"read {name}"):
            return hash_file(self._path(name))

    def top(self) -> set[str]:
        with self._teaching("list its folder"):
            return {path.name for path in self.root.iterdir()}

    def items(self, folder: str) -> Iterator[Item]:
        for base, _, files in os.walk(self._path(folder)):
            for file in sorted(files):
                path = Path(base, file)
                with suppress(FileNotFoundError):  # another process collected it just now
                    found = path.lstat()
                    yield Item(path.relative_to(self.root).as_posix(), found.st_size, found.st_mtime)

    def rename(self, name: str, to: str) -> None:
        path, target = self._path(name), self._path(to)
        with self._teaching(f"move {name}"), suppress(FileNotFoundError):  # another process was first
            target.parent.mkdir(parents=True, exist_ok=True)
            path.replace(target)
        self._checked.pop(name, None)

    def remove(self, name: str) -> None:
        with self._teaching(f"remove {name}"):
            self._path(name).unlink(missing_ok=True)
        self._checked.pop(name, None)

    def remove_older(self, name: str, than: float) -> bool:
        """Move it away first: a writer that renews it meanwhile is either noticed here or writes it again."""
        path = self._path(name)
        with self.draft() as aside, self._teaching(f"remove {name}"):
            try:
                path.replace(aside)
            except FileNotFoundError:
                return False
            if aside.stat().st_mtime >= than:
                aside.replace(path)
                return False
        self._checked.pop(name, None)
        return True

    def copies(self) -> None:
        return None

    def sweep(self, older_than: float) -> int:
        freed = 0
        for item in self.items("tmp"):
            if item.touched < older_than:
                self.remove(item.name)
                freed += item.bytes
        return freed

    @contextmanager
    def draft(self) -> Iterator[Path]:
        """A path to write to, in the same filesystem; it is removed afterwards if it still exists."""
        draft = self.root / "tmp" / mark()
        try:
            yield draft
        finally:
            draft.unlink(missing_ok=True)

    def _appear(self, name: str, fill: Callable[[Path], None]) -> None:
        """Fill a draft, make it durable, then rename it."""
        path = self._path(name)
        with self.draft() as draft, self._teaching(f"write {name}"):
            fill(draft)
            draft.chmod(0o444)  # a blob never changes; an editor that opens it should show that
            os.utime(draft)
            # Data before name: after a power cut the name must not lead to an empty file. The folder itself is not
            # synced
            # (4 ms more): at worst the work of the last moments is done again.
            sync(draft)
            path.parent.mkdir(parents=True, exist_ok=True)
            draft.replace(path)

    def _remember(self, name: str, sha256: str) -> None:
        with suppress(FileNotFoundError):
            self._checked[name] = (_stamp(self._path(name)), sha256)

    def _path(self, name: str) -> Path:
        here = self.root
        for part in name.split("/"):
            if part in ("", ".", ".."):
                raise PathRefused(f"{name!r} is not a name inside the vault at {self.root}.")
            here = here / part
            if here.is_symlink():
                raise PathRefused(
                    f"{here} is a link, and the vault follows none inside its folder. "
                    "Remove the link; to keep the vault on another disk, link its root folder instead."
                )
        return here

    @contextmanager
    def _teaching(self, doing: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise StorageFailed(f"The vault at {self.root} could not {doing}: {why(error)}") from error


def hash_file(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _stamp(path: Path) -> Stamp:
    found = path.stat(follow_symlinks=False)
    if not stat.S_ISREG(found.st_mode):
        raise StorageFailed(f"{path} is not a plain file; the vault keeps nothing else. Move it away.")
    return (found.st_size, found.st_mtime_ns, found.st_ino)


def _renamed(path: Path, to: Path) -> bool:
    """Rename if both are on one filesystem; return False if not."""
    try:
        path.replace(to)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        return False
    return True
