"""The base of both judges: a stock ResNet whose outputs are the words of several traits.

In: pictures as planes.      Out: per trait the likelihood of every word; the loss of a training step.
The judges define the traits and the input. Imports torch and transformers when used.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from models.house import weights
from models.libraries import transformers

if TYPE_CHECKING:
    import torch

Words = Mapping[str, tuple[str, ...]]  # each trait with its possible words, in the order of the outputs
UNSEEN = -100  # instead of a word's number: the trait is not visible, and is neither trained nor read


def build(words: Words, *, channels: int, widths: tuple[int, ...]) -> Any:
    """A new ResNetForImageClassification for these words."""
    stock = transformers()
    config = stock.ResNetConfig(
        num_channels=channels,
        embedding_size=widths[0],
        hidden_sizes=list(widths),
        depths=[1] * len(widths),
        layer_type="basic",
        downsample_in_first_stage=False,
        num_labels=sum(len(known) for known in words.values()),
    )
    return stock.ResNetForImageClassification(config)


def load(name: str, device: str, library: Path) -> Any:
    """The network of a shipped judge. Raises SetupMissing where its weights are missing or damaged."""
    place = weights.folder(name, library)
    network = transformers().ResNetForImageClassification.from_pretrained(place, use_safetensors=True)
    return network.float().to(device)


def planes(shown: NDArray[np.uint8]) -> "torch.Tensor":
    """(n, h, w, channels) uint8 to (n, channels, h, w) in -1..1."""
    import torch

    return torch.from_numpy(np.ascontiguousarray(shown)).permute(0, 3, 1, 2).float() / 127.5 - 1


def read(network: Any, given: "torch.Tensor", words: Words) -> dict[str, NDArray[np.float32]]:
    """Per trait (n, words) log-likelihoods."""
    import torch

    with torch.no_grad():
        logits = network(given.to(network.device)).logits
    return {trait: part.log_softmax(1).cpu().numpy() for trait, part in _parts(logits, words).items()}


def loss(logits: "torch.Tensor", wanted: "torch.Tensor", words: Words) -> "torch.Tensor":
    """Mean cross entropy over traits; ``wanted`` (n, traits) holds numbers of words, or UNSEEN."""
    import torch
    from torch.nn.functional import cross_entropy

    found = torch.zeros((), device=logits.device)
    for number, part in enumerate(_parts(logits, words).values()):
        if bool((wanted[:, number] != UNSEEN).any()):
            found = found + cross_entropy(part, wanted[:, number], ignore_index=UNSEEN)
    return found / len(words)


def _parts(logits: "torch.Tensor", words: Words) -> "dict[str, torch.Tensor]":
    found, at = {}, 0
    for trait, known in words.items():
        found[trait] = logits[:, at : at + len(known)]
        at += len(known)
    return found
