"""Training pictures as latents, encoded once so that training never waits for a picture.

In: scene shards, an autoencoder.      Out: latent shards; batches with all inputs of a denoiser.
A layout is the rig's picture at low resolution (128 x 72 and less): positions and colours without details. In
training it is made coarser at random, or dropped.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from assets import files
from assets.errors import SetupMissing
from assets.matter import Still
from models.house import autoencoder, scenes, words

if TYPE_CHECKING:
    import torch

SIZE = scenes.SIZE
LAYOUT = (128, 72)
FINENESS = (16, 32, 64, 128)  # columns of a layout; with a coarser one the denoiser decides more
LEVELS = (0, *FINENESS)  # 0: no layout
UNSHUFFLE = 4  # a layout's pixels per latent side


@dataclass(frozen=True)
class Material:
    """All training data of a denoiser, in memory.

    latents  (n, 64, 18, 32) float16, every drawing of every scene in order
    layouts  (n, 72, 128, 3) uint8
    prompts  (scenes, 48) int64
    starts   (scenes + 1,) first drawing of each scene
    """

    latents: NDArray[np.float16]
    layouts: NDArray[np.uint8]
    prompts: NDArray[np.int64]
    starts: NDArray[np.int64]


@dataclass(frozen=True)
class Prior:
    """The linear prediction of latents from a layout, so that a denoiser has to predict only the rest.

    For each fineness, and for no layout, the best linear prediction from a neighbourhood of 3 x 3 latents of the
    layout, and the standard deviation of the rest. The rest, divided by the square root of that and scaled to a mean
    square of 1, is what gets noise and is trained: a little remaining noise is then little in the picture too.

    weights  (5, 64, 48, 3, 3), biases (5, 64), scales (5, 64), in the order of LEVELS
    """

    weights: "torch.Tensor"
    biases: "torch.Tensor"
    scales: "torch.Tensor"

    @classmethod
    def fit(cls, material: Material, *, pictures: int = 2000) -> "Prior":
        """Fit by least squares over evenly chosen drawings."""
        import torch

        chosen = np.linspace(0, len(material.latents) - 1, min(pictures, len(material.latents))).astype(int)
        fits = [_fit(material, chosen, columns) for columns in LEVELS]
        return cls(*(torch.stack(parts) for parts in zip(*fits, strict=True)))

    def save(self, folder: Path) -> None:
        from safetensors.torch import save

        tensors = {"weights": self.weights, "biases": self.biases, "scales": self.scales}
        files.write(folder / "prior.safetensors", save(tensors))

    @classmethod
    def load(cls, folder: Path) -> "Prior":
        from safetensors.torch import load_file

        return cls(**load_file(folder / "prior.safetensors"))

    def rest(self, found: "torch.Tensor", guide: "torch.Tensor") -> "torch.Tensor":
        """Latents (n, 64, h, w) minus the prediction from a guide (n, 49, h, w), scaled to standard deviation 1."""
        guess, scale = self._guess(guide)
        return (found - guess) / scale

    def restored(self, rest: "torch.Tensor", guide: "torch.Tensor") -> "torch.Tensor":
        """The latents again: the inverse of ``rest``."""
        guess, scale = self._guess(guide)
        return rest * scale + guess

    def _guess(self, guide: "torch.Tensor") -> "tuple[torch.Tensor, torch.Tensor]":
        import torch
        from torch.nn.functional import conv2d

        known = [LEVELS.index(round(float(level) * LAYOUT[0])) for level in guide[:, -1, 0, 0]]
        guess = torch.empty(len(guide), self.weights.shape[1], *guide.shape[2:])
        with torch.autocast("cpu", enabled=False):
            for level in set(known):
                those = [number for number, one in enumerate(known) if one == level]
                guess[those] = conv2d(guide[those, :-1], self.weights[level], self.biases[level], padding=1)
        return guess, self.scales[known][:, :, None, None]


def _fit(
    material: Material, chosen: NDArray[np.int64], columns: int
) -> "tuple[torch.Tensor, torch.Tensor, torch.Tensor]":
    import torch
    from torch.nn.functional import unfold

    inner, outer = 27 * UNSHUFFLE**2, autoencoder.CHANNELS
    within = torch.zeros(inner + 1, inner + 1, dtype=torch.float64)
    across = torch.zeros(inner + 1, outer, dtype=torch.float64)
    square, count = torch.zeros(outer, dtype=torch.float64), 0
    for start in range(0, len(chosen), 50):
        part = chosen[start : start + 50]
        layouts = material.layouts[part] if columns else None
        given = unfold(guide(layouts, columns, len(part))[:, :-1], 3, padding=1).permute(0, 2, 1)
        rows = torch.cat([given.reshape(-1, inner), torch.ones(given.shape[0] * given.shape[1], 1)], 1)
        wanted = torch.from_numpy(material.latents[part].astype(np.float32)).permute(0, 2, 3, 1)
        wanted = wanted.reshape(-1, outer)
        within += (rows.T @ rows).double()
        across += (rows.T @ wanted).double()
        square += wanted.square().sum(0).double()
        count += len(rows)
    # Ridge regression, because a coarse layout repeats itself from pixel to pixel.
    ridge = 1e-4 * count * torch.eye(inner + 1, dtype=torch.float64)
    found = torch.linalg.solve(within + ridge, across)
    left = ((square - 2 * (found * across).sum(0) + (found * (within @ found)).sum(0)) / count).clamp(
        min=1e-6
    )
    scales = left**0.25
    scales = scales * (left / scales**2).mean().sqrt()
    weights = found[:-1].T.reshape(outer, 3 * UNSHUFFLE**2, 3, 3)
    return weights.float().contiguous(), found[-1].float(), scales.float()


def layout_of(picture: Still) -> Still:
    """(72, 128, 3): the picture at low resolution."""
    import cv2

    return np.asarray(cv2.resize(picture, LAYOUT, interpolation=cv2.INTER_AREA), np.uint8)


def coarser(layouts: NDArray[np.uint8], columns: int) -> NDArray[np.uint8]:
    """The same layouts with only ``columns`` columns of detail, at the same size."""
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
    """(n, 49, 18, 32) float: the layout folded to latent size, and a plane with its fineness."""
    import torch
    from torch.nn.functional import pixel_unshuffle

    rows, wide = LAYOUT[1] // UNSHUFFLE, LAYOUT[0] // UNSHUFFLE
    if layouts is None:
        return torch.zeros(count, 3 * UNSHUFFLE**2 + 1, rows, wide)
    plain = torch.from_numpy(coarser(layouts, columns)).permute(0, 3, 1, 2).float() / 127.5 - 1
    level = torch.full((len(plain), 1, rows, wide), columns / LAYOUT[0])
    return torch.cat([pixel_unshuffle(plain, UNSHUFFLE), level], 1)


def encode_shard(path: Path, network: Any, folder: Path) -> Path:
    """Encode one scene shard; an existing latent shard is kept."""
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
    with files.replacing(goal) as draft, draft.open("wb") as opened:
        np.savez(
            opened,
            latents=np.concatenate(latents),
            layouts=np.stack(layouts),
            prompts=np.stack(prompts),
            counts=np.array(counts),
        )
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
