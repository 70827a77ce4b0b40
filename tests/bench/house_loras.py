"""LoRAs of the house painter, measured on cuts they have not seen; and the drawings they are trained on.

python -m tests.bench.house_loras draw FOLDER        24 drawings by the print hand, 72 of Kon; then, for each of them:
    sakuga dataset add FOLDER/print --name print --creator "Sakuga authors" --licence Apache-2.0 \
        --set resolution=768 --set flip=true
    sakuga dataset freeze FOLDER/print --out PROJECT
    sakuga train print --family house --name print --steps 500 --out PROJECT
    sakuga train kon --family house --name kon --rank 16 --alpha 16 --rate 2e-3 --batch 2 --steps 5000 --out PROJECT
python -m tests.bench.house_loras style FILE SHEET.png       distances of panels to held-out drawings of the hand
python -m tests.bench.house_loras character FILE SHEET.png   how much of Kon's ears is painted, by shot size
python -m tests.bench.house_loras both STYLE KON MERGED SHEET.png        near cuts of Kon with each and with all
python -m tests.bench.house_loras places STYLE SHEET.png     every place of the grammar in the hand

The distance is the Frechet distance of the features of the trait judge (192 numbers of a whole picture), between two
sets of COUNT pictures of different cuts. Readings are the shares of traits that the judges read as the cut says.
"""

import os
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

import cv2
import numpy as np

from assets.matter import Still
from assets.sheets.bible import Place
from models.cel.sampling import vocabulary
from models.house import brush, measure, people, words
from models.house.brush import Brush
from models.house.judge import Judge
from models.house.loras import BrushWithLoras
from models.house.painter import COLUMNS, STEPS, STRENGTH
from models.ports import LoraWeights, Shot
from models.sealed import sha256
from tests.bench.hands import drawings, fox, print_hand

COUNT = int(
    os.environ.get("COUNT", "16")
)  # more is steadier: COUNT=96 takes a quarter of an hour on an idle core
SHOWN = 4


def main(task: str, *given: str) -> None:
    {"draw": draw, "style": style, "character": character, "both": both, "places": places}[task](
        *(Path(one) for one in given)
    )


def draw(folder: Path) -> None:
    drawings.write(folder / "print", drawings.of_print(drawings.TAUGHT, 24))
    drawings.write(folder / "kon", drawings.of_kon(fox.TAUGHT, 72))


def worn(path: Path, strength: float = 1.0, subject: str = "") -> LoraWeights:
    return LoraWeights(path, sha256(path), strength, "", subject=subject)


class Painting:
    """Panels of one candidate, without choosing, at the size of the decoder."""

    def __init__(self) -> None:
        self.brush = Brush.load("cpu")
        self._brush_with_loras = BrushWithLoras(self.brush)

    def of(self, shot: Shot, rough: Still, *loras: LoraWeights, heads=None) -> Still:
        found = self._brush_with_loras.dream(
            replace(shot, loras=loras),
            heads or {},
            cv2.resize(rough, (512, 288), interpolation=cv2.INTER_AREA),
            brush.Painting(words.prompt(shot), COLUMNS, STEPS, STRENGTH),
            seeds=[7],
        )
        return self.brush.shown(next(found))[0]

    def palette_alone(self, rough: Still, lora: LoraWeights) -> Still:
        return self._brush_with_loras._painting.wear([lora]).put_on(rough)

    def decoded(self, picture: Still) -> Still:
        return self.brush.shown(self.brush.code(picture))[0]


def style(file: Path, sheet: Path) -> None:
    painting, judge, lora = Painting(), Judge.load("cpu"), worn(file)
    cuts = list(drawings.shots(drawings.UNSEEN, COUNT))
    others = [
        print_hand.redrawn(drawings.rough(shot, seed))
        for seed, shot in drawings.shots(drawings.OTHERS, COUNT)
    ]
    roughs = [drawings.rough(shot, seed) for seed, shot in cuts]
    hand = [print_hand.redrawn(one) for one in roughs]
    sets = {
        "rig": roughs,
        "base painter": [painting.of(shot, one) for (_, shot), one in zip(cuts, roughs, strict=True)],
        "palette alone": [painting.palette_alone(one, lora) for one in roughs],
        "LoRA": [painting.of(shot, one, lora) for (_, shot), one in zip(cuts, roughs, strict=True)],
        "hand through the autoencoder alone": [painting.decoded(one) for one in hand],
        "hand": hand,
    }
    wanted = judge.scene.features(np.stack(others))
    shots = [shot for _, shot in cuts]
    heads = [people.spots_of(fox.drawn(shot, seed)[1], drawings.SIZE[1]) for seed, shot in cuts]
    for name, pictures in sets.items():
        apart = measure.distance(judge.scene.features(np.stack(pictures)), wanted)
        own = np.mean([_apart(one, other) for one, other in zip(pictures, hand, strict=True)])
        read = measure.accuracy(judge.scene, pictures, shots) | measure.recognised(
            judge.people, pictures, shots, heads
        )
        told = ", ".join(f"{trait} {np.mean(hits):.2f}" for trait, hits in read.items() if hits)
        print(f"{name}: distance {apart:.2f}; difference to its own drawing {own:.1f} of 255; read: {told}")
    _sheet(sheet, [[sets[name][n] for name in ("rig", "base painter", "LoRA", "hand")] for n in range(SHOWN)])


