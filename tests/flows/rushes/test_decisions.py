"""A decision made in the room is one review in the store, or none."""

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.errors import DecisionRefused
from flows.rushes.cut_orders import CutOrder
from flows.rushes.decisions import Sent
from flows.rushes.sent import read


def approval(gate, **changed) -> dict:
    return {"gate": gate.id, "seen": gate.seen, "by": "Aoi", "decision": {"verdict": "approve"}, **changed}


def redo(cut: str, **more) -> dict:
    return {
        "verdict": "retake",
        "remarks": [{"cut": cut, "reasons": ["timing"], "note": "look up sooner", **more}],
    }


def test_the_page_shows_what_waits(room, gate):
    waiting = room.page["gate"]

    assert (waiting["id"], waiting["kind"], waiting["round"], waiting["seen"]) == (
        gate.id,
        "takes",
        1,
        gate.seen,
    )
    assert room.client.get("/api/episodes").json()["episodes"][0]["gate"]["kind"] == "takes"


def test_an_approval_is_recorded_with_who_and_through_which_door(room, gate):
    before = room.page

    answer = room.post(approval(gate))

    assert before["gate"] and room.page["gate"] is None, "whoever looks from now on sees that it is decided"
    [review] = room.store.reviews(gate.episode)
    assert answer.status_code == 201 and answer.json()["id"] == review.id
    assert (review.made_by, review.door, review.verdict, review.seen) == (
        "Aoi",
        "rushes",
        "approve",
        gate.seen,
    )
    assert room.store.open_gates() == ()


def test_a_retake_carries_its_frames_and_pins(room, gate):
    pin = {"frame": 3, "x": 0.25, "y": 0.5, "text": "この手"}

    answer = room.post(approval(gate, decision=redo("C001", frames={"start": 2, "stop": 5}, pins=[pin])))

    assert answer.status_code == 201, answer.text
    [order] = room.store.open_retakes(gate.episode)
    assert (order.cut, order.frames.start, order.frames.stop) == ("C001", 2, 5)
    assert room.page["reviews"][0]["remarks"][0]["pins"] == [pin]


def test_sent_twice_it_lands_once_and_the_second_is_told_who_was_first(room, gate):
    room.post(approval(gate))

    second = room.post(approval(gate, by="Ren"))

    assert second.status_code == 422 and "decided by Aoi" in second.json()["problem"]
    assert len(room.store.reviews(gate.episode)) == 1


def test_of_many_at_once_exactly_one_lands(room, gate):
    with ThreadPoolExecutor(8) as crowd:
        answers = list(crowd.map(lambda who: room.post(approval(gate, by=f"P{who}")).status_code, range(8)))

    assert sorted(answers) == [201] + [422] * 7
    assert len(room.store.reviews(gate.episode)) == 1


def test_a_retake_without_a_reason_comes_back_as_a_sentence(room, gate):
    answer = room.post(approval(gate, decision={"verdict": "retake", "remarks": [{"cut": "C001"}]}))

    assert answer.status_code == 422 and "has no reason" in answer.json()["problem"]
    assert room.store.reviews(gate.episode) == () and len(room.store.open_gates()) == 1


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        "x",
        {"gate": 1},
        {"gate": 999999, "seen": "0" * 64, "by": "A", "decision": {"verdict": "approve"}},
        {"gate": 1, "seen": "0" * 64, "by": "", "decision": {"verdict": "approve"}},
        {"gate": 1, "seen": "0" * 64, "by": "A", "decision": {"verdict": "perhaps"}},
        {"gate": 1, "seen": "0" * 64, "by": "A", "decision": {"verdict": "approve"}},
    ],
)
def test_what_is_no_decision_about_this_is_refused_and_changes_nothing(room, gate, body):
    answer = room.post(body)

    assert answer.status_code == 422 and len(answer.json()["problem"]) > 20
    assert room.store.reviews(gate.episode) == ()


