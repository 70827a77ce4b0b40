"""Wan-Animate 2: the panel's characters, moved as the rig acts the cut, with mouths that follow the voices.

In: a Shot, its panel, the loudness of each voice, LoRAs of this model.      Out: a Clip.
The rig draws the cut as its animatic would; that drawing is the driving video. So pose, mouth and camera are exactly
the cut sheet's, and no pose extractor is needed. The pipeline is modular: it tells no progress, and cannot be
offloaded model by model; group by group it can. Its layers have other names than those of the other Wan models, so
their LoRAs do not fit.
"""

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from assets.errors import ModelFailed, SetupMissing
from assets.matter import Clip, Still
from models.card import Accepted, Card
from models.cel import engine
from models.diffusion import levers, loading, placement, seeds
from models.diffusion.exhausted import Ladder
from models.diffusion.loras import Rack
from models.diffusion.options import DiffusionOptions
from models.diffusion.placement import Placed
from models.limits import check_animating
from models.ports import Mouths, Shot
from models.wan import experts
from models.wan.options import SHAPES
from models.wan.vace import pil
from models.weights import Weights, lacks_weights, snapshot

HUBS = {
    "final": "Wan-AI/Wan2.2-Animate-2-14B-Diffusers",
    "draft": "Wan-AI/Wan2.2-Animate-2-14B-Distilled-Diffusers",
}
BLOCKS = {"final": "WanAnimate2Blocks", "draft": "WanAnimate2DistilledBlocks"}
STEPS, GUIDANCE = {"final": 40, "draft": 4}, {"final": 3.0, "draft": 1.0}
PARTS = ("vae", "text_encoder", "tokenizer", "scheduler", "transformer", "image_encoder")
WHOLE = ("vae", "image_encoder")
RATE = SHAPES["ti2v-5b"].rate  # 24, as the model was trained
FAMILY, LENGTH = "wan-animate", 512
VRAM_GB = (
    96.0,
    57.0,
)  # the second, under group offload: less the denoiser and the text encoder; computed, not measured


class AnimateOptions(DiffusionOptions):
    """Weights and how carefully."""

    aside: ClassVar[frozenset[str]] = DiffusionOptions.aside

    weights: Weights | None = Field(default=None, description="None: the model of the quality")
    quality: Literal["draft", "final"] = Field(
        default="final", description="draft: the distilled model, 4 steps without guidance; final: all steps"
    )
    steps: int | None = Field(default=None, ge=1, le=200, description="None: by the quality")
    guidance: float | None = Field(default=None, ge=1, le=20, description="1: off; none: by the quality")
    compile: bool = Field(
        default=True, description="On a GPU its attention needs compiling: without, it takes far more memory"
    )

    @model_validator(mode="after")
    def _is_whole(self) -> "AnimateOptions":
        if self.offload == "model":
            raise ValueError("offload: model is not for a modular pipeline; use offload: group, or none")
        return self

    @property
    def model(self) -> Weights:
        return self.weights or Weights(hub=HUBS[self.quality])

    @property
    def count(self) -> int:
        return self.steps or STEPS[self.quality]

    @property
    def strength_of_guidance(self) -> float:
        return GUIDANCE[self.quality] if self.guidance is None else self.guidance

    def wanted(self) -> tuple[Weights, ...]:
        return (self.model,)

    def ingredients(self) -> dict[str, object]:
        return {**super().ingredients(), "weights": self.model.ingredients()}


