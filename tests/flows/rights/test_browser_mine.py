"""A rights holder opens their own pages in a real browser, on a desk and on a phone: nothing is cut off or missing."""

import os
from pathlib import Path

import pytest

from assets.vault import Vault
from flows.rights import access
from flows.rights.royalties.issuing import issue
from flows.rushes.app import build
from flows.rushes.archive import Archive
from flows.rushes.guard import lock_for
from flows.rushes.pictures import PictureCache
from tests.flows.rushes.browsing import CHROMIUM, chromium, serving  # noqa: F401 (a fixture)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: `apt install chromium`, or any Chrome"),
]
SIZES = [{"width": 1280, "height": 800}, {"width": 390, "height": 844}]


@pytest.fixture
def address(studio, tmp_path):
    issue(studio, "2026-Q4", tmp_path / "out", by="ken")
    archive = Archive(studio, Vault.open(str(tmp_path / "vault")), tmp_path / "out")
    lock = lock_for("127.0.0.1", "the-token-of-the-room-itself")
    with serving(build(archive, PictureCache(tmp_path / "small"), lock, you="ken")) as found:
        yield found


def look(page, what: str) -> None:
    if folder := os.environ.get("SAKUGA_SCREENSHOTS"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(folder) / f"{what}.png", full_page=True)


@pytest.mark.parametrize("size", SIZES, ids=["desk", "phone"])
def test_a_person_enters_reads_their_statement_and_their_sheet_and_leaves(
    chromium,  # noqa: F811
    address,
    studio,
    size,
    request,
):
    """The page had no name and no style of its own, and on a phone every hash was broken into letters."""
    token, problems = access.give(studio, "P-aoi", by="ken"), []
    context = chromium.new_context(viewport=size, accept_downloads=True)
    page = context.new_page()
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: message.type == "error" and problems.append(message.text))

    page.goto(f"{address}/mine/")
    assert [problem for problem in problems if "401" in problem]  # of the page itself: nobody has entered
    problems.clear()
    page.fill("#token", token)
    page.click("form button")
    page.wait_for_selector("table")
    look(page, f"mine-{request.node.callspec.id}")
    assert page.inner_text("h1") == "青井 葵 (P-aoi)"
    assert page.inner_text("td:nth-child(2)") == "13,046 JPY"
    with page.expect_download() as downloading:
        page.click("text=PDF")
    assert Path(downloading.value.path()).read_bytes()[:5] == b"%PDF-"

    page.click("a[href='/mine/sheet']")
    page.wait_for_selector("text=Trained on them")
    look(page, f"sheet-{request.node.callspec.id}")
    width = page.evaluate("document.documentElement.scrollWidth")
    lines = page.evaluate(
        "Math.max(...[...document.querySelectorAll('td')].map(cell => cell.clientHeight)) / 21"
    )
    assert width <= size["width"]
    assert lines < 6, "a cell is broken into many short lines"
    page.click("text=Statements")
    page.click("text=Leave")
    page.wait_for_selector("#token")
    context.close()
    assert [problem for problem in problems if "401" not in problem] == []
