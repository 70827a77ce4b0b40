"""What must hold on the card: the noise of a CPU, the pictures of a plain diffusers loop, the same picture again."""

from pathlib import Path
from typing import Any

from models.lease import lease
from models.ports import Animator, Painter
from models.wan.options import Form
from tests.gpu import build, made
from tests.gpu.measure import difference
from tests.gpu.part import Finding, Findings, Place

CLOSE = 1.0  # levels of 255: kernels may be chosen differently from call to call
OTHER_DEVICE = 4.0  # sums are added in another order
SIDES = (64, 64)


def every(place: Place) -> Findings:
    """Tiny pipelines from a folder on both devices, then full-size ones against the plain loop."""
    import torch

    torch.backends.cudnn.allow_tf32 = False
    yield from _both_devices(place)
    torch.backends.cudnn.allow_tf32 = True
    yield from _picture(place)
    yield from _clip(place)


def _both_devices(place: Place) -> Findings:
    """The whole path, through our own loader, in float32."""
    from tests.models.tiny import pipelines

    for kind, form in (("sdxl", None), ("wan-i2v", "i2v-a14b"), ("wan-ti2v", "ti2v-5b")):
        folder = pipelines.save(kind, place.folder / kind)
        there, here = (_tiny(device, folder, form) for device in (place.device, "cpu"))
        yield Finding(
            f"{kind}, tiny: noise of a seed equal on CPU and {place.device}",
            _alike(there[1], here[1]),
            least=1,
        )
        yield Finding(
            f"{kind}, tiny: picture, CPU against {place.device}",
            difference(there[0], here[0]),
            "of 255",
            most=OTHER_DEVICE,
        )


def _tiny(device: str, folder: Path, form: Form | None) -> tuple[Any, Any]:
    """The picture, or clip, of one seed; and what the denoiser was given first."""
    options = {"weights": {"path": str(folder)}, "steps": 2, "precision": "float32"}
    if form is None:
        with lease(Painter, "sdxl", device, options=options) as leased:
            with First(leased.model._placed.pipe) as first:
                picture: Any = leased.model.paint(made.shot(SIDES), seed=7)
            return picture, first.latents
    with lease(Animator, "wan", device, options={**options, "form": form}) as leased:
        with First(leased.model._placed.pipe) as first:
            frames = made.clip(leased.model, form, SIDES, 5)
        return frames, first.latents


class First:
    """What the denoisers are given first, in main memory."""

    def __init__(self, pipe: Any) -> None:
        self._pipe = pipe
        self.latents: Any = None

    def __enter__(self) -> "First":
        self._hooks = [
            one.register_forward_pre_hook(self._see, with_kwargs=True) for one in made.denoisers(self._pipe)
        ]
        return self

    def __exit__(self, *_: object) -> None:
        for hook in self._hooks:
            hook.remove()

    def _see(self, _: Any, given: tuple[Any, ...], named: dict[str, Any]) -> None:
        if self.latents is None:
            found = given[0] if given else named["hidden_states"]
            # Wan's later channels and TI2V's first frame are the encoded panel, a little different on another device
            found = found[:, :4, 1:] if found.ndim == 5 else found
            self.latents = found.detach().float().cpu()


def _alike(one: Any, other: Any) -> bool:
    """Equal up to the last bit: a scheduler scales the noise on the device."""
    import torch

    return torch.allclose(one, other, rtol=1e-6, atol=0)


def _picture(place: Place) -> Findings:
    size, steps = ((64, 64), 2) if place.tiny else ((1024, 1024), 4)
    pipe = made.sdxl(place)
    ours = made.painter(place, pipe, steps=steps)
    pictures = [ours.paint(made.shot(size), seed=7) for _ in range(2)]
    plain = made.plain_picture(pipe, size, steps=steps, guidance=5.0, seed=7)
    yield Finding("sdxl: ours against the plain loop", difference(pictures[0], plain), "of 255", most=CLOSE)
    yield Finding("sdxl: the same seed again", difference(*pictures), "of 255", most=CLOSE)
    other = difference(pictures[0], ours.paint(made.shot(size), seed=8))
    yield Finding("sdxl: another seed", other, "of 255", least=2)
    ours.unload()


def _clip(place: Place) -> Findings:
    size, steps = ((64, 64), 2) if place.tiny else ((704, 480), 2)
    pipe = build.pipeline(place, "wan-ti2v-5b")
    ours = made.animator(place, pipe, "ti2v-5b", steps=steps)
    clips = [made.clip(ours, "ti2v-5b", size, 5) for _ in range(2)]
    plain = made.plain_clip(pipe, size, 5, steps=steps, guidance=5.0, shift=5.0, seed=7)
    # our first frame is the panel itself
    yield Finding(
        "wan-ti2v-5b: ours against the plain loop", difference(clips[0][1:], plain[1:]), "of 255", most=CLOSE
    )
    yield Finding("wan-ti2v-5b: the same seed again", difference(*clips), "of 255", most=CLOSE)
    ours.unload()
