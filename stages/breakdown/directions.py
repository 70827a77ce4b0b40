"""Recognize lines that are neither a speaker nor action: transitions, words on the screen, acts, page numbers.

In: one line of a script.      Out: what it is, or None.
The words are data (``assets/library/grammar/directions.yaml``); forms with numbers are regular expressions here.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Literal

from assets.fountain import spoken
from assets.fountain.heading import is_heading
from assets.grammar import words

Kind = Literal[
    "transition", "words", "ending", "episode", "structure", "montage", "later", "shot", "sound", "remark",
    "cast", "furniture", "data", "heading", "scene",
]  # fmt: skip
LONGEST = 160  # characters; a longer line is prose

_NUMBER = (
    r"(?:\d{1,4}[a-z]?|[ivx]{1,5}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
    r"|first|second|third|fourth|fifth)"
)
_KANJI_NUMBER = "[0-9一二三四五六七八九十百]+"
_ACT = re.compile(
    rf"(?:(?:end|begin|start|top)(?: of)? )?(?:the )?(?:act|reel|half)(?: {_NUMBER})?(?: .*)?"
    rf"|{_NUMBER} act(?: .*)?"
    r"|(?:end|begin|start)(?: of)? (?:the )?(?:teaser|tag|cold open|prologue|epilogue|recap|preview|credits"
    r"|titles|title sequence|stinger|opening|part|scene|chapter)(?: .*)?"
    r"|(?:teaser|tag|cold open|cold opening|prologue|epilogue) (?:contd|cont|continued|scene .*)"
    rf"|第{_KANJI_NUMBER}[幕部](?:終わり|終|開始)?",
    re.IGNORECASE,
)
_EPISODE = re.compile(
    rf"(?:episode|ep|chapter|part|book|volume|vol|season|issue|pilot)(?: no)? {_NUMBER}(?: .*)?"
    rf"|season {_NUMBER} episode {_NUMBER}(?: .*)?|s\d{{1,2}} ?e\d{{1,3}}(?: .*)?"
    rf"|第{_KANJI_NUMBER}[話章回](?:.*)?|最終[話回章](?:.*)?",
    re.IGNORECASE,
)
_MONTAGE = re.compile(
    r"(?:(?:begin|start|end|ending|end of|back to|resume|resuming|continue|return to|intercut|close|the)(?: the)? )?"
    r"(?:[\w']+ ){0,2}(?:montage|flashback|flash back|flashforward|flash forward|intercut|dream|dream sequence"
    r"|nightmare|nightmare sequence|series of shots|sequence|split screen|memory|fantasy|voiceover|phone call)s?",
    re.IGNORECASE,
)
_BLOCK = re.compile(
    r"(?:begin|start|end|ending|back|resume|resuming|continue|return|intercut|close)\b|\w+ montage$",
    re.IGNORECASE,
)
_PAGE = re.compile(
    r"\W*(?:page|pg|p)\W{0,3}\d{1,4}(?: of \d{1,4})?\W*|[-–—~]+ ?\d{1,4}[a-z]? ?[-–—~]+|\d{1,4}[a-z]?\.",
    re.IGNORECASE,
)
_HEADER = re.compile(r"\S.*(?:\s{4}|\t)\d{1,3}[A-Z]?\.")
_OMITTED = re.compile(
    r"(?:\W*\d[\w.-]*\s+)?\W*(?:scenes?\s+[\w\s,-]*)?(?:omitted|omit|deleted|cut)\W*(?:\s\d[\w.-]*)?\W*",
    re.IGNORECASE,
)
_CONTINUED = re.compile(
    r"\W*(?:continued|cont'?d?|cont’d)\W*(?:\(?\d{1,3}\)?\W*)?|\W*\d[\w.]*\s+continued\W*(?:\d[\w.]*)?\W*",
    re.IGNORECASE,
)
_REVISED = re.compile(
    r"\W*(?:(?:white|blue|pink|yellow|green|goldenrod|buff|salmon|cherry|tan|double \w+|full|final)\s+)?"
    r"(?:rev(?:ised|isions?|\.)?|draft|pages?)\s*[-:.]*\s*[\w ]{0,12}?\(?\d{1,4}[-./年]\d{1,2}.*",
    re.IGNORECASE,
)
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:t(?:ember)?)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DATE = re.compile(
    rf"\d{{1,4}}[-./]\d{{1,2}}[-./]\d{{1,4}}|{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}}|{_MONTH},? \d{{4}}"
    rf"|\d{{1,2}}(?:st|nd|rd|th)? {_MONTH},? \d{{4}}|\d{{4}}年(?:\d{{1,2}}月)?(?:\d{{1,2}}日)?",
    re.IGNORECASE,
)
_CONTACT = re.compile(
    r"[\w.+-]+@[\w-]+\.[\w.]+|(?:https?://|www\.)\S+|(?:©|\(c\)|copyright\b).*"
    r"|(?:wga[we]?|registered|registration|reg\.?)\b.*\d.*|(?:tel|phone|mobile|cell|fax|e-?mail)\b\s*[:.]?.*[\d@].*"
    r"|\+?\(?\d{2,4}\)?[-. ]\d{2,4}[-. ]\d{3,4}",
    re.IGNORECASE,
)
_CREDIT = re.compile(
    r"(?:written|story|screenplay|script|teleplay|created|directed|adapted|produced|original story)\b.*\bby\b.*"
    r"|by(?:\s+\S+){1,5}|based (?:on|upon)\b.*|(?:draft|version)\b.*\d.*|revision\b.*"
    r"|(?:脚本|作|原作|監督)[・:： 　].*",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"(?P<number>[A-Z]{0,2}\d{1,4}[A-Z]{0,2})[.):]?(?:\s+|(?=\t))(?P<heading>\S.*)")
_SCENE = re.compile(
    rf"(?:scene|sc|シーン|場面|s\s*[#-])\s*[#.:no]*\s*(?P<number>{_NUMBER}|{_KANJI_NUMBER})"
    r"(?:\s*[.:：)\-–—|、/]+\s*|[\s　]+|\Z)(?P<rest>.*)",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"(?P<label>[^:：\"“「『(（—–]{1,40}?)\s*(?:[:：—–]|\s-\s|(?=[\"“「『]))\s*(?P<rest>.*)", re.DOTALL
)
_BRACKETED = re.compile(r"[(（\[［〔<＜【](?P<inside>[^()（）\[\]［］]*)[)）\]］〕>＞】][.:]?")
_BREAK = re.compile(r"(?:[*＊×✕xX#＃◇◆○●□■☆★~〜・-]\s*){3,}|[×✕◇◆☆★]")
# Words that may be a person's name: they count only with a colon, quotes or a dash after them.
_WEAK = frozenset(
    ("card", "legend", "text", "graphic", "crawl", "dream", "song", "sound", "sounds", "music", "se", "fx", "note",
     "notes", "comment", "t", "remark", "freeze", "establishing", "preview", "coda", "cuts", "fades", "dissolves",
     "音", "人物", "パン", "アップ", "ロング", "メモ")
)  # fmt: skip
_CAPITALS_ONLY = frozenset(("montage", "later", "shot", "ending"))
_NEED_LABEL = frozenset(("sound", "remark"))


@dataclass(frozen=True)
class Direction:
    """The kind of a line; ``text`` is the rest of it: words to show, a heading, or a name."""

    kind: Kind
    text: str = ""
    number: str = ""


def direction(line: str) -> Direction | None:
    """What ``line`` is, if it is neither a person, nor prose, nor a plain heading."""
    shown = unicodedata.normalize("NFKC", spoken(line)) if len(line) <= 4 * LONGEST else ""
    raw = shown.strip()
    if not raw or "\n" in raw:
        return None
    if on_screen := _labelled(raw, spoken(line).strip()):
        return on_screen
    if len(raw) > LONGEST:
        return None
    return _numbered(raw) or _furniture(raw, line.strip()) or _by_words(raw) or _scene(raw)


def is_data(line: str) -> bool:
    """Whether the line is data of a title page without a key: a date, a credit, an address."""
    raw = unicodedata.normalize("NFKC", spoken(line)).strip()
    return len(raw) <= LONGEST and any(
        pattern.fullmatch(raw) for pattern in (_DATE, _CONTACT, _CREDIT, _REVISED)
    )


def is_date(line: str) -> bool:
    return bool(_DATE.fullmatch(unicodedata.normalize("NFKC", spoken(line)).strip(" .:")))


def normal(text: str) -> str:
    """Letters and digits in small letters, with single spaces: how a phrase is looked up."""
    plain = re.sub(r"['’.`]", "", unicodedata.normalize("NFKC", text).casefold())
    return " ".join(re.sub(r"[^\w&]+", " ", plain).split())


def shouted(text: str) -> bool:
    """No small letter, and at least one letter."""
    return text == text.upper() and any(letter.isalpha() for letter in text)


def _labelled(raw: str, verbatim: str) -> Direction | None:
    """``TITLE CARD: Ten years later``, ``SFX: a door``: a label, and what belongs to it."""
    found = _LABEL.match(raw)
    if found is None:
        return None
    kind = _phrases()[0].get(normal(found["label"]))
    if kind == "words" and (shouted(found["label"]) or found["rest"]):
        own = _LABEL.match(verbatim)
        return Direction("words", _unquoted(own["rest"] if own else found["rest"]))
    if kind in ("sound", "remark") and (shouted(found["label"]) or kind == "remark"):
        return Direction(kind, found["rest"])
    if kind == "cast" and not found["rest"]:
        return Direction("cast")
    return None


def _numbered(raw: str) -> Direction | None:
    """``12   INT. HANGAR - NIGHT   12``: the numbers stand beside the heading."""
    found = _NUMBERED.fullmatch(raw)
    if found is None:
        return None
    number, heading = found["number"], found["heading"].strip()
    ending = re.search(rf"(?:\s{{2,}}|\t|\s){re.escape(number)}[.):]?(?:\s*\*+)?$", heading)
    body = heading[: ending.start()].rstrip() if ending else re.sub(r"\s{2,}\*+$", "", heading)
    if ending and _OMITTED.fullmatch(body):
        return Direction("furniture")
    if is_heading(body) or (ending and shouted(body) and not _CONTINUED.fullmatch(body)):
        return Direction("heading", body, number)
    return None


def _furniture(raw: str, spaced: str) -> Direction | None:
    bracketed = _BRACKETED.fullmatch(raw)
    inside = bracketed["inside"] if bracketed else ""
    if normal(inside) in ("more", "more next page") or (
        _CONTINUED.fullmatch(raw) and (shouted(raw) or bracketed)
    ):
        return Direction("furniture")
    if shouted(raw) and (_OMITTED.fullmatch(raw) and normal(raw) != "cut"):
        return Direction("furniture")
    if _PAGE.fullmatch(raw) or (_HEADER.fullmatch(spaced) and _looks_printed(raw)) or _REVISED.fullmatch(raw):
        return Direction("furniture")
    if _CONTACT.fullmatch(raw):
        return Direction("data")
    return Direction("later") if _BREAK.fullmatch(raw) else None


def _looks_printed(raw: str) -> bool:
    """A running head: the title in capitals, or a date of revision, far left of the page's number."""
    return shouted(raw) or bool(re.search(r"\brev\b|\d[-/.]\d", raw, re.IGNORECASE))


