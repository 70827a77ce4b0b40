"""Read the text after a label: ``Rin: Where is it?``, ``Location: Rooftop``, ``Characters: Rin, Mika``.

In: lines of a script.      Out: who says what, or where and when a scene plays.
Many scripts, and most of those that a chat program writes, name the speaker and the words on one line.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Literal

from assets.fountain import spoken
from assets.fountain.heading import PREFIX
from assets.grammar import lexicon
from stages.breakdown.directions import direction, is_data, normal, shouted

What = Literal["place", "time", "people", "deed", "inside", "other"]

_SAID = re.compile(
    r"[*_\s]*(?P<name>[^\W\d_][\w'’.\-・ ]{0,30}?)[*_]*\s{0,3}(?P<how>[(（][^()（）]{1,60}[)）])?[*_]*\s{0,3}"
    r"[:：](?![/\d])[*_]*\s*(?P<said>\S.*)"
)
_ASIDE = re.compile(r"[*_]*(?P<how>[(（][^()（）]{1,60}[)）])[*_]*\s*(?P<said>\S.*)")
_LABELS: dict[str, What] = {
    **dict.fromkeys(("location", "setting", "place", "where", "set", "scene location", "場所", "舞台"), "place"),
    **dict.fromkeys(("time", "time of day", "when", "hour", "時間", "時刻", "時間帯"), "time"),
    **dict.fromkeys(
        ("characters", "character", "cast", "present", "people", "who", "characters present", "actors",
         "登場人物", "人物", "キャラクター"),
        "people",
    ),
    **dict.fromkeys(
        ("action", "actions", "description", "visual", "visuals", "shot", "camera", "sound", "sounds", "sfx",
         "sound effects", "event", "what happens", "scene description", "内容", "動作", "ト書き", "映像", "効果音"),
        "deed",
    ),
    **dict.fromkeys(("int ext", "interior exterior", "type"), "inside"),
    **dict.fromkeys(
        ("mood", "tone", "atmosphere", "weather", "season", "props", "costumes", "costume", "lighting", "music",
         "duration", "length", "genre", "format", "logline", "synopsis", "summary", "theme", "dialogue", "dialog",
         "script", "scene", "scene number", "title", "author", "date", "draft", "notes", "note", "purpose", "bgm",
         "年", "天気", "台詞", "セリフ", "あらすじ", "備考", "雰囲気"),
        "other",
    ),
}  # fmt: skip
_HOUR = re.compile(r"(?P<place>[^()（）,、]+?)\s*[(（,、]\s*(?P<hour>[^()（）]+?)[)）]?")
_LIST = re.compile(r"\s*(?:,|、|，|;|&|/|\band\b)\s*")
_ENTRY = re.compile(
    r"[\s*_・•\-–]*(?P<name>[^\W\d_][\w'’.\- ]{0,30}?)[*_]*\s{0,3}"
    r"(?:[,:：、;–—]|\s-\s|[(（]|\t|\.{2,}|\s{3}|…)\s*(?P<about>\S.*)"
)


@dataclass(frozen=True)
class SaidLine:
    """``Rin (softly): Where is it?``"""

    name: str
    how: str
    said: str


@dataclass
class LabelledScene:
    """A scene that is being described by labels."""

    line: int
    number: str = ""
    place: str = ""
    time: str = ""
    inside: str = ""

    @property
    def heading(self) -> str:
        """The text of a heading that says the same."""
        prefix = "" if PREFIX.match(self.place) else self.inside
        return " - ".join(part for part in (f"{prefix} {_with_hour(self.place)}".strip(), self.time) if part)


def _with_hour(place: str) -> str:
    """``The Rooftop (Night)`` and ``Rooftop, night`` as a heading has it."""
    found = _HOUR.fullmatch(place)
    return f"{found['place']} - {found['hour']}" if found and found["hour"] in lexicon("hours") else place


def said_line(text: str) -> SaidLine | None:
    """The speaker and the words, if the line has that form; the caller decides whether it is a line of dialogue."""
    found = _SAID.fullmatch(text.strip()) if len(text) < 4000 else None
    if found is None or found["name"].strip().count(" ") > 2:
        return None
    how, said = found["how"] or "", found["said"].strip()
    if not how and (aside := _ASIDE.fullmatch(said)):
        how, said = aside["how"], aside["said"]
    return SaidLine(found["name"].strip(), how, said)


def label(text: str) -> tuple[What, str, str] | None:
    """The kind of a label, its word, and the text after it; ``Time: Night`` is of the kind time."""
    plain = spoken(text).strip().lstrip("-•・ ") if len(text) < 4000 else ""
    word, colon, rest = plain.replace("：", ":").partition(":")
    what = _LABELS.get(normal(word)) if colon and len(word) < 30 else None
    return (what, word.strip(), rest.strip()) if what else None


def listed(text: str) -> list[str]:
    """The names of ``Characters: Rin, Mika (12)``."""
    bare = re.sub(r"[(（][^()（）]*[)）]", "", text)
    return [name for part in _LIST.split(bare) if (name := part.strip(" .*_")) and len(name) < 40]


def entry(text: str) -> tuple[str, str] | None:
    """A line of a list of the cast: name, and what is said of them."""
    plain = spoken(text).strip() if len(text) < 2000 else ""
    found = _ENTRY.fullmatch(plain)
    if found is None or not (found["name"][0].isupper() or not found["name"].isascii()):
        return None
    return (found["name"].strip(), plain) if found["name"].count(" ") < 4 else None


class Speakers:
    """Which names before a colon are those of people who speak."""

    def __init__(self, known: Collection[str], lines: Iterable[str], *, has_cues: bool) -> None:
        """``known``: keys of people; ``lines``: all lines of action; ``has_cues``: somebody speaks by name."""
        self._known = set(known)
        counted: Counter[str] = Counter()
        named: dict[str, str] = {}
        for line in lines:
            found = said_line(line)
            if found and _may_be_name(found.name) and label(line) is None and not _is_other(line, found.name):
                counted[normal(found.name)] += 1
                named.setdefault(normal(found.name), found.name)
        self._often = {key for key, count in counted.items() if count > 1}
        self._form = not has_cues and len(counted) > 1

    def know(self, name: str) -> None:
        self._known.add(normal(name))

    def of(self, text: str) -> SaidLine | None:
        """The speech on this line, if a person is named before its colon."""
        found = said_line(text)
        if found is None or not _may_be_name(found.name) or label(text) or _is_other(text, found.name):
            return None
        key = normal(found.name)
        return found if key in self._known or key in self._often or self._form else None

    def unsure(self, text: str) -> bool:
        """Whether a line looks like speech, though nothing tells that its name is a person's."""
        found = said_line(text)
        if found is None or not shouted(found.name) or not _may_be_name(found.name):
            return False
        return not (label(text) or _is_other(text, found.name) or self.of(text))


def _may_be_name(name: str) -> bool:
    """Whether it may be a name: every word begins with a capital, or it is Japanese and short."""
    words = [word for word in re.split(r"[\s.]+", name) if word]
    if not name.isascii():
        return len(name) <= 12 and (name[0].isupper() or not name[0].isascii())
    return all(
        word[0].isupper() or word.casefold() in ("of", "the", "de", "von", "van", "s") for word in words
    )


def _is_other(line: str, name: str) -> bool:
    """Whether the word before the colon is no name, as in 'CLOSE ON: a key', or the whole line is something else."""
    return direction(line) is not None or direction(name.upper()) is not None or is_data(line)
