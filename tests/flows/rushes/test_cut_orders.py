"""What a person may want of one cut while nothing waits, and what is refused."""

import pytest

KEY = "_/kite"


def wish(room, **more):
    return room.post({"cut": "C001", "by": "Aoi", **more}, to="wishes")


def test_a_retake_is_ordered_with_its_reason(room):
    remark = {
        "cut": "C001",
        "reasons": ["timing"],
        "note": "hold it",
        "pins": [{"frame": 2, "x": 0.1, "y": 0.2, "text": "here"}],
    }

    answer = wish(room, wish="retake", remark=remark)

    [order] = room.store.open_retakes(KEY)
    assert answer.status_code == 201, answer.text
    assert (order.made_by, order.reason) == ("Aoi", "timing: hold it (frame 2: here)")
    assert room.page["cuts"][0]["ordered"] == order.reason


def test_a_chosen_take_is_shown_and_locked(room):
    answer = wish(room, wish="choose", take=1, why="the best")

    held = room.store.selected(KEY, "C001")
    assert answer.status_code == 201 and (held.locked, held.made_by) == (True, "Aoi")


def test_a_locked_take_is_not_redone_until_it_is_unlocked(room):
    wish(room, wish="choose", take=1, why="the best")
    remark = {"cut": "C001", "reasons": ["timing"]}

    refused = wish(room, wish="retake", remark=remark)
    unlocked = wish(room, wish="unlock", why="on second thoughts")
    ordered = wish(room, wish="retake", remark=remark)

    assert (refused.status_code, unlocked.status_code, ordered.status_code) == (409, 201, 201)
    assert "Unlock it first" in refused.json()["problem"]


@pytest.mark.parametrize(
    "more",
    [
        {"wish": "retake"},
        {"wish": "retake", "remark": {"cut": "C002", "reasons": ["timing"]}},
        {"wish": "retake", "remark": {"cut": "C001"}},
        {
            "wish": "retake",
            "remark": {"cut": "C001", "reasons": ["timing"], "frames": {"start": 0, "stop": 9999}},
        },
        {"wish": "choose"},
        {"wish": "choose", "take": 99},
        {"wish": "choose", "take": 1, "cut": "C999"},
        {"wish": "burn"},
        {"wish": "unlock", "by": ""},
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(room, more):
    answer = wish(room, **more)

    assert answer.status_code == 422 and len(answer.json()["problem"]) > 20
    assert room.store.open_retakes(KEY) == () and not room.store.selected(KEY, "C001").locked


def test_while_a_review_waits_it_is_the_way(room, gate):
    answer = wish(room, wish="choose", take=1)

    assert answer.status_code == 422 and "takes review, round 1" in answer.json()["problem"]


@pytest.mark.parametrize("frame", [10_000, 2**31 - 1, 2**31, 10**40])
@pytest.mark.parametrize("where", ["pin", "frames", "take"])
def test_a_number_beyond_the_cut_is_a_sentence_and_nothing_is_done(room, frame: int, where: str):
    """A pin on frame 10,000 of a cut with 48 was ordered as it stood."""
    remark = {"cut": "C001", "reasons": ["timing"]}
    pinned = {**remark, "pins": [{"frame": frame, "x": 0.1, "y": 0.2, "text": "here"}]}
    ranged = {**remark, "frames": {"start": 0, "stop": frame}}
    sent = {"take": {"wish": "choose", "take": frame, "why": "x"}, "pin": {"wish": "retake", "remark": pinned},
            "frames": {"wish": "retake", "remark": ranged}}  # fmt: skip

    answer = wish(room, **sent[where])

    assert answer.status_code == 422 and len(answer.json()["problem"]) > 20
    assert room.store.open_retakes(KEY) == ()


@pytest.mark.parametrize("by", ["", "   ", "\u200b"])
def test_a_wish_without_a_name_is_nobody_s(room, by: str):
    assert wish(room, wish="choose", take=1, why="x", by=by).status_code == 422
