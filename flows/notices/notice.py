"""Turn an event of the server into a notice: a sentence, and a body for the receiver.

In: an event, and the run as it is now.      Out: a Notice; None when the event needs none.
"""

import json
from html import escape
from typing import Any, Literal
from urllib.parse import urlsplit

from assets.plain import clean, one_line
from assets.sheets.base import Part

Kind = Literal["review", "failed", "finished"]

EVENTS: dict[str, Kind] = {
    "sakuga.gate.opened": "review",
    "prefect.flow-run.Failed": "failed",
    "prefect.flow-run.Crashed": "failed",
    "prefect.flow-run.TimedOut": "failed",
    "prefect.flow-run.Completed": "finished",
}
# If the run has continued since (the studio restarted, the review was decided), there is nothing to report.
STILL: dict[Kind, tuple[str, ...]] = {
    "review": ("PAUSED",),
    "failed": ("FAILED", "CRASHED"),
    "finished": ("COMPLETED",),
}
SAID: dict[Kind, str] = {
    "review": "Review needed: {run}. {message}",
    "failed": "Failed: {run}. {message}",
    "finished": "Finished: {run}.",
}
FLOWS = ("make-episode", "retake", "nightly-rushes")


class Notice(Part):
    """One notice."""

    kind: Kind
    run: str
    flow: str
    url: str
    message: str
    at: str

    @property
    def text(self) -> str:
        said = SAID[self.kind].format(run=self.run, message=self.message).strip()
        return f"{said} {self.url}".strip()


def of_event(event: dict[str, Any], run: dict[str, Any], ui: str) -> Notice | None:
    """The notice for ``event``, if people need one."""
    kind = EVENTS.get(event["event"])
    flow = next(
        (item.get("prefect.resource.name", "") for item in event["related"] if item.get(ROLE) == "flow"), ""
    )
    if kind is None or flow not in FLOWS or run["state"]["type"] not in STILL[kind]:
        return None
    return Notice(
        kind=kind,
        run=one_line(run["name"]),
        flow=flow,
        url=f"{ui}/runs/flow-run/{run['id']}" if ui else "",
        message=clean(run["state"].get("message") or "").strip()[:500],
        at=event["occurred"],
    )


ROLE = "prefect.resource.role"
_RUN = "prefect.flow-run."


def run_of(event: dict[str, Any]) -> str:
    """The id of the flow run that the event is about."""
    related = (item for item in event["related"] if item.get(ROLE) == "flow-run")
    every = (item["prefect.resource.id"] for item in (event["resource"], *related))
    return next((name.removeprefix(_RUN) for name in every if name.startswith(_RUN)), "")


def body(notice: Notice, receiver: str) -> bytes:
    """The body for a receiver: Slack and Discord each read one field; all others get everything."""
    host = urlsplit(receiver).hostname or ""
    if host == "hooks.slack.com":
        # Slack reads <!channel> as a mention of everybody; it requires these three characters to be escaped.
        told: dict[str, Any] = {"text": escape(notice.text, quote=False)}
    elif host in ("discord.com", "discordapp.com"):
        # A mention in a script's title must not notify people.
        told = {"content": notice.text[:1900], "allowed_mentions": {"parse": []}}
    else:
        told = {"text": notice.text, **notice.model_dump()}
    return json.dumps(told, ensure_ascii=False).encode()
