"""The house denoiser: one stock U-Net that paints panels and, given a first frame, draws later ones.

In: noisy latents, beside them a first frame's latents (or none), a layout (or none); a prompt.
Out: v (Salimans and Ho, 2022) of the latents.
Channels in, 82: 16 noise, 16 first frame, 1 says whether there is one, 48 the layout folded, 1 how fine it is.
Imports torch and diffusers when used.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from assets.matter import Still
from models.house import autoencoder, latents, words
from models.house.door import diffusers
from models.house.latents import FINENESS, Material

if TYPE_CHECKING:
    import torch

LATENT = autoencoder.CHANNELS
CHANNELS = 2 * LATENT + 1 + 3 * latents.UNSHUFFLE**2 + 1
WIDTHS = (48, 96, 192)
TEXT = 256


def build(widths: tuple[int, ...] = WIDTHS, text: int = TEXT) -> Any:
    """A fresh UNet2DConditionModel."""
    return diffusers().UNet2DConditionModel(
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


def schedule() -> Any:
    """The noise: 1000 steps that end in noise alone, told as v."""
    return diffusers().DDIMScheduler(
        num_train_timesteps=1000,
        beta_schedule="scaled_linear",
        beta_start=0.00085,
        beta_end=0.012,
        prediction_type="v_prediction",
        rescale_betas_zero_snr=True,
        timestep_spacing="trailing",
        clip_sample=False,
        set_alpha_to_one=True,
    )


def pair() -> "torch.nn.Module":
    """U-Net and text encoder under one roof, trained together."""
    import torch

    return torch.nn.ModuleDict({"unet": build(), "text": words.text_encoder()})


@dataclass(frozen=True)
class Batch:
    """What one step learns from; tensors of n drawings."""

    wanted: "torch.Tensor"  # (n, 16, 18, 32), of spread 1
    beside: "torch.Tensor"  # (n, 66, 18, 32): first frame, its mark, layout, its fineness
    prompts: "torch.Tensor"  # (n, 48)


class Denoise:
    """The lesson: paint frame 0 from words and a layout, or a later frame from frame 0 besides.

    loss  squared error of v with min-SNR weighting (Hang et al., ICCV 2023, gamma 5: for v, min(snr, 5) / (snr + 1))
    Left out at random: the words (0.1), the layout (0.2), the first frame (0.15).
    """

    def __init__(
        self, folder: Path, autoencoder_folder: Path, *, batch: int = 16, most: int | None = None
    ) -> None:
        self.network = pair()
        self.material: Material = latents.read(folder, most=most)
        self.batch, self.spread = batch, self.material.spread
        self._noise = schedule()
        self._decoder = diffusers().AutoencoderDC.from_pretrained(autoencoder_folder)

    def loss(self, step: int, rng: "torch.Generator", device: "torch.device") -> "torch.Tensor":
        import torch

        batch = self.draw(step)
        wanted = batch.wanted.to(device)
        noise = torch.randn(wanted.shape, generator=rng).to(device)
        # Sampled in even strata: the losses of a small batch vary less.
        count = len(wanted)
        spots = (torch.arange(count) + torch.rand(count, generator=rng)) / count
        times = (spots * 1000).long().clamp(max=999).to(device)
        found = self.predict(self.network, self._noise.add_noise(wanted, noise, times), times, batch, device)
        target = self._noise.get_velocity(wanted, noise, times)
        return weighted(self._noise, times, (found - target).square().mean(dim=(1, 2, 3)))

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
        before = torch.from_numpy(held.latents[first].astype(np.float32)) / self.spread
        mark = torch.from_numpy(known.astype(np.float32))[:, None, None, None].expand(
            -1, 1, *before.shape[2:]
        )
        columns = int(rng.choice(FINENESS))
        layout = latents.guide(held.layouts[shown], columns, count)
        layout[torch.from_numpy(rng.random(count) < 0.2)] = 0
        prompts = held.prompts[scene].copy()
        prompts[rng.random(count) < 0.1] = words.ids("")
        return Batch(
            torch.from_numpy(held.latents[shown].astype(np.float32)) / self.spread,
            torch.cat([before * mark, mark, layout], 1),
            torch.from_numpy(prompts),
        )

    def sheet(self, network: "torch.nn.Module") -> Still:
        """Rows: the rig's picture; painted with a layout of 64 columns, of 16, with none; a later frame."""
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
                before = torch.from_numpy(row[0]) / self.spread * float(known)
                mark = torch.full((1, 1, *before.shape[2:]), float(known))
                beside = torch.cat([before, mark, latents.guide(layout, columns, 1)], 1)
                found = sample(network, beside, prompt, steps=8, seed=scene)
                row.append((found * self.spread).cpu().numpy())
            row.append(held.latents[last : last + 1].astype(np.float32))
            pictures = autoencoder.decode(self._decoder, torch.from_numpy(np.concatenate(row)).float())
            rows.append(np.concatenate(list(pictures[:, ::2, ::2]), 1))
        return np.ascontiguousarray(np.concatenate(rows, 0))


def weighted(noise: Any, times: "torch.Tensor", errors: "torch.Tensor") -> "torch.Tensor":
    """The mean of squared errors of v, (n,), under min-SNR weights."""
    share = noise.alphas_cumprod.to(errors.device)[times]
    snr = share / (1 - share).clamp(min=1e-8)
    # The last step has a ratio of 0 and must be learnt too: from it every picture begins.
    loss: torch.Tensor = 2 * ((snr.clamp(max=5) / (snr + 1) + 0.05) * errors).mean()
    return loss


def load(folder: Path) -> "torch.nn.ModuleDict":
    """The pair that ``save`` wrote."""
    import torch

    from models.house.door import transformers

    unet = diffusers().UNet2DConditionModel.from_pretrained(folder / "unet", use_safetensors=True)
    text = transformers().CLIPTextModel.from_pretrained(folder / "text_encoder", use_safetensors=True)
    return torch.nn.ModuleDict({"unet": unet.float(), "text": text.float()})


def save(network: Any, folder: Path, *, spread: float) -> None:
    """U-Net, text encoder, tokenizer and schedule as stock folders, in half precision; the latents' spread."""
    import torch

    half = {name: part.to(torch.float16) for name, part in network.items()}
    half["unet"].save_pretrained(folder / "unet", max_shard_size="14MB")
    half["text"].save_pretrained(folder / "text_encoder")
    words.tokenizer().save_pretrained(folder / "tokenizer")
    schedule().save_pretrained(folder / "scheduler")
    (folder / "latents.json").write_text(json.dumps({"spread": spread}) + "\n", encoding="utf-8")
    network.float()


def sample(
    network: Any, beside: "torch.Tensor", prompts: "torch.Tensor", *, steps: int, seed: int
) -> "torch.Tensor":
    """Latents (n, 16, 18, 32) of spread 1 from noise; the same seed gives the same latents."""
    import torch

    device = next(network.parameters()).device
    scheduler = schedule()
    scheduler.set_timesteps(steps, device=device)
    rng = torch.Generator().manual_seed(seed)
    shape = (len(beside), LATENT, *beside.shape[2:])
    found = torch.randn(shape, generator=rng).to(device)
    with torch.no_grad():
        text = network["text"](prompts.to(device)).last_hidden_state
        for time in scheduler.timesteps:
            given = torch.cat([found, beside.to(device)], 1)
            told = network["unet"](given, time, encoder_hidden_states=text).sample
            found = scheduler.step(told, time, found).prev_sample
    return found
