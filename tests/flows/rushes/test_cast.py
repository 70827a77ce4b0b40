"""Claims about the room's page of candidates: what it shows, and that its decisions are those of the service."""

import json

import pytest

from assets import show as shows
from flows.cast.order import CastOrder
from flows.cast.rounds import Studio, asked
from tests.flows.rushes.conftest import WORD

HEADERS = {"content-type": "application/json", "x-sakuga-word": WORD, "origin": "http://127.0.0.1:4320"}


class Quiet:
    def began(self, step, total):
        pass

    def moved(self, step, name, part):
        pass

    def done(self, done):
        pass


@pytest.fixture
def casting(room, monkeypatch):
    monkeypatch.chdir(room.folder.parent)
    shows.copied("clear-skies", room.folder.parent / "own")
    bible = room.folder.parent / "own" / "bible.yaml"
    bible.write_text(
        bible.read_text().replace(
            "about: >-\n      Sixteen, a girl", "about: >-\n      <b>Sixteen</b>, a girl"
        )
    )
    order = CastOrder(
        character="NAGI",
        show=str(bible.parent),
        profile="toy",
        out=room.folder,
        count=2,
        views=("front", "face", "happy"),
    )
    return asked(order, Studio(room.store, room.vault, room.folder), Quiet())


def decided(room, of, verdict="approve", candidate=2, **more):
    body = {
        "casting": of.id, "seen": of.seen, "by": "Ryo",
        "decision": {"verdict": verdict, "candidate": candidate, "note": ""}, **more,
    }  # fmt: skip
    return room.client.post(
        "/api/castings/clear-skies/nagi/decisions", content=json.dumps(body), headers=HEADERS
    )


def page(room):
    return room.client.get("/api/castings/clear-skies/nagi").json()


def test_the_page_has_every_candidate_and_all_its_pictures_can_be_fetched(room, casting):
    [now] = page(room)["rounds"]

    assert [one["number"] for one in now["candidates"]] == [1, 2]
    for one in now["candidates"]:
        for sha in (one["sheet"], *one["pictures"].values()):
            for width in ("480", "whole"):
                answer = room.client.get(f"/castings/{casting.id}/pictures/{sha}/{width}")
                assert (answer.status_code, answer.headers["content-type"].partition("/")[0]) == (
                    200,
                    "image",
                )


def test_a_candidate_approved_in_the_room_is_in_the_bible(room, casting):
    answer = decided(room, casting)

    found = shows.load(room.folder.parent / "own").characters[0].art.references
    assert answer.status_code == 201, answer.text
    assert answer.json()["file"] == found[0].file
    assert (found[0].approved.by, page(room)["locked"]) == ("Ryo", found[0].file)


def test_sent_back_in_the_room_the_note_is_kept_for_the_next_round(room, casting):
    decided(room, casting, "again", 0)

    assert page(room)["rounds"][0]["verdict"] == "again"
    assert shows.load(room.folder.parent / "own").characters[0].art.references == ()


def test_a_second_decision_is_refused_with_who_made_the_first(room, casting):
    decided(room, casting)

    answer = decided(room, casting, candidate=1)

    assert answer.status_code == 422
    assert "was decided by Ryo" in answer.json()["problem"]


@pytest.mark.parametrize(
    "more",
    [
        {"seen": "0" * 64},
        {"casting": 99},
        {"by": ""},
        {"decision": {"verdict": "yes"}},
        {"decision": {"verdict": "approve"}},
    ],
)
def test_what_cannot_be_recorded_is_refused_and_changes_nothing(room, casting, more):
    answer = decided(room, casting, **more)

    assert answer.status_code in (404, 422)
    assert page(room)["rounds"][0]["state"] == "open"


def test_a_decision_without_the_pages_word_is_refused(room, casting):
    answer = room.client.post(
        "/api/castings/clear-skies/nagi/decisions", content="{}",
        headers={**HEADERS, "x-sakuga-word": "another"},
    )  # fmt: skip

    assert answer.status_code == 409


@pytest.mark.parametrize(
    "address",
    ["/cast/clear-skies/nobody", "/api/castings/x/y", "/castings/1/pictures/" + "0" * 64 + "/480",
     "/castings/x/pictures/" + "0" * 64 + "/480", "/castings/1/pictures/..%2f/480", "/castings/1/pictures/x/480"],
)  # fmt: skip
def test_an_address_that_names_nothing_gives_nothing(room, casting, address):
    assert room.client.get(address).status_code == 404


def test_pictures_of_other_castings_and_odd_widths_are_not_given(room, casting):
    sha = casting.shows.candidates[0].sheet.sha256

    assert room.client.get(f"/castings/{casting.id}/pictures/{sha}/5000").status_code == 404
    assert room.client.get(f"/castings/{casting.id + 1}/pictures/{sha}/480").status_code in (404, 422)


@pytest.mark.browser
def test_a_director_compares_faces_and_approves_in_the_browser(visit, room, casting):
    tab = visit("/cast/clear-skies/nagi")
    tab.click("[data-view=face]")
    tab.click("input[value='2']")
    tab.click("[data-act=approve]")
    tab.wait_for_selector("[data-state=decided]")

    assert tab.inner_text(".about").startswith("<b>Sixteen</b>")
    assert "Candidate 2 is approved" in tab.inner_text(".verdict-told")
    assert shows.load(room.folder.parent / "own").characters[0].art.references[0].approved.by


@pytest.mark.browser
def test_arrow_keys_flick_between_enlarged_candidates(visit, room, casting):
    tab = visit("/cast/clear-skies/nagi")
    tab.click(".candidate:nth-child(1) .picture-button")
    first = tab.get_attribute(".enlarged img", "src")
    tab.keyboard.press("ArrowRight")
    second = tab.get_attribute(".enlarged img", "src")
    tab.keyboard.press("ArrowDown")

    assert first != second
    assert "Front" in tab.inner_text(".enlarged footer")
