"""`sakuga dataset` from a folder of art to a frozen dataset."""

import json
import re
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from assets.errors import InputRefused
from assets.sheets.dataset import Dataset, Manifest
from flows.cli.application import app
from models.house import words
from models.training.house_material import prompt

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


def test_captions_come_from_the_character_of_each_folder_in_the_bible(art, tmp_path):
    done = sakuga("add", art, *RULES, "--bible", "clear-skies", "--family", "house")

    assert "2 captions are proposals" in done.output
    made = Dataset.read(art / "dataset.yaml")
    assert made.show == "clear-skies" and {work.character for work in made.works} == {"nagi"}
    assert all("outfit sailor" in work.caption for work in made.works)


def test_options_that_contradict_the_bible_are_refused(art):
    wrong = {
        ("--prior",): "Give one",
        ("--show", "other"): "the bible of clear-skies",
        ("--family", "sd15"): "are not trained here",
    }
    for options, problem in wrong.items():
        refused = sakuga("add", art, *RULES, "--bible", "clear-skies", *options)

        assert problem in str(refused.exception), options
    assert not (art / "dataset.yaml").exists()


def test_a_frozen_name_cannot_get_other_content(art, tmp_path):
    sakuga("add", art, *RULES, "--approve")
    sakuga("freeze", art, "--out", tmp_path / "out")
    (art / "2_nagi" / "1.txt").write_text("another caption")
    sakuga("add", art, *RULES)

    again = sakuga("freeze", art, "--out", tmp_path / "out")

    assert "A frozen dataset never changes" in str(again.exception)


def test_art_without_rights_is_refused(art):
    found = sakuga("add", art, "--name", "core", "--creator", "A. Artist")

    assert "Give --licence" in str(found.exception) and "or --grant" in str(found.exception)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--name", "凪"), "--name: write 1 to 64 of a-z, 0-9 and -, beginning with a-z or 0-9, such as nagi-core"),
        (("--name", "Nagi Core"), "such as nagi-core (found Nagi Core)"),
        (("--show", "s" * 65), "--show: String should have at most 64 characters"),
        (("--creator", "c" * 201), "--creator: String should have at most 200 characters"),
        (("--grant", "G 1"), "--grant: write 1 to 64 of A-Z, a-z, 0-9, _ and -, such as g-1 (found G 1)"),
        (("--data", "mine"), "--data is 'mine'; write owned or licensed or"),
        (("--licence", "my own licence"), "LicenseRef- and a name for a contract of your own"),
        (("--caption", "c" * 4001), "1.png: caption: String should have at most 4000 characters"),
    ],
)  # fmt: skip
def test_a_value_that_no_dataset_can_have_is_refused_under_the_name_of_its_option(art, options, said):
    """A name in Japanese, a long show or a long caption ended in an internal error; a licence was not looked at."""
    refused = sakuga("add", art, *RULES, *options)

    assert isinstance(refused.exception, InputRefused)
    assert said in str(refused.exception)
    assert not (art / "dataset.yaml").exists()


def test_a_changed_picture_is_told_by_check(art):
    sakuga("add", art, *RULES, "--approve")
    Image.new("RGB", (96, 64), (9, 9, 9)).save(art / "2_nagi" / "1.png")

    found = sakuga("check", art)

    assert "Changed since it was added: 2_nagi/1.png" in found.output
    assert found.exit_code != 0


def test_check_refuses_what_freeze_would_refuse(art, tmp_path):
    """Check passed a proposed caption that nobody had read, and freeze refused it."""
    out = ("--out", tmp_path / "out")
    sakuga("add", art, *RULES)
    unread = sakuga("check", art, *out)
    sakuga("add", art, *RULES, "--approve")
    assert sakuga("check", art, *out).exit_code == 0
    assert sakuga("freeze", art, *out).exit_code == 0
    assert sakuga("check", art, *out).exit_code == 0
    sakuga("add", art, *RULES, "--show", "other")
    renamed = sakuga("check", art, *out)
    sakuga("add", art, *RULES, "--show", "other", "--name", "theirs")
    foreign = sakuga("check", art, *out)
    listed = (art / "dataset.yaml").read_text()
    (art / "dataset.yaml").write_text(listed.replace("licence: ''", "licence: my own"))
    own = sakuga("check", art, *out)

    said = {
        unread: "has a proposed caption that nobody read",
        renamed: "a dataset 'core' is frozen already, with other content",
        foreign: "is art of another show (dataset core)",
        own: "The licence 'my own' cannot be used",
    }
    for result, problem in said.items():
        assert isinstance(result.exception, InputRefused) and problem in str(result.exception)
    assert "The licence 'my own' cannot be used" in str(sakuga("freeze", art, *out).exception)


def test_adding_again_with_other_rights_is_refused_with_those_that_differ(art):
    """It said `2 pictures by P-ren`, and the file kept the rights of before."""
    sakuga("add", art, *RULES, "--data", "licensed")
    before = (art / "dataset.yaml").read_bytes()

    refused = sakuga("add", art, "--name", "core", "--creator", "Ren", "--licence", "CC0-1.0")

    assert isinstance(refused.exception, InputRefused)
    for said in (
        "--creator is Ren here and A. Artist there",
        "--licence is CC0-1.0 here and empty there",
        "--grant is not given here and G-1 there",
        "--data is owned here and licensed there",
        "edit `rights` of each work in that file",
    ):
        assert said in str(refused.exception)
    assert (art / "dataset.yaml").read_bytes() == before


