"""A take arrives at the next cut's panel where the next cut continues its movement, and nowhere else."""

import pytest

from assets.sheets.bible import Character, Place
from assets.sheets.cutsheet import Camera, Cut, Cutsheet, Staged
from assets.sheets.production import Panel, Ref
from models.house.animator import HouseAnimator
from models.toy import ToyAnimator, ToyVideoModel
from stages.takes.arrival import continues, last_panel

RIN, KEN = Staged(character="rin", position="left"), Staged(character="ken", position="right")
CUT = Cut(number="C001", scene="S01", place="roof", staged=(RIN, KEN), frames=24)


def after(**changed: object) -> Cut:
    return CUT.model_copy(update={"number": "C002", **changed})


def looking(cut: Cut, **camera: object) -> Cut:
    return cut.model_copy(update={"camera": Camera(**camera)})


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"staged": (KEN, RIN)},
        {"staged": (RIN.model_copy(update={"expression": "angry", "pose": "sit"}), KEN)},
        {"action": "Rin sits down."},
    ],
    ids=["the same set-up", "named in another order", "another pose", "another action"],
)
def test_the_same_people_in_the_same_set_up_go_on(changed):
    assert continues(CUT, after(**changed))


@pytest.mark.parametrize(
    "changed",
    [
        {"place": "street"},
        {"scene": "S02"},
        {"time": "night"},
        {"weather": "rain"},
        {"staged": (RIN,)},
        {"staged": (RIN.model_copy(update={"position": "center"}), KEN)},
        {"staged": (RIN.model_copy(update={"facing": "away"}), KEN)},
        {"props": ("bicycle",)},
        {"size": "close"},
        {"camera": Camera(angle="low")},
        {"camera": Camera(move="pan_left")},
        {"join": "dissolve"},
        {"text": "The next day"},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_another_place_hour_person_position_or_camera_is_no_continuation(changed):
    assert not continues(CUT, after(**changed))


@pytest.mark.parametrize(
    ("move", "size", "goes_on"),
    [
        ("push_in", "close", True),
        ("push_in", "long", False),
        ("pull_out", "long", True),
        ("pull_out", "close", False),
        ("push_in", "insert", False),
        ("pan_left", "close", False),
    ],
)
def test_a_camera_that_moves_towards_the_next_size_leads_into_it(move, size, goes_on):
    assert continues(looking(CUT, move=move), looking(after(size=size))) is goes_on


def test_a_camera_move_goes_on_or_comes_to_rest():
    panning = looking(CUT, move="pan_left")

    assert continues(panning, looking(after(), move="pan_left"))
    assert continues(panning, looking(after()))
    assert not continues(panning, looking(after(), move="pan_right"))


def test_the_next_panel_is_given_to_a_model_whose_card_accepts_it_and_to_no_other():
    street = after(number="C003", place="street")
    cutsheet = Cutsheet(
        episode="ep01",
        cast=tuple(Character(id=id, names=(id.upper(),)) for id in ("rin", "ken")),
        places=tuple(Place(id=id, names=(id.upper(),)) for id in ("roof", "street")),
        cuts=(CUT, after(), street),
    )
    pictures = {
        cut.number: Ref(sha256=cut.number[-1] * 64, bytes=1, media_type="image/png") for cut in cutsheet.cuts
    }
    panels = {
        number: Panel(cut=number, image=image, recipe="a" * 64, basis="b" * 64)
        for number, image in pictures.items()
    }

    def last_of(card):
        return [last_panel(cut, cutsheet, panels, card) for cut in cutsheet.cuts]

    assert last_of(ToyVideoModel.card) == [panels["C002"], None, None]
    assert last_of(ToyAnimator.card) == [None, None, None]
    assert last_of(HouseAnimator.card) == [
        None,
        None,
        None,
    ]  # it refuses pictures of another layout than its own
