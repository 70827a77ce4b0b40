"""Claims about who reads whose statements: a person's token opens that person's pages, and nothing else."""

import pytest
from starlette.testclient import TestClient

from assets.errors import InputRefused
from assets.vault import Vault
from flows.rights import access
from flows.rights.royalties.issuing import issue
from flows.rushes.app import build
from flows.rushes.archive import Archive
from flows.rushes.guard import lock_for
from flows.rushes.pictures import PictureCache

ROOM = "the-token-of-the-room-itself"
PAGES = ("/mine/", "/mine/sheet", "/mine/statements/Q1/json")


@pytest.fixture
def room(studio, tmp_path) -> TestClient:
    issue(studio, "Q1", tmp_path / "out", by="ken")
    archive = Archive(studio, Vault.open(str(tmp_path / "vault")), tmp_path / "out")
    app = build(archive, PictureCache(tmp_path / "small"), lock_for("127.0.0.1", ROOM), you="ken")
    return TestClient(app, base_url="http://127.0.0.1", follow_redirects=False)


def enter(room: TestClient, token: str) -> int:
    return room.post("/mine/enter", data={"token": token}).status_code


def test_a_persons_token_opens_their_statements_and_data_sheet(room, studio, tmp_path):
    assert enter(room, access.give(studio, "P-aoi", by="ken")) == 303

    home = room.get("/mine/")
    assert home.status_code == 200
    assert home.text.count(">13,046 JPY<") == 2  # issued, and still to be paid
    assert "<h1>青井 葵 (P-aoi)</h1>" in home.text
    for suffix in ("json", "csv", "pdf"):
        written = (tmp_path / f"out/royalties/Q1/P-aoi.{suffix}").read_bytes()
        assert room.get(f"/mine/statements/Q1/{suffix}").content == written
    assert "nagi-lora" in room.get("/mine/sheet").text


def test_it_opens_nobody_elses_and_nothing_of_the_room(room, studio):
    enter(room, access.give(studio, "P-aoi", by="ken"))

    assert "P-ren" not in room.get("/mine/").text + room.get("/mine/statements/Q1/json").text
    for page in ("/", "/api/episodes", "/mine", "/mine/../api/episodes", "/episodes/ep01"):
        assert room.get(page).status_code in (401, 404), page
    for page in (
        "/mine/statements/Q1/exe",
        "/mine/statements/Q9/json",
        "/mine/statements/..%2f..%2fstore/json",
    ):
        assert room.get(page).status_code == 404, page


def test_the_token_of_the_room_opens_nobodys_pages(room):
    room.post("/enter", data={"token": ROOM, "to": "/"})
    assert room.get("/api/episodes").status_code == 200

    assert [room.get(page).status_code for page in PAGES] == [401] * 3
    assert enter(room, ROOM) == 401


def test_without_a_token_and_with_an_ended_or_older_one_nothing_is_shown(room, studio):
    assert [room.get(page).status_code for page in PAGES] == [401] * 3
    older = access.give(studio, "P-aoi", by="ken")
    newer = access.give(studio, "P-aoi", by="ken")
    assert (enter(room, older), enter(room, newer)) == (401, 303)

    access.end(studio, "P-aoi", by="ken")

    assert [room.get(page).status_code for page in PAGES] == [401] * 3
    assert not any("13,046" in room.get(page).text for page in PAGES)


def test_a_program_sends_the_token_in_a_header(room, studio):
    token = access.give(studio, "P-ren", by="ken")

    answer = room.get("/mine/statements/Q1/json", headers={"authorization": f"Bearer {token}"})

    assert answer.json()["payee"] == "P-ren"


def test_whoever_leaves_has_to_enter_again(room, studio):
    enter(room, access.give(studio, "P-aoi", by="ken"))
    assert room.post("/mine/leave").status_code == 303

    assert [room.get(page).status_code for page in PAGES] == [401] * 3


def test_what_the_ledger_has_of_a_token_opens_nothing(room, studio):
    """The ledger is given away: a hash in it must not be a key."""
    token = access.give(studio, "P-aoi", by="ken")
    stored = studio.ledger.events(kind="access.given")[-1].body["sha256"]

    assert token not in stored
    assert enter(room, stored) == 401
    room.cookies.set("sakuga_mine", stored, path="/mine/")
    assert room.get("/mine/").status_code == 401


def test_wrong_tokens_are_slowed_down(room):
    answers = [enter(room, "wrong") for _ in range(12)]

    assert answers[0] == 401
    assert answers[-1] == 429


def test_another_site_cannot_enter_for_somebody(room, studio):
    token = access.give(studio, "P-aoi", by="ken")

    answer = room.post("/mine/enter", data={"token": token}, headers={"origin": "http://evil.example"})

    assert answer.status_code == 403


def test_a_token_is_made_only_for_somebody_who_is_known(studio):
    with pytest.raises(InputRefused, match="No person 'nobody'"):
        access.give(studio, "nobody", by="ken")
    with pytest.raises(InputRefused, match="has no token"):
        access.end(studio, "P-aoi", by="ken")
