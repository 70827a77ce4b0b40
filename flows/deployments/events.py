"""Events of an episode for the automations of a studio.

In: what happened to an episode.      Out: an event on the server, related to its flow run.

| event | when | payload |
|---|---|---|
| sakuga.episode.started | a run begins to work on the episode | script, profile |
| sakuga.gate.opened | a run waits for a review | gate, round, until, room, message |
| sakuga.gate.decided | somebody decided | gate, round, verdict, by, door, note |
| sakuga.episode.finished | the episode was delivered | files, cuts, made, seconds |
| sakuga.episode.failed | a run ended without an episode | error, message |
"""

from typing import Any, Literal

from prefect.events import emit_event

Name = Literal["gate.opened", "episode.started", "episode.finished", "episode.failed"]


def emit(name: Name, episode: str, **payload: Any) -> None:
    """``episode`` is its id in the store: show/episode."""
    emit_event(f"sakuga.{name}", resource=resource(episode), payload=payload)


def resource(episode: str) -> dict[str, str]:
    return {
        "prefect.resource.id": f"sakuga.episode.{episode}",
        "prefect.resource.name": episode.rpartition("/")[2],
    }
