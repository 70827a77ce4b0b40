"""The Z-Image painter: Z-Image (Apache-2.0, 6B) or its distilled form, Z-Image-Turbo.

In: a Shot with its prompt as sentences, LoRAs; optionally a layout.      Out: its panel.
The layout is painted over, or guides through a ControlNet.
"""

from functools import partial
from typing import Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from assets.matter import Still
from models import z_image_control as union
from models.card import Card
from models.diffusion import chat, levers, loading, pictures, placement, seeds
from models.diffusion.exhausted import Ladder
from models.diffusion.loras import Rack
from models.diffusion.options import DiffusionOptions
from models.diffusion.placement import Placed
from models.diffusion.steps import levels
from models.diffusion.texts import Texts, check_length
from models.limits import check_painting
from models.ports import Shot
from models.weights import Weights, lacks_weights, snapshot

FAMILY, KIND = "z-image", "ZImagePipeline"
READS = 512  # tokens of a prompt that the model was trained with
STEPS = {"draft": 20, "final": 40}
TURBO_STEPS = 8
CONTROL_GB = (
    7  # computed from the configuration of the larger ControlNets for Z-Image (15 layers); not measured
)


class ZImageOptions(DiffusionOptions):
    """Which checkpoint and how it samples."""

    late: ClassVar[frozenset[str]] = frozenset({"layout", "control", "guide", "control_strength"})

    weights: Weights = Field(
        default=Weights(hub="Tongyi-MAI/Z-Image", licence="Apache-2.0"),
        description="Z-Image, or Z-Image-Turbo with turbo: true",
    )
    turbo: bool = Field(
        default=False, description="The weights are Z-Image-Turbo: 8 steps, no guidance, no negative prompt"
    )
    quality: Literal["draft", "final"] = Field(
        default="final", description="draft: half the steps, softer details. Turbo has one quality"
    )
    steps: int = Field(
        default=0, ge=0, le=150, description="Denoising steps; 0: as quality says (20 or 40; turbo 8)"
    )
    guidance: float = Field(
        default=4.0, ge=0, le=30, description="How strictly the prompt is followed; not for turbo"
    )
    strength: float = Field(
        default=0.75,
        gt=0,
        le=1,
        description="paint_over: how much is painted anew; 1 keeps nothing of the layout",
    )
    layout: Literal["paint_over", "control"] = Field(
        default="paint_over",
        description="How the layout guides: painted over (img2img), or through the ControlNet in `control`",
    )
    control: Weights | None = Field(
        default=None,
        description="A union ControlNet for these weights, in the diffusers layout: one for Turbo does not fit Z-Image",
    )
    guide: union.Guide = Field(default="line", description="control: which guide the rig draws")
    control_strength: float = Field(
        default=0.75, ge=0, le=2, description="How strictly the guide is followed, in all steps"
    )

    @model_validator(mode="after")
    def _belongs_together(self) -> "ZImageOptions":
        if (self.layout == "control") != (self.control is not None):
            raise ValueError("layout: control and `control`, a union ControlNet, go together")
        return self

    @property
    def takes(self) -> int:
        """How many denoising steps."""
        return self.steps or (TURBO_STEPS if self.turbo else STEPS[self.quality])

    @property
    def guided(self) -> float:
        return 0.0 if self.turbo else self.guidance


