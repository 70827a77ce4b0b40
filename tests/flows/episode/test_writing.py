"""sakuga write: an ordinary script on disk, a memory beside it, and a person's edits left alone."""

import json
from pathlib import Path

import pytest
import yaml

from assets.errors import InputRefused
from assets.sheets.story import Story, StoryMemory
from flows.episode.writing import Commission, write

PREMISE = "Ren forgets his umbrella on purpose."
WRITE = ("write", PREMISE, "--profile", "toy")


def test_a_written_script_is_produced_like_any_other(sakuga, tmp_path):
    sakuga(*WRITE, "--out", "ep02.fountain", "--minutes", "1.2")

    done = sakuga("produce", "ep02.fountain", "--profile", "toy", "--quiet")

    assert (tmp_path / done.stdout.strip()).is_file()


def test_every_choice_stands_beside_the_script(sakuga, tmp_path):
    sakuga(*WRITE, "--out", "ep02.fountain")

    story = Story.read(tmp_path / "ep02.story.json")
    assert story.outline.premise == PREMISE
    assert all(slot.candidates[slot.chosen].refused == "" for slot in story.slots)


def test_an_edited_script_is_never_written_over(sakuga, tmp_path):
    sakuga(*WRITE, "--out", "a.fountain")
    script = tmp_path / "a.fountain"
    script.write_text(script.read_text(encoding="utf-8") + "\nMine.\n", encoding="utf-8")

    done = sakuga(*WRITE, "--out", "a.fountain", "--seed", "3", check=False)

    assert done.returncode == 2
    assert "edited" in done.stderr
    assert script.read_text(encoding="utf-8").endswith("Mine.\n")


@pytest.mark.parametrize("out", [".", "./.", "..", "/", "", "a/..", ".fountain", "a", "a/b.txt"])
def test_an_out_that_names_no_script_is_refused_with_a_sentence(out: str):
    """A path without a name in it, as "." and "/", was a ValueError of pathlib."""
    with pytest.raises(InputRefused, match=r"\.fountain file"):
        write(Commission(premise=PREMISE, out=Path(out)))


def test_somebody_elses_script_is_never_written_over(sakuga, script):
    before = script.read_bytes()

    done = sakuga(*WRITE, "--out", script, check=False)

    assert done.returncode == 2
    assert script.read_bytes() == before


def test_the_same_command_twice_leaves_the_same_files(sakuga, tmp_path):
    args = (*WRITE, "--show", "clear-skies", "--out", "ep02.fountain")
    sakuga(*args)
    first = {path: path.read_bytes() for path in tmp_path.glob("ep02*")}
    memory = (tmp_path / "episodes/.sakuga/shows/clear-skies/memory.yaml").read_bytes()

    sakuga(*args)

    assert {path: path.read_bytes() for path in tmp_path.glob("ep02*")} == first
    assert (tmp_path / "episodes/.sakuga/shows/clear-skies/memory.yaml").read_bytes() == memory


def test_a_show_remembers_its_episodes_in_order(sakuga, tmp_path):
    sakuga(*WRITE, "--show", "clear-skies", "--out", "ep02.fountain")
    sakuga(
        "write", "Nagi finds an old camera.", "-p", "toy", "--show", "clear-skies", "--out", "ep03.fountain"
    )

    memory = StoryMemory.read(tmp_path / "episodes/.sakuga/shows/clear-skies/memory.yaml")
    assert [each.episode for each in memory.episodes] == ["ep02", "ep03"]
    assert "umbrella" in (tmp_path / "ep03.fountain").read_text(encoding="utf-8")


def test_another_file_of_the_same_name_does_not_replace_an_episode_in_the_memory(sakuga, tmp_path):
    sakuga(*WRITE, "--show", "clear-skies", "--out", "ep02.fountain")
    memory = tmp_path / "episodes/.sakuga/shows/clear-skies/memory.yaml"
    before = memory.read_bytes()

    done = sakuga(
        "write", "A dog waits.", "-p", "toy", "--show", "clear-skies", "--out", "b/ep02.fountain", check=False
    )

    assert done.returncode == 2
    assert "remembers an episode 'ep02'" in done.stderr and "Choose another name for --out" in done.stderr
    assert memory.read_bytes() == before
    assert not (tmp_path / "b/ep02.fountain").exists()


def test_a_premise_is_produced_in_one_go_and_an_edit_survives(sakuga, tmp_path):
    args = ("produce", "--premise", "A dog waits.", "--minutes", "1.2", "--profile", "toy", "--quiet")
    sakuga(*args)
    script = next((tmp_path / "episodes").glob("*.fountain"))
    edited = script.read_text(encoding="utf-8").replace("FADE OUT", "DISSOLVE OUT")
    script.write_text(edited, encoding="utf-8")

    sakuga(*args)

    assert script.read_text(encoding="utf-8") == edited


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("write", "", "--out", "a.fountain"), "premise is empty"),
        (("write", "x y", "--out", "a.txt"), ".fountain"),
        (("write", "x y", "--out", "a.fountain", "--minutes", "60"), "1.2 to 3"),
        (("write", "x y", "--out", "a.fountain", "--structure", "epic"), "three-acts"),
        (("write", "x y", "--out", "a.fountain", "--writer", "nobody"), "toy"),
        (("produce",), "SCRIPT"),
        (("produce", "a.fountain", "--premise", "x"), "give either a SCRIPT"),
    ],
)
def test_what_cannot_be_written_is_refused_with_what_to_do(sakuga, args, said):
    done = sakuga(*args, "--profile", "toy", check=False)

    assert done.returncode == 2
    assert said in done.stderr


def test_a_killed_run_leaves_no_half_file(sakuga, tmp_path):
    """Drafts are renamed into place; the sidecar tells the script's hash."""
    sakuga(*WRITE, "--out", "a.fountain")

    story = json.loads((tmp_path / "a.story.json").read_text(encoding="utf-8"))
    assert not list(tmp_path.glob("*.draft"))
    assert len(story["script"]) == 64


SAMPLE = yaml.safe_load((Path(__file__).parents[2] / "data" / "premises.yaml").read_text(encoding="utf-8"))


@pytest.mark.slow
@pytest.mark.parametrize("premise", [*SAMPLE["en"][:20:8], *SAMPLE["ja"][:20:8]])
def test_a_premise_becomes_an_episode(sakuga, tmp_path, premise):
    done = sakuga("produce", "--premise", premise, "--profile", "toy", "--quiet")

    assert (tmp_path / done.stdout.splitlines()[-1]).is_file()
