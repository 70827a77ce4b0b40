"""Claims about what a reviewer is told of their words before they are sent."""

import pytest

from assets.errors import DecisionRefused
from assets.sheets.bible import Place
from assets.sheets.cutsheet import Cut, Cutsheet
from assets.sheets.production import Ref
from assets.sheets.review import Board, CutRemark, Decision, Reason, Shown
from flows.review.retake_readings import readings, required_heard

SHEET = Cutsheet(
    episode="ep01",
    places=(Place(id="roof", names=("Roof",), kind="rooftop"),),
    cuts=(Cut(number="C001", scene="S01", place="roof", frames=24),),
)


def board(*, reads: bool, kind="storyboard") -> Board:
    sheet = Ref(sha256="a" * 64, bytes=3, media_type="application/json")
    return Board(kind=kind, sheet=sheet, cuts=(Shown(cut="C001", frames=24, basis="b" * 64),), reads=reads)


def retake(note: str) -> Decision:
    remark = CutRemark(cut="C001", reasons=(Reason.LAYOUT,), note=note)
    return Decision(verdict="retake", remarks=(remark,))


def test_words_that_change_nothing_are_refused_with_what_can_be_said():
    found = readings(retake("more life"), board(reads=False), SHEET)

    with pytest.raises(
        DecisionRefused, match=r"C001: nothing .* What is understood: closer, .*もっと寄って"
    ) as refused:
        required_heard(found, "Send it all the same with --anyway.")
    assert str(refused.value).endswith("--anyway.")


def test_words_that_change_something_are_told_as_the_change():
    [reading] = readings(retake("closer"), board(reads=False), SHEET)

    assert (reading.changes, reading.unheard) == (("size: medium -> medium_close",), "")


def test_a_model_that_reads_notes_is_sent_any_words():
    required_heard(readings(retake("more life"), board(reads=True), SHEET), "")


def test_an_approval_and_a_script_sent_back_have_nothing_to_be_understood():
    assert readings(Decision(verdict="approve"), board(reads=False), SHEET) == []
    assert readings(retake("shorter"), board(reads=False, kind="script"), SHEET) == []
