import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.fonts import drawable
from assets.linebreak import broken
from stages.assemble.lettering import TextStyle, fitting, laid_over, over, plate, wrapped

HAND = TextStyle(40)


def _wide(text: str) -> float:
    """Half-width letters count one, the others two."""
    return sum(1 if letter.isascii() else 2 for letter in text)


@settings(deadline=None)  # the first call reads the dictionary of words
@given(st.text(alphabet="あいアイ漢字、。「」ーっab c'-,.!　\n", max_size=80), st.integers(4, 40))
def test_breaking_loses_no_letter_and_keeps_their_order(text: str, width: int) -> None:
    lines = broken(text, _wide, width)

    assert "".join("".join(lines).split()) == "".join(text.split())


@settings(deadline=None)
@given(st.text(alphabet="あいアイ漢字、。「」ーっab c'-,.!", max_size=80), st.integers(4, 40))
def test_no_line_is_wider_than_the_room(text: str, width: int) -> None:
    assert max(_wide(line) for line in broken(text, _wide, width)) <= width


def test_no_line_opens_with_a_closing_mark_or_a_small_kana() -> None:
    text = "「まって、どこへ行くの？」と葵は言った。「ちょっと、校舎のうらまで」"

    for width in range(10, 60):
        firsts = {line[0] for line in broken(text, _wide, width)}

        assert not firsts & set("、。？」っょゃ")


def test_no_line_closes_with_an_opening_bracket() -> None:
    text = "彼女は「はい」とだけ「小さな声で」言った（たぶん「本心で」）"

    assert not {line[-1] for width in range(10, 50) for line in broken(text, _wide, width)} & set("「（")


def test_an_english_word_is_never_torn_when_it_fits() -> None:
    text = "I never thought the lighthouse would answer us, not after all those years."

    for width in range(12, 60):
        assert " ".join(broken(text, _wide, width)).split() == text.split()


def test_a_katakana_word_is_kept_whole() -> None:
    lines = broken("――まだ間に合う。ターミナルステーションまで、走れば三分だ！", _wide, 44)

    assert any("ターミナルステーション" in line for line in lines)


def test_two_lines_are_about_evenly_long() -> None:
    lines = broken("I never thought the lighthouse would answer us", _wide, 40)

    assert len(lines) == 2
    assert min(map(_wide, lines)) / max(map(_wide, lines)) > 0.7


def test_what_the_typeface_lacks_is_seen_as_a_gap() -> None:
    assert drawable("灯台🐈へ") == "灯台〓へ"


def test_smaller_letters_come_before_a_third_line() -> None:
    text = "夕焼けの校庭で、葵は誰にも言えなかったあの日の約束を、もう一度だけ思い出していた。"

    style = fitting(text, HAND, width=500, lines=2, smallest=20)

    assert (len(wrapped(text, style, 500)), style.px < HAND.px) == (2, True)


def test_letters_are_never_made_smaller_than_allowed() -> None:
    assert fitting("長" * 400, HAND, width=300, lines=1, smallest=24).px == 24


@pytest.mark.parametrize("text", ["葵", "jgpqy", "Ålesund", "――"])
def test_no_letter_is_cut_off_at_the_edge_of_its_plate(text: str) -> None:
    cover = plate([text], TextStyle(60, edge_px=6))[:, :, 3]

    assert (cover[0].max(), cover[-1].max(), cover[:, 0].max(), cover[:, -1].max()) == (0, 0, 0, 0)


@pytest.mark.parametrize("ground", [0, 128, 255])
def test_a_caption_stands_out_from_any_ground(ground: int) -> None:
    under = np.full((80, 300, 3), ground, np.uint8)

    made = laid_over(under, plate(["見える"], TextStyle(48, edge=(16, 14, 24), edge_px=4)), (10, 5)).astype(
        int
    )

    assert made.max() - made.min() > 200


def test_the_still_underneath_is_not_changed() -> None:
    under = np.zeros((40, 40, 3), np.uint8)

    laid_over(under, plate(["あ"], HAND), (0, 0))

    assert int(under.max()) == 0


@pytest.mark.parametrize("at", [(-30, -30), (35, 35), (-500, 0), (500, 500)])
def test_a_plate_may_hang_over_the_frame(at: tuple[int, int]) -> None:
    assert laid_over(np.zeros((40, 40, 3), np.uint8), plate(["あ"], HAND), at).shape == (40, 40, 3)


def test_an_opaque_plate_covers_what_lies_below_it() -> None:
    under, ink = np.full((4, 4, 4), 90, np.uint8), np.full((2, 2, 4), 255, np.uint8)

    over(under, ink, (1, 1))

    assert (under[1, 1].tolist(), under[0, 0].tolist()) == ([255] * 4, [90] * 4)


def test_a_word_that_has_to_be_torn_keeps_its_distance_to_the_next() -> None:
    """WINTERBOTTOM O'SHAUGHNESSY became one word in a narrow column."""
    assert broken("WINTERBOTTOM OF X", _wide, 9)[-1].endswith("TTOM OF X")
