"""The klein painter: FLUX.2 klein (4B, Apache-2.0), a keyframe from character sheets, place plate and layout.

In: a Shot with its prompt as sentences, reference pictures, LoRAs; optionally a layout.      Out: its panel.
With neither it paints from the text alone.
"""

from functools import partial
from typing import Any, Literal, Self

from pydantic import Field

from assets.matter import Still
from models.card import Card
from models.diffusion import chat, levers, loading, pictures, placement, references, seeds
from models.diffusion.exhausted import Ladder
from models.diffusion.loras import Rack
from models.diffusion.options import DiffusionOptions
from models.diffusion.placement import Placed
from models.diffusion.references import Shown
from models.diffusion.texts import Texts, check_length
from models.limits import check_painting
from models.ports import Shot
from models.weights import Weights, lacks_weights, snapshot

FAMILY = "klein"
READS = 512  # tokens of a prompt
AREA = 1024 * 1024  # pixels of a reference: the pipeline shrinks larger ones, and then cuts them to its grid
GRID = 16
DISTILLED_STEPS, STEPS = 4, {"draft": 25, "final": 50}


class KleinOptions(DiffusionOptions):
    """Which checkpoint and how it samples."""

    weights: Weights = Field(
        default=Weights(hub="black-forest-labs/FLUX.2-klein-4B", licence="Apache-2.0"),
        description="FLUX.2 klein 4B, or its base model with distilled: false",
    )
    distilled: bool = Field(
        default=True,
        description="The weights are step-distilled: 4 steps and no guidance; false for klein-base",
    )
    quality: Literal["draft", "final"] = Field(
        default="final", description="The base model: 25 or 50 steps. Distilled weights have one quality"
    )
    steps: int = Field(default=0, ge=0, le=150, description="Denoising steps; 0: 4, or as quality says")
    guidance: float = Field(default=4.0, ge=1, le=30, description="Only for the base model")
    most_references: int = Field(
        default=4,
        ge=1,
        le=8,
        description="Pictures shown at once, the layout included; more of them cost time",
    )
    realign: bool = Field(default=True, description="Measure a shift against the layout and undo it")

    @property
    def takes(self) -> int:
        """How many denoising steps."""
        return self.steps or (DISTILLED_STEPS if self.distilled else STEPS[self.quality])


class KleinPainter:
    """Port Painter."""

    Options = KleinOptions
    card: Card = Card(
        name="klein",
        port="painter",
        adapter_version=1,
        summary="FLUX.2 klein 4B: a keyframe from character sheets, place and layout, in 4 steps.",
        licence="Apache-2.0",
        weights="black-forest-labs/FLUX.2-klein-4B",
        revision="as the profile pins it",
        training_data="undisclosed, by Black Forest Labs",
        vram_gb=13,
        side_step=2,
        dialect="prose",
        accepts=frozenset({"layout", "references", "loras"}),
        lora_base=FAMILY,
    )

    def __init__(self, placed: Placed, rack: Rack, options: KleinOptions, card: Card) -> None:
        self.card = card
        self._placed, self._rack, self._options = placed, rack, options
        self._texts, self._ladder = Texts(), Ladder(placed, card, climbs=options.ladder)

    @classmethod
    def lacks(cls) -> str:
        return cls.lacks_with(KleinOptions())

    @classmethod
    def lacks_with(cls, options: KleinOptions) -> str:
        return lacks_weights(options, "diffusers", "transformers", "peft")

    @classmethod
    def carded(cls, options: KleinOptions) -> Card:
        small = options.offload != "none"
        return cls.card.model_copy(
            update={**options.weights.said(), "vram_gb": 9.0 if small else cls.card.vram_gb}
        )

    @classmethod
    def load(cls, device: str, options: KleinOptions | None = None) -> Self:
        options = options or KleinOptions()
        folder = snapshot(options.weights).folder
        pipe = loading.load(folder, "Flux2KleinPipeline", device=device, options=options)
        loading.check_says(pipe, "is_distilled", options.distilled, "distilled")
        levers.apply(pipe, ("transformer",), options, device)
        placed = Placed(pipe, device, options.offload)
        rack = Rack(pipe, FAMILY, hotswap_rank=options.hotswap_rank, lifted=placed.lifted)
        return cls(placed, rack, options, cls.carded(options))

    def unload(self) -> None:
        self._texts.clear()
        placement.freed(self._placed.pipe)

    def paint(self, shot: Shot, *, seed: int, layout: Still | None = None) -> Still:
        check_painting(self.card, shot, layout)
        shown = references.chosen(shot, layout, most=self._options.most_references)
        text = references.told(shot.prompt.text, shown)
        counted = chat.count(self._placed.pipe.tokenizer, text, thinking=False)
        check_length(counted, READS, shot.cut.number, self.card.name)
        picture = self._ladder.run(partial(self._painted, shot, seed, text, shown, layout), shot.cut.number)
        if layout is None or not self._options.realign:
            return picture
        return references.unshifted(picture, references.shift(picture, layout))

    def _painted(self, shot: Shot, seed: int, text: str, shown: list[Shown], layout: Still | None) -> Still:
        pipe, options, size = self._placed.pipe, self._options, references.canvas(shot.size)
        self._rack.use(shot.loras)
        with levers.attention(options):
            latents = pipe(
                image=[pictures.pil(one) for one in _prepared(shown, layout, size)] or None,
                prompt_embeds=self._texts.get(text, partial(self._encoded, text)),
                width=size[0],
                height=size[1],
                num_inference_steps=options.takes,
                guidance_scale=1.0 if options.distilled else options.guidance,
                generator=seeds.generator(seed),
                output_type="latent",
            ).images
        picture = pictures.still(pictures.decoded_as_given(pipe.vae, latents))
        pipe.maybe_free_model_hooks()
        return references.cropped(picture, shot.size)

    def _encoded(self, text: str) -> Any:
        import torch

        with torch.no_grad():
            return self._placed.pipe.encode_prompt(text)[0]


def _prepared(shown: list[Shown], layout: Still | None, size: tuple[int, int]) -> list[Still]:
    """The layout on the canvas of the result, so that a pixel there is a pixel here; sheets whole, on white."""
    made = []
    for number, one in enumerate(shown):
        if layout is not None and number == 0:
            made.append(references.shrunk(references.padded(one.picture, size), most=AREA, grid=GRID))
        else:
            made.append(references.sheet(one.picture, most=AREA, grid=GRID))
    return made
