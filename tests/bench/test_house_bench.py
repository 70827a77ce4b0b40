"""The house models beside their references: read traits, distances, steadiness, seconds; measured, never judged."""

from dataclasses import replace
from time import perf_counter

import cv2
import numpy as np
import pytest

from assets import show
from assets.script import read
from models.cel.shooting import Shooting
from models.house import autoencoder, denoiser, measure, scenes, weights, words
from models.house.animator import HouseAnimator
from models.house.brush import Brush
from models.house.painter import STRENGTH, HousePainter
from models.house.traits import TraitJudge
from stages.breakdown import BreakdownOptions, break_down
from stages.shots import shot as resolved

SHOTS = 96
TAKES = 4

pytestmark = [
    pytest.mark.bench,
    pytest.mark.skipif(
        not weights.revisions("autoencoder", "painter", "traits"), reason="no house weights yet"
    ),
]


@pytest.fixture(scope="module")
def judge():
    return TraitJudge.load("cpu")


@pytest.fixture(scope="module")
def brush():
    return Brush.load("cpu")


@pytest.fixture(scope="module")
def shots():
    return measure.held_out(SHOTS)


@pytest.fixture(scope="module")
def renders(shots):
    return [Shooting(shot, seed=scenes.HELD_OUT + n, frames=49).still(0) for n, shot in enumerate(shots)]


def quarter(picture):
    return cv2.resize(picture, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)


def painted(brush, shots, renders, columns, strength=1.0):
    for number, (shot, render) in enumerate(zip(shots, renders, strict=True)):
        rough = render if columns else None
        made = brush.dream(
            words.prompt(shot),
            rough,
            columns=columns,
            steps=2 if strength < 1 else 4,
            strength=strength,
            seeds=[number],
        )
        yield brush.shown(next(made))[0]


def test_traits_and_distances(judge, brush, shots, renders):
    import torch

    def coded(pictures):
        return [
            autoencoder.decode(brush.codec, autoencoder.encode(brush.codec, one[None]))[0] for one in pictures
        ]

    untrained = torch.nn.ModuleDict({"unet": denoiser.build(), "text": words.text_encoder()}).eval()
    sets = {
        "rig": renders,
        "autoencoder": coded(renders),
        "as painted": list(painted(brush, shots, renders, 128, STRENGTH)),
        "layout 128": list(painted(brush, shots, renders, 128)),
        "layout 32": list(painted(brush, shots, renders, 32)),
        "words only": list(painted(brush, shots, renders, 0)),
        "untrained": list(painted(Brush(brush.codec, untrained, brush.prior), shots, renders, 0)),
    }
    others = measure.held_out(2 * SHOTS)[SHOTS:]
    own = judge.features(
        np.stack([Shooting(shot, seed=n, frames=49).still(0) for n, shot in enumerate(others)])
    )
    for name, pictures in sets.items():
        found = measure.accuracy(judge, pictures, shots)
        apart = measure.distance(judge.features(np.stack(pictures)), own)
        told = ", ".join(f"{trait} {share:.2f}" for trait, share in found.items())
        print(f"{name}: distance {apart:.2f}; {told}")


def test_seconds_of_a_panel(shots):
    painter = HousePainter.load("cpu")
    painter.paint(scenes.shot_of(1, (1280, 720)), seed=1)

    started = perf_counter()
    for number in range(5):
        painter.paint(scenes.shot_of(scenes.HELD_OUT + number, (1280, 720)), seed=number)
    print(f"panel of three candidates: {(perf_counter() - started) / 5:.2f} s")


@pytest.mark.skipif(not weights.revisions("animator"), reason="no motion weights yet")
def test_takes_beside_the_rigs(shots):
    painter, animator = HousePainter.load("cpu"), HouseAnimator.load("cpu")
    for number in range(TAKES):
        shot = scenes.shot_of(scenes.HELD_OUT + number, (1280, 720))
        panel = painter.paint(shot, seed=number)
        started = perf_counter()
        made = list(animator.animate(shot, panel, frames=49, seed=number))
        seconds = perf_counter() - started
        rig = Shooting(shot, seed=number, frames=49)
        ours = measure.steadiness((quarter(picture) for picture in made[::2]), quarter(panel))
        drawn = [quarter(rig.still(frame)) for frame in range(0, 49, 2)]
        theirs = measure.steadiness(drawn, drawn[0])
        print(f"take {number}: {seconds / 2:.1f} s for each second; house {ours}, rig {theirs}")


def test_identity_over_the_cuts_of_the_sample(judge):
    """On how many panels of one person the judge reads the hair and eyes of the bible: ours, and the rig's."""
    painter = HousePainter.load("cpu")
    seen: dict[str, dict[str, list[bool]]] = {"house": {}, "rig": {}}
    for number, shot in enumerate(one(shot) for shot in sample_shots()):
        panels = {
            "house": painter.paint(shot, seed=number),
            "rig": Shooting(shot, seed=number, frames=1).still(0),
        }
        for whose, panel in panels.items():
            for trait, share in measure.accuracy(judge, [panel], [shot]).items():
                if trait in ("hair", "hair_color", "eyes", "eye_color"):
                    seen[whose].setdefault(trait, []).append(share == 1)
    for whose, traits in seen.items():
        told = ", ".join(f"{trait} {np.mean(hits):.2f} of {len(hits)}" for trait, hits in traits.items())
        print(f"{whose}: {told}")


def sample_shots():
    folder = show.LIBRARY / "clear-skies"
    sheet = break_down(
        read(folder / "ep01.en.fountain"),
        show.load("clear-skies"),
        episode="ep",
        language="en",
        options=BreakdownOptions(),
    )
    return [resolved(sheet, cut, (1280, 720)) for cut in sheet.cuts if len(cut.staged) == 1]


def one(shot):
    """The shot as the judge was taught to read it: its camera still."""
    camera = shot.cut.camera.model_copy(update={"move": "fix"})
    return replace(shot, cut=shot.cut.model_copy(update={"camera": camera, "text": ""}))
