"""Few steps instead of many: consistency distillation of the trained denoiser.

In: the denoiser, the latents it was trained on.      Out: the same network, which needs only 4 to 8 steps.
Latent consistency models (Luo et al., 2023) without guidance, because layout and words decide already. The student
must agree with its own average at two times that are one solver step of the teacher apart.
"""

from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assets.matter import Still
from models.house import denoiser
from models.house.denoiser import Batch, Denoise
from models.house.latents import Prior

if TYPE_CHECKING:
    import torch

STRIDE = 20  # of 1000 steps: the solver's step
_SCALE, _SPREAD = 10.0, 0.5  # parameters of the boundary condition, as published


class Distil(Denoise):
    """Training task: predict at one time what the average predicts one solver step later."""

    def __init__(
        self, folder: Path, codec: Path, painter: Path, *, batch: int = 8, most: int | None = None
    ) -> None:
        import torch

        super().__init__(folder, codec, batch=batch, most=most, prior=Prior.load(painter))
        student = denoiser.load(painter)
        denoiser.use_plain_attention(student["unet"])
        self._teacher = deepcopy(student).requires_grad_(False).eval()
        target = deepcopy(student).requires_grad_(False).eval()
        # One module, so that a checkpoint includes the target and a stopped run continues exactly.
        self.network: torch.nn.Module = torch.nn.ModuleDict({"student": student, "target": target})
        self._decay = 0.95

    def compile(self) -> None:
        network: Any = self.network
        for pair in (network["student"], network["target"], self._teacher):
            pair["unet"].compile()

    def sheet(self, network: "torch.nn.Module") -> Still:
        pair: Any = network
        return super().sheet(pair["student"])

    def loss(self, step: int, rng: "torch.Generator", device: "torch.device") -> "torch.Tensor":
        import torch

        batch = self.draw(step)
        self._teacher.to(device)
        network: Any = self.network
        wanted = batch.wanted.to(device)
        noise = torch.randn(wanted.shape, generator=rng).to(device)
        count = 1000 // STRIDE
        start = (torch.randint(1, count + 1, (len(wanted),), generator=rng) * STRIDE - 1).to(device)
        ended = (start - STRIDE).clamp(min=0)
        noisy = self._noise.add_noise(wanted, noise, start)
        found = self._clean(network["student"], noisy, start, batch, device)
        with torch.no_grad():
            nearer = self._solved(noisy, start, ended, batch, device)
            target = self._clean(network["target"], nearer, ended, batch, device)
            self._follow()
        # Pseudo-Huber: squared near zero, absolute far from it.
        return (((found - target).square() + 1e-6).sqrt() - 1e-3).mean()

    def _clean(
        self, network: Any, noisy: "torch.Tensor", times: "torch.Tensor", batch: Batch, device: Any
    ) -> "torch.Tensor":
        """The network's picture without noise, constrained to be ``noisy`` itself at time 0."""
        clean = self.predict(network, noisy, times, batch, device)
        scaled = times.float()[:, None, None, None] * _SCALE
        skip = _SPREAD**2 / (scaled**2 + _SPREAD**2)
        kept: torch.Tensor = skip * noisy + scaled / (scaled**2 + _SPREAD**2) ** 0.5 * clean
        return kept

    def _solved(
        self, noisy: "torch.Tensor", start: "torch.Tensor", ended: "torch.Tensor", batch: Batch, device: Any
    ) -> "torch.Tensor":
        """One DDIM step of the teacher."""
        clean = self.predict(self._teacher, noisy, start, batch, device)
        shares = self._noise.alphas_cumprod.to(device)
        was, now = (shares[times][:, None, None, None] for times in (start, ended))
        rest = (noisy - was.sqrt() * clean) / (1 - was).sqrt()
        solved: torch.Tensor = now.sqrt() * clean + (1 - now).sqrt() * rest
        return solved

    def _follow(self) -> None:
        import torch

        network: Any = self.network
        torch._foreach_lerp_(
            list(network["target"].parameters()), list(network["student"].parameters()), 1 - self._decay
        )
