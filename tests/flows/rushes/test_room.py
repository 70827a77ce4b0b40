"""What the room gives out: an episode as it is, its blobs and nothing else, whatever the address says."""

import io
from concurrent.futures import ThreadPoolExecutor

import pytest
from PIL import Image

from assets.media.video import probe
from assets.sheets.production import Ref


def test_the_page_tells_the_econte_the_takes_and_where_each_cut_lies(room):
    page = room.page
    cut = next(cut for cut in page["cuts"] if cut["dialogue"])

    assert page["title"] == "The Kite"
    assert cut["selected"] == 1 and len(cut["takes"]) == 1
    assert cut["panel"] and cut["dialogue"][0]["sound"]
    assert [cut["span"]["stop"] - cut["span"]["start"] for cut in page["cuts"]] == [
        cut["frames"] for cut in page["cuts"]
    ]


def test_the_reel_is_as_long_as_its_spans_say(room):
    page = room.page
    ref = room.vault.local(
        Ref(
            sha256=page["reel"]["clip"],
            bytes=len(room.client.get(room.media).content),
            media_type="video/mp4",
        )
    )

    assert probe(ref).frames == page["reel"]["frames"]


def test_words_of_the_script_reach_no_markup(room):
    """A line with a script in it is data on the page's API, and is nowhere in the HTML."""
    shell, page = room.client.get("/episodes/kite"), room.page

    assert any("<script>document.title" in line["text"] for cut in page["cuts"] for line in cut["dialogue"])
    assert "document.title" not in shell.text


def test_a_title_cannot_break_out_of_the_page(room):
    room.store.upsert_episode(None, "sly", title='"><script>alert(1)</script>', script="0" * 64, by="t")

    shell = room.client.get("/episodes/sly").text

    assert "<script>alert" not in shell and "&lt;script&gt;alert" in shell


def test_an_episode_without_anything_made_still_has_a_page(room):
    room.store.upsert_episode(None, "new", title="New", script="0" * 64, by="t")

    page = room.client.get("/api/episodes/new").json()

    assert (page["cuts"], page["reel"], page["gate"]) == ([], None, None)


@pytest.mark.parametrize(
    "address",
    [
        "/episodes/../../etc/passwd",
        "/episodes/..%2f..%2fetc%2fpasswd",
        "/episodes/%2e%2e",
        "/episodes/kite/media/..%2f..%2fstore.sqlite",
        "/episodes/kite/media/" + "0" * 64,
        "/episodes/kite/media/" + "Z" * 64,
        "/episodes/kite/media/" + "a" * 63,
        "/episodes/kite/thumbs/" + "0" * 64 + "/240",
        "/episodes/nobody/poster",
        "/episodes/" + "x" * 65,
        "/static/..%2fapp.py",
        "/static/app.py",
        "/static/%00",
        "/api/episodes/kite%00",
    ],
)
def test_no_address_leads_out_of_the_episodes(room, address: str):
    answer = room.client.get(address)

    assert answer.status_code == 404
    assert b"root:" not in answer.content and b"SQLite" not in answer.content


def test_a_blob_that_the_episode_does_not_name_is_not_given(room):
    """The vault may hold another show; its hashes must open nothing here."""
    secret = room.vault.put(b"somebody else's picture", "image/png")

    assert room.client.get(f"/episodes/kite/media/{secret.sha256}").status_code == 404


def test_a_small_picture_is_made_once_and_is_small(room):
    panel = room.page["cuts"][0]["panel"]

    first = room.client.get(f"/episodes/kite/thumbs/{panel}/240")
    kept = list((room.folder / ".sakuga" / "rushes").rglob("*.webp"))
    stamp = kept[0].stat().st_mtime_ns
    again = room.client.get(f"/episodes/kite/thumbs/{panel}/240")

    assert first.content == again.content and len(kept) == 1 and kept[0].stat().st_mtime_ns == stamp
    assert first.headers["content-type"] == "image/webp"
    assert Image.open(io.BytesIO(first.content)).width == min(240, room.page["size"][0])


@pytest.mark.parametrize("width", ["241", "-1", "240.0", "9999999"])
def test_pictures_of_any_other_width_are_not_made(room, width: str):
    panel = room.page["cuts"][0]["panel"]

    assert room.client.get(f"/episodes/kite/thumbs/{panel}/{width}").status_code == 404


def test_the_waveform_has_four_peaks_for_every_frame_of_sound(room):
    page = room.page

    peaks = room.client.get(f"/episodes/kite/waveform/{page['reel']['sound']}").content

    assert abs(len(peaks) / 4 - page["reel"]["frames"]) <= 2
    assert max(peaks) > 0


def test_nothing_new_is_said_in_no_words(room):
    mark = room.client.get("/api/episodes/kite").headers["etag"].strip('"')

    answer = room.client.get(f"/api/episodes/kite?known={mark}")

    assert (answer.status_code, answer.content) == (204, b"")


def test_many_readers_at_once_get_the_same_bytes(room):
    page, media = room.page, room.media
    whole = room.client.get(media).content
    panels = [cut["panel"] for cut in page["cuts"]]

    def look(turn: int) -> bool:
        at = turn * 997 % (len(whole) - 500)
        part = room.client.get(media, headers={"range": f"bytes={at}-{at + 499}"}).content
        small = room.client.get(f"/episodes/kite/thumbs/{panels[turn % len(panels)]}/240")
        return part == whole[at : at + 500] and small.status_code == 200

    with ThreadPoolExecutor(8) as crowd:
        assert all(crowd.map(look, range(64)))


def test_the_room_stays_open_when_the_timeline_is_gone(room):
    """The whole page was an error, for good, after the vault had been cleaned up."""
    ref = room.store.papers("_/kite")["timeline"].ref
    room.vault.local(ref).unlink()
    (room.folder / "kite" / "timeline.otio").unlink()

    page = room.page

    assert page["cuts"] and page["reel"] is None
    [said] = page["lacks"]
    assert "The timeline of kite cannot be shown" in said and "sakuga produce" in said


def test_the_room_reads_the_timeline_of_the_folder_where_the_vault_has_lost_it(room):
    room.vault.local(room.store.papers("_/kite")["timeline"].ref).unlink()

    page = room.page

    assert page["reel"] and len(page["lacks"]) == 1


def test_the_room_says_a_sentence_for_a_timeline_that_was_changed(room):
    path = room.vault.local(room.store.papers("_/kite")["timeline"].ref)
    path.chmod(0o644)
    path.write_bytes(b"\xff" + path.read_bytes()[1:])

    assert "no longer matches its hash" in room.page["lacks"][0]


def test_a_blob_that_is_gone_is_a_sentence_to_the_player(room):
    page, address = room.page, room.media
    room.vault.local(next(ref for ref in room_refs(room) if ref.sha256 == page["reel"]["clip"])).unlink()

    answer = room.client.get(address)

    assert answer.status_code == 404 and "Run the same command again" in answer.json()["problem"]


def room_refs(room):
    [item] = room.store.episodes()
    recipe = room.store.settled(item.key)["join", "episode"]["recipe"]
    return [Ref.model_validate(room.vault.recall(recipe)["clip"])]
