"""The choices a writer may make for one cut, and the strict reading of its answer.

In: the data of a Draft, the menu of its cut.      Out: a Direction, or a ModelFailed that says why.
There is no field for words, speakers, order, numbers or lengths, so they cannot be chosen.
"""

import json
import re
import unicodedata
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError

from assets.errors import ModelFailed
from assets.sheets.base import Part
from assets.sheets.look import CameraAngle, CameraMove, Expression, Facing, Mood, Pose, Position, ShotSize
from assets.sheets.sounds import SOUNDS

Amount = Literal["slight", "usual", "great"]
When = Literal["start", "middle", "end"]

MOST_SOUNDS = 2
VISUAL_LETTERS = 240
# A whole direction has about 600 letters; a longer answer is not read at all.
_MOST_LETTERS = 8_000
# Control, format (bidi, zero width), surrogate, private and unassigned characters: no description needs them.
_NOT_PROSE = frozenset(("Cc", "Cf", "Cs", "Co", "Cn"))
# Output of a small model that fails, and the form of keys and addresses.
_TOKEN = re.compile(r"[A-Za-z0-9_/+=-]{32,}")


def _known(sound: str) -> str:
    if sound not in SOUNDS:
        raise ValueError("no sound of this name is known")
    return sound


def _one_line(text: object) -> object:
    return " ".join(text.split()) if isinstance(text, str) else text


def _prose(text: str) -> str:
    """Printable words, Unicode-normalized."""
    plain = unicodedata.normalize("NFC", text)
    if any(unicodedata.category(letter) in _NOT_PROSE for letter in plain):
        raise ValueError("it holds invisible or control characters; write plain words")
    if _TOKEN.search(plain):
        raise ValueError("it holds a string no word is as long as; write plain words")
    return plain


Visual = Annotated[str, BeforeValidator(_one_line), Field(max_length=VISUAL_LETTERS), AfterValidator(_prose)]


class Acting(Part):
    """The acting of one character."""

    expression: Expression
    pose: Pose
    position: Position
    facing: Facing


ACTED = frozenset(Acting.model_fields)


class Sound(Part):
    """One more effect, in addition to those of the script."""

    sound: Annotated[str, AfterValidator(_known)]
    when: When = "start"


class Direction(Part):
    """The choices for one cut. ``mood`` is asked once per scene; the music follows it."""

    size: ShotSize
    move: CameraMove
    angle: CameraAngle
    amount: Amount
    staged: dict[str, Acting] = Field(max_length=5)
    sounds: tuple[Sound, ...] = Field(default=(), max_length=MOST_SOUNDS)
    mood: Mood | None = None
    visual: Visual = ""


def in_words(amount: float) -> Amount:
    """The amount of a camera move in words."""
    return "slight" if amount < 0.75 else "usual" if amount < 1.25 else "great"


def read(data: object, menu: Mapping[str, Any]) -> Direction:
    """Read ``data`` as a Direction from the ``menu`` of its cut; refuse anything else with a reason."""
    text = _plain(data)
    problem = _misfit(json.loads(text), menu, "the answer")
    if problem:
        raise ModelFailed(f"{problem}.")
    try:
        return Direction.model_validate_json(text, strict=True)
    except ValidationError as error:
        raise ModelFailed(f"the answer does not fit: {_readable(error)}.") from error


def _plain(data: object) -> str:
    try:
        text = json.dumps(data, allow_nan=False)
    except (ValueError, TypeError, RecursionError, OverflowError) as error:
        raise ModelFailed("the answer is not plain JSON data.") from error
    if len(text) > _MOST_LETTERS:
        raise ModelFailed(f"the answer has {len(text):,} letters; at most {_MOST_LETTERS:,} are read.")
    return text


def _misfit(value: Any, menu: Mapping[str, Any], where: str) -> str:
    """The first thing in ``value`` that is not on the menu, in words; empty if it fits."""
    if "enum" in menu:
        return "" if value in menu["enum"] else f"{where} must be one of {', '.join(menu['enum'])}"
    if menu["type"] == "object":
        fields = menu["properties"]
        if not isinstance(value, dict) or value.keys() != fields.keys():
            return f"{where} must have exactly the fields {', '.join(fields) or '(none)'}"
        return next(filter(None, (_misfit(value[name], fields[name], name) for name in fields)), "")
    if menu["type"] == "array":
        if not isinstance(value, list) or len(value) > menu["maxItems"]:
            return f"{where} must be a list of at most {menu['maxItems']}"
        return next(filter(None, (_misfit(item, menu["items"], where) for item in value)), "")
    fits = isinstance(value, str) and len(value) <= menu["maxLength"]
    return "" if fits else f"{where} must be a text of at most {menu['maxLength']} letters"


def _readable(error: ValidationError) -> str:
    """The errors field by field. The values are not repeated: they may be long or meant to mislead."""
    problems: list[Any] = list(error.errors(include_url=False, include_input=False, include_context=False))
    told = []
    for item in problems[:4]:
        where = ".".join(str(step)[:24] for step in item["loc"]) or "the whole"
        told.append(f"{where}: {str(item['msg'])[:160]}")
    return "; ".join(told)
