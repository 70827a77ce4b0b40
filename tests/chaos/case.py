"""One case of the fault-injection tests: what is tried, and how its result is classified.

In: nothing.      Out: the types that every kind of fault and the runner share.
"""

import re
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, Literal

from assets.errors import SakugaError

Verdict = Literal["ok", "refused", "crash", "hang", "wrong"]
LONGEST_MESSAGE = 4000  # characters; a refusal is a sentence or two, and quotes no whole file
_OURS = re.compile(r"/((?:flows|stages|models|assets)/.*)$")
_NUMBERS = re.compile(r"0x[0-9a-f]+|\d+")
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"|/\S+")


class Crash(Exception):
    """A process ended in a way that is not documented: a traceback, a signal, an unknown exit code."""


class Wrong(Exception):
    """The command said that all is well, but something that must hold does not."""


class Hang(Exception):
    """It took too long, or the time grows faster than the input."""


@dataclass(frozen=True)
class Place:
    """The folders of one case; nothing may be written outside them.

    context   what the kind prepared once for all its cases in this worker
    """

    folder: Path
    context: Any = None
    notes: list[str] = field(default_factory=list)

    @property
    def work(self) -> Path:
        """The current folder of every command."""
        return self.folder / "work"

    @property
    def home(self) -> Path:
        return self.folder / "home"

    @property
    def temporary(self) -> Path:
        return self.folder / "tmp"

    def note(self, text: str) -> None:
        """Keep ``text`` for the report of a failure."""
        self.notes.append(text)


Play = Callable[[Random, Place], Verdict]


@dataclass(frozen=True)
class Kind:
    """One kind of fault.

    cases     how many are tried in a full run
    play      tries one case; returns "ok" or "refused", or raises
    limit     seconds of processor time that one process of a case may take before it hangs; other work on
              the machine does not count. By the clock it is eight times that.
    prepare   makes what all cases of a worker use, from a folder that all workers share and one of its own;
              what it returns may have ``close``
    """

    name: str
    title: str
    cases: int
    play: Play
    limit: int = 20
    prepare: Callable[[Path, Path], Any] | None = None


CLOCK = 8


@dataclass(frozen=True)
class Outcome:
    """What came of one case. ``problem`` is one line; failures with the same one are one finding."""

    kind: str
    index: int
    verdict: Verdict
    seconds: float = 0.0
    problem: str = ""
    told: str = ""
    notes: tuple[str, ...] = ()

    @property
    def failed(self) -> bool:
        return self.verdict in ("crash", "hang", "wrong")


def classified(play: Callable[[], Verdict]) -> tuple[Verdict, str, str]:
    """Run ``play``; returns the verdict, the problem in one line and the whole text."""
    try:
        return play(), "", ""
    except SakugaError as error:
        sentence = str(error)
        if not sentence.strip() or len(sentence) > LONGEST_MESSAGE:
            return "wrong", f"a refusal of {len(sentence)} characters", sentence[:LONGEST_MESSAGE]
        return "refused", "", sentence
    except Wrong as error:
        return "wrong", summary(str(error)), str(error)
    except Hang as error:
        return "hang", summary(str(error)), str(error)
    except Crash as error:
        return "crash", summary(str(error)), str(error)
    except BaseException as error:
        return "crash", origin(error), traceback.format_exc()


def origin(error: BaseException) -> str:
    """The kind of an exception, and the last line of Sakuga's own code that it came through."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [(found[1], frame.name) for frame in frames if (found := _OURS.search(frame.filename))]
    file, name = ours[-1] if ours else (Path(frames[-1].filename).name, frames[-1].name)
    return f"{type(error).__name__} in {file} {name}: {_general(str(error))}"


def summary(text: str) -> str:
    """One line that stands for ``text``: of a traceback, its last line and the last line of our code."""
    lines = [line.strip() for line in text.strip().splitlines() if line.strip()]
    if "Traceback (most recent call last)" not in text:
        return _general(lines[0]) if lines else "nothing said"
    ours = re.findall(r'File "\S*/((?:flows|stages|models|assets)/\S+)", line \d+, in (\S+)', text)
    where = f"in {ours[-1][0]} {ours[-1][1]}" if ours else "outside our code"
    errors = [
        line for line in lines if re.match(r"[A-Za-z_.]*(Error|Exception|Interrupt|Exit|Warning)\b", line)
    ]
    return f"{_general(errors[-1] if errors else lines[-1])} {where}"


def innermost(stack: str) -> str:
    """The innermost frame of our code in what faulthandler wrote of a process that took too long."""
    ours = re.findall(r'File "\S*/((?:flows|stages|models|assets)/\S+)", line \d+ in (\S+)', stack)
    return f"in {ours[0][0]} {ours[0][1]}" if ours else ""


def _general(text: str) -> str:
    """``text`` without the names and numbers that differ from case to case."""
    return _NUMBERS.sub("N", _QUOTED.sub("'...'", " ".join(text.split())))[:140]
