"""Pieces side by side: what comes out, what fails, what is stopped."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.errors import InputRefused, ModelFailed
from assets.media import ffmpeg
from assets.sheets.production import Done
from assets.vault import Vault
from flows.episode.executor import InProcess, useful_lanes
from flows.episode.threads import Threads
from flows.settings import lanes
from stages.work import Work
from stages.work_cache import Stopped, WorkCache

ROOT = Path(__file__).parents[3]


class Quiet:
    """Watches and records nothing."""

    run = 1

    def began(self, step, total): ...
    def moved(self, step, name, part): ...
    def done(self, done): ...
    def begin(self, recipe, step, name): ...
    def finish(self, recipe, seconds): ...


@pytest.fixture
def cache(tmp_path: Path) -> WorkCache:
    return WorkCache(Vault.open(tmp_path / "vault"), tmp_path / "journal.jsonl", calls=Quiet(), watch=Quiet())


def each(executor: Threads, pieces, work, *, parallel: bool = True):
    return executor.each("take", pieces, work, str, parallel=parallel)


def test_two_pieces_are_in_work_at_once(cache: WorkCache):
    meet = threading.Barrier(2, timeout=20)

    assert sorted(each(Threads(cache, 2), [1, 2], lambda _: meet.wait())) == [0, 1]


def test_pieces_that_may_not_run_beside_each_other_are_made_in_the_calling_thread(cache: WorkCache):
    threads = each(Threads(cache, 2), [1, 2], lambda _: threading.current_thread(), parallel=False)

    assert threads == [threading.current_thread()] * 2


def test_one_lane_is_the_calling_thread():
    executor = InProcess(lanes=1)

    assert executor.each("take", [1], lambda _: threading.current_thread(), str, parallel=True) == [
        threading.current_thread()
    ]
    assert useful_lanes() >= 1


@given(waits=st.lists(st.integers(0, 8), max_size=8), count=st.integers(2, 4))
@settings(max_examples=15, deadline=None)
def test_outcomes_and_records_come_in_the_order_of_the_pieces(
    waits: list[int], count: int, tmp_path_factory: pytest.TempPathFactory
):
    cache = WorkCache(Vault.open(tmp_path_factory.mktemp("vault")), None, calls=Quiet(), watch=Quiet())

    def work(piece: tuple[int, int]) -> int:
        time.sleep(piece[1] / 1000)
        cache.record(Done(step="take", name=str(piece[0]), outcome="locked"))
        return piece[0]

    outcomes = each(Threads(cache, count), list(enumerate(waits)), work)

    assert outcomes == list(range(len(waits)))
    assert [done.name for done in cache.done] == [str(piece) for piece in outcomes]


def test_never_more_pieces_are_in_work_than_there_are_lanes_even_in_two_branches(cache: WorkCache):
    executor, turn, inside, most = Threads(cache, 2), threading.Lock(), 0, 0

    def work(_piece: int) -> None:
        nonlocal inside, most
        with turn:
            inside += 1
            most = max(most, inside)
        time.sleep(0.005)
        with turn:
            inside -= 1

    branches = (lambda: each(executor, range(6), work), lambda: each(executor, range(6), work))
    executor.both(*branches, parallel=True)

    assert most == 2


def test_the_first_piece_that_failed_is_what_is_raised_and_no_other_is_begun(cache: WorkCache):
    begun: list[int] = []

    def work(piece: int) -> None:
        begun.append(piece)
        if piece == 1:
            raise ModelFailed("the pen broke")
        time.sleep(0.05)

    with pytest.raises(ModelFailed, match="the pen broke"):
        each(Threads(cache, 2), range(40), work)

    assert len(begun) < 8


def test_what_was_in_work_beside_a_failure_is_finished_and_kept(cache: WorkCache):
    began, kept = threading.Event(), []

    def work(piece: int) -> None:
        if piece == 0:
            began.wait(20)
            raise ModelFailed("the pen broke")
        began.set()
        time.sleep(0.1)
        kept.append(piece)

    with pytest.raises(ModelFailed):
        each(Threads(cache, 2), range(2), work)

    assert kept == [1]


def test_one_recipe_is_made_once_however_many_want_it(cache: WorkCache):
    made: list[str] = []

    def make() -> dict[str, str]:
        time.sleep(0.05)
        made.append("rain")
        return {"sound": "rain"}

    work = Work(step="effect", name="rain", model=None, inputs={"sound": "rain"})
    outcomes = each(Threads(cache, 3), range(3), lambda _: cache.get_or_make(work, make))

    assert made == ["rain"]
    assert outcomes == [{"sound": "rain"}] * 3
    assert sorted(done.outcome for done in cache.done) == ["made", "reused", "reused"]


def test_time_of_two_models_side_by_side_counts_once(cache: WorkCache):
    def work(_piece: int) -> None:
        with cache.machine_time():
            time.sleep(0.2)

    each(Threads(cache, 4), range(4), work)

    assert 0.15 < cache.machine_seconds < 0.6


def test_ctrl_c_gives_up_what_is_in_work_and_waits_for_nothing(cache: WorkCache):
    """A thread cannot be interrupted: it looks at every picture, and its ffmpeg is ended."""
    working, ended = threading.Barrier(3, timeout=20), []

    def work(piece: int) -> None:
        try:
            working.wait()
            if piece:
                ffmpeg.run(["-f", "lavfi", "-i", "testsrc=s=640x360:r=24:d=100000", "-f", "null", "-"])
            while True:
                cache.moved("take", str(piece), 0.5)
                time.sleep(0.01)
        except (Stopped, ModelFailed) as error:
            ended.append(type(error))
            raise

    def interrupt() -> None:
        working.wait()
        time.sleep(0.3)
        os.kill(os.getpid(), signal.SIGINT)

    # A command that ran in this process before may have left a handler of its own.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    threading.Thread(target=interrupt, daemon=True).start()
    began = time.monotonic()
    try:
        with pytest.raises(KeyboardInterrupt):
            each(Threads(cache, 2), range(6), work)
    finally:
        signal.signal(signal.SIGINT, before)

    assert sorted(kind.__name__ for kind in ended) == ["ModelFailed", "Stopped"]
    assert time.monotonic() - began < 15


def test_a_stopped_run_begins_no_new_call(cache: WorkCache):
    cache.stop()

    with pytest.raises(Stopped):
        cache.get_or_make(Work(step="take", name="C001", model=None, inputs={}), dict)


def test_the_number_of_lanes_can_be_set(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SAKUGA_LANES", "3")

    assert lanes() == 3


@pytest.mark.parametrize("text", ["0", "-1", "65", "1.5", "two", "٣", "0000000003", " "])
def test_a_number_of_lanes_that_makes_no_sense_is_refused(text: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SAKUGA_LANES", text)

    with pytest.raises(InputRefused, match="1 to 64"):
        lanes()


@pytest.mark.slow
def test_an_episode_is_the_same_however_many_pieces_are_in_work(first_run: Path, tmp_path: Path):
    found = []
    for count in ("1", "3"):
        folder = tmp_path / count
        folder.mkdir()
        (folder / "kite.fountain").write_bytes((first_run / "kite.fountain").read_bytes())
        subprocess.run(
            [sys.executable, "-m", "flows.cli", "produce", "kite.fountain", "--profile", "toy", "--quiet"],
            cwd=folder, check=True, env={**os.environ, "PYTHONPATH": str(ROOT), "SAKUGA_LANES": count},
        )  # fmt: skip
        episode = folder / "episodes/kite"
        work = json.loads((episode / "report.json").read_text())["work"]
        film = hashlib.sha256((episode / "episode.mp4").read_bytes()).hexdigest()
        found.append((film, [(done["step"], done["name"], done["outcome"]) for done in work]))

    assert found[0] == found[1]
