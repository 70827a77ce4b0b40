"""Training pictures as latents: encoded once, so that training never waits for a picture.

In: scene shards, an autoencoder.      Out: latent shards; batches with everything a denoiser is given.
A layout is the rig's picture made small (128 x 72 and less): where things stand and which colours they
have, nothing finer. In training it is made coarser at random, or left out.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from assets.errors import SetupMissing
from assets.matter import Still
from models.house import autoencoder, scenes, words

if TYPE_CHECKING:
    import torch

SIZE = scenes.SIZE
LAYOUT = (128, 72)
FINENESS = (16, 32, 64, 128)  # columns a layout may have; the coarser, the more the denoiser decides
UNSHUFFLE = 4  # a layout's pixels per latent side


@dataclass(frozen=True)
class Material:
    """Everything a denoiser learns from, in memory.

    latents  (n, 16, 18, 32) float16, every drawing of every scene in order
    layouts  (n, 72, 128, 3) uint8
    prompts  (scenes, 48) int64
    starts   (scenes + 1,) first drawing of each scene
    """

    latents: NDArray[np.float16]
    layouts: NDArray[np.uint8]
    prompts: NDArray[np.int64]
    starts: NDArray[np.int64]

    @property
    def spread(self) -> float:
        """Standard deviation of the latents: what they are divided by."""
        return float(self.latents[:: max(1, len(self.latents) // 2000)].astype(np.float32).std())


def layout_of(picture: Still) -> Still:
    """(72, 128, 3): the picture, small."""
    import cv2

    return np.asarray(cv2.resize(picture, LAYOUT, interpolation=cv2.INTER_AREA), np.uint8)


def coarser(layouts: NDArray[np.uint8], columns: int) -> NDArray[np.uint8]:
    """The same layouts with only ``columns`` columns of detail, at their old size."""
    import cv2

    if columns >= LAYOUT[0]:
        return layouts
    small = (columns, columns * LAYOUT[1] // LAYOUT[0])
    return np.stack(
        [
            cv2.resize(
                cv2.resize(one, small, interpolation=cv2.INTER_AREA), LAYOUT, interpolation=cv2.INTER_LINEAR
            )
            for one in layouts
        ]
    )


def guide(layouts: NDArray[np.uint8] | None, columns: int, count: int) -> "torch.Tensor":
    """(n, 49, 18, 32) float: the layout folded to latent sides, and a plane that says how fine it is."""
    import torch
    from torch.nn.functional import pixel_unshuffle

    rows, wide = LAYOUT[1] // UNSHUFFLE, LAYOUT[0] // UNSHUFFLE
    if layouts is None:
        return torch.zeros(count, 3 * UNSHUFFLE**2 + 1, rows, wide)
    plain = torch.from_numpy(coarser(layouts, columns)).permute(0, 3, 1, 2).float() / 127.5 - 1
    level = torch.full((len(plain), 1, rows, wide), columns / LAYOUT[0])
    return torch.cat([pixel_unshuffle(plain, UNSHUFFLE), level], 1)


def encode_shard(path: Path, network: Any, folder: Path) -> Path:
    """Encode one scene shard; an existing latent shard is left as it is."""
    goal = folder / path.name.replace("scenes-", "latents-")
    if goal.exists():
        return goal
    latents, layouts, prompts, counts = [], [], [], []
    for scene in scenes.read_shard(path):
        latents.append(autoencoder.encode(network, scene.pictures).cpu().numpy().astype(np.float16))
        layouts += [layout_of(picture) for picture in scene.pictures]
        prompts.append(words.ids(words.worded(scene.caption)))
        counts.append(len(scene.frames))
    folder.mkdir(parents=True, exist_ok=True)
    draft = goal.with_suffix(".draft.npz")
    np.savez(
        draft,
        latents=np.concatenate(latents),
        layouts=np.stack(layouts),
        prompts=np.stack(prompts),
        counts=np.array(counts),
    )
    draft.replace(goal)
    return goal


def read(folder: Path, *, most: int | None = None) -> Material:
    """Every latent shard of a folder."""
    files = sorted(path for path in folder.glob("latents-*.npz") if ".draft" not in path.name)[:most]
    if not files:
        raise SetupMissing(f"There are no latents in {folder}. Encode the pictures first: `latents --help`.")
    parts: dict[str, list[NDArray[Any]]] = {"latents": [], "layouts": [], "prompts": [], "counts": []}
    for path in files:
        with np.load(path, allow_pickle=False) as held:
            for name, found in parts.items():
                found.append(held[name])
    starts = np.concatenate([[0], np.cumsum(np.concatenate(parts["counts"]))]).astype(np.int64)
    return Material(
        np.concatenate(parts["latents"]),
        np.concatenate(parts["layouts"]),
        np.concatenate(parts["prompts"]),
        starts,
    )


def manifest(pictures: Path, network: Any) -> str:
    """The pictures' manifest and the autoencoder they were encoded with, as JSON text."""
    from assets.hashing import digest

    size: Sequence[int] = scenes.SIZE
    told = scenes.manifest(pictures) | {
        "latent_sides": autoencoder.sides(size),
        "network": digest(dict(network.config)),
    }
    return json.dumps(told, indent=1)
