"""The Prefect flow that casts a character: candidates, a form where a person approves one, the sheet in the bible.

In: an order.      Out: the file of the approved sheet; or how the run ended.
A deployed run is suspended while it waits, and runs again from the top: every picture is found by its recipe, and the
decision is read from the store.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any, Literal
from uuid import UUID

import httpx
from prefect import flow, get_client, get_run_logger
from prefect.artifacts import create_markdown_artifact
from prefect.client.schemas.objects import State
from prefect.exceptions import FlowPauseTimeout
from prefect.input import RunInput
from prefect.runtime import flow_run
from prefect.states import Cancelled, Failed, Running
from pydantic import Field, ValidationError, create_model

from assets.errors import DecisionRefused, GateExpired, RunAsleep, RunStopped, SakugaError, StorageFailed
from assets.plain import one_line
from assets.sheets.casting import CastDecision, CastVerdict
from assets.sheets.production import Done, Step
from assets.store.ledger import now
from assets.store.records import Casting, Refusal
from flows.cast.order import CastOrder
from flows.cast.rounds import Studio, asked, latest, studio
from flows.cast.service import decide, settled
from flows.deployments import crashes, problem, run_tags
from flows.deployments.cast_page import page
from flows.deployments.events import emit
from flows.deployments.keys import key_for
from flows.deployments.page_html import local
from flows.deployments.review_form import readable
from flows.deployments.suspension import Stop, is_deployed, paused, sent, suspended
from flows.review.rules import Reviewer
from flows.review.waiting import seconds_until
from flows.review.wake import WOKEN, nudge
from flows.settings import media_url

POLL_S = 2
Result = dict[str, str] | State[dict[str, str]]


class Answer(RunInput):
    """The questions about every round of candidates."""

    verdict: CastVerdict = Field(
        title="1. Your verdict",
        description="approve: the candidate below becomes locked reference art. again: draw others, then ask me again. "
        "stop: end this run; every picture is kept.",
    )
    candidate: int = Field(
        default=0, ge=0, le=16, title="2. Candidate", description="To approve: its number."
    )
    reviewer: str = Field(
        title="3. Your name", min_length=1, max_length=80, description="It is recorded with this decision."
    )
    note: str = Field(
        default="", title="Note", max_length=2000, description="For another round: what should be different."
    )


def _run_name() -> str:
    order: CastOrder = flow_run.get_parameters()["order"]
    return one_line(f"cast {order.character} ({order.profile})")


@flow(name="cast-character", flow_run_name=_run_name, persist_result=True, result_serializer="json")
def cast_character(order: CastOrder) -> Result:
    """Candidates for a character's sheet, and a form where a person approves one.

    Safe to repeat: nothing is drawn twice, and an approved sheet stays.

    Args:
        order: The character, its show, the profile whose painter draws, and how many candidates.
    """
    with problem.without_tracebacks():
        try:
            crashes.check()
            return _cast(order)
        except GateExpired as error:
            return Failed(name="Expired", message=str(error))
        except RunStopped as error:
            return Cancelled(message=str(error))
        except SakugaError as error:
            return problem.ended(error, _run_name())


def _cast(order: CastOrder) -> dict[str, str]:
    with studio(order.out) as where:
        while True:
            casting = _answered(order, where) or asked(order, where, _Log(), run=_run())
            if casting.state == "open":
                casting = _waited(casting, where)
            if casting.verdict == "approve":
                return _approved(casting, where)
            where.store.read_casting(casting.id)
            if casting.verdict == "stop":
                raise RunStopped(f"{casting.made_by} stopped the casting of {casting.name}: {casting.note}")
            order = order.model_copy(update={"again": None})


def _answered(order: CastOrder, where: Studio) -> Casting | None:
    """The round that this run opened before it was suspended, if it is decided and was not read yet."""
    last = latest(order, where)
    mine = last is not None and last.run == _run() and last.state == "decided" and last.read_at is None
    return last if mine else None


def _approved(casting: Casting, where: Studio) -> dict[str, str]:
    file = settled(casting, where)
    where.store.read_casting(casting.id)
    run_tags.put(gate="")
    chosen = casting.shows.candidate(casting.candidate)
    return {
        "character": casting.name,
        "candidate": str(casting.candidate),
        "by": casting.made_by or "",
        "sheet": str(Path(file).absolute()) if file else "",
        "sheet sha256": chosen.sheet.sha256 if chosen else "",
    }


def _waited(casting: Casting, where: Studio) -> Casting:
    """The casting once it is decided.

    raises  GateExpired
    """
    while casting.state == "open":
        if seconds_until(casting.until) <= 0:
            where.store.close_casting(casting.id, "expired")
            raise GateExpired(
                f"Nobody decided about the candidates of {casting.name} until {casting.until}. Every picture is kept: "
                "start the run again, and it asks again."
            )
        _ask(casting, where)
        casting = where.store.casting(casting.id)
    return casting


def _ask(casting: Casting, where: Studio) -> None:
    """Show the form once, and record the answer unless the round was decided in another way."""
    key = f"cast-{casting.id}-{len(casting.refusals) + 1}"
    try:
        answer = _form_answer(casting, key, where)
    except FlowPauseTimeout:
        time.sleep(max(0.0, min(POLL_S, seconds_until(casting.until))))
        _up()
        return
    except ValidationError as error:
        _refused(casting, sent(key), readable(error), where)
        return
    run_tags.put(gate="")
    if answer.reviewer == WOKEN:
        if where.store.casting(casting.id).state == "open":
            _refused(casting, "{}", "The run was resumed, but nobody has decided yet.", where, by=WOKEN)
        return
    try:
        decision = CastDecision(
            verdict=answer.verdict,
            candidate=answer.candidate if answer.verdict == "approve" else 0,
            note=answer.note,
        )
        decide(where, casting.id, decision, Reviewer(answer.reviewer, "prefect", casting.seen))
    except DecisionRefused as refused:
        _refused(casting, answer.model_dump_json(), str(refused), where, by=answer.reviewer)


def _form_answer(casting: Casting, key: str, where: Studio) -> Answer:
    text = page(casting, where.vault, media=media_url())
    title = f"Casting {casting.shows.title}, round {casting.round}"
    room = f"{media_url()}/cast/{casting.name}" if media_url() else ""
    look = f"Look at {room} or at" if room else "Look at"
    message = f"{look} this run's artifacts, then press Resume in its menu, until {local(casting.until)}."
    stop = Stop(key, title, message, max(1, int(seconds_until(casting.until))))
    form = form_for(casting).with_initial_data(description=text)
    get_run_logger().info("%s: %s", title, message)

    def stopped() -> None:
        create_markdown_artifact(
            key=key_for("cast", f"{casting.show}-{casting.character}"),
            markdown=text,
            description=one_line(f"{title}: {message}"),
        )
        run_tags.put(gate="cast", character=casting.character, show=casting.show)
        emit(
            "gate.opened",
            casting.name,
            gate="cast",
            round=casting.round,
            until=casting.until,
            room=room,
            message=message,
        )

    if is_deployed():
        return suspended(form, stop, stopped)
    with _watched(casting, where):
        return paused(form, stop, stopped, every=POLL_S)


def form_for(casting: Casting) -> type[Answer]:
    """The form of this round: the candidates to choose from."""
    numbers: Any = Literal[(0, *(one.number for one in casting.shows.candidates))]
    shown = Answer.model_fields["candidate"]
    field: Any = (numbers, Field(default=0, title=shown.title, description="To approve: its number; else 0."))
    return create_model("Casting", __base__=Answer, candidate=field)


@contextmanager
def _watched(casting: Casting, where: Studio) -> Iterator[None]:
    """Poll the store meanwhile: a decision made elsewhere may not be able to reach this server."""
    ended = Event()

    def look() -> None:
        while not ended.wait(POLL_S):
            try:
                now_there = where.store.casting(casting.id)
                if now_there.state != "open" and nudge(now_there):
                    return
            except (RunAsleep, StorageFailed, httpx.HTTPError):
                continue  # asked again in two seconds

    watch = Thread(target=look, daemon=True, name=f"casting {casting.id}")
    watch.start()
    try:
        yield
    finally:
        ended.set()
        watch.join()


def _refused(casting: Casting, typed: str, why: str, where: Studio, *, by: str = "") -> None:
    get_run_logger().warning("An answer was refused: %s", why)
    where.store.keep_casting_refusal(
        casting.id, Refusal(by=by, door="prefect", at=now(), why=why, typed=typed)
    )


def _run() -> str:
    return str(flow_run.get_id())


def _up() -> None:
    """Leave the paused state: the server does not let a paused run report its end."""
    with get_client(sync_client=True) as client:
        client.set_flow_run_state(UUID(_run()), Running(), force=True)


class _Log:
    """Tells the run's log what is drawn."""

    def began(self, step: Step, total: int) -> None:
        get_run_logger().info("Up to %d pictures of candidates.", total)

    def moved(self, step: Step, name: str, part: float) -> None:
        """Pictures are told when they are done."""

    def done(self, done: Done) -> None:
        get_run_logger().info("Candidate picture %s: %s in %.1f s.", done.name, done.outcome, done.seconds)
