"""The files an episode was delivered with, for a browser to download.

In: the episode's folder.      Out: the files by name; nothing else in the folder can be asked for.
"""

from collections.abc import Iterator
from pathlib import Path

from assets.sheets.base import Part

TYPES = {
    ".mp4": "video/mp4",
    ".srt": "application/x-subrip",
    ".vtt": "text/vtt",
    ".ass": "text/x-ssa",
    ".otio": "application/json",
    ".flac": "audio/flac",
    ".wav": "audio/wav",
    ".yaml": "application/yaml",
}
_KINDS = (("film", "episode.mp4"), ("subtitles", "subtitles.*"), ("timeline", "timeline.otio"), ("stem", "stems/*"),
          ("sheet", "cutsheet.yaml"))  # fmt: skip


class File(Part):
    """One file to download."""

    kind: str
    name: str
    bytes: int


def listed(folder: Path) -> tuple[File, ...]:
    """Film, subtitles, timeline, stems, cut sheet: those there are."""
    return tuple(File(kind=kind, name=path.name, bytes=path.stat().st_size) for kind, path in _found(folder))


def located(folder: Path, name: str) -> Path | None:
    """The file of this name, if it is one of ``listed``."""
    return next((path for _, path in _found(folder) if path.name == name), None)


def _found(folder: Path) -> Iterator[tuple[str, Path]]:
    for kind, pattern in _KINDS:
        for path in sorted(folder.glob(pattern)):
            whole = path.parent.is_symlink() or path.is_symlink()
            if not whole and path.is_file() and path.suffix in TYPES:
                yield kind, path
