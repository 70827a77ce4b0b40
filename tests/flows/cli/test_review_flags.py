"""Claims about what may be typed at the terminal, and what it comes to mean."""

import pytest

from assets.errors import DecisionRefused
from assets.sheets.review import Choice, Lock, Reason
from assets.timing import Span
from flows.cli.review_flags import Flags, decision_of, remark


def test_a_cut_with_everything_said_in_one_word():
    said = remark('C004@24-48:timing, off-model:look up: "sooner"')

    assert (said.cut, said.frames) == ("C004", Span(start=24, stop=48))
    assert said.reasons == (Reason.TIMING, Reason.OFF_MODEL)
    assert said.note == 'look up: "sooner"'


def test_what_a_cut_does_not_say_itself_is_taken_from_the_other_options():
    decision = decision_of(
        Flags(retake=("C001", "C002:color:too dark"), reason=("off_model", "layout"), note="her hair")
    )

    first, second = decision.remarks
    assert (first.reasons, first.note) == ((Reason.OFF_MODEL, Reason.LAYOUT), "her hair")
    assert (second.reasons, second.note) == ((Reason.COLOR,), "too dark")
    assert (decision.verdict, decision.note) == ("retake", "her hair")


def test_choices_and_locks_go_with_a_verdict():
    decision = decision_of(Flags(approve=True, choose=("C004=2",), lock=("C001",), unlock=("C002",)))

    assert decision.choices == (Choice(cut="C004", take=2),)
    assert decision.locks == (Lock(cut="C001"), Lock(cut="C002", locked=False))


@pytest.mark.parametrize(
    ("flags", "sentence"),
    [
        (Flags(retake=("4",)), "CUT[@FRAMES][:CODES[:NOTE]], such as C004"),
        (Flags(retake=("C004:ugly",)), "'ugly' is not a reason. Write CUT:CODES:NOTE, such as"),
        (Flags(retake=("C004:longer hair",)), "The codes are: off_model, expression"),
        (Flags(retake=("C004@48-24:timing",)), "run backwards"),
        (Flags(approve=True, choose=("C004",)), "Write CUT=TAKE, such as C004=2"),
        (Flags(approve=True, choose=("C004=0",)), "Write CUT=TAKE"),
        (Flags(approve=True, lock=("all",)), "--lock 'all' is not a cut number"),
        (Flags(approve=True, stop=True), "--approve and --stop: give only one of them"),
        (Flags(approve=True, retake=("C004:timing",)), "--approve and --retake"),
        (Flags(choose=("C004=2",)), "nothing was decided. Add --approve"),
    ],
)
def test_what_cannot_be_read_is_refused_with_what_can(flags, sentence):
    with pytest.raises(DecisionRefused) as refused:
        decision_of(flags)

    assert sentence in str(refused.value)
