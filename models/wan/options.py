"""The forms of Wan that there are, and the options of the animator over them."""

from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar, Literal

from pydantic import Field, model_validator

from models.card import Accepted
from models.diffusion.options import DiffusionOptions
from models.weights import Weights

Form = Literal["i2v-a14b", "flf2v", "ti2v-5b", "vace"]
I2V, VACE = "WanImageToVideoPipeline", "WanVACEPipeline"


@dataclass(frozen=True)
class Shape:
    """What one form can do, and how its makers run it.

    shift    of the noise schedule, at 480p and at 720p
    vram_gb  as published, with the weights: on the GPU; one model at a time; one layer at a time
    """

    hub: str
    kind: str
    accepts: frozenset[Accepted]
    steps: int
    guidance: float
    shift: tuple[float, float]
    vram_gb: tuple[float, float, float]
    experts: int = 1
    side_step: int = 16
    max_frames: int = 81  # beyond 81 frames the first second flickers (Wan2.1#369)
    rate: Fraction = Fraction(16)


BOTH_ENDS: frozenset[Accepted] = frozenset({"loras", "last_frame"})
SHAPES: dict[Form, Shape] = {
    "i2v-a14b": Shape(
        "Wan-AI/Wan2.2-I2V-A14B-Diffusers", I2V, BOTH_ENDS, 40, 3.5, (3, 5), (78, 41, 12), experts=2
    ),
    "flf2v": Shape("Wan-AI/Wan2.1-FLF2V-14B-720P-Diffusers", I2V, BOTH_ENDS, 30, 5.5, (16, 16), (60, 41, 12)),
    "ti2v-5b": Shape(
        "Wan-AI/Wan2.2-TI2V-5B-Diffusers", I2V, frozenset({"loras"}), 50, 5.0, (5, 5), (24, 14, 8),
        side_step=32, max_frames=121, rate=Fraction(24),
    ),
    "vace": Shape(
        "Wan-AI/Wan2.1-VACE-1.3B-diffusers", VACE, BOTH_ENDS | {"references", "mask"}, 30, 5.0, (3, 5), (16, 12, 8)
    ),
}  # fmt: skip
"""TI2V-5B drops a last frame without a word (sdnext PR 4970): its card does not accept one."""

PAIR = (
    "wan2.2_i2v_A14b_high_noise_lora_rank64_lightx2v_4step_1022.safetensors",
    "wan2.2_i2v_A14b_low_noise_lora_rank64_lightx2v_4step_1022.safetensors",
)
DRAFT_STEPS, DRAFT_SHIFT = 4, 5.0  # timesteps 1000, 937.5, 833.3, 625: what the pair was distilled for


class WanOptions(DiffusionOptions):
    """Which form, how carefully, and the weights."""

    aside: ClassVar[frozenset[str]] = DiffusionOptions.aside

    form: Form = Field(
        default="i2v-a14b",
        description="i2v-a14b: first and last frame, two experts, best; flf2v: first and last frame at 720p; "
        "ti2v-5b: for small cards, takes no last frame; vace: references, and retakes of some frames only",
    )
    weights: Weights | None = Field(default=None, description="None: what the form is known by")
    quality: Literal["draft", "final"] = Field(
        default="final",
        description="draft: 4 steps with the distilled LoRAs, without guidance; final: all steps",
    )
    distilled: Weights = Field(
        default=Weights(hub="lightx2v/Wan2.2-Distill-Loras"),
        description="draft: where the distilled LoRAs are",
    )
    distilled_files: tuple[str, ...] = Field(
        default=PAIR, min_length=1, max_length=2, description="draft: file names, high noise first"
    )
    steps: int | None = Field(default=None, ge=1, le=200, description="None: as the form's makers run it")
    guidance: float | None = Field(default=None, ge=1, le=20, description="1: off; none: the makers' value")
    guidance_2: float | None = Field(
        default=None, ge=1, le=20, description="Of the low-noise expert; none: as guidance"
    )
    shift: float | None = Field(
        default=None,
        ge=0.1,
        le=50,
        description="Of the noise schedule; none: by the form and the picture's size",
    )
    reference_strength: float = Field(default=1.0, ge=0, le=2, description="vace: of everything it is shown")

    @model_validator(mode="after")
    def _guides_both_experts_or_none(self) -> "WanOptions":
        if self.guidance_2 is not None and self.shape.experts < 2:
            raise ValueError(f"guidance_2 is for a form with two experts; {self.form} has one")
        if (self.guidance_2 or 1) > 1 >= self.strength_of_guidance:
            raise ValueError(
                "guidance_2 is above 1 and guidance is not: the library tests guidance alone, and would leave both off"
            )
        if self.quality == "draft" and len(self.distilled_files) != self.shape.experts:
            raise ValueError(
                f"draft needs a distilled LoRA for each of the {self.shape.experts} experts of {self.form}; "
                f"distilled_files names {len(self.distilled_files)}"
            )
        return self

    @property
    def shape(self) -> Shape:
        return SHAPES[self.form]

    @property
    def model(self) -> Weights:
        return self.weights or Weights(hub=self.shape.hub)

    @property
    def count(self) -> int:
        """Denoising steps."""
        return self.steps or (DRAFT_STEPS if self.quality == "draft" else self.shape.steps)

    @property
    def strength_of_guidance(self) -> float:
        if self.guidance is not None:
            return self.guidance
        return 1.0 if self.quality == "draft" else self.shape.guidance

    def shift_at(self, size: tuple[int, int]) -> float:
        if self.shift is not None:
            return self.shift
        if self.quality == "draft":
            return DRAFT_SHIFT
        return self.shape.shift[
            0 if size[0] * size[1] <= 600_000 else 1
        ]  # 832x480 is 399,360; 1280x720 921,600

    def wanted(self) -> tuple[Weights, ...]:
        """The distilled LoRAs are needed for drafts only."""
        return (self.model, *((self.distilled,) if self.quality == "draft" else ()))

    def ingredients(self) -> dict[str, object]:
        """With the weights that are meant where none are named, and the distilled ones only where they are used."""
        found = super().ingredients()
        found["weights"] = self.model.ingredients()
        if self.quality != "draft":
            found["distilled"] = None
            found["distilled_files"] = None
        return found
