"""Pieces sent out and done by a hand, in one process: no Prefect, the real store, vault and stages."""

import json
from contextlib import nullcontext
from pathlib import Path

import pytest

from assets.errors import InputRefused, ModelFailed
from assets.sheets.production import Report, Take
from flows.batches import shift as shifts
from flows.batches.bench import ORDERS
from flows.batches.sending import Sending
from flows.episode.brief import Brief, Shift
from flows.episode.executor import InProcess
from flows.episode.produce import perform
from flows.settings import settings
from stages.takes.shooting import TakeOrder

SCRIPT = "Title: Kite\nLanguage: en\n\nINT. ROOM - DAY\n\nMIKA\nUp it goes.\n\nBOU\nDown it comes.\n"


class Quiet:
    def began(self, step, total): ...
    def moved(self, step, name, part): ...
    def done(self, done): ...


class HandsHere:
    """Hands that come at once: a shift is worked in this process whenever somebody asks for them."""

    def __init__(self, workspace, chosen, *, executor=None):
        self.workspace, self.chosen, self.executor, self.cards = (
            workspace,
            chosen,
            executor or InProcess(),
            [],
        )

    def required(self): ...

    def see_to_it(self, wanted):
        shift = Shift(episode=self.workspace.key, linger=0)
        hand = f"hand {len(self.cards)}"
        card = shifts.work(shift, hand, self.chosen, self.executor, Quiet(), slot=nullcontext())
        self.cards.append(card)


class SendingCrew:
    """Sends panels and takes out to hands that are here."""

    def __init__(self, chosen, *, executor=None):
        self.chosen, self.hand_crew, self.hands = chosen, executor, None

    def at(self, workspace, cache):
        self.workspace, self.cache = workspace, cache
        self.hands = HandsHere(workspace, self.chosen, executor=self.hand_crew)
        return self

    def each(self, step, pieces, work, name, *, parallel=False):
        if step not in ORDERS:
            return InProcess().each(step, pieces, work, name)
        return Sending(pieces, work, self.workspace, self.cache, self.hands).all()

    def both(self, first, second, *, parallel=False):
        return first(), second()


@pytest.fixture
def brief(tmp_path: Path) -> Brief:
    script = tmp_path / "kite.fountain"
    script.write_text(SCRIPT)
    return Brief(script=script, profile="toy", out=tmp_path / "episodes")


def never(_workspace):
    """No gate is asked for, so nobody waits at one."""


def timeless(takes: dict[str, Take]) -> list[Take]:
    """Takes without the seconds they took, which no two machines agree about."""
    return [take.model_copy(update={"seconds": 0}) for take in takes.values()]


def made(brief: Brief, executor) -> Report:
    return perform(brief, executor=executor, watch=lambda _: Quiet(), waiting=never).report


def test_an_episode_made_by_hands_is_the_same_as_one_made_here(brief: Brief, tmp_path: Path):
    alone = perform(brief, executor=InProcess(), watch=lambda _: Quiet(), waiting=never)
    elsewhere = brief.model_copy(update={"out": tmp_path / "other"})

    shared = perform(
        elsewhere, executor=SendingCrew(settings(elsewhere.out)), watch=lambda _: Quiet(), waiting=never
    )

    assert shared.made.episode == alone.made.episode
    assert shared.made.panels == alone.made.panels
    assert timeless(shared.made.takes) == timeless(alone.made.takes)


def test_the_report_tells_what_hands_made_with_its_seconds_and_why(brief: Brief):
    executor = SendingCrew(settings(brief.out))

    report = made(brief, executor)

    sent = [done for done in report.work if done.step in ORDERS]
    assert {(done.outcome, done.why) for done in sent} == {("made", "first time")}
    assert all(done.seconds > 0 for done in sent)
    spent = sum(card.machine_seconds for card in executor.hands.cards)
    assert report.machine_seconds >= spent > 0


