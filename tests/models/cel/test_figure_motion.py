"""Acting: held on twos, continuous, and confined to what it moves."""

import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from typing import get_args

import numpy as np
import pytest
import skia
from numpy.typing import NDArray

from assets.sheets import look as words
from assets.sheets.cutsheet import Staged
from assets.sheets.look import Look
from models.cel.figure import FigureState, anchors, draw
from models.cel.figure.motion import Moment, state_at
from models.cel.light import DAYLIGHT

RATE = Fraction(24)
LOOK = Look(hair="ponytail", outfit="blazer", outfit_color="navy")
TALL = 1500.0


def acted(
    pose: words.Pose = "stand", *, frames: int = 96, speaking: bool = False, seed: int = 1
) -> list[FigureState]:
    staged = Staged(character="aoi", pose=pose, expression="happy", facing="right")
    return [
        state_at(staged, LOOK, Moment(frame, frames, RATE, 0.4 if speaking else 0.0, speaking), seed=seed)
        for frame in range(frames)
    ]


def head_of(state: FigureState) -> NDArray[np.uint8]:
    surface = skia.Surface(400, 400)
    x, y = anchors(state, feet=(0, 0), height=TALL).head
    draw(surface.getCanvas(), state, feet=(200 - x, 200 - y), height=TALL, light=DAYLIGHT)
    return np.asarray(surface.makeImageSnapshot().toarray())


@pytest.mark.parametrize("pose", get_args(words.Pose))
def test_every_pose_is_held_on_twos(pose: words.Pose) -> None:
    states = acted(pose)

    assert all(states[i] == states[i + 1] for i in range(0, len(states), 2))


@pytest.mark.parametrize("pose", get_args(words.Pose))
def test_no_joint_jumps_between_successive_drawings(pose: words.Pose) -> None:
    places = [anchors(state, feet=(0, 0), height=1000) for state in acted(pose, speaking=True)[::2]]
    hands = np.array([[place.head, *place.hands, place.chest] for place in places])

    step = np.linalg.norm(np.diff(hands, axis=0), axis=2).max()
    assert step < 150  # of 1000: a runner's fist swings widest


def test_a_standing_figure_is_never_quite_still() -> None:
    assert len(set(acted()[::2])) == 48


def test_acting_follows_from_its_seed() -> None:
    assert acted(seed=3) == acted(seed=3)
    assert acted(seed=3) != acted(seed=4)


def test_lids_close_at_uneven_intervals() -> None:
    states = acted(frames=24 * 30)[::2]
    shut = [i for i, state in enumerate(states) if state.blink == 1.0]

    gaps = np.diff(shut)
    assert 4 <= len(shut) <= 24
    assert gaps.std() > 4


def test_a_silent_figure_keeps_its_mouth_shut() -> None:
    staged = Staged(character="aoi")
    state = state_at(staged, LOOK, Moment(10, 40, RATE, 0.9, speaking=False), seed=1)

    assert state.mouth == 0.0


def test_a_laughing_speaker_still_shuts_the_mouth_between_words() -> None:
    laughing = FigureState(LOOK, expression="laughing", talking=True)

    quiet, loud = (head_of(replace(laughing, mouth=mouth)).astype(int) for mouth in (0.0, 0.9))
    assert (np.abs(quiet - loud).max(axis=2) > 24).sum() > 300


def test_a_speaker_nods_more_than_a_listener() -> None:
    nods = [np.ptp([state.nod for state in acted(speaking=speaking)]) for speaking in (True, False)]

    assert nods[0] > 3 * nods[1]


def test_the_first_frame_already_reads_as_its_pose() -> None:
    first, last = acted("wave")[0], acted("wave")[-1]

    assert first.pose_in > 0.8
    assert last.pose_in == pytest.approx(1.0, abs=0.01)


def test_the_mouth_changes_only_the_lower_face() -> None:
    quiet = FigureState(LOOK, turn=0.2)
    changed = (
        np.abs(head_of(quiet).astype(int) - head_of(replace(quiet, mouth=0.8)).astype(int)).max(axis=2) > 8
    )

    rows, columns = np.nonzero(changed)
    assert changed.sum() > 300
    assert rows.min() > 200 + 40
    assert columns.max() - columns.min() < 90


def test_louder_opens_the_mouth_wider() -> None:
    dark = []
    for mouth in (0.0, 0.3, 0.6, 1.0):
        picture = head_of(FigureState(LOOK, mouth=mouth)).astype(int)
        dark.append(int(((picture[..., 2] - picture[..., 1] > 60) & (picture[..., 1] < 150)).sum()))

    assert dark == sorted(dark)
    assert dark[-1] > dark[1] > dark[0]


@pytest.mark.parametrize("shape", get_args(words.EyeShape))
def test_a_blink_hides_the_iris(shape: words.EyeShape) -> None:
    look = Look(hair="bald", eyes=shape, eye_color="blue", outfit_color="beige")

    def iris(blink: float) -> int:
        picture = head_of(FigureState(look, blink=blink)).astype(int)
        return int((picture[..., 0] - picture[..., 2] > 60).sum())  # canvas bytes are blue first

    assert iris(0.0) > 300
    assert iris(1.0) == 0


@pytest.mark.parametrize("pose", ("walk", "run"))
def test_a_stride_ends_where_it_began(pose: words.Pose) -> None:
    start, end = (
        anchors(FigureState(LOOK, pose=pose, stride=at), feet=(0, 0), height=1000) for at in (0.0, 1.0)
    )

    assert np.allclose(start.hands, end.hands, atol=1e-6)


def test_importing_the_acting_needs_no_learned_model() -> None:
    heavy = "{'torch', 'diffusers', 'transformers', 'onnxruntime', 'prefect'}"
    code = f"import sys, models.cel.figure.motion; sys.exit(bool({heavy} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("hair", get_args(words.HairStyle))
def test_a_head_that_crosses_the_front_does_not_pop(hair: words.HairStyle) -> None:
    """Left turns are right turns mirrored; at the front both must be the same drawing."""
    look = Look(hair=hair)

    def step(start: float, stop: float) -> float:
        first, second = (head_of(FigureState(look, turn=turn)).astype(int) for turn in (start, stop))
        return float((np.abs(first - second).max(axis=2) > 40).mean())

    assert step(-0.005, 0.005) < 1.6 * step(0.10, 0.11) + 0.004


def test_an_expression_comes_in_gradually() -> None:
    at = [
        head_of(FigureState(LOOK, expression="surprised", expression_in=share)).astype(int)
        for share in (0, 0.5, 1)
    ]

    half, whole = (float(np.abs(at[0] - later).mean()) for later in at[1:])
    assert 0 < half < whole


def test_drag_moves_hanging_hair_and_leaves_the_face() -> None:
    still, swung = (head_of(FigureState(Look(hair="long"), drag=drag)).astype(int) for drag in (0.0, 1.0))

    changed = np.abs(still - swung).max(axis=2) > 24
    assert changed[300:].mean() > 0.01
    assert changed[238:262, 170:230].mean() == 0