class ZImagePainter:
    """Port Painter."""

    Options = ZImageOptions
    card: Card = Card(
        name="z-image",
        port="painter",
        adapter_version=1,
        summary="Z-Image (6B): English or Chinese sentences, LoRAs, a layout painted over or by ControlNet; or Turbo.",
        licence="Apache-2.0",
        weights="Tongyi-MAI/Z-Image",
        revision="as the profile pins it",
        training_data="undisclosed, by Tongyi-MAI (Alibaba)",
        vram_gb=20,
        side_step=16,
        dialect="prose",
        accepts=frozenset({"layout", "loras", "negative_prompt"}),
        lora_base=FAMILY,
    )

    def __init__(self, placed: Placed, rack: Rack, options: ZImageOptions, card: Card) -> None:
        self.card = card
        self._placed, self._rack, self._options = placed, rack, options
        self._texts, self._ladder = Texts(), Ladder(placed, card, climbs=options.ladder)

    @classmethod
    def lacks(cls) -> str:
        return cls.lacks_with(ZImageOptions())

    @classmethod
    def lacks_with(cls, options: ZImageOptions) -> str:
        return lacks_weights(options, "diffusers", "transformers", "peft")

    @classmethod
    def carded(cls, options: ZImageOptions) -> Card:
        accepts = cls.card.accepts - ({"negative_prompt"} if not options.guided else set())
        more = CONTROL_GB if options.control else 0
        return cls.card.model_copy(
            update={
                **options.weights.said(),
                "accepts": accepts,
                "vram_gb": (8.0 if options.offload != "none" else cls.card.vram_gb) + more,
            }
        )

    @classmethod
    def load(cls, device: str, options: ZImageOptions | None = None) -> Self:
        options = options or ZImageOptions()
        given: dict[str, Any] = {}
        if options.control is not None:
            folder = snapshot(options.control).folder
            given["controlnet"] = loading.load_part(folder, union.MODEL, dtype=options.dtype(device))
            union.in_one_precision(given["controlnet"])
        kind = union.KIND if given else KIND
        pipe = loading.load(
            snapshot(options.weights).folder, kind, device=device, options=options, given=given
        )
        levers.apply(pipe, ("transformer",), options, device)
        placed = Placed(pipe, device, options.offload)
        rack = Rack(pipe, FAMILY, hotswap_rank=options.hotswap_rank, lifted=placed.lifted)
        return cls(placed, rack, options, cls.carded(options))

    def unload(self) -> None:
        self._texts.clear()
        placement.freed(self._placed.pipe)

    def paint(self, shot: Shot, *, seed: int, layout: Still | None = None) -> Still:
        check_painting(self.card, shot, layout)
        for text in (shot.prompt.text, shot.prompt.negative):
            counted = chat.count(self._placed.pipe.tokenizer, text, thinking=True)
            check_length(counted, READS, shot.cut.number, self.card.name)
        return self._ladder.run(partial(self._painted, shot, seed, layout), shot.cut.number)

    def _painted(self, shot: Shot, seed: int, layout: Still | None) -> Still:
        pipe, options = self._placed.pipe, self._options
        self._rack.use(shot.loras)
        generator = seeds.generator(seed)
        with levers.attention(options):
            latents = self._pipeline(layout)(
                **self._told(shot),
                **self._guided(shot, seed, layout, generator),
                width=shot.size[0],
                height=shot.size[1],
                num_inference_steps=options.takes,
                guidance_scale=options.guided,
                generator=generator,
                output_type="latent",
            ).images
        picture = pictures.still(pictures.decoded(pipe.vae, latents))
        pipe.maybe_free_model_hooks()
        return picture

    def _told(self, shot: Shot) -> dict[str, Any]:
        pipe, prompt, guided = self._placed.pipe, shot.prompt, self._options.guided > 0

        def encode() -> tuple[Any, Any]:
            import torch

            with torch.no_grad():
                return pipe.encode_prompt(  # type: ignore[no-any-return]
                    prompt.text, negative_prompt=prompt.negative, do_classifier_free_guidance=guided
                )

        text, negative = self._texts.get((prompt.text, prompt.negative, guided), encode)
        return {"prompt_embeds": text, "negative_prompt_embeds": negative if guided else None}

    def _pipeline(self, layout: Still | None) -> Any:
        """The pipeline class for this call, over the same parts: the ControlNet's needs a guide."""
        pipe = self._placed.pipe
        if self._options.control is None or layout is not None:
            return pipe
        import diffusers

        kind: Any = diffusers.ZImagePipeline
        made = kind(**{name: part for name, part in pipe.components.items() if name != "controlnet"})
        made.set_progress_bar_config(disable=True)
        return made

    def _guided(self, shot: Shot, seed: int, layout: Still | None, generator: Any) -> dict[str, Any]:
        options = self._options
        if layout is None:
            return {}
        if options.layout == "paint_over":
            return self._begun(layout, generator)
        shown = union.guide(shot, layout, options.guide, seed=seed)
        return {
            "control_image": pictures.pil(shown),
            "controlnet_conditioning_scale": options.control_strength,
        }

    def _begun(self, layout: Still, generator: Any) -> dict[str, Any]:
        """Noise over the layout, and the noise levels from there on.

        The library's own img2img encodes the layout in the denoiser's precision, which a float32 VAE does not accept.
        """
        import torch

        options, scheduler = self._options, self._placed.pipe.scheduler
        clean = pictures.encoded(self._placed.pipe.vae, layout).float().cpu()
        sigmas = levels(options.takes, options.strength)
        first = _first_level(scheduler, sigmas, clean.shape)
        noise = torch.randn(clean.shape, generator=generator)
        return {"latents": first * noise + (1 - first) * clean, "sigmas": sigmas}


def _first_level(scheduler: Any, sigmas: list[float], shape: tuple[int, ...]) -> float:
    """The noise level at which the pipeline will begin: the scheduler shifts what it is given."""
    from diffusers.pipelines.z_image.pipeline_z_image import calculate_shift

    config = scheduler.config
    mu = calculate_shift(
        (shape[2] // 2) * (shape[3] // 2),
        config.get("base_image_seq_len", 256),
        config.get("max_image_seq_len", 4096),
        config.get("base_shift", 0.5),
        config.get("max_shift", 1.15),
    )
    trial = type(scheduler).from_config(config)
    trial.set_timesteps(sigmas=sigmas, mu=mu)
    return float(trial.sigmas[0])
