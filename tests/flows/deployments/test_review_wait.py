"""Gates in a Prefect run of one process: it pauses, and each door resumes it."""

import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from prefect import State, get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterId
from prefect.client.schemas.objects import Artifact, FlowRun
from prefect.flow_runs import resume_flow_run

from assets.errors import RunAsleep
from assets.sheets.cutsheet import Cutsheet
from assets.sheets.review import CutRemark, Decision, Reason
from assets.store import Gate, Store
from flows.deployments.episodes import make_episode
from flows.episode.brief import Brief
from flows.review.rules import Reviewer
from flows.review.service import decide

SCRIPT = """\
Title: The Kite
Language: en

EXT. HILLTOP - DAY

MIKA paints <img src=x> and [a link](http://example.org) on the kite.
"""
pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Room:
    """All that the service needs of a door."""

    store: Store


class Made:
    """An episode that is being made in a thread of its own, as far as its server and its store know."""

    def __init__(self, folder: Path, **brief: Any) -> None:
        (folder / "kite.fountain").write_text(SCRIPT, encoding="utf-8")
        self._url = f"sqlite:///{folder / 'episodes/.sakuga/store.sqlite'}"
        self._file = folder / "episodes/.sakuga/store.sqlite"
        order = Brief(script=folder / "kite.fountain", profile="toy", out=folder / "episodes", **brief)
        self.state: State | None = None
        self._thread = threading.Thread(target=self._make, args=(order,), daemon=True)
        self._thread.start()

    def _make(self, order: Brief) -> None:
        self.state = make_episode(order, return_state=True)

    def gate(self, kind: str, round: int, *, refusals: int = 0) -> Gate:
        """The open gate, once its run has paused there and this many answers were refused."""

        def there() -> Gate | None:
            found = [gate for gate in self._gates() if (gate.kind, gate.round) == (kind, round)]
            if not found or len(found[0].refusals) != refusals:
                return None
            state = run(found[0].run).state
            key = state.state_details.pause_key if state is not None else None
            return found[0] if key == f"{kind}-{round}-{refusals + 1}" else None

        return until(there, f"it paused at the {kind} gate, round {round}")

    def ended(self) -> State:
        self._thread.join(120)
        assert self.state is not None, "it never ended"
        return self.state

    def _gates(self) -> list[Gate]:
        if not self._file.exists():
            return []
        with self.store() as store:
            return list(store.open_gates())

    def store(self) -> Store:
        return Store.open(self._url)


def until(found: Callable[[], Any], what: str) -> Any:
    ends = time.monotonic() + 120
    while time.monotonic() < ends:
        if (answer := found()) is not None:
            return answer
        time.sleep(0.5)
    raise AssertionError(f"it never came about that {what}")


def run(id: str) -> FlowRun:
    with get_client(sync_client=True) as client:
        (found,) = client.read_flow_runs(flow_run_filter=FlowRunFilter(id=FlowRunFilterId(any_=[id])))
    return found


def answer(gate: Gate, **form: Any) -> None:
    """What the form in Prefect's page sends."""
    resume_flow_run(gate.run, run_input={"reviewer": "Aya", **form})


def test_the_form_sends_back_refuses_and_approves_and_the_other_doors_wake_the_run(prefect, tmp_path):
    made = Made(tmp_path, gates=("storyboard", "takes"))

    gate = made.gate("storyboard", 1)
    # What the form cannot be: the server itself refuses it, and the run goes on waiting.
    with pytest.raises(RuntimeError, match=r"Validation failed for field .*cut"):
        answer(gate, verdict="retake", retakes=[{"cut": "C099", "reasons": ["layout"]}])
    # What the form can be, but no decision: told above the next form.
    answer(gate, verdict="retake")
    gate = made.gate("storyboard", 1, refusals=1)
    with get_client(sync_client=True) as client:
        told = client.read_flow_run_input(gate.run, key="storyboard-1-2-description")
        form = json.loads(client.read_flow_run_input(gate.run, key="storyboard-1-2-schema"))
    # Words that change nothing: told once, and taken when they are sent again.
    words = {"verdict": "retake", "retakes": [{"cut": "C001", "reasons": ["layout", "color"], "note": "sky"}]}
    answer(gate, **words)
    gate = made.gate("storyboard", 1, refusals=2)
    assert "What is understood: closer" in gate.refusals[-1].why
    answer(gate, **words)
    gate = made.gate("storyboard", 2)
    with made.store() as store:
        decide(Room(store), gate.id, Decision(verdict="approve"), Reviewer("ken", "terminal", gate.seen))
    gate = made.gate("takes", 1)
    again = CutRemark(cut="C001", reasons=(Reason.MOTION,))
    with made.store() as store:
        decide(
            Room(store),
            gate.id,
            Decision(verdict="retake", remarks=(again,)),
            Reviewer("ken", "rushes", gate.seen),
        )
    answer(made.gate("takes", 2), verdict="approve")
    state = made.ended()

    assert state.is_completed(), state.message
    assert "nothing was changed" in told and "no cut was named" in told
    assert form["properties"]["reviewer"]["default"] == "Aya"
    assert "&lt;img src=x&gt;" in told and "<img src=x" not in told and "\n\n[" not in told
    with made.store() as store:
        said = [(item.gate, item.round, item.verdict, item.door) for item in store.reviews(gate.episode)]
        orders = store.retakes(gate.episode, "storyboard")
    assert said == [
        ("storyboard", 1, "retake", "prefect"),
        ("storyboard", 2, "approve", "terminal"),
        ("takes", 1, "retake", "rushes"),
        ("takes", 2, "approve", "prefect"),
    ]
    assert [order.reason for order in orders] == ["layout, color: sky"]


