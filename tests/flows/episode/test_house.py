"""The profile of our own models: an episode from its weights, and what is said when they are not whole."""

import json
from pathlib import Path

import numpy as np
import pytest

from assets.errors import SetupMissing
from assets.media.video import decode
from assets.sheets.production import Report
from flows.episode import profile
from flows.episode.brief import Brief
from flows.episode.produce import produce

SHORT = "Title: Rain\nLanguage: en\n\nEXT. STREET - DAY\n\nMIKA waves. SPLASH.\n\nMIKA\nHere I am!\n"


def test_weights_that_are_not_whole_are_refused_before_anything_is_made(script: Path, tmp_path, monkeypatch):
    out = tmp_path / "episodes"
    monkeypatch.setattr(profile, "lacks", lambda port, name: "They are damaged." if name == "house" else "")

    with pytest.raises(SetupMissing, match=r"^They are damaged\.$"):
        produce(Brief(script=script, profile="house", out=out), quiet=True)

    assert not out.exists()


@pytest.mark.slow
def test_an_episode_from_our_own_weights_and_the_second_run_makes_nothing(tmp_path, sakuga):
    (tmp_path / "rain.fountain").write_text(SHORT)

    sakuga("produce", "rain.fountain", "--profile", "house")
    folder = tmp_path / "episodes" / "rain"
    told = Report.from_raw(json.loads((folder / "report.json").read_text()), "report.json")
    sakuga("produce", "rain.fountain", "--profile", "house")
    again = Report.from_raw(json.loads((folder / "report.json").read_text()), "report.json")

    pictures = list(decode(folder / "episode.mp4"))
    assert len(pictures) == told.frames
    assert np.std(pictures[len(pictures) // 2]) > 15
    assert {done.outcome for done in again.work} == {"reused"}
