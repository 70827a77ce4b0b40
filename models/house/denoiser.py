"""The house denoiser: one stock U-Net that paints panels and, given a first frame, later drawings.

In: noisy latents, with a first frame's latents (or none), a layout (or none); a prompt.
Out: the latents without noise.
Input channels, 178: 64 noise, 64 first frame, 1 whether there is one, 48 the folded layout, 1 its fineness.
Imports torch and diffusers when used.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from assets.matter import Still
from models.house import autoencoder, latents, words
from models.house.latents import FINENESS, LAYOUT, Material, Prior
from models.libraries import diffusers

if TYPE_CHECKING:
    import torch

LATENT = autoencoder.CHANNELS
CHANNELS = 2 * LATENT + 1 + 3 * latents.UNSHUFFLE**2 + 1
WIDTHS = (64, 128, 192)
TEXT = 256
SHARES = (0.03, 0.05, 0.12, 0.8)  # of batches for each fineness: mostly the one used for painting panels


def build(widths: tuple[int, ...] = WIDTHS, text: int = TEXT) -> Any:
    """A new UNet2DConditionModel."""
    unet = diffusers().UNet2DConditionModel(
        sample_size=(18, 32),
        in_channels=CHANNELS,
        out_channels=LATENT,
        block_out_channels=widths,
        layers_per_block=1,
        down_block_types=("DownBlock2D", *("CrossAttnDownBlock2D",) * (len(widths) - 1)),
        up_block_types=(*("CrossAttnUpBlock2D",) * (len(widths) - 1), "UpBlock2D"),
        cross_attention_dim=text,
        attention_head_dim=tuple(max(1, width // 32) for width in widths),  # diffusers: the number of heads
        norm_num_groups=16,
    )
    for weight in unet.conv_out.parameters():
        weight.data.zero_()  # start with the layout's prediction
    return unet


def schedule() -> Any:
    """The noise schedule: 1000 steps that end in pure noise.

    The network predicts x0, not the noise or v. Those would have to pass through it completely, 64 numbers per
    position through 64 channels, and the lost part stayed visible as a weave pattern on flat areas.
    """
    return diffusers().DDIMScheduler(
        num_train_timesteps=1000,
        beta_schedule="scaled_linear",
        beta_start=0.00085,
        beta_end=0.012,
        prediction_type="sample",
        rescale_betas_zero_snr=True,
        timestep_spacing="trailing",
        clip_sample=False,
        set_alpha_to_one=True,
    )


def pair() -> "torch.nn.Module":
    """U-Net and text encoder in one module, trained together."""
    import torch

    return torch.nn.ModuleDict({"unet": build(), "text": words.text_encoder()})


def use_plain_attention(unet: Any) -> None:
    """Plain-product attention: for so few positions the fused kernel's backward pass takes a quarter of a step."""
    from diffusers.models.attention_processor import AttnProcessor

    unet.set_attn_processor(AttnProcessor())


@dataclass(frozen=True)
class Batch:
    """The data of one training step; tensors of n drawings."""

    wanted: "torch.Tensor"  # (n, 64, 18, 32): what the layout does not contain, of standard deviation 1
    beside: "torch.Tensor"  # (n, 114, 18, 32): first frame, its flag, layout, its fineness
    prompts: "torch.Tensor"  # (n, 48)


