"""One speech of the Japanese script form: who says it, how, and the words between the brackets.

In: lines from ``遥（小声で）「…`` on.      Out: a Speech, and how many lines it took.
"""

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from assets.formats.lines import Line

_CLOSING = {"「": "」", "『": "』", "｢": "｣", "“": "”", "〝": "〟"}
_NAME = r"[^\s\u3000「」『』｢｣“”〝〟。、，！？!?…:：（）()\[\]【】]"
START = re.compile(
    rf"[\s\u3000]*(?P<name>{_NAME}{{1,20}}(?:[ \u3000]{_NAME}{{1,10}})?)"
    r"[\s\u3000]*(?:(?P<bracket>[（(][^（）()]*[）)])[\s\u3000]*)?(?:[：:][\s\u3000]*)?(?P<open>[「『｢“〝])"
)
_ALONE = re.compile(
    rf"[\s\u3000]*(?P<name>{_NAME}{{1,12}})[\s\u3000]*(?:(?P<bracket>[（(][^（）()]*[）)])[\s\u3000]*)?"
)
_QUOTE = re.compile(r"[\s\u3000]*(?P<open>[「『｢])")
COLON = re.compile(
    rf"[\s\u3000]*(?P<name>{_NAME}{{1,10}})(?P<bracket>[（(][^（）()]*[）)])?[：:][\s\u3000]*(?P<said>[^\s\u3000「『].*)"
)
# 'Xは「…」と言う' tells of words; only kana names such as まこと and ひなの end in these.
_PARTICLE = re.compile(r".*(?:[はがをでへ]|から|まで|より|という|って)|.*[^\u3041-\u309f][にとものや]")
_WRITTEN = re.compile(
    r"(?:テロップ|Ｔ|T|字幕|(?:メイン|サブ)?タイトル|題名|看板|立て札|[貼張]り?紙|表札|(?:置き?)?手紙|書き?置き|メモ|日記|メール|"
    r"画面|文字|見出し|スーパー|紙|新聞|ポスター|プレート|[垂横]れ?断?幕|表紙)(?:の(?:文字|文面|文|字|画面|表示))?"
)
_SOUND = re.compile(r"(?:ＳＥ|SE|Ｓ\.Ｅ|S\.E\.?|効果音|音)", re.IGNORECASE)
_NARRATOR = re.compile(r"(?:Ｎ|N|ＮＡ|NA|ナレ|ナレーション|ナレーター|語り|語り手)", re.IGNORECASE)
_HEARD_ONLY = re.compile(
    r"(?:ラジオ|テレビ|TV|ＴＶ|(?:車内|校内|館内|店内)?(?:アナウンス|放送)|スピーカー|無線|電話|留守電)(?:の声)?"
)
_CODE = re.compile(
    r"(?P<who>.*?[^\sA-Za-z\u3000])(?:の)?[\s\u3000・]*"
    r"(?P<code>Ｎ|N|ＮＡ|NA|ナレ(?:ーション)?|Ｍ|M|モノローグ|心の声|内心|ＯＦＦ|OFF|オフ|(?<=の)声)"
)
EXTENSION = re.compile(
    r"(?:声|声のみ|声だけ|心の声|内心|Ｎ|N|ＮＡ|NA|Ｍ|M|ＯＦＦ|OFF|オフ|O\.?S\.?|V\.?O\.?|ナレ(?:ーション)?|モノローグ|画面外|"
    r"電話(?:の声|越し)?|ラジオ|無線|\d+|\d+歳|[０-９]+歳?)",
    re.IGNORECASE,
)


LONGEST = 1000  # lines that one speech may take: a bracket that is never closed does not swallow the script
_PARAGRAPH = 2000  # characters: longer than any sentence that was broken at the margin


@dataclass(frozen=True)
class Speech:
    """One speech. ``kind`` tells words that are read (a sign, a caption) and sounds from words that are said."""

    kind: Literal["said", "written", "sound"]
    name: str
    extension: str
    manner: str
    words: tuple[Line, ...]
    rest: str  # what stands after the closing bracket
    closed: bool
    took: int


