"""Claims about the short page above the review form: the form is on the first screen, however long the episode."""

import re
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from assets.media.picture import to_png
from assets.sheets.bible import Place
from assets.sheets.cutsheet import Cut, Cutsheet
from assets.sheets.production import Panel, Ref
from assets.sheets.review import Board, Shown
from assets.store import Gate
from assets.vault import Vault
from flows.deployments.page_html import local
from flows.deployments.review_dialog import MOST, PICTURES, dialog


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault.open(str(tmp_path / "vault"))


def picture(vault: Vault, seed: int) -> Ref:
    noise = np.random.default_rng(seed).integers(0, 255, (90, 160, 3), dtype=np.uint8)
    return vault.put(to_png(noise), "image/png")


def gate(vault: Vault, count: int, *, round: int = 1, changed: tuple[int, ...] = (), **marks) -> Gate:
    place = Place(id="roof", names=("Roof",), kind="rooftop")
    numbers = [f"C{number:03d}" for number in range(1, count + 1)]
    cuts = tuple(
        Cut(number=number, scene="S01", place="roof", frames=30, action="MIKA <b>waves</b>.")
        for number in numbers
    )
    sheet = Cutsheet(episode="ep01", places=(place,), cuts=cuts)

    def shown(at: int, number: str) -> Shown:
        image = picture(vault, at % 5 + (100 if at in changed else 0))
        panel = Panel(cut=number, image=image, recipe="2" * 64, basis="3" * 64)
        news = "drawn anew; size: medium -> close" if at in changed else ""
        return Shown(cut=number, frames=30, basis="b" * 64, panel=panel, news=news, **marks)

    board = Board(
        kind="storyboard",
        sheet=vault.put(sheet.to_json().encode(), "application/json"),
        cuts=tuple(shown(at, number) for at, number in enumerate(numbers)),
    )
    return Gate(
        id=round, episode="yuzu/ep01", kind="storyboard", round=round, seen=board.seen, state="open",
        board=board.model_dump_json(), opened_at="2026-11-25T20:00:00.000Z", until="2026-11-28T20:00:00.000Z",
    )  # fmt: skip


def pictures(text: str) -> int:
    return text.count("data:image/webp;base64,")


def test_three_hundred_cuts_leave_the_form_on_the_first_screen(vault):
    """The dialog of 300 cuts was 620 kB, and its form began 49,700 pixels below the top."""
    text = dialog(gate(vault, 300), vault, media="http://studio:4250")

    assert len(text) < PICTURES * 4 / 3 + 5000 and pictures(text) == MOST
    open_part = text.partition("<details>")[0]
    assert pictures(open_part) == 2 and "298 more, 4 of them here" in text


def test_a_redone_cut_is_shown_beside_what_it_was(vault):
    before, now = gate(vault, 5), gate(vault, 5, round=2, changed=(1, 3))

    text = dialog(now, vault, before)

    assert pictures(text) == 4 and text.count("before<br>") == 2 and text.count("now<br>") == 2
    assert "New since the last round" in text and "C002" in text and "C004" in text and "C001" not in text
    assert "size: medium -&gt; close" in text


def test_the_dialog_leads_to_the_room_and_says_where_every_cut_is(vault):
    text = dialog(
        gate(vault, 3), vault, media="http://studio:4250", econte="Every cut is on the tab Artifacts"
    )

    assert '<a href="http://studio:4250/episodes/ep01">' in text and "the tab Artifacts" in text
    assert '<a href="http://studio:4250/episodes/ep01#C002">' in text
    assert "href" not in dialog(gate(vault, 3), vault)


def test_words_of_the_script_are_no_markup(vault):
    text = dialog(gate(vault, 1), vault, title="<img src=x>")

    assert "&lt;img src=x&gt;" in text and "MIKA &lt;b&gt;waves&lt;/b&gt;" in text


def test_what_is_stale_is_told_before_it_is_approved(vault):
    assert "stale: <b>C001, C002</b>" in dialog(gate(vault, 2, stale=True), vault)


@pytest.fixture
def tokyo(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def test_the_deadline_is_told_on_the_clock_of_the_studio(tokyo, vault):
    assert local("2026-11-28T20:00:00.000Z") == "Sun 29 November 2026, 05:00 (UTC+09:00)"
    assert re.search(r"Waits until Sun 29 November 2026, 05:00", dialog(gate(vault, 1), vault))
