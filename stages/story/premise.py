"""Find in a premise what can be shown and said: a thing, a topic, a wish, people, a place, an hour.

In: what a person typed, in English or Japanese.      Out: a Premise.
A premise is untrusted data. Only the nouns, names and the wish found here reach a script, each of them short
and letters only; everything else in it (orders, marks, line breaks) is ignored.
"""

import re
from dataclasses import dataclass
from typing import cast

from assets.errors import InputRefused
from assets.grammar import Hit, lexicon
from assets.plots import limits, little_words, words
from assets.sheets.bible import Language
from assets.sheets.look import PlaceKind, Prop, TimeOfDay, Weather
from stages.story import deed as deeds
from stages.story.deed import Deed

LONGEST = 4000
_READ = 600  # characters that are read; a premise has one to three sentences
_JAPANESE = re.compile(r"[ぁ-ヿ一-鿿]")
_DETERMINER = r"\b(?:a|an|the|his|her|their|its|my|our|one|this|that)\s+"
_PHRASE = re.compile(
    _DETERMINER
    + r"((?:[a-z]+[ -]){0,2}[a-z]{3,})(?=\s+(?:in|on|at|of|to|for|from|with|without|that|who|which|"
    r"and|or|but|before|after|under|behind|by|into|is|was|has|had|will|can|until|when|where|as|every|so|while)\b"
    r"|[.,;:!?]|$)"
)
_WISH = re.compile(
    r"\b(?:wants?|wanted|tr(?:y|ies)|trying|ha(?:s|ve)|must|needs?|decides?|hopes?|learns?|sets? out|swears?|"
    r"promises?|dares?)\s+(?:to\s+)?(?P<wish>[a-z]{2,}(?:\s[a-z'-]+){1,6}?)"
    r"(?=[.,;:!?]|\s(?:before|but|because|until|and|so|while|when|at|every|who|that|even|with|from)\b|$)"
)
_WISHING = re.compile(r"\b(?:to\s+[a-z]+|must\s+[a-z]+)")
_POINTS = re.compile(r"\b(?:he|she|him|it|they|them|hers|itself|himself|herself)\b")
_VERBAL = re.compile(r"[^s]s$|ly$|ed$")
_NOT_OF_THINGS = re.compile("(?:ない|たい|内気な)$")
_NAMED = re.compile(
    r"(?:(?<=[a-z,] )|^|(?<=[.!?] ))([A-Z][a-z]{2,11})"
    r"(?=\s+(?:and|is|has|wants|finds|must|tries|loses|meets|learns|dreams|runs|lives|works|needs|loves|hates|"
    r"keeps|waits|who|still|never|always|cannot|will|goes|takes|gets|leaves|sees|hears)\b|,|'s\b)"
)
_KATAKANA_NAME = re.compile(r"(?<![ァ-ヴー])([ァ-ヴー]{2,6})(?=[はがと])")
_OBJECT = re.compile(r"([一-鿿ァ-ヴー]{2,8})(?=を)")
_ABOUT = re.compile(r"([一-鿿ァ-ヴー]{2,8})(?=[がのに])")
_BEFORE_NOUN = re.compile(r"(?:^|[がをにはでとへも、。])([^\sがをにはでとへも、。]{1,7}(?:い|な|る|た|の))$")
_PLACE_BEFORE = re.compile(
    r"\b(?:in|on|at|to|into|from|under|near|by|through|inside|outside)\s+(?:\w+\s+){0,2}$"
)
_PLACE_AFTER = re.compile(r"[でにへのを]")


@dataclass(frozen=True)
class Premise:
    """What was found; empty fields where nothing was found."""

    text: str
    language: Language
    prop: Prop | None = None
    item: str = ""  # the thing as the premise calls it: "talking umbrella"
    noun: str = ""  # the same in one word: "umbrella"
    topic: str = ""  # a topic that cannot be drawn: "summer festival"
    wish: str = ""  # English only: "win the race"
    place: PlaceKind | None = None
    place_name: str = ""
    hour: TimeOfDay | None = None
    weather: Weather | None = None
    people: tuple[Hit, ...] = ()
    names: tuple[str, ...] = ()
    kept_out: tuple[str, ...] = ()
    deed: Deed | None = None  # who does what, where it says so in a plain sentence


def read(text: str, own_limits: tuple[str, ...] = ()) -> Premise:
    """Read a premise; refuse only text that cannot be one."""
    if len(text) > LONGEST:
        raise InputRefused(
            f"The premise has {len(text):,} characters; at most {LONGEST:,}. "
            "A premise is a sentence or three: who, what, and what is in the way."
        )
    plain = " ".join("".join(c if c.isprintable() else " " for c in text).split())[:_READ]
    if not re.search(r"\w", plain):
        raise InputRefused(
            'The premise is empty. Say in a sentence who wants what: "A girl looks for her brother\'s kite."'
        )
    kept_out = tuple(dict.fromkeys(hit.text for hit in limits().hits(plain)))
    allowed = limits().masked(plain)
    for word in own_limits:
        allowed = re.sub(
            re.escape(word), lambda found: " " * len(found.group()), allowed, flags=re.IGNORECASE
        )
    language: Language = "ja" if _JAPANESE.search(plain) else "en"
    return _read(plain, allowed, language, kept_out)


