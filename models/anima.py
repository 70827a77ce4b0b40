"""The anima painter: Anima (2B, CircleStone Labs), through diffusers' modular pipeline.

In: a Shot with its prompt as tags (sentences are understood too), LoRAs; optionally a layout that is painted over.
Out: its panel.
"""

from functools import partial
from typing import Any, Literal, Self

from pydantic import Field

from assets.errors import InputRefused
from assets.matter import Still
from models import libraries
from models.card import Card
from models.diffusion import levers, modular, pictures, placement, seeds
from models.diffusion.exhausted import Ladder
from models.diffusion.loras import Rack
from models.diffusion.options import DiffusionOptions
from models.diffusion.placement import Placed
from models.diffusion.steps import levels
from models.diffusion.texts import check_length
from models.limits import check_painting
from models.ports import Shot
from models.weights import Weights, lacks_weights, snapshot

FAMILY = "anima"
READS = 512  # tokens of a prompt
STEPS = {"draft": 20, "final": 40}
TURBO_STEPS = 10


class AnimaOptions(DiffusionOptions):
    """Which checkpoint and how it samples."""

    weights: Weights = Field(
        default=Weights(
            hub="circlestone-labs/Anima-Base-v1.0-Diffusers", licence="LicenseRef-CircleStone-NC"
        ),
        description="Anima in the modular layout of diffusers",
    )
    turbo: bool = Field(default=False, description="The weights are Anima Turbo: 10 steps, no guidance")
    quality: Literal["draft", "final"] = Field(
        default="final", description="draft: half the steps, softer details. Turbo has one quality"
    )
    steps: int = Field(
        default=0, ge=0, le=150, description="Denoising steps; 0: as quality says (20 or 40; turbo 10)"
    )
    guidance: float = Field(
        default=4.5, ge=1, le=30, description="How strictly the prompt is followed; not for turbo"
    )
    strength: float = Field(
        default=0.75, gt=0, le=1, description="How much of a layout is painted anew; 1 keeps nothing of it"
    )
    quality_tags: str = Field(
        default="masterpiece, best quality, score_7, safe",
        max_length=300,
        description="What its makers put first into every prompt",
    )
    negative: str = Field(
        default="worst quality, low quality, score_1, score_2, score_3, blurry, text, signature, artist name",
        max_length=1000,
        description="The negative prompt of a show that has none of its own",
    )

    @property
    def takes(self) -> int:
        """How many denoising steps."""
        return self.steps or (TURBO_STEPS if self.turbo else STEPS[self.quality])

    @property
    def guided(self) -> float:
        return 1.0 if self.turbo else self.guidance


