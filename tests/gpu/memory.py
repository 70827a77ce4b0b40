"""The most memory that each preset takes, against what its card declares; offload and fp8; running out of memory.

A card's figure decides whether another model is released first, so a preset above it is a fault of the card.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from assets.loader.yamltext import parse_yaml
from assets.matter import Still
from models.diffusion import levers
from models.diffusion.options import Offload
from models.diffusion.placement import ORDER
from models.ports import LoraWeights
from models.wan.options import SHAPES
from tests.gpu import build, made
from tests.gpu.measure import Marks, Peak, difference
from tests.gpu.part import Finding, Findings, Place

PROFILES = Path(__file__).parents[2] / "assets" / "library" / "profiles"
CLOSE = 1.0
SHORT = 1.5  # GiB less than a picture of 1024x1024 takes; offload frees 6
FRAMES = 49  # of a clip: the longest ones would take minutes
REDUCED = 2  # layers of the second expert, which waits in main memory


def preset(name: str) -> Callable[[Place], Findings]:
    """The part for the profile ``name``: its painter and its animator, one step each at the profile's size."""
    return partial(_preset, name)


def _preset(name: str, place: Place) -> Findings:
    profile: Any = parse_yaml((PROFILES / f"{name}.yaml").read_text(encoding="utf-8"), name)
    size = (64, 64) if place.tiny else tuple(profile["size"])
    machines = profile["machines"]
    yield from _painter(place, name, size, _plain_options(machines["painter"]["options"]))
    yield from _animator(place, name, size, _plain_options(machines["animator"]["options"]))


def _plain_options(given: Mapping[str, Any]) -> dict[str, Any]:
    """Without what names weights; a draft is measured as a final of one step: its LoRAs are fused."""
    return {
        key: value for key, value in given.items() if key not in ("weights", "distilled", "quality", "form")
    }


def _painter(place: Place, name: str, size: tuple[int, int], options: dict[str, Any]) -> Findings:
    pipe = made.sdxl(place)
    model = made.painter(place, pipe, steps=1, ladder=False, **options)
    with Peak(place) as peak:
        model.paint(made.shot(size), seed=7)
    yield _peak(f"{name}: painter sdxl at {size[0]}x{size[1]}", peak, model.card.vram_gb)
    model.unload()
    del pipe, model


def _animator(place: Place, name: str, size: tuple[int, int], options: dict[str, Any]) -> Findings:
    form = "ti2v-5b" if name == "studio-small" else "i2v-a14b"
    pipe = build.pipeline(place, "wan-ti2v-5b" if form == "ti2v-5b" else "wan-i2v-a14b")
    layers = pipe.transformer.config.num_layers
    if form == "i2v-a14b" and not place.tiny:
        told = build.read("wan-i2v-a14b")["parts"]["transformer"]
        dtype = next(pipe.transformer.parameters()).dtype
        pipe.transformer_2 = build.part(told, place.device, dtype, num_layers=REDUCED)
        yield Finding(
            f"{name}: layers of the experts", f"{layers} and {REDUCED} of {told['config']['num_layers']}",
            how="told",
        )  # fmt: skip
    frames = 5 if place.tiny else FRAMES
    guidance = 1.0 if name == "studio-draft" else None
    model = made.animator(place, pipe, form, steps=1, ladder=False, guidance=guidance, **options)
    with Peak(place) as peak:
        made.clip(model, form, size, frames)
    yield _peak(
        f"{name}: animator wan {form} at {size[0]}x{size[1]}, {frames} frames", peak, model.card.vram_gb
    )
    model.unload()


def _peak(what: str, peak: Peak, declared: float) -> Finding:
    return Finding(
        f"{what}: peak memory, its card says {declared:g}", peak.gib, "GiB", most=declared, timed=True
    )


def offload_and_fp8(kind: str) -> Callable[[Place], Findings]:
    """The part for ``sdxl`` or ``wan-ti2v-5b``: each way to place the weights, without and with 8-bit storage."""
    return partial(_offload_and_fp8, kind)


