"""Read the server's events and send a notice for each once, in order, across restarts.

In: a server, a receiver, a state file.      Out: calls to the receiver. Runs until it is stopped.
"""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import Field

from assets import files
from assets.sheets.base import Part
from flows.notices.notice import EVENTS, body, of_event, run_of
from flows.notices.sending import Receiver, send
from flows.up.prefect_api import Api, trouble

POLL = 5.0
# Events arrive late, and not quite in order.
OVERLAP = timedelta(minutes=2)
# Old notices are of no use: a receiver that is down longer misses them.
STALE = timedelta(hours=24)
PAGE = 50


class Memory(Part):
    """What was sent already."""

    since: datetime
    told: tuple[str, ...] = Field(default=(), description="Ids of events since then")


@dataclass(frozen=True)
class Watched:
    """A Prefect server: its API, and the address of its UI for the links in notices."""

    api: Api
    ui: str


def run(server: Watched, receiver: Receiver, memory: Path, *, say: Callable[[str], None]) -> None:
    """Run for ever; wait for a server that is down."""
    while True:
        try:
            once(server, receiver, memory, say=say)
        except trouble() as error:
            say(f"the server did not answer ({type(error).__name__})")
        time.sleep(POLL)


def once(
    server: Watched,
    receiver: Receiver,
    memory: Path,
    *,
    say: Callable[[str], None],
    now: datetime | None = None,
) -> None:
    """Send what is new. What the receiver did not accept is sent first the next time."""
    now = now or datetime.now(UTC)
    known = _remembered(memory, say) or Memory(since=now)
    told, since = dict.fromkeys(known.told), known.since
    for event in _events(server.api, since - OVERLAP):
        at = datetime.fromisoformat(event["occurred"])
        if event["id"] in told or at < known.since - OVERLAP:
            continue
        if not _handled(event, server, receiver, fresh=now - at < STALE, say=say):
            break
        told[event["id"]] = None
        since = max(since, at)
        _remember(memory, Memory(since=since, told=tuple(told)[-10 * PAGE :]))
    _remember(memory, Memory(since=since, told=tuple(told)[-10 * PAGE :]))


def _handled(
    event: dict[str, Any], server: Watched, receiver: Receiver, *, fresh: bool, say: Callable[[str], None]
) -> bool:
    """Whether this event needs no further attempt."""
    run = server.api.run(run_of(event))
    notice = of_event(event, run, server.ui) if run is not None and fresh else None
    if notice is None:
        return True
    outcome = send(receiver, body(notice, receiver.url))
    say(f"{notice.kind}: {notice.run}: {outcome} by {receiver.shown}")
    return outcome != "unreachable"


def _events(api: Api, since: datetime) -> Iterator[dict[str, Any]]:
    occurred = {"since": since.isoformat(), "until": (datetime.now(UTC) + timedelta(minutes=1)).isoformat()}
    wanted = {"occurred": occurred, "event": {"name": list(EVENTS)}, "order": "ASC"}
    page = api.post("/events/filter", {"filter": wanted, "limit": PAGE})
    while True:
        yield from page["events"]
        following = page.get("next_page")
        if not following:
            return
        page = api.get(following.removeprefix(api.url))


def _remembered(path: Path, say: Callable[[str], None]) -> Memory | None:
    if not path.exists():
        return None
    try:
        return Memory.model_validate(json.loads(path.read_bytes()))
    except (ValueError, RecursionError):
        say(f"{path} is damaged: events before now that were not sent yet will not be sent")
        return None


def _remember(path: Path, memory: Memory) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    files.write(path, memory.model_dump_json())
