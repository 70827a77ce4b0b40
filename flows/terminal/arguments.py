"""What a person typed, as values that can be used; or one sentence that names the option.

In: the values of options and fields.      Out: checked ones, a brief or an order; else an InputRefused.
Every command goes through here, so that no value of an option ends in a traceback.
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

LONGEST_NAME = 255  # bytes of one name in a path, on every file system in use
LONGEST_PATH = 4000
MOST_WORDS = 2000
_CUT = re.compile(r"C[0-9]{3,4}[A-Z]{0,2}")
_NUMBER = re.compile(r"[0-9]{1,9}")


def build(kind: "type[Model]", **given: Any) -> "Model":
    """A brief, an order or settings from the values of options.

    raises  InputRefused with every problem, each under the name of its option
    """
    from pydantic import ValidationError

    for name, value in given.items():
        if isinstance(value, str) and value and not value.strip():
            raise InputRefused(f"{option(name)} is blank. Leave it out, or give a value.")
        if isinstance(value, str) and not _is_text(value):
            raise InputRefused(f"{option(name)} {_shown(value)} is not UTF-8 text. Type it anew.")
    try:
        return kind(**given)
    except ValidationError as error:
        raise InputRefused(_told(error, given)) from error


def option(name: str) -> str:
    """The option a field is given by: review_hours -> --review-hours."""
    return f"--{name.replace('_', '-')}"


def words(text: str, name: str) -> str:
    """Text that must say something, such as a reason; without controls and signs that nobody sees."""
    if not clean(text).strip():
        raise InputRefused(f"{name} is empty. Say it in a word or two.")
    if len(text) > MOST_WORDS:
        raise InputRefused(f"{name} has {len(text):,} letters; at most {MOST_WORDS:,}. Say it shorter.")
    if not _is_text(text):
        raise InputRefused(f"{name} {_shown(text)} is not UTF-8 text. Type it anew.")
    return clean(text)


def cut(text: str, name: str = "CUT") -> str:
    """A cut number as a person types it, small letters too: c004 -> C004."""
    number = text.strip().upper()
    if not is_cut(text):
        raise InputRefused(f"{name} {_shown(text)} is no cut number. Write one such as C004 or C004A.")
    return number


def is_cut(text: str) -> bool:
    """Whether ``text`` is a cut number as people type one."""
    return text.isascii() and _CUT.fullmatch(text.strip().upper()) is not None


def take(text: str, name: str = "--choose") -> tuple[str, int]:
    """CUT=TAKE: the cut and the number of its take."""
    number, sign, of = text.partition("=")
    if not (sign and is_cut(number) and _NUMBER.fullmatch(of.strip()) and int(of) >= 1):
        raise InputRefused(f"{name} {_shown(text)} cannot be read. Write CUT=TAKE, such as C004=2.")
    return cut(number, name), int(of)


def frames(text: str | None, name: str = "--frames") -> tuple[int | None, int | None]:
    """START-STOP: the first frame and the first one after the range."""
    if text is None:
        return None, None
    start, dash, stop = (part.strip() for part in text.partition("-"))
    if not (dash and _NUMBER.fullmatch(start) and _NUMBER.fullmatch(stop)):
        raise InputRefused(f"{name} is {_shown(text)}; write two whole numbers: START-STOP, such as 24-48.")
    return int(start), int(stop)


def episode(text: str) -> str:
    """An episode's id, given as the id, its folder or its key in the store."""
    id = Path(text).name
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", id):
        raise InputRefused(
            f"{_shown(text)} cannot be an episode. Give its id or its folder, as `sakuga status` lists them."
        )
    return id


def path(given: Path, name: str = "--out") -> Path:
    """A path that the system can be asked about."""
    text = str(given)
    too_long = len(text) > LONGEST_PATH or any(len(_bytes(part)) > LONGEST_NAME for part in given.parts)
    if too_long or "\0" in text or not _is_text(text):
        raise InputRefused(
            f"{name} {_shown(text)} cannot be used: it is too long, or not UTF-8, or holds a zero byte."
        )
    return given


def folder(given: Path, name: str = "--out") -> Path:
    """A folder that is there, or can be made."""
    nearest = path(given, name)
    while not nearest.exists() and nearest != nearest.parent:
        nearest = nearest.parent
    if nearest.exists() and not nearest.is_dir():
        raise InputRefused(f"{name} is {_shown(str(given))}, but {nearest} is no folder. Name a folder.")
    return given


def address(text: str, name: str = "--server") -> str:
    """An address of a web server, without a slash at its end; empty stays empty."""
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
    """One of a few words, in capitals or not."""
    word = text.strip().lower()
    if word not in known:
        raise InputRefused(f"{name} is {_shown(text)}; write {' or '.join(known)}.")
    return word


def several(text: str, known: tuple[str, ...], name: str) -> tuple[str, ...]:
    """Words with commas between, in the order of ``known``."""
    named = [chosen(word, known, name) for word in text.split(",") if word.strip()]
    if not named:
        raise InputRefused(
            f"{name} names nothing; write one or more of {', '.join(known)}, with commas between."
        )
    return tuple(word for word in known if word in named)


def _told(error: Any, given: Mapping[str, Any]) -> str:
    from assets.loader import shown

    told = []
    for problem in error.errors(include_url=False, include_context=False)[:5]:
        where = problem["loc"]
        name = (
            option(str(where[0])) if where and where[0] in given else ".".join(map(str, where)) or "the order"
        )
        came = problem.get("input")
        found = f" (found {shown(came)})" if isinstance(came, str | int | float) else ""
        told.append(f"{name}: {problem['msg'].removeprefix('Value error, ')}{found}")
    return "; ".join(told) + "."


def _shown(text: str) -> str:
    from assets.loader import shown

    return f"'{shown(text)}'"


def _is_text(text: str) -> bool:
    """False for bytes that are not UTF-8: Python hands them over as halves of characters."""
    return not re.search("[\ud800-\udfff]", text)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")
