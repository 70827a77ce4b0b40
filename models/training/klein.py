"""Train a LoRA for FLUX.2 klein on a frozen dataset.

In: a Material, the pipeline's folder, a LoraShape.      Out: a Lesson for the training loop; the trained factors.
The loss is a rectified flow with a logit-normal noise level, as in the model's own training scripts (diffusers 0.42,
train_dreambooth_lora_flux2_klein). A LoRA trained on the base model also works on the distilled one; training the
distilled one itself slowly undoes its distillation. Imports torch and diffusers when used.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from assets.matter import Still
from assets.sheets.dataset import Manifest
from models.diffusion import chat, loading
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

KIND = "Flux2KleinPipeline"
READS = 512  # tokens of a caption
GRID = 16
SHEET_STEPS, DISTILLED_STEPS, GUIDANCE = 16, 4, 4.0


class KleinLora:
    """Lesson of models/training/loop.py."""

    network: "torch.nn.Module"

    def __init__(self, pipe: Any, material: Material, task: Task) -> None:
        self._pipe, self._material, self._task = pipe, material, task
        self.order = Order(material.manifest, task.batch)
        self.network = pipe.transformer
        self.trained = inject(self.network, task.shape, seed=task.seed)
        if task.checkpointing:
            pipe.transformer.enable_gradient_checkpointing()

    def compile(self) -> None:
        self._pipe.transformer.compile_repeated_blocks()

    def loss(self, step: int, rng: "torch.Generator", device: "torch.device") -> "torch.Tensor":
        showings = self.order.at(step)
        clean = lesson.latents(self._material, showings).to(device)
        text = lesson.texts(self._material, showings, "sequence").to(clean)
        noised = losses.flowed(clean, rng)
        found = self.network(
            hidden_states=self._pipe._pack_latents(noised.latents),
            timestep=noised.times,
            guidance=None,
            encoder_hidden_states=text,
            txt_ids=self._pipe._prepare_text_ids(text).to(device),
            img_ids=self._pipe._prepare_latent_ids(clean).to(device),
            return_dict=False,
        )[0]
        flat = found.transpose(1, 2).reshape(clean.shape)
        return lesson.mean(losses.weighed(flat, noised), showings, self._material.manifest, self._task.prior)

    def sheet(self, network: "torch.nn.Module") -> Still:
        """One picture for each prompt of the task, with the same seeds every time, side by side."""
        rows = []
        for number, prompt in enumerate(self._task.prompts or (self.order.at(0)[0].caption,)):
            made = self._sampled(prompt, number, "np")
            rows.append((made * 255).round().astype(np.uint8))
        return np.ascontiguousarray(np.concatenate(rows, 1))

    def _sampled(self, prompt: str, number: int, output: str) -> Any:
        width, height = self._material.manifest.works[0].bucket
        distilled = bool(self._pipe.config.is_distilled)
        return self._pipe(
            prompt_embeds=self._material.text(prompt)["sequence"][None],
            negative_prompt_embeds=None if distilled else self._material.text("")["sequence"][None],
            width=width,
            height=height,
            num_inference_steps=DISTILLED_STEPS if distilled else SHEET_STEPS,
            guidance_scale=1.0 if distilled else GUIDANCE,
            generator=generator(self._task.seed + number),
            output_type=output,
        ).images[0]

    def factors(self) -> dict[str, Factors]:
        return factors(self.network, "transformer")

    def about(self) -> dict[str, str]:
        return {}


def load(folder: Path, device: str) -> Any:
    """The pipeline, still in main memory; the VAE in float32."""
    return loading.load(folder, KIND, device=device, options=DiffusionOptions())


def encoders(pipe: Any, folder: Path) -> Encoders:
    """How pictures and captions are encoded, identified by the weights that do it."""
    return Encoders(
        latent=lambda frames: _latent(pipe, frames),
        latent_identity=lesson.identity(folder, "vae"),
        text=lambda caption: _text(pipe, caption),
        text_identity=lesson.identity(folder, "text_encoder"),
    )


def check(pipe: Any, manifest: Manifest) -> None:
    """Refuse captions that the text encoder would cut, sides off the grid, and clips."""
    lesson.check_stills(manifest, "klein")
    lesson.check_captions(
        manifest, lambda caption: chat.count(pipe.tokenizer, caption, thinking=False), READS
    )
    lesson.check_sides(manifest, GRID)


def targets(pipe: Any) -> tuple[str, ...]:
    """The attention of all blocks; in the single blocks it is one layer together with the feed-forward part."""
    single = range(pipe.transformer.config.num_single_layers)
    ends = (f"single_transformer_blocks.{number}.attn.to_out" for number in single)
    return (*ATTENTION, "to_qkv_mlp_proj", *ends)


def _latent(pipe: Any, frames: Frames) -> "torch.Tensor":
    """(C, h, w) as the transformer takes it: 2 x 2 patches as channels, normalised by the VAE's statistics."""
    import torch

    pixels = torch.from_numpy(frames[0].copy()).permute(2, 0, 1)[None].float() / 127.5 - 1
    with torch.no_grad():
        found: torch.Tensor = pipe._encode_vae_image(pixels.to(pipe.vae.device, pipe.vae.dtype), None)
    return found[0].float()


def _text(pipe: Any, caption: str) -> "Mapping[str, torch.Tensor]":
    import torch

    with torch.no_grad():
        return lesson.unbatched(sequence=pipe.encode_prompt(caption, device=pipe.text_encoder.device)[0])


FAMILY = Family(load, encoders, check, targets, KleinLora, lambda pipe, task: pipe.transformer)
