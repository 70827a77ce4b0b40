"""Any upscaler of the ESRGAN family in safetensors, opened by the spandrel library.

In: a picture and the size it should have.      Out: the picture at that size.
The network enlarges by its own factor, tile by tile; the rest of the way is a resize. A held drawing is enlarged once:
the stage asks only for frames that differ (stages/takes/clips.py).
spandrel needs torchvision: `pip install 'sakuga[upscale]'` on a machine with a GPU. Only .safetensors files are opened.
"""

import gc
from pathlib import Path
from typing import Any, Self

import numpy as np
from pydantic import Field

from assets.errors import ModelFailed, SetupMissing, ShapeRefused
from assets.matter import Still
from assets.media.picture import resized
from models.card import Card
from models.enlarging.tiles import Network, Picture, tiled
from models.options import Options as Base
from models.sealed import check_safetensors
from models.weights import Weights, lacks_weights, snapshot

NEEDS = "The spandrel upscaler needs a network: give weights (a hub id with files, or a path) in the profile."


class SpandrelUpscaler:
    """Port Upscaler."""

    class Options(Base):
        weights: Weights = Field(
            description="With files: [NAME.safetensors], or path: a folder with one such file"
        )
        tile: int = Field(
            default=512, ge=16, le=4096, description="Pixels along a side that are enlarged at once"
        )
        margin: int = Field(
            default=32, ge=0, le=256, description="Pixels around a tile that the network sees too"
        )

    card: Card = Card(
        name="spandrel",
        port="upscaler",
        adapter_version=1,
        summary="An ESRGAN-family network, in tiles",
        licence="LicenseRef-unstated",
        weights="as the profile names them",
        training_data="as stated on the model's page",
        vram_gb=2,
    )

    def __init__(self, options: "SpandrelUpscaler.Options", network: Network, scale: int) -> None:
        """``network`` enlarges by the whole factor ``scale``."""
        self.card = self.carded(options)
        self._options, self._network, self._scale = options, network, scale

    @classmethod
    def lacks(cls) -> str:
        return NEEDS

    @classmethod
    def lacks_with(cls, options: "SpandrelUpscaler.Options") -> str:
        told = lacks_weights(options, "spandrel", "torchvision")
        return told.replace("sakuga[studio]", "sakuga[upscale]")

    @classmethod
    def carded(cls, options: "SpandrelUpscaler.Options | None") -> Card:
        return cls.card.model_copy(update=options.weights.said()) if options else cls.card

    @classmethod
    def load(cls, device: str, options: "SpandrelUpscaler.Options | None" = None) -> Self:
        """Open the network's one safetensors file."""
        if options is None:
            raise SetupMissing(NEEDS)
        if missing := cls.lacks_with(options):
            raise SetupMissing(missing)
        network, scale = _opened(_file(snapshot(options.weights).folder), device)
        return cls(options, network, scale)

    def unload(self) -> None:
        import torch

        del self._network
        gc.collect()
        if torch.cuda.is_available():
            torch.cuda.empty_cache()

    def upscale(self, picture: Still, *, size: tuple[int, int]) -> Still:
        """See the port; a side that stays below the network's factor is made by a smaller resize of its result."""
        height, width = picture.shape[:2]
        if size[0] < width or size[1] < height:
            raise ShapeRefused(
                f"{width}x{height} cannot be enlarged to {size[0]}x{size[1]}: that is smaller. Set storyboard.size or "
                "takes.size to at most the profile's size."
            )
        if size == (width, height):
            return picture
        options = self._options
        made = tiled(
            np.asarray(picture / np.float32(255), np.float32), self._network, scale=self._scale, tile=options.tile,
            margin=options.margin,
        )  # fmt: skip
        if not np.isfinite(made).all():
            raise ModelFailed(
                f"{options.weights.name} made values that are no numbers. Choose another network."
            )
        whole = np.ascontiguousarray((made.clip(0, 1) * 255).round().astype(np.uint8))
        return whole if whole.shape[1::-1] == size else resized(whole, size)


def _file(folder: Path) -> Path:
    found = sorted(folder.rglob("*.safetensors"))
    if len(found) != 1:
        raise SetupMissing(
            f"{folder} holds {len(found)} safetensors files; an upscaler is one. Say which in weights: files."
        )
    check_safetensors(found[0])
    return found[0]


def _opened(file: Path, device: str) -> tuple[Network, int]:
    """The network as a function on arrays, and its factor. Source: spandrel's README."""
    import torch
    from spandrel import ImageModelDescriptor, ModelLoader

    try:
        found: Any = ModelLoader(device=device).load_from_file(file)
    except Exception as error:  # spandrel raises its own types for an architecture it does not know
        raise SetupMissing(f"{file} is no upscaler that spandrel knows: {error}") from error
    if not isinstance(found, ImageModelDescriptor) or found.input_channels != 3:
        raise SetupMissing(f"{file} does not enlarge one colour picture. Choose a single-image upscaler.")
    found.eval()

    def network(picture: Picture) -> Picture:
        with torch.inference_mode():
            given = torch.from_numpy(picture).permute(2, 0, 1)[None].to(device)
            made = found(given)[0].permute(1, 2, 0).float().cpu().numpy()
        return np.asarray(made, np.float32)

    return network, int(found.scale)