def character(file: Path, sheet: Path) -> None:
    """Share of the ears: 1 - difference to the drawing with ears / difference of the base painter's panel to it."""
    painting, lora = Painting(), worn(file, subject="kon")
    shares, elsewhere, rows = defaultdict(list), [], []
    for number, (seed, shot) in enumerate(fox.shots(fox.UNSEEN, COUNT // 3)):
        rough, found = fox.drawn(shot, seed)
        heads = people.spots_of(found, drawings.SIZE[1])
        goal = painting.decoded(fox.with_ears(rough, found["kon"]))
        base, ours = painting.of(shot, rough), painting.of(shot, rough, lora, heads=heads)
        there = np.abs(fox.with_ears(rough, found["kon"]).astype(int) - rough).max(axis=2) > 24
        before, after = (np.abs(one[there].astype(int) - goal[there]).mean() for one in (base, ours))
        shares[shot.cut.size].append(1 - after / before)
        elsewhere.append(np.abs(ours[~there].astype(int) - base[~there]).mean())
        if number < SHOWN:
            rows.append([rough, base, ours, goal])
    for size, found in shares.items():
        print(f"{size}: {np.mean(found):.2f} of the ears, {min(found):.2f} at least, in {len(found)} cuts")
    print(f"elsewhere: a difference of {np.mean(elsewhere):.1f} of 255 to the base painter's panel")
    _sheet(sheet, rows)


def both(style: Path, kon: Path, merged: Path, sheet: Path) -> None:
    """Kon's near cuts: by the base, with the style, with Kon's own, with both, with both merged into one file."""
    painting, rows = Painting(), []
    near = (each for each in fox.shots(fox.UNSEEN, 1000) if each[1].cut.size in ("close", "medium_close"))
    for seed, shot in islice(near, SHOWN):
        rough, found = fox.drawn(shot, seed)
        heads = people.spots_of(found, drawings.SIZE[1])
        choices = (
            [],
            [worn(style)],
            [worn(kon, subject="kon")],
            [worn(style), worn(kon, subject="kon")],
            [worn(merged)],
        )
        rows.append([painting.of(shot, rough, *loras, heads=heads) for loras in choices])
    _sheet(sheet, rows)


def places(style: Path, sheet: Path) -> None:
    """One picture of every place, by the base painter and in the hand; and how far each is from the hand's own."""
    painting, lora = Painting(), worn(style)
    taught = {shot.place.kind for _, shot in drawings.shots(drawings.TAUGHT, 24)}
    seen, cells = defaultdict(list), []
    for seed, shot in _everywhere():
        rough = drawings.rough(shot, seed)
        base, ours, hand = painting.of(shot, rough), painting.of(shot, rough, lora), print_hand.redrawn(rough)
        seen[shot.place.kind in taught].append((_apart(base, hand), _apart(ours, hand)))
        cells += [base, ours]
    for there, found in seen.items():
        before, after = np.mean(found, axis=0)
        name = "in the 24 drawings" if there else "in none of them"
        print(
            f"{len(found)} places {name}: difference to the hand {before:.1f} (base), {after:.1f} (LoRA), of 255"
        )
    _sheet(sheet, [cells[start : start + 8] for start in range(0, len(cells) // 8 * 8, 8)], share=4)


def _everywhere() -> Iterator[tuple[int, Shot]]:
    """A long shot at every place of the grammar."""
    for number, kind in enumerate(vocabulary()["place"]):
        seed = drawings.UNSEEN + 5000 + number
        shot = next(drawings.shots(seed, 1))[1]
        place = Place(id=shot.place.id, names=shot.place.names, kind=kind, variant=number % 8)
        yield seed, replace(shot, place=place, cut=shot.cut.model_copy(update={"size": "full"}))


def _apart(one: Still, other: Still) -> float:
    """Mean difference of two pictures, seen small: what the eye takes for their colours and masses."""
    small = [cv2.resize(each, (128, 72), interpolation=cv2.INTER_AREA).astype(int) for each in (one, other)]
    return float(np.abs(small[0] - small[1]).mean())


def _sheet(path: Path, rows: Sequence[Sequence[Still]], *, share: int = 2) -> None:
    whole = np.concatenate(
        [np.concatenate([cv2.resize(one, (1024 // share, 576 // share)) for one in row], 1) for row in rows],
        0,
    )
    cv2.imwrite(str(path), cv2.cvtColor(whole, cv2.COLOR_RGB2BGR))


if __name__ == "__main__":
    main(*sys.argv[1:])
