"""Make an episode in this process, recorded as a flow run on the Prefect server that is configured.

In: a brief (and perhaps an order for a retake).      Out: the report; the run with its tasks and pages on the server.
The terminal shows the same progress as without a server. At a gate the run pauses: every way to review is open.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
from prefect import get_client
from prefect.client.schemas.objects import State
from prefect.exceptions import PrefectException

from assets.errors import SetupMissing
from assets.sheets.production import Report
from flows.deployments import episodes
from flows.deployments.tasks import Attended, attend
from flows.episode.brief import Brief, RetakeOrder
from flows.terminal import screen

_UNUSED = "Start it, or run without a record: --no-record"


def produce(brief: Brief, *, quiet: bool = False) -> Report:
    """Run the flow ``make-episode`` here and now.

    raises  SetupMissing when the server does not answer; else what the episode raises
    """
    return _run(lambda: episodes.make_episode(brief, return_state=True), quiet=quiet)


def retake(episode: str, order: RetakeOrder, out: Path) -> Report:
    """Run the flow ``retake`` here and now."""
    return _run(lambda: episodes.retake(episode, order, out, return_state=True), quiet=False)


def _run(flow: Callable[[], State[Any]], *, quiet: bool) -> Report:
    _check_server()
    with screen.Screen(quiet=quiet) as display, attend(display) as attended:
        report = _report(flow(), attended)
    screen.summary(report, str(Path(report.files["report"]).parent), quiet=quiet)
    return report


def _report(state: State[Any], attended: Attended) -> Report:
    if attended.stopped is not None:
        raise attended.stopped  # the flow ends with a state of its own, without an exception
    files: dict[str, str] = state.result()
    return Report.read(Path(files["report"]))


def _check_server() -> None:
    with get_client(sync_client=True) as client:
        try:
            client.read_flows(limit=1)
        except httpx.HTTPStatusError as error:
            raise SetupMissing(
                f"The Prefect server at {client.api_url} refused the call ({error.response.status_code}). Set "
                "PREFECT_API_AUTH_STRING to its password (`sakuga up --env` prints it), or run without a record: "
                "--no-record"
            ) from error
        except (httpx.HTTPError, PrefectException, RuntimeError) as error:
            raise SetupMissing(
                f"The Prefect server at {client.api_url} does not answer ({type(error).__name__}). {_UNUSED}"
            ) from error
