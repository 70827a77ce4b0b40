"""Shots for the painters and animators over tiny pipelines."""

from dataclasses import replace
from fractions import Fraction

import numpy as np

from assets.matter import Still
from assets.sheets.bible import Character, Place
from assets.sheets.cutsheet import Cut, Staged
from assets.sheets.look import Look
from models.ports import Prompt, ReferencePicture, Shot

SIZE = (128, 64)
RATE = Fraction(24)


def shot(
    *people: str, size: tuple[int, int] = SIZE, text: str = "1girl, blue hair", negative: str = ""
) -> Shot:
    """A full shot of ``people``, from left to right."""
    where = {1: ("center",), 2: ("left", "right"), 3: ("left", "center", "right")}.get(len(people), ())
    staged = tuple(
        Staged(character=name, position=position, expression="happy")
        for name, position in zip(people, where, strict=True)
    )
    cut = Cut(number="C001", scene="S01", place="roof", size="medium", frames=24, staged=staged)
    cast = tuple(Character(id=name, names=(name.upper(),), look=Look(hair_color="blue")) for name in people)
    return Shot(
        cut, cast, Place(id="roof", names=("ROOF",), kind="rooftop"), size, RATE, Prompt(text, negative)
    )


def picture(seed: int = 0, size: tuple[int, int] = SIZE) -> Still:
    """Coloured blocks."""
    random = np.random.default_rng(seed)
    blocks = random.integers(0, 255, (-(-size[1] // 16), -(-size[0] // 16), 3)).astype(np.uint8)
    return np.ascontiguousarray(blocks.repeat(16, 0).repeat(16, 1)[: size[1], : size[0]])


def referred(of: Shot, *subjects: str, size: tuple[int, int] = (64, 96)) -> Shot:
    """``of`` with a sheet for each subject."""
    sheets = tuple(
        ReferencePicture("character", name, picture(number + 7, size), f"{number:064x}")
        for number, name in enumerate(subjects)
    )
    return replace(of, references=sheets)