class Denoise:
    """Training task: paint frame 0 from words and a layout, or a later frame with frame 0 as an additional input.

    loss  squared error of x0 with min-SNR weighting (Hang et al., ICCV 2023): min(snr, 5)
    Dropped at random: the words (0.1), the layout (0.1), the first frame (0.15).
    """

    def __init__(
        self,
        folder: Path,
        autoencoder_folder: Path,
        *,
        batch: int = 16,
        most: int | None = None,
        prior: Prior | None = None,
    ) -> None:
        self.network = pair()
        use_plain_attention(self.network.get_submodule("unet"))
        self.material: Material = latents.read(folder, most=most)
        self.batch = batch
        self.prior = prior or Prior.fit(self.material)
        self._noise = schedule()
        self._decoder = autoencoder.kind().from_pretrained(autoencoder_folder).float()

    def loss(self, step: int, rng: "torch.Generator", device: "torch.device") -> "torch.Tensor":
        import torch

        batch = self.draw(step)
        wanted = batch.wanted.to(device)
        noise = torch.randn(wanted.shape, generator=rng).to(device)
        times = levels(len(wanted), rng).to(device)
        found = self.predict(self.network, self._noise.add_noise(wanted, noise, times), times, batch, device)
        return weighted(self._noise, times, (found - wanted).square().mean(dim=(1, 2, 3)))

    def compile(self) -> None:
        network: Any = self.network
        network["unet"].compile()

    def predict(
        self, network: Any, noisy: "torch.Tensor", times: "torch.Tensor", batch: Batch, device: Any
    ) -> Any:
        import torch

        text = network["text"](batch.prompts.to(device)).last_hidden_state
        given = torch.cat([noisy, batch.beside.to(device)], 1)
        return network["unet"](given, times, encoder_hidden_states=text).sample

    def draw(self, step: int) -> Batch:
        """The batch of a step."""
        import torch

        rng = np.random.default_rng([11, step])
        held, count = self.material, self.batch
        scene = rng.integers(len(held.prompts), size=count)
        first = held.starts[scene]
        later = first + 1 + (rng.random(count) * (held.starts[scene + 1] - first - 1)).astype(np.int64)
        is_later = rng.random(count) < 0.5
        shown = np.where(is_later, later, first)
        known = is_later & (rng.random(count) > 0.15)
        before = self.prior.rest(
            _floats(held.latents[first]), latents.guide(held.layouts[first], LAYOUT[0], count)
        )
        mark = torch.from_numpy(known.astype(np.float32))[:, None, None, None].expand(
            -1, 1, *before.shape[2:]
        )
        columns = int(rng.choice(FINENESS, p=SHARES))
        layout = latents.guide(held.layouts[shown], columns, count)
        layout[torch.from_numpy(rng.random(count) < 0.1)] = 0
        prompts = held.prompts[scene].copy()
        prompts[rng.random(count) < 0.1] = words.ids("")
        return Batch(
            self.prior.rest(_floats(held.latents[shown]), layout),
            torch.cat([before * mark, mark, layout], 1),
            torch.from_numpy(prompts),
        )

    def sheet(self, network: "torch.nn.Module") -> Still:
        """Rows: the rig's picture; painted with a layout of 64 columns, of 16, without; a later frame."""
        import torch

        held, rows = self.material, []
        for scene in range(0, 40, 10):
            first = int(held.starts[scene])
            last = int(held.starts[scene + 1]) - 1
            prompt = torch.from_numpy(held.prompts[scene : scene + 1])
            row = [held.latents[first : first + 1].astype(np.float32)]
            for columns, shown, known in (
                (64, first, False),
                (16, first, False),
                (0, first, False),
                (128, last, True),
            ):
                layout = held.layouts[shown : shown + 1] if columns else None
                guide = latents.guide(layout, columns, 1)
                own = latents.guide(held.layouts[first : first + 1], LAYOUT[0], 1)
                before = self.prior.rest(_floats(row[0]), own) * float(known)
                mark = torch.full((1, 1, *before.shape[2:]), float(known))
                found = sample(network, torch.cat([before, mark, guide], 1), prompt, Sampling(8, seed=scene))
                row.append(self.prior.restored(found, guide).numpy())
            row.append(held.latents[last : last + 1].astype(np.float32))
            pictures = autoencoder.decode(self._decoder, torch.from_numpy(np.concatenate(row)).float())
            rows.append(np.concatenate(list(pictures[:, ::2, ::2]), 1))
        return np.ascontiguousarray(np.concatenate(rows, 0))


