"""Claims about `sakuga cast`: files to look at, a decision by option, a document for programs."""

import json

import pytest
from typer.testing import CliRunner

from assets import show as shows
from flows.cli.application import app

SMALL = ("--profile", "toy", "--views", "front,face,happy", "--count", "2")


@pytest.fixture(autouse=True)
def project(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shows.copied("clear-skies", tmp_path / "own")
    return tmp_path


def cast(*more):
    return CliRunner().invoke(app, ["cast", "NAGI", "--show", "own", *more])


def test_candidates_are_files_and_the_way_to_decide_is_said(project):
    done = cast(*SMALL)

    folder = project / "episodes" / "cast" / "clear-skies" / "nagi" / "round-1"
    assert done.exit_code == 0, done.output
    assert {path.name for path in folder.iterdir()} >= {"candidate-1.png", "candidate-2-face.png"}
    assert str(folder / "candidate-2.png") in done.stdout
    assert "--approve NUMBER" in done.stdout


def test_a_candidate_is_approved_by_its_number(project):
    cast(*SMALL)

    done = cast("--approve", "2", "--by", "Ryo")

    assert done.exit_code == 0, done.output
    assert "Candidate 2 of nagi is approved by Ryo" in done.stdout
    assert shows.load("own").characters[0].art.references[0].approved.by == "Ryo"
    assert "was approved by Ryo" in cast().stdout


def test_approving_before_anything_is_drawn_is_refused_with_the_next_step(project):
    done = cast("--approve", "1")

    assert "without --approve first" in str(done.exception)


def test_the_document_has_every_picture_and_the_decision(project):
    drawn = json.loads(cast(*SMALL, "--json").stdout)
    decided = json.loads(cast("--approve", "1", "--by", "Ryo", "--json").stdout)
    standing = json.loads(cast("--json").stdout)

    assert (drawn["sakuga"], drawn["version"], drawn["state"], drawn["decision"]) == ("cast", 1, "open", None)
    assert [one["number"] for one in drawn["candidates"]] == [1, 2]
    assert (project / drawn["candidates"][1]["pictures"][0]["file"]).is_file()
    assert any("left out" in sentence for sentence in drawn["left_out"]) or drawn["left_out"] == []
    assert decided["decision"]["verdict"] == "approve"
    assert standing["decision"] == decided["decision"]


@pytest.mark.slow
def test_another_round_is_drawn_for_a_reason(project):
    cast(*SMALL)

    done = json.loads(cast(*SMALL, "--again", "longer hair", "--json").stdout)

    assert (done["round"], done["note"], done["state"]) == (2, "longer hair", "open")
