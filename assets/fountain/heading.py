"""Scene headings: recognise one, and split it into place and time.

In: the text of a heading.      Out: a Heading.
Knows nothing about which places or hours the rig can draw.
"""

import re
import unicodedata
from dataclasses import dataclass

from assets.fountain.speech import spoken

# What opens a heading: INT, EXT, EST, I/E, both at once in every usual spelling, and the words written out.
# A scene number may stand before it, as scripts copied from a PDF have it.
PREFIX = re.compile(
    r"""[*_]{0,4}
    (?:(?:SCENE\s+)?(?P<number>[A-Z]?\d{1,4}[A-Z]{0,2})[.):]?\s*(?:[-–]\s*)?(?=[IE](?:NT|XT|ST|\.?\s?/)))?
    (?P<prefix>INTERIOR|EXTERIOR|ESTABLISHING(?:\ SHOT)?|INT|EXT|EST(?:\.?\ SHOT(?=[\s.:\-–—]))?
       |I(?=\.?\s?/)|E(?=\.?\s?/))\.?
    (?P<other>(?:\s*/\s*(?:INTERIOR|EXTERIOR|INT|EXT|E|I)
       |\s*(?:[&+–—-]|\bAND\b|\bTO\b)\s*(?:INTERIOR|EXTERIOR|INT|EXT)(?=[\s.:]))\.?)?
    (?=[\s.:\-–—]|$)""",
    re.IGNORECASE | re.VERBOSE,
)
WRITTEN_OUT = ("INTERIOR", "EXTERIOR", "ESTABLISHING", "ESTABLISHING SHOT", "EST. SHOT", "EST SHOT")
NUMBER = re.compile(r"#([\w.\-]+)#\Z")
# The long vowel mark ー is a letter and never a dash. A plain hyphen needs space on both sides, or "SEMI-DETACHED
# HOUSE" would end at its hyphen.
DASH = re.compile(r"\s[-‐–—―]\s|\s*(?:--+|[－―—–]+)\s*")
HOUR_IN_BRACKETS = re.compile(
    r"(?P<place>.*?[^\s()（）].*?)[(（](?P<time>[^()（）]*[朝昼夕夜晩暁宵明昏中午][^()（）]*|D|N|DAY|NIGHT)[)）]\Z"
)
# '駅前・夜', '屋上　翌朝': the hour comes last, after a dot or a space.
_HOURS = (
    "早朝|明け方|夜明け前?|未明|朝方?|午前中?|昼間?|昼休み|正午|日中|真昼|午後|放課後|夕方|夕暮れ|夕焼け|夕景|夕刻?|日没|"
    "黄昏|薄暮|宵|晩|夜中?|深夜|真夜中|夜更け"
)
HOUR_AT_END = re.compile(
    rf"(?P<place>.*\S)(?<!\sー)[・／/、,\s\u3000]+(?P<time>(?:翌日?の?|同日?の?|その日?の?|前日?の?|\w{{0,3}}後の)?(?:{_HOURS}))\Z"
)
# 'EXT. GARDEN, NIGHT', 'INT. HALL (DAY)', 'INT. HALL. DAY'.
HOUR_AFTER_COMMA = re.compile(
    r"(?P<place>.*[^\s,.(])\s*[,.(]\s*(?P<time>(?:(?:EARLY|LATE|MID)[ -])?(?:DAY|NIGHT|MORNING|EVENING|"
    r"AFTERNOON|DAWN|DUSK|SUNSET|SUNRISE|NOON|MIDNIGHT|TWILIGHT|CONTINUOUS|MOMENTS LATER|LATER|SAME TIME|SAME))\)?\Z",
    re.IGNORECASE,
)
# Words about the film, not about the hour: '教室（夜）（回想）'.
_ASIDE = r"[(（](?:回想|現在|過去|未来|夢|夢の中|想像|妄想|イメージ|続き|つづき)[)）]"
ASIDE_AT_START, ASIDE_AT_END = re.compile(rf"{_ASIDE}[\s\u3000・]*"), re.compile(rf"{_ASIDE}\Z")
# '喫茶店・外', '校舎　内': in Japanese headings, inside or outside comes last.
SIDE_AT_END = re.compile(r"(?P<place>.*\S)[・／/\s\u3000]+(?:(?P<inside>中|内|室内|屋内)|外|表|外観|屋外)\Z")
# Characters: a longer heading has none of these forms, and searching for them would take time.
LONGEST = 200
CONTINUING = ("continuous", "later", "moments later", "same", "same time", "つづき", "続き")


