"""Claims about the room's page of candidates: what it shows, and that its decisions are those of the service."""

import json
import os
from pathlib import Path

import pytest

from assets import show as shows
from assets.errors import SetupMissing
from assets.sheets.casting import CastDecision
from flows.cast.drawing_note import Ordered, noted
from flows.cast.order import CastOrder
from flows.cast.rounds import Studio, asked
from flows.episode.profile import LIBRARY
from flows.rushes.guard import Lock
from flows.settings import settings
from flows.web.names import names_for
from tests.flows.rushes.browsing import serving, until, visiting
from tests.flows.rushes.conftest import HOST, START, TOKEN, WORD, opened

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
    return cast(room, monkeypatch)


def cast(room, monkeypatch, profile="toy"):
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
        profile=profile,
        out=room.folder,
        count=2,
        views=("front", "face", "happy"),
    )
    return asked(order, Studio(room.store, room.vault, room.folder), Quiet())


def decided(room, of, verdict="approve", candidate=2, **more):
    return sent(room, "decisions", {
        "casting": of.id, "seen": of.seen, "by": "Ryo",
        "decision": {"verdict": verdict, "candidate": candidate, "note": ""}, **more,
    })  # fmt: skip


def sent(room, to, body):
    address = f"/api/castings/clear-skies/nagi/{to}"
    return room.client.post(address, content=json.dumps(body), headers=HEADERS)


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


# the next round


class Orders:
    """A starter that only takes orders."""

    def __init__(self):
        self.given, self.refusal, self.stands = [], None, None

    def cast(self, name, order):
        if self.refusal:
            raise self.refusal
        self.given.append((name, order))

    def casting(self, name):
        return self.stands

    def close(self):
        pass


@pytest.fixture
def starter():
    return Orders()


@pytest.fixture
def ordering(episodes, starter):
    """A room where the starter takes the orders."""
    lock = Lock(token=TOKEN, word=WORD, names=names_for("127.0.0.1"), start=START)
    for made in opened(episodes, lock, HOST, studio=True, starter=starter):
        made.client.cookies.set(lock.cookie_name, lock.cookie)
        yield made


@pytest.fixture
def shown(ordering, monkeypatch):
    return cast(ordering, monkeypatch)


def test_asking_for_others_orders_them_as_the_round_before_was_ordered(ordering, shown, starter):
    """The room only recorded the wish; a person had to type the command."""
    answer = decided(ordering, shown, "again", 0).json()

    [(name, order)] = starter.given
    assert (name, answer["notes"]) == ("clear-skies/nagi", [])
    assert (order.character, order.profile, order.count) == ("nagi", "toy", 2)
    assert order.views == ("front", "face", "happy")
    assert shows.load(order.show).id == "clear-skies" and Path(order.show).parent == ordering.folder.parent


def test_an_approval_orders_nothing(ordering, shown, starter):
    decided(ordering, shown)

    assert (starter.given, page(ordering)["next"]) == ([], None)


def test_what_cannot_be_drawn_here_is_told_and_the_wish_is_kept(ordering, shown, starter):
    starter.refusal = SetupMissing("sdxl needs its model: sakuga models pull")

    answer = decided(ordering, shown, "again", 0)

    assert answer.status_code == 201
    assert answer.json()["notes"] == ["Nothing is drawn yet. sdxl needs its model: sakuga models pull"]
    now = page(ordering)
    assert (now["rounds"][0]["verdict"], now["next"]["starts"], now["next"]["at_work"]) == (
        "again", True, False
    )  # fmt: skip
    starter.refusal = None
    assert sent(ordering, "rounds", {"casting": shown.id}).status_code == 201
    assert len(starter.given) == 1


def test_a_drawing_of_any_process_is_shown_with_how_far_it_is_and_not_begun_twice(ordering, shown, starter):
    starter.refusal = SetupMissing("not now")
    decided(ordering, shown, "again", 0)
    with noted("clear-skies", "nagi", settings(ordering.folder), Quiet()) as watch:
        watch.began("sheet", 6)
        live = page(ordering)["next"]
        refused = sent(ordering, "rounds", {"casting": shown.id})

    assert (live["at_work"], live["live"]["done"], live["live"]["step"]) == (True, 0, "sheet")
    assert refused.status_code == 422 and "is being drawn already" in refused.json()["problem"]
    assert page(ordering)["next"]["live"] is None


def test_the_page_says_what_an_order_waits_for_and_why_it_failed(ordering, shown, starter):
    decided(ordering, shown, "again", 0)
    starter.stands = Ordered(waits="for a worker")
    waiting = page(ordering)["next"]
    starter.stands = Ordered(problem="The disk is full.")
    failed = page(ordering)["next"]

    assert (waiting["at_work"], waiting["waits"], waiting["problem"]) == (True, "for a worker", "")
    assert (failed["at_work"], failed["starts"], failed["problem"]) == (False, True, "The disk is full.")


