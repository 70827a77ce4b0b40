"""Claims about the page of credentials: what each file says, whom this room believes, and what is not signed."""

import shutil
from pathlib import Path

import pytest

from assets.credentials import make, read
from flows.rights import signed_text
from flows.rights.credentials import Order, identity_in, sign_delivery
from flows.rights.signed import SignedEpisode, SignedPiece
from tests.flows.rushes.browsing import CHROMIUM


@pytest.fixture(scope="session")
def identity(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("identity") / "kite"
    make(folder, "Studio <Kite>")
    return folder


@pytest.fixture
def signed(room, identity, monkeypatch):
    """The room's episode, signed by the studio whose root the room has."""
    monkeypatch.setenv("SAKUGA_CREDENTIALS", str(identity))
    [item] = room.store.episodes()
    order = Order(item.key, room.folder / "kite", identity_in(identity))
    sign_delivery(order, room.store, room.vault, by="ken")
    return room


def told(room) -> dict:
    answer = room.client.get(f"/api/episodes/{room.id}/credentials")
    assert answer.status_code == 200, answer.text
    return answer.json()


def states(room) -> dict[str, str]:
    return {one["name"]: one["state"] for one in told(room)["pieces"]}


def text(room) -> str:
    answer = room.client.get(f"/episodes/{room.id}/credentials")
    assert answer.status_code == 200 and answer.headers["content-type"].startswith("text/html")
    return answer.text


def test_film_and_every_cuts_take_are_studio_trusted_with_actions_ingredients_and_disclosure(signed):
    pieces = {one["name"]: one for one in told(signed)["pieces"]}
    cuts = [cut["number"] for cut in signed.page["cuts"]]

    assert {"episode.mp4", *(f"takes/{cut}.mp4" for cut in cuts)} <= pieces.keys()
    assert {one["state"] for one in pieces.values()} == {"trusted"}
    take = pieces[f"takes/{cuts[0]}.mp4"]
    assert take["studio"] == "Studio <Kite>" and take["uses"]["cawg.ai_training"] == "notAllowed"
    [[action, source]] = take["actions"]
    assert action == "c2pa.created" and source.endswith("/algorithmicMedia")
    assert take["disclosures"] == []  # the toy models are programs
    assert any(one["name"].startswith("panel of") and one["sha256"] for one in take["ingredients"])

    shown = text(signed)
    assert "studio-trusted" in shown and "not in the C2PA&#x27;s own list" in shown
    assert "computed by rules" in shown and "no trained model is named" in shown
    assert "data mining: not allowed" in shown
    assert "Studio &lt;Kite&gt;" in shown and "<Kite>" not in shown


def test_models_with_the_same_oversight_are_told_together_and_a_word_of_nobody_as_it_is():
    """The library lets anybody sign any word."""
    shown = signed_text.page(
        SignedEpisode(
            episode="_/kite",
            event=9,
            pieces=(
                SignedPiece(
                    name="takes/C001.mp4",
                    state="trusted",
                    actions=(("c2pa.created", "http://example/drawn-by-elves"),),
                    disclosures=(
                        ("painter/house@a", "human_validated"),
                        ("animator/house@b", "human_validated"),
                    ),
                ),
            ),
        ),
        "/",
    )

    assert "painter/house@a, animator/house@b; a person approved" in shown
    assert "drawn-by-elves&#x27;, a word that Sakuga does not know" in shown


def test_without_the_root_nothing_is_called_trusted(signed, monkeypatch):
    monkeypatch.delenv("SAKUGA_CREDENTIALS")

    assert set(states(signed).values()) == {"unknown"}
    assert "no root certificate" in text(signed) and "anybody can write this name" in text(signed)


def test_a_changed_a_removed_and_a_stripped_file_are_each_told(signed):
    folder = signed.folder / "kite/signed"
    data = bytearray((folder / "takes/C001.mp4").read_bytes())
    data[-100] ^= 1
    (folder / "takes/C001.mp4").write_bytes(data)
    (folder / "takes/C002.mp4").unlink()
    shutil.copyfile(signed.folder / "kite/episode.mp4", folder / "episode.mp4")

    found = states(signed)
    assert (found["takes/C001.mp4"], found["takes/C002.mp4"], found["episode.mp4"]) == (
        "changed",
        "missing",
        "changed",
    )
    assert "Its credentials were removed" in text(signed)


def test_a_link_among_the_signed_files_is_not_followed(signed, tmp_path):
    take = signed.folder / "kite/signed/takes/C001.mp4"
    shutil.move(take, tmp_path / "elsewhere.mp4")
    take.symlink_to(tmp_path / "elsewhere.mp4")

    assert states(signed)["takes/C001.mp4"] == "missing"


def test_the_signed_copy_can_be_downloaded_and_nothing_else_of_the_folder(signed, identity, tmp_path):
    """The room offered the film without credentials only."""
    assert f'href="/episodes/{signed.id}/signed/takes/C001.mp4" download' in text(signed)
    answer = signed.client.get(f"/episodes/{signed.id}/signed/takes/C001.mp4")
    copy = tmp_path / "copy.mp4"
    copy.write_bytes(answer.content)

    found = read(copy, (identity / "trust.pem").read_text())
    assert found is not None and found.state == "Trusted"
    assert answer.headers["content-disposition"] == 'attachment; filename="kite-C001.mp4"'
    (signed.folder / "kite/signed/plan.txt").write_text("not for everybody")
    for name in ("plan.txt", "../report.json", "..%2freport.json", "%2fetc%2fpasswd", "takes", ""):
        assert signed.client.get(f"/episodes/{signed.id}/signed/{name}").status_code == 404, name


def test_an_episode_that_is_not_signed_says_how_to_sign_it(room):
    assert told(room)["event"] == 0 and told(room)["pieces"] == []
    assert "sakuga credentials sign _/kite" in text(room)


def test_signed_files_of_an_earlier_delivery_are_not_shown_as_those_of_the_newest(signed):
    [item] = signed.store.episodes()
    last = signed.store.ledger.events(kind="delivery.completed", subject=item.key)[-1]
    signed.store.ledger.append("delivery.completed", item.key, {**last.body, "profile": "another"})

    assert told(signed)["pieces"] == [] and told(signed)["earlier"]
    assert "of an earlier one" in text(signed)


def test_an_episode_that_nobody_knows_has_no_credentials(room):
    assert room.client.get("/episodes/nobody/credentials").status_code == 404
    assert room.client.get("/api/episodes/..%2f/credentials").status_code in (404, 422)


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here")
def test_a_person_comes_from_a_cut_to_its_credentials_and_opens_them(signed, visit):
    page = visit()
    with page.context.expect_page() as opened:
        page.click("a.why-link[href$='credentials#C001']")
    found = opened.value
    found.wait_for_load_state()

    cut = found.locator("section#C001")
    assert found.title().startswith("Credentials, kite")
    take = cut.locator("details", has_text="takes/C001.mp4")
    assert take.locator(".badge").inner_text() == "studio-trusted"
    take.locator("summary").click()
    assert take.locator("dt", has_text="signed by").is_visible()
    assert found.evaluate("document.documentElement.scrollWidth <= innerWidth")
