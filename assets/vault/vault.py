"""The vault: every picture, clip and sound under the SHA-256 of its bytes, and the finished recipes.

In: bytes or files, and the results of finished recipes.      Out: references, and both again.
Knows nothing about cuts, models or databases.

    vault.json               version of this layout
    blobs/ab/cdef….png       bytes; the name is their SHA-256 and a suffix
    commits/ab/cdef….json    a finished recipe, and its result
    anchors/SHOW/EPISODE/    states of the ledger, outside the store; append-only
    quarantine/              items that did not match their hash; for people, nothing reads them
    tmp/                     drafts (folders only)
"""

import hashlib
import json
import stat
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from assets.errors import BlobDamaged, BlobMissing, InputRefused, PathRefused, StorageFailed, StoreRefused
from assets.hashing import canonical, digest
from assets.sheets.production import Ref
from assets.vault import upkeep
from assets.vault.anchors import Anchors
from assets.vault.bucket import Bucket, without_secrets
from assets.vault.cache import Cache
from assets.vault.commits import Commits
from assets.vault.folder import Folder, hash_file
from assets.vault.naming import blob_name, commit_name, refs_in, suffix
from assets.vault.overlay import Overlay
from assets.vault.shelf import Item, Shelf, State, set_aside

LAYOUT = 1
CACHE_BYTES = 20 * 2**30
_OURS = {"vault.json", "blobs", "commits", "anchors", "quarantine", "tmp"}


