"""Whatever a name, a title or a caption is, it can be set in a picture of any shape, and inside it."""

from fractions import Fraction

import numpy as np
import pytest
import skia
from hypothesis import example, given, settings
from hypothesis import strategies as st

from assets.sheets.look import Mood
from assets.sheets.production import Caption
from assets.timing import Span
from models.cel import lettering as signs
from stages.assemble import lettering
from stages.assemble.captions import mark_ink, written
from stages.assemble.credits import credits_frames
from stages.assemble.lettering import TextBox, TextStyle, length, set_in, tall
from stages.assemble.logo import logo, merged, tag
from stages.assemble.pages import Section, page_plate, pages
from stages.assemble.palette import PALETTES, Palette
from stages.assemble.titles import TitleCard, opening

MOODS: list[Mood] = list(PALETTES)
# The smallest and the largest that a profile allows, upright, square and wide.
SIZES = [
    (1280, 720),
    (720, 1280),
    (144, 144),
    (144, 4320),
    (4320, 144),
    (320, 180),
    (1080, 1080),
    (1440, 1080),
    (1998, 1080),
]
sizes = st.sampled_from(SIZES)
NAMES = [
    "YOUNG", "OLD", "CAPTAIN", "DOCTOR", "UMBRELLAS", "WINTERBOTTOM", "O'SHAUGHNESSY", "MOON", "THE", "OF", "葵",
    "カピタン", "傘", "—", "WWWWWWWWW",
]  # fmt: skip
words = st.one_of(
    st.lists(st.sampled_from(NAMES), min_size=1, max_size=6).map(" ".join),
    st.text(max_size=60),
    st.builds(
        lambda letter, count: letter * count, st.sampled_from("Wi漢、ー。 .☂\u200b"), st.integers(1, 2000)
    ),
    st.lists(st.sampled_from(NAMES), min_size=50, max_size=400).map(" ".join),
)
EVERY = settings(max_examples=10, deadline=None)
FILM = Fraction(24)


@pytest.mark.slow
@EVERY
@given(words, words, words, sizes)
@example("YOUNG CAPTAIN UMBRELLAS", "toy", "Cast", (1280, 720))
def test_any_name_can_be_credited_on_a_page_that_fits_the_frame(
    name: str, role: str, heading: str, size: tuple[int, int]
) -> None:
    """A name a pixel wider than its column ended the episode after everything was drawn."""
    sections = [Section(heading, ((role, name), ("", name))), Section(heading, (("", name), ("", role)))]

    dealt = pages(sections, size, Palette())

    for page in dealt:
        plate = page_plate(page, size)
        assert plate.shape[0] <= size[1] and plate.shape[1] <= size[0]
    assert credits_frames(sections, FILM, size) > 0


def test_a_name_a_pixel_wider_than_its_column_is_set() -> None:
    """It ended the episode after everything was drawn."""
    (page,) = pages([Section("Cast", (("YOUNG CAPTAIN UMBRELLAS", "toy"),))], (1280, 720), Palette())

    assert page_plate(page, (1280, 720)).shape[1] <= 1280


@pytest.mark.slow
def test_no_pixel_of_a_name_is_cut_off_by_its_strip() -> None:
    """Of 4,000 names of one to four common words, 53 could not be set."""
    for name in (f"{a} {b} {c}" for a in NAMES for b in NAMES for c in NAMES[4:5]):
        (page,) = pages([Section("", ((name, name),))], (1280, 720), Palette())
        cover = page_plate(page, (1280, 720))[:, :, 3]
        assert (cover[:, 0].max(), cover[:, -1].max()) == (0, 0), name


@EVERY
@given(words, words, sizes)
def test_any_title_rests_inside_the_frame(main: str, under: str, size: tuple[int, int]) -> None:
    letters, bottom = logo(main, size, Palette(), "ja")

    sprites = ([merged(letters)] if letters else []) + tag(under, size, Palette(), "ja", bottom)

    for sprite in sprites:
        rows, columns = np.nonzero(sprite.ink[:, :, 3])
        if rows.size:
            assert sprite.rest[0] + columns.min() >= 0 and sprite.rest[0] + columns.max() < size[0]
            assert sprite.rest[1] + rows.min() >= 0 and sprite.rest[1] + rows.max() < size[1]


@pytest.mark.parametrize("title", ["Ｗ" * 400, "a " * 300, "\u3164", "〓", "x" * 200_000])
@pytest.mark.parametrize("size", [(320, 180), (180, 320)])
def test_any_opening_can_be_drawn(title: str, size: tuple[int, int]) -> None:
    card = TitleCard(title, title, Palette(), None, "ja")
    made = opening(card, size=size, rate=FILM, frames=30)

    assert {still.shape for index, still in enumerate(made) if index % 10 == 0} == {(size[1], size[0], 3)}


@EVERY
@given(words, sizes, st.integers(1, 4))
def test_captions_shown_at_once_stand_inside_the_frame(text: str, size: tuple[int, int], among: int) -> None:
    shown = [Caption(span=Span(start=0, stop=1), text=text, cut="C001")] * among

    for overlay in [*written(shown, size), mark_ink(text[:40], size, 1)]:
        # Overlays begin at even pixels and have even sides, so an empty row or column may hang over.
        assert overlay.at[0] >= 0 and overlay.at[1] >= 0
        assert overlay.at[0] + overlay.size[0] <= size[0] + 2
        assert overlay.at[1] + overlay.size[1] <= size[1] + 2


@EVERY
@given(words, sizes)
def test_a_sign_on_screen_is_legible_and_inside_the_frame(text: str, size: tuple[int, int]) -> None:
    """A long one was set on one line, in letters of less than a pixel."""
    lines, px = signs._set(text, size)
    font = signs._font(px)

    assert px >= min(size) * 0.02
    assert len(lines) * px * 1.3 <= size[1]
    assert max(font.measureText(line) for line in lines) <= size[0]
    surface = skia.Surface(*size)
    with surface as canvas:
        signs.write(canvas, text, size, 1.0)


@EVERY
@given(words, st.integers(20, 900), st.integers(20, 900), st.integers(4, 60))
def test_words_are_shrunk_and_broken_before_an_ellipsis_ends_them(
    text: str, width: int, height: int, px: int
) -> None:
    style, box = (
        TextStyle(px),
        TextBox(width, height, lines=2, smallest=max(1, px * 2 // 3), least=max(1, px // 2)),
    )
    lines, used = set_in(text, style, box)
    whole = "".join(lettering.drawable(text).split())

    kept = "".join("".join(lines).split())
    if kept != whole:
        assert kept.endswith("…") and whole.startswith(kept[:-1].removesuffix("…"))
        assert used.px <= box.least or used.px == style.px
    assert tall(len(lines), used) <= height or len(lines) == 1
    assert max(length(line, used) for line in lines) <= max(
        width * 1.1, length("…", used) + length("W", used)
    )
