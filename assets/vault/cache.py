"""Local copies of blobs in object storage, for programs that read files.

In: a blob's name, digest and a function that fetches it.      Out: a verified local file.
"""

import os
import time
from collections.abc import Callable
from pathlib import Path

from assets.vault.folder import Folder, hash_file
from assets.vault.shelf import State


class Cache:
    """A folder of copies with a size limit.

    A copy used within the last hour may still be in use (a join opens hundreds of paths), so it is kept even if the
    cache exceeds its limit for a while.
    """

    IN_HANDS_S = 3600.0

    def __init__(self, root: Path, most_bytes: int) -> None:
        self.folder = Folder(root)
        self._most_bytes = most_bytes
        self._added = most_bytes  # the first copy triggers a check of what earlier processes left

    def local(self, name: str, sha256: str, size: int, fetch: Callable[[Path], bool]) -> tuple[State, Path]:
        """The copy, fetched if needed; ``fetch`` fills a path, or returns False if there is nothing."""
        state, path = self.folder.local(name, sha256, size)
        if state is not State.SOUND:
            with self.folder.draft() as draft:
                if not fetch(draft):
                    return State.MISSING, path
                if hash_file(draft) != sha256:
                    return State.DAMAGED, path
                self.folder.adopt(name, draft, sha256, move=True)
            self._grown(size)
        # Set the time explicitly: many disks do not store access times.
        os.utime(path, ns=(time.time_ns(), path.stat().st_mtime_ns))
        return State.SOUND, path

    def keep(self, name: str, data: bytes, sha256: str) -> None:
        """Keep a copy of what was just written to the storage."""
        self.folder.write(name, data, sha256)
        self._grown(len(data))

    def take(self, name: str, path: Path, sha256: str) -> None:
        """Keep the file itself, which the caller gives up."""
        size = path.stat().st_size
        self.folder.adopt(name, path, sha256, move=True)
        self._grown(size)

    def forget(self, name: str) -> None:
        self.folder.remove(name)

    def _grown(self, size: int) -> None:
        """Trim after a twentieth of the limit was added: counting every copy takes time."""
        self._added += size
        if self._added * 20 > self._most_bytes:
            self._added = 0
            self.trim()

    def trim(self) -> None:
        """Remove the least recently used copies until the limit is kept."""
        copies = sorted(
            ((self.folder.root / item.name).stat().st_atime, item.name, item.bytes)
            for item in self.folder.items("blobs")
        )
        held = sum(size for _, _, size in copies)
        for wanted, name, size in copies:
            if held <= self._most_bytes or time.time() - wanted < self.IN_HANDS_S:
                return
            self.folder.remove(name)
            held -= size
