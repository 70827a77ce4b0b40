"""Read and write safetensors one weight at a time, so that models larger than the memory can be merged.

In: a .safetensors file or a folder of them.      Out: tensors by key, a file written in order, hashes of tensor bytes.
The files are read with plain reads, not mapped: mapped pages count as this process's memory until the system
wants them back. The hash of a model's tensors covers keys, types, shapes and bytes, and no header: a new title
does not change it. Imports torch when used.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from assets import files
from assets.errors import InputRefused
from assets.sheets.merge import Precision
from models.sealed import check_safetensors

if TYPE_CHECKING:
    import torch

_TYPES = {
    "F64": "float64", "F32": "float32", "F16": "float16", "BF16": "bfloat16",
    "F8_E4M3": "float8_e4m3fn", "F8_E5M2": "float8_e5m2",
    "I64": "int64", "I32": "int32", "I16": "int16", "I8": "int8", "U8": "uint8", "BOOL": "bool",
}  # fmt: skip
_SIZES = {"F64": 8, "F32": 4, "F16": 2, "BF16": 2, "F8_E4M3": 1, "F8_E5M2": 1} | {
    "I64": 8, "I32": 4, "I16": 2, "I8": 1, "U8": 1, "BOOL": 1
}  # fmt: skip
_PIECE = 2**22  # numbers checked at once
_STORED_AS = {"fp32": "float32", "fp16": "float16", "bf16": "bfloat16"}
STORED = {"fp32": "F32", "fp16": "F16", "bf16": "BF16"}


Plan = dict[str, tuple[str, tuple[int, ...]]]
"""Key -> (safetensors type, shape), sorted by key: what a file will hold."""


@dataclass(frozen=True)
class Slot:
    """Where one tensor lies."""

    file: Path
    offset: int
    dtype: str  # as safetensors names it
    shape: tuple[int, ...]

    @property
    def floating(self) -> bool:
        return self.dtype.startswith(("F", "BF"))

    @property
    def bytes(self) -> int:
        return prod(self.shape) * _SIZES[self.dtype]


class Weights:
    """The tensors of one model, read when asked for."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.slots: dict[str, Slot] = {}
        found = sorted(path.glob("*.safetensors")) if path.is_dir() else [path]
        if not found or not all(file.is_file() for file in found):
            raise InputRefused(f"{path} is neither a .safetensors file nor a folder that holds some.")
        for file in found:
            if file.suffix != ".safetensors":
                raise InputRefused(
                    f"{file} is not a .safetensors file, and other formats are not read. Convert it."
                )
            self._index(file)

    def _index(self, file: Path) -> None:
        check_safetensors(file)
        with file.open("rb") as opened:
            length = int.from_bytes(opened.read(8), "little")
            header = json.loads(opened.read(length))
        for key, entry in header.items():
            if key == "__metadata__":
                continue
            if key in self.slots:
                raise InputRefused(
                    f"{key} is in two files of {self.path}: {self.slots[key].file.name} and {file.name}."
                )
            if entry["dtype"] not in _TYPES:
                raise InputRefused(f"{file}: {key} is stored as {entry['dtype']}, which is not merged.")
            self.slots[key] = Slot(
                file, 8 + length + entry["data_offsets"][0], entry["dtype"], tuple(entry["shape"])
            )

    def headers(self) -> Iterator[dict[str, str]]:
        """The text metadata of each file."""
        for file in sorted(self.files()):
            with file.open("rb") as opened:
                header = json.loads(opened.read(int.from_bytes(opened.read(8), "little")))
            yield dict(header.get("__metadata__", {}))

    def files(self) -> set[Path]:
        """The files the tensors lie in."""
        return {slot.file for slot in self.slots.values()}

    def raw(self, key: str) -> bytearray:
        """The bytes of one tensor as they are stored."""
        slot = self.slots[key]
        data = bytearray(slot.bytes)
        with slot.file.open("rb") as opened:
            opened.seek(slot.offset)
            if opened.readinto(data) != len(data):
                raise InputRefused(f"{slot.file} ends in the middle of {key}. Fetch it again.")
        return data

    def tensor(self, key: str) -> "torch.Tensor":
        """One tensor with its own type."""
        import torch

        slot = self.slots[key]
        if not prod(slot.shape):
            return torch.empty(slot.shape, dtype=getattr(torch, _TYPES[slot.dtype]))
        return torch.frombuffer(self.raw(key), dtype=getattr(torch, _TYPES[slot.dtype])).reshape(slot.shape)

    def finite(self, key: str) -> "torch.Tensor":
        """One tensor in float32.

        raises  InputRefused if it holds a number that is not finite
        """
        tensor = self.tensor(key)
        if not _is_finite(tensor):
            raise InputRefused(
                f"{self.path}: {key} holds numbers that are not finite. Fetch or train it again."
            )
        return tensor.float()

    def sha256(self) -> str:
        """The hash of all tensors: of key, type, shape and bytes, in the order of keys."""
        digest = hashlib.sha256()
        for key in sorted(self.slots):
            digest.update(_line(key, self.slots[key].dtype, self.slots[key].shape))
            digest.update(self.raw(key))
        return digest.hexdigest()


def write(
    path: Path,
    plan: Plan,
    made: Iterator[Any],
    metadata: Mapping[str, str],
    check: Callable[[str], None] = lambda digest: None,
) -> str:
    """Write tensors in the order of ``plan``; return the hash that ``Weights.sha256`` gives for the file.

    made   the tensors in that order, already of that type
    check  is told the hash before the file appears; if it raises, nothing is kept
    """
    digest = hashlib.sha256()
    with files.replacing(path) as draft:
        with draft.open("wb") as opened:
            _write_header(opened, plan, metadata)
            for (key, (dtype, shape)), tensor in zip(plan.items(), made, strict=True):
                data = _bytes(tensor)
                digest.update(_line(key, dtype, shape))
                digest.update(data)
                opened.write(data)
        check(digest.hexdigest())
    return digest.hexdigest()


def rounded(merged: "torch.Tensor", dtype: Precision, key: str) -> "torch.Tensor":
    """The float32 result in the type of the file.

    raises  InputRefused if it is not finite, for example too large for fp16
    """
    import torch

    stored = merged.to(getattr(torch, _STORED_AS[dtype]))
    if not _is_finite(stored):
        raise InputRefused(
            f"{key} is not finite after the merge; the largest value before rounding is "
            f"{float(merged.abs().nan_to_num().max()):.4g}. Lower the weights, or store bf16 or fp32."
        )
    return stored


def _write_header(opened: IO[bytes], plan: Plan, metadata: Mapping[str, str]) -> None:
    header: dict[str, Any] = {"__metadata__": {"format": "pt", **metadata}}
    start = 0
    for key, (dtype, shape) in plan.items():
        end = start + prod(shape) * _SIZES[dtype]
        header[key] = {"dtype": dtype, "shape": list(shape), "data_offsets": [start, end]}
        start = end
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)  # safetensors aligns the first tensor to 8 bytes
    opened.write(len(text).to_bytes(8, "little") + text)


def _is_finite(tensor: "torch.Tensor") -> bool:
    """In pieces: torch copies what it checks."""
    import torch

    return all(bool(part.isfinite().all()) for part in torch.split(tensor.flatten(), _PIECE))


def _bytes(tensor: "torch.Tensor") -> memoryview:
    import torch

    return tensor.contiguous().reshape(-1).view(torch.uint8).numpy().data


def _line(key: str, dtype: str, shape: tuple[int, ...]) -> bytes:
    return json.dumps([key, dtype, list(shape)], separators=(",", ":")).encode() + b"\n"