def test_a_gate_of_another_episode_is_not_decided_here(room, gate):
    room.store.upsert_episode(None, "other", title="Other", script="0" * 64, by="t")

    answer = room.client.post(
        "/api/episodes/other/decisions",
        json=approval(gate),
        headers={"x-sakuga-word": "word-of-the-page", "origin": "http://127.0.0.1:4320"},
    )

    assert answer.status_code == 422 and room.store.reviews(gate.episode) == ()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://127.0.0.1:4321"}, 403),
        ({"x-sakuga-word": "another"}, 409),
        ({"x-sakuga-word": ""}, 409),
        ({"content-type": "text/plain"}, 422),
    ],
)
def test_a_page_elsewhere_decides_nothing(room, gate, headers: dict[str, str], status: int):
    answer = room.post(approval(gate), **headers)

    assert answer.status_code == status
    assert room.store.reviews(gate.episode) == ()


def test_a_decision_too_large_to_be_one_is_refused(room, gate):
    answer = room.post(approval(gate, decision={"verdict": "approve", "note": "x" * 1_100_000}))

    assert answer.status_code == 422 and "bytes" in answer.json()["problem"]


HUGE = "9" * 5000
NUMBERS = [
    "NaN",
    "Infinity",
    "-Infinity",
    "1e999",
    "-1",
    "0",
    "1.5",
    "2147483648",
    "9223372036854775808",
    HUGE,
    "true",
]


@pytest.mark.parametrize("number", [*NUMBERS, '"1"', "null", "[]"])
@pytest.mark.parametrize("place", ["gate", "pin", "x", "frame", "take"])
def test_no_number_is_a_traceback(room, gate, number: str, place: str):
    """A gate of 10^30 was an OverflowError of the database, and 500 for whoever sent it."""
    given = {"gate": str(gate.id), "pin": "0", "x": "0.5", "frame": "1", "take": "1", place: number}
    answer = room.send(
        f"""{{"gate": {given["gate"]}, "seen": "{gate.seen}", "by": "Aoi", "decision": {{"verdict": "retake",
        "remarks": [{{"cut": "C001", "reasons": ["timing"], "frames": {{"start": 0, "stop": {given["frame"]}}},
        "pins": [{{"frame": {given["pin"]}, "x": {given["x"]}, "y": 0.5, "text": "here"}}]}}],
        "choices": [{{"cut": "C001", "take": {given["take"]}}}]}}}}"""
    )

    assert answer.status_code in (201, 422), answer.text
    if answer.status_code == 422:
        assert len(answer.json()["problem"]) < 1000
        assert room.store.reviews(gate.episode) == ()


@pytest.mark.parametrize(
    "by", ["", " ", "\t\n", "\u3000", "\u200b", "\u202e", "\u0000", "A\u0000", "\ud800", "\x7f", "x" * 81]
)
def test_a_name_that_nobody_can_read_stands_under_no_review(room, gate, by: str):
    """One blank was a name."""
    answer = room.post(approval(gate, by=by))

    assert answer.status_code == 422 and len(answer.json()["problem"]) > 20
    assert room.store.reviews(gate.episode) == ()


@pytest.mark.parametrize("by", ["Aoi", " Aoi  Sora ", "葵", "☆", "O'Neil-Ng", "Ж."])
def test_every_name_that_can_be_read_is_one(room, gate, by: str):
    assert room.post(approval(gate, by=by)).status_code == 201
    assert room.store.reviews(gate.episode)[0].made_by == " ".join(by.split())


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"\xff\xfe", b"[" * 100_000, b'{"a":' * 50_000, b"null", b"1" * 100_000,
        b'"' + b"x" * 900_000 + b'"',
        b'{"gate": 1, "gate": 2}', b'{"gate": 1}garbage', b"\x00", b"\xef\xbb\xbf{}",
    ],
)  # fmt: skip
@pytest.mark.parametrize("to", ["decisions", "wishes"])
def test_a_body_that_is_no_document_is_a_sentence(room, gate, body: bytes, to: str):
    answer = room.send(body, to)

    assert answer.status_code == 422
    assert 10 < len(answer.json()["problem"]) < 1000


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
                    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20))  # fmt: skip
def test_any_json_is_read_or_refused(value: object):
    for model in (Sent, CutOrder):
        with suppress(DecisionRefused):
            read(json.dumps(value).encode(), model, again="Again.")
