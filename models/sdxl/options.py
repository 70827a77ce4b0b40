"""The options of the SDXL painter, as a profile writes them."""

from typing import ClassVar, Literal

from pydantic import Field, model_validator

from models.diffusion.options import DiffusionOptions
from models.weights import Weights

Guide = Literal["line", "pose", "depth"]
"""As models.cel.guides draws them; reading options must not import a drawing library."""
STEPS = {"draft": 14, "final": 28}
QUALITY_TAGS = "masterpiece, high score, great score, absurdres"
NEGATIVE = (
    "lowres, bad anatomy, bad hands, text, error, missing finger, extra digits, fewer digits, cropped, worst quality, "
    "low quality, low score, bad score, average score, signature, watermark, username, blurry"
)


class SdxlOptions(DiffusionOptions):
    """Which checkpoint, how it samples, and how it uses layout and references."""

    late: ClassVar[frozenset[str]] = frozenset({"config"})
    aside: ClassVar[frozenset[str]] = DiffusionOptions.aside

    weights: Weights = Field(
        default=Weights(hub="cagliostrolab/animagine-xl-4.0", licence="CreativeML-OpenRAIL-PP-M"),
        description="Any SDXL checkpoint: a folder in the diffusers layout, or one safetensors file and `config`",
    )
    config: Weights | None = Field(
        default=None,
        description="For a checkpoint in one file: a model in the diffusers layout, of which configurations and "
        "tokenizers are used, and no weights",
    )
    quality: Literal["draft", "final"] = Field(
        default="final", description="draft: half the steps, softer details; final: the makers' advice"
    )
    steps: int = Field(default=0, ge=0, le=150, description="Denoising steps; 0: as quality says (14 or 28)")
    guidance: float = Field(default=5.0, ge=1, le=30, description="How strictly the prompt is followed")
    sampler: Literal["own", "euler_a", "euler", "dpm"] = Field(
        default="own", description="own: the one in the checkpoint's folder"
    )
    prediction: Literal["own", "epsilon", "v_prediction"] = Field(
        default="own", description="What the checkpoint predicts; v_prediction for NoobAI v-pred and its like"
    )
    zero_snr: bool | None = Field(
        default=None, description="Its noise ends at zero signal; null: as the checkpoint's scheduler says"
    )
    quality_tags: str = Field(
        default=QUALITY_TAGS, max_length=300, description="What its makers put last into every prompt"
    )
    negative: str = Field(
        default=NEGATIVE,
        max_length=1000,
        description="The negative prompt of a show that has none of its own",
    )
    layout: Literal["paint_over", "control"] = Field(
        default="paint_over",
        description="How the layout guides: painted over (img2img), or through the ControlNet in `control`",
    )
    strength: float = Field(
        default=0.7,
        gt=0,
        le=1,
        description="paint_over: how much is painted anew; 1 keeps nothing of the layout",
    )
    control: Weights | None = Field(
        default=None, description="A union ControlNet for SDXL, such as xinsir/controlnet-union-sdxl-1.0"
    )
    guides: tuple[Guide, ...] = Field(
        default=("line", "pose"),
        min_length=1,
        max_length=3,
        description="control: which guides the rig draws",
    )
    control_strength: float = Field(
        default=0.7, ge=0, le=2, description="How strictly the guides are followed"
    )
    control_end: float = Field(
        default=0.8, gt=0, le=1, description="Share of the steps after which the guides are let go"
    )
    ip_adapter: Weights | None = Field(
        default=None,
        description="An IP-Adapter for SDXL: the repository or folder; `ip_file` names the file in it",
    )
    ip_file: str = Field(
        default="sdxl_models/ip-adapter-plus_sdxl_vit-h.safetensors",
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_./-]*\.safetensors$",
        description="The file of the IP-Adapter, below its folder",
    )
    image_encoder: Weights | None = Field(
        default=None,
        description="The image encoder that the IP-Adapter was trained with; `ip_encoder` is its folder",
    )
    ip_encoder: str = Field(
        default="models/image_encoder",
        pattern=r"^[A-Za-z0-9_./-]*$",
        description="Below its repository; empty: itself",
    )
    ip_strength: float = Field(
        default=0.6, ge=0, le=1.5, description="How much of a reference picture is taken over"
    )
    regions: bool = Field(
        default=True,
        description="Confine references and LoRAs of a character to where the rig puts them, when a cut has several",
    )

    @model_validator(mode="after")
    def _belongs_together(self) -> "SdxlOptions":
        if self.layout == "control" and self.control is None:
            raise ValueError("layout: control needs `control`, a union ControlNet")
        if (self.ip_adapter is None) != (self.image_encoder is None):
            raise ValueError(
                "ip_adapter and image_encoder go together: the encoder is pinned like any other model"
            )
        if ".." in self.ip_file or ".." in self.ip_encoder:
            raise ValueError("ip_file and ip_encoder lie below their folder")
        return self

    @property
    def takes(self) -> int:
        """How many denoising steps."""
        return self.steps or STEPS[self.quality]