def _by_words(raw: str) -> Direction | None:
    bracketed = _BRACKETED.fullmatch(raw)
    inner = bracketed["inside"] if bracketed else raw
    key = normal(inner)
    if not key:
        return None
    kind = _kind_of(key, shouted(raw))
    marked = bool(bracketed) or raw[-1] in ".:…!"
    if kind is None:
        if shouted(raw) and _MONTAGE.fullmatch(key) and (_BLOCK.search(key)):
            return Direction("montage")
        if shouted(raw) and key.endswith((" pov", " point of view")):
            return Direction("shot")
        if _ACT.fullmatch(key) and shouted(raw):
            return Direction("structure")
        return (
            Direction("episode", raw)
            if _EPISODE.fullmatch(key) and (shouted(raw) or _is_title(raw))
            else None
        )
    if kind in _NEED_LABEL or (key in _WEAK and not bracketed and raw[-1] != ":"):
        return None
    if key.isascii() and len(key) <= 2 and "." not in inner and not bracketed:
        return None
    if kind in _CAPITALS_ONLY and not shouted(raw) and not (kind == "ending" and len(key) > 3):
        return None
    if kind in ("furniture", "data", "structure", "words") and not shouted(raw) and not marked:
        return None
    if kind == "furniture" and key == "more":
        return None  # without its brackets More may be a person's name
    return Direction(kind, raw if kind in ("ending", "transition", "later") else "")


