"""A shelf in object storage, accessed with fsspec by a URL such as ``s3://bucket/prefix``.

In: names and bytes.      Out: objects.
Only stores that show an object after its upload has ended are accepted: they provide the atomic write.
Credentials come from the store's own configuration, never from us. What is written is kept in the local cache
too, because the next stage reads it as a file.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from assets.errors import InputRefused, SetupMissing, StorageFailed
from assets.vault import s3
from assets.vault.cache import Cache
from assets.vault.folder import Folder
from assets.vault.shelf import Item, State

PACKAGES = {"memory": "fsspec", "s3": "s3fs", "gs": "gcsfs", "gcs": "gcsfs", "az": "adlfs", "abfs": "adlfs"}
_CHUNK = 1 << 20


class Bucket:
    """Objects below one prefix. ``state`` compares sizes only; bytes are hashed when they are read."""

    def __init__(self, url: str, cache: Cache) -> None:
        import fsspec

        scheme = urlsplit(url).scheme
        self._is_s3 = scheme == "s3"
        self.url = without_secrets(url)
        self._cache = cache
        if scheme not in PACKAGES:
            raise InputRefused(
                f"A vault cannot lie at {self.url}: {scheme}:// gives no atomic writes that are known here. "
                f"Use a folder, or one of {', '.join(f'{name}://' for name in PACKAGES)}."
            )
        try:
            # fsspec's cached listings would hide what another worker has just written; a cached file system would keep
            # using
            # an endpoint that the environment has changed.
            self._fs, root = fsspec.core.url_to_fs(
                url,
                use_listings_cache=False,
                skip_instance_cache=True,
                **(s3.options(url) if self._is_s3 else {}),
            )
        except ImportError as error:
            raise SetupMissing(
                f"{self.url} needs a package: `pip install {PACKAGES[scheme]}`, then run again."
            ) from error
        self._root = str(root).rstrip("/")

    def read(self, name: str) -> bytes | None:
        with self._teaching(f"read {name}"):
            try:
                return bytes(self._fs.cat_file(self._at(name)))
            except FileNotFoundError:
                return None

    def write(self, name: str, data: bytes, sha256: str = "") -> None:
        with self._teaching(f"write {name}"):
            self._fs.pipe_file(self._at(name), data)
        if sha256:
            self._cache.keep(name, data, sha256)

    def adopt(self, name: str, path: Path, sha256: str, *, move: bool) -> None:
        with self._teaching(f"write {name}"):
            parts = {"chunksize": s3.part_of(path.stat().st_size)} if self._is_s3 else {}
            self._fs.put_file(str(path), self._at(name), **parts)
        if move:
            self._cache.take(name, path, sha256)

    def renew(self, name: str, sha256: str, size: int) -> bool:
        """Always False: one upload renews the object's time and repairs it, for one request."""
        return False

    def state(self, name: str, sha256: str, size: int) -> State:
        with self._teaching(f"look at {name}"):
            try:
                found = self._fs.info(self._at(name))["size"]
            except FileNotFoundError:
                return State.MISSING
        return State.SOUND if found == size else State.DAMAGED

    def local(self, name: str, sha256: str, size: int) -> tuple[State, Path]:
        return self._cache.local(name, sha256, size, lambda to: self._fetched(name, to))

    def hashed(self, name: str) -> str:
        summed = hashlib.sha256()
        with self._teaching(f"read {name}"), self._fs.open(self._at(name), "rb") as file:
            while chunk := file.read(_CHUNK):
                summed.update(chunk)
        return summed.hexdigest()

    def top(self) -> set[str]:
        with self._teaching("be listed"):
            try:
                return {Path(path).name for path in self._fs.ls(self._root, detail=False)}
            except FileNotFoundError:  # nothing was ever written there
                return set()

    def items(self, folder: str) -> Iterator[Item]:
        with self._teaching(f"list {folder}"):
            found: dict[str, Any] = self._fs.find(self._at(folder), detail=True)
        for path, info in found.items():
            name = path.removeprefix(self._root).lstrip("/")
            # Stores list the time with every object; fsspec needs to be asked for it.
            moment = info.get("LastModified") or info.get("last_modified") or self._fs.modified(path)
            yield Item(name, int(info["size"]), moment.timestamp())

    def rename(self, name: str, to: str) -> None:
        with self._teaching(f"move {name}"), suppress(FileNotFoundError):  # another process was first
            self._fs.cp_file(self._at(name), self._at(to))
            self._fs.rm_file(self._at(name))
        self._cache.forget(name)

    def remove(self, name: str) -> None:
        with self._teaching(f"remove {name}"):
            self._fs.rm_file(self._at(name))
        self._cache.forget(name)

    def remove_older(self, name: str, than: float) -> bool:
        with self._teaching(f"look at {name}"):
            try:
                info = self._fs.info(self._at(name))
            except FileNotFoundError:
                return False
            moment = (
                info.get("LastModified") or info.get("last_modified") or self._fs.modified(self._at(name))
            )
        if moment.timestamp() >= than:
            return False
        self.remove(name)
        return True

    def copies(self) -> Folder:
        return self._cache.folder

    def sweep(self, older_than: float) -> int:
        """Remove broken uploads: they never became an object, but S3 keeps their parts and charges for them."""
        if not self._is_s3:
            return 0
        freed = 0
        with self._teaching("clear broken uploads away"):
            for upload, size in list(s3.broken_off(self._fs, self._root, older_than)):
                self._fs.call_s3("abort_multipart_upload", **upload)
                freed += size
        return freed

    def _fetched(self, name: str, to: Path) -> bool:
        with self._teaching(f"fetch {name}"):
            try:
                self._fs.get_file(self._at(name), str(to))
            except FileNotFoundError:
                return False
        return True

    def _at(self, name: str) -> str:
        return f"{self._root}/{name}"

    @contextmanager
    def _teaching(self, doing: str) -> Iterator[None]:
        try:
            yield
        except (StorageFailed, InputRefused):
            raise
        except Exception as error:
            # Every store's client has its own error types; all of them mean that storage failed.
            said = str(error).strip().rstrip(".")
            raise StorageFailed(
                f"The vault at {self.url} could not {doing}: {type(error).__name__}: {said}. "
                f"{s3.remedy(error)}"
            ) from error


def without_secrets(url: str) -> str:
    """The URL for display: without user, password or query."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