def test_new_pictures_of_another_artist_are_told_apart(art):
    sakuga("add", art, *RULES)
    Image.new("RGB", (96, 64), (9, 90, 9)).save(art / "2_nagi" / "3.png")

    added = sakuga("add", art, "--name", "core", "--creator", "Ren", "--licence", "CC0-1.0")

    assert "2 pictures by A. Artist, 1 picture by Ren." in " ".join(added.output.split())
    assert sakuga("add", art, *RULES).exit_code == 0  # what is listed keeps its own


def bare(art):
    """The pictures in a folder without words in its name, and none has a caption."""
    (art / "2_nagi").rename(art / "nagi")
    return art


def test_captions_are_proposed_approved_and_frozen_with_the_name_of_their_model(art, tmp_path):
    bare(art)
    assert "has no caption" in str(sakuga("add", art, *RULES).exception)
    assert "2 pictures have no caption" in sakuga("add", art, *RULES, "--caption-later").output
    assert "nothing to approve" in str(sakuga("add", art, *RULES, "--approve").exception)
    assert "has no caption" in str(sakuga("freeze", art, "--out", tmp_path / "out").exception)

    first = sakuga("caption", art, "--captioner", "toy", "--hint", "nagi", "--dialect", "tags")
    assert first.exit_code == 0 and re.search(
        "captioner/toy none@[0-9a-f]{16} proposed 2 captions", first.output
    )
    assert "nobody read" in str(sakuga("freeze", art, "--out", tmp_path / "out").exception)
    assert "No picture is without a caption" in sakuga("caption", art, "--captioner", "toy").output
    assert sakuga("add", art, *RULES, "--approve").exit_code == 0
    assert sakuga("check", art).exit_code == 0
    assert sakuga("freeze", art, "--out", tmp_path / "out").exit_code == 0

    works = [each.work for each in Manifest.read(tmp_path / "out" / "datasets" / "core.json").works]
    assert {(work.caption_from, work.captioner.partition("@")[0]) for work in works} == {
        ("captioner", "captioner/toy none")
    }
    assert all(work.caption.endswith("96x64, nagi") for work in works)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "names no captioner. Give --captioner openai --set base_url="),
        (["--captioner", "openai"], "base_url: is missing"),
        (["--captioner", "nobody"], "no captioner called 'nobody'"),
        (["--captioner", "toy", "--set", "x"], "write NAME=VALUE"),
        (["--captioner", "toy", "--dialect", "verse"], "write prose or tags"),
        (["--captioner", "transformers", "--set", "weights.path=nowhere"], "nowhere"),
    ],
)
def test_a_captioner_that_cannot_work_is_refused_in_one_sentence(art, words, said):
    sakuga("add", bare(art), *RULES, "--caption-later")

    assert said in str(sakuga("caption", art, *words).exception)


@pytest.fixture
def server():
    script = Path(__file__).parents[2] / "models" / "captioning" / "seeing_server.py"
    process = subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True)
    yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
    process.kill()
    process.wait()


def test_what_was_proposed_before_a_failure_is_kept_and_the_next_run_asks_for_the_rest(art, server):
    for seed in (3, 4):
        coarse = np.random.default_rng(seed).integers(0, 255, (8, 12, 3), dtype=np.uint8)
        Image.fromarray(coarse).resize((96, 64), Image.Resampling.NEAREST).save(
            art / "2_nagi" / f"{seed}.png"
        )
    sakuga("add", bare(art), *RULES, "--caption-later")
    asked = ["caption", art, "--captioner", "openai", "--set", "model=eye", "--set", "patience.attempts=1"]

    broken = sakuga(*asked, "--set", f"base_url={server}/third-broken/v1")
    kept = [work.caption for work in Dataset.read(art / "dataset.yaml").works]
    silent = sakuga(*asked, "--set", f"base_url={server}/silent/v1")
    rest = sakuga(*asked, "--set", f"base_url={server}/good/v1")

    assert "HTTP 401" in str(broken.exception)
    assert [bool(caption) for caption in kept] == [True, True, False, False]
    assert "2 pictures have no caption yet:\n- nagi/3.png" in str(silent.exception)
    assert "captioner/openai eye@unstated proposed 2 captions" in rest.output
    works = Dataset.read(art / "dataset.yaml").works
    assert [work.caption for work in works][:2] == kept[:2] and all(work.caption for work in works)


@pytest.mark.slow
def test_ctrl_c_keeps_what_is_done(art, server, tmp_path):
    sakuga("add", bare(art), *RULES, "--caption-later")
    command = [
        sys.executable, "-m", "flows.cli", "dataset", "caption", str(art), "--captioner", "openai",
        "--set", "model=eye", "--set", f"base_url={server}/second-slow/v1",
    ]  # fmt: skip
    running = subprocess.Popen(command, cwd=Path(__file__).parents[3], stderr=subprocess.PIPE)
    ends = time.monotonic() + 60
    while len(asked_of(server)) < 2 and time.monotonic() < ends:
        time.sleep(0.1)

    running.send_signal(signal.SIGINT)
    running.communicate(timeout=30)

    assert running.returncode != 0
    assert [bool(work.caption) for work in Dataset.read(art / "dataset.yaml").works] == [True, False]


def asked_of(server):
    with urllib.request.urlopen(f"{server}/log") as answered:
        return json.load(answered)


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