def _is_title(raw: str) -> bool:
    """Whether it is a title, such as ``Chapter Two: The Fall``: longer words have capitals, and it is no sentence."""
    words_ = [word for word in re.findall(r"[^\W\d_]+", raw) if len(word) > 3 or not word.isascii()]
    return raw[-1] not in ".,;" and all(word[0].isupper() or not word.isascii() for word in words_)


def _kind_of(key: str, capitals: bool) -> Kind | None:
    exact, starts, pace = _phrases()
    if key in exact:
        return exact[key]
    parts = key.split()
    while len(parts) > 1 and parts[0] in pace:
        parts = parts[1:]
        if exact.get(" ".join(parts)) == "transition":
            return "transition"
    for count in range(min(5, len(parts)), 0, -1):
        kind = starts.get(" ".join(parts[:count]))
        if (
            kind
            and (capitals or count == len(parts))
            and (len(parts) == len(key.split()) or kind == "transition")
        ):
            return kind
    return None


def _scene(raw: str) -> Direction | None:
    found = _SCENE.fullmatch(raw)
    if found is None:
        return None
    rest = _unquoted(found["rest"])
    apart = raw[len(raw) - len(found["rest"]) - 1 : len(raw) - len(found["rest"])] in tuple(".:：)-–—|/、 　")
    if rest and not (
        apart and (shouted(rest) or is_heading(rest) or (not raw[0].islower() and _is_title(rest)))
    ):
        return None
    return Direction("scene", rest, found["number"])


def _unquoted(text: str) -> str:
    text = text.strip()
    for opener, closer in ('""', "“”", "「」", "『』", "''", "()", "（）"):
        if len(text) > 1 and text[0] == opener and text[-1] == closer and closer not in text[1:-1]:
            return text[1:-1].strip()
    return text


@cache
def _phrases() -> tuple[dict[str, Kind], dict[str, Kind], frozenset[str]]:
    """Whole lines, beginnings of lines, and words that may stand before a transition."""
    exact: dict[str, Kind] = {}
    starts: dict[str, Kind] = {}
    for kind, phrases in words("directions").items():
        for phrase in phrases if kind != "pace" else ():
            key = normal(phrase)
            exact.setdefault(key, kind)  # type: ignore[arg-type]
            if phrase.endswith("*"):
                starts.setdefault(key, kind)  # type: ignore[arg-type]
    return exact, starts, frozenset(words("directions")["pace"])
