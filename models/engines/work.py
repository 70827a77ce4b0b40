"""Have one piece of work done by an engine that answers later: send it, watch it, fetch it.

In: how to send, look, fetch and cancel.      Out: the result, accepted by the caller's check.
Work that hangs, fails or is forgotten by a restarted engine is sent again with the same seed. Work that nobody
waits for any more is cancelled. Knows nothing about HTTP or what is made.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal, Protocol, TypeVar

from assets.errors import ModelFailed
from models import progress
from models.engines.options import Patience

T = TypeVar("T")
Result = TypeVar("Result", covariant=True)
R = TypeVar("R")


@dataclass(frozen=True)
class State:
    """How far the work is. ``share`` is 0..1; ``reason`` says why it failed."""

    status: Literal["waiting", "working", "done", "failed", "gone"]
    share: float = 0
    reason: str = ""


class Job(Protocol[Result]):
    """One piece of work in an engine's protocol. Sending it twice must give the same result."""

    def send(self) -> str:
        """Hand it in; returns the engine's id for it."""
        ...

    def look(self, id: str) -> State:
        """How far it is; ``gone`` if the engine does not know the id, as after a restart."""
        ...

    def fetch(self, id: str) -> Result: ...

    def cancel(self, id: str) -> None:
        """Stop it, or remove what is left of it."""
        ...


class Damaged(Exception):
    """A result that did not arrive whole. It is fetched once more, then made again."""


def done(job: Job[R], check: Callable[[R], T], patience: Patience) -> T:
    """What ``check`` makes of the result.

    check   raises Damaged for a result that is not whole, ModelFailed for a result that is not what was asked for:
            the same seed would give it again
    raises  ModelFailed after ``patience.attempts`` attempts, with what happened in each
    """
    problems: list[str] = []
    for _ in range(patience.attempts):
        id = job.send()
        finished = False
        try:
            problem = _watched(job, id, patience)
            if not problem:
                made = _fetched(job, id, check)
                finished = True
                progress.made(1)
                return made
        except Damaged as error:
            problem = str(error)
        finally:
            if not finished:  # also when this process is stopped: nobody waits for the work any more
                with suppress(ModelFailed):
                    job.cancel(id)
        problems.append(problem)
    raise ModelFailed(
        f"The engine did not finish the work in {len(problems)} attempts: {'; '.join(problems)}. Look into its log; "
        "patience in the profile says how often and how long it is waited for."
    )


def _watched(job: Job[object], id: str, patience: Patience) -> str:
    """Wait for the work; empty when it is done, else what went wrong."""
    began = heard = time.monotonic()
    before = State("waiting")
    while True:
        state = job.look(id)
        now = time.monotonic()
        if state.status == "done":
            return ""
        if state.status == "failed":
            return f"it failed ({state.reason[:200] or 'no reason given'})"
        if state.status == "gone":
            return "the engine no longer knew it (it was restarted?)"
        if (state.status, state.share) != (before.status, before.share):
            heard, before = now, state
        if now - heard > patience.silent_s:
            return f"no progress for {patience.silent_s:g} s"
        if now - began > patience.work_s:
            return f"not done after {patience.work_s:g} s"
        progress.made(state.share * 0.99)
        time.sleep(patience.poll_s)


def _fetched(job: Job[R], id: str, check: Callable[[R], T]) -> T:
    try:
        return check(job.fetch(id))
    except Damaged:
        return check(job.fetch(id))
