"""Claims about the fields of a cut that a person may change."""

from assets.sheets.bible import Character, Place
from assets.sheets.cutsheet import Cut, Cutsheet, Line, Staged
from flows.episode.cut_form import fields_of
from models.card import Card

CARD = {"summary": "", "licence": "MIT"}
MUTE = Card(name="rig", port="painter", adapter_version=1, **CARD)
READER = Card(name="tagged", port="painter", adapter_version=1, dialect="tags", **CARD)
SHEET = Cutsheet(
    episode="ep01",
    cast=(Character(id="aoi", names=("Aoi",)),),
    places=(Place(id="roof", names=("Roof",), kind="rooftop"),),
    cuts=(
        Cut(number="C001", scene="S01", place="roof", frames=24, staged=(Staged(character="aoi"),) * 2),
        Cut(
            number="C002", scene="S01", place="roof", frames=24, lines=(Line(character="aoi", text="Look!"),)
        ),
    ),
)


def paths(cut: str, painter: Card = MUTE, animator: Card = MUTE) -> set[str]:
    return {field.path for field in fields_of(SHEET, cut, painter, animator)}


def test_a_prompt_is_offered_for_the_model_that_reads_it_and_for_no_other():
    assert {"prompt", "motion_prompt"} & paths("C001") == set()
    assert {"prompt", "motion_prompt"} & paths("C001", painter=READER) == {"prompt"}
    assert {"prompt", "motion_prompt"} & paths("C001", animator=READER) == {"motion_prompt"}


def test_somebody_who_is_in_the_picture_twice_is_named_by_position():
    assert {"staged.0.pose", "staged.1.pose"} <= paths("C001")


def test_a_cut_without_a_line_has_no_silence_after_it_to_set():
    assert "hold" not in paths("C001") and {"hold", "lines.0.at"} <= paths("C002")
