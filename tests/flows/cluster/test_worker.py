"""What runs in a worker process, called here without Ray; and what a run refuses before it asks for one."""

import logging
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from time import perf_counter

import pytest

from assets.errors import SetupMissing
from assets.sheets.bible import Place as Setting
from assets.sheets.cutsheet import Cut, Cutsheet
from assets.sheets.production import Ref
from assets.vault import Vault
from flows.cluster.executor import executor_of
from flows.cluster.worker import Place, StageWorker
from flows.episode.executor import InProcess
from flows.settings import settings
from models.lease import Named
from models.simulated import LOAD_S
from stages.sound.effects import EffectOrder, EffectPiece, MusicOrder, MusicPiece
from stages.storyboard import PanelOrder, StoryboardOptions

ELSEWHERE = Ref(sha256="0" * 64, bytes=6, media_type="text/plain")

SHEET = Cutsheet(
    episode="ep01",
    rate=Fraction(24),
    places=(Setting(id="roof", names=("ROOF",), kind="rooftop"),),
    cuts=(Cut(number="C001", scene="S01", place="roof", frames=5),),
)


def place(folder: Path, probe: Ref = ELSEWHERE) -> Place:
    return Place("cpu", str(folder / "vault"), None, 10**9, probe)


def opened(step, order, where: Place) -> StageWorker:
    worker = StageWorker()
    worker.open(1, step, order, where)
    return worker


def foley(folder: Path, name: str = "toy", **options: object) -> StageWorker:
    order = EffectOrder(foley=Named(port="foley", name=name, options=options))
    probe = Vault.open(folder / "vault").put(b"sakuga", "text/plain")
    return opened("effect", order, place(folder, probe))


STEP = EffectPiece(sound="footsteps", seconds=0.5, seed=3)


def test_a_worker_that_does_not_see_the_run_s_vault_says_what_is_needed(tmp_path: Path):
    with pytest.raises(SetupMissing, match=r"same vault \(SAKUGA_VAULT\)"):
        opened("effect", EffectOrder(foley=Named(port="foley", name="toy")), place(tmp_path))


def test_a_worker_that_sees_the_vault_says_where_it_is(tmp_path: Path):
    probe = Vault.open(tmp_path / "vault").put(b"sakuga", "text/plain")
    order = EffectOrder(foley=Named(port="foley", name="toy"))

    assert StageWorker().open(1, "effect", order, place(tmp_path, probe)).endswith(" cpu")


def test_a_piece_is_made_once_and_then_found(tmp_path: Path):
    worker = foley(tmp_path)

    first, second = worker.make(STEP), worker.make(STEP)

    assert first.seconds > 0 and first.machine_seconds > 0
    assert (second.seconds, second.error) == (0.0, "")


def test_the_same_worker_process_makes_the_next_stage_too(tmp_path: Path):
    worker = foley(tmp_path)
    order = MusicOrder(composer=Named(port="composer", name="toy"))
    piece = MusicPiece(mood="calm", name="M01", seconds=2.0, seed=1)

    worker.open(2, "music", order, place(tmp_path, worker._vault.put(b"sakuga", "text/plain")))

    assert worker.make(piece).error == ""


def test_a_worker_that_is_given_two_stages_at_once_works_at_the_later_one(tmp_path: Path):
    """Ray may carry out the second call before the first."""
    worker = foley(tmp_path)
    probe = worker._vault.put(b"sakuga", "text/plain")
    worker.open(3, "music", MusicOrder(composer=Named(port="composer", name="toy")), place(tmp_path, probe))

    worker.open(2, "effect", EffectOrder(foley=Named(port="foley", name="toy")), place(tmp_path, probe))

    assert worker.make(MusicPiece(mood="calm", name="M01", seconds=2.0, seed=1)).error == ""


def test_a_worker_is_ready_when_its_model_is_loaded(tmp_path: Path):
    """It was loaded when the first piece came, so pieces went to workers that could not begin yet."""
    order = PanelOrder(
        cutsheet=SHEET,
        size=(64, 36),
        options=StoryboardOptions(),
        painter=Named(port="painter", name="simulated"),
    )
    probe = Vault.open(tmp_path / "vault").put(b"sakuga", "text/plain")
    began = perf_counter()

    opened("panel", order, place(tmp_path, probe))

    assert perf_counter() - began >= LOAD_S


@pytest.mark.slow
def test_a_new_worker_has_what_the_first_take_would_import():
    """The model waited 0.2 s for it, and 0.4 s where four workers share two cores."""
    new = (
        "import sys, flows.cluster.worker as made; before = set(sys.modules); made.StageWorker();"
        "print(*({'numpy.ma', 'PIL.Image'} & (set(sys.modules) - before)))"
    )

    done = subprocess.run([sys.executable, "-c", new], capture_output=True, text=True, timeout=100)

    assert set(done.stdout.split()) == {"numpy.ma", "PIL.Image"}, done.stderr


def test_a_refusal_is_not_worth_another_try(tmp_path: Path):
    made = foley(tmp_path).make(STEP.model_copy(update={"sound": "no such sound"}))

    assert made.error and not made.again


def test_what_is_logged_while_a_piece_is_made_comes_back_with_it(tmp_path: Path):
    worker = foley(tmp_path)
    logging.getLogger("their.library").warning("before the piece")

    assert worker.make(STEP).said == ("before the piece",)
    assert worker.make(STEP).said == ()


def test_workers_without_a_cluster_are_refused_with_what_to_set(tmp_path: Path, monkeypatch):
    monkeypatch.delenv("SAKUGA_RAY", raising=False)

    with (
        pytest.raises(SetupMissing, match="Set it to local"),
        executor_of(InProcess(), 2, settings(tmp_path), lambda level, line: None),
    ):
        pass


@pytest.mark.slow
def test_a_run_that_needs_no_worker_does_not_import_ray():
    """It takes half a second and 35 MB; and a run that finds everything made works where Ray is not installed."""
    unused = (
        "import sys; from flows.cluster.connection import Connection;"
        "Connection('local').close(); print('ray' in sys.modules)"
    )

    done = subprocess.run([sys.executable, "-c", unused], capture_output=True, text=True, timeout=100)

    assert done.stdout == "False\n", done.stderr


def test_a_brief_without_workers_is_done_here_whatever_cluster_there_is(tmp_path: Path, monkeypatch):
    monkeypatch.setenv("SAKUGA_RAY", "10.0.0.5:6379")
    here = InProcess()

    with executor_of(here, 0, settings(tmp_path), lambda level, line: None) as executor:
        assert executor is here
