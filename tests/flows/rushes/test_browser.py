"""The room in a real browser: keys are pressed, buttons clicked, and the picture on screen is read."""

import re
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from assets.media.video import VideoQuality, encode
from assets.sheets.production import Take
from assets.sheets.review import Decision
from assets.timing import Span
from flows.review import service
from flows.review.rules import Reviewer
from flows.rushes.guard import Lock
from flows.rushes.serve import describe
from tests.flows.rushes.browsing import CHROMIUM, TOKEN, until

SIZE = (320, 180)
BITS = 8
# What a coded frame says: eight blocks, dark or bright, as the number of the frame.
READ = """() => {
  const video = [...document.querySelectorAll('.screen video')].find((one) => !one.hidden && one.src);
  const canvas = Object.assign(document.createElement('canvas'), { width: 320, height: 180 });
  const pen = canvas.getContext('2d');
  pen.drawImage(video, 0, 0, 320, 180);
  let number = 0;
  for (let bit = 0; bit < 8; bit += 1) if (pen.getImageData(20 + bit * 40, 90, 1, 1).data[0] > 128) number |= 1 << bit;
  return number;
}"""

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: `apt install chromium`, or any Chrome"),
]


@pytest.fixture
def coded(room, tmp_path: Path) -> Callable[[str, int], int]:
    """Give a cut a take whose every frame says its own number; returns the take's number."""

    def make(cut: str, seed: int = 7) -> int:
        [item] = room.store.episodes()
        first = room.store.takes(item.key, cut)[0]

        def draw() -> Iterator[np.ndarray]:
            for frame in range(first.frames):
                still = np.zeros((SIZE[1], SIZE[0], 3), np.uint8)
                for bit in range(BITS):
                    if frame >> bit & 1:
                        still[:, bit * 40 : bit * 40 + 40] = 235
                yield still

        path = tmp_path / f"{cut}-{seed}.mp4"
        encode(draw(), path, size=SIZE, rate=Fraction(24), quality=VideoQuality())
        clip = room.vault.put_file(path, "video/mp4")
        recipe = f"{seed:064x}"
        entered = room.store.add_take(
            item.key,
            Take(**{**first.model_dump(), "clip": clip, "recipe": recipe, "size": SIZE, "seed": seed}),
        )
        room.store.select(item.key, cut, entered.number, by="test")
        return entered.number

    return make


def frame(page, number: int) -> None:
    """Wait for a frame to be told and seen."""
    until(page, f"() => document.querySelector('.picture').dataset.frame === '{number}'")
    ends = time.monotonic() + 10
    while (seen := page.evaluate(READ)) != number:
        assert time.monotonic() < ends, f"the page says frame {number}, the picture shows {seen}"
        page.wait_for_timeout(50)


def film(page) -> None:
    until(
        page,
        "() => [...document.querySelectorAll('.screen video')].some((one) => !one.hidden && one.readyState >= 2)",
    )


def test_the_link_of_the_terminal_opens_the_room_once_and_stays_in_no_history(chromium, address: str):
    """The link held the token itself, which opens the room for good."""
    lock = Lock(token=TOKEN)
    said = describe("127.0.0.1", 4320, lock, "SAKUGA_RUSHES_TOKEN", linked=True)
    link = f"{address}/" + re.search(r"#ticket=\S+", said).group()

    first, second = (chromium.new_context(locale="en-GB").new_page() for _ in range(2))
    first.goto(link)
    until(first, "() => Boolean(document.querySelector('#list .episodes'))")
    second.goto(link)
    until(second, "() => document.getElementById('spent')?.hidden === false")

    assert [page.evaluate("location.href") for page in (first, second)] == [f"{address}/"] * 2
    assert "used already" in second.inner_text("#spent") and second.query_selector("#token")
    first.goto(link)
    until(first, "() => Boolean(document.querySelector('#list .episodes')) && location.hash === ''")
    for page in (first, second):
        page.context.close()


def test_a_step_shows_exactly_the_frame_it_names(room, gate, coded, visit):
    room.store.close_gate(gate.id, "withdrawn")
    coded("C001")
    page = visit("/episodes/kite#C001")
    page.keyboard.press("e")  # cut by cut
    film(page)

    for _ in range(10):
        page.keyboard.press("ArrowRight")
    frame(page, 10)
    for _ in range(3):
        page.keyboard.press("ArrowLeft")
    frame(page, 7)
    page.keyboard.press("Shift+ArrowRight")
    frame(page, 31)
    page.keyboard.press("End")
    frame(page, room.store.takes("_/kite", "C001")[-1].frames - 1)
    page.keyboard.press("Home")
    frame(page, 0)


def test_playing_moves_and_stopping_tells_the_frame_that_is_seen(room, coded, visit):
    coded("C001")
    page = visit("/episodes/kite#C001")
    page.keyboard.press("e")
    film(page)

    page.keyboard.press("Space")
    until(page, "() => Number(document.querySelector('.picture').dataset.frame) > 12")
    page.keyboard.press("k")
    page.wait_for_timeout(400)

    frame(page, int(page.evaluate("document.querySelector('.picture').dataset.frame")))


