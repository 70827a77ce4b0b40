"""A worker process: it plays one case after another, each in a process of its own.

In: lines of ``KIND INDEX`` on the standard input.      Out: one line of JSON for each, the outcome.
The libraries are imported once and every case starts as a copy (fork) of the worker, so a case costs
milliseconds, cannot change another one, and can be ended when it takes too long.
"""

import ctypes
import faulthandler
import json
import os
import resource
import select
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from random import Random
from typing import Any

import psutil

from tests.chaos.case import CLOCK, Kind, Outcome, Place, classified, innermost

SHIPPED = "tests.chaos.kinds"
HEAVY = (
    "flows.cli", "flows.episode.produce", "flows.episode.writing", "flows.cli.status", "flows.cli.shows",
    "flows.cli.doctor", "flows.cli.review_terminal", "flows.cli.takes_table", "models.toy", "moviepy", "cv2",
    "skia", "PIL.ImageDraw", "PIL.ImageFont", "soundfile", "scipy.signal", "opentimelineio", "pysubs2",
)  # fmt: skip
MOST_MEMORY = 8 << 30  # bytes of address space; a case that wants more gets a MemoryError
LARGEST_KEPT = 2_000_000  # bytes
GRACE_SECONDS = 10.0  # an encoder notices within this that its parent is gone
_SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER, linux/prctl.h


class Worker:
    """Plays cases; keeps what a kind prepared until the worker ends."""

    def __init__(self, kinds: Mapping[str, Kind], seed: int, failures: Path, shared: Path) -> None:
        self._kinds, self._seed, self._failures, self._shared = kinds, seed, failures, shared
        self._scratch = shared / f"worker-{os.getpid()}"
        self._scratch.mkdir()
        self._contexts: dict[str, Any] = {}
        self._ours: set[int] = set()  # processes that live as long as the worker

    def play(self, name: str, index: int) -> Outcome:
        """Play case ``index`` of a kind; its files stay in the folder of failures when it fails."""
        kind = self._kinds[name]
        context = self._context(kind)
        folder = Path(tempfile.mkdtemp(prefix=f"{name}-{index}-", dir=self._scratch))
        place = Place(folder, context)
        for needed in (place.work, place.home, place.temporary):
            needed.mkdir()
        before = time.monotonic()
        verdict, problem, told, notes = self._played(kind, index, place)
        outcome = Outcome(name, index, verdict, time.monotonic() - before, problem, told, tuple(notes))
        if outcome.failed:
            self._keep(outcome, place)
        shutil.rmtree(folder, ignore_errors=True)
        return outcome

    def close(self) -> None:
        """End what still runs, and what was prepared."""
        self._end_children()
        for context in self._contexts.values():
            if hasattr(context, "close"):
                context.close()

    def _context(self, kind: Kind) -> Any:
        if kind.prepare is None:
            return None
        name = f"{kind.prepare.__module__}.{kind.prepare.__qualname__}"
        if name not in self._contexts:
            folder = self._scratch / name
            folder.mkdir()
            self._contexts[name] = kind.prepare(self._shared, folder)
            self._ours = {process.pid for process in psutil.Process().children(recursive=True)}
        return self._contexts[name]

    def _played(self, kind: Kind, index: int, place: Place) -> tuple[Any, str, str, list[str]]:
        read, write = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(read)
            _child(kind, Random(f"{self._seed}/{kind.name}/{index}"), place, write)
        os.close(write)
        told = _line(read, kind.limit * CLOCK)
        os.close(read)
        if told is None:
            stack = place.folder / "stack.txt"
            where = stack.read_text(errors="replace") if stack.exists() else ""
            self._end_children()
            return "hang", f"over {kind.limit * CLOCK} seconds {innermost(where)}", where, _notes(place)
        if not told:
            code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
            self._end_children()
            stack = place.folder / "stack.txt"
            where = stack.read_text(errors="replace") if stack.exists() else ""
            if code == -signal.SIGXCPU:
                return (
                    "hang",
                    f"over {kind.limit} seconds of processor time {innermost(where)}",
                    where,
                    _notes(place),
                )
            return "crash", f"the process ended with exit code {code}", where, _notes(place)
        os.waitpid(pid, 0)
        verdict, problem, text, notes = json.loads(told)
        left = self._left()
        if left and verdict in ("ok", "refused"):
            verdict, problem, text = "wrong", f"processes were left: {left[0][:60]}", "\n".join(left)
        self._end_children()
        return verdict, problem, text, notes

    def _left(self) -> list[str]:
        """Command lines of processes of the case that do not end by themselves."""
        late = time.monotonic() + GRACE_SECONDS
        while (alive := self._children()) and time.monotonic() < late:
            time.sleep(0.02)
        return [" ".join(_command(process)) for process in alive]

    def _children(self) -> list[psutil.Process]:
        """Processes below this worker that a case started; those that ended are waited for."""
        found = []
        for process in psutil.Process().children(recursive=True):
            if process.pid in self._ours:
                continue
            try:
                if process.status() == psutil.STATUS_ZOMBIE:
                    os.waitpid(process.pid, os.WNOHANG)
                else:
                    found.append(process)
            except (psutil.NoSuchProcess, ChildProcessError):
                continue
        return found

    def _end_children(self) -> None:
        while alive := self._children():
            for process in alive:
                try:
                    process.kill()
                except psutil.NoSuchProcess:
                    continue
            time.sleep(0.02)

    def _keep(self, outcome: Outcome, place: Place) -> None:
        kept = self._failures / f"{outcome.kind}-{outcome.index}"
        shutil.rmtree(kept, ignore_errors=True)
        kept.mkdir(parents=True)
        for name in ("work", "home"):
            shutil.copytree(
                place.folder / name, kept / name, symlinks=True, ignore=_too_large, dirs_exist_ok=True
            )
        lines = [
            f"{outcome.verdict}: {outcome.problem}",
            f"replay: make chaos SEED={self._seed} REPLAY={outcome.kind}:{outcome.index}",
            *outcome.notes,
            outcome.told,
        ]
        (kept / "report.txt").write_text("\n".join(lines) + "\n", errors="replace")


