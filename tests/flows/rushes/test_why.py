"""Claims about the pages that say what made a frame: there for every frame, and never more than text."""

import json

import pytest


def explained(room, cut, frame, accept="application/json"):
    return room.client.get(f"/api/episodes/{room.id}/why/{cut}/{frame}")


def test_every_delivered_cut_and_title_has_its_page(room):
    names = [cut["number"] for cut in room.page["cuts"]]

    for name in ("opening", *names, "credits"):
        answer = room.client.get(f"/episodes/{room.id}/why/{name}/0")
        assert answer.status_code == 200, name
        assert answer.headers["content-type"].startswith("text/html")
        told = explained(room, name, 0).json()
        assert told["segment"] == name
        assert all(piece["made_with"] for piece in told["pieces"])


def test_words_of_the_script_stay_text(room):
    """The sample's line carries a script of its own."""
    page = room.client.get(f"/episodes/{room.id}/why/C002/0").text

    assert "&lt;script&gt;" in page
    assert "<script" not in page


@pytest.mark.parametrize(
    "place", ["C999/0", "C001/-1", "C001/x", "C001/99999999", "C001/²", "..%2f/0", "nobody/0"]
)
def test_what_is_not_there_is_told_in_a_sentence(room, place):
    answer = room.client.get(f"/api/episodes/{room.id}/why/{place}")

    assert answer.status_code in (404, 422)
    assert json.loads(answer.text)["problem"]


def test_an_episode_that_nobody_knows_has_no_page(room):
    assert room.client.get("/episodes/nobody/why/C001/0").status_code == 404
