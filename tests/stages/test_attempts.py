"""As many takes as are wanted and can be afforded, with machines that cost what they are told to cost."""

from fractions import Fraction
from pathlib import Path

import pytest

from assets.media.picture import to_png
from assets.sheets.bible import Place
from assets.sheets.cutsheet import Cut, Cutsheet
from assets.sheets.production import Panel
from assets.vault import Vault
from models.lease import lease
from models.ports import Animator, Judge, Painter
from stages.shots.shot import shot
from stages.takes.attempts import AttemptPlan, shoot
from stages.takes.order import Attempt, Budget, TakeInputs, TakeModels, TakeOptions, TakeOrder
from stages.work import Unmade
from stages.work_cache import WorkCache

CUT = Cut(number="C001", scene="S01", place="roof", frames=5)
SHEET = Cutsheet(
    episode="ep01",
    rate=Fraction(24),
    places=(Place(id="roof", names=("ROOF",), kind="rooftop"),),
    cuts=(CUT,),
)
SIZE = (64, 36)


class Told:
    """A Watch and a book of calls that remember."""

    run = 1

    def __init__(self):
        self.done_names = []

    def began(self, step, total): ...
    def moved(self, step, name, part): ...
    def begin(self, recipe, step, name): ...
    def finish(self, recipe, seconds): ...

    def done(self, done):
        self.done_names.append((done.name, done.outcome))


@pytest.fixture
def floor(tmp_path: Path):
    """``floor(wanted)``: shoot C001 with toys; returns its takes and what was told."""
    vault = Vault.open(tmp_path / "vault")
    with lease(Painter, "toy") as painter, lease(Animator, "toy") as animator, lease(Judge, "toy") as judge:
        picture = painter.model.paint(shot(SHEET, CUT, SIZE), seed=1)
        image = vault.put(to_png(picture), "image/png")
        panel = Panel(cut="C001", image=image, recipe="a" * 64, basis="b" * 64)

        def run(wanted: AttemptPlan, *, lookup_only=False):
            told = Told()
            cache = WorkCache(vault, tmp_path / "journal.jsonl", calls=told, watch=told)
            models = TakeModels(animator, judge=judge)
            order = TakeOrder.of(SHEET, SIZE, TakeOptions(), models)
            if lookup_only:
                with cache.lookup_only():
                    return shoot(TakeInputs(panel=panel, voiced={}), wanted, order, models, cache), told
            return shoot(TakeInputs(panel=panel, voiced={}), wanted, order, models, cache), told

        yield run


def wanted(count: int, *, extra: int = 0, seconds: float | None = None) -> AttemptPlan:
    attempts = [Attempt(seed=n, number=n, extra=n > count) for n in range(1, count + extra + 1)]
    return AttemptPlan(attempts=tuple(attempts), seconds=seconds)


def test_every_wanted_attempt_is_made_and_measured(floor):
    takes, told = floor(wanted(3))

    assert [take.attempt for take in takes] == [1, 2, 3]
    assert told.done_names == [("C001", "made"), ("C001/2", "made"), ("C001/3", "made")]
    assert all(take.measures["motion"] > 0 and take.seconds > 0 for take in takes)


def test_nothing_left_to_spend_still_makes_the_first(floor):
    takes, _ = floor(wanted(3, seconds=0.000001))

    assert [take.attempt for take in takes] == [1]


def test_what_was_made_before_is_there_whatever_the_budget_and_in_its_place(floor):
    floor(wanted(3))

    takes, told = floor(wanted(3, seconds=0.000001))

    assert [take.attempt for take in takes] == [1, 2, 3]
    assert {outcome for _, outcome in told.done_names} == {"reused"}


def test_an_extra_attempt_is_taken_if_it_is_there_and_never_made(floor):
    before, _ = floor(wanted(1, extra=1))
    floor(wanted(2))

    after, _ = floor(wanted(1, extra=1))

    assert ([take.attempt for take in before], [take.attempt for take in after]) == ([1], [1, 2])


def test_who_only_looks_is_sent_for_what_is_missing_before_a_word_is_said(floor):
    floor(wanted(1))

    with pytest.raises(Unmade) as missing:
        floor(wanted(2), lookup_only=True)
    assert missing.value.work.name == "C001/2"


def test_the_data_of_a_wish_survives_a_journey():
    wish = wanted(2, extra=1, seconds=3.5)

    assert AttemptPlan.model_validate_json(wish.model_dump_json()) == wish


@pytest.mark.parametrize(
    ("budget", "share"),
    [
        (Budget(), None),
        (Budget(cut=5), 5),
        (Budget(episode=100), 25),
        (Budget(cut=5, episode=100), 5),
        (Budget(cut=50, episode=100), 25),
    ],
)
def test_a_cut_may_spend_the_smaller_of_its_own_limit_and_its_share_of_the_episode(budget, share):
    assert budget.of(24, 96) == share
