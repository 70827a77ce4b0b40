"""An episode whose panels, clips and effects are made by an engine in a process of its own."""

import json
from pathlib import Path

import pytest

from assets.errors import SetupMissing
from assets.media.video import probe
from assets.sheets.production import Report
from flows.episode.brief import Brief
from flows.episode.executor import InProcess
from flows.episode.produce import RunHost, perform
from tests.models.engines.conftest import Served

SCRIPT = "Title: Kite\nLanguage: en\n\nEXT. STREET - NIGHT\n\nRain falls.\n\nMIKA\nUp it goes.\n\nBOU\nDown it comes.\n"


class Heard:
    """Keeps the progress inside takes."""

    def __init__(self):
        self.shares = {}

    def began(self, step, total): ...
    def done(self, done): ...

    def moved(self, step, name, part):
        self.shares.setdefault((step, name), []).append(part)


@pytest.fixture
def engine():
    served = Served("scripted_engine.py")
    yield served
    served.stop()


def brief(folder: Path, url: str, **more: object) -> Brief:
    asked = {"engine": "vllm-omni", "url": url, "model": "Wan-AI/Wan2.2", "side_step": 4,
             "patience": {"poll_s": 0.01, "first_wait_s": 0.01, "attempts": 2}, **more}  # fmt: skip
    profile = {
        "sheet": "profile", "version": 1, "name": "remote", "size": [320, 180],
        "machines": {
            "painter": {"name": "remote", "options": asked},
            "animator": {"name": "remote", "options": {**asked, "max_frames": 21}},
            "foley": {"name": "remote", "options": asked},
            "voices": {"ja": "toy", "en": "toy"}, "composer": "toy", "judge": "toy",
        },
    }  # fmt: skip
    (folder / "remote.yaml").write_text(json.dumps(profile))
    (folder / "kite.fountain").write_text(SCRIPT)
    return Brief(
        script=folder / "kite.fountain", profile=str(folder / "remote.yaml"), out=folder / "episodes"
    )


@pytest.mark.slow
def test_an_episode_is_made_by_an_engine_with_progress_inside_its_takes_and_is_asked_for_nothing_twice(
    engine, tmp_path
):
    heard = Heard()
    asked = brief(tmp_path, f"{engine.url}/good")
    for _ in range(2):
        perform(asked, RunHost(InProcess(), lambda _: heard, lambda _workspace: None))

    folder = next((tmp_path / "episodes").rglob("episode.mp4")).parent
    report = Report.from_raw(json.loads((folder / "report.json").read_text()), "report.json")
    assert {done.outcome for done in report.work} == {"reused"}
    assert probe(folder / "episode.mp4").frames == report.frames
    takes = [shares for (step, _), shares in heard.shares.items() if step == "take"]
    assert takes
    assert all(shares == sorted(shares) for shares in takes)
    sent = engine.asked("good", "/v1/videos", "POST")
    assert len({(one["asked"]["seed"], one["asked"]["prompt"]) for one in sent}) == len(sent)
    assert all("1girl" not in one["asked"]["prompt"] for one in sent)  # prose, as the profile says


def test_an_engine_that_runs_another_model_or_is_not_there_stops_the_run_before_anything_is_made(
    engine, tmp_path
):
    """The profile's check did not know the adapters' options, and refused every engine."""
    for url, model, said in (
        (f"{engine.url}/good", "Wan-AI/Other", r"runs Wan-AI/Wan2\.2"),
        ("http://127.0.0.1:9", "m", "ConnectError"),
    ):
        asked = brief(tmp_path, url, model=model)
        with pytest.raises(SetupMissing, match=said):
            perform(asked, RunHost(InProcess(), lambda _: Heard(), lambda _workspace: None))

    assert not engine.asked("good", method="POST")