def test_a_cut_changed_in_the_form_is_drawn_again_and_shown_before_the_run_goes_on(prefect, tmp_path):
    """Only the rushes room could change a cut; a producer in Prefect's page could only describe it in a note."""
    made = Made(tmp_path, gates=("storyboard",))
    gate = made.gate("storyboard", 1)
    answer(gate, verdict="approve", changes=[{"cut": "C001"}])
    refused = made.gate("storyboard", 1, refusals=1)
    answer(refused, verdict="approve", changes=[{"cut": "C001", "time": "night"}])
    gate = made.gate("storyboard", 2)
    news = {cut.cut: cut.news for cut in gate.shows.cuts}
    answer(gate, verdict="retake", changes=[{"cut": "C001", "size": "close"}])
    third = made.gate("storyboard", 3)
    answer(third, verdict="approve")
    state = made.ended()

    assert "nothing of it was changed" in refused.refusals[0].why
    assert news["C001"] == "another drawing"
    assert state.is_completed(), state.message
    cut = Cutsheet.read(tmp_path / "episodes/kite/cutsheet.yaml").cut("C001")
    assert (cut.size, cut.time) == ("close", "night")


def test_a_run_at_a_gate_says_so_in_its_state_its_tags_its_bar_and_a_page(prefect, tmp_path):
    """Its state was called Paused and said nothing: people had to open the menu to learn what it waits for."""
    with temporary_media("http://room.test:4300"):
        made = Made(tmp_path, gates=("storyboard",))
        gate = made.gate("storyboard", 1)
        waiting = run(gate.run)
        pages = until(lambda: shown(gate.run, "review-kite"), "its page is there")
        [bar] = shown(gate.run, "progress-kite")
        tags = until(lambda: tagged(gate.run, "gate:storyboard"), "it is tagged")
        answer(gate, verdict="approve")
        made.ended()
        bars = shown(gate.run, "progress-kite")

    assert waiting.state.name == "Storyboard review, round 1"
    assert "http://room.test:4300/episodes/kite" in waiting.state.message and "UTC" in waiting.state.message
    assert "data:image/webp;base64," in pages[0].data
    assert "Storyboard review, round 1: waits for a person" in bar.description and 0 < bar.data < 100
    assert "episode:kite" in tags
    assert [(each.id, each.data) for each in bars] == [(bar.id, 100)]
    assert "gate:storyboard" not in run(gate.run).tags


def shown(id: str, key: str) -> list[Artifact] | None:
    with get_client(sync_client=True) as client:
        found = client.read_artifacts(flow_run_filter=FlowRunFilter(id=FlowRunFilterId(any_=[id])))
    return [page for page in found if page.key == key] or None


def tagged(id: str, tag: str) -> list[str] | None:
    tags = run(id).tags
    return tags if tag in tags else None


@contextmanager
def temporary_media(url: str) -> Iterator[None]:
    before = os.environ.get("SAKUGA_MEDIA_URL")
    os.environ["SAKUGA_MEDIA_URL"] = url
    try:
        yield
    finally:
        os.environ.pop("SAKUGA_MEDIA_URL") if before is None else os.environ.update(SAKUGA_MEDIA_URL=before)


def test_a_door_without_a_way_to_the_server_wakes_a_paused_run_all_the_same(prefect, tmp_path):
    made = Made(tmp_path, gates=("storyboard",))
    gate = made.gate("storyboard", 1)

    def no_server_here(_gate: Gate) -> None:
        raise RunAsleep("no server is configured here")

    with made.store() as store, pytest.raises(RunAsleep):
        approve = Decision(verdict="approve")
        decide(Room(store), gate.id, approve, Reviewer("ken", "rushes", gate.seen), wake=no_server_here)

    assert made.ended().is_completed()


def test_stop_cancels_the_run_in_the_reviewer_s_words(prefect, tmp_path):
    made = Made(tmp_path, gates=("storyboard",))

    answer(made.gate("storyboard", 1), verdict="stop", note="wrong script")
    state = made.ended()

    assert state.is_cancelled()
    assert "Stopped by Aya at the storyboard gate: wrong script" in state.message


def test_a_gate_nobody_came_to_ends_the_run_as_expired(prefect, tmp_path):
    state = Made(tmp_path, gates=("storyboard",), review_hours=4 / 3600).ended()

    assert (state.is_failed(), state.name) == (True, "Expired")
    assert "Nobody decided at the storyboard gate" in state.message
