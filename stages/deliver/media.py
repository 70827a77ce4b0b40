"""Copies of a timeline's clips and sounds in a folder beside it, so that the episode's folder can be moved or sent.

In: a Timeline, the vault's files by hash.      Out: files in ``media/``, and their names as seen from the timeline.
A copy that has the right bytes is left alone. A file that no timeline of ours named is never removed.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

from assets import files
from assets.sheets.production import Ref, Timeline
from assets.vault.naming import suffix

FOLDER = "media"
_UNSAFE = re.compile(r"[^A-Za-z0-9_-]+")
_LONGEST = 60


def names(timeline: Timeline) -> dict[str, str]:
    """The file name of each clip and sound by SHA-256: ``C001.mp4``, ``voice-C002-1.wav``."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for called, ref in _named(timeline):
        if ref.sha256 in found:
            continue
        stem = _UNSAFE.sub("-", called).strip("-")[:_LONGEST] or ref.media_type.split("/")[0]
        name, copy = f"{stem}{suffix(ref.media_type)}", 1
        while name.casefold() in taken:
            copy += 1
            name = f"{stem}-{copy}{suffix(ref.media_type)}"
        taken.add(name.casefold())
        found[ref.sha256] = name
    return found


def copy_beside(timeline: Timeline, sources: Mapping[str, Path], folder: Path) -> dict[str, Path]:
    """Copy every clip and sound into ``folder``/media; returns their relative paths by SHA-256.

    sources  files by SHA-256
    """
    into = files.folder_in(folder, FOLDER)
    found = names(timeline)
    for digest, name in found.items():
        if not _holds(into / name, digest):
            files.copy(sources[digest], into / name)
    return {digest: Path(FOLDER, name) for digest, name in found.items()}


def complete(timeline: Timeline, folder: Path) -> bool:
    """Whether every copy is there, by name and size."""
    sizes = {ref.sha256: ref.bytes for _, ref in _named(timeline)}
    paths = {digest: folder / FOLDER / name for digest, name in names(timeline).items()}
    return all(path.is_file() and path.stat().st_size == sizes[digest] for digest, path in paths.items())


def remove_unused(earlier: Mapping[str, str], timeline: Timeline, folder: Path) -> None:
    """Remove what an earlier timeline named and this one does not, unless somebody changed the file.

    earlier  URLs of the earlier timeline with their SHA-256
    """
    kept = set(names(timeline).values())
    for url, digest in earlier.items():
        path = PurePosixPath(url)
        if path.parts[:-1] == (FOLDER,) and path.name not in kept and _holds(folder / path, digest):
            (folder / path).unlink()


def _named(timeline: Timeline) -> Iterator[tuple[str, Ref]]:
    for segment in timeline.segments:
        yield segment.name, segment.clip
    for sound in timeline.sounds:
        yield f"{sound.stem}-{sound.name}", sound.sound


def _holds(path: Path, digest: str) -> bool:
    if path.is_symlink() or not path.is_file():
        return False
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == digest
