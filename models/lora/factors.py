"""Read a LoRA file into the low-rank change of each module, or refuse it.

In: a safetensors file with diffusers, kohya or ComfyUI keys.      Out: LoraFile: factors by module, and the header.
A file is refused when one of its keys is not understood, or when its kind (DoRA, rsLoRA, LoHa, LoKr) needs more
than the product of two factors: a part that is left out silently gives another picture, and nobody notices.
Key styles and the place of alpha: diffusers 0.42 `save_lora_weights`, kohya sd-scripts 0.10. Imports torch when used.
"""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from assets.errors import InputRefused
from models.sealed import check_safetensors

if TYPE_CHECKING:
    import torch

Style = Literal["diffusers", "kohya"]
"""diffusers: lora_A, lora_B, alpha in the header. kohya: lora_down, lora_up and alpha as tensors (ComfyUI too)."""

HEADER = "lora_adapter_metadata"  # the key of diffusers' header, which holds JSON
_PARTS = {
    ".lora_A.weight": ("diffusers", "down"),
    ".lora_B.weight": ("diffusers", "up"),
    ".lora_down.weight": ("kohya", "down"),
    ".lora_up.weight": ("kohya", "up"),
    ".alpha": ("kohya", "alpha"),
}
_OTHER_KINDS = {
    "dora_scale": "DoRA", "lora_magnitude_vector": "DoRA", "hada_w": "LoHa", "lokr_w": "LoKr",
    "lora_mid": "a LoCon with a middle factor", "oft_": "OFT", "ia3": "IA3", ".diff": "a full difference",
}  # fmt: skip


@dataclass(frozen=True)
class Factors:
    """The change of one module's weight: ``scale * up @ down``.

    down  (rank, in, ...); up (out, rank, ...); float32
    """

    down: "torch.Tensor"
    up: "torch.Tensor"
    alpha: float

    @property
    def rank(self) -> int:
        return int(self.down.shape[0])

    @property
    def scale(self) -> float:
        return self.alpha / self.rank

    def change(self) -> "torch.Tensor":
        """The change of the weight, in the weight's own shape, (out, in, ...) float32."""
        flat = self.up.flatten(1) @ self.down.flatten(1) * self.scale
        return flat.reshape(self.up.shape[0], *self.down.shape[1:])


@dataclass(frozen=True)
class LoraFile:
    """A LoRA that was read completely. ``header`` is the text metadata of the file."""

    path: Path
    style: Style
    factors: dict[str, Factors]
    header: dict[str, str]


def read(path: Path) -> LoraFile:
    """Read every key of a LoRA.

    raises  InputRefused for keys that are not understood, for incomplete pairs and for other kinds of adapters
    """
    from safetensors import safe_open

    if not path.is_file():
        raise InputRefused(f"{path} is not a file. A LoRA is one .safetensors file.")
    check_safetensors(path)
    with safe_open(path, framework="pt") as file:
        header = dict(file.metadata() or {})
        tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118 (not a mapping)
    _refuse_other_kinds(path, tensors, header)
    styles, found = _sorted_by_module(path, tensors)
    if not found:
        raise InputRefused(f"{path} holds no LoRA: it has no key that ends in {', '.join(_PARTS)}.")
    if len(styles) > 1:
        raise InputRefused(
            f"{path} mixes keys of two styles, {' and '.join(sorted(styles))}. Save it again in one."
        )
    style: Style = "diffusers" if "diffusers" in styles else "kohya"
    alphas = _Alphas(header) if style == "diffusers" else None
    return LoraFile(
        path, style, {name: _factors(path, name, parts, alphas) for name, parts in found.items()}, header
    )


def _refuse_other_kinds(path: Path, tensors: dict[str, Any], header: dict[str, str]) -> None:
    for key in tensors:
        kind = next((kind for mark, kind in _OTHER_KINDS.items() if mark in key), "")
        if kind:
            raise InputRefused(
                f"{path} is {kind} ({key}), and only plain LoRA is read here. Convert it to LoRA first."
            )
    for name, value in _config(header).items():
        if name.rpartition(".")[2] in ("use_rslora", "use_dora") and value:
            raise InputRefused(
                f"{path} was trained with {name.rpartition('.')[2]}, which scales it in another way than plain LoRA. "
                "Convert it to plain LoRA first."
            )


def _sorted_by_module(path: Path, tensors: dict[str, Any]) -> tuple[set[str], dict[str, dict[str, Any]]]:
    styles: set[str] = set()
    found: dict[str, dict[str, Any]] = {}
    unknown = []
    for key in sorted(tensors):
        suffix = next((suffix for suffix in _PARTS if key.endswith(suffix)), None)
        if suffix is None:
            unknown.append(key)
            continue
        style, part = _PARTS[suffix]
        if part != "alpha":
            styles.add(style)
        found.setdefault(key.removesuffix(suffix), {})[part] = tensors[key]
    if unknown:
        raise InputRefused(
            f"{path} has {len(unknown)} keys that are not understood, such as {unknown[0]}. "
            f"Keys end in {', '.join(_PARTS)}. Export it again with diffusers or kohya keys."
        )
    return styles, found


def _factors(path: Path, name: str, parts: dict[str, Any], alphas: "_Alphas | None") -> Factors:
    if not {"down", "up"} <= set(parts):
        raise InputRefused(f"{path}: {name} has only {', '.join(sorted(parts))}; both factors are needed.")
    down, up = parts["down"].float(), parts["up"].float()
    if down.ndim < 2 or up.ndim < 2 or down.shape[0] != up.shape[1] or not down.shape[0]:
        raise InputRefused(
            f"{path}: the factors of {name} do not fit each other: {tuple(up.shape)} and {tuple(down.shape)}."
        )
    rank = int(down.shape[0])
    told = alphas.of(name, rank) if alphas else float(rank)
    alpha = float(parts["alpha"]) if "alpha" in parts else told
    for tensor in (down, up, parts.get("alpha", down)):
        if not tensor.isfinite().all():
            raise InputRefused(f"{path}: {name} holds numbers that are not finite. Train or export it again.")
    return Factors(down, up, alpha)


class _Alphas:
    """Alpha by module from diffusers' header; without a header alpha is the rank, as diffusers reads it."""

    def __init__(self, header: dict[str, str]) -> None:
        self.config = _config(header)

    def of(self, module: str, rank: int) -> float:
        for prefix in _prefixes(module):
            inner = module.removeprefix(f"{prefix}." if prefix else "")
            stem = f"{prefix}." if prefix else ""
            patterns = self.config.get(f"{stem}alpha_pattern") or {}
            for pattern, value in patterns.items():
                if re.match(rf"(.*\.)?({pattern})$", inner):
                    return float(value)
            if f"{stem}lora_alpha" in self.config:
                return float(self.config[f"{stem}lora_alpha"])
        return float(rank)


def _prefixes(module: str) -> tuple[str, ...]:
    first = module.partition(".")[0]
    return (first, "")


def _config(header: dict[str, str]) -> dict[str, Any]:
    try:
        parsed = json.loads(header.get(HEADER, "{}"))
    except ValueError as error:
        raise InputRefused(
            f"The header {HEADER} of a LoRA is not JSON: {error}. Export the LoRA again."
        ) from error
    return parsed if isinstance(parsed, dict) else {}
