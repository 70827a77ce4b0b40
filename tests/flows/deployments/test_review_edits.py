"""Claims about changing cuts in the form of Prefect's dialog."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from assets.errors import DecisionRefused
from assets.sheets.cutsheet import Cutsheet
from assets.sheets.review import Board, Shown
from assets.sqlite_url import url_of
from assets.store import Gate, Store
from assets.vault import Vault
from flows.deployments.review_edits import changes_of
from flows.deployments.review_form import Answer, changed_cuts, decision_of, form_for
from flows.episode.cut_edits import Editable, editable
from tests.flows.rushes.conftest import episodes, produced

__all__ = ["episodes", "produced"]

NUMBERS = ("C001", "C002", "C003")


@pytest.fixture
def episode(episodes: Path) -> Iterator[Editable]:
    with Store.open(url_of(episodes / ".sakuga" / "store.sqlite")) as store:
        [item] = store.episodes()
        yield editable(item, episodes, store, Vault.open(episodes / ".sakuga" / "vault"))


def gate(episode: Editable) -> Gate:
    where = episode.workspace
    board = Board(
        kind="storyboard",
        sheet=where.vault.put(episode.sheet.to_json().encode(), "application/json"),
        cuts=tuple(Shown(cut=number, frames=24, basis="b" * 64) for number in NUMBERS),
    )
    return Gate(
        id=1, episode=where.key, kind="storyboard", round=1, seen=board.seen, state="open",
        board=board.model_dump_json(), opened_at="2026-11-25T20:00:00.000Z", until="2026-11-28T20:00:00.000Z",
    )  # fmt: skip


def filled(episode: Editable, *changes: dict[str, Any], verdict: str = "approve", **more: Any) -> Answer:
    form = form_for(gate(episode), episode)
    return form.model_validate({"verdict": verdict, "reviewer": "Aya", "changes": list(changes), **more})


def sheet(episodes: Path) -> Cutsheet:
    return Cutsheet.read(episodes / "kite" / "cutsheet.yaml")


def test_the_form_offers_the_words_of_the_editor_and_changes_nothing_by_itself(episode: Editable):
    schema = form_for(gate(episode), episode).model_json_schema()["$defs"]["CutToChange"]["properties"]

    assert (
        schema["size"]["enum"][:2] == ["as it is", "extreme_long"] and schema["size"]["default"] == "as it is"
    )
    assert schema["who"]["enum"] == ["nobody", "MIKA", "BOU"]
    assert "angry" in schema["expression"]["enum"] and "nothing" in schema["prop"]["enum"]
    assert "prompt" not in schema, "the toy painter reads no text"
    assert "changes" not in form_for(gate(episode)).model_fields, "no cut sheet, no list"


def test_what_is_chosen_in_the_form_stands_in_the_cut_sheet_under_the_name_of_the_reviewer(
    episode: Editable, episodes: Path
):
    answer = filled(
        episode,
        {"cut": "C002", "size": "extreme_close", "who": "MIKA", "expression": "angry", "frames": 99},
        {"cut": "C001", "camera_move": "push_in"},
    )
    changes_of(changed_cuts(answer), episode).save("Aya")

    cut = sheet(episodes).cut("C002")
    mika = next(item for item in cut.staged if item.character == "mika")
    assert (cut.size, mika.expression, cut.frames) == ("extreme_close", "angry", 99)
    assert sheet(episodes).cut("C001").camera.move == "push_in"
    assert episode.workspace.store.papers(episode.workspace.key)["cutsheet"].made_by == "Aya"


@pytest.mark.parametrize(
    ("entries", "told"),
    [
        ([{"cut": "C002", "expression": "angry"}], "of whom"),
        ([{"cut": "C003", "who": "MIKA", "pose": "run"}], "no pose of MIKA"),
        ([{"cut": "C001"}], "nothing of it was changed"),
        ([{"cut": "C001", "size": "close"}, {"cut": "C001", "time": "night"}], "twice"),
    ],
)
def test_a_change_that_cannot_be_is_refused_and_the_file_stays(
    episode: Editable, episodes: Path, entries: list[dict[str, Any]], told: str
):
    before = (episodes / "kite/cutsheet.yaml").read_bytes()
    with pytest.raises(DecisionRefused, match=told):
        changes_of(changed_cuts(filled(episode, *entries)), episode)

    assert (episodes / "kite/cutsheet.yaml").read_bytes() == before


def test_a_word_that_no_list_has_is_refused_by_the_form(episode: Editable):
    with pytest.raises(ValidationError, match="size"):
        filled(episode, {"cut": "C002", "size": "enormous"})


def test_a_cut_that_was_changed_is_done_again_with_the_verdict_retake_and_named_once(episode: Editable):
    changed = {"cut": "C002", "size": "close"}
    listed = {"retakes": [{"cut": "C002", "reasons": ["camera"], "note": ""}]}

    alone = decision_of(filled(episode, changed, verdict="retake"))
    both = decision_of(filled(episode, changed, verdict="retake", **listed))
    approved = decision_of(filled(episode, changed))

    assert [remark.cut for remark in alone.remarks] == ["C002"]
    assert [remark.reasons for remark in both.remarks] == [("camera",)]
    assert approved.remarks == ()
