"""The losses of denoising models, as one number for each picture of a batch.

In: what the network predicted, the latents, the noise, the time steps.      Out: (n,) float32 losses.
Sources: min-SNR weighting, arXiv 2303.09556; zero terminal SNR, 2305.08891; rectified flow, 2209.03003 and 2403.03206.
Imports torch when used.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from assets.errors import InputRefused

if TYPE_CHECKING:
    import torch

GAMMA = 5.0


@dataclass(frozen=True)
class Noised:
    """One noised batch: what the network gets, and what it must predict."""

    latents: "torch.Tensor"
    wanted: "torch.Tensor"
    weights: "torch.Tensor"  # (n,)
    times: "torch.Tensor"  # (n,) as the network takes them


def diffused(
    scheduler: Any, clean: "torch.Tensor", rng: "torch.Generator", *, gamma: float = GAMMA
) -> Noised:
    """Noise a batch as a diffusion model is trained: predicts noise or v, weighted by min-SNR; 0 gives weight 1.

    raises  InputRefused for a schedule that ends in pure noise and predicts noise: its last step has no signal
    """
    import torch

    kind = scheduler.config.prediction_type
    count = len(clean)
    steps = scheduler.config.num_train_timesteps
    noise = torch.randn(clean.shape, generator=rng).to(clean)
    times = torch.randint(0, steps, (count,), generator=rng)
    alphas = scheduler.alphas_cumprod.cpu()
    if kind == "epsilon" and float(alphas[-1]) < 1e-8:
        raise InputRefused(
            "This model predicts noise, and its schedule ends in pure noise (rescale_betas_zero_snr): the loss would "
            "not be finite. Use prediction_type v_prediction, or a schedule that keeps some signal."
        )
    snr = alphas[times] / (1 - alphas[times])
    noisy = scheduler.add_noise(clean, noise, times.to(clean.device))
    if kind == "epsilon":
        wanted = noise
    elif kind == "v_prediction":
        wanted = scheduler.get_velocity(clean, noise, times.to(clean.device))
    else:
        wanted = clean
    return Noised(noisy, wanted, _min_snr(snr, kind, gamma).to(clean.device), times.to(clean.device))


def _min_snr(snr: "torch.Tensor", kind: str, gamma: float) -> "torch.Tensor":
    if not gamma:
        return snr.new_ones(snr.shape)
    low = snr.clamp(max=gamma)
    if kind == "epsilon":
        return low / snr
    return low / (snr + 1) if kind == "v_prediction" else low


def flowed(
    clean: "torch.Tensor",
    rng: "torch.Generator",
    *,
    shift: float = 1.0,
    between: tuple[float, float] = (0.0, 1.0),
) -> Noised:
    """Noise a batch as a rectified-flow model is trained: sigma is logit-normal, then shifted; predicts noise - clean.

    shift    above 1 trains more at high noise, as large pictures need
    between  only this range of sigma, with the same density inside it: one of two experts sees no other
    times    sigma in 0..1; a network that takes 0..1000 gets 1000 sigma
    """
    import torch

    ends = torch.tensor(between, dtype=torch.float64)
    # The share of the normal distribution below each end, before the shift.
    low, high = torch.special.ndtr(torch.logit(ends / (shift - (shift - 1) * ends)))
    drawn = low + (high - low) * torch.rand(len(clean), generator=rng, dtype=torch.float64)
    sigma = torch.sigmoid(torch.special.ndtri(drawn))
    sigma = (shift * sigma / (1 + (shift - 1) * sigma)).clamp(*between).to(clean)
    noise = torch.randn(clean.shape, generator=rng).to(clean)
    across = sigma.reshape(-1, *([1] * (clean.ndim - 1)))
    return Noised((1 - across) * clean + across * noise, noise - clean, torch.ones_like(sigma), sigma)


def weighed(found: "torch.Tensor", noised: Noised) -> "torch.Tensor":
    """(n,) weighted squared errors, in float32."""
    error = (found.float() - noised.wanted.float()).square()
    return error.mean(dim=tuple(range(1, error.ndim))) * noised.weights.float()
