"""The pipeline run by Prefect: what its server is told, keeps and shows."""

import json
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from prefect import State, flow, get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterId
from prefect.client.schemas.objects import Artifact, FlowRun, TaskRun
from prefect.settings import PREFECT_LOCAL_STORAGE_PATH, temporary_settings

from assets.errors import InputRefused, ModelFailed
from assets.sheets.cutsheet import Cutsheet
from assets.sheets.production import Report
from flows.deployments.episodes import make_episode, retake
from flows.deployments.work_tasks import FINDING, TaskRuns
from flows.episode.brief import Brief, RetakeOrder
from stages.work import Work

SCRIPT = """\
Title: The Kite
Language: en

EXT. HILLTOP - DAY

MIKA paints <img src=x> and [a link](http://example.org) on the kite. WHOOSH.

MIKA
It will fly today.

INT. KITCHEN - NIGHT

Bou pours two cups of tea.

BOU
You win.
"""


@dataclass(frozen=True)
class Told:
    """What a server shows of one run."""

    run: FlowRun
    pages: dict[str, Artifact]
    bars: list[Artifact]


def told(state: State) -> Told:
    with get_client(sync_client=True) as client:
        run = client.read_flow_run(state.state_details.flow_run_id)
        shown = client.read_artifacts(flow_run_filter=only(state), limit=100)
    pages = {page.key: page for page in shown if page.type == "markdown"}
    return Told(run, pages, [bar for bar in shown if bar.type == "progress"])


def task_runs(state: State, last: str) -> dict[str, TaskRun]:
    """The run's task runs by name. The server enters them a moment after they happened, ``last`` last."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        with get_client(sync_client=True) as client:
            found = {run.name: run for run in client.read_task_runs(flow_run_filter=only(state), limit=200)}
        if last in found and all(run.state.is_final() for run in found.values()):
            return found
        time.sleep(0.2)
    raise AssertionError(f"the server never heard how {last!r} ended")


def only(state: State) -> FlowRunFilter:
    return FlowRunFilter(id=FlowRunFilterId(any_=[state.state_details.flow_run_id]))


def report(folder: Path) -> Report:
    path = folder / "episodes" / "kite" / "report.json"
    return Report.from_raw(json.loads(path.read_text()), "report.json")


def brief(folder: Path) -> Brief:
    return Brief(script=folder / "kite.fountain", profile="toy", out=folder / "episodes")


@pytest.fixture(scope="module")
def folder(prefect, tmp_path_factory) -> Path:
    made = tmp_path_factory.mktemp("flows")
    (made / "kite.fountain").write_text(SCRIPT, encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def first(folder: Path) -> State:
    return make_episode(brief(folder), return_state=True)


def test_every_piece_of_work_is_a_task_run_named_after_its_cut(first: State, folder: Path):
    cuts = Cutsheet.read(folder / "episodes/kite/cutsheet.yaml").cuts
    wanted = {f"{step} {cut.number}" for cut in cuts for step in ("panel", "take")}
    wanted |= {f"voice {cut.number}/{n + 1}" for cut in cuts for n in range(len(cut.lines))}

    found = task_runs(first, last="join episode")

    assert wanted | {"mix soundtrack", "join episode"} <= set(found)
    assert {run.state_name for run in found.values()} == {"Completed"}
    assert {run.task_key for run in found.values()} == {task.task_key for task in FINDING.values()}


def test_the_server_keeps_paths_and_hashes_only(first: State):
    kept = told(first)
    result = first.result()

    assert kept.run.name == "make kite (toy)"
    assert len(json.dumps(kept.run.parameters)) < 1000
    assert len(json.dumps(result)) < 4000
    assert Path(result["episode"]).is_absolute() and len(result["episode sha256"]) == 64


def test_a_scene_s_page_shows_every_cut_and_nothing_the_script_smuggles_in(first: State, folder: Path):
    cuts = Cutsheet.read(folder / "episodes/kite/cutsheet.yaml").cuts

    pages = told(first).pages

    assert set(pages) == {"episode-kite", "episode-kite-s01", "episode-kite-s02"}
    for scene in ("S01", "S02"):
        page = pages[f"episode-kite-{scene.lower()}"].data
        assert page.count("data:image/webp;base64,") == sum(cut.scene == scene for cut in cuts)
        assert len(page) < 400_000
    assert "&lt;img src=x&gt;" in pages["episode-kite-s01"].data
    assert not any("\n\n[" in page.data or "<img src=x" in page.data for page in pages.values())


def test_a_task_run_follows_the_runs_whose_results_it_uses(first: State, folder: Path):
    found = task_runs(first, last="join episode")
    names = {run.id: run.name for run in found.values()}

    def before(name: str) -> set[str]:
        # Two cuts may have a sound of the same name; the dictionary has one of them.
        return {names.get(each.id, "") for each in found[name].task_inputs.get("wait_for", [])}

    cuts = Cutsheet.read(folder / "episodes/kite/cutsheet.yaml").cuts
    cut = next(cut.number for cut in cuts if cut.lines)
    assert f"panel {cut}" in before(f"take {cut}")
    assert f"voice {cut}/1" in before("mix soundtrack")
    assert "mix soundtrack" in before("join episode")
    assert not before(f"panel {cut}")


def test_the_episode_has_one_bar_which_is_full_at_the_end(first: State):
    [bar] = told(first).bars

    assert (bar.key, bar.data) == ("progress-kite", 100)
    assert bar.description.startswith("Finished: ")


def test_a_run_carries_the_episode_s_tag(first: State):
    assert "episode:kite" in told(first).run.tags


def test_a_second_run_shows_every_piece_as_cached_and_calls_no_model(first: State, folder: Path):
    """A resumed run showed every piece as Completed again, as if it had been made twice."""
    earlier = task_runs(first, last="join episode")

    again = make_episode(brief(folder), return_state=True)
    found = task_runs(again, last="join episode")

    assert found.keys() == earlier.keys()
    assert {run.state_name for run in found.values()} == {"Cached"}


def test_a_piece_that_prefect_does_not_know_but_the_vault_does_is_cached_too(first: State, folder: Path):
    """Prefect's records lie on one machine; the vault is shared."""
    with temporary_settings({PREFECT_LOCAL_STORAGE_PATH: folder / "another machine"}):
        again = make_episode(brief(folder), return_state=True)
    found = task_runs(again, last="join episode")

    assert {run.state_name for run in found.values()} == {"Cached"}


