"""The ControlNet of the Z-Image painter: the layout guides by its lines, or by the rig's pose or depth.

In: a Shot, its layout, which guide.      Out: the guide picture; a pipeline whose ControlNet accepts it.
The library's pipeline takes one guide picture, and follows it through all steps.
"""

from typing import Any, Literal

import numpy as np

from assets.matter import Still
from models.ports import Shot

KIND, MODEL = "ZImageControlNetPipeline", "ZImageControlNetModel"
Guide = Literal["line", "pose", "depth"]


def guide(shot: Shot, layout: Still, wanted: Guide, *, seed: int) -> Still:
    """The picture that the ControlNet is shown.

    Of a layout that is not the rig's only the lines can be seen: the rig's pose and depth would contradict it.
    """
    from models.cel.guides import Guides, lines

    if wanted == "line":
        return lines(layout)
    rig = Guides(shot, seed=seed)
    return rig.picture(wanted) if np.array_equal(rig.layout, layout) else lines(layout)


def in_one_precision(controlnet: Any) -> None:
    """Give the ControlNet its guide in the denoiser's precision.

    The pipeline encodes the guide with the VAE, which is in float32, and hands it on as it is: a ControlNet in
    bfloat16 then fails in its first layer.
    """

    def cast(_: Any, given: tuple[Any, ...]) -> tuple[Any, ...]:
        latents, step, texts, shown, *rest = given
        return (latents, step, texts, shown.to(latents[0].dtype), *rest)

    controlnet.register_forward_pre_hook(cast)
