"""Claims about starting episodes from the room: what is listed, what is refused, what is ordered."""

import time
from typing import Any

import pytest

from assets.fountain import MAX_BYTES

WORD = "word-of-the-page"
TEA = "Title: Tea\n\nINT. KITCHEN - NIGHT\n\nBou pours two cups of tea.\n"


def send(room, name: str, data: bytes | str, **more: str):
    headers = {
        "content-type": "application/octet-stream",
        "x-sakuga-word": WORD,
        "origin": "http://127.0.0.1:4320",
    }
    return room.client.post("/api/scripts", params={"name": name, **more}, content=data, headers=headers)


def post(room, to: str, body: object):
    headers = {"x-sakuga-word": WORD, "origin": "http://127.0.0.1:4320"}
    return room.client.post(f"/api/{to}", json=body, headers=headers)


def project(room) -> dict[str, Any]:
    return room.client.get("/api/project").json()


def test_the_scripts_of_the_project_are_listed_with_title_cuts_and_last_run(studio):
    send(studio, "tea.fountain", TEA)
    listed = {item["path"]: item for item in project(studio)["scripts"]}

    assert listed["tea.fountain"]["title"] == "Tea" and listed["tea.fountain"]["episode"] is None
    made = listed["kite.fountain"]["episode"]
    assert (made["id"], made["cuts"], made["outcome"]) == ("kite", 5, "finished")


def test_looks_and_shows_are_listed_with_what_they_are(studio):
    found = project(studio)

    looks = {look["ref"]: look for look in found["looks"]}
    assert {"house", "animatic", "toy"} <= looks.keys() and "cel rig" in looks["animatic"]["about"]
    assert {"ref": "clear-skies", "from": "library"} in found["shows"]
    for name in ("house", "animatic", "toy"):
        assert studio.client.get(f"/static/look-{name}.webp").headers["content-type"] == "image/webp"


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("../tea.fountain", TEA, "no folders"),
        ("/etc/tea.fountain", TEA, "no folders"),
        (".tea.fountain", TEA, "no folders"),
        ("tea\x1b.fountain", TEA, "no control characters"),
        ("tea.exe", TEA, "ends in none of"),
        ("tea.fountain", "", "is empty"),
        ("tea.fountain", b"\xff\xfe\x00\xd8", "tea.fountain"),
        ("tea.fdx", "<FinalDraft", "tea.fdx"),
        ("kite.fountain", TEA, "another script"),
        ("", TEA, "no folders"),
    ],
)
def test_a_file_that_is_no_script_of_the_project_is_refused_and_not_kept(studio, name, data, told):
    before = sorted(path.name for path in studio.folder.parent.iterdir())

    answer = send(studio, name, data)

    assert answer.status_code == 422 and told in answer.json()["problem"], answer.text
    assert str(studio.folder.parent) not in answer.text, "no folder of the computer is told"
    assert sorted(path.name for path in studio.folder.parent.iterdir()) == before


def test_a_script_has_a_largest_size(studio):
    answer = send(studio, "tea.fountain", b"x" * (MAX_BYTES + 1))

    assert answer.status_code == 422 and "at most" in answer.json()["problem"]


def test_another_version_of_a_script_is_kept_when_that_was_asked_for(studio):
    assert send(studio, "kite.fountain", TEA).status_code == 422
    assert send(studio, "kite.fountain", TEA, replace="yes").status_code == 201

    assert (studio.folder.parent / "kite.fountain").read_text() == TEA


def test_a_plan_says_what_the_episode_will_be_and_how_its_script_was_read(studio):
    send(studio, "tea.fountain", TEA)

    told = post(studio, "plans", {"script": "tea.fountain", "profile": "toy"}).json()

    assert (told["title"], told["cuts"], told["episode"], told["free"]) == ("Tea", 1, "tea", True)
    assert told["measured"] == "earlier runs" and 0 <= told["work_s"] < 60


