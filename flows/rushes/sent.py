"""Parse JSON from a page strictly: every number, text and nesting level has a limit.

In: bytes, and the model they must match.      Out: the model; or a DecisionRefused with the place and the reason.
The checks run before pydantic: JSON allows numbers of any length, NaN in some dialects, lone surrogates and NUL
characters, and a database stores none of them.
"""

import json
import unicodedata
from typing import Annotated, Any, NoReturn, TypeVar

from pydantic import AfterValidator, BaseModel, Field, ValidationError

from assets.errors import DecisionRefused
from flows.review.rules import named

LARGEST = 2**31 - 1  # the largest value in an integer column of PostgreSQL
DIGITS = 40  # most digits of a number before it is parsed
DEEPEST = 12  # nesting levels; a decision has five

Number = Annotated[int, Field(ge=1, le=LARGEST)]
"""An id or a take."""

Model = TypeVar("Model", bound=BaseModel)


Name = Annotated[str, Field(min_length=1, max_length=80), AfterValidator(named)]


def read(text: bytes, model: type[Model], *, again: str) -> Model:
    """``text`` as a ``model``; ``again`` tells the person what to do if it is invalid."""
    try:
        raw = json.loads(text, parse_constant=_no_number, parse_int=_integer, parse_float=_decimal)
        _bounded(raw, 0)
        return model.model_validate_json(json.dumps(raw))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"])) or "all of it"
        raise DecisionRefused(f"{where}: {first['msg']}. {again}") from error
    except RecursionError:
        raise DecisionRefused(f"It is nested too deeply. {again}") from None
    except ValueError as error:  # includes the errors of JSON and UTF-8
        raise DecisionRefused(f"This cannot be read: {str(error)[:200]}. {again}") from error


def _bounded(raw: Any, depth: int) -> None:
    if depth > DEEPEST:
        raise ValueError("it is nested too deeply")
    if isinstance(raw, str):
        _text(raw)
    elif isinstance(raw, list):
        for item in raw:
            _bounded(item, depth + 1)
    elif isinstance(raw, dict):
        for name, item in raw.items():
            _text(name)
            _bounded(item, depth + 1)


def _text(text: str) -> None:
    """Allow lines and tabs; refuse other control characters and lone surrogates."""
    for letter in text:
        if unicodedata.category(letter) in ("Cc", "Cs") and letter not in "\n\r\t":
            raise ValueError(f"a text has the character U+{ord(letter):04X}, which cannot be stored")


def _integer(digits: str) -> int:
    if len(digits) > DIGITS or abs(int(digits)) > LARGEST:
        raise ValueError(f"the number {digits[:20]} is out of range; numbers go to {LARGEST}")
    return int(digits)


def _decimal(digits: str) -> float:
    number = float(digits) if len(digits) <= DIGITS else float("inf")
    if not abs(number) <= LARGEST:
        raise ValueError(f"the number {digits[:20]} is out of range; numbers go to {LARGEST}")
    return number


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is not a number")