def begins(line: Line, following: Line | None) -> re.Match[str] | None:
    """The start of a speech: ``遥「`` on one line, or a name alone above a line that opens a bracket."""
    if found := START.match(line.text):
        return found if _is_name(found["name"], line.text) else None
    alone = _ALONE.fullmatch(line.text)
    quoted = following is not None and _QUOTE.match(following.text)
    return alone if alone and quoted and _is_name(alone["name"], line.text) else None


def read(lines: Sequence[Line], found: re.Match[str], names: Collection[str]) -> Speech:
    """The speech that begins in the first of ``lines``; it goes on to its closing bracket or an empty line."""
    at, start = (
        (0, found.start("open"))
        if "open" in found.groupdict()
        else (1, lines[1].text.index(lines[1].text.strip()))
    )
    words, rest, stop, closed = _between(lines, at, start, names)
    kind, name, extension = _who(found["name"].strip(), names)
    inner = (found["bracket"] or "")[1:-1].strip()
    if inner and EXTENSION.fullmatch(inner):
        extension, inner = _plain(inner), ""
    return Speech(kind, name, extension, inner, tuple(_unwrapped(words)), rest, closed, stop + 1)


def _is_name(name: str, text: str) -> bool:
    plain = name.strip()
    return not _PARTICLE.fullmatch(plain) and not plain.isdigit() and text.strip()[:1] not in "@.!>~#=・※"


def _who(name: str, names: Collection[str]) -> tuple[Literal["said", "written", "sound"], str, str]:
    if _WRITTEN.fullmatch(name):
        return "written", name, ""
    if _SOUND.fullmatch(name):
        return "sound", name, ""
    if _NARRATOR.fullmatch(name):
        return "said", "ナレーション", ""
    if _HEARD_ONLY.fullmatch(name):
        return "said", name.removesuffix("の声"), "声"
    if coded := _CODE.fullmatch(name):
        return "said", coded["who"].removesuffix("の"), _plain(coded["code"])
    for mark in "・と":
        parts = name.split(mark)
        if len(parts) > 1 and all(part in names for part in parts):
            return "said", " & ".join(parts), ""
    return "said", name, ""


def _plain(text: str) -> str:
    """Half-width letters: Ｍ is M."""
    return unicodedata.normalize("NFKC", text)


def _between(
    lines: Sequence[Line], at: int, start: int, names: Collection[str]
) -> tuple[list[Line], str, int, bool]:
    """The words up to the bracket that closes the first one, what follows it, and where that is."""
    opener = lines[at].text[start]
    closer, depth, words = _CLOSING[opener], 0, list[Line]()
    here = at
    while here < len(lines):
        line = lines[here]
        if here > at and (line.blank or _is_another(line, names)):
            break
        begin = start if here == at else 0
        for index in range(begin, len(line.text)):
            depth += (line.text[index] == opener) - (line.text[index] == closer)
            if depth == 0:
                words.append(line.saying(line.text[begin + (here == at) : index]))
                return words, line.text[index + 1 :].strip(), here, True
        words.append(line.saying(line.text[begin + (here == at) :]))
        here += 1
    return words, "", here - 1, False


def _is_another(line: Line, names: Collection[str]) -> bool:
    found = START.match(line.text)
    return found is not None and found["name"].strip() in names


def _unwrapped(words: Sequence[Line]) -> list[Line]:
    """A sentence that was broken at the margin is one line again; a line that ends one stays apart."""
    made: list[Line] = []
    for line in words:
        text = line.text.strip()
        if not text:
            continue
        if made and len(made[-1].text) < _PARAGRAPH and made[-1].text[-1] not in "。！？!?…―」』）)":
            made[-1] = Line(made[-1].text + text, made[-1].first, line.last)
        else:
            made.append(line.saying(text))
    return made
