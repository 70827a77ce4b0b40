"""ffmpeg that is stopped, hangs or meets a full disk: given up, ended with its group, told in a sentence."""

import os
import resource
import signal
import stat
import subprocess
import sys
from pathlib import Path
from threading import Thread
from time import monotonic, sleep

import psutil
import pytest

from assets.errors import ModelFailed, StorageFailed
from assets.media import ffmpeg
from assets.media.watchdog import Patience

ROOT = Path(__file__).parents[2]
SHORT = Patience(idle_s=0.8, busy_s=3)
RAW = [
    "-f",
    "rawvideo",
    "-pixel_format",
    "rgb24",
    "-video_size",
    "320x180",
    "-framerate",
    "24",
    "-i",
    "pipe:0",
]
PICTURE = bytes(320 * 180 * 3)


def stop_ffmpeg() -> None:
    for child in psutil.Process().children(recursive=True):
        if "ffmpeg" in child.name():
            child.send_signal(signal.SIGSTOP)


def none_left() -> bool:
    return not any("ffmpeg" in child.name() for child in psutil.Process().children(recursive=True))


def test_an_encoder_that_was_stopped_is_given_up():
    """An ffmpeg that got SIGSTOP was waited for without end."""
    with (
        pytest.raises(ModelFailed, match=r"given up: it did nothing for 0\.8 s"),
        ffmpeg.writing([*RAW, "-f", "null", "-"], patience=SHORT) as pipe,
    ):
        pipe.write(PICTURE)
        stop_ffmpeg()
        try:
            for _ in range(1000):
                pipe.write(PICTURE)
        except BrokenPipeError:
            pass

    assert none_left()


@pytest.mark.parametrize("leads", [True, False], ids=["its parent leads a session", "its parent is in one"])
def test_a_stopped_ffmpeg_does_not_outlive_a_parent_that_was_killed(leads: bool):
    """It stayed, stopped, until the machine was started anew."""
    code = (
        "import time\nfrom assets.media import ffmpeg\n"
        f"with ffmpeg.writing({[*RAW, '-f', 'null', '-']}):\n    print('ready', flush=True)\n    time.sleep(60)"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, start_new_session=leads
    )
    assert parent.stdout is not None and parent.stdout.readline() == b"ready\n"
    children = psutil.Process(parent.pid).children()
    for child in children:
        child.suspend()
    while any(child.status() != psutil.STATUS_STOPPED for child in children):
        sleep(0.01)

    parent.kill()
    parent.wait()

    _, left = psutil.wait_procs(children, timeout=10)
    for child in left:
        child.kill()
    assert children and not left


def test_a_decoder_that_was_stopped_is_given_up():
    args = ["-f", "lavfi", "-i", "testsrc=size=320x180", "-f", "rawvideo", "pipe:1"]

    with (
        pytest.raises(ModelFailed, match="given up: it did nothing"),
        ffmpeg.reading(args, patience=SHORT) as pipe,
    ):
        pipe.read(1000)
        stop_ffmpeg()
        while pipe.read(1 << 16):
            pass

    assert none_left()


def test_a_run_that_was_stopped_is_given_up():
    def stop_later() -> None:
        sleep(0.5)
        stop_ffmpeg()

    Thread(target=stop_later).start()

    with pytest.raises(ModelFailed, match="given up: it did nothing"):
        ffmpeg.run(["-re", "-f", "lavfi", "-i", "testsrc", "-f", "null", "-"], patience=SHORT)

    assert none_left()


def test_a_run_that_never_ends_is_given_up():
    with pytest.raises(ModelFailed, match="given up: it was not ready after 3 s"):
        ffmpeg.run(["-f", "lavfi", "-i", "testsrc", "-f", "null", "-"], patience=SHORT)


def test_an_encoder_that_waits_for_a_slow_painter_is_left_alone(tmp_path: Path):
    with ffmpeg.writing(["-y", *RAW, str(tmp_path / "slow.mp4")], patience=SHORT) as pipe:
        pipe.write(PICTURE)
        sleep(2.5)
        pipe.write(PICTURE)

    assert (tmp_path / "slow.mp4").stat().st_size > 0


def test_the_whole_group_of_a_hanging_program_is_ended(tmp_path: Path):
    """A wrapper's child went on after the wrapper was ended."""
    fake = tmp_path / "ffmpeg"
    fake.write_text("#!/bin/sh\nsleep 321 &\nsleep 321\n")
    fake.chmod(fake.stat().st_mode | stat.S_IXUSR)
    code = (
        "from assets.media import ffmpeg\nfrom assets.media.watchdog import Patience\n"
        "ffmpeg.run(['-version'], patience=Patience(idle_s=0.5))"
    )

    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=30,
        env={**os.environ, "IMAGEIO_FFMPEG_EXE": str(fake)},
    )  # fmt: skip

    assert "given up: it did nothing for 0.5 s" in done.stderr
    assert not [p for p in psutil.process_iter(["cmdline"]) if p.info["cmdline"] == ["sleep", "321"]]


def test_a_failure_while_drawing_does_not_wait_for_a_stopped_encoder(tmp_path: Path):
    """Ctrl-C waited for the writer, and the writer for the encoder."""
    from fractions import Fraction

    import numpy as np

    from assets.media.video import VideoQuality, encode

    def drawn():
        for _ in range(60):
            yield np.zeros((180, 320, 3), np.uint8)
        stop_ffmpeg()
        raise KeyboardInterrupt

    began = monotonic()
    with pytest.raises(KeyboardInterrupt):
        encode(drawn(), tmp_path / "a.mp4", size=(320, 180), rate=Fraction(24), quality=VideoQuality())

    assert monotonic() - began < 20
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_refuses_is_the_storage_s_failure(tmp_path: Path):
    """A full disk was told as a failure of ffmpeg, and with exit code 5."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, hard))
    try:
        with pytest.raises(StorageFailed, match="File too large"):
            ffmpeg.run(["-f", "lavfi", "-i", "testsrc", "-t", "1", str(tmp_path / "a.mp4")])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