def test_what_is_gone_from_the_vault_is_made_again_whatever_prefect_remembers(first: State, folder: Path):
    shutil.copytree(folder, copy := folder.parent / "robbed", dirs_exist_ok=True)
    for commit in (copy / "episodes/.sakuga/vault/commits").rglob("*.json"):
        commit.unlink()

    again = make_episode(brief(copy), return_state=True)
    found = task_runs(again, last="join episode")

    assert again.is_completed(), again.message
    assert {run.state_name for run in found.values()} == {"Completed"}


def test_a_second_run_makes_nothing_and_shows_no_scene_again(first: State, folder: Path):
    again = make_episode(brief(folder), return_state=True)

    assert {done.outcome for done in report(folder).work} == {"reused"}
    assert set(told(again).pages) == {"episode-kite"}
    assert again.result() == first.result()


def test_a_retake_needs_the_episode_s_name_only_and_shows_its_own_scene(first: State, folder: Path):
    last = Cutsheet.read(folder / "episodes/kite/cutsheet.yaml").cuts[-1]

    state = retake(
        "kite", RetakeOrder(cut=last.number, reason="more life"), folder / "episodes", return_state=True
    )
    done = [f"{done.step} {done.name}" for done in report(folder).work if done.outcome == "made"]

    assert told(state).run.name == f"retake kite {last.number}"
    assert [name for name in done if name.startswith(("voice", "panel", "take"))] == [f"take {last.number}"]
    assert set(told(state).pages) == {"episode-kite", f"episode-kite-{last.scene.lower()}"}


def test_a_refusal_fails_the_run_in_our_words(prefect, tmp_path: Path):
    (tmp_path / "kite.fountain").write_text("")

    state = make_episode(brief(tmp_path), return_state=True)

    assert state.is_failed()
    assert "the script is empty. Write a scene heading" in state.message
    assert not (tmp_path / "episodes").exists()


@pytest.mark.parametrize(("error", "asked"), [(ModelFailed("out of memory"), 2), (InputRefused("no"), 1)])
def test_a_machine_that_stumbles_is_asked_again_and_a_refusal_stands(prefect, error, asked):
    calls = []

    def make() -> dict[str, str]:
        calls.append("take")
        if len(calls) == 1:
            raise error
        return {"clip": "moved"}

    @flow
    def one_take() -> dict[str, str]:
        return TaskRuns().carry_out(Work("take", "C001", None, {}), f"{asked:064x}", make)

    state = one_take(return_state=True)

    assert len(calls) == asked
    assert state.is_completed() == (asked == 2)
    assert state.is_completed() or isinstance(state.result(raise_on_failure=False), InputRefused)
