"""The only module that runs ffmpeg: argument lists, local files only, its own process group, helpful errors.

A process that is stopped or hangs is killed after a time, with its whole group.

The program comes with the imageio-ffmpeg package, so no system installation is needed. That package has no
ffprobe, so nothing here uses it.
"""

import signal
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from io import BufferedReader
from pathlib import Path
from typing import IO, cast

from assets import files
from assets.errors import ModelFailed, SakugaError, SetupMissing, StorageFailed
from assets.media.watchdog import Patience, Watchdog, end_group

QUIET = ["-hide_banner", "-nostdin", "-loglevel", "error"]
FENCE = ["-protocol_whitelist", "file,pipe,fd"]
PATIENCE = Patience()
# A whole run is one wait: drawing subtitles into half an hour at 1080p took almost an hour on two cores.
_RUN_PATIENCE = Patience(busy_s=4 * 3600)
_running: "set[subprocess.Popen[bytes]]" = set()
_REFUSED = (
    "No space left on device", "Disk quota exceeded", "Read-only file system", "File too large",
    "Permission denied", "Input/output error",
)  # fmt: skip


@cache
def program() -> str:
    """Path of the ffmpeg executable."""
    import imageio_ffmpeg

    try:
        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError as error:
        raise SetupMissing(
            "No ffmpeg was found. `pip install imageio-ffmpeg` brings one, or set IMAGEIO_FFMPEG_EXE."
        ) from error


def source(path: Path) -> list[str]:
    """``-i`` for a local file, restricted: no other protocol can be reached through it."""
    return [*FENCE, "-i", f"file:{path}"]


def run(args: Sequence[str], *, log: str = "error", patience: Patience = _RUN_PATIENCE) -> str:
    """Run to the end; return the log. A failure raises with ffmpeg's last lines."""
    argv = [program(), "-hide_banner", "-nostdin", "-loglevel", log, *args]
    with _started(argv, patience, stderr=subprocess.PIPE) as (process, watchdog):
        with watchdog.waiting():
            _, logged = process.communicate()
        text = logged.decode("utf-8", "replace")
        if process.returncode != 0:
            raise failed(argv, text, process.returncode, watchdog.verdict)
    return text


def end_all() -> None:
    """End every ffmpeg of this process now: whoever waits for one gets an error. For a run that was stopped."""
    for process in tuple(_running):
        end_group(process)


class Pipe:
    """One end of a pipe to ffmpeg; waiting on it is limited in time."""

    def __init__(self, end: IO[bytes], process: "subprocess.Popen[bytes]", watchdog: Watchdog) -> None:
        self._end, self._process, self._watchdog = end, process, watchdog

    def write(self, data: "memoryview[int] | bytes") -> None:
        with self._watchdog.waiting():
            self._end.write(data)

    def read(self, size: int) -> bytes:
        """At most ``size`` bytes, none at the end; raises EOFError if the end comes too early."""
        with self._watchdog.waiting():
            data = self._end.read(size)
            if not data and self._process.wait() != 0:
                raise EOFError("it ended before its time")
        return data

    def readinto(self, buffer: bytearray) -> int:
        """Fill ``buffer``; return how many bytes there were."""
        with self._watchdog.waiting():
            return cast(BufferedReader, self._end).readinto(buffer)

    def fileno(self) -> int:
        return self._end.fileno()

    def close(self) -> None:
        with self._watchdog.waiting(), suppress(BrokenPipeError):
            self._end.close()

    def abort(self) -> None:
        """Kill ffmpeg now, so that nobody waits on the pipe any more."""
        end_group(self._process)


@contextmanager
def writing(args: Sequence[str], *, patience: Patience = PATIENCE) -> Iterator[Pipe]:
    """Yield the pipe that feeds ffmpeg; at the end of the block, wait for ffmpeg and check its result."""
    argv = [program(), "-hide_banner", "-loglevel", "error", *args]
    with _log() as log, _started(argv, patience, stdin=subprocess.PIPE, stderr=log) as (process, watchdog):
        pipe = Pipe(cast(IO[bytes], process.stdin), process, watchdog)
        yield pipe
        pipe.close()
        with watchdog.waiting():
            code = process.wait()
        if code != 0:
            raise failed(argv, _logged(log), code, watchdog.verdict)


@contextmanager
def reading(args: Sequence[str], *, patience: Patience = PATIENCE) -> Iterator[Pipe]:
    """Yield the pipe that ffmpeg writes to. A reader that misses bytes raises EOFError inside the block."""
    argv = [program(), *QUIET, *args]
    with _log() as log, _started(argv, patience, stdout=subprocess.PIPE, stderr=log) as (process, watchdog):
        try:
            yield Pipe(cast(IO[bytes], process.stdout), process, watchdog)
        except EOFError as error:
            code = process.poll() or 0
            raise failed(argv, _logged(log) or str(error), code, watchdog.verdict) from error


@contextmanager
def _log() -> Iterator[IO[bytes]]:
    """An unnamed file for ffmpeg's log."""
    with files.teaching("A temporary file could not be made"):
        opened = tempfile.TemporaryFile()  # noqa: SIM115 (closed below; only creating it can fail here)
    with opened:
        yield opened


def _logged(log: IO[bytes]) -> str:
    log.seek(0)
    return log.read().decode("utf-8", "replace")


def failed(argv: Sequence[str], logged: str, code: int = 0, verdict: str = "") -> SakugaError:
    """The error for a failed run; a refusal by the disk is a StorageFailed, not a ModelFailed."""
    called = f"It was called as: {' '.join(argv)}"
    if verdict:
        return ModelFailed(
            f"ffmpeg was given up: {verdict}. Run the same command again: finished work is found. {called}"
        )
    tail = "\n".join(logged.strip().splitlines()[-6:]) or _ended(code)
    refused = next((reason for reason in _REFUSED if reason in logged), None)
    if code == -signal.SIGXFSZ:
        refused = "File too large"
    if refused is not None:
        return StorageFailed(
            f"ffmpeg could not read or write its files: {refused}. Check that the disk has room and that "
            f"your user may use it (`sakuga doctor`), then run again. {called}"
        )
    return ModelFailed(f"ffmpeg could not do its work: {tail}\n{called}")


def _ended(code: int) -> str:
    if code >= 0:
        return "(it said nothing)"
    return f"it was ended by {signal.Signals(-code).name}; SIGKILL often means that the memory was full."


@contextmanager
def _started(
    argv: Sequence[str],
    patience: Patience,
    *,
    stdin: int | IO[bytes] | None = subprocess.DEVNULL,
    stdout: int | IO[bytes] | None = subprocess.DEVNULL,
    stderr: int | IO[bytes] | None = None,
) -> Iterator[tuple["subprocess.Popen[bytes]", Watchdog]]:
    """A watched child in its own process group; it never outlives the block."""
    with files.teaching(f"{argv[0]} could not be started"):
        # Not a session of its own: the kernel sends SIGHUP and SIGCONT to a group that loses its parent within the
        # session while one of its processes is stopped, so it does not outlive a killed parent.
        process = subprocess.Popen(argv, stdin=stdin, stdout=stdout, stderr=stderr, process_group=0)
    watchdog = Watchdog(process, patience)
    _running.add(process)
    try:
        yield process, watchdog
    finally:
        _running.discard(process)
        if process.poll() is None:
            end_group(process)
            process.wait()
        watchdog.end()
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe is not None:
                with suppress(BrokenPipeError):
                    pipe.close()
