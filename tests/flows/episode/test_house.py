"""The profile of our own models: an episode from its weights, and what is said when they are not whole."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from assets.errors import SetupMissing
from assets.media.video import decode
from assets.sheets.production import Report

ROOT = Path(__file__).parents[3]
SHORT = "Title: Rain\nLanguage: en\n\nEXT. STREET - DAY\n\nMIKA waves. SPLASH.\n\nMIKA\nHere I am!\n"


def installed(place: Path) -> Path:
    """The program at ``place``: links to this one, but a copy of one reader's weights, which can be damaged."""
    shipped = Path("assets/library/weights/traits")
    for folder in reversed(shipped.parents):
        (place / folder).mkdir(parents=True)
        for path in (ROOT / folder).iterdir():
            if not shipped.is_relative_to(folder / path.name):
                (place / folder / path.name).symlink_to(path)
    shutil.copytree(ROOT / shipped, place / shipped)
    return place


def test_weights_that_are_not_whole_are_refused_before_anything_is_made(script: Path, tmp_path: Path, sakuga):
    program = installed(tmp_path / "program")
    damaged = program / "assets/library/weights/traits/model.safetensors"
    damaged.write_bytes(damaged.read_bytes()[:-1])

    done = sakuga("produce", script, "--profile", "house", program=program, check=False)

    assert done.returncode == SetupMissing.exit_code
    assert "model.safetensors is damaged or changed" in " ".join(done.stderr.split())
    assert not (tmp_path / "episodes").exists()


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
