"""Train a LoRA for Wan 2.1 and 2.2 on a frozen dataset of videos, of pictures, or of both.

In: a Material, the pipeline's folder, a LoraShape.      Out: a Lesson for the training loop; the trained factors.
The loss is a rectified flow over the noise levels that the trained part sees: of two experts, one sees those from
the boundary up, and the other those below it; each gets a LoRA of its own. A model that is given its first frame
gets it here as in its pipeline: beside the noise (A14B), or in its place (TI2V 5B).
A picture is a video of one frame. TI2V 5B then learns as from a text alone; A14B is shown the picture itself, and
learns little from it. Imports torch and diffusers when used.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from assets.errors import InputRefused, SetupMissing
from assets.matter import Still
from assets.sheets.dataset import Manifest
from models import libraries
from models.diffusion import loading, pictures
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

KINDS = ("WanPipeline", "WanImageToVideoPipeline")
READS = 512  # tokens of a caption
STEPS = 1000  # times of the noise schedule
SHEET_STEPS, SHEET_FRAMES = 16, 3


@dataclass(frozen=True)
class Form:
    """What one form of Wan is given, and how it is trained.

    first     how the first frame is given: not at all, beside the noise, or in the place of its noise
    boundary  sigma that parts the two experts; 0: there is one
    shift     of the noise levels, as in musubi-tuner 0.3.4
    rate      frames per second
    """

    first: Literal["none", "beside", "in place"]
    boundary: float
    shift: float
    rate: int


class WanLora:
    """Lesson of models/training/loop.py."""

    network: "torch.nn.Module"

    def __init__(self, pipe: Any, material: Material, task: Task) -> None:
        self._pipe, self._material, self._task = pipe, material, task
        self._form = form(pipe)
        self._between = between(self._form, task)
        self.order = Order(material.manifest, task.batch)
        self.network = part(pipe, task)
        self.trained = inject(self.network, task.shape, seed=task.seed)
        if task.checkpointing:
            self._part.enable_gradient_checkpointing()

    def compile(self) -> None:
        self._part.compile_repeated_blocks()

    def loss(self, step: int, rng: "torch.Generator", device: "torch.device") -> "torch.Tensor":
        import torch

        showings = self.order.at(step)
        whole = lesson.latents(self._material, showings).to(device)
        depth = self._pipe.vae.config.z_dim
        clean, given = whole[:, :depth], whole[:, depth:]
        noised = losses.flowed(clean, rng, shift=self._form.shift, between=self._between)
        times = noised.times * STEPS
        # The first frame in the place of its noise: one frame alone would be all that there is.
        known = self._form.first == "in place" and clean.shape[2] > 1
        if known:
            noised.latents[:, :, 0] = clean[:, :, 0]
            times = _of_tokens(times, clean)
        found = self.network(
            hidden_states=torch.cat([noised.latents, given], 1),
            timestep=times,
            encoder_hidden_states=lesson.texts(self._material, showings, "sequence").to(clean),
            return_dict=False,
        )[0]
        if known:
            found, noised = found[:, :, 1:], replace(noised, wanted=noised.wanted[:, :, 1:])
        return lesson.mean(losses.weighed(found, noised), showings, self._material.manifest, self._task.prior)

    def sheet(self, network: "torch.nn.Module") -> Still:
        """First, middle and last frame for each prompt of the task, with the same seeds every time."""
        rows = []
        for number, prompt in enumerate(self._task.prompts or (self.order.at(0)[0].caption,)):
            made = self._sampled(prompt, number % len(self._material.manifest.works), "np")
            chosen = np.linspace(0, len(made) - 1, min(SHEET_FRAMES, len(made))).round().astype(int)
            rows.append(np.concatenate([(made[frame] * 255).round().astype(np.uint8) for frame in chosen], 1))
        return np.ascontiguousarray(np.concatenate(rows, 0))

    def _sampled(self, prompt: str, work: int, output: str) -> Any:
        """A clip like the work of that number: of its size and length, from its first frame where the form has one."""
        each = self._material.manifest.works[work]
        pipe, given = self._pipe, {}
        if self._form.first == "none" or (self._form.first == "in place" and each.frames == 1):
            parts = {name: part for name, part in pipe.components.items() if not name.startswith("image_")}
            pipe = libraries.diffusers().WanPipeline(
                **parts, **{name: pipe.config[name] for name in ("boundary_ratio", "expand_timesteps")}
            )
            pipe.set_progress_bar_config(disable=True)
        else:
            given = {"image": pictures.pil(self._material.frames(work)[0])}
        return pipe(
            **given,
            prompt_embeds=self._material.text(prompt)["sequence"][None].to(pipe.transformer.device),
            width=each.bucket[0],
            height=each.bucket[1],
            num_frames=each.frames,
            num_inference_steps=SHEET_STEPS,
            guidance_scale=1.0,
            generator=generator(self._task.seed + work),
            output_type=output,
        ).frames[0]

    def factors(self) -> dict[str, Factors]:
        return factors(self.network, "transformer")

    def about(self) -> dict[str, str]:
        """The expert, and the times of the noise schedule that it sees, both included."""
        if not self._task.expert:
            return {}
        low, high = (round(end * STEPS) for end in self._between)
        return {"sakuga.expert": self._task.expert, "modelspec.timestep_range": f"{low},{high - 1}"}

    @property
    def _part(self) -> Any:
        return self.network


def form(pipe: Any) -> Form:
    """What the weights are.

    raises  SetupMissing for a form that is not trained here
    """
    depth, taken = pipe.vae.config.z_dim, pipe.transformer.config.in_channels
    if getattr(pipe.transformer.config, "image_dim", None) or taken not in (depth, 2 * depth + 4):
        raise SetupMissing(
            "LoRAs are trained for forms of Wan that see a text, or a text and a first frame: T2V, I2V A14B and TI2V "
            "5B. These weights have an image encoder or other channels. Choose such a form."
        )
    boundary = float(pipe.config.boundary_ratio or 0)
    if pipe.config.expand_timesteps:
        return Form("in place", boundary, 5.0, 24)
    return (
        Form("none", boundary, 12.0 if boundary else 3.0, 16)
        if taken == depth
        else Form("beside", boundary, 5.0, 16)
    )


def between(of: Form, task: Task) -> tuple[float, float]:
    """The range of sigma that the trained part sees.

    raises  InputRefused if the expert is not said for two, or said for one
    """
    if bool(of.boundary) != bool(task.expert):
        raise InputRefused(
            "This model has two experts, and each gets a LoRA of its own: train twice, with --expert high and "
            "--expert low."
            if of.boundary
            else f"This model has one expert; --expert {task.expert} is for Wan 2.2 A14B. Leave it out."
        )
    if not task.expert:
        return 0.0, 1.0
    return (of.boundary, 1.0) if task.expert == "high" else (0.0, of.boundary)


def part(pipe: Any, task: Task) -> Any:
    """The network that is trained.

    raises  InputRefused if the expert is not said for two, or said for one
    """
    between(form(pipe), task)
    return pipe.transformer_2 if task.expert == "low" else pipe.transformer


def load(folder: Path, device: str) -> Any:
    """The pipeline, still in main memory; the VAE in float32."""
    index = folder / loading.INDEX
    kind = json.loads(index.read_text("utf-8")).get("_class_name") if index.is_file() else None
    if kind not in KINDS:
        raise SetupMissing(
            f"{folder} holds {kind or 'no pipeline'}; LoRAs of wan are trained on {' or '.join(KINDS)}."
        )
    return loading.load(folder, kind, device=device, options=DiffusionOptions())


def encoders(pipe: Any, folder: Path) -> Encoders:
    """How videos and captions are encoded, identified by the weights that do it and by the form."""
    of = form(pipe)
    return Encoders(
        latent=lambda frames: _latent(pipe, of, frames),
        latent_identity=f"{lesson.identity(folder, 'vae')} {of.first}",
        text=lambda caption: _text(pipe, caption),
        text_identity=lesson.identity(folder, "text_encoder"),
    )


def check(pipe: Any, manifest: Manifest) -> None:
    """Refuse captions that the text encoder would cut, sides off the grid, and another rate than the model's."""
    of, clips = form(pipe), manifest.showing.clips
    if clips and clips.rate != of.rate:
        raise InputRefused(
            f"The videos of {manifest.name} are shown at {clips.rate} frames per second; this model is made for "
            f"{of.rate}, and would learn another speed. Freeze the dataset again with --set clips.rate={of.rate}."
        )
    lesson.check_captions(manifest, lambda caption: len(pipe.tokenizer(caption).input_ids), READS)
    lesson.check_sides(manifest, pipe.vae_scale_factor_spatial * pipe.transformer.config.patch_size[1])


