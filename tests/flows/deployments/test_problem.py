"""An error of ours ends a run as one sentence and a page; any other keeps its traceback."""

import logging
from collections.abc import Iterator
from contextlib import suppress

import pytest
from prefect import flow

from assets import errors
from assets.errors import InputRefused, ModelFailed, SakugaError, ScriptRefused, SetupMissing
from flows.deployments import problem
from flows.deployments.work_tasks import TaskRuns
from stages.work import Work

KINDS = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, SakugaError)]


@pytest.mark.parametrize("kind", KINDS)
def test_the_page_says_what_is_wrong_and_what_to_do(kind: type[SakugaError]):
    told = ("kite.fountain", 3, "no scene", "Write one.") if kind is ScriptRefused else ("<b>no</b> disk",)

    page = problem.page(kind(*told), "make kite (toy)")

    assert page.index("## What is wrong") < page.index("## What to do") < page.index("make kite (toy)")
    assert "<b>" not in page
    assert "Write one. Correct what" in page or "&lt;b&gt;no&lt;/b&gt; disk" in page


def test_a_page_holds_text_only_whatever_a_script_is_called():
    page = problem.page(InputRefused("a\n\n[x](http://x)<script>"), "make\n\n# <img src=x>")

    assert "<script" not in page and "<img" not in page and "\n\n[x]" not in page and "\n\n# " not in page


class Kept(logging.Handler):
    """Every record as it would be written."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@pytest.fixture
def kept() -> Iterator[Kept]:
    """What the logs of a run and of its tasks are sent."""
    handler = Kept()
    for name in problem.LOGGERS:
        logging.getLogger(name).addHandler(handler)
    yield handler
    for name in problem.LOGGERS:
        logging.getLogger(name).removeHandler(handler)


def raised(error: Exception, log: str) -> None:
    try:
        raise error
    except (SakugaError, ZeroDivisionError):
        logging.getLogger(log).exception("Encountered exception during execution: %r", error)


@pytest.mark.parametrize("log", problem.LOGGERS)
def test_a_log_holds_an_error_of_ours_as_its_sentence(kept: Kept, log: str):
    """A profile for a card that was not there left 60 lines in the run's log."""
    with problem.without_tracebacks():
        raised(SetupMissing("There is no CUDA here. Choose --profile house."), log)

    assert kept.lines == ["There is no CUDA here. Choose --profile house."]


@pytest.mark.parametrize("log", problem.LOGGERS)
def test_a_fault_in_the_program_keeps_its_traceback(kept: Kept, log: str):
    with problem.without_tracebacks():
        raised(ZeroDivisionError("a fault"), log)

    assert "Traceback" in kept.lines[0]


@pytest.mark.slow
def test_a_piece_whose_model_fails_twice_leaves_no_traceback(prefect, kept: Kept):
    def make() -> dict[str, str]:
        raise ModelFailed("out of memory")

    @flow
    def one_take() -> None:
        with problem.without_tracebacks(), suppress(ModelFailed):
            TaskRuns().carry_out(Work("take", "C001", None, {}), "0" * 64, make)

    one_take()

    assert "out of memory" in kept.lines
    assert not any("Traceback" in line for line in kept.lines)
