"""What is worth telling: from an event of the server to a sentence and a body for the receiver.

In: an event, and the run as it is now.      Out: a Notice; None when nobody needs to hear of it.
"""

import json
from html import escape
from typing import Any, Literal
from urllib.parse import urlsplit

from assets.plain import clean, one_line
from assets.sheets.base import Part

Kind = Literal["review", "failed", "finished"]

EVENTS: dict[str, Kind] = {
    "prefect.flow-run.Suspended": "review",
    "prefect.flow-run.Paused": "review",
    "prefect.flow-run.Failed": "failed",
    "prefect.flow-run.Crashed": "failed",
    "prefect.flow-run.TimedOut": "failed",
    "prefect.flow-run.Completed": "finished",
}
# A run that has gone on since (a studio that was started again, a review that is decided) is no news.
STILL: dict[Kind, tuple[str, ...]] = {
    "review": ("PAUSED",),
    "failed": ("FAILED", "CRASHED"),
    "finished": ("COMPLETED",),
}
SAID: dict[Kind, str] = {
    "review": "Review wanted: {run} waits for a person.",
    "failed": "Failed: {run}. {message}",
    "finished": "Finished: {run}.",
}
# A batch on a GPU is told of by the episode it belongs to.
FLOWS = ("make-episode", "retake", "nightly-rushes")


class Notice(Part):
    """One thing to tell."""

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
    """What ``event`` means to a person."""
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


def body(notice: Notice, receiver: str) -> bytes:
    """As the receiver reads it: Slack and Discord each know one field; all others get everything."""
    host = urlsplit(receiver).hostname or ""
    if host == "hooks.slack.com":
        # Slack reads <!channel> as a call to everybody; these three are all that it wants escaped.
        told: dict[str, Any] = {"text": escape(notice.text, quote=False)}
    elif host in ("discord.com", "discordapp.com"):
        # No mention in a script's title may call people.
        told = {"content": notice.text[:1900], "allowed_mentions": {"parse": []}}
    else:
        told = {"text": notice.text, **notice.model_dump()}
    return json.dumps(told, ensure_ascii=False).encode()
