"""What a LoRA file says of itself: its tensors, its alphas, its base model. Read from the header; nothing is loaded.

In: a .safetensors file.      Out: a LoraFile, or InputRefused with the reason why it cannot be used.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from assets.errors import InputRefused, SetupMissing
from models.sealed import check_safetensors

_DOWN = re.compile(r"^(.*?)[._](?:lora_down|lora_A|lora\.down)(?:\.default)?\.weight$")
_UP = re.compile(r"^(.*?)[._](?:lora_up|lora_B|lora\.up)(?:\.default)?\.weight$")
FAMILIES: dict[str, tuple[str, ...]] = {
    "sdxl": ("sdxl", "stable-diffusion-xl", "illustrious", "noobai", "pony", "animagine"),
    "sd15": ("sd_1", "sd1", "stable-diffusion-v1", "sd_v1"),
    "sd3": ("sd3", "stable-diffusion-3"),
    "klein": ("flux2", "flux.2", "flux-2"),
    "flux": ("flux",),
    "z-image": ("z-image", "zimage", "z_image"),
    "qwen-image": ("qwen-image", "qwen_image", "qwenimage"),
    "wan-animate": ("wan-animate", "wan_animate", "wan2.2-animate", "wan2.2_animate"),
    "wan": ("wan",),
    "anima": ("anima", "cosmos"),
    "house": ("sakuga-house",),
}
"""Words in a file's metadata that name its base model, by the family that bibles write; the first match counts."""
_SAYS = ("modelspec.architecture", "ss_base_model_version", "base_model", "sakuga.base")


@dataclass(frozen=True)
class LoraFile:
    """The header of one LoRA."""

    path: Path
    shapes: Mapping[str, tuple[int, ...]]
    metadata: Mapping[str, str] = field(default_factory=dict)

    @property
    def family(self) -> str:
        """The base model its metadata names; empty when it names none that is known."""
        said = " ".join(self.metadata.get(key, "") for key in _SAYS).casefold()
        return next((name for name, words in FAMILIES.items() if any(word in said for word in words)), "")

    @property
    def pairs(self) -> dict[str, tuple[str, str]]:
        """Module -> the names of its two matrices, (down, up)."""
        down = {found[1]: key for key in self.shapes if (found := _DOWN.match(key))}
        up = {found[1]: key for key in self.shapes if (found := _UP.match(key))}
        return {module: (down[module], up[module]) for module in down if module in up}

    @property
    def rank(self) -> int:
        return max((self.shapes[down][0] for down, _ in self.pairs.values()), default=0)


def read(path: Path) -> LoraFile:
    """The header of ``path``.

    raises  InputRefused for a file that is damaged, that holds no LoRA, or a kind the loaders drop silently
    """
    try:
        check_safetensors(path)
        with path.open("rb") as file:
            header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
    except (SetupMissing, OSError) as error:
        raise InputRefused(f"The LoRA {path.name} cannot be read: {error}") from error
    metadata = {key: str(value) for key, value in header.pop("__metadata__", {}).items()}
    found = LoraFile(path, {key: tuple(one["shape"]) for key, one in header.items()}, metadata)
    _check(found)
    return found


def check_family(file: LoraFile, family: str) -> None:
    """Refuse a LoRA that says it was trained on another base model."""
    if file.family and file.family != family:
        raise InputRefused(
            f"The LoRA {file.path.name} says it was trained on {file.family}; this model loads {family}. Correct "
            "`base` in the bible, or use a LoRA of this family."
        )


def _check(file: LoraFile) -> None:
    name = file.path.name
    if any("dora_scale" in key or "lora_magnitude" in key for key in file.shapes):
        raise InputRefused(
            f"The LoRA {name} is a DoRA: the loader would drop its scales, and the pictures would be wrong. Export it "
            "as a plain LoRA."
        )
    if not file.pairs and not any(".lokr_" in key for key in file.shapes):
        raise InputRefused(
            f"{name} holds no LoRA: none of its {len(file.shapes)} tensors is a pair lora_down and lora_up (or lora_A "
            "and lora_B)."
        )
