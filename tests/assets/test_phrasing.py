"""What stays together in a text: characters of several signs, phrases of Japanese."""

import pytest

from assets.linebreak import broken
from assets.phrasing import clusters, phrase_starts
from stages.deliver.wording import columns, pages, wrapped

FAMILY, FLAG, THUMB, KEY = "👨‍👩‍👧‍👦", "🇯🇵", "👍🏽", "1️⃣"
EMOJI = f"Family {FAMILY * 10} and flags {FLAG * 12} {THUMB * 6} {KEY * 5} café\u0301 が\u3099."


def test_a_character_of_several_signs_is_one() -> None:
    assert clusters(f"{FAMILY}{FLAG}{FLAG}{THUMB}{KEY}e\u0301") == [FAMILY, FLAG, FLAG, THUMB, KEY, "e\u0301"]
    assert columns(FAMILY) == columns(FLAG) == columns(THUMB) == 2


@pytest.mark.parametrize("width", [8, 14, 25, 42])
def test_no_caption_breaks_inside_a_character(width: int) -> None:
    """A family of emoji was cut into a father and a joiner."""
    lines = [line for page in pages(EMOJI, width) for line in page]

    assert [sign for line in lines for sign in clusters(line) if sign != " "] == [
        sign for sign in clusters(EMOJI) if sign != " "
    ]


@pytest.mark.parametrize("width", range(6, 40, 5))
def test_no_line_on_a_picture_breaks_inside_a_character(width: int) -> None:
    lines = broken(EMOJI, columns, width)

    assert [sign for line in lines for sign in clusters(line) if sign != " "] == [
        sign for sign in clusters(EMOJI) if sign != " "
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("がんばって、ぱぱっとかたづけよう。", ("がんばって", "ぱぱっと", "かたづけよう")),
        ("彼女はきっとよろこんでくれるとおもうよ。", ("きっと", "よろこんで", "おもうよ")),
        ("おかあさんといっしょにでかけたいなあ。", ("おかあさん", "いっしょに", "でかけたいなあ")),
        ("それでもわたしはあきらめない。", ("それでも", "わたしは", "あきらめない")),
        ("Tシャツは5kgで3時のコンピューターゲーム。", ("Tシャツは", "3時の", "コンピューターゲーム")),
    ],
)
def test_no_word_of_kana_is_cut_in_two(text: str, words: tuple[str, ...]) -> None:
    """Between two kana every place was as good as any other."""
    for width in range(26, 42, 2):
        for lines in (wrapped(text, width), broken(text, columns, width), *pages(text * 3, width)):
            whole = "\n".join(lines)
            joined = whole.replace("\n", "")
            assert all(whole.count(word) == joined.count(word) for word in words), lines


def test_a_text_too_long_for_a_caption_is_not_analysed() -> None:
    assert phrase_starts("かな" * 100_000) is None
