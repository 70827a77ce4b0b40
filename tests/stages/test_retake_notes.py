"""Claims about what the words of a retake change in the cut sheet, in both languages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.sheets.bible import Character, Place
from assets.sheets.cutsheet import Cut, Cutsheet, Line, Staged
from stages.retake_notes import CHOICES, CHOICES_JA, SIZES, changed, understood

MIKA = Character(id="mika", names=("Mika", "ミカ"))
BOU = Character(id="bou", names=("Bou", "坊"))
PLACE = Place(id="roof", names=("Roof",), kind="rooftop")


def cut_of(**more) -> Cut:
    given = {"size": "medium", "frames": 48, "staged": (Staged(character="mika", facing="away"),), **more}
    return Cut(number="C001", scene="S01", place="roof", **given)


def sheet_of(cut: Cut) -> Cutsheet:
    return Cutsheet(episode="ep01", cast=(MIKA, BOU), places=(PLACE,), cuts=(cut,))


def edits(words: str, cut: Cut | None = None, **more) -> dict:
    cut = cut or cut_of()
    return {edit.path: edit.to for edit in understood(words, cut, sheet_of(cut), **more).edits}


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("closer", {"size": "medium_close"}),
        ("layout: a bit closer please", {"size": "medium_close"}),
        ("もっと寄って", {"size": "medium_close"}),
        ("too close!", {"size": "full"}),
        ("wider", {"size": "full"}),
        ("もう少し引いて", {"size": "full"}),
        ("寄りすぎです", {"size": "full"}),
        ("cross, not smiling", {"staged.mika.expression": "angry"}),
        ("怒った顔で。笑顔ではなく", {"staged.mika.expression": "angry"}),
        ("she should be smiling", {"staged.mika.expression": "happy"}),
        ("笑顔で", {"staged.mika.expression": "happy"}),
        ("expression: sadder", {"staged.mika.expression": "sad"}),
        ("悲しそうに", {"staged.mika.expression": "sad"}),
        ("looks left", {"staged.mika.facing": "left"}),
        ("looking to the right, and closer", {"staged.mika.facing": "right", "size": "medium_close"}),
        ("左を向いて", {"staged.mika.facing": "left"}),
        ("カメラ目線で", {"staged.mika.facing": "front"}),
        ("hold longer", {"frames": 60}),
        ("timing: hold it 1.5 seconds longer", {"frames": 84}),
        ("間を長く", {"frames": 60}),
        ("もう少し長く", {"frames": 60}),
        ("too long", {"frames": 36}),
        ("間を短く", {"frames": 36}),
        ("pan left", {"camera.move": "pan_left"}),
    ],
)
def test_usual_words_become_edits(words, wanted):
    assert edits(words) == wanted


@pytest.mark.parametrize(
    "words",
    ["", "longer hair", "her hair is longer", "look up sooner", "more life", "off model", "not smiling", "less happy",
     "怒らないで", "笑わないで", "closer to the window", "the crossing is wrong", "a larger bag", "背景の色が違う"],
)  # fmt: skip
def test_other_words_change_nothing(words):
    assert edits(words) == {}


@pytest.mark.parametrize("choices", [CHOICES, CHOICES_JA])
def test_everything_that_is_offered_is_understood(choices):
    words = [word for group in choices.replace("；", ";").split(";") for word in group.split(",")]
    words = [part for word in words for part in word.replace("／", "、").split("、")]
    cut = cut_of(
        staged=(Staged(character="mika", facing="left", expression="sleepy"),), camera={"move": "shake"}
    )
    nothing = [word.strip() for word in words if not edits(word.strip(), cut)]

    assert nothing in (["looks left"], ["左向き"]), "the one that is so already"


def test_whose_face_is_meant_is_said_by_name_or_asked_for():
    two = cut_of(staged=(Staged(character="mika"), Staged(character="bou", position="right")))

    assert edits("Mika angry, Bou sad", two) == {
        "staged.mika.expression": "angry", "staged.bou.expression": "sad",
    }  # fmt: skip
    assert edits("坊は笑顔で", two) == {"staged.bou.expression": "happy"}
    unnamed = understood("angry", two, sheet_of(two))
    assert unnamed.edits == () and "say whose expression (Mika, Bou)" in unnamed.problems[0]


def test_a_cut_is_never_shorter_than_what_is_said_in_it():
    cut = cut_of(lines=(Line(character="mika", text="Hello.", at=10, frames=38),))

    assert edits("hold shorter", cut) == {}
    assert "cannot be shorter than its lines" in understood("hold shorter", cut, sheet_of(cut)).problems[0]


def test_beyond_the_last_size_there_is_nothing_and_it_is_said():
    cut = cut_of(size=SIZES[-1])

    assert understood("closer", cut, sheet_of(cut)).problems == (
        "C001 is extreme_close already, the last size there is.",
    )


def test_some_frames_alone_cannot_become_another_size():
    told = understood("closer", cut_of(), sheet_of(cut_of()), part=True)

    assert told.edits == () and "leave the frames out" in told.problems[0]


@given(st.text(max_size=200))
def test_any_text_is_read_and_its_edits_fit_the_sheet(words):
    sheet = sheet_of(cut_of())
    found = understood(words, sheet.cuts[0], sheet)

    after = changed(found.edits, sheet)

    assert (after == sheet) == (not found.edits)
