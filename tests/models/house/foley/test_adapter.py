"""The house Foley as a machine: who makes what, how long, how loud; with a model that knows nothing yet."""

import numpy as np
import pytest

from assets.errors import InputRefused, ShapeRefused, SheetRefused
from assets.sheets.sounds import AMBIENCES, SOUNDS
from models.foley.adapter import ProceduralFoley
from models.foley.catalogue import RECIPES
from models.foley.finish import loudness
from models.house.foley.adapter import HouseFoley
from models.house.foley.choice import FILE, Choice, Row, read
from models.house.foley.make import Maker
from models.ports import Foley

MEASURED = {"why": "measured", "named": 1, "named_real": 1, "apart": 1, "apart_real": 1, "shape": 0}
MEASURED |= {"variety": 1, "air": 0}
CHOICE = Choice(
    rule="those of the test",
    sounds={
        name: Row(maker="house" if name in ("rain", "knock", "typing", "car_pass") else "desk", **MEASURED)
        for name in SOUNDS
        if name != "silence"
    },
)


@pytest.fixture(scope="module")
def house(tiny):
    return HouseFoley(Maker(tiny), CHOICE, HouseFoley.Options(steps=2))


@pytest.fixture(scope="module")
def every(tiny):
    return HouseFoley(Maker(tiny), CHOICE, HouseFoley.Options(steps=2, makes="all"))


def test_it_is_a_foley_machine_that_knows_every_sound(house):
    assert isinstance(house, Foley)
    assert set(house.sounds()) == set(SOUNDS)
    assert set(house.ambiences()) <= AMBIENCES | {"wind_chime"}


def test_the_model_makes_what_is_listed_and_the_desk_the_others(house):
    assert {name for name in house.sounds() if house.maker(name, 1.0) == "house"} == {
        "rain",
        "knock",
        "typing",
        "car_pass",
    }


def test_a_sound_that_the_desk_makes_is_the_desks_own_to_the_byte(house):
    desk = ProceduralFoley.load("cpu")

    for sound in ("bell", "wind", "silence"):
        ours, its = (machine.make(sound, seconds=0.6, seed=4).samples for machine in (house, desk))
        assert ours.tobytes() == its.tobytes()


def test_asked_to_make_all_it_leaves_only_silence_to_the_desk(every):
    assert [name for name in every.sounds() if every.maker(name, 1.0) == "desk"] == ["silence"]


def test_longer_than_a_window_only_even_sounds_and_ambiences_are_made(house):
    assert [house.maker(name, 9.0) for name in ("rain", "typing", "car_pass")] == ["house", "house", "desk"]
    assert house.maker("car_pass", 3.0) == "house"


@pytest.mark.parametrize(
    ("sound", "seconds"), [("rain", 0.75), ("knock", 1.2), ("typing", 5.3), ("rain", 14.0)]
)
def test_an_effect_is_stereo_at_its_level_and_exactly_as_long_as_asked(house, sound, seconds):
    made = house.make(sound, seconds=seconds, seed=5)

    assert (made.rate, made.samples.dtype) == (48_000, np.float32)
    assert made.samples.shape == (round(seconds * 48_000), 2)
    assert 0.005 < np.abs(made.samples).max() <= 0.9
    assert abs(loudness(made.samples) - RECIPES[sound].level) < 1.5


def test_without_a_length_a_held_sound_has_its_recipes(house):
    assert house.make("knock", seconds=0, seed=1).seconds == pytest.approx(RECIPES["knock"].seconds)


def test_the_same_order_gives_the_same_bytes_and_another_seed_or_manner_others(house):
    def made(sound: str, seed: int) -> bytes:
        return house.make(sound, seconds=0.5, seed=seed).samples.tobytes()

    assert made("rain: heavily", 1) == made("rain: heavily", 1)
    assert len({made("rain: heavily", 1), made("rain: heavily", 2), made("rain: lightly", 1)}) == 3


def test_an_ambience_is_wide_and_an_event_stands_in_the_middle(house):
    rain, knock = (house.make(name, seconds=1, seed=1).samples for name in ("rain", "knock"))

    assert 0.2 < np.corrcoef(rain.T)[0, 1] < 0.99
    assert (knock[:, 0] == knock[:, 1]).all()


def test_an_ambiences_end_runs_into_its_beginning(house):
    rain = house.make("rain", seconds=2, seed=1).samples[200:-200]

    step = np.abs(np.diff(rain, axis=0)).max()
    assert np.abs(rain[0] - rain[-1]).max() < 3 * step


@pytest.mark.parametrize("seconds", [-1.0, float("nan"), 301.0])
def test_a_length_that_cannot_be_is_refused(house, seconds):
    with pytest.raises(ShapeRefused, match="natural length"):
        house.make("rain", seconds=seconds, seed=0)


def test_an_unknown_sound_or_manner_is_refused_with_the_nearest(house):
    with pytest.raises(InputRefused, match="kazoo"):
        house.make("kazoo", seconds=1, seed=0)
    with pytest.raises(InputRefused, match="heavily"):
        house.make("rain: sideways", seconds=1, seed=0)


def test_a_choice_that_is_no_choice_is_refused(tmp_path):
    (tmp_path / FILE).write_text(
        "sheet: foley-choice\nversion: 1\nrule: x\nsounds: {rain: {maker: nobody}}\n"
    )

    with pytest.raises(SheetRefused, match="maker"):
        read(tmp_path)
