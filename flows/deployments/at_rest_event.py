"""Send an event when a suspended run's process ends, so that its silence is not taken for a crash.

In: the run of this process.      Out: one event when the process ends by itself.
A run reports its suspension shortly before its process ends, and one more heartbeat may be sent in between.
The rule about dead runs then waits for the next heartbeat, and would mark a run that waits for a person as
crashed. A killed process sends no event, so the rule still works for it.
"""

import atexit
from contextlib import suppress
from datetime import UTC, datetime
from uuid import uuid4

from prefect import get_client
from prefect.runtime import flow_run
from prefect.settings import PREFECT_API_URL, temporary_settings

EVENT = "prefect.flow-run.at-rest"


def report_at_exit() -> None:
    """Send the event when this process ends.

    Do nothing for a run without an API address: its server was started by Prefect for this process alone and
    ends with it.
    """
    run, api = flow_run.get_id(), PREFECT_API_URL.value()
    if run is not None and api:
        atexit.register(send, run, api)


def send(run: str, api: str) -> None:
    """Tell the server at ``api`` that the process of ``run`` ends now; ignore a server that is gone.

    Use the run's own address. At the end of the process the settings may have none, and then Prefect's client
    would start a server that nothing stops.
    """
    import httpx

    event = {
        "id": str(uuid4()),
        "event": EVENT,
        "occurred": datetime.now(UTC).isoformat(),
        "resource": {"prefect.resource.id": f"prefect.flow-run.{run}"},
    }
    # Send it directly: Prefect's event client is closed before the exit handlers run.
    with (
        temporary_settings({PREFECT_API_URL: api}),
        suppress(httpx.HTTPError, OSError),
        get_client(sync_client=True) as client,
    ):
        client.request("POST", "/events", json=[event])