class WanAnimate:
    """Port Animator."""

    Options = AnimateOptions
    card: Card = Card(
        name="wan-animate",
        port="animator",
        adapter_version=2,
        summary="Wan-Animate 2: the panel's characters act as the rig acts the cut; mouths follow the voices.",
        licence="Apache-2.0",
        weights=HUBS["final"],
        revision="as the profile pins it",
        training_data="undisclosed, by Alibaba Wan",
        vram_gb=VRAM_GB[0],
        side_step=16,
        frame_step=4,
        max_frames=81,
        rates=(RATE,),
        dialect="prose",
        accepts=frozenset({"loras", "mouths", "negative_prompt"}),
        lora_base=FAMILY,
    )

    def __init__(self, placed: Placed, rack: Rack, options: AnimateOptions) -> None:
        self.card = self.carded(options)
        self._placed, self._rack, self._options = placed, rack, options
        self._ladder = Ladder(placed, self.card, climbs=options.ladder)

    @classmethod
    def lacks(cls) -> str:
        return cls.lacks_with(AnimateOptions())

    @classmethod
    def lacks_with(cls, options: AnimateOptions) -> str:
        return lacks_weights(options, "diffusers", "transformers", "peft", "ftfy")

    @classmethod
    def carded(cls, options: AnimateOptions | None) -> Card:
        options = options or AnimateOptions()
        more: set[Accepted] = {"negative_prompt"} if options.strength_of_guidance > 1 else set()
        return cls.card.model_copy(
            update={
                **options.model.said(),
                "accepts": frozenset({"loras", "mouths"}) | more,
                "vram_gb": VRAM_GB[options.offload != "none"],
            }
        )

    @classmethod
    def load(cls, device: str, options: AnimateOptions | None = None) -> Self:
        options = options or AnimateOptions()
        engine.check()
        pipe = _assembled(snapshot(options.model).folder, device, options)
        if options.compile and device == "cpu":
            options = options.model_copy(update={"compile": False})
        levers.apply(pipe, ("transformer",), options, device)
        placed = Placed(pipe, device, options.offload)
        rack = Rack(pipe, FAMILY, hotswap_rank=options.hotswap_rank, lifted=placed.lifted)
        return cls(placed, rack, options)

    def unload(self) -> None:
        self._placed.pipe.update_components(**dict.fromkeys(PARTS))
        placement.collected()

    def animate(
        self, shot: Shot, first: Still, *, frames: int, seed: int, last: Still | None = None,
        mouths: Mouths | None = None,
    ) -> Clip:  # fmt: skip
        check_animating(self.card, shot, first, frames=frames, last=last, mouths=mouths)
        experts.placed(shot.loras, 1)
        self._rack.use(shot.loras)
        found = self._ladder.run(partial(self._called, shot, first, frames, seed, mouths), shot.cut.number)
        made = np.asarray(found)
        wanted = (frames, shot.size[1], shot.size[0], 3)
        if made.shape != wanted or not np.isfinite(made).all():
            raise ModelFailed(
                f"wan-animate made {made.shape} for cut {shot.cut.number}, with values that are numbers or not; it was "
                f"asked for {wanted}. Set precision: float32 if the size is right."
            )
        return Clip(
            frames, shot.size, shot.rate, partial(_pictures, first, np.rint(np.clip(made, 0, 1) * 255))
        )

    def _called(self, shot: Shot, first: Still, frames: int, seed: int, mouths: Mouths | None) -> Any:
        driving = acting(shot, seed, frames, mouths)
        guided = {"negative_prompt": shot.prompt.negative} if self._options.strength_of_guidance > 1 else {}
        wide, high = shot.size
        with levers.attention(self._options):
            return self._placed.pipe(
                image=pil(first),
                driving_video=[pil(drawing) for drawing in driving],
                prompt=shot.prompt.text,
                **guided,
                height=high,
                width=wide + 1,  # the library takes the area of both and rounds down: one more keeps the size
                segment_frame_length=frames,
                fps=int(RATE),
                num_inference_steps=self._options.count,
                max_sequence_length=LENGTH,
                generator=seeds.generator(seed),
                output="videos",
                output_type="np",
            )[0]


def acting(shot: Shot, seed: int, frames: int, mouths: Mouths | None) -> Iterator[Still]:
    """The rig's own drawing of every frame: what the animatic would show."""
    from models.cel.shooting import Shooting

    shooting = Shooting(shot, seed=seed, frames=frames, mouths=mouths)
    return (shooting.still(frame) for frame in range(frames))


def _pictures(first: Still, made: Any) -> Iterator[Still]:
    yield first.copy()
    for picture in made[1:]:
        yield picture.astype(np.uint8)


def _assembled(folder: Path, device: str, options: AnimateOptions) -> Any:
    """The modular pipeline from the parts in ``folder``: only those that it needs, each from its own subfolder.

    The index may name any hub repository as the source of a part; it is read for the classes only.
    """
    import torch

    from models import libraries

    path = folder / loading.MODULAR
    if not path.is_file():
        raise SetupMissing(f"{path} is not there, so {folder} holds no modular pipeline. Fetch it again.")
    index = json.loads(path.read_text(encoding="utf-8"))
    blocks = getattr(libraries.diffusers(), BLOCKS[options.quality], None)
    if blocks is None:
        raise SetupMissing(
            f"The installed diffusers has no {BLOCKS[options.quality]}. `make install` brings it."
        )
    pipe = blocks().init_pipeline()
    made = {}
    for name in PARTS:
        library, kind = _named(index, name, path)
        dtype = torch.float32 if name in WHOLE else options.dtype(device)
        made[name] = loading.load_part(folder / name, kind, dtype=dtype, library=library)
    # the library's loader of LoRAs reads this setting of the other Wan models, and fails where there is none
    made["transformer"].register_to_config(image_dim=None)
    pipe.update_components(**made)
    pipe.update_components(guider=_guider(options))
    if absent := [name for name in PARTS if getattr(pipe, name, None) is None]:
        raise SetupMissing(f"{folder} gave no {', '.join(absent)}. Fetch it again.")
    pipe.set_progress_bar_config(disable=True)
    return pipe


def _named(index: Any, name: str, path: Path) -> tuple[str, str]:
    told = index.get(name) if isinstance(index, dict) else None
    if not isinstance(told, list) or len(told) < 2 or told[0] not in loading.LIBRARIES:
        raise SetupMissing(f"{path} names no {name} of {' or '.join(loading.LIBRARIES)}. Fetch it again.")
    return str(told[0]), str(told[1])


def _guider(options: AnimateOptions) -> Any:
    from diffusers import ClassifierFreeGuidance

    made: Any = ClassifierFreeGuidance
    return made(guidance_scale=options.strength_of_guidance)
