"""Convert typed option values to checked values, or refuse them in one sentence that names the option.

In: the values of options and fields.      Out: checked values, a brief or an order; else an InputRefused.
Every command uses this module, so that no option value ends in a traceback.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from assets.errors import InputRefused
from assets.plain import clean

if TYPE_CHECKING:
    from pydantic import BaseModel

    Model = TypeVar("Model", bound=BaseModel)

LONGEST_NAME = 255  # bytes of one name in a path, the limit of common file systems
LONGEST_PATH = 4000
MOST_WORDS = 2000
_CUT = re.compile(r"C[0-9]{3,4}[A-Z]{0,2}")
_NUMBER = re.compile(r"[0-9]{1,9}")


def build(kind: "type[Model]", **given: Any) -> "Model":
    """Build a brief, an order or settings from the values of options.

    raises  InputRefused with every problem, each under the name of its option
    """
    from pydantic import ValidationError

    for name, value in given.items():
        if isinstance(value, str) and value and not value.strip():
            raise InputRefused(f"{option(name)} is blank. Leave it out, or give a value.")
        if isinstance(value, str) and not _is_text(value):
            raise InputRefused(f"{option(name)} {_shown(value)} is not UTF-8 text. Type it again.")
    try:
        return kind(**given)
    except ValidationError as error:
        raise InputRefused(_readable(error, given)) from error


def option(name: str) -> str:
    """The option that sets a field: review_hours -> --review-hours."""
    return f"--{name.replace('_', '-')}"


def words(text: str, name: str) -> str:
    """Check text that must have content, such as a reason; without control and invisible characters."""
    if not clean(text).strip():
        raise InputRefused(f"{name} is empty. Write a few words.")
    if len(text) > MOST_WORDS:
        raise InputRefused(
            f"{name} has {len(text):,} characters; at most {MOST_WORDS:,} are allowed. Shorten it."
        )
    if not _is_text(text):
        raise InputRefused(f"{name} {_shown(text)} is not UTF-8 text. Type it again.")
    return clean(text)


def cut(text: str, name: str = "CUT") -> str:
    """Check a cut number as typed, in any case: c004 -> C004."""
    number = text.strip().upper()
    if not is_cut(text):
        raise InputRefused(f"{name} {_shown(text)} is not a cut number. Write one such as C004 or C004A.")
    return number


def cut_ranges(text: str, name: str = "--cuts") -> tuple[tuple[str, str], ...]:
    """Parse cuts and ranges of cuts, such as C003-C007,C010: the first and the last cut of each."""
    found = []
    for part in filter(str.strip, words(text, name).split(",")):
        first, dash, last = part.partition("-")
        found.append((cut(first, name), cut(last if dash else first, name)))
    if not found:
        raise InputRefused(f"{name} is empty; write cuts and ranges, such as C003-C007,C010.")
    return tuple(found)


def is_cut(text: str) -> bool:
    """Whether ``text`` is a cut number as people type it."""
    return text.isascii() and _CUT.fullmatch(text.strip().upper()) is not None


def take(text: str, name: str = "--choose") -> tuple[str, int]:
    """Parse CUT=TAKE: the cut and the number of its take."""
    number, sign, of = text.partition("=")
    if not (sign and is_cut(number) and _NUMBER.fullmatch(of.strip()) and int(of) >= 1):
        raise InputRefused(f"{name} {_shown(text)} cannot be read. Write CUT=TAKE, such as C004=2.")
    return cut(number, name), int(of)


def frames(text: str | None, name: str = "--frames") -> tuple[int | None, int | None]:
    """Parse START-STOP: the first frame, and the first frame after the range."""
    if text is None:
        return None, None
    start, dash, stop = (part.strip() for part in text.partition("-"))
    if not (dash and _NUMBER.fullmatch(start) and _NUMBER.fullmatch(stop)):
        raise InputRefused(f"{name} is {_shown(text)}; write two whole numbers: START-STOP, such as 24-48.")
    return int(start), int(stop)


def episode(text: str) -> str:
    """An episode's id, given as the id, its folder or its key in the store."""
    id = Path(text).name
    if not is_episode(id):
        raise InputRefused(
            f"{_shown(text)} is not an episode. Give its id or its folder, as `sakuga status` lists them."
        )
    return id


def is_episode(id: str) -> bool:
    """Whether ``id`` has the form of an episode's id."""
    return re.fullmatch(r"[A-Za-z0-9_-]{1,64}", id) is not None


def path(given: Path, name: str = "--out") -> Path:
    """Check that the operating system can use this path."""
    text = str(given)
    too_long = len(text) > LONGEST_PATH or any(len(_bytes(part)) > LONGEST_NAME for part in given.parts)
    if too_long or "\0" in text or not _is_text(text):
        raise InputRefused(
            f"{name} {_shown(text)} cannot be used: it is too long, or not UTF-8, or holds a zero byte."
        )
    return given


def folder(given: Path, name: str = "--out") -> Path:
    """A folder that exists or can be created."""
    nearest = path(given, name)
    while not nearest.exists() and nearest != nearest.parent:
        nearest = nearest.parent
    if nearest.exists() and not nearest.is_dir():
        raise InputRefused(f"{name} is {_shown(str(given))}, but {nearest} is not a folder. Give a folder.")
    return given


def address(text: str, name: str = "--server") -> str:
    """An address of a web server, without a trailing slash; empty stays empty."""
    if not text:
        return text
    try:
        parts = urlsplit(text)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        sound = False
    if not sound or not text.isprintable() or " " in text:
        raise InputRefused(f"{name} is {_shown(text)}; write an address such as http://studio:4200/api.")
    return text.rstrip("/")


def chosen(text: str, known: tuple[str, ...], name: str) -> str:
    """One of a few words, in any case."""
    word = text.strip().lower()
    if word not in known:
        raise InputRefused(f"{name} is {_shown(text)}; write {' or '.join(known)}.")
    return word


def several(text: str, known: tuple[str, ...], name: str) -> tuple[str, ...]:
    """Words separated by commas, in the order of ``known``."""
    named = [chosen(word, known, name) for word in text.split(",") if word.strip()]
    if not named:
        raise InputRefused(f"{name} is empty; write one or more of {', '.join(known)}, separated by commas.")
    return tuple(word for word in known if word in named)


def _readable(error: Any, given: Mapping[str, Any]) -> str:
    from assets.loader import shown
    from assets.sheets.problems import problem_in_words

    problems = []
    for problem in error.errors(include_url=False)[:5]:
        where = problem["loc"]
        name = (
            option(str(where[0])) if where and where[0] in given else ".".join(map(str, where)) or "the order"
        )
        came = problem.get("input")
        found = f" (found {shown(came)})" if isinstance(came, str | int | float) else ""
        problems.append(f"{name}: {problem_in_words(problem)}{found}")
    return "; ".join(problems) + "."


def _shown(text: str) -> str:
    from assets.loader import shown

    return f"'{shown(text)}'"


def _is_text(text: str) -> bool:
    """False for bytes that are not UTF-8: Python passes them as surrogates."""
    return not re.search("[\ud800-\udfff]", text)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")
