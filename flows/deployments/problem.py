"""End a run that fails with an error of ours: one sentence, and a page that says what to do.

In: a SakugaError.      Out: a failed state with its sentence; a page on the run; no traceback in its log.
Any other exception is a fault in the program and keeps its traceback.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from prefect.artifacts import create_markdown_artifact
from prefect.client.schemas.objects import State
from prefect.exceptions import CancelledRun, FailedRun
from prefect.states import Failed

from assets.errors import (
    DecisionRefused,
    InputRefused,
    LockHeld,
    ModelFailed,
    SakugaError,
    ScriptRefused,
    SetupMissing,
    StorageFailed,
)
from flows.deployments.page_html import inline, phrase
from flows.deployments.suspension import is_deployed
from flows.settings import here

KEY = "what-is-wrong"
LOGGERS, ENGINE = ("prefect.flow_runs", "prefect.task_runs"), "prefect.engine"
# The first family an error belongs to; each message says more about its own case.
NEXT: tuple[tuple[type[SakugaError], str], ...] = (
    (DecisionRefused, "Look at the newest round in the rushes room, then decide there."),
    (
        InputRefused,
        "Correct what is named above, then start the run again: Retry in this run's menu does it.",
    ),
    (
        SetupMissing,
        "Put what is missing on the machine named below (`sakuga doctor` there lists all of it), then press Retry.",
    ),
    (
        StorageFailed,
        "Look after the store and the vault (`sakuga vault verify`, disk space, access rights, the database), "
        "then press Retry.",
    ),
    (
        ModelFailed,
        "Press Retry once. If it fails at the same place again, choose another profile, a smaller size or fewer "
        "takes, or look into the worker's log on the machine named below.",
    ),
    (LockHeld, "Wait until the run that has the episode ends, or cancel that one, then press Retry."),
)


def ended(error: SakugaError, about: str) -> State[dict[str, str]]:
    """The state of a run that ends with ``error``. ``about`` is what it was to make."""
    create_markdown_artifact(key=KEY, markdown=page(error, about), description="What is wrong and what to do")
    return Failed(message=str(error))


def page(error: SakugaError, about: str) -> str:
    """As markdown. Every text in it is text, whatever it holds."""
    advice = next(
        (told for kind, told in NEXT if isinstance(error, kind)), "Then press Retry in this run's menu."
    )
    if isinstance(error, ScriptRefused):
        advice = f"{error.remedy} {advice}"
    return "\n\n".join(
        (
            f"## What is wrong\n\n<p>{inline(str(error))}</p>",
            f"## What to do\n\n<p>{inline(advice)}</p>",
            "<p>What was finished is kept: the next run finds it and makes only the rest.</p>",
            f"<p><small>{phrase(about)}, on {phrase(here())}: {type(error).__name__}</small></p>",
        )
    )


@contextmanager
def without_tracebacks() -> Iterator[None]:
    """Inside the block, Prefect logs an error of ours as its sentence: the traceback helps nobody.

    In a deployed run this also covers what Prefect logs when the process ends.
    """
    if is_deployed():
        for name in (*LOGGERS, ENGINE):
            logging.getLogger(name).addFilter(_is_news)
    loggers = [logging.getLogger(name) for name in LOGGERS]
    for logger in loggers:
        logger.addFilter(_as_a_sentence)
    try:
        yield
    finally:
        for logger in loggers:
            logger.removeFilter(_as_a_sentence)


def _is_news(record: logging.LogRecord) -> bool:
    """False for Prefect's remark that a failed or cancelled run has no result: it is a traceback without news."""
    return not (record.exc_info and isinstance(record.exc_info[1], (FailedRun, CancelledRun)))


def _as_a_sentence(record: logging.LogRecord) -> bool:
    error = record.exc_info[1] if record.exc_info else None
    if isinstance(error, SakugaError):
        record.msg, record.args, record.exc_info, record.exc_text = str(error), (), None, None
    return True
