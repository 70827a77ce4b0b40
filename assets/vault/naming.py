"""The names of things inside the vault, and the references in a result.

In: references, recipes and results.      Out: names such as ``blobs/ab/cdef….png``.
Knows nothing about where the bytes are stored.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from assets.errors import InputRefused
from assets.sheets.production import Ref

# The suffix of a media type must never change: it is part of the blob's name. Adding a line is safe, because
# unknown types are refused; changing one would lose blobs.
SUFFIXES = {
    "application/json": ".json",
    "application/octet-stream": ".bin",
    "application/pdf": ".pdf",
    "application/x-subrip": ".srt",
    "application/x-npy": ".npy",
    "application/x-npz": ".npz",
    "application/x-safetensors": ".safetensors",
    "application/yaml": ".yaml",
    "application/zip": ".zip",
    "audio/aac": ".aac",
    "audio/flac": ".flac",
    "audio/mp4": ".m4a",
    "audio/mpeg": ".mp3",
    "audio/ogg": ".ogg",
    "audio/wav": ".wav",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/svg+xml": ".svg",
    "image/webp": ".webp",
    "text/csv": ".csv",
    "text/html": ".html",
    "text/plain": ".txt",
    "text/vtt": ".vtt",
    "text/x-ssa": ".ass",
    "video/mp2t": ".ts",
    "video/mp4": ".mp4",
    "video/nut": ".nut",
    "video/quicktime": ".mov",
    "video/webm": ".webm",
    "video/x-matroska": ".mkv",
}

_BLOB = re.compile(r"blobs/([0-9a-f]{2})/([0-9a-f]{62})\.[a-z0-9]+")
_COMMIT = re.compile(r"commits/([0-9a-f]{2})/([0-9a-f]{62})\.json")
_RECIPE = re.compile(r"[0-9a-f]{64}")
_REF_KEYS = frozenset(Ref.model_fields)


def suffix(media_type: str) -> str:
    """The suffix by which programs such as ffmpeg recognise the type."""
    found = SUFFIXES.get(media_type)
    if found is None:
        raise InputRefused(
            f"The vault keeps no {media_type!r}. Types it knows: {', '.join(sorted(SUFFIXES))}. "
            "A new type is one line in assets/vault/naming.py."
        )
    return found


def blob_name(ref: Ref) -> str:
    return f"blobs/{ref.sha256[:2]}/{ref.sha256[2:]}{suffix(ref.media_type)}"


def commit_name(recipe: str) -> str:
    if not _RECIPE.fullmatch(recipe):
        raise InputRefused(
            f"{recipe!r} is not a recipe: a recipe has 64 hex digits, as from assets.hashing.recipe_key."
        )
    return f"commits/{recipe[:2]}/{recipe[2:]}.json"


def blob_digest(name: str) -> str | None:
    """The SHA-256 in a blob's name; None when the name is not a blob's."""
    found = _BLOB.fullmatch(name)
    return found[1] + found[2] if found else None


def commit_recipe(name: str) -> str | None:
    found = _COMMIT.fullmatch(name)
    return found[1] + found[2] if found else None


def refs_in(value: Any) -> Iterator[Ref]:
    """Every reference in JSON data, at any depth: a mapping with exactly a Ref's keys is one."""
    if isinstance(value, Mapping):
        if value.keys() == _REF_KEYS:
            yield Ref.model_validate(dict(value))
            return
        value = list(value.values())
    if isinstance(value, list | tuple):
        for item in value:
            yield from refs_in(item)
