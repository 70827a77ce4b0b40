"""Casting in a Prefect run: its form refuses, sends back and approves; another way to decide wakes the run."""

import threading
import time

import pytest
from prefect import get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterId
from prefect.flow_runs import resume_flow_run

from assets import show as shows
from assets.sheets.casting import CastDecision
from assets.store import Store
from assets.vault import Vault
from flows.cast.order import CastOrder
from flows.cast.rounds import Studio, asked
from flows.cast.service import decide
from flows.deployments.cast_page import page
from flows.deployments.casting import cast_character, form_for
from flows.review.rules import Reviewer


class Quiet:
    def began(self, step, total):
        pass

    def moved(self, step, name, part):
        pass

    def done(self, done):
        pass


@pytest.fixture
def order(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shows.copied("clear-skies", tmp_path / "own")
    return CastOrder(
        character="NAGI",
        show="own",
        profile="toy",
        out=tmp_path / "episodes",
        count=2,
        views=("front", "face"),
    )


def opened(order):
    (order.out / ".sakuga").mkdir(parents=True, exist_ok=True)
    return Store.open(f"sqlite:///{order.out / '.sakuga' / 'store.sqlite'}")


def where(order, store):
    return Studio(store, Vault.open(order.out / ".sakuga" / "vault"), order.out)


def test_the_form_offers_the_candidates_there_are_and_no_others(order):
    with opened(order) as store:
        casting = asked(order, where(order, store), Quiet())

    form = form_for(casting)

    assert form.model_json_schema()["properties"]["candidate"]["enum"] == [0, 1, 2]
    assert form(verdict="approve", reviewer="Aya").candidate == 0  # what a wake-up fills in


def test_the_page_has_every_sheet_and_no_markup_of_the_bible(order, tmp_path):
    bible = tmp_path / "own" / "bible.yaml"
    bible.write_text(
        bible.read_text().replace("      Sixteen, a girl", "      <img src=x> [a](http://b) a girl")
    )
    with opened(order) as store:
        studio = where(order, store)
        text = page(asked(order, studio, Quiet()), studio.vault, media="http://room.test")

    assert text.count("data:image/webp;base64,") == 2
    assert "<img src=x>" not in text
    assert "http://room.test/cast/clear-skies/nagi" in text


def until(found, what):
    ends = time.monotonic() + 120
    while time.monotonic() < ends:
        if (answer := found()) is not None:
            return answer
        time.sleep(0.3)
    raise AssertionError(f"it never came about that {what}")


class Cast:
    """A casting that runs in a thread of its own."""

    def __init__(self, order):
        self.order, self.state = order, None
        self._thread = threading.Thread(target=self._make, daemon=True)
        self._thread.start()

    def _make(self):
        self.state = cast_character(self.order, return_state=True)

    def waiting(self, round, refusals=0):
        return until(lambda: self._paused(round, refusals), f"round {round} waits after {refusals} refusals")

    def _paused(self, round, refusals):
        with opened(self.order) as store:
            found = [one for one in store.castings() if (one.round, one.state) == (round, "open")]
        if not found or len(found[0].refusals) != refusals:
            return None
        with get_client(sync_client=True) as client:
            ids = FlowRunFilter(id=FlowRunFilterId(any_=[found[0].run]))
            (run,) = client.read_flow_runs(flow_run_filter=ids)
        key = run.state.state_details.pause_key if run.state else None
        return found[0] if key == f"cast-{found[0].id}-{refusals + 1}" else None

    def ended(self):
        self._thread.join(120)
        assert self.state is not None, "it never ended"
        return self.state


def answer(casting, **form):
    resume_flow_run(casting.run, run_input={"reviewer": "Aya", **form})


@pytest.mark.slow
def test_a_run_waits_for_its_form_and_for_the_room_and_stores_the_sheet(prefect, order):
    made = Cast(order)

    answer(made.waiting(1), verdict="approve")
    refused = made.waiting(1, refusals=1)
    answer(refused, verdict="again", note="longer hair")
    second = made.waiting(2)
    with opened(order) as store:
        chosen = CastDecision(verdict="approve", candidate=2)
        decide(where(order, store), second.id, chosen, Reviewer("ken", "rushes", second.seen))
    state = made.ended()

    assert "no candidate 0" in refused.refusals[0].why
    assert second.shows.note == "longer hair"
    assert state.is_completed(), state.message
    found = shows.load("own").characters[0].art.references
    assert (found[0].approved.by, found[0].sha256) == ("ken", second.shows.candidates[1].sheet.sha256)
    assert state.result()["sheet"].endswith(found[0].file)
    with opened(order) as store:
        assert store.unread_castings() == ()


@pytest.mark.slow
def test_a_person_can_stop_a_casting_and_nothing_is_stored(prefect, order):
    made = Cast(order)

    answer(made.waiting(1), verdict="stop", note="not now")

    assert made.ended().is_cancelled()
    assert shows.load("own").characters[0].art.references == ()
