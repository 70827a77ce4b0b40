import pytest

from assets.errors import InputRefused, ModelFailed
from models.card import Card
from models.ports import Draft
from models.writing.retry import insist


class Scripted:
    """A writer that plays back what it is given: data, or an error to raise."""

    card = Card(name="scripted", port="writer", adapter_version=1, summary="plays back", licence="Apache-2.0")

    def __init__(self, *answers):
        self.answers, self.asked = list(answers), []

    def write(self, prompt, *, schema, seed):
        self.asked.append((prompt, seed))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return Draft(answer, tokens_in=10, tokens_out=5, cost_usd="0.10", seconds=1)


def test_a_failure_is_told_to_the_writer_and_the_seed_moves():
    writer = Scripted(ModelFailed("cut off inside the answer"), {"v": 1})

    draft = insist(writer, "Write.", schema={}, seed=3)

    (first, one), (second, other) = writer.asked
    assert (first, draft.data) == ("Write.", {"v": 1})
    assert "cut off inside the answer" in second
    assert one != other


def test_what_the_check_says_is_told_and_every_attempt_is_paid_for():
    writer = Scripted({"v": 1}, {"v": 2})

    draft = insist(
        writer, "Write.", schema={}, seed=3, check=lambda data: "too small" if data["v"] < 2 else None
    )

    assert "too small" in writer.asked[1][0]
    assert (draft.cost_usd, draft.tokens_in, draft.seconds) == ("0.20", 20, 2)


def test_only_the_last_fault_is_told_so_that_a_prompt_does_not_grow():
    writer = Scripted(ModelFailed("first fault"), ModelFailed("second fault" * 500), {"v": 1})

    insist(writer, "Write.", schema={}, seed=3)

    assert "first fault" not in writer.asked[2][0]
    assert len(writer.asked[2][0]) < 600


def test_after_the_last_attempt_every_fault_and_what_to_do_are_reported():
    writer = Scripted(*(ModelFailed(f"fault {number}") for number in range(3)))

    with pytest.raises(ModelFailed, match=r"3 attempts.*fault 0.*fault 1.*fault 2.*another writer"):
        insist(writer, "Write.", schema={}, seed=3)


def test_what_only_a_person_can_mend_is_not_asked_again():
    writer = Scripted(InputRefused("the schema is wrong"), {"v": 1})

    with pytest.raises(InputRefused):
        insist(writer, "Write.", schema={}, seed=3)

    assert len(writer.asked) == 1
