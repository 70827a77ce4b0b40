"""Find in a premise who does what, so that the small writer can tell that and not another story.

In: a premise of which the limits are masked.      Out: a Deed, or None where the patterns find none.
Only letters, commas and hyphens of one sentence get through, so that a premise cannot bring structure into a script.
"""

import re
from dataclasses import dataclass

from assets.grammar import lexicon
from assets.plots import little_words
from assets.sheets.bible import Language

_LONGEST = 130
_PLAIN_EN = re.compile(r"[A-Za-z][A-Za-z ,'-]*")
_PLAIN_JA = re.compile(r"[ぁ-ゖァ-ヺー一-鿿々、]+")
_SENTENCE = re.compile(r"[.!?。！？]")
_OPENING = re.compile(r"(?:a|an|the|one|his|her)\b", re.IGNORECASE)
_COUNT = {"two": 2, "three": 3, "four": 4, "twin": 2}
_AUXILIARY = ("must", "can", "cannot", "will", "may", "should")
_TURNS = re.compile(r"^(?:want|try|need|have|decide|hope|wish|long)s? to ", re.IGNORECASE)
_MINE = {
    "his": "my",
    "her": "my",
    "their": "our",
    "himself": "myself",
    "herself": "myself",
    "he": "I",
    "she": "I",
}
_TOLD = "who|that|which|whose"
# Who can act and speak: by the last letters of a Japanese noun phrase.
_PERSON_JA = re.compile(
    r"(?:少年|少女|子供|子ども|女の子|男の子|老人|おじいさん|おばあさん|祖父|祖母|父|母|兄弟|姉妹|双子|兄|姉|弟|妹|娘|息子"
    r"|騎士|探偵|船長|海賊|魔女|魔法使い|ロボット|幽霊|転校生|生徒|学生|先生|駅長|医者|親友|友だち|友達|ライバル|花嫁|患者"
    r"|職人|看護師|[一-鿿]師|[一-鿿々]守|渡し守|仕立屋|[一-鿿]屋|配達員|[一-鿿]員|[一-鿿]士|[一-鿿]家|二人|三人|だれか|誰か)$"
)
_NAME_JA = re.compile(r"(?:^|、)([ァ-ヺー]{2,6})$")


@dataclass(frozen=True)
class Deed:
    """Who does what. ``subject`` and ``other`` are noun phrases of the premise; ``other`` may be empty."""

    language: Language
    subject: str  # "retired rocket engineer"; empty where the premise only has a name
    name: str  # "Leo"; empty where it has none
    many: int  # how many are meant: two sisters
    base: str  # "teach a stray robot to grow tomatoes"
    third: str  # "teaches a stray robot to grow tomatoes"
    other: str = ""  # "a stray robot", as it stands in base and third

    def values(self, first: str, other: str) -> dict[str, str]:
        """Values for templates, for the names of the two who play it."""
        if self.language == "ja":
            who = f"{first}と{other}が" if self.many > 1 else f"{first}が"
            shown = self.third if not self.third.endswith("たい") else f"{self.third}と、手を動かす"
            return {"who": who, "deed": self.base, "deeds": shown}
        mine = " ".join(_MINE.get(word, word) for word in self.base.split())
        if self.many > 1:
            return {"who": f"{first} and {other}", "deed": mine, "deeds": self.third}
        if not self.other:
            return {"who": first, "deed": mine, "deeds": self.third}
        shown = self.third.replace(self.other, other, 1)
        return {"who": first, "deed": self.base.replace(self.other, "you", 1), "deeds": shown}


def read(allowed: str, language: Language) -> Deed | None:
    """The first sentence in which somebody does something."""
    sentences = [one.strip() for one in _SENTENCE.split(allowed)]
    for index, sentence in enumerate(sentences):
        plain = " ".join(sentence.split())
        if len(plain) > _LONGEST or not (_PLAIN_EN if language == "en" else _PLAIN_JA).fullmatch(plain):
            continue
        found = _english(plain) if language == "en" else _japanese(plain)
        if found and language == "ja" and index and _PLAIN_JA.fullmatch(sentences[0]):
            told = f"{sentences[0]}、"
            found = Deed(
                "ja",
                found.subject,
                found.name,
                found.many,
                told + found.base,
                told + found.third,
                found.other,
            )
        if found:
            return found
    return None


def _english(text: str) -> Deed | None:
    words = text.split()
    at = _verb_at(words)
    if at is None:
        return None
    subject, rest = words[:at], words[at + 1 :]
    if not rest or not _acts(" ".join(subject), words[0]):
        return None
    verb, many = words[at], _COUNT.get(words[0].lower(), 1)
    base = _base(verb, rest)
    third = " ".join((verb, *rest))
    name = (
        words[0]
        if words[0] not in little_words("no_name") and not _OPENING.match(words[0]) and many == 1
        else ""
    )
    told = "" if name else _noun_phrase(subject, many)
    return Deed("en", told, name, many, base, third, _other(third))


