"""Read a speaker's line: whose voice it is, and whether the mouth is visible.

In: the name and its extensions as written.      Out: a Cue.
``NORA (V.O)``, ``NORA'S VOICE``, ``NORA O.S.`` and ``遥の声`` are one person each, heard from elsewhere;
``NARRATOR`` and ``ラジオ`` are voices without a visible person; ``BOTH`` and ``全員`` mean the people who are present.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from assets.fountain import extensions, spoken
from assets.grammar import lexicon
from stages.breakdown.directions import normal

Heard = Literal["on", "off", "voice_over"]
Role = Literal["person", "narrator", "voice", "group"]

_OFF = (
    "(?:o ?s|o ?c|o ?o ?f|o ?o ?v|off(?: ?(?:screen|camera|stage|set|panel))?|unseen"
    "|out of (?:frame|shot|sight|view))"
)
_OVER = (
    "(?:v ?o|voice ?overs?|narrat(?:ion|ing|es|or)|pre ?lap|thoughts?|thinking|inner (?:voice|thoughts?|monologue)"
    "|internal(?: monologue| voice)?|monologue|telepath(?:y|ic|ically)|in (?:his|her|their) (?:head|mind))"
)
_DEVICE = (
    "(?:the |his |her |a |their )?(?:tele)?(?:phones?|cell ?phone|radio|walkie(?: talkie)?|tv|television|intercom"
    "|p ?a|loud ?speakers?|speakers?|speaker ?phone|headset|earpiece|comms?|com|video|monitor|recording|tape"
    "|voice ?mail|answering machine|megaphone|computer|line|receiver|handset|mic|microphone)"
)
_OFF_LINE = re.compile(
    rf"{_OFF}\b.*|(?:filtered|recorded|recording|distant|muffled|overhead|voice|voice only|only voice)"
    rf"|(?:(?:over|on|via|through|from|by|off)(?: the)? )?{_DEVICE}(?: voice| filter)?"
    r"|(?:from|behind|beyond|inside|outside) .*|next room"
)
_OVER_LINE = re.compile(rf"{_OVER}\b.*")
# He speaks into it: his lips are seen.
_ON_LINE = re.compile(
    r"(?:in)?to .*|(?:speaking|talking|shouting|whispering|reading)\b.*|on ?screen|on ?camera|o ?n"
    r"|(?:at|toward|towards|answering) .*"
    r"|(?:電話|受話器|無線機?|マイク|携帯|スマホ|インターホン|カメラ|トランシーバー)(?:に|へ|を).*"
)
_JAPANESE_OVER = re.compile(
    r".*(?:心の声|心の中|内心|モノローグ|独白|ナレーション|ナレ|語り|テレパシー)|[nm]|na|回想の声"
)
_JAPANESE_OFF = re.compile(
    r"(?:.*の)?声(?:のみ|だけ)?|off|.*(?:オフ|画面外|フレーム外|外から|電話|ラジオ|無線|放送|スピーカー"
    r"|インターホン|テレビ|録音|越し)(?:の声|から|越し|越しに|で|に)?"
)
_NARRATORS = frozenset(
    ("narrator", "the narrator", "narration", "narr", "voice over", "voiceover", "vo", "v o", "narrator vo", "na",
     "narrator voice", "ナレーション", "ナレーター", "ナレータ", "ナレ", "語り", "語り手", "天の声", "モノローグ",
     "心の声")
)  # fmt: skip
_VOICES = re.compile(
    r"(?:(?:a|an|the|some|another|unknown|unseen|mysterious|distant|strange|male|female|mans|womans|childs|deep|young"
    r"|old|recorded|electronic|robotic|automated|computer|radio|tv|phone|telephone|intercom|pa|other|second|first"
    rf"|third) )*voices?(?: \d+| [a-d])?|{_DEVICE}(?: voices?| announcer)?|voices? (?:on|over|from|in|through|via) .*"
    r"|(?:謎の|不思議な|知らない|遠い|遠くの|機械の?|どこかの)?声(?:[0-9a-d])?|(?:ラジオ|テレビ|スピーカー|無線)(?:の声)?"
    r"|(?:校内|館内|車内)?(?:放送|アナウンス)(?:の声)?|留守番?電話(?:の声)?|電話の声|機械音声|自動音声"
    r"|(?:the )?(?:crowd|audience|mob|chorus|spectators|onlookers)(?: voices?)?|群衆|観客|聴衆|野次馬(?:たち)?"
)
_GROUPS: dict[str, int] = {
    **dict.fromkeys(
        ("all", "everyone", "everybody", "together", "all together", "all of them", "the group", "whole group",
         "the whole group", "in unison", "unison", "all in unison", "全員", "みんな", "皆", "みな", "一同", "全員で",
         "声をそろえて"),
        0,
    ),
    **dict.fromkeys(
        ("both", "both of them", "the two", "the two of them", "all two", "the pair", "the couple", "二人", "ふたり",
         "2人", "二人とも", "両者", "二人同時", "2人同時", "二人で"),
        2,
    ),
    **dict.fromkeys(("all three", "the three", "the three of them", "the trio", "三人", "3人", "三人とも"), 3),
    **dict.fromkeys(("all four", "the four", "the four of them", "四人", "4人"), 4),
}  # fmt: skip
_POSSESSIVE = re.compile(
    r"(?:(?P<who>.+?)['’´`]s|(?P<plural>.+?s)['’])\s+"
    r"(?:voice|voices|voice[ -]?over|voicemail|thoughts|message|narration|vo|v\.o\.)(?:\s.*)?",
    re.IGNORECASE,
)
_THOUGHT = re.compile(r"over\b|thought|narrat|\bv\.?o\.?$", re.IGNORECASE)
_VOICE_OF = re.compile(
    r"(?:the )?voice of (?:the )?(?P<who>.+)|(?P<who2>.+?) (?:voice[ -]?over|voice)", re.IGNORECASE
)
_JAPANESE_VOICE = re.compile(
    r"(?P<who>.+?)(?:の|・|　|\s)?(?P<how>心の声|声|モノローグ|ナレーション|オフ)(?:のみ)?"
)
_LETTER_AFTER = re.compile(r"(?P<who>.*[぀-ヿ一-鿿々ー])\s*(?P<how>[NMＮＭ])")
# V.O. without brackets, or with one of them missing.
_BARE = re.compile(
    r"(?P<who>.*?[^\s,(\[–—-])(?:\s*[,(\[–—]\s*|\s+-\s+|\s+)"
    r"(?P<how>v\.? ?o\.?|v/o|o\.? ?s\.?|o/s|o\.? ?c\.?|o/c|voice[ -]?over|off[ -]?(?:screen|camera)"
    r"|cont['’]?d\.?)[)\]]?",
    re.IGNORECASE,
)
_TOGETHER = re.compile(r"\s*(?:&|＆|\+|＋|\band\b|\bwith\b|、)\s*", re.IGNORECASE)
_LISTED = re.compile(r"\s*(?:,|，|/|／|・|&|＆|\+|＋|\band\b|、|と)\s*(?:and\s+)?", re.IGNORECASE)
_ARTICLES = frozenset(("the", "a", "an", "his", "her", "their", "my"))
_AGE = re.compile(r"(?:age[ds]?\s*)?(\d{1,2})(?:\s*(?:years?[ -]old|y/?o|歳|才))?", re.IGNORECASE)


@dataclass(frozen=True)
class Cue:
    """Whose voice a speaker's line asks for.

    name    without what only says how it is heard
    size    of a group: how many; 0 is everyone there
    but     of a group: who of it is silent
    age     years in the extension: RIN (12)
    """

    name: str
    heard: Heard
    role: Role = "person"
    size: int = 0
    but: str = ""
    age: str = ""


@lru_cache(maxsize=4096)
def read(written: str, extension: str = "") -> Cue:
    """``written`` is the name as it stands in the script, ``extension`` what stands in its brackets."""
    name = plain(written)
    heard = heard_by(extension)
    name, more = _bare(name)
    heard = more or heard
    key = normal(name)
    if key in _NARRATORS or (unicodedata.normalize("NFKC", name) != name and key in ("n", "m")):
        return Cue(name, "voice_over", "narrator")
    if key in _GROUPS:
        return Cue(name, heard or "on", "group", _GROUPS[key])
    if found := re.fullmatch(r"(?:all|everyone|everybody) (?:but|except)(?: for)? (.+)", key):
        return Cue(name, heard or "on", "group", but=found[1])
    if _VOICES.fullmatch(key) and not _POSSESSIVE.fullmatch(name):
        return Cue(name, heard or "off", "voice")
    owner, how = _owner(name)
    age = next((found[1] for part in extensions(extension) if (found := _AGE.fullmatch(part.strip()))), "")
    return Cue(owner, how or heard or "on", age=age)


def parts(name: str, *, listed: bool) -> tuple[str, ...]:
    """The names in ``RIN & MIKA``; with ``listed`` also those of ``RIN, MIKA`` and ``RIN/MIKA``."""
    found = [part.strip() for part in (_LISTED if listed else _TOGETHER).split(name) if part and part.strip()]
    return tuple(found) if len(found) > 1 else (name,)


def plain(cue: str) -> str:
    """A speaker's name without emphasis, and without a colon or full stop that ends the line."""
    name = " ".join(spoken(cue).strip(" *_").split())
    name = name.rstrip(":： ") or name
    if name.endswith(".") and not re.search(r"(?:^|[\s.])\w{1,3}\.$", name):
        name = name.rstrip(". ") or name
    return name or cue.strip()


