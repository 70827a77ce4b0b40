"""Train a LoRA for Stable Diffusion XL and its relatives on a frozen dataset.

In: a Material, the pipeline's folder, a LoraShape.      Out: a Lesson for the training loop; the trained factors.
Text encoders and VAE are used once for each picture and caption, then freed. Sizes and crops are given to the
network as SDXL was trained (arXiv 2307.01952). Imports torch and diffusers when used.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from assets.matter import Still
from assets.sheets.dataset import Manifest
from models import libraries
from models.diffusion import loading
from models.diffusion.options import DiffusionOptions
from models.diffusion.seeds import generator
from models.lora.factors import Factors
from models.training import lesson, losses
from models.training.lesson import Family, Task
from models.training.lora import ATTENTION, factors, inject
from models.training.material import Encoders, Frames, Material
from models.training.order import Order

if TYPE_CHECKING:
    import torch

KIND = "StableDiffusionXLPipeline"
GRID = 8
SHEET_STEPS = 12


class SdxlLora:
    """Lesson of models/training/loop.py."""

    network: "torch.nn.Module"

    def __init__(self, pipe: Any, material: Material, task: Task) -> None:
        self._pipe, self._material, self._task = pipe, material, task
        self.order = Order(material.manifest, task.batch)
        self._noise = libraries.diffusers().DDPMScheduler.from_config(pipe.scheduler.config)
        self._check_noise()
        self.network = pipe.unet
        self.trained = inject(self.network, task.shape, seed=task.seed)
        if task.checkpointing:
            pipe.unet.enable_gradient_checkpointing()

    def compile(self) -> None:
        self._pipe.unet.compile_repeated_blocks()

    def loss(self, step: int, rng: "torch.Generator", device: "torch.device") -> "torch.Tensor":
        import torch

        showings = self.order.at(step)
        clean = lesson.latents(self._material, showings).to(device)
        noised = losses.diffused(self._noise, clean, rng, gamma=self._task.gamma)
        sizes = torch.tensor([self._sizes(each.work) for each in showings], device=device, dtype=clean.dtype)
        found = self.network(
            noised.latents,
            noised.times,
            encoder_hidden_states=lesson.texts(self._material, showings, "sequence").to(clean),
            added_cond_kwargs={
                "text_embeds": lesson.texts(self._material, showings, "pooled").to(clean),
                "time_ids": sizes,
            },
        ).sample
        return lesson.mean(losses.weighed(found, noised), showings, self._material.manifest, self._task.prior)

    def sheet(self, network: "torch.nn.Module") -> Still:
        """One picture for each prompt of the task, with the same seeds every time, side by side."""
        rows = []
        for number, prompt in enumerate(self._task.prompts or (self.order.at(0)[0].caption,)):
            made = self._sampled(prompt, number, "np")
            rows.append((made * 255).round().astype(np.uint8))
        return np.ascontiguousarray(np.concatenate(rows, 1))

    def _sampled(self, prompt: str, number: int, output: str) -> Any:
        size = self._material.manifest.works[0].bucket
        texts = {name: tensor[None] for name, tensor in self._material.text(prompt).items()}
        return self._pipe(
            prompt_embeds=texts["sequence"],
            pooled_prompt_embeds=texts["pooled"],
            negative_prompt_embeds=texts["sequence"] * 0,
            negative_pooled_prompt_embeds=texts["pooled"] * 0,
            width=size[0],
            height=size[1],
            num_inference_steps=SHEET_STEPS,
            guidance_scale=5.0,
            generator=generator(self._task.seed + number),
            output_type=output,
        ).images[0]

    def factors(self) -> dict[str, Factors]:
        return factors(self.network, "unet")

    def about(self) -> dict[str, str]:
        return {}

    def _sizes(self, work: int) -> tuple[int, ...]:
        """Original size, crop and shown size, height before width."""
        each = self._material.manifest.works[work]
        (width, height), (shown_width, shown_height) = each.work.size, each.bucket
        scale = max(shown_width / width, shown_height / height)
        left, top = (round(width * scale) - shown_width) // 2, (round(height * scale) - shown_height) // 2
        return height, width, max(0, top), max(0, left), shown_height, shown_width

    def _check_noise(self) -> None:
        """Refuse a schedule without a loss before a picture is encoded."""
        import torch

        losses.diffused(self._noise, torch.zeros(1, 1, 1, 1), torch.Generator().manual_seed(0))


def load(folder: Path, device: str) -> Any:
    """The pipeline, still in main memory; the VAE in float32."""
    return loading.load(folder, KIND, device=device, options=DiffusionOptions())


def encoders(pipe: Any, folder: Path) -> Encoders:
    """How pictures and captions are encoded, identified by the weights that do it."""
    return Encoders(
        latent=lambda frames: _latent(pipe, frames),
        latent_identity=lesson.identity(folder, "vae"),
        text=lambda caption: _text(pipe, caption),
        text_identity=lesson.identity(folder, "text_encoder", "text_encoder_2"),
    )


def check(pipe: Any, manifest: Manifest) -> None:
    """Refuse captions that the text encoders would cut, sides off the grid, and clips."""
    lesson.check_stills(manifest, "sdxl")
    longest = pipe.tokenizer.model_max_length
    lesson.check_captions(manifest, lambda caption: len(pipe.tokenizer(caption).input_ids), longest)
    lesson.check_sides(manifest, GRID)


def targets(pipe: Any) -> tuple[str, ...]:
    """The attention of all blocks."""
    return ATTENTION


def _latent(pipe: Any, frames: Frames) -> "torch.Tensor":
    import torch

    pixels = torch.from_numpy(frames[0].copy()).permute(2, 0, 1)[None].float() / 127.5 - 1
    with torch.no_grad():
        found = pipe.vae.encode(pixels.to(pipe.vae.device, pipe.vae.dtype)).latent_dist.mode()
    scaled: torch.Tensor = found * pipe.vae.config.scaling_factor
    return scaled[0].float()


def _text(pipe: Any, caption: str) -> "Mapping[str, torch.Tensor]":
    import torch

    with torch.no_grad():
        sequence, _, pooled, _ = pipe.encode_prompt(
            caption, device=pipe.text_encoder.device, do_classifier_free_guidance=False
        )
    return lesson.unbatched(sequence=sequence, pooled=pooled)


FAMILY = Family(load, encoders, check, targets, SdxlLora, lambda pipe, task: pipe.unet)
