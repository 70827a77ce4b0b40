"""Scene headings: recognise one, and take it apart into where and when.

In: the text of a heading.      Out: a Heading.
Knows nothing about which places or hours the house can draw.
"""

import re
import unicodedata
from dataclasses import dataclass

from assets.fountain.speech import spoken

PREFIX = re.compile(
    r"[*_]{0,4}(?P<prefix>INT|EXT|EST|I(?=\.?/)|E(?=\.?/))\.?(?P<other>/(?:INT|EXT|E|I)\.?)?(?=[\s.\-]|$)",
    re.IGNORECASE,
)
NUMBER = re.compile(r"#([\w.\-]+)#\Z")
# The long vowel mark ー is a letter and never a dash; a plain hyphen needs space on both sides,
# or "SEMI-DETACHED HOUSE" would end at its hyphen.
DASH = re.compile(r"\s[-‐–—―]\s|\s*(?:--+|[－―—–]+)\s*")
HOUR_IN_BRACKETS = re.compile(
    r"(?P<place>[^()（）]+)[(（](?P<time>[^()（）]*[朝昼夕夜晩暁宵明昏中][^()（）]*)[)）]\Z"
)
CONTINUING = ("continuous", "later", "moments later", "same", "same time", "つづき", "続き")


@dataclass(frozen=True)
class Heading:
    """Where and when a scene plays, in the writer's words."""

    interior: bool | None  # None: both, or not said
    place: str
    time: str


def is_heading(shown: str) -> bool:
    """Whether a line reads as a heading without being forced."""
    found = PREFIX.match(shown)
    return found is not None and bool(shown[found.end() :].strip(" .-*_"))


def can_be_forced(text: str) -> bool:
    """Whether ``text`` may follow a forcing ``.``: a letter, a digit or an opening bracket.

    The syntax asks for a letter or digit, so that an ellipsis stays action; a heading such as
    ``.（回想）校庭`` is as clear.
    """
    return text[:1].isalnum() or (unicodedata.category(text[:1] or " ") == "Ps" and text[:2] != "[[")


def split_number(text: str) -> tuple[str, str | None]:
    """Take ``#12A#`` off the end of a heading."""
    found = NUMBER.search(text, max(0, text.rfind("#", 0, len(text) - 1)))
    if found is None or not text[: found.start()].strip():
        return text, None
    return text[: found.start()].rstrip(), found[1]


def heading_parts(text: str) -> Heading:
    """Take a heading apart: ``EXT. PARK--DAY`` plays outside, in PARK, at DAY."""
    plain = split_number(spoken(text))[0].strip()
    found = PREFIX.match(plain)
    body = plain[found.end() :].lstrip(" .-\t\u3000") if found else plain.removeprefix(".")
    place, time = _where_and_when(body.strip())
    return Heading(_interior(found), place, time)


def _interior(found: re.Match[str] | None) -> bool | None:
    if found is None or found["other"] or found["prefix"].upper() == "EST":
        return None
    return found["prefix"].upper() == "INT"


def _where_and_when(body: str) -> tuple[str, str]:
    dashes = list(DASH.finditer(body))
    if not dashes:
        bracketed = HOUR_IN_BRACKETS.fullmatch(body)
        return (bracketed["place"].strip(), bracketed["time"].strip()) if bracketed else (body, "")
    last = dashes[-1]
    if len(dashes) > 1 and body[last.end() :].strip().casefold() in CONTINUING:
        last = dashes[-2]  # HOUSE - NIGHT - CONTINUOUS is still night
    return body[: last.start()].strip(), body[last.end() :].strip()
