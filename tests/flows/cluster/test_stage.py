"""A stage with workers in threads of this process: real workers, vault and cache; only Ray is not there."""

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from threading import Event, Lock

import pytest

from assets.errors import InputRefused, ModelFailed, SetupMissing
from assets.sheets.production import Ref
from assets.vault import Vault
from flows.cluster.pool import Pool
from flows.cluster.stage import TRIES, Stage
from flows.cluster.worker import Place, StageWorker
from models.lease import lease
from models.ports import Foley
from stages.sound import effects
from stages.work_cache import WorkCache

pytestmark = [
    pytest.mark.timeout(60),
    pytest.mark.skipif(find_spec("ray") is None, reason="Ray is not installed"),
]

SOUNDS = ("footsteps", "knock", "rain", "wind", "bell", "beep")


class Method:
    """As far as the cluster's code knows a method of an actor: ``remote(...).future()``."""

    def __init__(self, call: Callable[..., object], threads: ThreadPoolExecutor):
        self._call, self._threads = call, threads

    def remote(self, *given: object) -> "Sent":
        return Sent(self._threads.submit(self._call, *given))


class Sent:
    def __init__(self, future: Future):
        self._future = future

    def future(self) -> Future:
        return self._future


class Cluster:
    """Starts workers. ``fault`` is called with every piece before it is made, and may raise."""

    def __init__(self, vault: Vault, fault: Callable[[str], None] = lambda sound: None):
        self.vault, self.fault = vault, fault
        self.threads = ThreadPoolExecutor(16)
        self.started, self.ended, self.tried = 0, 0, []
        self._lock = Lock()

    def actor(self, step, common):
        with self._lock:
            self.started += 1
        probe = self.vault.put(b"sakuga", "text/plain")
        place = Place("cpu", str(self.vault.url), None, 10**9, probe)
        worker = StageWorker()

        def make(piece):
            with self._lock:
                self.tried.append(piece.sound)
            self.fault(piece.sound)
            return worker.make(piece)

        class Actor:
            pass

        Actor.make = Method(make, self.threads)
        return Actor, Method(worker.open, self.threads).remote(1, step, common, place)

    def end(self, actor, busy: bool) -> None:
        self.ended += 1

    def pool(self, wanted: int):
        return lambda step, common, vault: Pool(lambda: self.actor(step, common), self.end, wanted)


class Book:
    """A watch and a book of calls that count."""

    run = 1

    def __init__(self):
        self.begun, self.finished, self.outcomes = [], [], []

    def began(self, step, total): ...
    def moved(self, step, name, part): ...
    def done(self, done):
        self.outcomes.append(done.outcome)

    def begin(self, recipe, step, name):
        self.begun.append(recipe)

    def finish(self, recipe, seconds):
        self.finished.append(recipe)


class Effects:
    """An effects stage over ``sounds``."""

    def __init__(self, folder: Path, wanted: int = 2, fault=lambda sound: None):
        self.vault = Vault.open(folder / "vault")
        self.cluster, self.book, self.lines = Cluster(self.vault, fault), Book(), []
        self.cache = WorkCache(self.vault, None, calls=self.book, watch=self.book)
        self._wanted = wanted

    def made(self, sounds=SOUNDS) -> list[Ref]:
        with lease(Foley, "toy") as foley:

            def work(sound: str) -> Ref:
                return effects.effect(sound, seconds=0.1, seed=1, foley=foley, cache=self.cache)

            def log(level: int, line: str) -> None:
                self.lines.append((level, line))

            return Stage(sounds, work, self.cache, self.cluster.pool(self._wanted), log).all()


def dies(sound: str = "knock", times: int = 99) -> Callable[[str], None]:
    """A fault: the worker that makes ``sound`` is lost."""
    from ray.exceptions import ActorDiedError

    left = [times]

    def fault(made: str) -> None:
        if made == sound and left[0]:
            left[0] -= 1
            raise ActorDiedError

    return fault


def test_outcomes_come_in_the_order_of_the_pieces_and_each_is_recorded_once(tmp_path: Path):
    stage = Effects(tmp_path)

    refs = stage.made()

    assert refs == Effects(tmp_path).made()  # found by a second run, in order
    assert len(stage.book.begun) == len(set(stage.book.finished)) == len(SOUNDS)
    assert [done.outcome for done in stage.cache.done] == ["made"] * len(SOUNDS)
    assert [done.name.split()[0] for done in stage.cache.done] == list(SOUNDS)
    assert stage.cluster.ended == stage.cluster.started == 2


def test_no_worker_starts_for_what_exists(tmp_path: Path):
    Effects(tmp_path).made()
    again = Effects(tmp_path)

    again.made()

    assert (again.cluster.started, again.book.begun) == (0, [])