def test_backwards_runs_backwards(room, coded, visit):
    coded("C001")
    page = visit("/episodes/kite#C001")
    page.keyboard.press("e")
    film(page)
    page.keyboard.press("End")
    until(page, "() => Number(document.querySelector('.picture').dataset.frame) > 30")

    page.keyboard.press("j")
    until(page, "() => Number(document.querySelector('.picture').dataset.frame) < 20")
    page.keyboard.press("k")

    assert page.evaluate(READ) < 20


def test_two_takes_beside_each_other_stay_in_step(room, coded, visit):
    coded("C001", 7)
    coded("C001", 8)
    page = visit("/episodes/kite#C001")
    page.keyboard.press("e")
    film(page)

    page.keyboard.press("c")
    for _ in range(9):
        page.keyboard.press("ArrowRight")
    frame(page, 9)

    until(page, """() => {
      const [, , other] = document.querySelectorAll('video');
      return !other.seeking && Math.floor(other.currentTime * 24 + 0.01) === 9;
    }""")  # fmt: skip


def test_marks_pins_and_reasons_become_one_review(room, gate, visit):
    page = visit("/episodes/kite#C001")
    film(page)

    page.keyboard.press("a")  # C001 is fine; on to C002
    until(page, "() => document.querySelector('.picture').dataset.cut === 'C002'")
    page.keyboard.press("r")
    page.click("[data-code=expression]")
    box = page.locator(".screen .pins").first.bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.25, box["y"] + box["height"] * 0.75)
    page.keyboard.type("この手")
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    page.keyboard.type("look <b>up</b>")
    page.keyboard.press("Control+Enter")
    page.fill("dialog input", "青井")
    page.click("[data-act=record]")
    until(page, "() => document.body.innerText.includes('Nothing waits')")

    [review] = room.store.reviews(gate.episode)
    [remark] = review.remarks
    assert (review.made_by, review.door, review.verdict) == ("青井", "rushes", "retake")
    assert (remark.cut, remark.note, list(remark.reasons)) == ("C002", "look <b>up</b>", ["expression"])
    assert (remark.pins[0].frame, remark.pins[0].text) == (0, "この手")
    assert remark.pins[0].x == pytest.approx(0.25, abs=0.01) and remark.pins[0].y == pytest.approx(
        0.75, abs=0.01
    )
    assert [order.cut for order in room.store.open_retakes(gate.episode)] == ["C002"]


def test_the_room_says_what_a_note_will_change_and_what_it_could_say_instead(room, deaf, visit):
    page = visit("/episodes/kite")
    page.keyboard.press("r")
    page.click('[data-code="layout"]')
    page.fill('[data-act="note"]', "more life")
    until(page, """() => document.querySelector('[data-told="unheard"]')""")
    page.fill('[data-act="note"]', "")
    page.click('[data-say="closer"]')
    until(page, """() => document.querySelector('[data-told="changes"]')?.textContent.includes('size: ')""")
    page.keyboard.press("Control+Enter")
    until(page, """() => document.querySelector('dialog[open] [data-told="changes"]')""")

    assert "size: " in page.inner_text('dialog [data-told="changes"]')


def test_a_range_is_marked_with_two_keys(room, gate, visit):
    page = visit("/episodes/kite#C002")
    film(page)
    page.keyboard.press("r")
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    until(page, "() => document.querySelector('.picture').dataset.frame === '5'")
    page.keyboard.press("i")
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    until(page, "() => document.querySelector('.picture').dataset.frame === '9'")
    page.keyboard.press("o")
    page.click("[data-code=motion]")
    page.keyboard.press("Control+Enter")
    page.fill("dialog input", "Aoi")
    page.click("[data-act=record]")
    until(page, "() => document.body.innerText.includes('Nothing waits')")

    assert room.store.reviews(gate.episode)[0].remarks[0].frames == Span(start=5, stop=10)


def test_a_refusal_is_shown_and_what_was_typed_is_there_after_loading_again(room, gate, visit):
    page = visit("/episodes/kite#C002")
    film(page)
    page.keyboard.press("r")
    page.click("[data-code=timing]")
    page.keyboard.press("n")
    page.keyboard.type("hold it longer")
    page.keyboard.press("Control+Enter")
    page.fill("dialog input", "Aoi")
    service.decide(room, gate.id, Decision(verdict="stop"), Reviewer("Ren", "terminal", gate.seen))
    page.click("[data-act=record]")

    until(page, "() => document.querySelector('.problem')?.textContent.includes('decided by Ren')")
    kept = page.evaluate(f"localStorage.getItem('sakuga:draft:kite:{gate.id}')")
    assert "hold it longer" in kept and len(room.store.reviews(gate.episode)) == 1


def test_a_draft_survives_loading_the_page_again(room, gate, visit):
    page = visit("/episodes/kite#C002")
    film(page)
    page.keyboard.press("r")
    page.click("[data-code=timing]")
    page.fill("[data-act=note]", "もう少し長く")

    page.reload()
    until(page, "() => document.querySelector('[data-act=note]')?.value === 'もう少し長く'")

    assert page.get_attribute("[data-code=timing]", "aria-pressed") == "true"


