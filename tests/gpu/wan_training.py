"""Training a LoRA of Wan TI2V-5B: seconds per step and memory of ours against a plain loop of diffusers and peft."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from models.training.material import Encoders
from models.training.wan import FAMILY, READS
from tests.gpu import build
from tests.gpu.part import Findings, Place
from tests.gpu.training import judged, ours, plain_loop


def wan(place: Place) -> Findings:
    """Clips of 33 frames; the dataset's pictures stand still in them, because a bare machine decodes no video."""
    side, frames, steps = (64, 5, 12) if place.tiny else (704, 33, 24)

    def encoders(pipe: Any, folder: Path) -> Encoders:
        found = FAMILY.encoders(pipe, folder)
        return replace(found, latent=lambda one: found.latent(np.repeat(one, frames, axis=0)))

    given = replace(FAMILY, encoders=encoders)
    found = ours(place, given, build.pipeline(place, "wan-ti2v-5b"), side, steps)
    yield from judged("wan-ti2v-5b", found, _plain(place, side, frames, steps))


def _plain(place: Place, side: int, frames: int, steps: int) -> tuple[float, float]:
    """A rectified flow; the first frame is given without noise, as the model was trained."""
    import torch

    pipe = build.pipeline(place, "wan-ti2v-5b")
    device = torch.device(place.device)
    rng = torch.Generator("cpu").manual_seed(1)
    with torch.no_grad():
        pixels = torch.randn(1, 3, frames, side, side, generator=rng).to(device)
        clean = pipe.vae.encode(pixels).latent_dist.mode()
        text, _ = pipe.encode_prompt(
            "drawing 1", do_classifier_free_guidance=False, max_sequence_length=READS
        )
    network = pipe.transformer
    pipe.text_encoder = None
    tokens = clean.shape[3] // 2 * (clean.shape[4] // 2)
    noisy = torch.ones(clean.shape[2], tokens, device=device)
    noisy[0] = 0

    def loss() -> Any:
        sigma = torch.sigmoid(torch.randn(1, generator=rng)).to(device)
        noise = torch.randn(clean.shape, generator=rng).to(device)
        given = (1 - sigma) * clean + sigma * noise
        given[:, :, 0] = clean[:, :, 0]
        found = network(
            hidden_states=given,
            timestep=1000 * sigma * noisy.flatten()[None],
            encoder_hidden_states=text.to(clean),
            return_dict=False,
        )[0]
        wanted = noise - clean
        return torch.nn.functional.mse_loss(found[:, :, 1:].float(), wanted[:, :, 1:].float())

    return plain_loop(place, network, loss, steps, FAMILY.targets(pipe))
