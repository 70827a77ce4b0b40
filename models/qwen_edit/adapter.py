"""The qwen-edit painter: Qwen-Image-Edit-2511 (20B, Apache-2.0), a keyframe from several references.

In: a Shot with its prompt as sentences, reference pictures, LoRAs; a layout.      Out: its panel.
It edits pictures, so it needs a layout or a reference. It works at one megapixel on its own grid, as it was trained;
the result is brought to the shot's size.
"""

from functools import partial
from typing import Literal, Self

from pydantic import Field, model_validator

from assets.errors import SetupMissing, ShapeRefused
from assets.matter import Still
from models.card import Card
from models.diffusion import levers, loading, pictures, placement, references, seeds
from models.diffusion.exhausted import Ladder
from models.diffusion.loras import Rack
from models.diffusion.options import DiffusionOptions
from models.diffusion.placement import Placed
from models.diffusion.references import Shown
from models.limits import check_painting
from models.ports import LoraWeights, Shot
from models.qwen_edit.reader import Reader
from models.sealed import sha256
from models.weights import Weights, lacks_weights, snapshot

FAMILY = "qwen-image"
AREA = 1024 * 1024  # the pipeline brings every reference to this area: the result is made on the same grid
STEPS, LIGHTNING_STEPS = {"draft": 20, "final": 40}, 4


class QwenEditOptions(DiffusionOptions):
    """Which checkpoint and how it samples."""

    weights: Weights = Field(
        default=Weights(hub="Qwen/Qwen-Image-Edit-2511", licence="Apache-2.0"),
        description="Qwen-Image-Edit-2511",
    )
    lightning: Weights | None = Field(
        default=None,
        description="A step-distilled LoRA, such as lightx2v/Qwen-Image-Edit-2511-Lightning: 4 steps",
    )
    lightning_file: str = Field(
        default="Qwen-Image-Edit-2511-Lightning-4steps-V1.0-bf16.safetensors",
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*\.safetensors$",
        description="The LoRA's file in its folder",
    )
    quality: Literal["draft", "final"] = Field(
        default="final",
        description="draft: 20 steps, or 4 without guidance when lightning is given; final: 40 and guidance",
    )
    steps: int = Field(default=0, ge=0, le=150, description="Denoising steps; 0: as quality says")
    guidance: float = Field(
        default=4.0, ge=1, le=30, description="How strictly the prompt is followed; 1: not at all"
    )
    most_references: int = Field(
        default=3,
        ge=1,
        le=3,
        description="Pictures shown at once, the layout included; it was trained with three",
    )
    realign: bool = Field(default=True, description="Measure a shift against the layout and undo it")

    @model_validator(mode="after")
    def _final_is_not_distilled(self) -> "QwenEditOptions":
        if self.lightning is not None and self.quality == "final":
            raise ValueError("lightning is for quality: draft; final takes all steps")
        return self

    @property
    def takes(self) -> int:
        """How many denoising steps."""
        return self.steps or (LIGHTNING_STEPS if self.lightning else STEPS[self.quality])

    @property
    def guided(self) -> float:
        return 1.0 if self.lightning else self.guidance


