"""Time per step of ours against a plain diffusers loop over the same weights; draft against final."""

import statistics
from typing import Any

from models.wan.options import DRAFT_STEPS, SHAPES
from tests.gpu import build, made
from tests.gpu.measure import Marks, compared, timed
from tests.gpu.part import Finding, Findings, Place

RATIO = 1.02
TENFOLD = 10.0


def sdxl(place: Place) -> Findings:
    size, steps = ((64, 64), 4) if place.tiny else ((1024, 1024), 12)
    pipe = made.sdxl(place)
    model, wanted = made.painter(place, pipe, steps=steps), made.shot(size)
    yield from compared(
        place,
        "sdxl",
        1,
        made.denoisers(pipe),
        lambda: model.paint(wanted, seed=7),
        lambda: made.plain_picture(pipe, size, steps=steps, guidance=5.0, seed=7),
        most=RATIO,
    )


def wan(place: Place) -> Findings:
    size, frames, steps = ((64, 64), 5, 3) if place.tiny else ((1280, 704), 17, 8)
    pipe = build.pipeline(place, "wan-ti2v-5b")
    model = made.animator(place, pipe, "ti2v-5b", steps=steps)
    yield from compared(
        place,
        "wan-ti2v-5b",
        2,
        made.denoisers(pipe),
        lambda: made.clip(model, "ti2v-5b", size, frames),
        lambda: made.plain_clip(pipe, size, frames, steps=steps, guidance=5.0, shift=5.0, seed=7),
        most=RATIO,
    )


def draft_and_final(place: Place) -> Findings:
    """Wan2.2-I2V-A14B: as `studio` and `studio-draft` run it; a few steps are run, and the rest is computed.

    A call is its steps, all alike, and what is before and after them (encoding and decoding).
    """
    final, draft = ((64, 64), (32, 32)) if place.tiny else ((1280, 720), (832, 464))
    frames = 5 if place.tiny else 33
    pipe = build.pipeline(place, "wan-i2v-a14b")
    told = build.read("wan-i2v-a14b")["parts"]["transformer"]
    depth = pipe.transformer.config.num_layers
    yield Finding("wan-i2v-a14b: layers", f"{depth} of {told['config']['num_layers']}", how="told")
    steps = SHAPES["i2v-a14b"].steps
    _estimated(place, pipe, draft, 5, 2, {})  # the first use of every kernel is not measured
    large = _estimated(place, pipe, final, frames, steps, {})
    same = _estimated(place, pipe, draft, frames, steps, {})
    given = {"quality": "draft", **_distilled(place, pipe)}
    small = _estimated(place, pipe, draft, frames, DRAFT_STEPS, given)
    named = f"{frames} frames"
    for words, one, size in (("final", large, final), ("final", same, draft), ("draft", small, draft)):
        at = f"{size[0]}x{size[1]}, {named}"
        yield Finding(f"{words} at {at}: a step", one["step"], "s")
        yield Finding(f"{words} at {at}: a clip", one["whole"], "s", how="estimated")
    yield Finding(
        "profiles: final / draft, each at its size", large["whole"] / small["whole"], "times", least=TENFOLD,
        timed=True, how="estimated",
    )  # fmt: skip
    yield Finding(
        "same size: final / draft, steps only", same["steps"] / small["steps"], "times", least=TENFOLD,
        timed=True, how="estimated",
    )  # fmt: skip
    yield Finding(
        "same size: final / draft, a clip", same["whole"] / small["whole"], "times", how="estimated"
    )


def _estimated(
    place: Place, pipe: Any, size: tuple[int, int], frames: int, steps: int, options: dict[str, Any]
) -> dict[str, float]:
    """Seconds of a step, of all steps and of the whole clip, from a call of two steps, or of all four."""
    run = DRAFT_STEPS if steps == DRAFT_STEPS else 2
    model = made.animator(place, pipe, "i2v-a14b", **({"steps": run} if steps != run else {}), **options)
    calls = 1 if options else 2  # a draft is not guided
    with Marks(place, made.denoisers(pipe)) as marks, timed(place) as took:
        made.clip(model, "i2v-a14b", size, frames)
    step = statistics.median(marks.steps(1)) * calls
    return {"step": step, "steps": step * steps, "whole": took[0] + step * (steps - run)}


def _distilled(place: Place, pipe: Any) -> dict[str, Any]:
    """A pair of random LoRAs of the rank of the distilled ones, for one layer of each block."""
    from tests.models.tiny import lora

    names = []
    for expert in ("high", "low"):
        matrices = lora.matrices(pipe.transformer, "attn1.to_q", rank=4 if place.tiny else 64, size=0.01)
        path = place.folder / f"{expert}.safetensors"
        lora.peft(path, matrices, "transformer", **{"sakuga.expert": expert})
        names.append(path.name)
    return {"distilled": {"path": str(place.folder)}, "distilled_files": names}