def test_every_machine_is_loaded_once_by_a_hand(brief: Brief):
    executor = SendingCrew(settings(brief.out))

    made(brief, executor)

    assert [card.loads for card in executor.hands.cards] == [
        {"painter toy": 1},
        {"animator toy": 1, "judge toy": 1},
    ]


def test_no_hand_is_called_for_what_is_finished(brief: Brief):
    made(brief, InProcess())
    executor = SendingCrew(settings(brief.out))

    report = made(brief, executor)

    assert executor.hands.cards == []
    assert {done.outcome for done in report.work} == {"reused"}


def test_calls_of_a_hand_are_in_the_book_of_the_run_that_asked(brief: Brief):
    executor = SendingCrew(settings(brief.out))

    done = perform(brief, executor=executor, watch=lambda _: Quiet(), waiting=never)

    from assets.store import Store

    with Store.open(settings(brief.out).store) as store:
        [run] = store.runs(done.workspace.key)
        calls = store.calls(run.id)
    cuts = len(done.made.cutsheet.cuts)
    assert sum(call.step == "take" for call in calls) == cuts
    assert all(call.ended_at and call.attempts == 1 for call in calls)


class Stumbling:
    """A crew whose takes of one cut fail, ``times`` times."""

    def __init__(self, error: Exception, times: int):
        self.error, self.times = error, times

    def each(self, step, pieces, work, name, *, parallel=False):
        if step == "take" and name(pieces[0]) == "C002" and self.times:
            self.times -= 1
            raise self.error
        return [work(piece) for piece in pieces]


def test_a_machine_that_stumbles_is_asked_again(brief: Brief):
    executor = SendingCrew(settings(brief.out), executor=Stumbling(ModelFailed("out of memory"), 1))

    assert made(brief, executor).frames > 0


def test_what_fails_for_good_is_named_and_the_rest_is_kept(brief: Brief):
    executor = SendingCrew(settings(brief.out), executor=Stumbling(ModelFailed("out of memory"), 99))

    with pytest.raises(ModelFailed, match=r"1 of \d+ takes could not be made: C002 \(out of memory\)"):
        made(brief, executor)

    again = made(brief, InProcess())
    assert [done.name for done in again.work if done.step == "take" and done.outcome == "made"] == ["C002"]


def test_a_refusal_is_not_tried_again(brief: Brief):
    stumbling = Stumbling(InputRefused("no such voice"), 99)

    with pytest.raises(ModelFailed, match="no such voice"):
        made(brief, SendingCrew(settings(brief.out), executor=stumbling))

    assert stumbling.times == 98


def test_a_hand_with_another_vault_is_found_out(brief: Brief, tmp_path: Path):
    """Its own vault lacks even the order; a vault that had it but lost the result is told apart."""
    from dataclasses import replace

    chosen = replace(settings(brief.out), vault=str(tmp_path / "elsewhere"))

    with pytest.raises(ModelFailed, match="is not in the vault at"):
        made(brief, SendingCrew(chosen))


def test_a_hand_without_the_episode_says_what_it_needs(brief: Brief, tmp_path: Path):
    shift = Shift(episode="_/nobody", linger=0)

    with pytest.raises(InputRefused, match="set SAKUGA_STORE and SAKUGA_VAULT alike"):
        shifts.work(shift, "one", settings(tmp_path), InProcess(), Quiet(), slot=nullcontext())


def test_an_order_reads_back_as_it_was_written(brief: Brief):
    executor = SendingCrew(settings(brief.out))

    delivered = perform(brief, executor=executor, watch=lambda _: Quiet(), waiting=never)
    vault = delivered.workspace.vault
    orders = [
        json.loads(path.read_text()) for path in Path(vault.url.removeprefix("file://")).rglob("*.json")
        if b'"take-order"' in path.read_bytes()
    ]  # fmt: skip

    [raw] = orders
    assert TakeOrder.from_raw(raw, "the order").raw() == raw
