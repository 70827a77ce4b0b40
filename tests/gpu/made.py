"""Our adapters over pipelines of random weights, and the same work by a plain diffusers loop.

The plain loop is what somebody writes who has only diffusers: the pipeline class, its prompt, a CPU generator.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from assets.matter import Still
from assets.sheets.bible import Place as Set
from assets.sheets.cutsheet import Cut
from models import libraries
from models.ports import Prompt, Shot
from models.sdxl.adapter import KIND, SdxlPainter
from models.sdxl.options import SdxlOptions
from models.wan.adapter import LENGTH, WanAnimator
from models.wan.options import SHAPES, Form, WanOptions
from models.weights import Weights
from tests.gpu import build
from tests.gpu.part import Place

TAGS, PROSE, AVOID = "1girl, blue hair, school rooftop", "She turns to the sea", "blurred"
NOWHERE = Weights(hub="random/weights", revision="0" * 40)
"""The options must name a model; the adapters here are given theirs in memory."""


def shot(
    size: tuple[int, int], rate: Fraction = Fraction(24), *, text: str = TAGS, avoid: str = AVOID
) -> Shot:
    """A cut without characters."""
    cut = Cut(number="C001", scene="S01", place="roof", size="medium", frames=24)
    return Shot(cut, (), Set(id="roof", names=("ROOF",)), size, rate, Prompt(text, avoid))


def panel(size: tuple[int, int]) -> Still:
    """Coloured blocks."""
    blocks = np.random.default_rng(3).integers(0, 255, (-(-size[1] // 16), -(-size[0] // 16), 3))
    return np.ascontiguousarray(blocks.astype(np.uint8).repeat(16, 0).repeat(16, 1)[: size[1], : size[0]])


def painter(place: Place, pipe: Any, **options: Any) -> SdxlPainter:
    return SdxlPainter.over(pipe, place.device, SdxlOptions(weights=NOWHERE, **options))


def animator(place: Place, pipe: Any, form: Form, **options: Any) -> WanAnimator:
    return WanAnimator.over(pipe, place.device, WanOptions(form=form, weights=NOWHERE, **options))


def clip(model: WanAnimator, form: Form, size: tuple[int, int], frames: int, *, seed: int = 7) -> list[Still]:
    """A clip of ours."""
    guided = "negative_prompt" in model.card.accepts
    wanted = shot(size, SHAPES[form].rate, text=PROSE, avoid=AVOID if guided else "")
    return list(model.animate(wanted, panel(size), frames=frames, seed=seed))


def plain_picture(pipe: Any, size: tuple[int, int], *, steps: int, guidance: float, seed: int) -> Still:
    """The picture of ``StableDiffusionXLPipeline``. Its latents are decoded in float32, as its VAE needs it."""
    import torch

    found = getattr(libraries.diffusers(), KIND)(**pipe.components, add_watermarker=False)
    found.set_progress_bar_config(disable=True)
    latents = found(
        prompt=TAGS, negative_prompt=AVOID, width=size[0], height=size[1], num_inference_steps=steps,
        guidance_scale=guidance, generator=torch.Generator("cpu").manual_seed(seed), output_type="latent",
    ).images  # fmt: skip
    with torch.no_grad():
        pixels = pipe.vae.decode(latents.float() / pipe.vae.config.scaling_factor, return_dict=False)[0]
    made = found.image_processor.postprocess(pixels, output_type="np")[0]
    return np.asarray((made * 255).round().astype(np.uint8))


def plain_clip(
    pipe: Any, size: tuple[int, int], frames: int, *, steps: int, guidance: float, shift: float, seed: int
) -> Sequence[Still]:
    """The frames of ``WanImageToVideoPipeline``; the first one is the VAE's copy of the panel."""
    import torch
    from PIL import Image

    pipe.scheduler = type(pipe.scheduler).from_config(pipe.scheduler.config, flow_shift=shift)
    found = pipe(
        image=Image.fromarray(panel(size)), prompt=PROSE, negative_prompt=AVOID, width=size[0], height=size[1],
        num_frames=frames, num_inference_steps=steps, guidance_scale=guidance, max_sequence_length=LENGTH,
        generator=torch.Generator("cpu").manual_seed(seed), output_type="np",
    ).frames[0]  # fmt: skip
    return list((found * 255).round().astype(np.uint8))


def denoisers(pipe: Any) -> list[Any]:
    """The models that run once, or twice, in every step."""
    found = [getattr(pipe, name, None) for name in ("unet", "transformer", "transformer_2")]
    return [one for one in found if one is not None]


def sdxl(place: Place, **more: Any) -> Any:
    return build.pipeline(place, "sdxl", **more)
