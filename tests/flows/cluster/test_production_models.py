"""The sample episode from production adapters on tiny random weights: in one process, and by workers of a Ray cluster.

The weights are random, so what is claimed is the wiring: every cut, prompts, windows, keyframes, effects, the second
run that makes nothing, and the same bytes from two workers.
"""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from assets.media.video import decode, probe
from assets.sheets.production import Report
from flows.cluster.connection import Connection
from flows.cluster.executor import RayExecutor
from flows.episode.brief import Brief
from flows.episode.executor import Executor, InProcess
from flows.episode.produce import RunHost, perform
from flows.settings import settings
from tests.models.tiny import pipelines, sounds

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("local_ray"), pytest.mark.timeout(1800)]

ROOT = Path(__file__).parents[3]
SAMPLE = ROOT / "assets/library/shows/clear-skies/ep01.en.fountain"


class Quiet:
    def began(self, step, total): ...
    def moved(self, step, name, part): ...
    def done(self, done): ...


@pytest.fixture(scope="module")
def profile(tmp_path_factory) -> Path:
    """sdxl, wan and stable-audio at 96x64, enlarged to 288x192."""
    folder = tmp_path_factory.mktemp("tiny")
    for kind in ("sdxl", "wan-i2v"):
        pipelines.save(kind, folder / kind)
    sounds.save("stable-audio-open", folder / "sound")

    def at(name: str, **options: object) -> dict[str, object]:
        return {"weights": {"path": str(folder / name)}, "steps": 1, **options}

    written = {
        "sheet": "profile", "version": 1, "name": "tiny-production", "size": [288, 192],
        "machines": {
            "painter": {"name": "sdxl", "options": at("sdxl", guidance=1)},
            "animator": {"name": "wan", "options": at("wan-i2v", guidance=1)},
            "foley": {"name": "stable-audio", "options": at("sound")},
            "voices": {"ja": "toy", "en": "toy"}, "composer": "toy", "judge": "toy", "upscaler": "toy",
        },
        "storyboard": {"size": [96, 64]},
        "takes": {"size": [96, 64], "windows": {"chain": "first_and_last"}},
    }  # fmt: skip
    path = folder / "tiny.yaml"
    path.write_text(yaml.safe_dump(written))
    return path


def made(profile: Path, out: Path, executor: Executor) -> tuple[Path, Report]:
    brief = Brief(script=SAMPLE, profile=str(profile), out=out, language="en")
    perform(brief, RunHost(executor, lambda _: Quiet(), lambda _workspace: None))
    folder = next(out.rglob("episode.mp4")).parent
    return folder, Report.from_raw(json.loads((folder / "report.json").read_text()), "report.json")


def test_the_sample_episode_is_whole_the_second_run_makes_nothing_and_workers_make_the_same(
    profile, tmp_path
):
    folder, report = made(profile, tmp_path / "here", InProcess())

    takes = [done for done in report.work if done.step == "take"]
    assert len(takes) == 16
    assert (
        probe(folder / "episode.mp4").frames
        == report.frames
        == sum(1 for _ in decode(folder / "episode.mp4"))
    )

    _, again = made(profile, tmp_path / "here", InProcess())
    assert {done.outcome for done in again.work} == {"reused"}

    connection = Connection("local")
    chosen = replace(settings(tmp_path / "shared"))
    try:
        workers = RayExecutor(InProcess(), connection, 2, chosen, lambda level, line: None)
        shared, _ = made(profile, tmp_path / "shared", workers)
    finally:
        connection.close()
    assert (shared / "episode.mp4").read_bytes() == (folder / "episode.mp4").read_bytes()
