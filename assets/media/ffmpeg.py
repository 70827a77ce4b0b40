"""The one door to ffmpeg: argv lists, local files only, its own process group, errors that teach.

The program comes with the imageio-ffmpeg package, so no system install is needed; ffprobe does
not, so nothing here uses it.
"""

import os
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import IO, cast

from assets.errors import MachineFailed, SetupMissing

QUIET = ["-hide_banner", "-nostdin", "-loglevel", "error"]
FENCE = ["-protocol_whitelist", "file,pipe,fd"]


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
    """``-i`` for a local file, fenced: no other protocol can be reached through it."""
    return [*FENCE, "-i", f"file:{path}"]


def run(args: Sequence[str], *, log: str = "error") -> str:
    """Run to the end; returns what was logged. A failure raises with ffmpeg's last words."""
    argv = [program(), "-hide_banner", "-nostdin", "-loglevel", log, *args]
    with started(argv, stderr=subprocess.PIPE) as process:
        _, logged = process.communicate()
    text = logged.decode("utf-8", "replace")
    if process.returncode != 0:
        raise failed(argv, text)
    return text


@contextmanager
def writing(args: Sequence[str]) -> Iterator[IO[bytes]]:
    """Yield the pipe that feeds ffmpeg; leaving the block waits for the end and checks it."""
    argv = [program(), "-hide_banner", "-loglevel", "error", *args]
    with tempfile.TemporaryFile() as log, started(argv, stdin=subprocess.PIPE, stderr=log) as process:
        pipe = cast(IO[bytes], process.stdin)
        yield pipe
        with suppress(BrokenPipeError):
            pipe.close()
        if process.wait() != 0:
            raise failed(argv, _said(log))


@contextmanager
def reading(args: Sequence[str]) -> Iterator[IO[bytes]]:
    """Yield the pipe ffmpeg writes to. A reader that misses bytes raises EOFError inside the block."""
    argv = [program(), *QUIET, *args]
    with tempfile.TemporaryFile() as log, started(argv, stdout=subprocess.PIPE, stderr=log) as process:
        try:
            yield cast(IO[bytes], process.stdout)
        except EOFError as error:
            raise failed(argv, _said(log) or str(error)) from error


def _said(log: IO[bytes]) -> str:
    log.seek(0)
    return log.read().decode("utf-8", "replace")


def failed(argv: Sequence[str], logged: str) -> MachineFailed:
    tail = "\n".join(logged.strip().splitlines()[-6:]) or "(it said nothing)"
    return MachineFailed(f"ffmpeg could not do its work: {tail}\nIt was called as: {' '.join(argv)}")


@contextmanager
def started(
    argv: Sequence[str],
    *,
    stdin: int | IO[bytes] | None = subprocess.DEVNULL,
    stdout: int | IO[bytes] | None = subprocess.DEVNULL,
    stderr: int | IO[bytes] | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    """A child in its own session; whatever happens, it does not outlive the block."""
    process = subprocess.Popen(argv, stdin=stdin, stdout=stdout, stderr=stderr, start_new_session=True)
    try:
        yield process
    finally:
        if process.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe is not None:
                with suppress(BrokenPipeError):
                    pipe.close()