@pytest.mark.parametrize(
    ("plan", "told"),
    [
        ({"script": "../../etc/passwd"}, "not inside the project"),
        ({"script": "/etc/passwd"}, "not inside the project"),
        ({"script": "gone.fountain"}, "no script"),
        ({"script": "kite.fountain", "profile": "nothing"}, "no profile"),
        ({"script": "kite.fountain", "profile": "../x.yaml"}, "not inside the project"),
        ({"script": "kite.fountain", "show": "../../elsewhere"}, "not inside the project"),
        ({"script": "kite.fountain", "gates": ["lunch"]}, "gates"),
        ({"script": "kite.fountain", "takes": 99}, "takes"),
    ],
)
@pytest.mark.parametrize("to", ["plans", "runs"])
def test_what_cannot_be_made_is_refused_before_anything_runs(studio, plan, told, to):
    answer = post(studio, to, plan)

    assert answer.status_code == 422 and told in answer.json()["problem"]
    assert not (studio.folder / ".sakuga/rushes/runs").exists()


def test_a_link_out_of_the_project_is_no_script_of_it(studio, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside") / "secret.fountain"
    outside.write_text(TEA)
    (studio.folder.parent / "link.fountain").symlink_to(outside)

    assert "link.fountain" not in [item["path"] for item in project(studio)["scripts"]]
    answer = post(studio, "plans", {"script": "link.fountain", "profile": "toy"})
    assert answer.status_code == 422 and "not inside the project" in answer.json()["problem"]


@pytest.mark.slow
def test_a_started_episode_is_made_beside_the_room_and_can_be_tried_again(studio):
    send(studio, "tea.fountain", TEA)
    answer = post(studio, "runs", {"script": "tea.fountain", "profile": "toy"})
    assert answer.status_code == 201 and answer.json()["episode"] == "tea", answer.text

    made = _finished(studio, "tea", 1)
    assert made["reel"] and {file["kind"] for file in made["files"]} >= {
        "film",
        "subtitles",
        "timeline",
        "stem",
    }
    assert post(studio, "episodes/tea/runs", {}).status_code == 201
    _finished(studio, "tea", 2)


def _finished(room, episode: str, runs: int) -> dict[str, Any]:
    """The page of the episode once it was made this many times."""
    ends = time.monotonic() + 120
    while True:
        known = [item.key for item in room.store.episodes() if item.id == episode]
        done = [run.outcome for key in known for run in room.store.runs(key)]
        if done == ["finished"] * runs:
            return room.client.get(f"/api/episodes/{episode}").json()
        assert time.monotonic() < ends, done
        time.sleep(0.2)


def test_what_was_delivered_can_be_downloaded_and_nothing_else(room):
    files = {file["name"]: file for file in room.page["files"]}

    assert {"episode.mp4", "subtitles.srt", "timeline.otio", "dialogue.flac"} <= files.keys()
    for name in ("episode.mp4", "dialogue.flac", "subtitles.srt"):
        answer = room.client.get(f"/episodes/kite/files/{name}")
        assert answer.status_code == 200 and len(answer.content) == files[name]["bytes"]
        assert answer.headers["content-disposition"] == f'attachment; filename="kite-{name}"'
    for name in ("report.json", "contact.html", "..%2Fkite%2Fepisode.mp4", "cutsheet.schema.json"):
        assert room.client.get(f"/episodes/kite/files/{name}").status_code == 404


def test_a_link_among_the_delivered_files_is_not_followed(room, tmp_path):
    (room.folder / "kite/subtitles.srt").unlink()
    (room.folder / "kite/subtitles.srt").symlink_to(tmp_path / "elsewhere.srt")
    (tmp_path / "elsewhere.srt").write_text("secret")

    assert room.client.get("/episodes/kite/files/subtitles.srt").status_code == 404


def test_a_room_without_a_project_starts_nothing(room):
    assert room.client.get("/new").status_code == 404
    assert post(room, "runs", {"script": "kite.fountain"}).status_code == 404


def test_a_stranger_and_a_foreign_page_start_nothing(studio):
    plan = {"script": "kite.fountain", "profile": "toy"}
    foreign = {"x-sakuga-word": WORD, "origin": "http://evil.example"}
    assert studio.client.post("/api/runs", json=plan, headers=foreign).status_code == 403
    own = {"x-sakuga-word": "guess", "origin": "http://127.0.0.1:4320"}
    assert studio.client.post("/api/runs", json=plan, headers=own).status_code == 409
    studio.client.cookies.clear()
    assert post(studio, "runs", plan).status_code == 401
    assert studio.client.get("/api/project").status_code == 401
    assert send(studio, "tea.fountain", TEA).status_code == 401
