"""The last training of the autoencoder: its finish network learns from painted latents, not only from encoded ones.

In: large pictures, the shipped autoencoder and painter.      Out: latents painted from the pictures; the same
autoencoder with an unchanged code and a finish network trained on the painter's results.
A painter leaves strokes that no picture has, and with much noise it leaves soft edges. Where an edge belongs is the
same task everywhere in a picture, so a small network over pixels learns it from few pictures. The denoiser, which
works on blocks, would need many.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from assets import files
from assets.errors import SetupMissing
from models.house import autoencoder, denoiser, latents, scenes, words
from models.house.autoencoder import BATCH, UP, Reconstruct
from models.house.brush import Brush

if TYPE_CHECKING:
    import torch

# Noise strength, number of steps, and share of the pictures.
WAYS = ((0.2, 2, 0.5), (0.4, 2, 0.25), (1.0, 4, 0.25))
ROUNDS = 2  # how often each picture is painted
CLEAN = 0.25  # share of crops that are finished from the code of the picture itself
SIDE = 8  # latents of a crop
_TOGETHER = 8


def paint_shard(path: Path, brush: Brush, folder: Path, *, painter: str) -> Path:
    """Paint every large picture of a shard ``ROUNDS`` times, unless this painter has painted it already.

    painter  the revision of its weights: another one paints everything again
    """
    goal = folder / path.name.replace("scenes-", "painted-")
    if goal.exists():
        with np.load(goal, allow_pickle=False) as held:
            if str(held["painter"]) == painter:
                return goal
    found = list(scenes.read_shard(path))
    rng = np.random.default_rng(found[0].seed)
    ways = rng.choice(len(WAYS), size=ROUNDS * len(found), p=[share for _, _, share in WAYS])
    painted = np.zeros((len(ways), autoencoder.CHANNELS, 18, 32), np.float16)
    for way, (strength, steps, _) in enumerate(WAYS):
        those = np.flatnonzero(ways == way)
        for start in range(0, len(those), _TOGETHER):
            part = those[start : start + _TOGETHER]
            shown = [found[number % len(found)] for number in part]
            painted[part] = _painted(brush, shown, strength, steps, seed=int(part[0]))
    folder.mkdir(parents=True, exist_ok=True)
    with files.replacing(goal) as draft, draft.open("wb") as opened:
        np.savez(opened, latents=painted, painter=np.array(painter))
    return goal


def _painted(
    brush: Brush, shown: list[scenes.Scene], strength: float, steps: int, *, seed: int
) -> NDArray[Any]:
    import torch

    pictures = [scene.pictures[-1] for scene in shown]
    guide = latents.guide(
        np.stack([latents.layout_of(one) for one in pictures]), latents.LAYOUT[0], len(shown)
    )
    rough = torch.cat([brush.code(one) for one in pictures])
    beside = torch.cat([torch.zeros(len(shown), denoiser.LATENT + 1, *guide.shape[2:]), guide], 1)
    prompts = np.stack([words.ids(words.worded(scene.caption)) for scene in shown])
    found = denoiser.sample(
        brush.network,
        beside,
        torch.from_numpy(prompts),
        denoiser.Sampling(steps, seed, strength, brush.prior.rest(rough, guide) if strength < 1 else None),
    )
    return brush.prior.restored(found.cpu(), guide).numpy()


class Finish(Reconstruct):
    """Training task: restore the large picture from the painter's result for its half-size version."""

    def __init__(self, folder: Path, painted: Path, trained: Any, *, painter: str) -> None:
        trained.requires_grad_(False)  # the code must not change: all latents are written in it
        trained.finish.requires_grad_(True)
        super().__init__(folder, trained=trained)
        self._painted = []
        for path in self._files:
            held = painted / path.name.replace("scenes-", "painted-")
            if not held.is_file():
                raise SetupMissing(f"{held} is missing. Paint the large pictures first: `painted --help`.")
            with np.load(held, allow_pickle=False) as found:
                if str(found["painter"]) != painter:
                    raise SetupMissing(
                        f"{held} was painted by other weights than the painter's that ship now. Paint the large "
                        "pictures again: `painted --help`."
                    )
                self._painted.append(found["latents"])

    def loss(self, step: int, rng: "torch.Generator", device: "torch.device") -> "torch.Tensor":
        import torch
        from torch.nn.functional import avg_pool2d

        chance = np.random.default_rng([23, step])
        number = (step // 20 * 7919 + step % 3) % len(self._files)
        pictures, painted = self._shard(self._files[number]), self._painted[number]
        given, wanted = [], []
        for which in chance.integers(len(painted), size=BATCH):
            rows, columns = (
                slice(at, at + SIDE)
                for at in (chance.integers(side - SIDE + 1) for side in painted.shape[2:])
            )
            picture = pictures[which % len(pictures)]
            crop = picture[rows.start * UP : rows.stop * UP, columns.start * UP : columns.stop * UP]
            wanted.append(torch.from_numpy(np.ascontiguousarray(crop)))
            given.append(torch.from_numpy(painted[which][:, rows, columns].astype(np.float32)))
        goal = torch.stack(wanted).to(device).permute(0, 3, 1, 2).float() / 127.5 - 1
        network: Any = self.network
        with torch.no_grad():
            clean = torch.from_numpy(chance.random(BATCH) < CLEAN).to(device)[:, None, None, None]
            code = torch.where(
                clean, network.encoder(avg_pool2d(goal, 2)).float(), torch.stack(given).to(device)
            )
        loss: torch.Tensor = self._measure(network.decoder(code).float(), goal)
        return loss