class Vault:
    """Content-addressed storage with atomic commits; safe for many processes and threads at once.

    ``warnings`` collects what was damaged or missing: that work is done again, and the report should say so.
    """

    def __init__(self, shelf: Shelf, url: str) -> None:
        self.url = url
        self.warnings: list[str] = []
        self.before_commit: Callable[[], None] = _nothing
        """Called before each commit: raises if this process may not commit any more."""
        self._shelf = shelf
        self._commits = Commits(shelf, self.warnings)
        self.anchors = Anchors(shelf)
        self._settle()

    @classmethod
    def open(cls, url: str | Path, *, cache: Path | None = None, cache_bytes: int = CACHE_BYTES) -> "Vault":
        """Open or create the vault at a folder or URL (``file://``, ``s3://``, ``memory://``).

        cache        folder for the local copies of a vault in object storage
        cache_bytes  its approximate size limit
        """
        folder = _folder_of(url)
        if folder is not None:
            shelf = Folder(folder)
            return cls(shelf, shelf.root.as_uri())
        shown = without_secrets(str(url))
        mine = hashlib.sha256(shown.encode()).hexdigest()[:16]
        copies = Cache(cache or Path.home() / ".cache" / "sakuga" / mine, cache_bytes)
        return cls(Bucket(str(url), copies), shown)

    @classmethod
    def rehearsal(cls, url: str | Path, above: Path) -> "Vault":
        """The vault at ``url``, which need not exist, with everything that is written kept in ``above`` instead."""
        folder, upper = _folder_of(url), Folder(above / "vault")
        if folder is not None:
            below = Folder.to_read(folder) if folder.is_dir() else None
            return cls(Overlay(below, upper), folder.absolute().as_uri())
        shown = without_secrets(str(url))
        return cls(Overlay(Bucket(str(url), Cache(above / "cache", CACHE_BYTES)), upper), shown)

    def put(self, data: bytes, media_type: str) -> Ref:
        """Store ``data``; on a disk the same bytes again need one check and no space."""
        ref = Ref(sha256=hashlib.sha256(data).hexdigest(), bytes=len(data), media_type=media_type)
        name = blob_name(ref)
        if not self._shelf.renew(name, ref.sha256, ref.bytes):
            self._shelf.write(name, data, ref.sha256)
        return ref

    def put_file(self, path: Path, media_type: str, *, move: bool = False) -> Ref:
        """Store a file, read in blocks. With ``move`` the caller gives it up; on the same disk it is renamed."""
        suffix(media_type)  # refused before anything is read
        before = _plain_file(path)
        ref = Ref(sha256=_hashed(path), bytes=before[0], media_type=media_type)
        if _plain_file(path) != before:
            raise _changed(path)
        name = blob_name(ref)
        if self._shelf.renew(name, ref.sha256, ref.bytes):
            if move:
                path.unlink()
            return ref
        self._shelf.adopt(name, path, ref.sha256, move=move)
        if not move and _plain_file(path) != before:
            self._shelf.remove(name)
            raise _changed(path)
        return ref

    def keep(self, data: bytes, media_type: str) -> Ref:
        """Store a document and commit it under its own recipe, so that ``collect`` never removes it."""
        ref = self.put(data, media_type)
        self.keep_ref(ref)
        return ref

    def keep_ref(self, ref: Ref) -> None:
        """Like ``keep``, for a document that is in the vault already."""
        self.commit(digest({"paper": ref}), {"paper": ref})

    def get(self, ref: Ref) -> bytes:
        """Its bytes, verified. Raises BlobMissing or BlobDamaged."""
        data = self._shelf.read(blob_name(ref))
        if data is None:
            raise self._lost(ref, State.MISSING)
        if hashlib.sha256(data).hexdigest() != ref.sha256:
            raise self._lost(ref, State.DAMAGED)
        return data

    def local(self, ref: Ref) -> Path:
        """A verified file with a fitting suffix, to be read and never written. Raises as ``get``.

        A file is hashed once per process, then trusted while its size, mtime and inode are unchanged.
        """
        state, path = self._shelf.local(blob_name(ref), ref.sha256, ref.bytes)
        if state is not State.SOUND:
            raise self._lost(ref, state)
        return path

    def has(self, ref: Ref) -> bool:
        """Whether it exists and is intact. In object storage: whether it exists with the right size."""
        return self._shelf.state(blob_name(ref), ref.sha256, ref.bytes) is State.SOUND

    def commit(self, recipe: str, result: Mapping[str, Any]) -> None:
        """Record atomically that ``recipe`` is finished. Every Ref in ``result`` must be in the vault."""
        commit_name(recipe)
        plain: dict[str, Any] = json.loads(canonical(result))
        for ref in refs_in(plain):
            state = self._shelf.state(blob_name(ref), ref.sha256, ref.bytes)
            if state is not State.SOUND:
                raise self._lost(ref, state)
        self.before_commit()
        self._commits.write(recipe, plain)

    def recall(self, recipe: str) -> dict[str, Any] | None:
        """The result of a finished recipe; None when it is unknown or a part of it is lost.

        What is lost is named in ``warnings``. In object storage, damage that keeps a blob's size is noticed only when
        the blob is read; the recall after that is None.
        """
        result = self._commits.read(recipe)
        for ref in refs_in(result or {}):
            state = self._shelf.state(blob_name(ref), ref.sha256, ref.bytes)
            if state is not State.SOUND:
                lost = self._lost(ref, state)
                self.warnings.append(f"{lost} The work of recipe {recipe[:12]} is done again.")
                return None
        return result

    def verify(self) -> upkeep.Inspection:
        """Read every blob and commit again; what is damaged is moved to quarantine and reported."""
        return upkeep.inspect(self._shelf, self._commits)

    def examine(
        self, wanted: upkeep.Wanted, told: upkeep.Told = lambda done, total: None
    ) -> upkeep.Examination:
        """Like ``verify``, but nothing is changed, and unreferenced blobs are reported.

        wanted  what is referred to from elsewhere (the production store), by ``name_of``
        """
        return upkeep.examine(self._shelf, self._commits, wanted, told)

    def unreferenced(self, keep: Iterable[Ref], *, older_than_s: float) -> list[Item]:
        """What ``collect`` with the same arguments would remove."""
        before = time.time() - older_than_s
        return upkeep.unreferenced(self._shelf, self._commits, keep, before=before)

    def found_again(self, ref: Ref, path: Path) -> bool:
        """Store ``path`` where ``ref`` is missing or damaged, if its bytes match ``ref``."""
        if not path.is_file() or path.is_symlink() or path.stat().st_size != ref.bytes:
            return False
        if _hashed(path) != ref.sha256:
            return False
        self._shelf.adopt(blob_name(ref), path, ref.sha256, move=False)
        return True

    def copies_of(self, ref: Ref) -> Iterator[Path]:
        """Other places of this vault that may have the same bytes: the cache, the quarantine, another type."""
        for shelf in (self._shelf, self._shelf.copies()):
            if isinstance(shelf, Folder):
                yield from shelf.root.glob(f"blobs/{ref.sha256[:2]}/{ref.sha256[2:]}.*")
                yield from shelf.root.glob(f"quarantine/blobs-{ref.sha256[:2]}-{ref.sha256[2:]}.*")

    def items(self) -> Iterator[Item]:
        """Every blob, with its size and the time it was last written."""
        return self._shelf.items("blobs")

    def set_aside(self, name: str) -> None:
        """Move an unusable blob or commit to the quarantine, where a person can examine it."""
        set_aside(self._shelf, name)

    def collect(
        self, keep: Iterable[Ref | str] = (), *, forget: bool = False, older_than_s: float = 3600.0
    ) -> int:
        """Remove blobs that no commit refers to; return the freed bytes.

        keep          more references to keep, and recipes (for ``forget``)
        forget        also remove every commit whose recipe is not in ``keep``, with its blobs
        older_than_s  younger blobs are kept: another process may be about to commit them
        """
        return upkeep.collect(self._shelf, self._commits, keep, forget=forget, older_than_s=older_than_s)

    def _settle(self) -> None:
        """Check that the folder or bucket is a vault of a known version, or create one."""
        stated = self._shelf.read("vault.json")
        # An unreadable layout file is written again: there was never another layout.
        if stated is None or _layout(stated) == "damaged":
            foreign = self._shelf.top() - _OURS
            if foreign:
                raise StoreRefused(
                    f"{self.url} holds other things ({', '.join(sorted(foreign)[:5])}) and no vault. "
                    "Give the vault a folder of its own."
                )
            self._shelf.write("vault.json", canonical({"version": LAYOUT}))
        elif (found := _layout(stated)) != LAYOUT:
            raise StoreRefused(
                f"The vault at {self.url} says it has layout {found}; this Sakuga knows layout {LAYOUT}. "
                "Use the release that wrote it, or give this one another folder."
            )

    def _lost(self, ref: Ref, state: State) -> BlobMissing | BlobDamaged:
        """The error for a blob that is not intact; a damaged one is moved to quarantine first."""
        name = blob_name(ref)
        if state is State.MISSING:
            return BlobMissing(
                f"{name} ({ref.bytes:,} bytes) is not in the vault at {self.url}. "
                "Run the same command again: what it belongs to is made anew."
            )
        set_aside(self._shelf, name)
        return BlobDamaged(
            f"{name} in the vault at {self.url} no longer matches its hash; it is in quarantine now. "
            "Run the same command again, and check the disk if this comes back."
        )