def test_workers_start_while_the_stage_still_looks_for_what_exists(tmp_path: Path):
    """They started after the last look, which takes a second for a long episode."""
    stage, started = Effects(tmp_path), []
    with lease(Foley, "toy") as foley:

        def work(sound: str) -> Ref:
            started.append(stage.cluster.started)
            return effects.effect(sound, seconds=0.1, seed=1, foley=foley, cache=stage.cache)

        Stage(SOUNDS, work, stage.cache, stage.cluster.pool(2), lambda *_: None).all()

    assert started[: len(SOUNDS)] == [0, 1, 2, 2, 2, 2]


def test_a_sound_that_two_pieces_want_is_made_once(tmp_path: Path):
    stage = Effects(tmp_path)

    refs = stage.made(("knock", "rain", "knock", "knock"))

    assert refs[0] == refs[2] == refs[3]
    assert sorted(stage.cluster.tried) == ["knock", "rain"]
    assert sorted(stage.book.outcomes) == ["made", "made", "reused", "reused"]


def test_a_piece_whose_worker_is_lost_is_made_by_another(tmp_path: Path):
    stage = Effects(tmp_path, fault=dies(times=1))

    stage.made()

    assert stage.cluster.tried.count("knock") == 2
    assert len(stage.book.begun) == len(SOUNDS) + 1
    assert stage.cluster.started == 3
    assert any("was lost" in line for level, line in stage.lines if level == logging.WARNING)


def test_a_worker_that_was_lost_after_its_result_was_stored_is_not_asked_again(tmp_path: Path):
    from ray.exceptions import ActorDiedError

    stage = Effects(tmp_path)
    ours, lost = stage.cluster.actor, []

    def actor(step, common):
        made, ready = ours(step, common)
        make = made.make._call

        def make_and_die(piece):
            report = make(piece)
            if piece.sound == "knock" and not lost:
                lost.append(piece)
                raise ActorDiedError
            return report

        made.make._call = make_and_die
        return made, ready

    stage.cluster.actor = actor
    stage.made()

    assert lost and stage.cluster.tried.count("knock") == 1


def test_a_piece_that_kills_every_worker_is_named_and_tried_three_times_however_many_want_it(tmp_path: Path):
    stage = Effects(tmp_path, fault=dies())

    with pytest.raises(
        ModelFailed,
        match=r"2 of 7 pieces could not be made: effect knock 0.1s #1 \(its worker on .* was lost",
    ):
        stage.made((*SOUNDS, "knock"))

    assert stage.cluster.tried.count("knock") == TRIES
    assert len(stage.book.finished) == len(SOUNDS) - 1
    assert stage.cluster.ended == 2  # those that are left


def test_a_refusal_reaches_the_code_that_asked_for_the_piece(tmp_path: Path):
    """As in one process: the voices' stage collects refusals and names them together."""
    stage, refused = Effects(tmp_path), []
    with lease(Foley, "toy") as foley:

        def work(sound: str) -> str:
            try:
                effects.effect(sound, seconds=0.1, seed=1, foley=foley, cache=stage.cache)
            except InputRefused as refusal:
                refused.append(str(refusal))
            return sound

        outcomes = Stage(
            ("knock", "no such sound"), work, stage.cache, stage.cluster.pool(1), lambda *_: None
        ).all()

    assert outcomes == ["knock", "no such sound"]
    assert len(refused) == 1


def test_results_that_do_not_reach_the_vault_end_the_stage_with_what_to_set(tmp_path: Path):
    stage = Effects(tmp_path)
    stage.cluster.vault = Vault.open(tmp_path / "elsewhere")

    with pytest.raises(SetupMissing, match=r"is not in the vault at .*SAKUGA_VAULT"):
        stage.made()

    assert not stage.book.finished and not stage.cache.done


def test_an_error_of_ours_ends_the_stage_and_the_workers(tmp_path: Path):
    stage = Effects(tmp_path)

    def work(sound: str) -> Ref:
        with lease(Foley, "toy") as foley:
            effects.effect(sound, seconds=0.1, seed=1, foley=foley, cache=stage.cache)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        Stage(SOUNDS, work, stage.cache, stage.cluster.pool(2), lambda *_: None).all()

    assert stage.cluster.ended == stage.cluster.started


def test_no_more_than_two_pieces_for_each_worker_are_on_their_way(tmp_path: Path):
    there, most, lock, go = [0], [0], Lock(), Event()

    def fault(sound: str) -> None:
        with lock:
            there[0] += 1
            most[0] = max(most[0], there[0])
        go.wait(0.05)
        with lock:
            there[0] -= 1

    Effects(tmp_path, wanted=2, fault=fault).made([*SOUNDS, "fire", "thud", "crash", "slap", "punch", "drip"])

    assert most[0] == 4
