"""Episodes made by workers of a local Ray cluster; Ray, vault, store and stages are the real ones."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from assets.errors import ModelFailed, SetupMissing
from assets.sheets.production import Report, Take
from assets.store import Store
from assets.store.records import Call
from assets.vault import Vault
from flows.cluster.connection import Connection
from flows.cluster.executor import RayExecutor
from flows.cluster.stage import TRIES
from flows.episode.brief import Brief
from flows.episode.delivery import Delivered
from flows.episode.executor import Executor, InProcess
from flows.episode.produce import RunHost, perform
from flows.settings import settings
from models.lease import Named
from stages.orders import STEPS
from stages.sound.effects import EffectOrder

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("local_ray"), pytest.mark.timeout(300)]

ROOT = Path(__file__).parents[3]
SCRIPT = """\
Title: Kite
Language: en

EXT. STREET - NIGHT

Rain falls. A door slams.

MIKA
Up it goes.

BOU
Down it comes.
"""


class Quiet:
    def began(self, step, total): ...
    def moved(self, step, name, part): ...
    def done(self, done): ...


class Log:
    def __init__(self):
        self.lines: list[tuple[int, str]] = []

    def __call__(self, level: int, line: str) -> None:
        self.lines.append((level, line))

    def warnings(self) -> list[str]:
        return [line for level, line in self.lines if level >= logging.WARNING]


@pytest.fixture
def brief(tmp_path: Path) -> Brief:
    script = tmp_path / "kite.fountain"
    script.write_text(SCRIPT)
    return Brief(script=script, profile="toy", out=tmp_path / "episodes")


def simulated(brief: Brief, port: str = "animator", **options: object) -> Brief:
    """The brief with a model that fails as the options say."""
    text = (ROOT / "assets/library/profiles/toy.yaml").read_text().replace("name: toy", "name: simulated")
    said = ", ".join(f"{name}: {value}" for name, value in ({"seconds": 0} | options).items())
    profile = brief.out.parent / f"simulated{len(list(brief.out.parent.glob('simulated*.yaml')))}.yaml"
    profile.write_text(text.replace(f"{port}: toy", f"{port}: {{name: simulated, options: {{{said}}}}}"))
    return brief.model_copy(update={"profile": str(profile)})


def never(_workspace):
    """No gate is asked for, so nobody waits at one."""


def performed(brief: Brief, executor: Executor) -> Delivered:
    return perform(brief, RunHost(executor, lambda _: Quiet(), never))


def here(brief: Brief) -> Delivered:
    return performed(brief, InProcess())


def shared(brief: Brief, workers: int = 2, log: Log | None = None, **other: object) -> Delivered:
    chosen = replace(settings(brief.out), **other)
    with ray_executor(workers, chosen, log or Log()) as executor:
        return performed(brief, executor)


@contextmanager
def ray_executor(workers, chosen, log) -> Iterator[Executor]:
    connection = Connection("local")
    try:
        yield RayExecutor(InProcess(), connection, workers, chosen, log)
    finally:
        connection.close()


def timeless(takes: dict[str, Take]) -> list[Take]:
    """Takes without the seconds they took, which no two processes agree about."""
    return [take.model_copy(update={"seconds": 0}) for take in takes.values()]


def calls(brief: Brief) -> list[Call]:
    with Store.open(settings(brief.out).store) as store:
        return [call for run in store.runs("_/kite") for call in store.calls(run.id)]


def sent(report: Report) -> list:
    return [done for done in report.work if done.step in STEPS]


def test_an_episode_made_by_workers_is_the_same_as_one_made_here(brief: Brief, tmp_path: Path):
    alone = here(brief)
    elsewhere = brief.model_copy(update={"out": tmp_path / "other"})

    together = shared(elsewhere)

    assert together.made.episode == alone.made.episode
    assert together.made.panels == alone.made.panels
    assert timeless(together.made.takes) == timeless(alone.made.takes)


@pytest.mark.timeout(1200)
def test_an_episode_of_the_house_models_is_the_same_from_two_workers(brief: Brief, tmp_path: Path):
    """Diffusion on the CPU: the same bytes whichever process draws a cut."""
    house = brief.model_copy(update={"profile": "house"})
    alone = here(house)

    together = shared(house.model_copy(update={"out": tmp_path / "other"}))

    assert together.made.episode == alone.made.episode
    assert timeless(together.made.takes) == timeless(alone.made.takes)


def test_the_report_tells_what_workers_made_with_its_seconds_and_why(brief: Brief):
    report = shared(brief).report

    assert {done.step for done in sent(report) if done.outcome == "made"} == set(STEPS)
    assert {done.why for done in sent(report) if done.outcome == "made"} == {"first time"}
    assert all(done.seconds > 0 for done in sent(report) if done.outcome == "made")


def test_calls_of_workers_are_in_the_book_of_the_run(brief: Brief):
    cuts = len(shared(brief).made.cutsheet.cuts)

    book = calls(brief)

    assert sum(call.step == "take" for call in book) == sum(call.step == "panel" for call in book) == cuts
    assert all(call.ended_at and call.attempts == 1 for call in book)


def test_no_worker_is_started_for_what_is_finished(brief: Brief):
    here(brief)
    log = Log()

    report = shared(brief, log=log).report

    assert log.lines == []
    assert {done.outcome for done in report.work} == {"reused"}


def test_several_takes_of_a_cut_are_made_one_after_the_other_and_ranked(brief: Brief, tmp_path: Path):
    three = brief.model_copy(update={"takes": 3})
    alone = here(three.model_copy(update={"out": tmp_path / "other"}))

    assert timeless(shared(three).made.takes) == timeless(alone.made.takes)


@pytest.mark.parametrize("fault", ["fail", "kill", "memory"])
def test_a_piece_that_fails_once_is_made_at_the_next_try(brief: Brief, tmp_path: Path, fault: str):
    failing, log = simulated(brief, fault=fault, at="C002", once=tmp_path / "failed"), Log()

    report = shared(failing, log=log).report

    assert report.frames > 0
    again = {call.name for call in calls(brief) if call.attempts > 1}
    assert "C002" in again
    assert (fault == "kill") == any("was lost" in line for line in log.warnings())


def test_a_piece_that_kills_every_worker_is_named_after_three_and_the_others_are_kept(brief: Brief):
    poisonous = simulated(brief, fault="kill", at="C002")

    with pytest.raises(
        ModelFailed, match=r"1 of \d+ pieces could not be made: take C002 \(its worker on .* was lost"
    ):
        shared(poisonous)

    tried = {call.name: call.attempts for call in calls(brief) if call.step == "take"}
    assert tried["C002"] == TRIES
    again = shared(simulated(brief))
    assert [done.name for done in again.report.work if done.step == "take" and done.outcome == "made"] == [
        "C002"
    ]


def test_what_a_worker_logs_is_in_the_run_s_log_with_the_cut(brief: Brief):
    log = Log()

    shared(simulated(brief, fault="warn", at="C002"), log=log)

    assert log.warnings() == ["take C002: the simulated GPU is hot at C002"]


def test_a_worker_that_puts_its_work_elsewhere_is_found_out(brief: Brief, tmp_path: Path):
    class Elsewhere(RayExecutor):
        def pool(self, step, common, vault):
            return super().pool(step, common, Vault.open(tmp_path / "elsewhere"))

    with pytest.raises(SetupMissing, match=r"is not in the vault at .*SAKUGA_VAULT"):
        performed(brief, Elsewhere(InProcess(), Connection("local"), 1, settings(brief.out), Log()))


def test_what_the_pieces_of_a_stage_share_is_sent_once_however_many_workers_there_are(tmp_path: Path):
    """Each worker got its own copy: 64 times a cut sheet of 1.6 MB filled Ray's store, and the run waited for room."""
    packed = []

    class Counted(EffectOrder):
        def __getstate__(self):
            packed.append(self)
            return super().__getstate__()

    with ray_executor(3, settings(tmp_path), Log()) as executor:
        order = Counted(foley=Named(port="foley", name="toy"))
        pool = executor.pool("effect", order, Vault.open(tmp_path / "vault"))
        once = len(packed)
        for _ in range(3):
            pool.added()
        pool.close()

    assert len(packed) == once > 0


def test_the_code_of_a_worker_is_sent_once_however_many_there_are():
    """It was packed and stored for each worker, 0.16 s in turn on a machine with work."""
    packed = []

    class Mark:
        def __reduce__(self):
            packed.append(self)
            return object, ()

    class Worker:
        mark = Mark()

    connection = Connection("local")
    actors = [connection.actor(Worker, 0.0)]
    once = len(packed)
    actors += [connection.actor(Worker, 0.0) for _ in range(2)]
    for actor in actors:
        connection.release(0.0, actor, busy=True)

    assert len(packed) == once > 0


def test_waiting_for_the_other_piece_of_a_worker_costs_a_take_nothing(brief: Brief):
    """A worker has two pieces at a time, and each take was charged for both: a budget bought half as many."""
    longer = "".join(f"\n{('MIKA', 'BOU')[n % 2]}\nLine {n}.\n" for n in range(6))
    brief.script.write_text(SCRIPT + longer)

    takes = shared(simulated(brief, seconds=0.5), workers=1).made.takes

    assert len(takes) >= 6
    assert max(take.seconds for take in takes.values()) < 0.95