def levels(count: int, rng: "torch.Generator") -> "torch.Tensor":
    """(count,) noise levels of 0..999 for training: 45 in 100 below 200, where panels are painted.

    Stratified, so that the losses of a small batch vary less.
    """
    import torch

    spots = (torch.arange(count) + torch.rand(count, generator=rng)) / count
    return (spots.square() * 1000).long().clamp(max=999)


def weighted(noise: Any, times: "torch.Tensor", errors: "torch.Tensor") -> "torch.Tensor":
    """The mean of squared errors of x0, (n,), with min-SNR weights."""
    loss: torch.Tensor = (weights_of(noise, times) * errors).mean()
    return loss


def weights_of(noise: Any, times: "torch.Tensor") -> "torch.Tensor":
    """(n,) min-SNR weights of noise levels. The last one has a ratio of 0 and must be trained too: every picture
    starts from it."""
    share: torch.Tensor = noise.alphas_cumprod.to(times.device)[times]
    return (share / (1 - share).clamp(min=1e-8)).clamp(min=0.2, max=5)


def load(folder: Path) -> "torch.nn.ModuleDict":
    """The pair that ``save`` wrote."""
    import torch

    from models.libraries import transformers

    unet = diffusers().UNet2DConditionModel.from_pretrained(folder / "unet", use_safetensors=True)
    text = transformers().CLIPTextModel.from_pretrained(folder / "text_encoder", use_safetensors=True)
    return torch.nn.ModuleDict({"unet": unet.float(), "text": text.float()})


def _floats(held: Any) -> "torch.Tensor":
    import torch

    return torch.from_numpy(np.asarray(held, np.float32))


def save(network: Any, folder: Path, *, prior: Prior) -> None:
    """U-Net, text encoder, tokenizer and schedule as stock folders in half precision, and the layout's prior."""
    import torch

    half = {name: part.to(torch.float16) for name, part in network.items()}
    half["unet"].save_pretrained(folder / "unet", max_shard_size="14MB")
    half["text"].save_pretrained(folder / "text_encoder")
    words.tokenizer().save_pretrained(folder / "tokenizer")
    schedule().save_pretrained(folder / "scheduler")
    prior.save(folder)
    network.float()


def times(steps: int, strength: float = 1.0) -> list[int]:
    """The noise levels of ``steps`` even steps down from ``strength``; 1 is pure noise."""
    return [max(0, round(1000 * strength * (1 - number / steps)) - 1) for number in range(steps)]


@dataclass(frozen=True)
class Sampling:
    """How latents are sampled.

    steps     noise levels that are passed
    seed      of all noise
    strength  1: from noise alone; below 1 a rough stays visible (SDEdit, Meng et al., ICLR 2022)
    start     latents that get noise first; None: zeros
    """

    steps: int
    seed: int
    strength: float = 1.0
    start: "torch.Tensor | None" = None


def sample(network: Any, beside: "torch.Tensor", prompts: "torch.Tensor", how: Sampling) -> "torch.Tensor":
    """What the layout does not contain, (n, 64, 18, 32); the same seed gives the same latents.

    Each step predicts x0 and adds new noise, less than before, as consistency models are sampled (Luo et al.,
    2023): noise that is kept from step to step leaves a visible pattern on flat areas.
    """
    import torch

    device = next(network.parameters()).device
    rng = torch.Generator().manual_seed(how.seed)
    shape = (len(beside), LATENT, *beside.shape[2:])
    scheduler = schedule()
    found = torch.zeros(shape, device=device) if how.start is None else how.start.to(device)
    with torch.no_grad():
        text = network["text"](prompts.to(device)).last_hidden_state
        for time in times(how.steps, how.strength):
            at = torch.tensor([time], device=device)
            noisy = scheduler.add_noise(found, torch.randn(shape, generator=rng).to(device), at)
            found = network["unet"](
                torch.cat([noisy, beside.to(device)], 1), at, encoder_hidden_states=text
            ).sample
    return found
