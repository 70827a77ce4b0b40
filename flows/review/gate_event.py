"""Tell a studio's automations that a gate was decided: the event ``sakuga.gate.decided``.

In: a gate whose run waits on a Prefect server, the review.      Out: one event, related to that run.
"""

from contextlib import suppress
from datetime import UTC, datetime
from uuid import uuid4

from assets.store import Gate, Review


def decided(gate: Gate, review: Review) -> None:
    """Send the event. A server that is down misses it: the store has the decision, and wakes the run itself."""
    if not gate.run:
        return
    import httpx
    from prefect import get_client
    from prefect.settings import get_current_settings

    if not get_current_settings().api.url:
        return
    payload = {"gate": gate.kind, "round": gate.round, "verdict": review.verdict, "by": review.made_by}
    event = {
        "id": str(uuid4()),
        "event": "sakuga.gate.decided",
        "occurred": datetime.now(UTC).isoformat(),
        "resource": {
            "prefect.resource.id": f"sakuga.episode.{gate.episode}",
            "prefect.resource.name": gate.episode.rpartition("/")[2],
        },
        "related": [
            {"prefect.resource.id": f"prefect.flow-run.{gate.run}", "prefect.resource.role": "flow-run"}
        ],
        "payload": {**payload, "door": review.door, "note": review.note},
    }
    with suppress(httpx.HTTPError, OSError), get_client(sync_client=True) as client:
        client.request("POST", "/events", json=[event])
