"""Train the house Foley: predict a clean captioned sound picture from a noisy one.

In:  pictures and their captions.      Out: the averaged unet and reader.
The unet predicts the clean picture with the weights of v-prediction, capped as in min-SNR, so that the finest
grain does not outweigh the shape. One caption in ten is dropped for classifier-free guidance, and ambiences are
rotated, because their end continues into their beginning.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models import libraries
from models.house.foley import net, sheet
from models.house.foley.course import Plan, run
from models.house.foley.make import Maker

BATCH = 16
PLAN = Plan(steps=300, rate=1.2e-3, warmup=40, decay=0, average=0.998, keep_every=100)
DROPPED = 0.1
CAP = 5.0  # min-SNR gamma
SHOWN = (
    "rain falling heavily", "waves on a beach", "a clock ticking quickly", "birds singing", "thunder close",
    "an explosion", "applause, of medium length", "a splash",
)  # fmt: skip


@dataclass(frozen=True)
class Examples:
    """Pictures of sounds to learn from.

    pictures  (n, BANDS, frames) uint8
    captions  one for each picture
    rings     of each picture, whether it may be rotated
    """

    pictures: NDArray[np.uint8]
    captions: Sequence[str]
    rings: NDArray[np.bool_]


def train(
    examples: Examples, folder: Path, *, plan: Plan = PLAN, size: net.Size | None = None, batch: int = BATCH
) -> net.Parts:
    """Train the model on ``examples``, or go on from the checkpoint in ``folder``; sheets of samples are put there."""
    pictures, captions, rings = examples.pictures, examples.captions, examples.rings
    libraries.torchaudio()
    import torch
    from diffusers.models.attention_processor import AttnProcessor

    compute_snr: Any = import_module("diffusers.training_utils").compute_snr

    torch.manual_seed(plan.seed)
    parts = net.fresh(size)
    # written out, attention over 64 positions is 1.1 times faster on a CPU than the fused kernel
    parts.unet.set_attn_processor(AttnProcessor())
    both = torch.nn.ModuleDict({"unet": parts.unet, "reader": parts.reader})
    schedule = net.training_schedule()
    numbers = parts.tokenizer([*captions, ""], padding="max_length", return_tensors="pt").input_ids

    def loss(module: Any, step: int) -> Any:
        rng = np.random.default_rng([plan.seed, step])
        chosen = rng.integers(len(pictures), size=batch)
        places = net.folded(_signal(pictures[chosen], rings[chosen], rng)).to(numbers.device)
        said = numbers[np.where(rng.uniform(size=batch) < DROPPED, len(captions), chosen)]
        # one time in each sixteenth of the schedule: less variance between steps than independent draws
        moment = torch.from_numpy(((np.arange(batch) + rng.uniform(size=batch)) / batch * 1000).astype(int))
        noise = torch.randn_like(places)
        dim = schedule.add_noise(places, noise, moment).contiguous(memory_format=torch.channels_last)
        states, mean = net.read(module["reader"], said)
        guess = module["unet"](dim, moment, states, class_labels=mean).sample.float()
        apart = (guess - places).pow(2).mean(dim=(1, 2, 3))
        return (apart * (compute_snr(schedule, moment) + 1).clamp(max=CAP)).mean()

    def look(module: Any, step: int) -> None:
        shown = Maker(net.Parts(module["unet"], module["reader"], parts.tokenizer))
        made = np.concatenate([shown.pictures([text], seed=1, steps=8) for text in SHOWN])
        sheet.draw([made[:4], made[4:]], folder / f"sheet-{step:05d}.png")

    learnt = run(both, loss, folder, plan, look=look)
    return net.Parts(learnt["unet"], learnt["reader"], parts.tokenizer)


def _signal(pictures: NDArray[np.uint8], rings: NDArray[np.bool_], rng: np.random.Generator) -> Any:
    import torch

    turns = rng.integers(pictures.shape[-1], size=len(pictures)) * rings
    turned = np.stack([np.roll(one, turn, axis=-1) for one, turn in zip(pictures, turns, strict=True)])
    return torch.from_numpy(turned).float() / 127.5 - 1
