"""`sakuga dataset` from a folder of art to a frozen dataset."""

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from flows.cli.application import app
from models.house import words
from models.training.house import prompt

RULES = ["--name", "core", "--creator", "A. Artist", "--grant", "G-1"]


@pytest.fixture
def art(tmp_path):
    folder = tmp_path / "art" / "2_nagi"
    folder.mkdir(parents=True)
    for seed in (1, 2):
        coarse = np.random.default_rng(seed).integers(0, 255, (8, 12, 3), dtype=np.uint8)
        Image.fromarray(coarse).resize((96, 64), Image.Resampling.NEAREST).save(folder / f"{seed}.png")
    return tmp_path / "art"


def sakuga(*args):
    return CliRunner().invoke(app, ["dataset", *map(str, args)])


def test_art_is_added_approved_frozen_and_shown(art, tmp_path):
    first = sakuga("add", art, *RULES, "--set", "resolution=128")
    assert "2 captions are proposals" in first.output
    assert sakuga("freeze", art, "--out", tmp_path / "out").exception is not None

    assert sakuga("add", art, *RULES, "--approve").exit_code == 0
    assert "core: 2 pictures, 4 showings" in sakuga("check", art).output
    frozen = sakuga("freeze", art, "--out", tmp_path / "out")
    shown = sakuga("show", "core", "--out", tmp_path / "out")

    assert frozen.exit_code == 0, frozen.output
    assert "A. Artist, G-1, owned: 2 pictures, 4 showings per epoch" in shown.output


def test_a_frozen_name_cannot_get_other_content(art, tmp_path):
    sakuga("add", art, *RULES, "--approve")
    sakuga("freeze", art, "--out", tmp_path / "out")
    (art / "2_nagi" / "1.txt").write_text("another caption")
    sakuga("add", art, *RULES)

    again = sakuga("freeze", art, "--out", tmp_path / "out")

    assert "A frozen dataset never changes" in str(again.exception)


def test_art_without_rights_is_refused(art):
    found = sakuga("add", art, "--name", "core", "--creator", "A. Artist")

    assert "give a licence or the id of a grant" in str(found.exception)


def test_a_changed_picture_is_told_by_check(art):
    sakuga("add", art, *RULES, "--approve")
    Image.new("RGB", (96, 64), (9, 9, 9)).save(art / "2_nagi" / "1.png")

    found = sakuga("check", art)

    assert "Changed since it was added: 2_nagi/1.png" in found.output
    assert found.exit_code != 0


@pytest.mark.slow
def test_the_roughs_of_an_episode_are_written_with_captions_and_what_is_there_is_kept(tmp_path):
    script = tmp_path / "rain.fountain"
    script.write_text("INT. CLASSROOM - DAY\n\nMio looks out of the window.\n\nMIO\nIt is raining again.\n")
    CliRunner().invoke(app, ["breakdown", str(script), "--out", str(tmp_path / "out")])
    (tmp_path / "roughs").mkdir()
    (tmp_path / "roughs" / "C001.txt").write_text("place classroom")

    done = sakuga("layouts", "rain", tmp_path / "roughs", "--out", tmp_path / "out")

    assert done.exit_code == 0, done.output
    roughs = sorted((tmp_path / "roughs").glob("*.layout.png"))
    assert roughs and Image.open(roughs[0]).size == (1024, 576)
    captions = [path.with_name(path.name.replace(".layout.png", ".txt")).read_text() for path in roughs]
    assert all(words.ids(prompt(text.strip())).any() for text in captions)
    assert (tmp_path / "roughs" / "C001.txt").read_text() == "place classroom"


def test_the_roughs_of_an_unknown_episode_are_refused_with_what_makes_one(tmp_path):
    done = sakuga("layouts", "nobody", tmp_path / "roughs", "--out", tmp_path)

    assert "sakuga breakdown SCRIPT" in str(done.exception) and not (tmp_path / "roughs").exists()
