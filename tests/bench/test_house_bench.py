"""The house models beside their references: read traits, distances, steadiness, seconds; measured, never judged."""

from dataclasses import replace
from time import perf_counter

import cv2
import numpy as np
import pytest

from assets import show
from assets.script import read
from models.cel.shooting import Shooting
from models.house import denoiser, measure, people, scenes, weights, words
from models.house.animator import HouseAnimator
from models.house.brush import Brush, Painting
from models.house.judge import Judge
from models.house.painter import STEPS, STRENGTH, HousePainter
from stages.breakdown import BreakdownOptions, break_down
from stages.shots.shot import shot as resolved

SHOTS = 120
TAKES = 4

pytestmark = [
    pytest.mark.bench,
    pytest.mark.skipif(
        not weights.revisions("autoencoder", "painter", "traits", "people"), reason="no house weights yet"
    ),
]


@pytest.fixture(scope="module")
def judge():
    return Judge.load("cpu")


@pytest.fixture(scope="module")
def brush():
    return Brush.load("cpu")


@pytest.fixture(scope="module")
def shots():
    return measure.held_out(SHOTS, size=scenes.LARGE)


@pytest.fixture(scope="module")
def rigs(shots):
    return [Shooting(shot, seed=scenes.HELD_OUT + n, frames=49) for n, shot in enumerate(shots)]


@pytest.fixture(scope="module")
def renders(rigs):
    return [rig.still(0) for rig in rigs]


@pytest.fixture(scope="module")
def heads(rigs):
    return [people.spots_of(rig.people(0), scenes.LARGE[1]) for rig in rigs]


def quarter(picture):
    return cv2.resize(picture, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)


def painted(brush, shots, renders, columns, *, strength=1.0, steps=4):
    for number, (shot, render) in enumerate(zip(shots, renders, strict=True)):
        made = brush.dream(
            Painting(words.prompt(shot), columns, steps, strength),
            render if columns else None,
            seeds=[number],
        )
        yield brush.shown(next(made))[0]


def test_traits_and_distances(judge, brush, shots, renders, heads):
    import torch

    untrained = torch.nn.ModuleDict({"unet": denoiser.build(), "text": words.text_encoder()}).eval()
    sets = {
        "rig": renders,
        "autoencoder": [brush.shown(brush.code(one))[0] for one in renders],
        "as painted": list(painted(brush, shots, renders, 128, strength=STRENGTH, steps=STEPS)),
        "layout 128": list(painted(brush, shots, renders, 128)),
        "layout 32": list(painted(brush, shots, renders, 32)),
        "words only": list(painted(brush, shots, renders, 0)),
        "untrained": list(painted(Brush(brush.codec, untrained, brush.prior), shots, renders, 0)),
    }
    others = measure.held_out(2 * SHOTS, size=scenes.LARGE)[SHOTS:]
    own = judge.scene.features(
        np.stack([Shooting(shot, seed=n, frames=49).still(0) for n, shot in enumerate(others)])
    )
    for name, pictures in sets.items():
        found = measure.accuracy(judge.scene, pictures, shots)
        found |= measure.recognised(judge.people, pictures, shots, heads)
        apart = measure.distance(judge.scene.features(np.stack(pictures)), own)
        print(f"{name}: distance {apart:.2f}; {told(found)}")


def told(found):
    return ", ".join(f"{trait} {np.mean(hits):.2f} of {len(hits)}" for trait, hits in found.items() if hits)


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
    """Of everybody in the panels of the sample the traits of the bible that are read: on ours, and on the rig's."""
    painter = HousePainter.load("cpu")
    shots = [stood(shot) for shot in sample_shots()]
    rigs = [Shooting(shot, seed=number, frames=1) for number, shot in enumerate(shots)]
    heads = [people.spots_of(rig.people(0), 720) for rig in rigs]
    panels = {
        "house": [painter.paint(shot, seed=number) for number, shot in enumerate(shots)],
        "rig": [rig.still(0) for rig in rigs],
    }
    for whose, pictures in panels.items():
        print(f"{whose}: {told(measure.recognised(judge.people, pictures, shots, heads))}")


def sample_shots():
    folder = show.LIBRARY / "clear-skies"
    sheet = break_down(
        read(folder / "ep01.en.fountain"),
        show.load("clear-skies"),
        episode="ep",
        language="en",
        options=BreakdownOptions(),
    )
    return [resolved(sheet, cut, (1280, 720)) for cut in sheet.cuts if cut.staged]


def stood(shot):
    """The shot as the judges were taught to read it: its camera still."""
    camera = shot.cut.camera.model_copy(update={"move": "fix"})
    return replace(shot, cut=shot.cut.model_copy(update={"camera": camera, "text": ""}))
