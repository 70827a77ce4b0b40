"""Places are drawn by what their words mean; where nothing is known, neutral ground with the name and a notice."""

from pathlib import PurePath

import pytest

from assets import fountain
from assets.grammar import words
from assets.sheets.cutsheet import Cutsheet
from assets.sheets.screenplay import Screenplay
from models.cel.sampling import CAPTIONED_AS, vocabulary
from models.cel.sets.hours import INDOORS
from stages import sets
from stages.breakdown import BreakdownOptions, break_down, unknown_places


def sheet(text: str) -> Cutsheet:
    script: Screenplay = fountain.parse(text, "a.fountain")
    return break_down(script, None, episode="ep", language=None, options=BreakdownOptions())


def kinds(text: str) -> list[str]:
    return [place.kind for place in sheet(text).places]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("MOUNTAIN FOOTHILLS", "hills"),
        ("FOOTHILLS", "hills"),
        ("ROLLING HILLS", "hills"),
        ("WHEAT FIELD", "hills"),
        ("山のふもと", "hills"),
        ("草原", "hills"),
        ("DESERT VALLEY", "desert"),
        ("DESERT ROAD", "desert"),
        ("SAND DUNES", "desert"),
        ("砂漠の谷", "desert"),
        ("MOUNTAIN ROAD", "mountain"),
        ("CANYON", "mountain"),
        ("山頂", "mountain"),
        ("CAVE MOUTH", "cave"),
        ("DEEP CAVERN", "cave"),
        ("洞窟の入口", "cave"),
        ("OPEN SEA", "sea"),
        ("SHIP'S DECK", "sea"),
        ("船の甲板", "sea"),
        ("SEASIDE", "beach"),
        ("海岸", "beach"),
        ("SPACESHIP CORRIDOR", "spaceship"),
        ("STARSHIP BRIDGE", "spaceship"),
        ("宇宙船の廊下", "spaceship"),
        ("HOSPITAL ROOM", "hospital"),
        ("WARD", "hospital"),
        ("病室", "hospital"),
        ("VILLAGE MARKET", "market"),
        ("MARKET SQUARE", "market"),
        ("夜の市場", "market"),
        ("SUPERMARKET", "shop"),
        ("FOREST PATH", "forest"),
        ("CASTLE HALL", "castle"),
        ("SOCCER FIELD", "schoolyard"),
    ],
)
def test_a_place_is_drawn_by_what_its_words_mean(name: str, kind: str) -> None:
    """MOUNTAIN FOOTHILLS and a desert valley were a suburban street with the noise of a crowd."""
    assert sets.place_kind(name, None) == kind


@pytest.mark.parametrize(
    ("action", "kind"),
    [
        ("Dunes roll to the edge of the sky. A camel waits.", "desert"),
        ("Tall grass bends. Sheep graze.", "hills"),
        ("Stalactites hang from above. Bats.", "cave"),
        ("Merchants shout between the stalls.", "market"),
        ("Skyscrapers above the traffic.", "street"),
    ],
)
def test_a_name_without_a_word_for_a_place_is_drawn_by_what_stands_there(action: str, kind: str) -> None:
    side = "INT" if kind in INDOORS else "EXT"
    made = sheet(f"{side}. THE EDGE - DAY\n\n{action}\n\nRIN\nHere.\n")

    assert made.places[0].kind == kind
    assert not unknown_places(made, "a")


def test_things_indoors_say_nothing_of_a_place_outside() -> None:
    assert sets.place_kind("BLORP", False, "A nurse checks the IV drip.") == "ground"
    assert sets.place_kind("BLORP", True, "A nurse checks the IV drip.") == "hospital"


@pytest.mark.parametrize(
    ("heading", "kind", "name"),
    [
        ("EXT. BLORP - DAY", "ground", "BLORP"),
        ("INT. BLORP - NIGHT", "room", "BLORP"),
        (".謎", "ground", "謎"),
        ("EXT. UNDERWATER - DAY", "ground", "UNDERWATER"),
    ],
)
def test_where_nothing_is_known_neutral_ground_bears_the_name_and_a_notice(
    heading: str, kind: str, name: str
) -> None:
    """Whatever no list knew was a street or a living room, and nobody was told."""
    made = sheet(f"{heading}\n\nRin waits.\n\nRIN\nHere.\n\n{heading}\n\nRin waits.\n")
    told = unknown_places(made, "a.fountain")

    assert [place.kind for place in made.places] == [kind]
    assert [cut.text for cut in made.cuts].count(name) == 1 and made.cuts[0].text == name
    assert len(told) == 1 and told[0].startswith(f"a.fountain:1: nothing says what {name} looks like")
    assert not any(cue.sound == "crowd" for cut in made.cuts for cue in cut.cues)


def test_the_same_unknown_place_inside_and_outside_is_two_sets_and_each_is_found_again() -> None:
    text = "".join(f"{side}. BLORP - DAY\n\nRin waits.\n\n" for side in ("EXT", "INT", "EXT", "INT"))

    assert kinds(text) == ["ground", "room"]


def test_a_place_seen_from_outside_again_is_the_same_place() -> None:
    """EXT. MUSEUM after INT. MUSEUM was a third place."""
    text = "".join(f"{side}. MUSEUM - DAY\n\nRin waits.\n\n" for side in ("EXT", "INT", "EXT", "INT"))

    assert kinds(text) == ["street", "shop"]


def test_a_place_known_by_its_action_is_found_again_by_its_name() -> None:
    made = sheet(
        "EXT. THE EDGE - DAY\n\nDunes. A camel.\n\nINT. KITCHEN - DAY\n\nTea.\n\nEXT. THE EDGE - NIGHT\n\nRin waits.\n"
    )

    assert [place.kind for place in made.places] == ["desert", "kitchen"]


@pytest.mark.parametrize("heading", ["INT. ROOM - DAY", "INT. THE RED ROOM", "INT. ROOM 12 - NIGHT"])
def test_a_room_is_a_room_and_needs_no_notice(heading: str) -> None:
    made = sheet(f"{heading}\n\nRin waits.\n")

    assert made.places[0].kind == "living_room" and not unknown_places(made, "a")


def test_a_car_on_its_way_is_seen_in_the_street() -> None:
    assert kinds("INT./EXT. RIN'S CAR - DAY\n\nRin drives.\n\nINT. / EXT. RIN'S CAR - NIGHT\n\nDark.\n") == [
        "street"
    ]


def test_every_surrounding_belongs_to_a_set_that_is_drawn() -> None:
    assert set(words("surroundings")) <= set(words("places"))


def test_sets_the_house_models_were_not_trained_on_have_a_word_they_know() -> None:
    """A new word would move the token of every other one."""
    assert len(vocabulary()["place"]) == 30
    assert set(CAPTIONED_AS.values()) <= set(vocabulary()["place"])
    assert not set(CAPTIONED_AS) & set(vocabulary()["place"])


def test_a_script_of_a_file_without_a_title_is_called_as_its_file() -> None:
    script = fountain.parse("INT. ROOM\n\nRin waits.\n", "雨の店.fountain")
    made = break_down(script, None, episode="ep", language=None, options=BreakdownOptions())

    assert made.title == PurePath("雨の店.fountain").stem
