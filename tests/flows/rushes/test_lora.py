"""Claims about the room's page of LoRAs: what it shows, and that its decisions are those of the terminal."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from starlette.testclient import TestClient

from flows.rushes.app import build
from flows.rushes.archive import Archive
from flows.rushes.guard import Lock
from flows.rushes.pictures import PictureCache
from flows.training import approvals
from flows.web.names import names_for
from tests.flows.rushes.browsing import serving, visiting
from tests.flows.rushes.conftest import HOST, START, TOKEN, WORD
from tests.flows.training.conftest import Studio, made_studio

HEADERS = {"content-type": "application/json", "x-sakuga-word": WORD, "origin": "http://127.0.0.1:4320"}


@dataclass(frozen=True)
class Loras:
    """A room over a project with one validated LoRA."""

    client: TestClient
    studio: Studio
    id: str

    @property
    def page(self):
        return self.client.get(f"/api/loras/{self.id}").json()

    def decide(self, verdict="approve", **more):
        body = {"by": "Ryo", "verdict": verdict, "strength": 0.5, "note": "", **more}
        return self.client.post(f"/api/loras/{self.id}/decisions", content=json.dumps(body), headers=HEADERS)


@pytest.fixture
def loras(tmp_path) -> Iterator[Loras]:
    studio = made_studio(tmp_path)
    assert studio.validate(studio.lora(), "--strengths", "0.5,1").exit_code == 0
    lock = Lock(token=TOKEN, word=WORD, names=names_for("127.0.0.1"), start=START)
    with studio.store() as store:
        archive = Archive(store, studio.vault, studio.out)
        pictures = PictureCache(tmp_path / "small")
        client = TestClient(
            build(archive, pictures, lock, you="ken"), base_url="http://127.0.0.1:4320", headers=HOST
        )
        client.cookies.set(lock.cookie_name, lock.cookie)
        [standing] = approvals.listed(store)
        yield Loras(client, studio, standing.document.sha256)


def test_the_page_has_every_column_with_its_readings_and_all_pictures_can_be_fetched(loras):
    [listed] = loras.client.get("/api/loras").json()["loras"]
    now = loras.page

    assert (listed["name"], listed["state"]) == ("hana", "waits")
    assert [(one["kind"], one["strength"]) for one in now["columns"]] == [
        ("without", 0), ("candidate", 0.5), ("candidate", 1),
    ]  # fmt: skip
    assert all(one["style"] > 0 for one in now["columns"])
    for sha in (now["sheet"], *now["art"]["works"], *now["columns"][1]["pictures"]):
        for width in ("480", "whole"):
            answer = loras.client.get(f"/loras/{loras.id}/pictures/{sha}/{width}")
            assert (answer.status_code, answer.headers["content-type"].partition("/")[0]) == (200, "image")


def test_an_approval_in_the_room_is_the_one_that_promote_asks_for(loras):
    answer = loras.decide()

    assert answer.status_code == 201, answer.text
    assert answer.json()["state"] == "approved"
    assert loras.studio.promote().exit_code == 0
    second = loras.decide("refuse", note="too late")
    assert second.status_code == 422
    assert "by Ryo" in second.json()["problem"]


@pytest.mark.slow
@pytest.mark.parametrize(
    "more",
    [
        {"by": ""},
        {"verdict": "yes"},
        {"strength": 0.9},
        {"strength": "much"},
        {"verdict": "refuse"},
        {"extra": 1},
    ],
)
def test_what_cannot_be_recorded_is_refused_and_changes_nothing(loras, more):
    answer = loras.decide(**more)

    assert answer.status_code == 422
    assert loras.page["state"] == "waits"


@pytest.mark.slow
def test_a_picture_of_something_else_is_not_given(loras):
    with loras.studio.store() as store:
        document = approvals.listed(store)[0].document.sha256

    for path in (
        f"{loras.id}/pictures/{document}/whole",
        f"{'0' * 64}/pictures/{document}/480",
        "x/pictures/y/480",
    ):
        assert loras.client.get(f"/loras/{path}").status_code == 404


@pytest.mark.browser
@pytest.mark.slow
def test_a_director_compares_the_strengths_and_approves_one(loras, chromium):
    with serving(loras.client.app) as address, visiting(chromium, address) as go:
        page = go(f"/loras/{loras.id}")
        page.locator(".sheet-of .picture-button").first.click()
        page.keyboard.press("ArrowRight")
        assert "strength 0.5" in page.locator("dialog.enlarged [role=status]").inner_text()
        page.keyboard.press("Escape")
        page.locator("input[name=strength][value='1']").check()
        page.locator("[data-act=approve]").click()
        page.locator(".verdict-told").wait_for()

        assert "Approved at strength 1" in page.locator(".verdict-told").inner_text()
    assert loras.page["decision"]["verdict"] == "approve"
