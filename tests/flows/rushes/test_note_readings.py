"""Claims about what the room says of a note before it is sent."""

import pytest

NOTE = {"cut": "C001", "reasons": ["layout"]}


def asked(room, gate, note: str):
    return room.post({"gate": gate.id if gate else None, "remark": {**NOTE, "note": note}}, to="readings")


@pytest.mark.parametrize("words", ["too wide", "引きすぎ"])
def test_the_page_is_told_what_a_note_will_change(room, gate, words):
    told = asked(room, gate, words).json()

    assert [change.split(":")[0] for change in told["changes"]] == ["size"]
    assert told["heard"] and room.store.retakes(gate.episode) == ()


def test_while_nothing_waits_a_note_that_changes_nothing_is_told_with_what_can_be_said(room):
    told = asked(room, None, "more life").json()

    assert (told["changes"], told["heard"]) == ([], False)
    assert "closer" in told["offered"]["en"] and "もっと寄って" in told["offered"]["ja"]


def test_a_reading_of_a_gate_of_another_episode_is_refused(room, gate):
    answer = room.post({"gate": gate.id + 5, "remark": {**NOTE, "note": "closer"}}, to="readings")

    assert answer.status_code in (404, 422) and "problem" in answer.json()
