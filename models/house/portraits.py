"""Training pictures of people: crops of shots that the cel rig draws, with the people's traits.

In: seeds.      Out: shards of crops on disk; a manifest; the training task of the judge of people.
A set takes ten times as long to draw as the people on it, so each is drawn with twelve casts, one after the other.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any, get_args

import numpy as np
from numpy.typing import NDArray

from assets import files
from assets.matter import Still
from assets.sheets.bible import Character
from assets.sheets.look import Expression
from models.cel.sampling import sample
from models.house import people, reader, scenes
from models.ports import Shot

if TYPE_CHECKING:
    import torch

FIRST = 2_000_000  # first seed of the sets
CASTS = 12
SHARD = 32  # sets in one file
RECIPE = 1  # increase when the same seed gives other pictures
BATCH = 32


@dataclass(frozen=True)
class Portraits:
    """People of one shard.

    crops   (n, 128, 128, 9) uint8
    labels  (n, 7), as ``people.labels``
    """

    crops: NDArray[np.uint8]
    labels: NDArray[np.int64]


def shot_of(seed: int) -> Shot:
    """The set of a seed, near enough to recognise people."""
    shot = scenes.shot_of(seed, scenes.LARGE)
    if shot.cut.size != "extreme_long":
        return shot
    return replace(shot, cut=shot.cut.model_copy(update={"size": Random(seed).choice(("medium", "close"))}))


def casts(shot: Shot, seed: int) -> Iterator[Shot]:
    """The same shot with other people of the same ages, in the same poses."""
    for number in range(CASTS):
        other = sample(seed * CASTS + number + 1, size=shot.size)
        faces = Random(seed * CASTS + number)
        looks = [member.look for member in other.cast] * 2
        members = tuple(
            Character(id=member.id, names=member.names, look=look.model_copy(update={"age": member.look.age}))
            for member, look in zip(shot.cast, looks, strict=False)
        )
        staged = tuple(
            one.model_copy(update={"expression": faces.choice(get_args(Expression))})
            for one in shot.cut.staged
        )
        yield replace(shot, cast=members, cut=shot.cut.model_copy(update={"staged": staged}))


def draw(seed: int) -> Portraits:
    """Everybody in the casts on the set of ``seed``."""
    from models.cel.shooting import Shooting

    shot = shot_of(seed)
    shooting = Shooting(shot, seed=seed, frames=49)
    shown: list[NDArray[np.uint8]] = []
    seen = []
    for other in casts(shot, seed):
        looks = {member.id: member.look for member in other.cast}
        shooting.recast(other.cut, [looks[one.character] for one in other.cut.staged])
        picture = shooting.still(0)
        spots = people.spots_of(shooting.people(0), picture.shape[0])
        for one in (one for one in other.cut.staged if one.character in spots):
            shown.append(people.crops(picture, spots[one.character]))
            seen.append(people.visible(looks[one.character], one, other.cut.size))
    return Portraits(
        np.stack(shown) if shown else np.zeros((0, people.SIDE, people.SIDE, people.CHANNELS), np.uint8),
        people.labels(seen),
    )


def write_shard(folder: Path, number: int, *, sets: int = SHARD) -> Path:
    """Draw ``sets`` sets; an existing shard is kept."""
    path = folder / f"scenes-{number:05d}.npz"
    if path.exists():
        return path
    found = [draw(FIRST + number * sets + one) for one in range(sets)]
    crops = np.concatenate([one.crops for one in found])
    blobs = [scenes.jpeg(_sheet(one)) for one in crops]
    folder.mkdir(parents=True, exist_ok=True)
    with files.replacing(path) as draft, draft.open("wb") as opened:
        np.savez(
            opened,
            data=np.frombuffer(b"".join(blobs), np.uint8),
            ends=np.cumsum([len(blob) for blob in blobs]),
            labels=np.concatenate([one.labels for one in found]),
            told=np.array(json.dumps({"recipe": RECIPE, "first": FIRST + number * sets, "sets": sets})),
        )
    return path


def read_shard(path: Path) -> Portraits:
    """The people of a shard."""
    with np.load(path, allow_pickle=False) as held:
        data, ends, labels = held["data"], held["ends"], held["labels"]
    starts = [0, *ends[:-1]]
    sheets = [scenes.picture(data[start:end]) for start, end in zip(starts, ends, strict=True)]
    return Portraits(
        np.stack([np.concatenate(np.split(one, len(people.CROPS), 1), 2) for one in sheets]), labels
    )


def manifest(folder: Path) -> dict[str, object]:
    """What the pictures are, and their hashes."""
    return scenes.manifest(folder) | {
        "what": "faces, heads and bodies cut out of pictures drawn by the cel rig of this repository, with traits",
        "recipe": {"version": RECIPE, "module": "models.house.portraits", "sets": SHARD, "casts": CASTS},
        "shots": len(scenes.shards(folder)) * SHARD * CASTS,
    }


class Recognise:
    """Training task: name the traits of a person. Half of the crops are mirrored; no trait depends on the side.

    Crops are moved, enlarged and blurred a little at random, because paint is softer than the rig's ink.
    """

    def __init__(self, folder: Path) -> None:
        self.network: torch.nn.Module = people.build()
        shards = [read_shard(path) for path in scenes.shards(folder)]
        self._crops = np.concatenate([one.crops for one in shards])
        self._labels = np.concatenate([one.labels for one in shards])

    def compile(self) -> None:
        self.network.compile()

    def loss(self, step: int, rng: "torch.Generator", device: "torch.device") -> "torch.Tensor":
        import torch

        chance = np.random.default_rng([19, step])
        drawn = chance.integers(len(self._crops), size=BATCH)
        shown = np.stack([_varied(self._crops[one], chance) for one in drawn])
        wanted = torch.from_numpy(self._labels[drawn]).to(device)
        network: Any = self.network
        return reader.loss(network(reader.planes(shown).to(device)).logits, wanted, people.words())

    def sheet(self, network: "torch.nn.Module") -> Still:
        """The last 48 heads with a visible trait, best recognised first."""
        chosen = np.flatnonzero((self._labels != reader.UNSEEN).any(1))[-48:]
        shown = self._crops[chosen]
        read = people.PeopleJudge(network).read(shown)
        scores = [
            np.mean(
                [read[trait][n, word] for trait, word in zip(people.TRAITS, row, strict=True) if word >= 0]
            )
            for n, row in enumerate(self._labels[chosen])
        ]
        order = np.argsort(scores)[::-1]
        rows = [np.concatenate(list(shown[order[n : n + 8], :, :, 3:6]), 1) for n in range(0, 48, 8)]
        return np.ascontiguousarray(np.concatenate(rows, 0))


def _sheet(crops: NDArray[np.uint8]) -> Still:
    """(128, 384, 3): the crops of one person in a row."""
    return np.ascontiguousarray(np.concatenate(np.split(crops, len(people.CROPS), 2), 1))


def _varied(crops: NDArray[np.uint8], chance: np.random.Generator) -> NDArray[np.uint8]:
    import cv2

    shown = crops[:, :: chance.choice((-1, 1))]
    right, down, larger = chance.uniform(-6, 6), chance.uniform(-6, 6), chance.uniform(0.92, 1.08)
    half = people.SIDE / 2
    moved = np.array(
        [[larger, 0, half - larger * half + right], [0, larger, half - larger * half + down]], np.float32
    )
    varied = cv2.warpAffine(
        np.ascontiguousarray(shown), moved, (people.SIDE, people.SIDE), borderMode=cv2.BORDER_REPLICATE
    )
    if chance.random() < 0.4:
        varied = cv2.GaussianBlur(varied, (0, 0), chance.uniform(0.4, 1.6))
    return np.asarray(varied, np.uint8)
