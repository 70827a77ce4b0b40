"""What the lessons of all model families share: the task, its batches, and what is refused before anything is encoded.

In: a Manifest and a Material.      Out: stacked latents and texts of a step, shares of works, refusals.
Imports torch when used.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from assets.errors import InputRefused
from assets.hashing import digest
from assets.sheets.bible import Expert
from assets.sheets.dataset import Manifest
from models.lora.factors import Factors
from models.sealed import sha256
from models.training import losses
from models.training.loop import Lesson
from models.training.lora import LoraShape
from models.training.material import Encoders, Material
from models.training.order import Order, Showing

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class Task:
    """What is trained, and how.

    gamma     min-SNR; 0: every noise level counts the same. Flow models have none
    prior     weight of the works that show the class and not the subject (prior preservation, arXiv 2208.12242)
    prompts   for the validation sheets
    checkpointing  less memory, a fifth slower: the network computes its middle values twice
    expert    which of two experts is trained, for a model that has two
    """

    shape: LoraShape
    batch: int = 1
    gamma: float = losses.GAMMA
    prior: float = 1.0
    prompts: tuple[str, ...] = ()
    checkpointing: bool = False
    seed: int = 0
    expert: Expert = ""


class LoraLesson(Lesson, Protocol):
    """A lesson of which a LoRA is exported."""

    order: Order

    def factors(self) -> dict[str, Factors]:
        """The trained factors, named as diffusers names the modules."""
        ...

    def about(self) -> dict[str, str]:
        """Header fields that say for which part of the base the LoRA is."""
        ...


@dataclass(frozen=True)
class Family:
    """How LoRAs of one family of models are trained.

    load      base folder, device -> pipeline
    encoders  pipeline, base folder -> how works and captions are encoded
    check     refuses works and captions that the model cannot be shown
    targets   pipeline -> ends of the names of the modules that get factors
    lesson    pipeline, material, task -> lesson
    network   pipeline, task -> the network that gets factors
    readers   parts of the pipeline that only encode captions
    """

    load: Callable[[Path, str], Any]
    encoders: Callable[[Any, Path], Encoders]
    check: Callable[[Any, Manifest], None]
    targets: Callable[[Any], tuple[str, ...]]
    lesson: Callable[[Any, Material, Task], LoraLesson]
    network: Callable[[Any, Task], "torch.nn.Module"]
    readers: tuple[str, ...] = ("text_encoder", "text_encoder_2")


def latents(material: Material, showings: Sequence[Showing]) -> "torch.Tensor":
    """(n, …) of one batch."""
    import torch

    return torch.stack([material.latent(each.work, mirrored=each.mirrored) for each in showings])


def texts(material: Material, showings: Sequence[Showing], name: str) -> "torch.Tensor":
    """(n, …) the tensor ``name`` of each caption."""
    import torch

    return torch.stack([material.text(each.caption)[name] for each in showings])


def mean(
    each: "torch.Tensor", showings: Iterable[Showing], manifest: Manifest, prior: float
) -> "torch.Tensor":
    """One loss of (n,) losses; works that preserve the prior count ``prior``."""
    shares = [prior if manifest.works[one.work].work.prior else 1.0 for one in showings]
    return (each * each.new_tensor(shares)).mean()


def check_captions(manifest: Manifest, count: Callable[[str], int], longest: int) -> None:
    """Refuse captions that the text encoder would cut: what is cut is not learnt, and nobody notices.

    raises  InputRefused with the works and the number of tokens
    """
    order = Order(manifest, 1)
    cut = [
        f"{each.work.file} ({tokens} tokens)"
        for number, each in enumerate(manifest.works)
        if (tokens := count(order.longest_caption(number))) > longest
    ]
    if cut:
        raise InputRefused(
            f"The captions of {len(cut)} works are longer than the {longest} tokens this model reads: "
            f"{', '.join(cut[:8])}. Shorten them."
        )


def check_stills(manifest: Manifest, family: str) -> None:
    """Refuse videos for a model of pictures."""
    moving = [each.work.file for each in manifest.works if each.excerpt]
    if moving:
        raise InputRefused(
            f"{family} is a model of pictures, and the dataset {manifest.name} holds {len(moving)} parts of videos, "
            f"such as {moving[0]}. Train wan on them, or freeze the pictures alone."
        )


def check_sides(manifest: Manifest, step: int) -> None:
    """Refuse buckets that are not on the model's grid: the pipeline would cut them to it."""
    wrong = [each for each in manifest.works if each.bucket[0] % step or each.bucket[1] % step]
    if wrong:
        width, height = wrong[0].bucket
        raise InputRefused(
            f"{len(wrong)} works are shown in sizes this model cannot take, such as {wrong[0].work.file} in "
            f"{width}x{height}; sides are multiples of {step}. Freeze the dataset again with --bucket-step {step}."
        )


def identity(folder: Path, *parts: str) -> str:
    """The hash of the weights of some parts of a pipeline."""
    return digest(
        {part: [sha256(path) for path in sorted((folder / part).glob("*.safetensors"))] for part in parts}
    )


def unbatched(**tensors: "torch.Tensor") -> Mapping[str, "torch.Tensor"]:
    """Each tensor of one caption, without the batch axis, in float32."""
    return {name: tensor[0].float() for name, tensor in tensors.items()}
