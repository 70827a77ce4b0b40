"""What the sound models of the hub share: one loaded pipeline, and samples at 48 kHz out of its latents.

In: a pipeline's folder and options.      Out: (n, 2) float64 samples.
The autoencoder works in float32: in half precision quiet passages get audible noise.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assets.errors import ModelFailed
from models.card import Card
from models.diffusion import placement
from models.diffusion.exhausted import Ladder
from models.diffusion.loading import load
from models.diffusion.options import DiffusionOptions
from models.diffusion.placement import Placed
from models.foley.performance import Stereo
from models.sound.resampling import resample
from models.weights import Weights, snapshot

RATE = 48_000


class SoundOptions(DiffusionOptions):
    """Options of every sound model."""

    weights: Weights


def opened(kind: str, options: SoundOptions, device: str) -> Any:
    """The pipeline of class ``kind``, in main memory."""
    return load(snapshot(options.weights).folder, kind, device=device, options=options)


class Player:
    """A pipeline on its device. ``latents`` calls are repeated by the ladder when memory runs out."""

    def __init__(self, pipe: Any, options: SoundOptions, device: str, card: Card) -> None:
        """``pipe``: in main memory."""
        self.pipe = pipe
        self._placed = Placed(self.pipe, device, options.offload)
        self._ladder = Ladder(self._placed, card, climbs=options.ladder)
        self._name = options.weights.name

    def close(self) -> None:
        placement.freed(self.pipe)

    def heard(self, call: Callable[[], Any], what: str, *, turned: bool = False) -> Stereo:
        """Samples of one call, which returns latents (1, channels, time), or (1, time, channels) if ``turned``."""
        import torch

        with torch.inference_mode():
            latents = self._ladder.run(call, what)
            latents = latents.transpose(1, 2) if turned else latents
            wave = self._ladder.run(lambda: self.pipe.vae.decode(latents.float()).sample, what)[0]
        samples = wave.float().cpu().numpy()
        if not np.isfinite(samples).all():
            raise ModelFailed(
                f"{self._name} made {what} with values that are no numbers. Use precision: bfloat16 or float32."
            )
        return _stereo(samples, int(self.pipe.vae.config.sampling_rate))


def _stereo(samples: NDArray[np.float32], rate: int) -> Stereo:
    """(channels, n) at ``rate`` as (m, 2) at 48 kHz; mono goes to both sides."""
    sides = samples if len(samples) == 2 else np.repeat(samples[:1], 2, axis=0)
    return np.stack([resample(side, rate, RATE) for side in sides], axis=1).astype(np.float64)
