"""Say in words what pydantic found wrong with a value that a person wrote.

In: one of pydantic's errors, as a mapping.      Out: what is allowed, as a part of a sentence.
"""

import re
from collections.abc import Mapping
from typing import Any

_TOKEN = re.compile(r"\[([^\]]+)\](?:\{(\d+)(?:,(\d+))?\}|\*|\+)?|([A-Za-z#/.]+)")
_CHARACTERS = re.compile(r"(.)-(.)|\\?(.)")
_EXAMPLES = ("nagi-core", "G-12", "JP", "kites/mio", "#ffcc00", "24")
_NOT_IN_NAMES = re.compile(r"[^a-z0-9]+")


def problem_in_words(problem: Mapping[str, Any]) -> str:
    """What is wrong, and what is allowed; pydantic's own words where they are plain enough."""
    kind, context = str(problem["type"]), problem.get("ctx", {})
    if kind == "string_pattern_mismatch":
        return _pattern(str(context["pattern"]), problem.get("input"))
    if kind == "literal_error":
        return f"write {str(context['expected']).replace(chr(39), '')}"
    if kind.startswith("date_") and kind not in ("date_past", "date_future"):
        return "write a day, such as 2026-12-31"
    said = {"missing": "is missing; it has no default", "extra_forbidden": "no such key is known here"}
    return said.get(kind) or str(problem["msg"]).removeprefix("Value error, ")


def _pattern(pattern: str, came: object) -> str:
    """The words for a pattern, with an example: what was typed as it would be allowed, else a common one."""
    words = pattern_in_words(pattern) or f"text of the form {pattern}"
    typed = _NOT_IN_NAMES.sub("-", str(came).casefold()).strip("-")[:48]
    such_as = next((one for one in (typed, *_EXAMPLES) if one and re.search(pattern, one)), "")
    return f"write {words}" + (f", such as {such_as}" if such_as else "")


def pattern_in_words(pattern: str) -> str:
    """``pattern`` for somebody who does not read patterns; empty for one that is more than a row of characters."""
    body = pattern.removeprefix("^").removesuffix("$")
    inner = re.fullmatch(r"\((?:\?:)?([^()]*)\)(\??)", body)
    if inner:
        ways = [_row(way) for way in inner[1].split("|")]
        return " or ".join(ways) + (", or nothing" if inner[2] else "") if all(ways) else ""
    return _row(body)


def _row(body: str) -> str:
    tokens = list(_TOKEN.finditer(body))
    if not tokens or "".join(token[0] for token in tokens) != body or "[^" in body:
        return ""
    if len(tokens) == 2 and _is_first(tokens[0]) and tokens[1][1]:
        first, rest = tokens
        most = int(rest[3] or rest[2] or 0) + 1
        least = int(rest[2] or 0) + 1 if rest[3] else most
        return (
            f"{_count(least, most)} of {_characters(rest[1])}, beginning with {_characters(first[1], 'or')}"
        )
    return ", then ".join(token[4] or f"{_counted(token)} of {_characters(token[1])}" for token in tokens)


def _is_first(token: re.Match[str]) -> bool:
    return bool(token[1]) and token[0].endswith("]")


def _counted(token: re.Match[str]) -> str:
    if not token[2]:
        return "1" if _is_first(token) else "any number"
    return _count(int(token[2]), int(token[3] or token[2]))


def _count(least: int, most: int) -> str:
    if most <= 1 and least <= 1:
        return "1"
    return f"{least}" if least == most else f"{least} to {most}"


def _characters(inside: str, joined: str = "and") -> str:
    parts = [f"{one[1]}-{one[2]}" if one[1] else one[3] for one in _CHARACTERS.finditer(inside)]
    return f" {joined} ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else parts[0]
