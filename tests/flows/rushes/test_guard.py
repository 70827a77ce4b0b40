"""Who comes into the room, and what a page elsewhere cannot do."""

import pytest

from assets.errors import InputRefused
from flows.rushes.guard import DOOR, Lock, lock_for
from flows.rushes.serve import describe
from flows.web.names import is_loopback
from flows.web.tickets import ticket
from flows.web.tries import FREE

TOKEN = "a-token-long-enough-to-hold"
PAGES = ("/", "/episodes/kite", "/api/episodes", "/api/episodes/kite", "/episodes/kite/poster")


def test_on_this_machine_too_the_room_asks_for_its_token(room):
    """Any local user could come in."""
    room.client.cookies.clear()

    assert [room.client.get(page).status_code for page in PAGES] == [401] * 5


def test_who_was_let_in_sees_everything(room):
    assert [room.client.get(page).status_code for page in PAGES] == [200] * 5


@pytest.mark.parametrize(
    "name", ["evil.example", "evil.example:4320", "localhost.evil.example", "192.168.1.9", ""]
)
def test_on_this_machine_names_of_other_machines_are_not_answered(room, name: str):
    """A page elsewhere that points its own name at 127.0.0.1 must reach nothing."""
    answers = [room.client.get(page, headers={"host": name}) for page in PAGES]

    assert [answer.status_code for answer in answers] == [421] * 5


@pytest.mark.parametrize("name", ["localhost", "LOCALHOST:99", "127.0.0.1", "127.8.8.8:1", "[::1]:4320"])
def test_every_name_of_this_machine_is_answered(room, name: str):
    assert room.client.get("/", headers={"host": name}).status_code == 200


def test_with_a_token_nothing_is_shown_without_it(locked):
    answers = [locked.client.get(page) for page in PAGES]

    assert [answer.status_code for answer in answers] == [401] * 5
    assert not any("Kite" in answer.text or "C001" in answer.text for answer in answers)


def test_the_token_opens_the_room_once_and_a_cookie_from_then_on(locked):
    first = locked.client.get(f"/episodes/kite?cut=3&token={TOKEN}")

    assert (first.status_code, first.headers["location"]) == (303, "/episodes/kite?cut=3")
    assert TOKEN not in first.headers["set-cookie"]
    assert {"httponly", "samesite=lax"} <= {
        part.strip().lower() for part in first.headers["set-cookie"].split(";")
    }
    assert locked.client.get("/episodes/kite").status_code == 200


@pytest.mark.parametrize("token", ["", "wrong", TOKEN[:-1], TOKEN + "x", "é" * 20])
def test_a_wrong_token_opens_nothing(locked, token: str):
    by_address = locked.client.get("/", params={"token": token})
    by_header = locked.client.get("/", headers={"authorization": b"Bearer " + token.encode()})
    name = Lock(token=TOKEN).cookie_name
    by_cookie = locked.client.get("/", headers={"cookie": f"{name}=".encode() + token.encode()})

    assert [answer.status_code for answer in (by_address, by_header, by_cookie)] == [401] * 3


def test_the_form_lets_in_and_leads_back(locked):
    same = {"origin": "http://studio.example:4320"}

    right = locked.client.post("/enter", data={"token": TOKEN, "to": "/episodes/kite"}, headers=same)

    assert (right.status_code, right.headers["location"]) == (303, "/episodes/kite")


