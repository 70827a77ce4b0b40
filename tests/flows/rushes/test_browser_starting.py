"""A day in the room alone: a script is dropped, an episode started, a cut edited, one sent back, all approved."""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from assets.sheets.cutsheet import Cutsheet
from tests.flows.rushes.browsing import CHROMIUM, serving, until, visiting

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
TEA = """Title: Tea for Two
Language: en

INT. KITCHEN - NIGHT

Bou pours two cups of tea.

MIKA
It smells of rain.

EXT. ROOFTOP - DAY

Mika looks at the sky.
"""
PROFILE = os.environ.get("SAKUGA_TEST_PROFILE") or "toy"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: `apt install chromium`, or any Chrome"),
]


@pytest.fixture
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the person's own files lie, outside the project."""
    return tmp_path_factory.mktemp("elsewhere")


@pytest.fixture
def go(chromium, studio) -> Iterator[Callable[..., object]]:
    with serving(studio.client.app) as address, visiting(chromium, address) as open_page:
        yield open_page


def look(page, what: str) -> None:
    if folder := os.environ.get("SAKUGA_SCREENSHOTS"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(folder) / f"{what}.png")


def started(page, elsewhere: Path, *gates: str) -> None:
    """Drop the script, choose the look and the gates, and start."""
    script = elsewhere / "tea.fountain"
    script.write_text(TEA)
    page.click("[data-act=new]")
    until(page, "() => document.querySelectorAll('.scripts li').length === 1")
    page.set_input_files(".drop input", script)
    until(page, "() => document.querySelector('[data-act=start]') !== null")
    page.check(f"[data-look={PROFILE}] input")
    for gate in gates:
        page.check(f"[data-gate={gate}]")
    until(page, "() => document.querySelector('[data-act=start]') !== null")


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_day_in_the_room(go, studio, elsewhere):
    page = go("/")
    look(page, "day-1-list")
    started(page, elsewhere, "storyboard", "takes")
    look(page, "day-2-new")
    page.click("[data-act=start]")
    until(page, "() => location.pathname === '/episodes/tea' && document.querySelector('.gate.waiting')", 120)
    until(page, "() => document.querySelectorAll('.cut').length >= 3")
    look(page, "day-3-storyboard")

    page.keyboard.press("d")
    until(page, "() => document.querySelector('canvas.preview')?.dataset.drawn")
    page.select_option("[data-path=size] select", "extreme_close")
    look(page, "day-4-edit")
    page.click("[data-act=save-edit]")
    until(page, "() => document.querySelector('[data-told=edited]') !== null")
    page.keyboard.press("Escape")
    page.evaluate("document.activeElement.blur()")
    decide(page)
    until(page, "() => document.querySelector('.gate.waiting')?.textContent.includes('round 2')", 120)
    look(page, "day-5-round-2")
    assert Cutsheet.read(studio.folder / "tea/cutsheet.yaml").cuts[0].size == "extreme_close"

    page.click(".verdict.retake")
    page.click("[data-code=layout]")
    page.fill("[data-act=note]", "wider")
    decide(page)
    until(page, "() => document.querySelector('.gate.waiting')?.textContent.includes('round 3')", 120)
    until(page, "() => document.querySelector('[data-act=compare-before]') !== null")
    page.click("[data-act=compare-before]")
    look(page, "day-6-before-and-after")
    page.click("[data-act=compare-before]")
    decide(page)
    until(page, "() => document.querySelector('.gate.waiting')?.textContent.includes('Take review')", 120)
    decide(page)
    until(page, "() => document.querySelectorAll('.downloads li').length > 4", 120)
    look(page, "day-7-finished")

    page.click(".downloads summary")
    with page.expect_download() as downloaded:
        page.click(".downloads a[href$='subtitles.srt']")
    assert downloaded.value.suggested_filename == "tea-subtitles.srt"
    assert "rain" in Path(downloaded.value.path()).read_text()


def decide(page) -> None:
    """Send the decision as it stands."""
    until(page, "() => document.querySelector('[data-act=send]') !== null")
    page.click("[data-act=send]")
    if page.query_selector("dialog input[type=text]"):
        page.fill("dialog input[type=text]", "Aoi")
    page.click("[data-act=record]")
    until(page, "() => !document.querySelector('dialog[open]')")


def test_a_script_that_cannot_be_read_is_told_with_its_line_and_is_not_kept(go, studio, elsewhere):
    page = go("/new")
    bad = elsewhere / "bad.fountain"
    bad.write_bytes(b"Title: Bad\n\nINT. X - DAY\n\n\xff\xfe\x00\n")
    page.set_input_files(".drop input", bad)
    until(page, "() => document.querySelector('.plan .problem') !== null")

    assert "bad.fountain" in page.inner_text(".plan .problem")
    look(page, "new-refused")
    assert not (studio.folder.parent / "bad.fountain").exists()


@pytest.mark.parametrize("language", ["en-GB", "ja-JP"])
def test_the_new_episode_page_is_usable_on_a_phone(go, language):
    page = go("/new", **PHONE, locale=language)
    until(page, "() => document.querySelectorAll('.look img').length === 3")
    page.click("[data-script='kite.fountain']")
    until(page, "() => document.querySelector('[data-act=start]') !== null")
    look(page, f"new-phone-{language}")

    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_failed_run_says_why_and_is_tried_again_with_one_button(go, studio):
    [item] = studio.store.episodes()
    run = studio.store.begin_run(item.key, "toy", by="ken")
    studio.store.finish_run(run, "failed")
    note = studio.folder / ".sakuga/episodes/kite/progress.json"
    note.write_text(f'{{"run": {run}, "problem": "The disk is full. Free some space."}}')
    page = go("/episodes/kite")
    until(page, "() => document.querySelector('.ended') !== null")
    look(page, "failed")
    assert "The disk is full." in page.inner_text(".ended")
    page.click("[data-act=again]")

    ends = time.monotonic() + 60
    while (known := studio.store.runs(item.key)[0]).id == run or known.outcome is None:
        assert time.monotonic() < ends
        time.sleep(0.2)
    assert known.outcome == "finished"


def test_films_play_one_after_the_other(go, studio):
    page = go("/playlist#kite")
    until(page, "() => document.querySelector('video')?.readyState >= 2")

    assert page.inner_text(".playing button") == "The Kite"
    look(page, "playlist")
