"""Make the episodes that are due, one after the other, and tell in the morning how it went.

In: what is due.      Out: what became of each; a page with links.
Where the studio is deployed every episode is a run of its own, so that one which takes its process down
takes no other with it. A run that stops at a gate waits for the morning; the night goes on.
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
from flows.episode.brief import Brief

EPISODE = "make-episode/make-episode"
PAUSE = 5.0


@dataclass(frozen=True)
class Made:
    """What became of one episode."""

    episode: str
    why: str
    outcome: str
    seconds: float = 0.0
    run: UUID | None = None


def played(found: list[Due], make: Callable[[Brief], State]) -> list[Made]:
    """All that is due, each to its end. ``make`` makes one here, where no deployment exists."""
    return [_played(item, make) if item.due and item.brief else _left(item) for item in found]


def page(made: list[Made]) -> str:
    """The night at a glance, as markdown: every name and message is text, whatever it holds."""
    due = [item for item in made if item.outcome != LEFT]
    bad = [item for item in due if item.outcome not in ("finished", WAITS)]
    head = f"{len(due)} of {len(made)} episodes were due, {len(bad)} of them could not be made."
    rows = "".join(
        f"<tr><td>{_linked(item)}</td><td>{_cell(item.why)}</td><td>{_cell(item.outcome)}</td>"
        f"<td>{f'{item.seconds:.0f} s' if item.outcome != LEFT else ''}</td></tr>"
        for item in sorted(made, key=lambda item: item.outcome == LEFT)
    )
    table = "<table><tr><th>Episode</th><th>Why</th><th>What became of it</th><th>Time</th></tr>"
    return f"<p>{head}</p>\n\n{table}{rows}</table>"


WAITS = "waits for a person"
LEFT = "left as it is"


def _left(item: Due) -> Made:
    return Made(item.episode, item.why, LEFT)


def _played(item: Due, make: Callable[[Brief], State]) -> Made:
    began, run_id = time.monotonic(), None
    state: State | None
    assert item.brief is not None  # noqa: S101, asked for before
    try:
        if deployment.id:
            run = _run_of_its_own(item.brief)
            state, run_id = run.state, run.id
        else:
            state = make(item.brief)
            run_id = state.state_details.flow_run_id
    except Exception as error:  # noqa: BLE001, the others must be made, whatever stops this one
        return Made(
            item.episode, item.why, f"could not be made: {str(error)[:300]}", time.monotonic() - began
        )
    return Made(item.episode, item.why, _told(state), time.monotonic() - began, run_id)


def _run_of_its_own(brief: Brief) -> FlowRun:
    parameters = {"brief": brief.model_dump(mode="json", exclude_none=True)}
    run = cast(FlowRun, run_deployment(EPISODE, parameters=parameters, timeout=0, as_subflow=True))
    with get_client(sync_client=True) as client:
        while run.state is None or not (run.state.is_final() or run.state.is_paused()):
            time.sleep(PAUSE)
            run = client.read_flow_run(run.id)
    return run


def _told(state: State | None) -> str:
    if state is None:
        return "unknown"
    if state.is_completed():
        return "finished"
    if state.is_paused():
        return WAITS
    return f"{(state.name or 'ended').lower()}: {one_line(state.message or 'no word why')[:300]}"


def _cell(text: str) -> str:
    # An empty line would end the table, and what follows would be read as markdown.
    return phrase(text)


def _linked(item: Made) -> str:
    ui = get_current_settings().ui_url
    name = escape(item.episode)
    return f'<a href="{escape(ui)}/runs/flow-run/{item.run}">{name}</a>' if ui and item.run else name