def _child(kind: Kind, chance: Random, place: Place, write: int) -> None:
    """The process of one case: it sends its verdict and ends, whatever happens."""
    os.setsid()
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _outputs_to(place.folder / "output.txt")
    os.chdir(place.work)
    os.environ.update(HOME=str(place.home), TMPDIR=str(place.temporary))
    tempfile.tempdir = None
    stack = (place.folder / "stack.txt").open("w")
    faulthandler.dump_traceback_later(max(0.2, kind.limit * CLOCK - 1), file=stack)
    faulthandler.register(signal.SIGXCPU, file=stack, chain=True)
    resource.setrlimit(resource.RLIMIT_CPU, (kind.limit, kind.limit + 5))
    verdict, problem, told = classified(lambda: kind.play(chance, place))
    line = json.dumps([verdict, problem, told[-20_000:], [note[:4000] for note in place.notes]]) + "\n"
    data = line.encode()
    while data:
        data = data[os.write(write, data) :]
    os._exit(0)


def _outputs_to(file: Path) -> None:
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    for number in (1, 2):
        os.dup2(handle, number)


def _line(read: int, limit: float) -> bytes | None:
    """What a case sent; empty when it ended without a word, None when the time is over."""
    late, data = time.monotonic() + limit, b""
    while not data.endswith(b"\n"):
        ready, _, _ = select.select([read], [], [], max(0.0, late - time.monotonic()))
        if not ready:
            return None
        piece = os.read(read, 1 << 16)
        if not piece:
            return b""
        data += piece
    return data


def _notes(place: Place) -> list[str]:
    """What is known of a case that said nothing: what it printed."""
    output = place.folder / "output.txt"
    return [output.read_text(errors="replace")[-2000:]] if output.exists() else []


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.NoSuchProcess:
        return []


def _too_large(folder: str, names: list[str]) -> list[str]:
    """A failure keeps what a person reads; pictures, films and other large files stay behind."""
    found = [Path(folder) / name for name in names]
    return [
        path.name
        for path in found
        if not (path.is_symlink() or path.is_dir())
        and (not path.is_file() or path.stat().st_size > LARGEST_KEPT)
    ]


def main() -> None:
    """Serve until the standard input ends."""
    seed, failures, module = int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    known: Mapping[str, Kind] = import_module(module).KINDS
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    _become_subreaper()
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(0))
    if module == SHIPPED:
        for name in HEAVY:
            import_module(name)
    worker = Worker(known, seed, failures, Path(sys.argv[4]))
    try:
        for line in sys.stdin:
            name, index = line.split()
            answers.write(json.dumps(asdict(worker.play(name, int(index)))) + "\n")
    finally:
        worker.close()


def _become_subreaper() -> None:
    """On Linux, processes whose parent died become ours, so that none is overlooked."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)


if __name__ == "__main__":
    main()
