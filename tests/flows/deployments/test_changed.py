"""What the night finds due: what a person changed, and nothing else."""

import shutil
from pathlib import Path

import pytest

from assets.sheets.cutsheet import Cutsheet
from assets.store import Store
from flows.deployments.changed import Due, examined
from flows.episode.workspace import open_episode
from flows.settings import settings

KEY = "_/kite"


@pytest.fixture
def out(first_run: Path, tmp_path: Path) -> Path:
    shutil.copytree(first_run, tmp_path / "studio")
    return tmp_path / "studio" / "episodes"


def store(out: Path) -> Store:
    return Store.open(f"sqlite:///{out}/.sakuga/store.sqlite")


def only(out: Path) -> Due:
    (found,) = examined(out)
    return found


def test_a_finished_episode_that_nobody_touched_is_left_as_it_is(out: Path):
    found = only(out)

    assert (found.episode, found.due, found.why) == ("kite", False, "nothing has changed")


def test_a_script_that_was_edited_is_due_with_the_brief_it_was_made_with(out: Path):
    script = out.parent / "kite.fountain"
    script.write_text(script.read_text() + "\nBou smiles.\n")

    found = only(out)

    assert (found.due, found.why) == (True, "changed: script")
    assert found.brief.script.samefile(script)
    assert found.brief.profile == "toy"


def test_a_cut_sheet_edited_by_hand_is_due(out: Path):
    sheet = out / "kite" / "cutsheet.yaml"
    sheet.write_text(sheet.read_text() + "# a word\n")

    assert only(out).why == "changed: cut sheet"


def test_a_bible_that_came_to_lie_beside_the_script_is_due(out: Path, sakuga):
    sakuga("show", "new", "show")
    shutil.copy(out.parents[1] / "show" / "bible.yaml", out.parent / "bible.yaml")

    assert only(out).why == "changed: bible"


def test_a_retake_that_waits_is_due(out: Path):
    number = Cutsheet.read(out / "kite" / "cutsheet.yaml").cuts[0].number
    with store(out) as opened:
        opened.order_retake(KEY, number, reason="more life", by="director", frames=None)

    assert only(out).why == f"retakes ordered: {number}"


@pytest.mark.parametrize(("outcome", "said"), [("failed", "failed"), (None, "was cut off")])
def test_an_episode_whose_last_run_did_not_finish_is_due(out: Path, outcome: str | None, said: str):
    with store(out) as opened:
        run = opened.begin_run(KEY, "toy")
        if outcome:
            opened.finish_run(run, outcome)

    assert (only(out).due, only(out).why) == (True, f"its last run {said}")


def test_a_script_that_was_read_since_the_last_finished_run_is_due(out: Path, sakuga):
    """`sakuga breakdown` notes the edited script too; the night then took it for made."""
    script = out.parent / "kite.fountain"
    script.write_text(script.read_text() + "\nBou smiles.\n")
    sakuga("breakdown", script, "--profile", "toy", "--out", out)

    assert only(out).due
    assert "script" in only(out).why


def test_a_script_that_is_gone_is_told_and_hides_no_other(out: Path):
    (out.parent / "kite.fountain").unlink()

    found = only(out)

    assert (found.due, found.brief) == (False, None)
    assert "cannot be made" in found.why and "kite.fountain" in found.why


def test_an_episode_that_is_being_made_is_left_to_whoever_makes_it(out: Path):
    """Its run has no end yet, so the night took it for one that was cut off and started it once more."""
    chosen = settings(out)
    with store(out) as opened:
        opened.begin_run(KEY, "toy")

    with open_episode("kite", None, out, chosen):
        found = only(out)

    assert (found.due, found.why) == (False, "is being made right now")


def test_where_nothing_was_ever_made_nothing_is_due(tmp_path: Path):
    assert examined(tmp_path / "episodes") == []


@pytest.mark.parametrize("outcome", ["refused", "stopped"])
def test_a_run_that_was_refused_or_stopped_by_a_person_is_not_made_at_night(out: Path, outcome: str):
    """A refused retake and a cancelled run left the episode failed, and the night made it again."""
    with store(out) as opened:
        opened.finish_run(opened.begin_run(KEY, "toy", by="aya"), outcome)

    assert (only(out).due, only(out).why) == (False, "nothing has changed")


def test_a_retake_of_no_cut_there_is_leaves_nothing_to_be_made(out: Path, sakuga):
    sakuga("retake", "kite", "C999", "--reason", "closer", "--out", str(out), check=False)

    assert only(out).due is False
    with store(out) as opened:
        assert opened.runs(KEY)[0].outcome == "refused"
