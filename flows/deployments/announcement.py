"""Tell people that a run waits for a review: in its state, in a tag, on a page, in an event.

In: an open gate.      Out: a title and a message; a page with the pictures under one key per episode.
"""

from dataclasses import dataclass

from prefect.artifacts import create_markdown_artifact

from assets.plain import one_line
from assets.store import Gate
from flows.deployments import run_tags
from flows.deployments.events import emit
from flows.deployments.keys import key_for
from flows.deployments.page_html import local
from flows.review.service import TITLES


@dataclass(frozen=True)
class Told:
    """The name of the run's state, and what it says."""

    title: str
    message: str
    room: str


def of(gate: Gate, media: str) -> Told:
    """``media`` is the address of the rushes room; empty: there is none."""
    episode = gate.episode.rpartition("/")[2]
    room = f"{media}/episodes/{episode}" if media else ""
    until = local(gate.until)
    where = (
        f"Review it at {room} or with Resume in this run's menu"
        if room
        else "Press Resume in this run's menu"
    )
    title = f"{TITLES[gate.kind].capitalize()} review, round {gate.round}"
    return Told(title, f"{where}, until {until}.", room)


def publish(gate: Gate, told: Told, page: str) -> None:
    """Show the page, tag the run and send the event."""
    create_markdown_artifact(
        key=key_for("review", gate.episode.rpartition("/")[2]),
        markdown=page,
        description=one_line(f"{told.title}: {told.message}"),
    )
    run_tags.put(gate=gate.kind)
    emit(
        "gate.opened",
        gate.episode,
        gate=gate.kind,
        round=gate.round,
        until=gate.until,
        room=told.room,
        message=told.message,
    )
