import hashlib
import re

import pytest
from PIL import ImageFont

from assets import fonts

JOYO_SAMPLE = "葵海夕焼校庭電車静鬱薔薇憂麗々〆ヶ「」『』…―～ー！？♪☆"


@pytest.mark.parametrize("bold", [False, True])
def test_both_weights_open_as_fonts(bold: bool) -> None:
    face = ImageFont.truetype(str(fonts.path(bold)), 32)

    assert face.getname()[0] == fonts.FAMILY


def test_japanese_and_english_scripts_can_be_drawn_whole() -> None:
    text = JOYO_SAMPLE + "The quick brown fox, “quoted” — and 1/2 café's & #42!"

    assert fonts.covers(text) == set()


def test_what_cannot_be_drawn_is_named() -> None:
    assert fonts.covers("灯台 🐈 and ꙮ") == {"🐈", "ꙮ"}


def test_line_ends_and_joiners_are_not_missing_glyphs() -> None:
    assert fonts.covers("一行目\n二行目\t\u200d\ufe0f") == set()


def test_the_weights_draw_the_same_characters() -> None:
    assert fonts._characters(fonts.path()) == fonts._characters(fonts.path(bold=True))


def test_the_files_are_those_whose_origin_is_written_beside_them() -> None:
    origin = (fonts.FOLDER / "ORIGIN.md").read_text(encoding="utf-8")
    listed = dict(re.findall(r"`(\S+\.ttf)`.*`([0-9a-f]{64})`", origin))

    assert listed == {
        file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in fonts.FOLDER.glob("*.ttf")
    }