def _offload_and_fp8(kind: str, place: Place) -> Findings:
    pipe = build.pipeline(place, kind)
    model, draw, calls = _drawing(place, kind, pipe)
    draw()
    whole = draw()
    least = dict[bool, float]()
    for fp8 in (False, True):
        if fp8:
            model._placed.place("none")
            for part in made.denoisers(pipe):
                levers.store_fp8(part, next(iter(pipe.text_encoder.parameters())).dtype)
        before: float | None = None
        for offload in ORDER:
            model._placed.place(offload)
            with Marks(place, made.denoisers(pipe)) as marks, Peak(place) as peak:
                picture = draw()
            at = f"{kind}, offload {offload}{', fp8' * fp8}"
            yield Finding(f"{at}: peak memory", peak.gib, "GiB", most=before, timed=True)
            yield Finding(f"{at}: a step", 1000 * min(marks.steps(calls)), "ms")
            if not fp8:
                yield Finding(
                    f"{at}: picture against offload none", difference(whole, picture), "of 255", most=CLOSE
                )
            elif offload == "none":
                yield Finding(f"{at}: picture against without fp8", difference(whole, picture), "of 255")
                yield Finding(f"{at}: memory against without", peak.gib / least[False], most=0.9, timed=True)
            if offload == "none":
                least[fp8] = peak.gib
            before = peak.gib
    model.unload()


def _drawing(place: Place, kind: str, pipe: Any) -> tuple[Any, Callable[[], Any], int]:
    """The adapter, a call of it, and how often its denoiser runs in a step."""
    if kind == "sdxl":
        size = (64, 64) if place.tiny else (1024, 1024)
        painter = made.painter(place, pipe, steps=3)
        return painter, lambda: painter.paint(made.shot(size), seed=7), 1
    size = (64, 64) if place.tiny else (832, 480)
    animator = made.animator(place, pipe, "ti2v-5b", steps=2)
    return animator, lambda: made.clip(animator, "ti2v-5b", size, 5), 2


def lora_and_offload(place: Place) -> Findings:
    """diffusers#12052: a LoRA loaded into an offloaded second expert stayed on the wrong device."""
    tiny = replace(place, tiny=True)
    base = _with_loras(tiny, "none", ())
    loras = (_lora(tiny, "high"), _lora(tiny, "low"))
    whole = _with_loras(tiny, "none", loras)
    yield Finding("LoRAs of both experts change the clip", difference(base, whole), "of 255", least=1)
    for offload in ORDER[1:]:
        shown = _with_loras(tiny, offload, loras)
        yield Finding(
            f"the same, loaded under offload {offload}", difference(whole, shown), "of 255", most=CLOSE
        )


def _lora(place: Place, expert: Any) -> LoraWeights:
    from tests.models.tiny import lora

    pipe = build.pipeline(place, "wan-i2v-a14b")
    made_ = lora.matrices(pipe.transformer, seed=len(expert))
    path = lora.peft(place.folder / f"{expert}.safetensors", made_, "transformer")
    return replace(lora.weights(path, trigger=expert), expert=expert)


def _with_loras(place: Place, offload: Offload, loras: tuple[LoraWeights, ...]) -> list[Still]:
    """A clip by a new pipeline of the same weights."""
    pipe = build.pipeline(place, "wan-i2v-a14b")
    model = made.animator(place, pipe, "i2v-a14b", steps=2, offload=offload)
    size = (64, 64)
    wanted = replace(made.shot(size, SHAPES["i2v-a14b"].rate, text=made.PROSE), loras=loras)
    return list(model.animate(wanted, made.panel(size), frames=5, seed=7))


def exhausted(place: Place) -> Findings:
    """Memory is made short after the model is loaded: the ladder ends the shortage, and the picture stays."""
    import torch

    pipe = made.sdxl(place)
    size = (64, 64) if place.tiny else (1024, 1024)
    model = made.painter(place, pipe, steps=2)
    with Peak(place) as needed:
        whole = model.paint(made.shot(size), seed=7)
    if place.device.startswith("cuda"):
        torch.cuda.empty_cache()
        cap = needed.gib - SHORT
        torch.cuda.set_per_process_memory_fraction(min(1.0, cap / place.gib))
        yield Finding("memory allowed", cap, "GiB", how="told")
    else:
        _fail_once(pipe.unet)
    with Peak(place) as peak:
        picture = model.paint(made.shot(size), seed=7)
    taken = model._ladder.taken
    yield Finding("steps of the ladder", ", ".join(taken) or "none", how="told")
    yield Finding("number of steps", len(taken), least=1)
    yield Finding("peak memory", peak.gib, "GiB")
    yield Finding("picture against enough memory", difference(whole, picture), "of 255", most=CLOSE)


def _fail_once(part: Any) -> None:
    """A CPU cannot be made short of memory: the first call fails as torch says it on a GPU."""
    import torch

    def fail(*_: object) -> None:
        hook.remove()
        raise torch.cuda.OutOfMemoryError("CUDA out of memory (not really)")

    hook = part.register_forward_pre_hook(fail)
