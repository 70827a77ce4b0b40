"""Read YAML from a person as plain data: a subset without surprising conversions.

A date, an octal or a sexagesimal number, ``yes`` and ``on`` stay text as written. Tags, aliases, merge keys,
repeated keys and second documents are refused. Data is built from the parser's events in one pass without
recursion, so time is linear in the length and deep nesting is harmless.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

import yaml
from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
)

from assets.errors import SheetRefused
from assets.loader.bounds import (
    MAX_BYTES,
    MAX_DEPTH,
    MAX_NODES,
    TOO_DEEP,
    TOO_MANY,
    Problem,
    shown,
    whole_number,
    wrong_key,
)

# libyaml parses eight times faster than the Python parser; both give the same events.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)", re.ASCII)
# Only numbers that PyYAML, which writes our sheets, quotes when they are text: no sign before a point, one in the
# exponent.
_FLOAT = re.compile(r"(?:[-+]?[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][-+][0-9]{1,3})?", re.ASCII)
_LONGEST_FLOAT = 40
_WORDS = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip
# Characters not allowed in a YAML file; in double quotes they may be written as escapes.
_FORBIDDEN = re.compile(r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")


def parse_yaml(text: str, origin: str) -> object:
    """YAML as plain data, or a SheetRefused with line and column."""
    try:
        return _built(text)
    except Problem as problem:
        where = f"{origin}:{problem.line}:{problem.column}" if problem.line else origin
        raise SheetRefused(f"{where}: this is not YAML that can be used here: {problem.text}.") from problem


def lines_of(text: str, paths: Sequence[Sequence[object]]) -> list[int]:
    """The line of each path, or of the nearest mapping or list around it; 0 if unknown.

    paths  keys and positions from the top, as pydantic reports them
    """
    wanted = [tuple(map(str, path)) for path in paths]
    around = {path[:length] for path in wanted for length in range(len(path) + 1)}
    lines: dict[tuple[str, ...], int] = {}
    with suppress(Problem):
        for place, line in _places(text):
            if place in around:
                lines.setdefault(place, line)
    return [
        next((lines[path[:n]] for n in range(len(path), -1, -1) if path[:n] in lines), 0) for path in wanted
    ]


class _Open:
    """A mapping or list whose end has not been read yet."""

    __slots__ = ("data", "is_mapping", "key")

    def __init__(self, data: Any) -> None:
        self.data, self.is_mapping = data, isinstance(data, dict)
        self.key: str | None = None  # of the next value

    def add(self, value: object) -> None:
        if self.is_mapping:
            self.data[self.key], self.key = value, None
        else:
            self.data.append(value)


def _built(text: str) -> object:
    top = _Open([])
    stack = [top]
    for event in _events(text):
        around = stack[-1]
        if isinstance(event, CollectionEndEvent):
            stack.pop()
        elif around.is_mapping and around.key is None:
            around.key = _key(event, around.data)
        elif isinstance(event, ScalarEvent):
            around.add(_scalar(event))
        else:
            opened = _Open({} if isinstance(event, MappingStartEvent) else [])
            around.add(opened.data)
            stack.append(opened)
    return top.data[0] if top.data else None


def _events(text: str) -> Iterator[Any]:
    """The events with data, each checked against the limits."""
    nodes = depth = documents = 0
    for event in _parsed(text):
        if isinstance(event, DocumentStartEvent):
            documents += 1
            if documents > 1:
                raise _problem(event, "a second document begins here; write one in a file")
        elif isinstance(event, AliasEvent):
            raise _problem(event, f"the alias *{shown(event.anchor)} is not allowed; write the value out")
        elif isinstance(event, NodeEvent | CollectionEndEvent):
            nodes += 1
            depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
            if nodes > MAX_NODES or depth > MAX_DEPTH:
                raise _problem(event, TOO_DEEP if depth > MAX_DEPTH else TOO_MANY)
            if tag := getattr(event, "tag", None):
                raise _problem(event, f"the tag {shown(tag)} is not allowed; leave it out")
            yield event


def _parsed(text: str) -> Iterator[Any]:
    """The parser's events; its exceptions become problems with a position."""
    if len(text) > MAX_BYTES:
        raise Problem(f"more than {MAX_BYTES:,} letters")
    try:
        yield from yaml.parse(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark: Any = error.problem_mark or error.context_mark
        problem = shown(error.problem or error.context or "the text cannot be read", 200)
        raise Problem(problem, *((mark.line + 1, mark.column + 1) if mark else ())) from error
    except (yaml.YAMLError, UnicodeEncodeError) as error:  # a character whose position is not reported
        raise _forbidden(text) from error


def _forbidden(text: str) -> Problem:
    found = _FORBIDDEN.search(text)
    if found is None:
        return Problem("it holds a character that is not allowed")
    at = found.start()
    line, column = text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
    return Problem(f"the character U+{ord(found[0]):04X} is not allowed", line, column)


def _key(event: Any, known: dict[str, object]) -> str:
    if not isinstance(event, ScalarEvent):
        raise _problem(event, "a key must be text, not a list or a mapping")
    key: str = event.value
    if key == "<<" and event.implicit[0]:
        raise _problem(event, "the merge key << is not allowed; write the keys out")
    if problem := wrong_key(key, known):
        raise _problem(event, problem)
    return key


def _scalar(event: Any) -> object:
    text: str = event.value
    if not event.implicit[0]:  # quoted, or a block
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        try:
            return whole_number(text)
        except Problem as problem:
            raise _problem(event, problem.text) from problem
    return float(text) if len(text) <= _LONGEST_FLOAT and _FLOAT.fullmatch(text) else text


def _problem(event: Any, text: str) -> Problem:
    return Problem(text, event.start_mark.line + 1, event.start_mark.column + 1)


def _places(text: str) -> Iterator[tuple[tuple[str, ...], int]]:
    """The path and line of every key and value, in text order."""
    path: list[str] = []
    mappings: list[bool] = []  # one for each open collection
    key_read = False  # in the innermost mapping: whether its value comes next
    for event in _events(text):
        if isinstance(event, CollectionEndEvent):
            mappings.pop()
            path.pop()
        elif mappings and mappings[-1] and not key_read:
            path[-1], key_read = str(getattr(event, "value", "")), True
            yield tuple(path), event.start_mark.line + 1
            continue
        else:
            yield tuple(path), event.start_mark.line + 1
            if isinstance(event, CollectionStartEvent):
                mappings.append(isinstance(event, MappingStartEvent))
                path.append("" if mappings[-1] else "0")
                key_read = False
                continue
        if mappings and not mappings[-1]:
            path[-1] = str(int(path[-1]) + 1)
        key_read = False
