"""Losses against their definitions."""

import pytest
import torch

from assets.errors import InputRefused
from models import libraries
from models.training.losses import diffused, flowed, weighed


def scheduler(kind="epsilon", *, zero=False):
    return libraries.diffusers().DDPMScheduler(
        beta_schedule="scaled_linear", beta_start=0.00085, beta_end=0.012, prediction_type=kind,
        rescale_betas_zero_snr=zero,
    )  # fmt: skip


def rng():
    return torch.Generator().manual_seed(3)


CLEAN = torch.randn(64, 4, 2, 2, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize("kind", ["epsilon", "v_prediction", "sample"])
def test_the_weight_is_min_snr_for_what_is_predicted(kind):
    """One script used the weights of noise prediction for v prediction."""
    found = diffused(scheduler(kind), CLEAN, rng(), gamma=5)

    alphas = scheduler().alphas_cumprod[found.times]
    snr = alphas / (1 - alphas)
    low = snr.clamp(max=5)
    wanted = {"epsilon": low / snr, "v_prediction": low / (snr + 1), "sample": low}[kind]
    assert torch.allclose(found.weights, wanted)


def test_a_prediction_that_is_right_costs_nothing():
    for kind in ("epsilon", "v_prediction", "sample"):
        noised = diffused(scheduler(kind), CLEAN, rng())

        assert float(weighed(noised.wanted, noised).max()) == 0
        assert float(weighed(noised.wanted + 1, noised).min()) > 0


def test_v_prediction_with_zero_terminal_snr_has_finite_weights():
    found = diffused(scheduler("v_prediction", zero=True), CLEAN.repeat(40, 1, 1, 1), rng())

    assert 999 in found.times
    assert found.weights.isfinite().all()


def test_noise_prediction_with_zero_terminal_snr_is_refused():
    """Its weight at the last step is 0 divided by 0: the loss was not a number."""
    with pytest.raises(InputRefused, match="rescale_betas_zero_snr"):
        diffused(scheduler("epsilon", zero=True), CLEAN, rng())


def test_a_flow_leads_from_the_noise_to_the_picture():
    noised = flowed(CLEAN, rng())

    across = noised.times.reshape(-1, 1, 1, 1)
    assert torch.allclose(noised.latents - across * noised.wanted, CLEAN, atol=1e-5)
    assert float(noised.times.min()) > 0 and float(noised.times.max()) < 1


def test_a_shift_trains_more_at_high_noise():
    plain, shifted = flowed(CLEAN, rng()), flowed(CLEAN, rng(), shift=5.0)

    assert float(shifted.times.mean()) > float(plain.times.mean()) + 0.2


@pytest.mark.parametrize("shift", [1.0, 5.0, 12.0])
def test_a_part_of_the_noise_levels_keeps_the_density_of_the_whole(shift):
    """A range that is stretched over all draws shows an expert other noise levels than it is used for."""
    many = CLEAN.repeat(400, 1, 1, 1)
    whole, high, low = (
        flowed(many, rng(), shift=shift, between=between).times
        for between in ((0.0, 1.0), (0.9, 1.0), (0.0, 0.9))
    )

    assert float(high.min()) >= 0.9 > float(low.max())
    for part, wanted in ((high, whole[whole >= 0.9]), (low, whole[whole < 0.9])):
        ends = torch.linspace(0.1, 0.9, 5)
        assert torch.allclose(part.quantile(ends), wanted.quantile(ends), atol=0.03)
