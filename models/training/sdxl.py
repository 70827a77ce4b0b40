"""Train a LoRA for Stable Diffusion XL and its relatives on a frozen dataset.

In: a Material, the pipeline's folder, a LoraShape.      Out: a Lesson for the training loop; the trained factors.
Text encoders and VAE are used once for each picture and caption, then freed. Sizes and crops are given to the
network as SDXL was trained (arXiv 2307.01952). Imports torch and diffusers when used.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from assets.errors import InputRefused
from assets.hashing import digest
from assets.matter import Still
from assets.sheets.dataset import Manifest
from models.diffusion import loading
from models.diffusion.options import DiffusionOptions
from models.diffusion.seeds import generator
from models.house import door
from models.lora.factors import Factors
from models.sealed import sha256
from models.training import losses
from models.training.lora import LoraShape, factors, inject
from models.training.material import Encoders, Material
from models.training.order import Order

if TYPE_CHECKING:
    import torch

KIND = "StableDiffusionXLPipeline"
SHEET_STEPS = 12


@dataclass(frozen=True)
class Task:
    """What is trained, and how.

    gamma     min-SNR; 0: every noise level counts the same
    prompts   for the validation sheets
    checkpointing  less memory, a fifth slower: the network computes its middle values twice
    """

    shape: LoraShape
    batch: int = 1
    gamma: float = losses.GAMMA
    prompts: tuple[str, ...] = ()
    checkpointing: bool = False
    seed: int = 0


class SdxlLora:
    """Lesson of models/training/loop.py."""

    network: "torch.nn.Module"

    def __init__(self, pipe: Any, material: Material, task: Task) -> None:
        self._pipe, self._material, self._task = pipe, material, task
        self._order = Order(material.manifest, task.batch)
        self._noise = door.diffusers().DDPMScheduler.from_config(pipe.scheduler.config)
        self._check_noise()
        self.network = pipe.unet
        self.trained = inject(self.network, task.shape, seed=task.seed)
        if task.checkpointing:
            pipe.unet.enable_gradient_checkpointing()

    def compile(self) -> None:
        self._pipe.unet.compile_repeated_blocks()

    def loss(self, step: int, rng: "torch.Generator", device: "torch.device") -> "torch.Tensor":
        import torch

        showings = self._order.at(step)
        latents = [self._material.latent(each.work, mirrored=each.mirrored) for each in showings]
        texts = [self._material.text(each.caption) for each in showings]
        clean = torch.stack(latents).to(device)
        noised = losses.diffused(self._noise, clean, rng, gamma=self._task.gamma)
        sizes = torch.tensor([self._sizes(each.work) for each in showings], device=device, dtype=clean.dtype)
        found = self.network(
            noised.latents,
            noised.times,
            encoder_hidden_states=torch.stack([text["sequence"] for text in texts]).to(clean),
            added_cond_kwargs={
                "text_embeds": torch.stack([text["pooled"] for text in texts]).to(clean),
                "time_ids": sizes,
            },
        ).sample
        return losses.weighed(found, noised).mean()

    def sheet(self, network: "torch.nn.Module") -> Still:
        """One picture for each prompt of the task, with the same seeds every time, side by side."""
        size = self._material.manifest.works[0].bucket
        rows = []
        for number, prompt in enumerate(self._task.prompts or (self._order.at(0)[0].caption,)):
            texts = {name: tensor[None] for name, tensor in self._material.text(prompt).items()}
            made = self._pipe(
                prompt_embeds=texts["sequence"],
                pooled_prompt_embeds=texts["pooled"],
                negative_prompt_embeds=texts["sequence"] * 0,
                negative_pooled_prompt_embeds=texts["pooled"] * 0,
                width=size[0],
                height=size[1],
                num_inference_steps=SHEET_STEPS,
                guidance_scale=5.0,
                generator=generator(self._task.seed + number),
                output_type="np",
            )
            rows.append((made.images[0] * 255).round().astype(np.uint8))
        return np.ascontiguousarray(np.concatenate(rows, 1))

    def factors(self) -> dict[str, Factors]:
        """The trained factors, named as diffusers names the modules."""
        return factors(self.network, "unet")

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
    """The pipeline, text encoders and VAE in float32."""
    pipe = loading.load(folder, KIND, device=device, options=DiffusionOptions())
    return pipe.to(device)


def encoders(pipe: Any, folder: Path) -> Encoders:
    """How pictures and captions are encoded, identified by the weights that do it."""
    return Encoders(
        latent=lambda still: _latent(pipe, still),
        latent_identity=_identity(folder, "vae"),
        text=lambda caption: _text(pipe, caption),
        text_identity=_identity(folder, "text_encoder", "text_encoder_2"),
    )


def check_captions(pipe: Any, manifest: Manifest) -> None:
    """Refuse captions that the text encoders would cut: what is cut is not learnt, and nobody notices.

    raises  InputRefused with the works and the number of tokens
    """
    order = Order(manifest, 1)
    longest = pipe.tokenizer.model_max_length
    cut = [
        f"{each.work.file} ({count} tokens)"
        for number, each in enumerate(manifest.works)
        if (count := len(pipe.tokenizer(order.longest_caption(number)).input_ids)) > longest
    ]
    if cut:
        raise InputRefused(
            f"The captions of {len(cut)} works are longer than the {longest} tokens this model reads: "
            f"{', '.join(cut[:8])}. Shorten them."
        )


def _latent(pipe: Any, still: Still) -> "torch.Tensor":
    import torch

    pixels = torch.from_numpy(still.copy()).permute(2, 0, 1)[None].float() / 127.5 - 1
    with torch.no_grad():
        found = pipe.vae.encode(pixels.to(pipe.vae.device, pipe.vae.dtype)).latent_dist.mode()
    scaled: torch.Tensor = found * pipe.vae.config.scaling_factor
    return scaled[0].float()


def _text(pipe: Any, caption: str) -> Mapping[str, "torch.Tensor"]:
    import torch

    with torch.no_grad():
        sequence, _, pooled, _ = pipe.encode_prompt(caption, do_classifier_free_guidance=False)
    return {"sequence": sequence[0].float(), "pooled": pooled[0].float()}


def _identity(folder: Path, *parts: str) -> str:
    return digest(
        {part: [sha256(path) for path in sorted((folder / part).glob("*.safetensors"))] for part in parts}
    )