def heard_by(extension: str) -> Heard | None:
    """How a voice is heard by its brackets; None where they say nothing of it."""
    told = [
        one for part in extensions(extension) for one in re.split(r"\s*[,;/&+、]\s*|\s+-\s+", _joined(part))
    ]
    return next((found for part in told if (found := _heard(part))), None)


def _joined(part: str) -> str:
    """``V/O`` is one word, ``V.O./O.S.`` are two."""
    return re.sub(r"\b([VOvo])/([OSCosc])\b", r"\1\2", unicodedata.normalize("NFKC", part))


def _heard(part: str) -> Heard | None:
    key = normal(part)
    spaced = normal(re.sub(r"[.\-_]", " ", part))
    for form in dict.fromkeys((key, spaced)):
        if _OVER_LINE.fullmatch(form) or _JAPANESE_OVER.fullmatch(form):
            return "voice_over"
        if _ON_LINE.fullmatch(form):
            return "on"
        if _OFF_LINE.fullmatch(form) or _JAPANESE_OFF.fullmatch(form):
            return "off"
    known = lexicon("pauses").first(part)
    return known if known in ("off", "voice_over") else None  # type: ignore[return-value]


def _bare(name: str) -> tuple[str, Heard | None]:
    """Remove ``V.O.`` from the name where it is written without brackets."""
    heard: Heard | None = None
    for _ in range(3):
        found = _BARE.fullmatch(name)
        if found is None or normal(found["who"]) in _ARTICLES or not _is_mark(found["how"]):
            break
        name, heard = found["who"].strip(" ,-–—("), _heard(found["how"]) or heard
    if found := _LETTER_AFTER.fullmatch(name):
        return found["who"].strip("・ 　"), "voice_over"
    return name, heard


def _is_mark(how: str) -> bool:
    """``OS`` in small letters may be a word of another language; with dots or in capitals it is a mark."""
    return how == how.upper() or "." in how or len(how) > 2


def _owner(name: str) -> tuple[str, Heard | None]:
    """The person in NORA'S VOICE: Nora, heard from elsewhere."""
    if found := _POSSESSIVE.fullmatch(name):
        who = found["who"] or found["plural"]
        return who, "voice_over" if _THOUGHT.search(name[len(who) :]) else "off"
    if found := _VOICE_OF.fullmatch(name):
        who = found["who"] or found["who2"]
        if normal(who) not in _ARTICLES and len(who.split()) < 4:
            return who, "off"
    if not name.isascii() and (found := _JAPANESE_VOICE.fullmatch(name)) and found["who"].strip():
        return found["who"].strip(), "off" if found["how"] in ("声", "オフ") else "voice_over"
    return name, None