def _nothing() -> None:
    """The default fence: allows every commit."""


def _folder_of(url: str | Path) -> Path | None:
    """The folder of a plain path or ``file://`` URL; None for any other URL."""
    if isinstance(url, Path) or "://" not in url:
        if not str(url).strip():
            raise InputRefused(
                "The vault's location is empty; give a folder or a URL such as s3://bucket/vault."
            )
        return Path(url)
    parts = urlsplit(url)
    if parts.scheme != "file":
        return None
    if parts.netloc not in ("", "localhost") or not parts.path:
        raise InputRefused(f"{url!r} is not a folder of this machine; write file:///path/to/vault.")
    return Path(unquote(parts.path))


def _layout(stated: bytes) -> object:
    try:
        found = json.loads(stated)
    except ValueError:
        return "damaged"
    return found.get("version") if isinstance(found, dict) else "damaged"


def _plain_file(path: Path) -> tuple[int, int, int]:
    """Size, mtime and inode of a file that may be stored in the vault."""
    try:
        found = path.lstat()
    except OSError as error:
        raise StorageFailed(f"{path} cannot be put into the vault: {error.strerror}.") from error
    if not stat.S_ISREG(found.st_mode):
        raise PathRefused(f"{path} is a link, a folder or a device; the vault takes plain files only.")
    return (found.st_size, found.st_mtime_ns, found.st_ino)


def _hashed(path: Path) -> str:
    try:
        return hash_file(path)
    except OSError as error:
        raise StorageFailed(f"{path} cannot be put into the vault: {error.strerror}.") from error


def _changed(path: Path) -> StorageFailed:
    return StorageFailed(
        f"{path} changed while it was put into the vault. Store it again when nothing writes to it."
    )