def targets(pipe: Any) -> tuple[str, ...]:
    """Attention and feed-forward layers: readers of other trainers fail on a LoRA of the attention alone."""
    return (*ATTENTION, "ffn.net.0.proj", "ffn.net.2")


def _latent(pipe: Any, of: Form, frames: Frames) -> "torch.Tensor":
    """(C, t, h, w) normalised; for a first frame beside the noise its mask and its latents are more channels."""
    import torch

    pixels = torch.from_numpy(frames.copy()).permute(3, 0, 1, 2)[None].float() / 127.5 - 1
    clean = _encoded(pipe, pixels)
    if of.first != "beside":
        return clean[0]
    alone = torch.zeros_like(pixels)
    alone[:, :, :1] = pixels[:, :, :1]
    mask = torch.zeros(1, pipe.vae_scale_factor_temporal, *clean.shape[2:])
    mask[:, :, 0] = 1
    return torch.cat([clean, mask, _encoded(pipe, alone)], 1)[0]


def _encoded(pipe: Any, pixels: "torch.Tensor") -> "torch.Tensor":
    import torch

    config = pipe.vae.config
    means, deviations = (
        torch.tensor(values).view(1, config.z_dim, 1, 1, 1)
        for values in (config.latents_mean, config.latents_std)
    )
    with torch.no_grad():
        found = pipe.vae.encode(pixels.to(pipe.vae.device, pipe.vae.dtype)).latent_dist.mode()
    normalised: torch.Tensor = (found.float().cpu() - means) / deviations
    return normalised


def _of_tokens(times: "torch.Tensor", clean: "torch.Tensor") -> "torch.Tensor":
    """(n, tokens) times; 0 for those of the first frame, which has no noise."""
    import torch

    frames, tokens = clean.shape[2], clean.shape[3] // 2 * (clean.shape[4] // 2)
    noisy = torch.ones(frames, tokens).to(clean)
    noisy[0] = 0
    return times[:, None] * noisy.flatten()[None]


def _text(pipe: Any, caption: str) -> "Mapping[str, torch.Tensor]":
    import torch

    with torch.no_grad():
        found = pipe.encode_prompt(
            caption,
            do_classifier_free_guidance=False,
            max_sequence_length=READS,
            device=pipe.text_encoder.device,
        )[0]
    return lesson.unbatched(sequence=found)


FAMILY = Family(load, encoders, check, targets, WanLora, part)
