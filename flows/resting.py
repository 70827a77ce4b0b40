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

WORD = "prefect.flow-run.at-rest"


def last_word() -> None:
    """Have it said when this process ends."""
    run = flow_run.get_id()
    if run is not None:
        atexit.register(_say, run)


def _say(run: str) -> None:
    import httpx

    event = {
        "id": str(uuid4()),
        "event": WORD,
        "occurred": datetime.now(UTC).isoformat(),
        "resource": {"prefect.resource.id": f"prefect.flow-run.{run}"},
    }
    # By hand: Prefect's own sender of events is closed before the process's last words.
    with suppress(httpx.HTTPError, OSError), get_client(sync_client=True) as client:
        client.request("POST", "/events", json=[event])