def test_a_retake_without_a_reason_is_not_sent(room, gate, visit):
    page = visit("/episodes/kite#C002")
    film(page)
    page.keyboard.press("r")

    page.keyboard.press("Control+Enter")

    until(page, "() => document.querySelector('.said.bad')?.textContent.includes('C002')")
    assert page.locator("dialog[open]").count() == 0


def test_a_lock_has_to_come_off_before_a_retake(room, visit, gate):
    room.store.close_gate(gate.id, "withdrawn")
    room.store.lock("_/kite", "C001", by="Ren")
    # the gate is asked again over what is shown now
    board = service.as_it_stands(gate.shows, gate.episode, room.store)
    again = room.store.open_gate(gate.episode, "takes", 2, board=board, until=gate.until)
    page = visit("/episodes/kite#C001")
    film(page)

    page.keyboard.press("r")
    until(page, "() => document.querySelector('.said.bad')")
    page.keyboard.press("s")
    page.keyboard.press("r")
    page.click("[data-code=color]")
    page.keyboard.press("Control+Enter")
    page.fill("dialog input", "Aoi")
    page.click("[data-act=record]")
    until(page, "() => document.body.innerText.includes('Nothing waits')")

    [review] = room.store.reviews(again.episode)
    assert [(lock.cut, lock.locked) for lock in review.locks] == [("C001", False)]


def test_a_storyboard_plays_as_panels_held_for_their_time(room, storyboard, visit):
    page = visit("/episodes/kite#C001")
    until(page, "() => document.querySelector('.held') && !document.querySelector('.held').hidden")
    before = page.evaluate("performance.now()")
    frames = room.page["cuts"][0]["frames"]

    page.keyboard.press("Home")
    page.keyboard.press("Space")
    until(page, "() => document.querySelector('.picture').dataset.cut === 'C002'")

    assert page.evaluate("performance.now()") - before >= frames * 1000 / 24 * 0.9
    # takes of an earlier round exist; what is asked about is the panel
    assert page.evaluate(
        "[...document.querySelectorAll('.screen:not(.second) video')].every((one) => one.hidden)"
    )


def test_a_new_review_appears_by_itself(room, visit, storyboard):
    room.store.close_gate(storyboard.id, "withdrawn")
    page = visit()
    until(page, "() => document.querySelector('.gate')?.textContent.includes('Nothing waits')")

    room.store.open_gate(storyboard.episode, "storyboard", 2, board=storyboard.shows, until=storyboard.until)

    until(page, "() => document.querySelector('.gate').textContent.includes('round 2')", 15)


def test_words_of_the_script_stay_words(room, visit):
    page = visit()
    until(page, "() => document.body.innerText.includes('document.title')")

    assert page.title() == "The Kite · Rushes"
    assert page.evaluate("document.querySelectorAll('script').length") == 1


def test_the_language_is_remembered(room, visit):
    page = visit()
    page.click("[data-act=language]")

    page.reload()
    until(page, "() => document.querySelector('.views')?.innerText.includes('絵コンテ')")

    assert page.get_attribute("html", "lang") == "ja"


@pytest.mark.parametrize("view", ["watch", "econte", "history"])
def test_nothing_is_wider_than_a_phone(room, gate, visit, view: str):
    page = visit(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    film(page)
    page.click(f"[data-view={view}]")

    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_while_somebody_types_keys_are_letters(room, gate, visit):
    page = visit("/episodes/kite#C002")
    film(page)
    page.keyboard.press("n")

    page.keyboard.type("aslk jr 12?")

    assert page.input_value("[data-act=note]") == "aslk jr 12?"
    assert page.evaluate("document.querySelector('.picture').dataset.cut") == "C002"


def test_while_nothing_waits_a_cut_can_be_sent_back_and_a_take_locked(room, visit):
    page = visit("/episodes/kite#C002")
    film(page)
    page.keyboard.press("r")
    page.click("[data-code=color]")
    page.click("[data-act=order]")
    page.fill("dialog input", "Aoi")
    page.click("[data-act=record]")
    until(page, "() => document.querySelector('.told')?.textContent.includes('color')")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("s")
    page.keyboard.type("the best of them")
    page.click("[data-act=record]")
    until(page, "() => document.querySelector('.verdict.lock')?.textContent.includes('Unlock')")

    assert [(order.cut, order.reason) for order in room.store.open_retakes("_/kite")] == [("C002", "color")]
    assert room.store.selected("_/kite", "C001").locked


def test_the_next_round_begins_at_what_was_redone(room, gate, visit):
    page = visit("/episodes/kite#C001")
    film(page)
    remarks = [{"cut": "C003", "reasons": ["timing"]}]
    service.decide(
        room,
        gate.id,
        Decision.model_validate({"verdict": "retake", "remarks": remarks}),
        Reviewer("Ren", "terminal", gate.seen),
    )

    room.store.open_gate(gate.episode, "takes", 2, board=gate.shows, until=gate.until)

    until(page, "() => document.querySelector('.picture').dataset.cut === 'C003'")
    assert page.locator(".cut[data-cut=C003] .badge.redone").count() == 1
