"""Read JSON from a person or another program as plain data; limits are checked before the parser recurses."""

import json
import math
import re

from assets.errors import SheetRefused
from assets.loader.bounds import (
    MAX_DEPTH,
    MAX_NODES,
    TOO_DEEP,
    TOO_MANY,
    Problem,
    shown,
    whole_number,
    wrong_key,
)

_MARK = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{},]', re.DOTALL)
_NO_TEXT = re.compile(r"[\x00\ud800-\udfff]")
_LONGEST_REAL = 40


def parse_json(text: str, origin: str) -> object:
    """JSON as plain data, or a SheetRefused with line and column if the parser knows them."""
    try:
        _check(text)
        data = json.loads(
            text, object_pairs_hook=_mapping, parse_int=whole_number, parse_float=_real, parse_constant=_real
        )
        _check_texts(data)
    except json.JSONDecodeError as error:
        where = f"{origin}:{error.lineno}:{error.colno}"
        raise SheetRefused(f"{where}: this is not JSON that can be used here: {error.msg}.") from error
    except Problem as problem:
        raise SheetRefused(f"{origin}: this is not JSON that can be used here: {problem.text}.") from problem
    else:
        return data


def _check(text: str) -> None:
    depth = nodes = 0
    for mark in _MARK.finditer(text):
        sign = mark[0][0]
        depth += (sign in "[{") - (sign in "]}")
        nodes += sign == ","
        if depth > MAX_DEPTH:
            raise Problem(TOO_DEEP)
        if nodes > MAX_NODES:
            raise Problem(TOO_MANY)


def _mapping(pairs: list[tuple[str, object]]) -> dict[str, object]:
    known: dict[str, object] = {}
    for key, value in pairs:
        if problem := wrong_key(key, known):
            raise Problem(problem)
        known[key] = value
    return known


def _real(text: str) -> float:
    number = float(text) if len(text) <= _LONGEST_REAL else math.inf
    if not math.isfinite(number):
        raise Problem(f"{shown(text)} is not a number that can be used")
    return number


def _check_texts(data: object) -> None:
    """Refuse texts with a NUL or a lone surrogate, which JSON can express."""
    waiting = [data]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            waiting += item.values()
        elif isinstance(item, list):
            waiting += item
        elif isinstance(item, str) and (found := _NO_TEXT.search(item)):
            raise Problem(f"a text holds the character U+{ord(found[0]):04X}")
