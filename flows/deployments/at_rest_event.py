"""The last word of a run's process: it is at rest now, and its silence means nothing.

In: the run that is played here.      Out: one event when its process ends by itself.
A run that suspends tells so a moment before its process ends, and in that moment one more sign of life may
go out. The rule about dead runs would then wait for the next one, and call a run crashed that waits for a
person. A process that is killed says no last word: of that the rule rightly hears nothing.
"""

import atexit
from contextlib import suppress
from datetime import UTC, datetime
from uuid import uuid4

from prefect import get_client
from prefect.runtime import flow_run
from prefect.settings import PREFECT_API_URL, temporary_settings

WORD = "prefect.flow-run.at-rest"


def last_word() -> None:
    """Have it said when this process ends.

    A run without an API address has a server that Prefect started for this process alone and that ends
    with it: nobody is left to hear the word.
    """
    run, api = flow_run.get_id(), PREFECT_API_URL.value()
    if run is not None and api:
        atexit.register(say, run, api)


def say(run: str, api: str) -> None:
    """Tell the server at ``api`` that the process of ``run`` ends now; a server that is gone is not told.

    The address is the one the run had. At the end of the process the settings may name none any more,
    and then Prefect's client would start a server of its own, which nothing ends.
    """
    import httpx

    event = {
        "id": str(uuid4()),
        "event": WORD,
        "occurred": datetime.now(UTC).isoformat(),
        "resource": {"prefect.resource.id": f"prefect.flow-run.{run}"},
    }
    # By hand: Prefect's own sender of events is closed before the process's last words.
    with (
        temporary_settings({PREFECT_API_URL: api}),
        suppress(httpx.HTTPError, OSError),
        get_client(sync_client=True) as client,
    ):
        client.request("POST", "/events", json=[event])
