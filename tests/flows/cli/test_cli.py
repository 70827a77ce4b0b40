"""The command line: quick, and clear when something is wrong."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from assets.store import Store

ROOT = Path(__file__).parents[3]


def test_help_imports_nothing_heavy():
    code = (
        "import sys, flows.cli\n"
        "heavy = {'torch', 'prefect', 'sqlalchemy', 'numpy', 'skia', 'cv2', 'moviepy', 'yaml', 'rich.progress'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )

    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


NETWORKS = {"models.hubsound.same"}  # classes of torch, which adapters import while they load
MODULES = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for floor in ("assets", "models", "stages", "flows")
    for path in (ROOT / floor).rglob("*.py")
    if "migrations" not in path.parts
    and ".".join(path.relative_to(ROOT).with_suffix("").parts) not in NETWORKS
)


def test_no_module_imports_torch_or_a_model_library():
    banned = {"torch", "diffusers", "transformers", "onnxruntime", "torchaudio"}
    code = (
        "import importlib, sys\n"
        f"for name in {MODULES!r}:\n"
        "    importlib.import_module(name.removesuffix('.__init__'))\n"
        f"    found = {banned!r} & set(sys.modules)\n"
        "    assert not found, (name, found)\n"
    )

    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr[-2000:]


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (("produce", "nowhere.fountain"), 2, "nowhere.fountain"),
        (("produce", "kite.fountain", "--profile", "oil"), 2, "animatic, house, studio"),
        (("produce", "kite.fountain", "--show", "no-such-show"), 2, "no-such-show"),
        (("produce", "kite.fountain", "--language", "fr"), 2, "ja or en"),
        (("retake", "kite", "C001", "--reason", "x"), 2, "sakuga produce"),
        (("status",), 2, "sakuga produce"),
        (("show", "check", "nowhere"), 2, "nowhere"),
        (("paint",), 2, "No such command"),
    ],
)
def test_a_mistake_gets_one_clear_message_and_its_exit_code(script, sakuga, args, code, said):
    done = sakuga(*args, check=False)

    assert done.returncode == code, done.stderr
    assert said in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr


def test_an_empty_script_is_refused_before_anything_is_made(tmp_path: Path, sakuga):
    (tmp_path / "empty.fountain").write_text("")

    done = sakuga("produce", "empty.fountain", check=False)

    assert done.returncode == 2
    assert not (tmp_path / "episodes").exists()


def test_a_new_show_can_be_checked_and_broken_down_at_once(tmp_path: Path, sakuga):
    sakuga("show", "new", "lantern", "--title", "Lantern Street")
    checked = sakuga("show", "check", "lantern")
    sakuga("breakdown", "lantern/ep01.fountain")

    assert "lantern: 1 character, 1 place, 1 note." in checked.stdout
    assert list((tmp_path / "episodes").glob("*/cutsheet.yaml"))


def test_two_runs_on_one_episode_do_not_meet(script, tmp_path, sakuga):
    import fcntl

    sakuga("breakdown", "kite.fountain")
    lock = next((tmp_path / "episodes" / ".sakuga" / "episodes").glob("*/lock"))
    with lock.open("a+") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        done = sakuga("produce", "kite.fountain", "--profile", "toy", check=False)

    assert done.returncode == 2
    assert "another process" in done.stderr


def test_a_process_that_was_started_to_outlive_its_terminal_ignores_its_end():
    code = (
        "import os, signal\n"
        "signal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
        "from flows.terminal.interrupts import watch\n"
        "asked = watch()\n"
        "os.kill(os.getpid(), signal.SIGHUP)\n"
        "print(asked.is_set())"
    )

    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "False"


def test_a_signal_that_arrives_in_the_callback_of_a_weak_reference_is_not_lost():
    """Python ignores exceptions there: Ctrl-C printed a traceback and the run went on."""
    code = (
        "import os, signal, time, weakref\n"
        "from flows.terminal.interrupts import watch\n"
        "asked = watch()\n"
        "def callback(reference):\n"
        "    os.kill(os.getpid(), signal.SIGTERM)\n"
        "    time.sleep(0.1)\n"
        "thing = type('Thing', (), {})()\n"
        "reference = weakref.ref(thing, callback)\n"
        "try:\n"
        "    del thing\n"
        "    time.sleep(20)\n"
        "    print('went on')\n"
        "except KeyboardInterrupt:\n"
        "    print('stopped by', asked.number)\n"
    )

    told = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)

    assert (told.stdout, told.stderr) == (f"stopped by {signal.SIGTERM.value}\n", "")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_a_run_that_is_asked_to_stop_loses_nothing_and_says_how_to_go_on(
    script, tmp_path, sakuga, number, code
):
    """Ctrl-C did; SIGTERM and SIGHUP ended the run without a word, and ffmpeg and its files stayed."""
    text = script.read_text()
    script.write_text(text + "\n" + 3 * text.partition("Language: en\n")[2])  # much is left to be stopped in
    with subprocess.Popen(
        [sys.executable, "-m", "flows.cli", "produce", "kite.fountain", "--profile", "toy"],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, stderr=subprocess.PIPE, text=True,
        stdout=subprocess.DEVNULL, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    ) as process:  # fmt: skip
        commits = tmp_path / "episodes/.sakuga/vault/commits"
        # The first few are the papers; after them the run is in the books, and work begins.
        while process.poll() is None and len(list(commits.glob("*/*"))) < 8:
            time.sleep(0.02)
        process.send_signal(number)
        said = process.communicate(timeout=60)[1]

    with Store.open(f"sqlite:///{tmp_path}/episodes/.sakuga/store.sqlite") as store:
        outcome = store.runs(store.episodes()[0].key)[0].outcome
    assert process.returncode == code
    assert outcome != "finished"
    assert "run the same command to go on" in said
    assert "Traceback" not in said
    sakuga("produce", "kite.fountain", "--profile", "toy")