def _verb_at(words: list[str]) -> int | None:
    """Where the verb of the main clause stands."""
    plural = words[0].lower() in _COUNT
    told = False  # inside "who never speaks": its own verb is not the story's
    for at, word in enumerate(words[1:], start=1):
        if word in _TOLD.split("|"):
            told = True
            continue
        if word.endswith(",") and at > 4:
            return None
        if plural and not told and at >= 2 and (words[at - 1].endswith("s") or words[at - 1] == "children"):
            return at
        if word in _AUXILIARY or word in ("is", "are", "has") or _is_third(word, at, words):
            if not told:
                return at
            told = False
    return None


def _is_third(word: str, at: int, words: list[str]) -> bool:
    """A verb such as "teaches": an s at its end, and no noun in the plural."""
    if not word.endswith("s") or word.endswith(("ss", "us", "'s")) or len(word) < 4:
        return False
    return at > 0 and words[at - 1].lower() not in (
        "a",
        "an",
        "the",
        "two",
        "three",
        "of",
        "in",
        "his",
        "her",
    )


def _acts(subject: str, first: str) -> bool:
    """Whether the subject is somebody: a name, a person, a robot."""
    if first in ("Someone", "Somebody"):
        return True
    if lexicon("people").hits(subject) or re.search(r"\brobot\b", subject):
        return True
    if first.istitle() and not _OPENING.match(first) and first not in little_words("no_name"):
        return len(subject.split()) == 1
    # A trade is told by its ending: keeper, mapmaker, astronaut, guitarist.
    head = re.split(rf" (?:{_TOLD}) ", subject)[0].split()[-1].lower()
    return bool(
        re.search(r"(?:er|or|ist|ian|man|men|woman|naut|smith|wright|eer|ant|ess|s)$", head)
    ) or head in (little_words("beings"))


def _noun_phrase(subject: list[str], many: int) -> str:
    told = " ".join(subject)
    if many > 1:
        return f"one of {told[0].lower()}{told[1:]}"
    if told in ("Someone", "Somebody"):
        return "someone nobody knows"
    return f"{told[0].lower()}{told[1:]}"


def _base(verb: str, rest: list[str]) -> str:
    if verb in _AUXILIARY:
        base = rest
    elif verb in ("is", "are"):
        base = ["be", *rest]
    elif verb == "has" and rest[0] == "to":
        base = rest[1:]
    else:
        base = [_infinitive(verb), *rest]
    for at in range(1, len(base)):  # "finds it and wants to return it"
        if base[at - 1] == "and" and _is_third(base[at], at, base):
            base[at] = _infinitive(base[at])
    return _TURNS.sub("", " ".join(base))


def _infinitive(verb: str) -> str:
    known = {"goes": "go", "does": "do", "has": "have"}
    if verb in known:
        return known[verb]
    if verb.endswith("ies") and len(verb) > 4:
        return f"{verb[:-3]}y"
    if verb.endswith(("ches", "shes", "sses", "xes", "zzes")):
        return verb[:-2]
    return verb[:-1] if verb.endswith("s") and not verb.endswith("ss") else verb


def _other(third: str) -> str:
    """The person or robot to whom it is done, with the words before it."""
    nouns = {hit.text.lower() for hit in lexicon("people").hits(third)} | little_words("beings") | {"robot"}
    words = third.split()
    for at, word in enumerate(words):
        if word in ("a", "an", "the", "his", "her", "their"):
            for stop in range(at + 2, min(at + 5, len(words) + 1)):
                if words[stop - 1].strip(",") in nouns:
                    return " ".join(words[at:stop]).strip(",")
    return ""


def _japanese(text: str) -> Deed | None:
    for particle in re.finditer(r"[がは]", text):
        before, after = text[: particle.start()], text[particle.end() :].lstrip("、")
        if not after or not re.search(r"[うくぐすつぬぶむるたいだ]$", after):
            continue
        pair = re.fullmatch(r"(.+)と、?([^、]+)", before)
        if pair and _PERSON_JA.search(pair[1]):
            return Deed("ja", pair[1], "", 1, f"{pair[2]}と{after}", f"{pair[2]}と{after}")
        lead, comma, subject = before.rpartition("、")
        if name := _NAME_JA.search(before):
            return Deed("ja", "", name[1], 1, lead + comma + after, lead + comma + after)
        if _PERSON_JA.search(subject):
            told = lead + comma + after
            shown = "" if re.search(r"だれか$|誰か$", subject) else subject
            return Deed("ja", shown, "", _many_ja(subject), told, told, _other_ja(after))
    wishes = re.fullmatch(r"(.+たい)([^、たい]+?)(?:と、(.+))?", text)
    if wishes and _PERSON_JA.search(wishes[2]):
        return Deed("ja", wishes[1] + wishes[2], "", 1, wishes[1], wishes[1], wishes[3] or "")
    return None


def _other_ja(told: str) -> str:
    """The person to whom it is done."""
    found = re.search(r"(?:^|[、をでへ])([^、がはをでへに]{1,12})(?=[にをと])", told)
    return found[1] if found and _PERSON_JA.search(found[1]) else ""


def _many_ja(subject: str) -> int:
    return 3 if "三人" in subject else 2 if re.search(r"二人|姉妹|兄弟|双子", subject) else 1
