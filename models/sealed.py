"""Check that a folder of weights holds exactly the listed files, and that safetensors headers are valid.

In: a folder and the SHA-256 of each of its files.      Out: nothing; or a SetupMissing that names the file.
A loader may read any file it finds beside the weights, and a safetensors header decides how much memory is
allocated: both are checked before a loader is called.
"""

import hashlib
import json
import re
from collections.abc import Container, Mapping
from math import prod
from pathlib import Path, PurePosixPath
from typing import Any

from assets.errors import SetupMissing

PICKLED = (".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle")  # reading such a file can run code in it
MAX_HEADER = 25_000_000  # bytes; safetensors itself allows 100 MB, current models need less than 1 MB
MAX_TENSORS = 100_000
MAX_SIDES = 8
_BITS = {
    "BOOL": 8, "U8": 8, "I8": 8, "F8_E4M3": 8, "F8_E5M2": 8, "F8_E8M0": 8, "F8_E4M3FNUZ": 8, "F8_E5M2FNUZ": 8,
    "U16": 16, "I16": 16, "F16": 16, "BF16": 16, "U32": 32, "I32": 32, "F32": 32,
    "U64": 64, "I64": 64, "F64": 64, "C64": 64,
}  # fmt: skip
_DIGEST = re.compile(r"[0-9a-f]{64}")


def check_folder(place: Path, listed: Mapping[str, str], remedy: str, *, aside: Container[str]) -> None:
    """Refuse a folder in which any file differs from the list.

    listed  path below ``place`` -> SHA-256
    remedy  what to do about it, as a sentence
    aside   names of the list files themselves
    """
    if not listed:
        raise SetupMissing(f"{place} lists no files, so nothing in it can be trusted. {remedy}")
    for name, digest in listed.items():
        if not _is_inside(name) or not _DIGEST.fullmatch(digest):
            raise SetupMissing(f"The list of {place} has an invalid entry: {name[:80]!r}. {remedy}")
    for path in sorted(place.rglob("*")):
        name = path.relative_to(place).as_posix()
        if path.is_symlink():
            raise SetupMissing(f"{path} is a link; weights are files of their own. {remedy}")
        if path.is_dir():
            continue
        if path.suffix.casefold() in PICKLED:
            raise SetupMissing(f"{path} is a pickle: reading it would run code. Use safetensors. {remedy}")
        if name not in listed and name not in aside:
            raise SetupMissing(f"{path} is not listed beside the weights. Remove it. {remedy}")
    for name, digest in listed.items():
        _check_file(place / name, digest, remedy)


def check_safetensors(path: Path) -> None:
    """Refuse a header that is too long, or that does not match the file.

    raises  SetupMissing, before anything is allocated by what the header says
    """
    try:
        with path.open("rb") as file:
            size = path.stat().st_size
            length = int.from_bytes(file.read(8), "little")
            if not 2 <= length <= min(MAX_HEADER, size - 8):
                raise ValueError(f"its header would be {length:,} bytes long, in a file of {size:,}")
            header = json.loads(file.read(length))
        _check_header(header, size - 8 - length)
    except (ValueError, RecursionError) as error:
        raise SetupMissing(f"{path} is not a valid safetensors file: {error}. Fetch it again.") from error


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _check_file(path: Path, listed: str, remedy: str) -> None:
    if not path.is_file():
        raise SetupMissing(f"{path} is missing. {remedy}")
    if sha256(path) != listed:
        with path.open("rb") as file:
            pointer = file.read(23) == b"version https://git-lfs"
        why = "is a pointer of a large-file store" if pointer else "is damaged or changed"
        raise SetupMissing(f"{path} {why}: its SHA-256 is not the listed one. {remedy}")
    if path.suffix.casefold() == ".safetensors":
        check_safetensors(path)


def _is_inside(name: str) -> bool:
    path = PurePosixPath(name)
    return (
        bool(name)
        and "\0" not in name
        and "\\" not in name
        and not path.is_absolute()
        and ".." not in path.parts
    )


def _check_header(header: Any, data: int) -> None:
    """Check that every tensor has the bytes its shape needs, and that all together fill the file."""
    if not isinstance(header, dict) or len(header) > MAX_TENSORS:
        raise ValueError(f"its header is not a list of at most {MAX_TENSORS:,} tensors")
    spans = sorted(_span(name, entry) for name, entry in header.items() if name != "__metadata__")
    at = 0
    for start, stop in spans:
        if start != at:
            raise ValueError(f"its tensors overlap or leave a gap at byte {at:,}")
        at = stop
    if at != data:
        raise ValueError(f"its tensors end at byte {at:,} of {data:,}")


def _span(name: str, entry: Any) -> tuple[int, int]:
    try:
        bits, shape, (start, stop) = _BITS[entry["dtype"]], entry["shape"], entry["data_offsets"]
    except (KeyError, TypeError, ValueError):
        raise ValueError(f"the tensor {name[:80]!r} has no known dtype, shape and place") from None
    numbers = (*shape, start, stop) if isinstance(shape, list) else (None,)
    if len(numbers) > MAX_SIDES + 2 or not all(type(n) is int and 0 <= n < 2**48 for n in numbers):
        raise ValueError(f"the tensor {name[:80]!r} has an invalid shape or place")
    if stop - start != prod(shape) * bits // 8:
        raise ValueError(f"the tensor {name[:80]!r} has {stop - start:,} bytes; its shape asks for others")
    return start, stop
