"""The Wan animator: moves a panel with a production video model, in one of four forms.

In: a Shot with its prompt as prose, a panel; optionally a picture to arrive at, references, LoRAs.      Out: a Clip.
Frames, sides and rate are on the model's own grid: stages/takes plans the windows.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from assets.errors import ModelFailed, SetupMissing, ShapeRefused
from assets.matter import Clip, Still
from models import progress
from models.card import Accepted, Card
from models.diffusion import levers, loading, lorafile, loras, placement, seeds
from models.diffusion.exhausted import Ladder
from models.diffusion.lorafile import LoraFile
from models.diffusion.loras import Rack
from models.diffusion.placement import Placed
from models.diffusion.texts import Texts
from models.limits import check_animating
from models.ports import Mouths, Shot
from models.wan import experts, schedule, vace
from models.wan.options import SHAPES, WanOptions
from models.weights import lacks_weights, snapshot

FAMILY, LENGTH = "wan", 512  # tokens of a prompt
DENOISERS = ("transformer", "transformer_2")


class WanAnimator:
    """Port Animator."""

    Options = WanOptions
    card: Card = Card(
        name="wan",
        port="animator",
        adapter_version=1,
        summary="Wan 2.2 and 2.1: image to video, first and last frame, VACE; LoRAs for both experts.",
        licence="Apache-2.0",
        weights=SHAPES["i2v-a14b"].hub,
        revision="as the profile pins it",
        training_data="undisclosed, by Alibaba Wan",
        vram_gb=SHAPES["i2v-a14b"].vram_gb[0],
        side_step=16,
        frame_step=4,
        max_frames=81,
        rates=(SHAPES["i2v-a14b"].rate,),
        dialect="prose",
        accepts=frozenset({"loras", "last_frame", "negative_prompt"}),
        lora_base=FAMILY,
        experts=SHAPES["i2v-a14b"].experts,
    )

    def __init__(self, placed: Placed, rack: Rack, options: WanOptions, taught: dict[Any, str]) -> None:
        self.card = self.carded(options)
        self._placed, self._rack, self._options, self._taught = placed, rack, options, taught
        self._scheduler = placed.pipe.scheduler
        self._texts, self._ladder = Texts(), Ladder(placed, self.card, climbs=options.ladder)

    @classmethod
    def lacks(cls) -> str:
        return cls.lacks_with(WanOptions())

    @classmethod
    def lacks_with(cls, options: WanOptions) -> str:
        return lacks_weights(options, "diffusers", "transformers", "peft", "ftfy")

    @classmethod
    def carded(cls, options: WanOptions | None) -> Card:
        options = options or WanOptions()
        shape = options.shape
        more: set[Accepted] = {"negative_prompt"} if options.strength_of_guidance > 1 else set()
        return cls.card.model_copy(
            update={
                **options.model.said(),
                "accepts": shape.accepts | more,
                "vram_gb": shape.vram_gb[placement.ORDER.index(options.offload)],
                "side_step": shape.side_step,
                "max_frames": shape.max_frames,
                "rates": (shape.rate,),
                "experts": shape.experts,
            }
        )

    @classmethod
    def load(cls, device: str, options: WanOptions | None = None) -> Self:
        options = options or WanOptions()
        folder = snapshot(options.model).folder
        return cls.over(
            loading.load(folder, options.shape.kind, device=device, options=options), device, options
        )

    @classmethod
    def over(cls, pipe: Any, device: str, options: WanOptions) -> Self:
        """The animator over a pipeline that is in memory already.

        raises  SetupMissing for a pipeline of another form than the options say
        """
        _check_form(pipe, options)
        if options.quality == "draft":
            _distil(pipe, options)
        levers.apply(pipe, DENOISERS, options, device)
        taught: dict[Any, str] = {}
        placed = Placed(pipe, device, options.offload)
        rack = Rack(
            pipe,
            FAMILY,
            extra=partial(_into, taught),
            hotswap_rank=options.hotswap_rank,
            lifted=placed.lifted,
        )
        return cls(placed, rack, options, taught)

    def unload(self) -> None:
        self._texts.clear()
        placement.freed(self._placed.pipe)

    def animate(
        self, shot: Shot, first: Still, *, frames: int, seed: int, last: Still | None = None,
        mouths: Mouths | None = None,
    ) -> Clip:  # fmt: skip
        check_animating(self.card, shot, first, frames=frames, last=last, mouths=mouths)
        if self._options.shape.kind == SHAPES["vace"].kind:
            told = vace.between(shot, first, last, frames)
        else:
            told = {"image": vace.pil(first)}
            if last is not None:
                told["last_image"] = vace.pil(last)
        made = self._made(shot, told, frames, seed)
        return _clip(shot, first, made)

    def redraw(
        self, shot: Shot, old: Sequence[Still], again: Sequence[bool], *, seed: int
    ) -> tuple[Still, ...]:
        """See ports.Redrawer."""
        if "mask" not in self.card.accepts:
            raise ShapeRefused(
                f"form {self._options.form} of wan cannot redraw some frames only; choose form: vace."
            )
        check_animating(self.card, shot, old[0], frames=len(old), last=None, mouths=None)
        made = self._made(shot, vace.masked(shot, old, again), len(old), seed)
        return tuple(new if wanted else was for was, new, wanted in zip(old, made, again, strict=True))

    def _made(self, shot: Shot, told: dict[str, Any], frames: int, seed: int) -> NDArray[np.uint8]:
        self._taught.clear()
        self._taught.update(experts.placed(shot.loras, self._options.shape.experts))
        self._rack.use(shot.loras)
        return self._ladder.run(partial(self._called, shot, told, frames, seed), shot.cut.number)

    def _called(self, shot: Shot, told: dict[str, Any], frames: int, seed: int) -> NDArray[np.uint8]:
        pipe, options = self._placed.pipe, self._options
        pipe.scheduler = self._schedule(shot.size)
        guidance = options.strength_of_guidance
        more = {"guidance_scale_2": options.guidance_2 or guidance} if options.shape.experts > 1 else {}
        if options.shape.kind == SHAPES["vace"].kind:
            more["conditioning_scale"] = options.reference_strength
        with levers.attention(options), _seeing_two_ends(pipe, alone="last_image" not in told):
            found = pipe(
                **told,
                **self._text(shot, guidance > 1),
                **more,
                width=shot.size[0],
                height=shot.size[1],
                num_frames=frames,
                num_inference_steps=options.count,
                guidance_scale=guidance,
                generator=seeds.generator(seed),
                max_sequence_length=LENGTH,
                callback_on_step_end=partial(_told_of, options.count),
                output_type="np",
            ).frames[0]
        return _checked(found, frames, shot)

    def _schedule(self, size: tuple[int, int]) -> Any:
        shift = self._options.shift_at(size)
        if self._options.quality == "draft":
            return schedule.distilled(shift)
        return schedule.final(self._scheduler, shift)

    def _text(self, shot: Shot, guided: bool) -> dict[str, Any]:
        """The embedded prompt; the text encoder has no LoRAs."""
        pipe, prompt = self._placed.pipe, shot.prompt

        def encoded() -> tuple[Any, Any]:
            import torch

            with torch.no_grad():
                found: tuple[Any, Any] = pipe.encode_prompt(
                    prompt.text,
                    prompt.negative,
                    do_classifier_free_guidance=guided,
                    max_sequence_length=LENGTH,
                )
            return found

        text, negative = self._texts.get((prompt.text, prompt.negative, guided), encoded)
        return {"prompt_embeds": text, **({"negative_prompt_embeds": negative} if guided else {})}


def _check_form(pipe: Any, options: WanOptions) -> None:
    """Refuse weights of another form than the profile says: the card would promise what they cannot do."""
    found = {
        "two experts": getattr(pipe, "transformer_2", None) is not None,
        "one frame's noise kept out (TI2V)": bool(pipe.config.get("expand_timesteps", False)),
    }
    meant = {
        "two experts": options.shape.experts > 1,
        "one frame's noise kept out (TI2V)": options.form == "ti2v-5b",
    }
    wrong = [name for name in found if found[name] != meant[name]]
    if wrong:
        has = ", ".join(name for name, there in found.items() if there) or "one expert"
        raise SetupMissing(
            f"{options.model.name} is no {options.form}: it has {has}. Set form in the profile to what the weights are."
        )


def _distil(pipe: Any, options: WanOptions) -> None:
    """Put the step-distilled LoRAs into the weights, one per expert, each checked to have arrived."""
    folder = snapshot(options.distilled).folder
    for number, (name, expert) in enumerate(zip(options.distilled_files, ("high", "low"), strict=False)):
        path = folder / name
        if not path.is_file():
            raise SetupMissing(
                f"{path} is not there. Set distilled_files to the files of {options.distilled.name}, high noise first."
            )
        file = lorafile.read(path)
        if options.shape.experts > 1 and experts.said(file) not in ("", expert):
            raise SetupMissing(
                f"{name} is not for the {expert}-noise expert: distilled_files names the pair swapped."
            )
        extra = {"load_into_transformer_2": True} if number else {}
        holders = loras.load(pipe, file, f"distilled_{expert}", FAMILY, **extra)
        loras.activate(pipe, {f"distilled_{expert}": 1.0})
        pipe.fuse_lora(components=list(holders), adapter_names=[f"distilled_{expert}"])
        pipe.unload_lora_weights()


@contextmanager
def _seeing_two_ends(pipe: Any, *, alone: bool) -> Iterator[None]:
    """The image encoder of FLF2V is always shown two pictures: where there is no last one, the panel twice.

    The last frame itself stays open. With one picture the model fails in its first layer.
    """
    denoiser = pipe.transformer
    two = getattr(denoiser.config, "pos_embed_seq_len", None) if hasattr(denoiser, "config") else None
    if not alone or not two:
        yield
        return
    encode = pipe.encode_image
    pipe.encode_image = lambda image, device: encode([image, image], device)
    try:
        yield
    finally:
        del pipe.encode_image


def _into(taught: dict[Any, str], file: LoraFile) -> dict[str, Any]:
    return {"load_into_transformer_2": True} if taught.get(file.path) == "low" else {}


def _told_of(steps: int, pipe: Any, step: int, timestep: Any, given: dict[str, Any]) -> dict[str, Any]:
    progress.made((step + 1) / (steps + 1))  # decoding is the rest
    return given


def _checked(found: Any, frames: int, shot: Shot) -> NDArray[np.uint8]:
    """(frames, H, W, 3) uint8; refuses another length or size, and values that are no numbers."""
    wanted = (frames, shot.size[1], shot.size[0], 3)
    if found.shape != wanted:
        raise ModelFailed(f"wan made {found.shape} for cut {shot.cut.number} and was asked for {wanted}.")
    if not np.isfinite(found).all():
        raise ModelFailed(
            "wan made pictures with values that are not numbers: half precision overflowed. Set precision: bfloat16 "
            "or float32 in its options."
        )
    bytes_: NDArray[np.uint8] = np.rint(np.clip(found, 0, 1) * 255).astype(np.uint8)
    return bytes_


def _clip(shot: Shot, first: Still, made: NDArray[np.uint8]) -> Clip:
    """The frames as a clip; frame 0 is the panel itself, not its copy through the VAE."""

    def draw() -> Iterator[Still]:
        yield first.copy()
        for picture in made[1:]:
            yield picture.copy()

    return Clip(len(made), shot.size, shot.rate, draw)
