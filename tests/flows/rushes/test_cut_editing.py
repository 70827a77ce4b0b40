"""Claims about editing a cut in the room: what can be chosen, what is refused, what is kept."""

import io
from typing import Any

import pytest
from PIL import Image

from assets.sheets.cutsheet import Cutsheet


def fields(room, cut: str = "C002") -> dict[str, dict[str, Any]]:
    answer = room.client.get(f"/api/episodes/kite/cuts/{cut}")
    assert answer.status_code == 200, answer.text
    return {field["path"]: field for field in answer.json()["fields"]}


def change(room, path: str, to: object, cut: str = "C002") -> dict[str, Any]:
    return {
        "cut": cut,
        "by": "Aoi",
        "changes": [{"path": path, "was": fields(room, cut)[path]["value"], "to": to}],
    }


def sheet(room) -> Cutsheet:
    return Cutsheet.read(room.folder / "kite" / "cutsheet.yaml")


def test_a_cut_offers_the_words_that_can_be_drawn_and_no_prompt_that_nobody_reads(room):
    known = fields(room)

    assert "extreme_close" in known["size"]["choices"] and "push_in" in known["camera.move"]["choices"]
    assert (
        known["staged.mika.expression"]["of"] == "MIKA"
        and "angry" in known["staged.mika.expression"]["choices"]
    )
    assert {"frames", "hold", "lines.0.at"} <= known.keys()
    assert "prompt" not in known, "the toy painter reads no text"


def test_a_saved_edit_stands_in_the_cut_sheet_and_on_the_page(room):
    answer = room.post(change(room, "size", "extreme_close"), "edits")

    assert answer.status_code == 201, answer.text
    assert sheet(room).cut("C002").size == "extreme_close"
    assert {cut["number"]: cut["edited"] for cut in room.page["cuts"]}["C002"] is True
    assert [cut["number"] for cut in room.page["cuts"] if cut["edited"]] == ["C002"]


def test_every_field_can_be_saved_with_each_of_its_words(room):
    for path, field in fields(room).items():
        for word in field["choices"][:3]:
            answer = room.post(change(room, path, word), "edits")
            assert answer.status_code == 201 or word == field["value"], (path, word, answer.text)


@pytest.mark.parametrize(
    ("path", "to", "told"),
    [
        ("size", "enormous", "It may be: extreme_long"),
        ("frames", 0, "whole number of frames from 1"),
        ("frames", 2.5, "whole number"),
        ("frames", True, "Load the page again"),
        ("camera.amount", 9, "a number from 0 to 3"),
        ("hold", None, "whole number"),
    ],
)
def test_a_value_that_cannot_be_is_refused_and_the_file_stays(room, path, to, told):
    before = (room.folder / "kite/cutsheet.yaml").read_bytes()
    answer = room.post(change(room, path, to), "edits")

    assert answer.status_code == 422 and told in answer.json()["problem"]
    assert (room.folder / "kite/cutsheet.yaml").read_bytes() == before


def test_a_path_that_no_form_offers_is_refused(room):
    asked = {"cut": "C002", "by": "Aoi", "changes": [{"path": "number", "was": "C002", "to": "C009"}]}

    answer = room.post(asked, "edits")

    assert answer.status_code == 422 and "nothing called 'number'" in answer.json()["problem"]


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(room):
    mine = change(room, "size", "close")
    path = room.folder / "kite/cutsheet.yaml"
    theirs = path.read_text().replace(f"size: {sheet(room).cut('C002').size}", "size: extreme_long")
    path.write_text(theirs)

    answer = room.post(mine, "edits")

    assert answer.status_code == 422 and "somebody has edited" in answer.json()["problem"]
    assert path.read_text() == theirs


def test_an_earlier_version_can_be_restored_and_a_hand_edit_is_one_too(room):
    before = sheet(room)
    path = room.folder / "kite/cutsheet.yaml"
    path.write_text(path.read_text().replace("action: Wind moves", "action: Wind bends", 1))
    by_hand = sheet(room)
    room.post(change(room, "size", "extreme_close"), "edits")

    known = room.client.get("/api/episodes/kite/versions").json()["versions"]
    assert known[0]["changes"] == [f"C002 size: {before.cut('C002').size} -> extreme_close"]
    assert (
        known[1]["changes"][0].startswith("C001 action: Wind moves the tall grass")
        and known[0]["by"] == "Aoi"
    )
    answer = room.post({"version": known[1]["version"], "by": "Aoi"}, "restores")
    assert answer.status_code == 201 and sheet(room).cuts == by_hand.cuts
    answer = room.post({"version": known[2]["version"], "by": "Aoi"}, "restores")
    assert answer.status_code == 201 and sheet(room).cuts == before.cuts


def test_a_preview_shows_the_cut_as_it_would_be_and_changes_nothing(room):
    before = (room.folder / "kite/cutsheet.yaml").read_bytes()
    asked = change(room, "size", "extreme_close")
    del asked["by"]
    answers = [room.post({**asked, "changes": changes}, "previews") for changes in ([], asked["changes"])]

    assert [answer.headers["content-type"] for answer in answers] == ["image/webp"] * 2
    first, second = (Image.open(io.BytesIO(answer.content)) for answer in answers)
    assert first.size == (640, 360) and first.tobytes() != second.tobytes()
    assert (room.folder / "kite/cutsheet.yaml").read_bytes() == before


def test_nobody_edits_while_a_run_is_at_work(room):
    asked = change(room, "size", "close")
    lock = room.folder / ".sakuga/episodes/kite/lock"
    import fcntl

    with lock.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        answer = room.post(asked, "edits")

    assert answer.status_code == 422 and "is being made now" in answer.json()["problem"]
    assert room.post(asked, "edits").status_code == 201


def test_a_stranger_and_another_page_edit_nothing(room):
    asked = change(room, "size", "close")
    assert room.post(asked, "edits", **{"x-sakuga-word": "guess"}).status_code == 409
    assert room.post(asked, "edits", origin="http://evil.example").status_code == 403
    room.client.cookies.clear()
    assert room.post(asked, "edits").status_code == 401
    assert room.client.get("/api/episodes/kite/cuts/C002").status_code == 401
