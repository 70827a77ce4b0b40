"""Two pictures compared, lines drawn on a frame, the status board, and what an approval says was not looked at."""

import os
from pathlib import Path

import pytest

from tests.flows.rushes.browsing import CHROMIUM, until

FILMED = (
    "() => [...document.querySelectorAll('.screen video')].some((one) => !one.hidden && one.readyState >= 2)"
)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: `apt install chromium`, or any Chrome"),
]


def look(page, what: str) -> None:
    if folder := os.environ.get("SAKUGA_SCREENSHOTS"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(folder) / f"{what}.png")


def second_take(room) -> None:
    [item] = room.store.episodes()
    first = room.store.takes(item.key, "C001")[0]
    other = room.store.takes(item.key, "C002")[0]
    room.store.add_take(item.key, first.model_copy(update={"clip": other.clip, "recipe": "7" * 64}))


def test_two_takes_are_compared_side_by_side_by_a_wipe_and_by_their_difference(room, gate, visit):
    second_take(room)
    page = visit("/episodes/kite#C001")
    until(page, FILMED)
    page.keyboard.press("c")
    until(page, "() => document.querySelector('.picture.pair') !== null")
    page.keyboard.press("w")
    until(page, "() => document.querySelector('.picture.wipe') !== null")
    page.fill(".edge", "25")
    assert "25%" in page.evaluate("getComputedStyle(document.querySelector('.second')).clipPath")
    look(page, "wipe")
    page.click("[data-way=difference]")
    until(page, "() => getComputedStyle(document.querySelector('.second')).mixBlendMode === 'difference'")
    look(page, "difference")
    page.keyboard.press("c")

    until(page, "() => document.querySelector('.second').hidden")


def test_a_line_drawn_on_a_frame_is_kept_with_the_note_and_shown_in_the_next_round(room, gate, visit):
    page = visit("/episodes/kite#C001")
    until(page, FILMED)
    page.keyboard.press("g")
    box = page.locator(".drawing").bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.25, box["y"] + box["height"] * 0.5)
    page.mouse.down()
    for step in range(1, 9):
        page.mouse.move(
            box["x"] + box["width"] * (0.25 + 0.05 * step), box["y"] + box["height"] * (0.5 - 0.03 * step)
        )
    page.mouse.up()
    until(page, "() => document.querySelectorAll('.drawing .mine').length === 1")
    look(page, "drawing")
    page.keyboard.press("g")
    page.click("[data-code=layout]")
    page.click("[data-act=send]")
    page.fill("dialog input[type=text]", "Aoi")
    page.click("[data-act=record]")
    until(page, "() => !document.querySelector('dialog[open]')")

    [review] = room.store.reviews(gate.episode)
    [stroke] = review.remarks[0].strokes
    assert stroke.frame == 0 and len(stroke.points) == 9
    assert abs(stroke.points[0][0] - 0.25) < 0.01 and "drawn on" in review.remarks[0].describe()
    until(page, "() => document.querySelectorAll('.drawing .earlier').length === 1")


def test_the_board_puts_every_cut_under_what_it_still_needs(room, gate, visit):
    room.store.lock(gate.episode, "C001", by="aya")
    page = visit("/episodes/kite#C002")
    page.keyboard.press("r")
    page.click("[data-view=board]")
    until(page, "() => document.querySelectorAll('.board .tile').length === 5")
    columns = {
        name: page.locator(f"[data-column={name}] .tile").count()
        for name in ("todo", "redo", "changed", "ready", "done")
    }

    assert columns == {"todo": 0, "redo": 1, "changed": 0, "ready": 3, "done": 1}
    look(page, "board")
    page.click(".board [data-cut=C004]")
    until(page, "() => document.querySelector('.picture').dataset.cut === 'C004'")


def test_approving_says_what_was_not_looked_at_and_what_is_stale(room, storyboard, visit):
    page = visit("/episodes/kite#C001")
    until(page, "() => document.querySelector('.counts').textContent.includes('1 of 5 seen')")
    page.keyboard.press("Control+Enter")
    until(page, "() => document.querySelector('.not-seen') !== null")
    look(page, "not-seen")

    told = page.inner_text(".not-seen")
    assert "1 of 5 seen" in told and "Not looked at: C002, C003, C004, C005." in told
