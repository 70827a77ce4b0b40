"""Run the parts one after another, each in a process of its own, and keep what they find.

In: parts, a device, a time.      Out: Results.
A part that fails, hangs or takes the whole memory ends alone. What it found before is kept: findings are written
line by line.
"""

import json
import multiprocessing
import tempfile
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from tests.gpu.part import Finding, Part, Place

NINE_MINUTES = 540.0
Method = Literal["fork", "spawn"]
LEAST = 3.0  # seconds under which no part is begun
RAN, FAILED, LATE, LEFT = "ran", "failed", "out of time", "not begun"


@dataclass(frozen=True)
class Card:
    """The device, as torch names it. ``gib`` is 0 without a GPU."""

    name: str
    gib: float
    versions: dict[str, str]


@dataclass(frozen=True)
class Result:
    """What came of one part."""

    part: str
    state: str
    seconds: float
    findings: tuple[Finding, ...] = ()
    error: str = ""

    def broken(self, *, tiny: bool) -> list[Finding]:
        """Findings outside their limits."""
        return [one for one in self.findings if not one.held and not (tiny and one.timed)]


@dataclass
class Run:
    """What is run: ``seconds`` for all parts together, on ``device``; files of parts lie below ``folder``."""

    device: str
    gib: float
    tiny: bool
    seconds: float = NINE_MINUTES
    folder: Path = field(default_factory=lambda: Path(tempfile.gettempdir()))
    method: Method = "fork"

    def every(
        self, parts: Sequence[Part], told: Callable[[Result], None] = lambda result: None
    ) -> list[Result]:
        """Every part in order; ``told`` hears of each one that ended."""
        late, found = time.monotonic() + self.seconds, []
        share = self.seconds / NINE_MINUTES
        for part in parts:
            left = late - time.monotonic()
            result = (
                self._one(part, min(part.seconds * share, left))
                if left > LEAST
                else Result(part.name, LEFT, 0.0)
            )
            found.append(result)
            told(result)
        return found

    def _one(self, part: Part, seconds: float) -> Result:
        began = time.monotonic()
        with tempfile.TemporaryDirectory(dir=self.folder, prefix="gpu-") as made:
            place = Place(self.device, self.gib, self.tiny, Path(made) / "work", began + seconds)
            place.folder.mkdir()
            lines = Path(made) / "findings.jsonl"
            status = contained(_find, part, place, lines, seconds=seconds, method=self.method)
            findings, end = _read(lines)
        took = time.monotonic() - began
        if end is not None:
            return Result(part.name, end["state"], took, findings, end["error"])
        if status is None:
            return Result(part.name, LATE, took, findings, f"It was killed after its {seconds:.0f} seconds.")
        return Result(part.name, FAILED, took, findings, f"Its process ended with status {status}.")


def contained(call: Callable[..., None], *given: Any, seconds: float, method: Method = "fork") -> int | None:
    """``call`` in a child process; its exit status, None when it was killed because the time was over.

    method  fork: what the parent has imported need not be imported again, but CUDA works in the child only if the
            parent never asked for it; spawn: a new Python
    """
    process = multiprocessing.get_context(method).Process(target=call, args=given)
    process.start()
    process.join(seconds)
    if process.is_alive():
        process.kill()
        process.join()
        return None
    return process.exitcode


def _find(part: Part, place: Place, lines: Path) -> None:
    with lines.open("w", encoding="utf-8") as file:

        def say(line: dict[str, Any]) -> None:
            file.write(json.dumps(line) + "\n")
            file.flush()

        try:
            for finding in part.find(place):
                say(asdict(finding))
            say({"state": RAN, "error": ""})
        except BaseException as error:
            say({"state": FAILED, "error": "".join(traceback.format_exception(error))[-3000:]})


def _read(lines: Path) -> tuple[tuple[Finding, ...], dict[str, str] | None]:
    """The findings that were written, and how the part ended; None for one that was killed."""
    found, end = [], None
    for line in lines.read_text(encoding="utf-8").splitlines() if lines.exists() else []:
        one = json.loads(line)
        if "state" in one:
            end = one
        else:
            found.append(Finding(**one))
    return tuple(found), end