def _read(plain: str, allowed: str, language: Language, kept_out: tuple[str, ...]) -> Premise:
    lower = allowed if language == "ja" else allowed.lower()
    people = lexicon("people").hits(allowed)
    place = _place(allowed, language)
    thing = _thing(lower, people, place)
    item, noun = _called(thing, lower, language) if thing else ("", "")
    weather = lexicon("weathers").first(lexicon("not_meant").masked(lower))
    topic = _topic(lower, language, item, place)
    # A topic that is a place is where the story is set: the family bakery.
    named = [hit for hit in lexicon("places").hits(topic) if hit.stop == len(topic)]
    where = cast(PlaceKind | None, place.value if place else named[-1].value if named else None)
    return Premise(
        text=plain,
        language=language,
        prop=cast(Prop, thing.value) if thing else None,
        item=item,
        noun=noun,
        topic=topic,
        wish=_wish(lower) if language == "en" else "",
        place=where,
        place_name=place.text.removeprefix("の") if place else topic if where else "",
        hour=cast(TimeOfDay | None, lexicon("hours").first(allowed)),
        weather=cast(Weather | None, weather),
        people=tuple({hit.value: hit for hit in reversed(people)}.values())[::-1],
        names=_names(allowed, language),
        kept_out=kept_out,
        deed=deeds.read(allowed, language),
    )


def _thing(text: str, people: tuple[Hit, ...], place: Hit | None) -> Hit | None:
    """The first thing that can be drawn and is neither a person nor a place."""
    taken = [(hit.start, hit.stop) for hit in (*people, *([place] if place else []))]
    found = lexicon("props").hits(lexicon("not_meant").masked(text))
    free = [hit for hit in found if not any(hit.start < stop and start < hit.stop for start, stop in taken)]
    return free[0] if free else None


def _called(thing: Hit, text: str, language: Language) -> tuple[str, str]:
    """The thing with its preceding words, and alone."""
    canonical = words().props[cast(Prop, thing.value)][0 if language == "en" else 1]
    if language == "ja":
        own = thing.text.rstrip("をがに")
        noun = own if len(own) > 1 or re.fullmatch("[一-鿿]", own) else canonical
        before = _BEFORE_NOUN.search(text[: thing.start])
        said = before.group(1) if before and not _NOT_OF_THINGS.search(before.group(1)) else ""
        return (said if len(said) > 1 else "") + noun, noun
    if thing.text not in (canonical, f"{canonical}s") and thing.text.startswith(canonical):
        return canonical, canonical  # a guitarist is not a guitar, and the singular of boxes is not boxe
    noun = _singular(thing.text)
    before = re.search(_DETERMINER + r"((?:[a-z]+[ -]){1,2})$", text[: thing.start])
    if before and not little_words("between") & set(before.group(1).split()):
        return f"{before.group(1)}{noun}", noun
    return noun, noun


def _singular(word: str) -> str:
    ends = word.endswith("s") and not word.endswith(("ss", "us"))
    return word[:-1] if ends and len(word) > 3 else word


def _topic(text: str, language: Language, item: str, place: Hit | None) -> str:
    """What the premise is about besides its thing."""
    taken = {item, place.text.lower() if place else ""}
    found = (*_OBJECT.findall(text), *_ABOUT.findall(text)) if language == "ja" else _PHRASE.findall(text)
    for phrase in found:
        matter = phrase if language == "ja" else _trimmed(phrase)
        about_item = item and (matter in item or item in matter or matter.split()[-1:] == item.split()[-1:])
        if matter and matter not in taken and not about_item and _is_matter(matter):
            return matter
    return ""


def _trimmed(phrase: str) -> str:
    """Remove the verb or adverb after a noun: "treasure back", "last train leaves"."""
    parts = phrase.split()
    while len(parts) > 1 and (parts[-1] in little_words("after_noun") or _VERBAL.search(parts[-1])):
        parts.pop()
    torn = little_words("between") & set(parts) or parts[-1] in little_words("no_matter")
    return "" if torn else " ".join(parts)


def _is_matter(phrase: str) -> bool:
    """Whether it is neither a person nor an hour nor a number; it may be a place."""
    if re.search(r"[一二三四五六七八九十百]人|^何|hundred|thousand", phrase):
        return False
    known = phrase in lexicon("people") or phrase in lexicon("hours")
    return not known and phrase not in little_words("no_matter")


def _wish(text: str) -> str:
    """What somebody wants to do, in the words they would use."""
    for found in _WISH.finditer(text):
        wish = found.group("wish").removeprefix("to ")
        asked = found.group()
        if not (_WISHING.search(asked) or asked.startswith("must")) or _POINTS.search(wish) or len(wish) > 45:
            continue
        return re.sub(r"\b(?:his|her|their)\b", "my", wish)
    return ""


def _place(text: str, language: Language) -> Hit | None:
    hits = lexicon("places").hits(text)
    for index, hit in enumerate(hits):
        near = (
            _PLACE_BEFORE.search(text[: hit.start])
            if language == "en"
            else _PLACE_AFTER.match(text[hit.stop :])
        )
        if near:
            after = hits[index + 1] if index + 1 < len(hits) else None
            # "in the school library" means the library.
            return after if after and text[hit.stop : after.start] == " " else hit
    return None


def _names(text: str, language: Language) -> tuple[str, ...]:
    if language == "en":
        found = [name for name in _NAMED.findall(text) if name not in little_words("no_name")]
    else:
        found = _KATAKANA_NAME.findall(text)
    lists = ("props", "places", "people", "cues", "hours")
    return tuple(dict.fromkeys(name for name in found if not any(name in lexicon(each) for each in lists)))[
        :3
    ]