class QwenEditPainter:
    """Port Painter."""

    Options = QwenEditOptions
    card: Card = Card(
        name="qwen-edit",
        port="painter",
        adapter_version=1,
        summary="Qwen-Image-Edit-2511 (20B): a keyframe from layout, character sheets and place.",
        licence="Apache-2.0",
        weights="Qwen/Qwen-Image-Edit-2511",
        revision="as the profile pins it",
        training_data="undisclosed, by the Qwen team (Alibaba)",
        vram_gb=58,
        side_step=2,
        dialect="prose",
        accepts=frozenset({"layout", "references", "loras", "negative_prompt"}),
        lora_base=FAMILY,
    )

    def __init__(self, placed: Placed, rack: Rack, options: QwenEditOptions, card: Card) -> None:
        self.card = card
        self._placed, self._rack, self._options = placed, rack, options
        self._ladder = Ladder(placed, card, climbs=options.ladder)
        self._always = _lightning(options)

    @classmethod
    def lacks(cls) -> str:
        return cls.lacks_with(QwenEditOptions())

    @classmethod
    def lacks_with(cls, options: QwenEditOptions) -> str:
        return lacks_weights(options, "diffusers", "transformers", "peft")

    @classmethod
    def carded(cls, options: QwenEditOptions) -> Card:
        accepts = cls.card.accepts - ({"negative_prompt"} if options.guided <= 1 else set())
        small = options.offload != "none"
        return cls.card.model_copy(
            update={
                **options.weights.said(),
                "accepts": accepts,
                "vram_gb": 24.0 if small else cls.card.vram_gb,
            }
        )

    @classmethod
    def load(cls, device: str, options: QwenEditOptions | None = None) -> Self:
        options = options or QwenEditOptions()
        folder = snapshot(options.weights).folder
        # its VAE in the denoiser's precision: the pipeline gives it the references in that one
        pipe = loading.load(
            folder,
            "QwenImageEditPlusPipeline",
            device=device,
            options=options,
            whole=(),
            given={"processor": None},
        )
        pipe.processor = Reader.load(folder, pipe.tokenizer)
        levers.apply(pipe, ("transformer",), options, device)
        placed = Placed(pipe, device, options.offload)
        rack = Rack(pipe, FAMILY, hotswap_rank=options.hotswap_rank, lifted=placed.lifted)
        return cls(placed, rack, options, cls.carded(options))

    def unload(self) -> None:
        placement.freed(self._placed.pipe)

    def paint(self, shot: Shot, *, seed: int, layout: Still | None = None) -> Still:
        check_painting(self.card, shot, layout)
        shown = references.chosen(shot, layout, most=self._options.most_references)
        if not shown:
            raise ShapeRefused(
                f"{self.card.name} edits pictures, and cut {shot.cut.number} has none to edit. Set layout: cel in the "
                "profile's machines, or give its characters or its place a reference picture in the bible."
            )
        picture = self._ladder.run(partial(self._painted, shot, seed, shown, layout), shot.cut.number)
        if layout is None or not self._options.realign:
            return picture
        return references.unshifted(picture, references.shift(picture, layout))

    def _painted(self, shot: Shot, seed: int, shown: list[Shown], layout: Still | None) -> Still:
        from assets.media.picture import resized

        pipe, options = self._placed.pipe, self._options
        canvas = references.canvas(shot.size)
        wide, high = references.at_area(canvas, AREA)
        self._rack.use((*self._always, *shot.loras))
        images = [pictures.pil(_prepared(one, layout, canvas)) for one in shown]
        with levers.attention(options):
            made = pipe(
                image=images,
                prompt=references.told(shot.prompt.text, shown),
                # without one the pipeline leaves guidance off, with a warning only
                negative_prompt=(shot.prompt.negative or " ") if options.guided > 1 else None,
                true_cfg_scale=options.guided,
                width=wide,
                height=high,
                num_inference_steps=options.takes,
                generator=seeds.generator(seed),
                output_type="pt",
            ).images
        pipe.maybe_free_model_hooks()
        picture = resized(pictures.still(made * 2 - 1), canvas)
        return references.cropped(picture, shot.size)


def _prepared(one: Shown, layout: Still | None, canvas: tuple[int, int]) -> Still:
    """The layout in the shape of the canvas: the pipeline then brings it to the very size of the result."""
    if layout is not None and one.picture is layout:
        return references.padded(layout, canvas)
    return references.sheet(one.picture, most=AREA)


def _lightning(options: QwenEditOptions) -> tuple[LoraWeights, ...]:
    if options.lightning is None:
        return ()
    path = snapshot(options.lightning).folder / options.lightning_file
    if not path.is_file():
        raise SetupMissing(f"{path} is not there. Set lightning_file to the name of the LoRA in that folder.")
    return (LoraWeights(path, sha256(path), 1.0, ""),)
