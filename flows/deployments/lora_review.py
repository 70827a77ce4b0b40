"""Wait in Prefect until a person decided about a trained LoRA: a form with the sheet above it.

In: a validation.      Out: the decision, from the form or from another way to decide.
As at the gates of an episode, only the ledger counts: a resumed run reads the decision there.
"""

from typing import Any, Literal

from prefect import get_run_logger
from prefect.artifacts import create_markdown_artifact
from prefect.exceptions import FlowPauseTimeout
from prefect.input import RunInput
from pydantic import Field, ValidationError, create_model

from assets.errors import DecisionRefused, GateExpired
from assets.sheets.validation import Column, Validation
from assets.store import Event, Store
from assets.vault import Vault
from flows.deployments.keys import key_for
from flows.deployments.page_html import phrase, table
from flows.deployments.review_form import readable
from flows.deployments.suspension import Stop, is_deployed, paused, sent, suspended
from flows.deployments.thumbnails import image, thumbnails
from flows.review.wake import WOKEN
from flows.training import approvals
from flows.training.approvals import Decision, Standing
from stages.validation.measuring import NO_GAIN, closed, gains

POLL_S = 2.0
HOURS = 24 * 14
PICTURES = 700_000  # bytes; the page is one row of Prefect's database
WIDE = 240
TRIES = 20  # refused answers, each with a form of its own


class LoraAnswer(RunInput):
    """The questions about a LoRA."""

    verdict: Literal["approve", "refuse"] = Field(
        title="1. Your verdict", description="approve: it may come into the bible. refuse: say why below."
    )
    reviewer: str = Field(
        title="2. Your name", min_length=1, max_length=80, description="It is recorded with the decision."
    )
    note: str = Field(
        default="", title="Why", max_length=2000, description="Needed for a refusal; kept in the ledger."
    )


def form_for(made: Validation) -> type[LoraAnswer]:
    """The form of one validation: its strengths are chosen from a list."""
    painted: Any = Literal[tuple(f"{one:g}" for one in made.strengths)]
    field = Field(
        default=f"{made.proposed:g}",
        title="3. Strength",
        description="Only strengths that were painted can be approved.",
    )
    fields: dict[str, Any] = {"strength": (painted, field)}
    return create_model("LoraReview", __base__=LoraAnswer, **fields)


def page(made: Validation, standing: Standing, vault: Vault, *, room: str = "", refused: str = "") -> str:
    """The validation as a page with its pictures inside."""
    pictures = {
        f"{column}/{row}": ref
        for column, one in enumerate(made.columns)
        for row, ref in enumerate(one.pictures)
    }
    art = {f"art/{row}": ref for row, ref in enumerate(made.held_out.works[: len(made.cuts)])}
    small = thumbnails({**pictures, **art}, vault, PICTURES)
    heads = ["cut", *(_named(one, made) for one in made.columns), "held-out art"]
    rows = [["", *(_readings(one, made) for one in made.columns), phrase(made.held_out.dataset)]]
    for row, cut in enumerate(made.cuts):
        cells = [image(small.get(f"{at}/{row}", b""), cut.cut, width=WIDE) for at in range(len(made.columns))]
        drawn = small.get(f"art/{row}")
        rows.append(
            [
                f"<b>{cut.cut}</b><br><small>{phrase(cut.action[:90])}</small>",
                *cells,
                image(drawn, "the art", width=WIDE) if drawn else "",
            ]
        )
    link = f'<p><a href="{phrase(room)}"><b>Look at it in the rushes room</b></a>.</p>' if room else ""
    why = f"<p><b>The last answer was refused:</b> {phrase(refused)}</p>" if refused else ""
    return "\n\n".join(
        part
        for part in (
            why,
            f"<h3>{phrase(made.candidate.name)}: a LoRA of {phrase(made.subject.words)}</h3>",
            f"<p>{phrase(standing.words)}. {_advice(made)}</p>",
            link,
            table(heads, rows),
        )
        if part
    )


def decided(made: Validation, standing: Standing, store: Store, vault: Vault, *, media: str) -> Event:
    """The decision. Waits for it: a deployed run ends its process here, and runs again after the answer.

    raises  GateExpired when nobody decided in time
    """
    room = f"{media}/loras/{standing.document.sha256}" if media else ""
    refused = ""
    for number in range(1, TRIES):
        found = approvals.of(store, standing.document.sha256)
        if found.decided is not None:
            return found.decided
        refused = _asked(made, found, store, vault, _Page(room, refused, number))
    raise GateExpired(f"{standing.name} got no answer that could be recorded. Run the deployment again.")


class _Page:
    def __init__(self, room: str, refused: str, number: int) -> None:
        self.room, self.refused, self.number = room, refused, number


def _asked(made: Validation, standing: Standing, store: Store, vault: Vault, shown: _Page) -> str:
    """Show the form, and record its answer; why it was refused, or nothing."""
    text = page(made, standing, vault, room=shown.room, refused=shown.refused)
    form = form_for(made).with_initial_data(description=text)
    key = f"lora-{standing.document.sha256[:12]}-{shown.number}"
    told = f"LoRA review: {standing.name}"
    stop = Stop(key, told, "Press Resume in this run's menu and answer the form.", HOURS * 3600)

    def stopped() -> None:
        create_markdown_artifact(
            key=key_for("lora", standing.name), markdown=text, description=f"{told} waits for a person"
        )

    try:
        answer = (
            suspended(form, stop, stopped) if is_deployed() else paused(form, stop, stopped, every=POLL_S)
        )
    except FlowPauseTimeout as late:
        raise GateExpired(
            f"Nobody decided about {standing.name} in time. Run the deployment again."
        ) from late
    except ValidationError as error:
        get_run_logger().warning("An answer was refused: %s", sent(key))
        return readable(error)
    return "" if answer.reviewer == WOKEN else _recorded(answer, standing, store, vault)


def _recorded(answer: LoraAnswer, standing: Standing, store: Store, vault: Vault) -> str:
    raw = answer.model_dump()
    decision = Decision(standing.document.sha256, raw["verdict"], float(raw["strength"]), raw["note"])
    try:
        approvals.decide(store, vault, decision, by=raw["reviewer"], door="prefect")
    except DecisionRefused as refused:
        get_run_logger().warning("An answer was refused: %s", refused)
        return str(refused)
    return ""


def _named(one: Column, made: Validation) -> str:
    name = {"without": "without", "now": f"now in the bible ({one.strength:g})"}.get(
        one.kind, f"strength {one.strength:g}"
    )
    proposed = one.kind == "candidate" and one.strength == made.proposed
    return f"{name}, proposed" if proposed else name


def _advice(made: Validation) -> str:
    if not gains(made.columns, made.held_out.floor):
        return f"<b>{NO_GAIN}</b>"
    return f"Proposed strength: <b>{made.proposed:g}</b>."


def _readings(one: Column, made: Validation) -> str:
    found = one.readings
    parts = [f"style {found.style:.2f}"]
    if one.kind != "without":
        parts.append(f"nearer {closed(one, made.columns, made.held_out.floor):.0%}")
    for name, value in (
        ("features", found.features),
        ("identity", found.identity),
        ("readable", found.legible),
        ("motion", found.motion),
    ):
        if value is not None:
            parts.append(f"{name} {value:.2f}")
    return "<br>".join(f"<small>{part}</small>" for part in parts)
