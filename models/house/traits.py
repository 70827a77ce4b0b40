"""The trait judge: it reads place, time and framing from a whole picture.

In: pictures.      Out: per trait the likelihood of every word; how well a cut is recognised in a picture.
A stock ResNet trained on the rig's own renders; people.py reads people. Its features are also used to measure the
distance between sets of pictures (Heusel et al., NeurIPS 2017).
Imports torch when used.
"""

from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from assets.matter import Still
from models.cel.sampling import caption, parse_caption, vocabulary
from models.house import reader, scenes, weights
from models.ports import Shot

if TYPE_CHECKING:
    import torch

SCENE = ("place", "time", "size")
SIZE = (256, 144)
BATCH = 24


def words() -> dict[str, tuple[str, ...]]:
    """Each trait with its possible words, in the order of the network's outputs."""
    return {trait: vocabulary()[trait] for trait in SCENE}


def build() -> Any:
    """A new network of this judge."""
    return reader.build(words(), channels=3, widths=(24, 48, 96, 192))


def said(text: str) -> dict[str, int]:
    """The scene's traits in a caption, as the numbers of their words."""
    scene = parse_caption(text)[0]
    return {trait: words()[trait].index(scene[trait]) for trait in SCENE}


class TraitJudge:
    """Reads traits. Not a port: its result is only used to choose and to measure."""

    def __init__(self, network: Any) -> None:
        self._network = network.eval()

    @classmethod
    def load(cls, device: str, *, library: Path = weights.LIBRARY) -> Self:
        return cls(reader.load("traits", device, library))

    def read(self, pictures: NDArray[np.uint8]) -> dict[str, NDArray[np.float32]]:
        """(n, h, w, 3) pictures: per trait (n, words) log-likelihoods."""
        return reader.read(self._network, _small(pictures), words())

    def features(self, pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
        """(n, 192): the input of the last layer, for distances between sets."""
        import torch

        with torch.no_grad():
            seen = self._network.resnet(_small(pictures).to(self._network.device)).pooler_output
        return np.asarray(seen.flatten(1).cpu().numpy(), np.float32)

    def likely(self, picture: Still, shot: Shot) -> list[float]:
        """Log-likelihoods of the traits of the shot; nearer 0 is easier to recognise."""
        read = self.read(picture[None])
        return [float(read[trait][0, word]) for trait, word in said(caption(shot)).items()]


class Recognise:
    """Training task: name the traits of a render. Half of the pictures are mirrored; no trait depends on the side."""

    def __init__(self, folder: Path, *, cached: int = 64) -> None:
        self.network: torch.nn.Module = build()
        self._files, self._cached = scenes.shards(folder), cached
        self._held: OrderedDict[Path, list[tuple[Still, Mapping[str, int]]]] = OrderedDict()

    def compile(self) -> None:
        self.network.compile()

    def loss(self, step: int, rng: "torch.Generator", device: "torch.device") -> "torch.Tensor":
        import torch

        chance = np.random.default_rng([13, step])
        shard = self._shard(self._files[(step // 8 * 31 + step % 4) % len(self._files)])
        drawn = [shard[number] for number in chance.integers(len(shard), size=BATCH)]
        pictures = np.stack([one[:, :: chance.choice((-1, 1))] for one, _ in drawn])
        network: Any = self.network
        wanted = torch.tensor([[said_of[trait] for trait in SCENE] for _, said_of in drawn], device=device)
        return reader.loss(network(_small(pictures).to(device)).logits, wanted, words())

    def sheet(self, network: "torch.nn.Module") -> Still:
        """The pictures of one shard that it reads worst, best first."""
        judge = TraitJudge(network)
        shard = self._shard(self._files[-1])
        pictures = np.stack([one for one, _ in shard[:48]])
        read = judge.read(pictures)
        scores = [
            np.mean([read[trait][n, word] for trait, word in said_of.items()])
            for n, (_, said_of) in enumerate(shard[:48])
        ]
        order = np.argsort(scores)[::-1]
        rows = [np.concatenate(list(pictures[order[n : n + 8]]), 1) for n in range(0, 48, 8)]
        return np.ascontiguousarray(np.concatenate(rows, 0))

    def _shard(self, path: Path) -> list[tuple[Still, Mapping[str, int]]]:
        import cv2

        if path not in self._held:
            found: list[tuple[Still, Mapping[str, int]]] = []
            for scene in scenes.read_shard(path):
                known = said(scene.caption)
                for picture in scene.pictures[[0, -1]]:
                    small: Still = cv2.resize(picture, SIZE, interpolation=cv2.INTER_AREA)
                    found.append((small, known))
            self._held[path] = found
            while len(self._held) > self._cached:
                self._held.popitem(last=False)
        return self._held[path]


def _small(pictures: NDArray[np.uint8]) -> "torch.Tensor":
    """(n, 3, 144, 256) in -1..1."""
    import cv2

    fitted = [cv2.resize(np.ascontiguousarray(one), SIZE, interpolation=cv2.INTER_AREA) for one in pictures]
    return reader.planes(np.stack(fitted))