@pytest.mark.parametrize(
    "to", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_the_way_back_never_leaves_the_room(locked, to: str):
    right = locked.client.post(
        "/enter", data={"token": TOKEN, "to": to}, headers={"origin": "http://studio.example:4320"}
    )

    assert right.headers["location"] == "/"


def test_two_slashes_before_the_token_lead_to_no_other_server(locked):
    answer = locked.client.get(f"http://studio.example:4320//evil.example/x?token={TOKEN}")

    assert answer.headers["location"] == "/"


def test_a_bearer_token_serves_programs(locked):
    answer = locked.client.get("/api/episodes", headers={"authorization": f"Bearer {TOKEN}"})

    assert answer.json()["episodes"][0]["id"] == "kite"


@pytest.mark.parametrize("page", [*PAGES, "/static/main.js", "/nowhere"])
def test_every_answer_is_fenced_in(room, page: str):
    headers = room.client.get(page).headers

    assert "default-src 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"


def test_a_short_token_is_refused():
    with pytest.raises(InputRefused, match="at least 16"):
        lock_for("0.0.0.0", "short")


def test_every_room_gets_a_token_of_its_own():
    assert len(lock_for("127.0.0.1", "").token) >= 32
    assert len(lock_for("0.0.0.0", "").token) >= 32
    assert lock_for("0.0.0.0", "").token != lock_for("0.0.0.0", "").token


def test_a_lock_that_is_printed_shows_no_secret():
    lock = Lock(token=TOKEN)

    assert TOKEN not in repr(lock) and lock.word not in repr(lock)
    assert TOKEN not in describe("0.0.0.0", 4320, lock, "SAKUGA_RUSHES_TOKEN", linked=True)


def test_what_goes_into_a_log_says_where_the_token_is_and_not_what_it_is():
    said = describe("127.0.0.1", 4320, Lock(token=TOKEN), "SAKUGA_RUSHES_TOKEN", linked=False)

    assert TOKEN not in said and "ticket" not in said
    assert "SAKUGA_RUSHES_TOKEN" in said


def test_a_ticket_of_the_start_page_opens_the_room_once(room):
    room.client.cookies.clear()
    sent = {"data": {"ticket": ticket(TOKEN, DOOR)}, "headers": {"origin": "http://127.0.0.1:4319"}}

    first = room.client.post("/enter", **sent)
    page = room.client.get("/")
    room.client.cookies.clear()
    second = room.client.post("/enter", **sent)

    assert (first.status_code, page.status_code, second.status_code) == (204, 200, 403)
    assert first.headers["access-control-allow-origin"] == "http://127.0.0.1:4319"


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:4999"])
def test_a_ticket_from_any_other_page_is_not_looked_at(room, origin: str):
    room.client.cookies.clear()
    body = {"ticket": ticket(TOKEN, DOOR)}

    assert room.client.post("/enter", data=body, headers={"origin": origin}).status_code == 403


@pytest.mark.parametrize("way", ["address", "header", "form"])
def test_guessing_is_slowed_and_the_owner_s_cookie_still_opens(locked, way: str):
    """Thousands of tokens could be tried in a second."""

    def tried(token: str):
        if way == "address":
            return locked.client.get("/", params={"token": token})
        if way == "header":
            return locked.client.get("/api/episodes", headers={"authorization": f"Bearer {token}"})
        same = {"origin": "http://studio.example:4320"}
        return locked.client.post("/enter", data={"token": token}, headers=same)

    lock = Lock(token=TOKEN)
    answers = [tried(f"guess-number-{number:03}").status_code for number in range(FREE + 5)]
    right = tried(TOKEN)
    locked.client.cookies.set(lock.cookie_name, lock.cookie)

    assert answers == [401] * FREE + [429] * 5
    assert right.status_code == 429 and int(right.headers["retry-after"]) <= 3
    assert locked.client.get("/").status_code == 200


def test_a_token_too_long_to_be_guessed_opens_whoever_else_guesses(long_token):
    """Somebody on the same machine, or behind the same router, must not keep the owner out."""
    for number in range(FREE + 5):
        long_token.client.get("/", params={"token": f"guess-number-{number:03}"})

    right = long_token.client.get("/", params={"token": "Qx7-made-up-of-32-letters_or-more-Zk3"})

    assert right.status_code == 303


@pytest.mark.parametrize("host", ["0.0.0.0", "10.0.0.1", "studio.example", "localhost.example", "::", ""])
def test_this_machine_is_not_mistaken(host: str):
    assert not is_loopback(host)