class AnimaPainter:
    """Port Painter."""

    Options = AnimaOptions
    card: Card = Card(
        name="anima",
        port="painter",
        adapter_version=1,
        summary="Anima (2B): anime by tags and sentences, LoRAs, a layout painted over. Weights: no hosting or sale.",
        licence="LicenseRef-CircleStone-NC",
        weights="circlestone-labs/Anima-Base-v1.0-Diffusers",
        revision="as the profile pins it",
        training_data="scraped: several million anime pictures and 800,000 others, by CircleStone Labs",
        data_class="scraped",
        vram_gb=8,
        side_step=16,
        dialect="tags",
        quality_at="first",
        accepts=frozenset({"layout", "loras", "negative_prompt"}),
        lora_base=FAMILY,
    )

    def __init__(self, placed: Placed, rack: Rack, options: AnimaOptions, card: Card) -> None:
        self.card = card
        self._placed, self._rack, self._options = placed, rack, options
        self._ladder = Ladder(placed, card, climbs=options.ladder)

    @classmethod
    def lacks(cls) -> str:
        return cls.lacks_with(AnimaOptions())

    @classmethod
    def lacks_with(cls, options: AnimaOptions) -> str:
        return lacks_weights(options, "diffusers", "transformers", "peft")

    @classmethod
    def carded(cls, options: AnimaOptions) -> Card:
        accepts = cls.card.accepts - ({"negative_prompt"} if options.guided <= 1 else set())
        small = options.offload != "none"
        return cls.card.model_copy(
            update={
                **options.weights.said(),
                "accepts": accepts,
                "vram_gb": 4.0 if small else cls.card.vram_gb,
                "quality_tags": options.quality_tags,
                "negative": options.negative,
            }
        )

    @classmethod
    def load(cls, device: str, options: AnimaOptions | None = None) -> Self:
        options = options or AnimaOptions()
        if options.offload == "model":
            raise InputRefused("offload: model is not for a modular pipeline. Use offload: group, or none.")
        libraries.both()
        _without_torchvision()
        pipe = modular.load("AnimaAutoBlocks", snapshot(options.weights), device=device, options=options)
        pipe.update_components(guider=_guider(options.guided))
        levers.apply(pipe, ("transformer",), options, device)
        placed = Placed(pipe, device, options.offload)
        rack = Rack(pipe, FAMILY, hotswap_rank=options.hotswap_rank, lifted=placed.lifted)
        return cls(placed, rack, options, cls.carded(options))

    def unload(self) -> None:
        placement.freed(self._placed.pipe)

    def paint(self, shot: Shot, *, seed: int, layout: Still | None = None) -> Still:
        check_painting(self.card, shot, layout)
        pipe = self._placed.pipe
        for text in (shot.prompt.text, shot.prompt.negative):
            counted = max(len(reader(text).input_ids) for reader in (pipe.tokenizer, pipe.t5_tokenizer))
            check_length(counted, READS, shot.cut.number, self.card.name)
        return self._ladder.run(partial(self._painted, shot, seed, layout), shot.cut.number)

    def _painted(self, shot: Shot, seed: int, layout: Still | None) -> Still:
        pipe, options = self._placed.pipe, self._options
        self._rack.use(shot.loras)
        over: dict[str, Any] = {}
        if layout is not None:
            over = {"image": pictures.pil(layout), **_begun(options.takes, options.strength)}
        with levers.attention(options):
            made = pipe(
                prompt=shot.prompt.text,
                negative_prompt=shot.prompt.negative,
                width=shot.size[0],
                height=shot.size[1],
                max_sequence_length=READS,
                generator=seeds.generator(seed),
                output_type="pt",
                output="images",
                **{"num_inference_steps": options.takes, **over},
            )
        return pictures.still(made * 2 - 1)


def _begun(run: int, strength: float) -> dict[str, Any]:
    """Every step, from exactly ``strength``: one level more than run, and a strength that leaves out just that one.

    With its own levels the library rounds: with few steps the strength becomes 1, and the layout is ignored.
    """
    return {
        "sigmas": [1.0, *levels(run, strength)],
        "num_inference_steps": run + 1,
        "strength": (run - 0.5) / (run + 1),
    }


def _guider(scale: float) -> Any:
    import diffusers

    kind: Any = diffusers.ClassifierFreeGuidance
    return kind(guidance_scale=scale)


def _without_torchvision() -> None:
    """Let the denoiser resize its padding mask without torchvision, which it uses for nothing else.

    The mask is resized to the nearest value; torch itself can do that. Only where torchvision is not installed.
    """
    from types import SimpleNamespace

    from diffusers.models.transformers import transformer_cosmos
    from torch.nn.functional import interpolate

    def resize(mask: Any, size: list[int], interpolation: object = None) -> Any:
        return interpolate(mask, size=tuple(size), mode="nearest")

    if not hasattr(transformer_cosmos, "transforms"):
        nearest = SimpleNamespace(NEAREST="nearest")
        found: Any = transformer_cosmos
        found.transforms = SimpleNamespace(
            functional=SimpleNamespace(resize=resize), InterpolationMode=nearest
        )
