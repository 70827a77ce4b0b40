"""The vault: every picture, clip and sound under the SHA-256 of its bytes, and what is finished.

In: bytes or files, and the results of finished recipes.      Out: references, and both again.
Knows nothing about cuts, models or databases.

    vault.json               which layout this is
    blobs/ab/cdef….png       bytes; the name is their SHA-256 and a suffix programs know
    commits/ab/cdef….json    a recipe that is finished, and its result
    anchors/SHOW/EPISODE/    where the ledger stood, outside the store; only ever added to
    quarantine/              what no longer matched its hash; a person may look, nothing reads it
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
from assets.vault.shelf import Item, Shelf, State, set_aside

LAYOUT = 1
CACHE_BYTES = 20 * 2**30
_OURS = {"vault.json", "blobs", "commits", "anchors", "quarantine", "tmp"}


class Vault:
    """Content-addressed storage with atomic commits; safe for many processes and threads at once.

    ``warnings`` collects what was found damaged or gone: that work is done again, and the
    report should say so.
    """

    def __init__(self, shelf: Shelf, url: str) -> None:
        self.url = url
        self.warnings: list[str] = []
        self.before_commit: Callable[[], None] = _nothing
        """Called before each commit: raises where this process may not say that work is finished."""
        self._shelf = shelf
        self._commits = Commits(shelf, self.warnings)
        self.anchors = Anchors(shelf)
        self._settle()

    @classmethod
    def open(cls, url: str | Path, *, cache: Path | None = None, cache_bytes: int = CACHE_BYTES) -> "Vault":
        """Open or make the vault at a folder or URL (``file://``, ``s3://``, ``memory://``).

        cache        where a vault in object storage keeps the copies that ``local`` hands out
        cache_bytes  how much of them, roughly
        """
        folder = _folder_of(url)
        if folder is not None:
            shelf = Folder(folder)
            return cls(shelf, shelf.root.as_uri())
        shown = without_secrets(str(url))
        mine = hashlib.sha256(shown.encode()).hexdigest()[:16]
        copies = Cache(cache or Path.home() / ".cache" / "sakuga" / mine, cache_bytes)
        return cls(Bucket(str(url), copies), shown)

    def put(self, data: bytes, media_type: str) -> Ref:
        """Keep ``data``; on a disk the same bytes again cost one check and no room."""
        ref = Ref(sha256=hashlib.sha256(data).hexdigest(), bytes=len(data), media_type=media_type)
        name = blob_name(ref)
        if not self._shelf.renew(name, ref.sha256, ref.bytes):
            self._shelf.write(name, data, ref.sha256)
        return ref

    def put_file(self, path: Path, media_type: str, *, move: bool = False) -> Ref:
        """Keep a file, read in pieces. With ``move`` it is given up; on the same disk it is renamed."""
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
        """Put a document and commit it under a recipe of its own, so that ``collect`` never frees it."""
        ref = self.put(data, media_type)
        self.keep_ref(ref)
        return ref

    def keep_ref(self, ref: Ref) -> None:
        """As ``keep``, for a document that is here already."""
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

        A file is hashed once per process, then trusted while its size, mtime and inode stay.
        """
        state, path = self._shelf.local(blob_name(ref), ref.sha256, ref.bytes)
        if state is not State.SOUND:
            raise self._lost(ref, state)
        return path

    def has(self, ref: Ref) -> bool:
        """Is it there and sound? In object storage: there, and of the right size."""
        return self._shelf.state(blob_name(ref), ref.sha256, ref.bytes) is State.SOUND

    def commit(self, recipe: str, result: Mapping[str, Any]) -> None:
        """Say in one atomic step that ``recipe`` is finished. Every Ref in ``result`` must be here."""
        commit_name(recipe)
        plain: dict[str, Any] = json.loads(canonical(result))
        for ref in refs_in(plain):
            state = self._shelf.state(blob_name(ref), ref.sha256, ref.bytes)
            if state is not State.SOUND:
                raise self._lost(ref, state)
        self.before_commit()
        self._commits.write(recipe, plain)

    def recall(self, recipe: str) -> dict[str, Any] | None:
        """The result of a finished recipe; None when it is unknown or something of it is lost.

        What is lost is said in ``warnings``. In object storage, damage that keeps a blob's size
        shows when the blob is read; the recall after that is None.
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
        """Read every blob and commit afresh; what is damaged goes to quarantine and is named."""
        return upkeep.inspect(self._shelf, self._commits)

    def examine(
        self, wanted: upkeep.Wanted, told: upkeep.Told = lambda done, total: None
    ) -> upkeep.Examination:
        """As ``verify``, but nothing is touched, and what nobody refers to is named.

        wanted  what is referred to from elsewhere (the production store), by ``name_of``
        """
        return upkeep.examine(self._shelf, self._commits, wanted, told)

    def unreferenced(self, keep: Iterable[Ref], *, older_than_s: float) -> list[Item]:
        """What ``collect`` with the same arguments would remove."""
        before = time.time() - older_than_s
        return upkeep.unreferenced(self._shelf, self._commits, keep, before=before)

    def found_again(self, ref: Ref, path: Path) -> bool:
        """Put ``path`` where ``ref`` is missing or damaged, if its bytes are what ``ref`` promises."""
        if not path.is_file() or path.is_symlink() or path.stat().st_size != ref.bytes:
            return False
        if _hashed(path) != ref.sha256:
            return False
        self._shelf.adopt(blob_name(ref), path, ref.sha256, move=False)
        return True

    def copies_of(self, ref: Ref) -> Iterator[Path]:
        """Other places of this vault where the same bytes may lie: the cache, the quarantine, another type."""
        for shelf in (self._shelf, self._shelf.copies()):
            if isinstance(shelf, Folder):
                yield from shelf.root.glob(f"blobs/{ref.sha256[:2]}/{ref.sha256[2:]}.*")
                yield from shelf.root.glob(f"quarantine/blobs-{ref.sha256[:2]}-{ref.sha256[2:]}.*")

    def items(self) -> Iterator[Item]:
        """Every blob, with its size and when it was put here last."""
        return self._shelf.items("blobs")

    def set_aside(self, name: str) -> None:
        """Move a blob or commit that cannot be used to the quarantine, where a person can look at it."""
        set_aside(self._shelf, name)

    def collect(
        self, keep: Iterable[Ref | str] = (), *, forget: bool = False, older_than_s: float = 3600.0
    ) -> int:
        """Remove blobs that no commit refers to; the bytes that were freed.

        keep          references to keep besides, and recipes (for ``forget``)
        forget        also drop every commit whose recipe is not in ``keep``, with its blobs
        older_than_s  what is younger stays: another process may be about to commit it
        """
        return upkeep.collect(self._shelf, self._commits, keep, forget=forget, older_than_s=older_than_s)

    def _settle(self) -> None:
        """Check that the place is a vault this version can use, or make it one."""
        stated = self._shelf.read("vault.json")
        # A note that cannot be read is written again: there was never another layout.
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
        """The error for a blob that is not sound; a damaged one is set aside first."""
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
    """Nobody else may be at work here."""


def _folder_of(url: str | Path) -> Path | None:
    """The folder a plain path or ``file://`` URL means; None for any other URL."""
    if isinstance(url, Path) or "://" not in url:
        if not str(url).strip():
            raise InputRefused(
                "The vault's place is empty; give a folder or a URL such as s3://bucket/vault."
            )
        return Path(url)
    parts = urlsplit(url)
    if parts.scheme != "file":
        return None
    if parts.netloc not in ("", "localhost") or not parts.path:
        raise InputRefused(f"{url!r} names no folder of this machine; write file:///path/to/vault.")
    return Path(unquote(parts.path))


def _layout(stated: bytes) -> object:
    try:
        found = json.loads(stated)
    except ValueError:
        return "damaged"
    return found.get("version") if isinstance(found, dict) else "damaged"


def _plain_file(path: Path) -> tuple[int, int, int]:
    """Size, mtime and inode of a file that may be put into the vault."""
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
        f"{path} changed while it was put into the vault. Put it again when nobody writes to it any more."
    )
