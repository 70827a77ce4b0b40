"""Editing a cut in a real browser: values are chosen, the preview is looked at, the sheet is read."""

import os
from pathlib import Path

import pytest

from assets.sheets.cutsheet import Cutsheet
from tests.flows.rushes.browsing import CHROMIUM, until

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
DRAWN = "(n) => Number(document.querySelector('canvas.preview')?.dataset.drawn ?? 0) >= n"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: `apt install chromium`, or any Chrome"),
]


def look(page, what: str) -> None:
    """Keep a picture of the page where SAKUGA_SCREENSHOTS names a folder."""
    if folder := os.environ.get("SAKUGA_SCREENSHOTS"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(folder) / f"{what}.png")


def drawn(page, times: int) -> None:
    until(page, f"() => ({DRAWN})({times})")


def size_of(room, cut: str = "C002") -> str:
    return Cutsheet.read(room.folder / "kite" / "cutsheet.yaml").cut(cut).size


@pytest.mark.parametrize("device", ["desktop", "phone"])
def test_a_cut_is_edited_previewed_saved_and_taken_back(room, visit, device):
    before = size_of(room)
    page = visit("/episodes/kite#C002", **(PHONE if device == "phone" else {}))
    page.click(".editor summary")
    drawn(page, 1)
    page.select_option("[data-path=size] select", "extreme_close")
    page.select_option("[data-path='staged.mika.expression'] select", "angry")
    drawn(page, 2)
    look(page, f"edit-{device}")
    assert size_of(room) == before, "nothing is written before it is saved"
    page.click("[data-act=save-edit]")
    until(page, "() => document.querySelector('.signs .badge.edited') !== null")

    assert size_of(room) == "extreme_close"
    look(page, f"edit-saved-{device}")
    page.click("[data-act=undo]")
    until(page, "() => document.querySelector('.signs .badge.edited') === null")
    assert size_of(room) == before


def test_what_was_chosen_is_there_after_looking_at_another_cut(room, visit):
    page = visit("/episodes/kite#C002")
    page.keyboard.press("d")
    drawn(page, 1)
    page.select_option("[data-path=size] select", "extreme_close")
    page.click(".cut[data-cut=C001]")
    until(page, "() => document.querySelector('canvas.preview')?.ariaLabel.includes('C001')")
    assert page.input_value("[data-path=size] select") != "extreme_close"
    page.click(".cut[data-cut=C002]")
    until(page, "() => document.querySelector('canvas.preview')?.ariaLabel.includes('C002')")

    assert page.input_value("[data-path=size] select") == "extreme_close"
    assert page.locator(".field.changed").count() == 1


def test_an_earlier_version_is_used_again_from_the_history(room, visit):
    before = size_of(room)
    page = visit("/episodes/kite#C002")
    page.keyboard.press("d")
    drawn(page, 1)
    page.select_option("[data-path=size] select", "extreme_close")
    page.click("[data-act=save-edit]")
    until(page, "() => document.querySelector('.signs .badge.edited') !== null")
    page.click("[data-view=history]")
    until(page, "() => document.querySelectorAll('.versions li').length === 2")
    look(page, "versions")
    page.click(".versions [data-version='1']")
    until(page, "() => document.querySelectorAll('.versions li').length === 3")

    assert size_of(room) == before


def test_at_a_gate_the_cut_says_that_it_is_drawn_after_the_decision(room, storyboard, visit):
    page = visit("/episodes/kite#C002", locale="ja-JP")
    page.keyboard.press("d")
    drawn(page, 1)
    page.select_option("[data-path=size] select", "extreme_close")
    look(page, "edit-ja")
    page.click("[data-act=save-edit]")
    until(page, "() => document.querySelector('[data-told=edited]') !== null")

    assert "次の回" in page.inner_text("[data-told=edited]")