def test_a_round_that_a_run_waits_for_is_drawn_by_that_run(ordering, shown, starter):
    ordering.store.open_casting(
        shown.show, 1, board=shown.shows, until=shown.until, bible=shown.bible, run="a-run"
    )
    ordering.store.decide_casting(shown.id, CastDecision(verdict="again"), by="Ryo", door="prefect")

    assert page(ordering)["rounds"][0]["runs"] is True
    assert "draws the next round" in sent(ordering, "rounds", {"casting": shown.id}).json()["problem"]
    assert starter.given == []


def test_an_expired_round_is_opened_again_from_the_room(ordering, shown, starter):
    ordering.store.close_casting(shown.id, "expired")

    assert page(ordering)["next"]["starts"] is True
    assert sent(ordering, "rounds", {"casting": shown.id}).status_code == 201
    assert len(starter.given) == 1


def test_an_order_that_names_another_round_or_more_than_a_round_is_refused(ordering, shown, starter):
    decided(ordering, shown, "again", 0)
    starter.given.clear()

    for body in ({}, {"casting": 99}, {"casting": "x"}, {"casting": shown.id, "profile": "toy"}):
        assert sent(ordering, "rounds", body).status_code == 422
    assert starter.given == []


def test_a_round_that_is_open_is_not_drawn_over(ordering, shown, starter):
    assert sent(ordering, "rounds", {"casting": shown.id}).status_code == 422
    assert starter.given == []


def test_a_bible_that_is_elsewhere_is_told_with_the_command(ordering, shown, starter):
    (ordering.folder.parent / "own").rename(ordering.folder.parent / "away")

    [note] = decided(ordering, shown, "again", 0).json()["notes"]

    assert "is not at" in note and "sakuga cast nagi --show clear-skies" in note


def test_a_profile_that_is_gone_is_told(ordering, monkeypatch, starter):
    mine = ordering.folder.parent / "mine.yaml"
    mine.write_text((LIBRARY / "toy.yaml").read_text().replace("name: toy", "name: mine", 1))
    casting = cast(ordering, monkeypatch, profile=str(mine))
    mine.unlink()

    [note] = decided(ordering, casting, "again", 0).json()["notes"]

    assert "No profile of the library or the project is called 'mine'" in note


def test_a_profile_of_the_project_is_found_by_the_name_it_calls_itself(ordering, monkeypatch, starter):
    mine = ordering.folder.parent / "look.yaml"
    mine.write_text((LIBRARY / "toy.yaml").read_text().replace("name: toy", "name: mine", 1))
    casting = cast(ordering, monkeypatch, profile=str(mine))

    decided(ordering, casting, "again", 0)

    assert starter.given[0][1].profile == str(mine)


def test_a_room_that_starts_nothing_says_the_command(room, casting):
    decided(room, casting, "again", 0)

    told = page(room)["next"]
    assert (told["starts"], told["command"]) == (
        False, "sakuga cast nagi --show clear-skies --profile toy"
    )  # fmt: skip
    refused = sent(room, "rounds", {"casting": casting.id})
    assert refused.status_code == 422 and told["command"] in refused.json()["problem"]


@pytest.mark.browser
@pytest.mark.slow
def test_others_are_drawn_beside_the_room_and_appear_by_themselves(chromium, studio, monkeypatch):
    casting = cast(studio, monkeypatch)
    with serving(studio.client.app) as address, visiting(chromium, address) as go:
        tab = go("/cast/clear-skies/nagi")
        with noted("clear-skies", "nagi", settings(studio.folder), Quiet()) as watch:
            watch.began("sheet", 6)
            until(tab, "() => document.querySelector('.run-line') !== null")
            assert tab.inner_text(".run-line") == "drawing candidates, 1 of 6"
        until(tab, "() => document.querySelector('.run-line') === null")
        tab.fill("#note", "longer hair")
        tab.click("[data-act=again]")
        until(tab, "() => document.querySelector('.run-line progress') !== null")
        look(tab, "cast-drawing")
        until(tab, "() => document.querySelector('.casting').dataset.state === 'open'", 120)
        look(tab, "cast-round-2")

        assert "longer hair" in tab.inner_text(".told")
    assert [one.round for one in studio.store.castings("clear-skies", "nagi")] == [casting.round, 2]


@pytest.mark.browser
@pytest.mark.slow
def test_a_drawing_that_fails_says_why_and_is_tried_again_with_one_button(chromium, studio, monkeypatch):
    cast(studio, monkeypatch)
    notes = studio.folder / ".sakuga/cast"
    notes.rename(notes.with_name("cast-before"))
    notes.write_text("a file where the drawing wants a folder")
    with serving(studio.client.app) as address, visiting(chromium, address) as go:
        tab = go("/cast/clear-skies/nagi")
        tab.click("[data-act=again]")
        until(tab, "() => document.querySelector('[data-act=draw]') !== null")
        look(tab, "cast-failed")
        assert "could not be made" in tab.inner_text(".next-round .problem")
        notes.unlink()
        tab.click("[data-act=draw]")
        until(tab, "() => document.querySelector('.casting').dataset.state === 'open'", 120)


def look(tab, what):
    if folder := os.environ.get("SAKUGA_SCREENSHOTS"):
        tab.screenshot(path=Path(folder) / f"{what}.png")
