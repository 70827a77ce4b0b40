"""Run the command line in a case, and check what every command must keep.

In: a place, arguments.      Out: exit code and outputs; Crash or Wrong when they are not what is documented.
A command runs in a copy of the warm process, with its own outputs, so its exit code is the real one.
"""

import faulthandler
import os
import re
import signal
import sys
import time
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.chaos.case import LONGEST_MESSAGE, Crash, Hang, Place, Verdict, Wrong, innermost

ROOT = Path(__file__).parents[2]
REFUSALS = range(1, 9)
STOPPED = (130, 143, 129)  # Ctrl-C, SIGTERM, SIGHUP
OWN_FAULT = "this is an error in Sakuga itself"  # an exception that nothing expected, told in one line
# C0 and C1 without tab and line ends. Nothing here is a terminal, so colours are not meant either.
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


@dataclass(frozen=True)
class Ended:
    """A command that ended. ``code`` is negative when a signal ended it."""

    argv: tuple[str, ...]
    code: int
    out: str
    err: str

    @property
    def said(self) -> str:
        return (
            f"$ sakuga {' '.join(map(repr, self.argv))}  -> {self.code}\n{self.out[-3000:]}{self.err[-6000:]}"
        )


@dataclass(frozen=True)
class Running:
    """A command that runs."""

    argv: tuple[str, ...]
    pid: int
    outputs: tuple[Path, Path]

    def send(self, number: int) -> None:
        """Send a signal to the command and what it started."""
        try:
            os.killpg(self.pid, number)
        except ProcessLookupError:
            return

    def ended(self) -> Ended:
        """Wait for its end."""
        _, status = os.waitpid(self.pid, 0)
        out, err = (path.read_text(encoding="utf-8", errors="replace") for path in self.outputs)
        return Ended(self.argv, os.waitstatus_to_exitcode(status), out, err)


def start(place: Place, *argv: str, env: Mapping[str, str] | None = None) -> Running:
    """Start ``sakuga ARGV`` in the case's folder."""
    number = len(list(place.folder.glob("*.out")))
    outputs = (place.folder / f"{number}.out", place.folder / f"{number}.err")
    for path in outputs:
        path.touch()
    pid = os.fork()
    if pid == 0:
        _become(argv, outputs, {**_environment(place), **(env or {})})
    return Running(argv, pid, outputs)


def sakuga(place: Place, *argv: str, env: Mapping[str, str] | None = None) -> Ended:
    """Run ``sakuga ARGV`` to its end and keep what it said for the report of a failure."""
    ended = start(place, *argv, env=env).ended()
    place.note(ended.said)
    return ended


def judged(ended: Ended, *, stopped: bool = False) -> Verdict:
    """Whether a command ended as documented."""
    _check_outputs(ended)
    if ended.code == 0:
        return "ok"
    if stopped and ended.code in STOPPED:
        return "ok"
    if ended.code == -signal.SIGXCPU:
        raise Hang(f"{ended.argv[0]} takes too much processor time {innermost(ended.err)}\n{ended.said}")
    if ended.code in REFUSALS and (ended.err.strip() or ended.out.strip()):
        if len(ended.err) > LONGEST_MESSAGE:
            raise Wrong(f"a refusal of {len(ended.err)} characters:\n{ended.said}")
        return "refused"
    raise Crash(f"exit code {ended.code}, which is not documented:\n{ended.said}")


def finished(ended: Ended) -> None:
    """Check that a command that nothing disturbs ended well."""
    _check_outputs(ended)
    if ended.code != 0:
        raise Wrong(f"the same command does not finish afterwards:\n{ended.said}")


def _check_outputs(ended: Ended) -> None:
    for text in (ended.err, ended.out):
        if "Traceback (most recent call last)" in text:
            raise Crash(text)
        if OWN_FAULT in text:
            raise Crash(f"{_kept_traceback(text)}\n{ended.said}")
        if found := CONTROLS.search(text):
            raise Wrong(
                f"a control character reaches the outputs of {ended.argv[0]}: {found[0]!r}\n{ended.said!r}"
            )


def _kept_traceback(said: str) -> str:
    """The traceback that a line about a fault of ours points to; the line itself where there is none."""
    found = re.search(r"The traceback is in (\S+);", said)
    if found and Path(found[1]).is_file():
        return Path(found[1]).read_text(encoding="utf-8", errors="replace")
    return said[said.index(OWN_FAULT) :]


def _environment(place: Place) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "OMP_NUM_THREADS") if name in os.environ}
    return {
        **kept, "HOME": str(place.home), "TMPDIR": str(place.temporary), "USER": "chaos", "COLUMNS": "160",
        "PYTHONPATH": str(ROOT), "DO_NOT_TRACK": "1",
    }  # fmt: skip


def _become(argv: tuple[str, ...], outputs: tuple[Path, Path], env: Mapping[str, str]) -> None:
    """Be the command: this never returns."""
    code = 1
    try:
        os.setsid()
        # The worker's own handlers would be kept, and the command line leaves a handler that is not Python's alone.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        for number, path in zip((1, 2), outputs, strict=True):
            os.dup2(os.open(path, os.O_WRONLY), number)
        faulthandler.register(signal.SIGXCPU, file=2, chain=True)
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.environ.clear()
        os.environ.update(env)
        sys.argv = ["sakuga", *argv]
        code = _main()
    finally:
        os._exit(code)


def _main() -> int:
    import tempfile

    from flows.cli import main

    tempfile.tempdir = None
    try:
        main()
        code = 0
    except SystemExit as ending:
        code = ending.code if isinstance(ending.code, int) else int(ending.code is not None)
        if isinstance(ending.code, str):
            sys.stderr.write(ending.code)
    except BaseException:
        traceback.print_exc()
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    return code & 0xFF


def wait_until(moment: float) -> None:
    time.sleep(max(0.0, moment - time.monotonic()))


def alive(running: Running) -> bool:
    """Whether it still runs; one that ended stays to be waited for."""
    found = os.waitid(os.P_PID, running.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    return found is None


KILL = signal.SIGKILL
