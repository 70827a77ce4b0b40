"""What runs in a worker process, called here without Ray; and what a run refuses before it asks for one."""

import logging
from pathlib import Path

import pytest

from assets.errors import SetupMissing
from assets.sheets.production import Ref
from assets.vault import Vault
from flows.cluster.executor import executor_of
from flows.cluster.worker import Place, StageWorker
from flows.episode.executor import InProcess
from flows.settings import settings
from models.lease import Named
from stages.sound.effects import EffectOrder, EffectPiece, MusicOrder, MusicPiece

ELSEWHERE = Ref(sha256="0" * 64, bytes=6, media_type="text/plain")


def place(folder: Path, probe: Ref = ELSEWHERE) -> Place:
    return Place("cpu", str(folder / "vault"), None, 10**9, probe)


def foley(folder: Path, name: str = "toy", **options: object) -> StageWorker:
    order = EffectOrder(foley=Named(port="foley", name=name, options=options))
    return StageWorker("effect", order, place(folder))


STEP = EffectPiece(sound="footsteps", seconds=0.5, seed=3)


def test_a_worker_that_does_not_see_the_run_s_vault_says_what_is_needed(tmp_path: Path):
    with pytest.raises(SetupMissing, match=r"same vault \(SAKUGA_VAULT\)"):
        foley(tmp_path).ready()


def test_a_worker_that_sees_the_vault_says_where_it_is(tmp_path: Path):
    probe = Vault.open(tmp_path / "vault").put(b"sakuga", "text/plain")
    worker = StageWorker("effect", EffectOrder(foley=Named(port="foley", name="toy")), place(tmp_path, probe))

    assert worker.ready().endswith(" cpu")


def test_a_piece_is_made_once_and_then_found(tmp_path: Path):
    worker = foley(tmp_path)

    first, second = worker.make(STEP), worker.make(STEP)

    assert first.seconds > 0 and first.machine_seconds > 0
    assert (second.seconds, second.error) == (0.0, "")


def test_the_same_worker_process_makes_music_too(tmp_path: Path):
    order = MusicOrder(composer=Named(port="composer", name="toy"))
    piece = MusicPiece(mood="calm", name="M01", seconds=2.0, seed=1)

    assert StageWorker("music", order, place(tmp_path)).make(piece).error == ""


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


def test_a_brief_without_workers_is_done_here_whatever_cluster_there_is(tmp_path: Path, monkeypatch):
    monkeypatch.setenv("SAKUGA_RAY", "10.0.0.5:6379")
    here = InProcess()

    with executor_of(here, 0, settings(tmp_path), lambda level, line: None) as executor:
        assert executor is here
