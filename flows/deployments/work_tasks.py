"""Pieces of work as Prefect tasks: one task per step, one task run per piece, and the recipe as its cache key.

In: work that is made or found.      Out: task runs: Completed where it was made, Cached where it was made earlier.
The vault alone decides what exists. Prefect's record of a recipe is a copy of the vault's: a few references.
"""

import logging
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from functools import cache
from typing import Any, get_args

from prefect import State, Task
from prefect.cache_policies import CachePolicy
from prefect.context import TaskRunContext
from prefect.states import Completed
from pydantic import BaseModel

from assets.plain import one_line
from assets.sheets.production import Done, Step
from stages.work import Found, Result, Work
from stages.work_cache import WORTH_REPEATING

_HASH = re.compile(r"[0-9a-f]{64}")

_at_work: ContextVar[Callable[[], State[Result]]] = ContextVar("at_work")


def _recipe(_context: TaskRunContext, parameters: Mapping[str, Any]) -> str:
    return f"sakuga/{parameters['recipe']}"


def _is_temporary(_task: Any, _run: Any, state: Any) -> bool:
    """Whether to retry: a model failure may be temporary; a script, set-up or lock error is not."""
    error = state.result(raise_on_failure=False)
    return isinstance(error, WORTH_REPEATING)


def _carry_out(piece: str, recipe: str) -> State[Result]:
    """The result of the piece at work. How it is made is no parameter: Prefect would inspect it."""
    return _at_work.get()()


def _task(step: Step) -> "Task[[str, str], Any]":
    return Task(
        _carry_out,
        name=step,
        task_run_name="{piece}",
        cache_policy=CachePolicy.from_cache_key_fn(_recipe),
        persist_result=True,
        result_serializer="json",
        retry_delay_seconds=2,
        retry_condition_fn=_is_temporary,
    )


FINDING = {step: _task(step) for step in get_args(Step)}
LEAST_TRIES = 2


@cache
def _making(step: Step, tries: int) -> "Task[[str, str], Any]":
    # The vault has no result when it runs: whatever Prefect's record says is out of date.
    return FINDING[step].with_options(refresh_cache=True, retries=max(tries, LEAST_TRIES) - 1)


class TaskRuns:
    """The Tracker of a Prefect run: every piece of work is a task run, after the runs whose results it uses."""

    def __init__(
        self, limited: Callable[[str], AbstractContextManager[None]] = lambda _: nullcontext()
    ) -> None:
        """``limited``: around the making of each piece, which it is given the name of."""
        self._limited = limited
        self._makers: dict[str, State[Result]] = {}  # by the hash of what they made

    def carry_out(self, work: Work, recipe: str, make: Callable[[], Result], *, tries: int = 1) -> Result:
        def made() -> State[Result]:
            return Completed(message=f"Made by {work.maker['name']}", data=make())

        inputs, piece = {"inputs": work.inputs, "fits": work.fits}, _label(work.step, work.name)
        with self._limited(piece):
            return self._run(_making(work.step, tries), piece, recipe, made, inputs)

    def found(self, done: Done, found: Found) -> None:
        def state() -> State[Result]:
            why = f"{done.outcome}: {done.why}" if done.why else done.outcome
            return Completed(name="Cached", message=why, data=found.result)

        self._run(FINDING[done.step], _label(done.step, done.name), found.recipe, state, found.inputs)

    def _run(
        self,
        task: "Task[[str, str], Any]",
        piece: str,
        recipe: str,
        call: Callable[[], State[Result]],
        inputs: Any,
    ) -> Result:
        before = {id(state): state for name in hashes(inputs) if (state := self._makers.get(name))}
        token = _at_work.set(call)
        try:
            state = task(piece, recipe, wait_for=list(before.values()), return_state=True)
            result: Result = state.result()
        finally:
            _at_work.reset(token)
        for name in hashes(result):
            self._makers[name] = state
        return result


def hashes(value: Any) -> Iterator[str]:
    """Every SHA-256 in ``value``, at any depth."""
    if isinstance(value, str):
        if _HASH.fullmatch(value):
            yield value
    elif isinstance(value, BaseModel):
        yield from hashes(dict(value))
    elif isinstance(value, Mapping):
        yield from hashes(list(value.values()))
    elif isinstance(value, list | tuple | set | frozenset):
        for item in value:
            yield from hashes(item)


def _label(step: Step, name: str) -> str:
    return one_line(f"{step} {name}")


@contextmanager
def quiet() -> Iterator[None]:
    """Inside the block, Prefect does not log a line for every piece that ends well."""
    logger = logging.getLogger("prefect.task_runs")
    logger.addFilter(_is_news)
    try:
        yield
    finally:
        logger.removeFilter(_is_news)


def _is_news(record: logging.LogRecord) -> bool:
    return not (record.levelno <= logging.INFO and str(record.msg).startswith("Finished in state"))
