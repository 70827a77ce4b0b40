"""Make pictures of sounds from captions: the diffusion loop.

In:  captions, a seed, the number of frames.      Out: (n, BANDS, frames) in -1..1.
For more than one window, windows are placed side by side and shifted at every step, so that no seam stays at one
place. On a ring the last window continues into the first one. Knows nothing about samples, levels or names.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.house.foley import net

STEPS = 12
GUIDANCE = 2.0
PLACES = net.PLACES  # width of a window
QUIET = (-1 - net.MEAN) / net.SPREAD


class Maker:
    """Holds the parts; the noise depends only on the seed."""

    def __init__(self, parts: net.Parts) -> None:
        self._parts = parts

    def pictures(
        self,
        captions: Sequence[str],
        *,
        seed: int,
        steps: int = STEPS,
        frames: int = PLACES * net.FOLD,
        heard: int = 0,
        ring: bool = False,
    ) -> NDArray[np.float32]:
        """``frames``: whole windows on a ring, else at least one window; after ``heard`` frames there is silence."""
        import torch

        schedule = net.sampling_schedule()
        schedule.set_timesteps(steps)
        width = frames // net.FOLD
        rng = np.random.default_rng(seed)
        noise = rng.standard_normal((len(captions), net.CHANNELS, net.ROWS, width), np.float32)
        dim = torch.from_numpy(noise)
        words = self._words(captions)
        rest = -(-heard // net.FOLD) if heard else width
        with torch.inference_mode():
            for moment in schedule.timesteps:
                turn = int(rng.integers(width)) if ring else 0
                guess = self._guess(dim.roll(turn, -1), moment, words, ring=ring).roll(-turn, -1)
                dim = schedule.step(guess, moment, dim).prev_sample
                if rest < width:
                    dim[..., rest:] = self._silence(dim[..., rest:], noise[..., rest:], schedule)
            out: NDArray[np.float32] = net.unfolded(dim).clamp(-1, 1).numpy()
        return out

    def _words(self, captions: Sequence[str]) -> tuple[Any, Any]:
        import torch

        said = self._parts.tokenizer(
            [*captions, *[""] * len(captions)], padding="max_length", return_tensors="pt"
        )
        with torch.inference_mode():
            return net.read(self._parts.reader, said.input_ids)

    def _guess(self, dim: Any, moment: Any, words: tuple[Any, Any], *, ring: bool) -> Any:
        """The guided prediction over the whole width, window by window."""
        import torch

        width = dim.shape[-1]
        if ring or width == PLACES:
            return torch.cat([self._window(part, moment, words) for part in dim.split(PLACES, -1)], -1)
        total, weight = torch.zeros_like(dim), torch.zeros(width)
        slope = torch.minimum(torch.arange(1, PLACES + 1), torch.arange(PLACES, 0, -1)).float()
        for start in [*range(0, width - PLACES, PLACES // 2), width - PLACES]:
            span = slice(start, start + PLACES)
            total[..., span] += slope * self._window(dim[..., span], moment, words)
            weight[span] += slope
        return total / weight

    def _window(self, part: Any, moment: Any, words: tuple[Any, Any]) -> Any:
        import torch

        twice = torch.cat([part, part])
        told, untold = (
            self._parts.unet(twice, moment, words[0], class_labels=words[1]).sample.float().chunk(2)
        )
        return untold + GUIDANCE * (told - untold)

    def _silence(self, dim: Any, noise: NDArray[np.float32], schedule: Any) -> Any:
        """Silence with the current amount of noise: the sound learns to end before it."""
        import torch

        at = schedule.sigmas[schedule.step_index]
        clean = 1 / torch.sqrt(at**2 + 1)
        return clean * QUIET + clean * at * torch.from_numpy(noise) if at > 0 else torch.full_like(dim, QUIET)
