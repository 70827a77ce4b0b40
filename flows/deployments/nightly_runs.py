"""Make the due episodes one after the other, and write a page with the results.

In: the due episodes.      Out: the result of each; a page with links.
On a deployed studio every episode is a run of its own without a parent: one that kills its process does not stop
the others, and one that stops at a gate is suspended, so that its process ends and its memory is free. The next
episode follows.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from typing import cast
from uuid import UUID

from prefect import State, get_client
from prefect.client.schemas.objects import FlowRun
from prefect.deployments import run_deployment
from prefect.runtime import deployment
from prefect.settings import get_current_settings

from assets.plain import one_line
from flows.deployments.changed import Due
from flows.deployments.page_html import phrase
from flows.episode.brief import Brief, run_name

EPISODE = "make-episode/make-episode"
PAUSE = 5.0


@dataclass(frozen=True)
class Made:
    """The result of one episode."""

    episode: str
    why: str
    outcome: str
    seconds: float = 0.0
    run: UUID | None = None
    failed: bool = False


def make_due(found: list[Due], make: Callable[[Brief], State]) -> list[Made]:
    """Make every due episode, one after the other. ``make`` makes one in this process if there is no deployment."""
    return [_make_one(item, make) if item.due and item.brief else _unchanged(item) for item in found]


def page(made: list[Made]) -> str:
    """A page of the night's results in markdown: every name and message is shown as text."""
    due = [item for item in made if item.outcome != LEFT]
    bad = sum(item.failed for item in due)
    head = f"{len(due)} of {len(made)} episodes were due, {bad} of them could not be made."
    rows = "".join(
        f"<tr><td>{_linked(item)}</td><td>{_cell(item.why)}</td><td>{_cell(item.outcome)}</td>"
        f"<td>{f'{item.seconds:.0f} s' if item.outcome != LEFT else ''}</td></tr>"
        for item in sorted(made, key=lambda item: item.outcome == LEFT)
    )
    table = "<table><tr><th>Episode</th><th>Why</th><th>Result</th><th>Time</th></tr>"
    return f"<p>{head}</p>\n\n{table}{rows}</table>"


def failure(made: list[Made]) -> str:
    """The failures of the night in one sentence; empty if there are none."""
    bad = [item for item in made if item.failed]
    if not bad:
        return ""
    due = sum(item.outcome != LEFT for item in made)
    named = "; ".join(f"{one_line(item.episode)} ({item.outcome})" for item in bad)
    return f'{len(bad)} of {due} episodes could not be made: {named}. The page "nightly-rushes" lists all of them.'


WAITS = "waits for a person"
LEFT = "left as it is"


def _unchanged(item: Due) -> Made:
    return Made(item.episode, item.why, LEFT)


def _make_one(item: Due, make: Callable[[Brief], State]) -> Made:
    began, run_id = time.monotonic(), None
    state: State | None
    assert item.brief is not None  # noqa: S101, checked by the caller
    try:
        if deployment.id:
            run = _deployed_run(item.brief)
            state, run_id = run.state, run.id
        else:
            state = make(item.brief)
            run_id = state.state_details.flow_run_id
    except Exception as error:  # noqa: BLE001, the other episodes must be made whatever stops this one
        what = f"could not be made: {str(error)[:300]}"
        return Made(item.episode, item.why, what, time.monotonic() - began, failed=True)
    failed = state is None or state.is_failed() or state.is_crashed()
    return Made(item.episode, item.why, _describe(state), time.monotonic() - began, run_id, failed)


def _deployed_run(brief: Brief) -> FlowRun:
    parameters = {"brief": brief.model_dump(mode="json", exclude_none=True)}
    # Prefect refuses to suspend a child: at a gate it would keep its process, 569 MB and a worker's slot.
    ordered = run_deployment(
        EPISODE,
        parameters=parameters,
        timeout=0,
        as_subflow=False,
        tags=["nightly"],
        flow_run_name=run_name(brief),
    )
    run = cast(FlowRun, ordered)
    with get_client(sync_client=True) as client:
        while run.state is None or not (run.state.is_final() or run.state.is_paused()):
            time.sleep(PAUSE)
            run = client.read_flow_run(run.id)
    return run


def _describe(state: State | None) -> str:
    if state is None:
        return "unknown"
    if state.is_completed():
        return "finished"
    if state.is_paused():
        return WAITS
    return f"{(state.name or 'ended').lower()}: {one_line(state.message or 'no reason given')[:300]}"


def _cell(text: str) -> str:
    # An empty line would end the table, and the rest would be read as markdown.
    return phrase(text)


def _linked(item: Made) -> str:
    ui = get_current_settings().ui_url
    name = escape(item.episode)
    return f'<a href="{escape(ui)}/runs/flow-run/{item.run}">{name}</a>' if ui and item.run else name
