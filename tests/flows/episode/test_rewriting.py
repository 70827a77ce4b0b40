"""A large writer on the command line: a script, its revision by a wish, a show from a premise, a kill in between."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml

from assets import show
from assets.sheets.story import Story
from tests.stages import recorded

STORY = "en-2-mapmaker"
PREMISE = recorded.story(STORY)["premise"]
MINUTES = f"{recorded.story(STORY)['seconds'] / 60:.4f}"
PROPOSAL = Path(__file__).parents[2] / "data" / "show-proposal.yaml"


@pytest.fixture
def profile(tmp_path):
    """A profile whose writer is the server at an address."""

    def made(address, **options):
        machines = {
            "painter": "toy", "animator": "toy", "voices": {"ja": "toy", "en": "toy"},
            "foley": "toy", "composer": "toy",
            "writer": {"name": "openai", "options": {"base_url": address, "model": "recorded", **options}},
        }  # fmt: skip
        path = tmp_path / "free.yaml"
        path.write_text(
            yaml.safe_dump({"sheet": "profile", "version": 1, "name": "free", "machines": machines})
        )
        return path

    return made


def test_a_large_writer_writes_and_a_wish_changes_only_what_it_asks_for(sakuga, profile, tmp_path):
    script, again = (
        tmp_path / "map.fountain",
        ("write", "--revise", "map.fountain", "Tam is not so sure of himself."),
    )
    with recorded.serving(STORY) as address:
        free = ("--profile", profile(address))
        sakuga("write", PREMISE, "--out", script, "--minutes", MINUTES, *free)
        before = script.read_text(encoding="utf-8")

        shown = sakuga(*again, *free)
        kept_back = script.read_text(encoding="utf-8")
        asked = len(recorded.log(address))
        sakuga(*again, *free, "--yes")
        asked_again = len(recorded.log(address))

    after = script.read_text(encoding="utf-8")
    assert "+Tam looks at the pen for a long time." in shown.stdout
    assert kept_back == before
    assert asked_again == asked, "what was shown is kept without another question"
    assert after.partition("INT. MAP OFFICE - DAWN")[0] == before.partition("INT. MAP OFFICE - DAWN")[0]
    assert "Tam looks at the pen for a long time." in after
    story = Story.read(tmp_path / "map.story.json")
    assert story.drafts[-1].rewritten == (3,)
    assert "not so sure" in story.why


@pytest.mark.slow
def test_a_script_that_a_person_edited_is_not_revised(sakuga, profile, tmp_path):
    script = tmp_path / "map.fountain"
    with recorded.serving(STORY) as address:
        free = ("--profile", profile(address))
        sakuga("write", PREMISE, "--out", script, "--minutes", MINUTES, *free)
        script.write_text(script.read_text(encoding="utf-8") + "\nMine.\n", encoding="utf-8")
        mine = script.read_bytes()
        asked = len(recorded.log(address))

        done = sakuga("write", "--revise", script, "make it sadder", *free, "--yes", check=False)

        assert len(recorded.log(address)) == asked
    assert done.returncode == 2
    assert "by that person" in " ".join(done.stderr.split())
    assert script.read_bytes() == mine


def test_a_show_is_proposed_from_a_premise_and_valid_at_once(sakuga, profile, tmp_path):
    premise = yaml.safe_load(PROPOSAL.read_text(encoding="utf-8"))["premise"]
    with recorded.serving(PROPOSAL) as address:
        sakuga("show", "new", "line", "--premise", premise, "--profile", profile(address))

    checked = sakuga("show", "check", "line")
    bible = show.load(tmp_path / "line")
    assert "3 characters, 2 places" in checked.stdout
    assert "voice" not in checked.stdout
    assert bible.characters[0].id == "ida"
    assert bible.relations[0].between == ("ida", "mona")


@pytest.mark.parametrize(
    "command",
    [("show", "new", "line", "--premise", "A cat waits."), ("write", "--revise", "a.fountain", "sadder")],
)
def test_what_needs_a_large_writer_says_so(sakuga, tmp_path, command):
    sakuga("write", "A girl finds a kite.", "--out", "a.fountain", "--profile", "toy", "--writer", "toy")

    done = sakuga(*command, "--writer", "toy", check=False)

    assert done.returncode == 2
    assert "large writer" in " ".join(done.stderr.split())
    assert not (tmp_path / "line").exists()


@pytest.mark.slow
def test_kill_nine_in_the_middle_repeats_no_answered_call(profile, tmp_path):
    command = [
        sys.executable, "-m", "flows.cli", "write", PREMISE, "--out", "map.fountain", "--minutes", MINUTES, "--quiet",
    ]  # fmt: skip
    with recorded.serving(STORY) as address:
        command += ["--profile", str(profile(address))]
        for wanted in (2, 5, 8):
            _killed_after(wanted, command, address, tmp_path)
        subprocess.run(command, cwd=tmp_path, check=True, timeout=120, env=_environment())
        prompts = [one["prompt"] for one in recorded.log(address)]

    # A call that was in work at the kill may be asked again: at most one for every kill.
    assert len(prompts) - len(set(prompts)) <= 3
    asked = Story.read(tmp_path / "map.story.json").asked
    assert len(set(prompts)) == len(asked)


def _killed_after(wanted, command, address, folder):
    process = subprocess.Popen(command, cwd=folder, env=_environment(), stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while len(recorded.log(address)) < wanted and time.monotonic() < deadline and process.poll() is None:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()


def _environment():
    return {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
