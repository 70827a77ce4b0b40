"""`sakuga review --json`: what waits for a review, for a program. Changes nothing."""

from pathlib import Path
from typing import Any

from assets.errors import InputRefused
from assets.store import Gate
from flows.cli import documents
from flows.cli.review_flags import Flags
from flows.review.review_store import episode_named, newest_gate, room
from flows.review.waiting import seconds_left


def tell(episode: str | None, out: Path, flags: Flags) -> None:
    """Print the open gates; or the newest gate of one episode, whatever its state, with its cuts."""
    if flags.given:
        raise InputRefused(
            "--json shows the state and decides nothing. Decide in a second command, without --json."
        )
    with room(out) as here:
        if episode is None:
            documents.show("reviews", {"gates": [_gate(gate) for gate in here.store.open_gates()]})
            return
        found = episode_named(episode, here.store)
        gate = newest_gate(found, here.store)
        body = {**_gate(gate), "cuts": _cuts(gate)} if gate else None
        documents.show("review", {"episode": found.id, "gate": body})


def _gate(gate: Gate) -> dict[str, Any]:
    state = "expired" if gate.state == "open" and seconds_left(gate) <= 0 else gate.state
    return {
        "episode": gate.episode.partition("/")[2],
        "kind": gate.kind,
        "round": gate.round,
        "state": state,
        "opened_at": gate.opened_at,
        "until": gate.until,
        "seen": gate.seen,
    }


def _cuts(gate: Gate) -> list[dict[str, Any]]:
    return [
        {
            "cut": cut.cut,
            "frames": cut.frames,
            "take": cut.selected,
            "takes": len(cut.takes),
            "locked": cut.locked,
            "stale": cut.stale,
            "why": cut.why,
            "news": cut.news,
        }
        for cut in gate.shows.cuts
    ]
