"""What can be chosen for one cut: its fields, their values now, and the words each may have.

In: a cut sheet, a cut, the cards of painter and animator.      Out: fields for a form, in the order people think.
Any form may use it: the rushes room's, Prefect's, a terminal's. Paths are those of edits by hand.
"""

from collections.abc import Iterator
from typing import Literal, get_args

from pydantic import Field, StrictFloat, StrictInt, StrictStr

from assets.sheets.base import Part
from assets.sheets.cutsheet import Cut, Cutsheet, Staged
from assets.sheets.look import (
    CameraAngle,
    CameraMove,
    Expression,
    Facing,
    Pose,
    Position,
    Prop,
    ShotSize,
    TimeOfDay,
    Weather,
)
from assets.timing import MAX_FRAMES
from models.card import Card

Value = StrictStr | StrictInt | StrictFloat | None
LONGEST_PROMPT = 4000
READS = ("tags", "prose")  # dialects of models that are sent text


class CutField(Part):
    """One value of a cut that a person may change.

    path     as in an edit by hand: ``size``, ``staged.aoi.expression``, ``lines.0.at``
    of       whom or what it is about, in words of the script: a character's name, the first words of a line
    choices  the only values it may have; empty: any in the bounds
    """

    path: str
    kind: Literal["choice", "frames", "number", "text"]
    value: Value
    of: str = ""
    choices: tuple[str, ...] = ()
    least: float = 0
    most: float = 0
    empty: bool = Field(default=False, description="Whether it may be left empty")


def fields_of(sheet: Cutsheet, number: str, painter: Card, animator: Card) -> tuple[CutField, ...]:
    """Every field of the cut that these models can follow."""
    cut = sheet.cut(number)
    return (*_framing(cut), *_people(cut, sheet), *_times(cut), *_prompts(cut, painter, animator))


def _framing(cut: Cut) -> Iterator[CutField]:
    yield _choice("size", cut.size, get_args(ShotSize))
    yield _choice("camera.move", cut.camera.move, get_args(CameraMove))
    yield _choice("camera.angle", cut.camera.angle, get_args(CameraAngle))
    yield CutField(path="camera.amount", kind="number", value=cut.camera.amount, least=0, most=3)
    yield _choice("time", cut.time, get_args(TimeOfDay))
    yield _choice("weather", cut.weather, get_args(Weather))


def _people(cut: Cut, sheet: Cutsheet) -> Iterator[CutField]:
    for key, item in _staged(cut):
        name = sheet.character(item.character).names[0]
        for part, words in (
            ("expression", get_args(Expression)),
            ("pose", get_args(Pose)),
            ("facing", get_args(Facing)),
            ("position", get_args(Position)),
        ):
            yield _choice(f"staged.{key}.{part}", getattr(item, part), words, of=name)
        yield CutField(
            path=f"staged.{key}.prop",
            kind="choice",
            value=item.prop,
            of=name,
            choices=get_args(Prop),
            empty=True,
        )


def _staged(cut: Cut) -> Iterator[tuple[str, Staged]]:
    """By character; by position where one of them is there twice."""
    names = [item.character for item in cut.staged]
    alone = len(names) == len(set(names))
    for index, item in enumerate(cut.staged):
        yield (item.character if alone else str(index)), item


def _times(cut: Cut) -> Iterator[CutField]:
    yield CutField(path="frames", kind="frames", value=cut.frames, least=1, most=MAX_FRAMES)
    if cut.lines:
        yield CutField(path="hold", kind="frames", value=cut.hold, least=0, most=MAX_FRAMES)
    for index, line in enumerate(cut.lines):
        yield CutField(
            path=f"lines.{index}.at",
            kind="frames",
            value=line.at,
            of=line.text[:60],
            least=0,
            most=MAX_FRAMES,
        )


def _prompts(cut: Cut, painter: Card, animator: Card) -> Iterator[CutField]:
    for path, card in (("prompt", painter), ("motion_prompt", animator)):
        if card.dialect in READS:
            value = getattr(cut, path)
            yield CutField(path=path, kind="text", value=value, most=LONGEST_PROMPT, empty=True)


def _choice(path: str, value: str, words: tuple[str, ...], *, of: str = "") -> CutField:
    return CutField(path=path, kind="choice", value=value, of=of, choices=words)