@dataclass(frozen=True)
class Heading:
    """Where and when a scene is set, in the writer's words."""

    interior: bool | None  # None: both, or not given
    place: str
    time: str


def is_heading(shown: str) -> bool:
    """Whether a line reads as a heading without being forced."""
    found = PREFIX.match(shown)
    if found is None or not shown[found.end() :].strip(" .:-–—*_"):
        return False
    opening = shown[found.start("prefix") : found.end()]
    if found["number"]:
        return found["prefix"].isupper() or opening.endswith(".")
    # 'Interior design is her life.' is a sentence; 'Interior. House' and 'INTERIOR HOUSE - DAY' are headings.
    if found["prefix"].upper() in WRITTEN_OUT and not found["other"]:
        rest = shown[found.end() :]
        marked = opening.endswith(".") or rest.lstrip()[:1] in (":", "-", "–", "—")
        return marked or (opening in ("INTERIOR", "EXTERIOR") and DASH.search(rest) is not None)
    return True


def can_be_forced(text: str) -> bool:
    """Whether ``text`` may follow a forcing ``.``: a letter, a digit or an opening bracket.

    The syntax asks for a letter or digit, so that an ellipsis stays action; a heading such as ``.（回想）校庭`` is just
    as clear.
    """
    # '○○高校' is a school without a given name.
    return (
        text[:1].isalnum()
        or text[:1] in tuple("○◯〇")
        or (unicodedata.category(text[:1] or " ") == "Ps" and text[:2] != "[[")
    )


def split_number(text: str) -> tuple[str, str | None]:
    """Remove ``#12A#`` from the end of a heading."""
    found = NUMBER.search(text, max(0, text.rfind("#", 0, len(text) - 1)))
    if found is None or not text[: found.start()].strip():
        return text, None
    return text[: found.start()].rstrip(), found[1]


def heading_parts(text: str) -> Heading:
    """Split a heading: ``EXT. PARK--DAY`` is outside, in PARK, at DAY."""
    plain = split_number(spoken(text))[0].strip()
    found = PREFIX.match(plain)
    body = plain[found.end() :].lstrip(" .:–—-\t\u3000") if found else plain.removeprefix(".")
    if found and found["number"] and len(body) <= LONGEST:
        body = re.sub(rf"\s+{re.escape(found['number'])}\.?\Z", "", body, flags=re.IGNORECASE)
    place, time = _where_and_when(body.strip())
    interior = _interior(found)
    if found is None and len(place) <= LONGEST and (sided := SIDE_AT_END.fullmatch(place)):
        place, interior = sided["place"], bool(sided["inside"])
    return Heading(interior, place, time)


def _interior(found: re.Match[str] | None) -> bool | None:
    if found is None or found["other"] or found["prefix"].upper().startswith("EST"):
        return None
    return found["prefix"].upper().startswith("INT")


def _where_and_when(body: str) -> tuple[str, str]:
    dashes = list(DASH.finditer(body))
    if not dashes:
        return _with_hour_at_end(body)
    last = dashes[-1]
    if len(dashes) > 1 and body[last.end() :].strip().casefold() in CONTINUING:
        last = dashes[-2]  # HOUSE - NIGHT - CONTINUOUS is still night
    return body[: last.start()].strip(), body[last.end() :].strip()


def _with_hour_at_end(body: str) -> tuple[str, str]:
    """``教室（朝）``, ``駅前・夜`` and ``屋上（夜）（回想）``, which have no dash."""
    if len(body) > LONGEST:
        return body, ""
    while (aside := ASIDE_AT_END.search(body)) and body[: aside.start()].strip():
        body = body[: aside.start()].rstrip()
    if (aside := ASIDE_AT_START.match(body)) and body[aside.end() :]:
        body = body[aside.end() :]
    found = hour_in(body)
    if found is None:
        return body, ""
    return found["place"].strip(), {"D": "DAY", "N": "NIGHT"}.get(found["time"], found["time"].strip())


def hour_in(body: str) -> re.Match[str] | None:
    """The place and the hour of a heading that has no dash."""
    if len(body) > LONGEST:
        return None
    return HOUR_IN_BRACKETS.fullmatch(body) or HOUR_AT_END.fullmatch(body) or HOUR_AFTER_COMMA.fullmatch(body)
