"""Choose looks and voices for characters that are not in the bible.

In: a name and what the script says about it.      Out: a Character; equal input gives an equal result.
Every choice comes from the SHA-256 of the casefolded name, so the result is the same in every run and on every
computer. A voice is named by its kind (woman, boy...), which every voice model understands.
"""

import re
from collections.abc import Collection, Sequence
from functools import cache
from typing import Any, TypeVar, get_args

from assets.grammar import Lexicon, lexicon, words
from assets.sheets.bible import Character, Language, VoiceSpec
from assets.sheets.look import Color, EyeColor, EyeShape, HairColor, Look
from stages.ids import number

T = TypeVar("T")
_TRAITS = ("gender", "age", "hair", "hair_color", "outfit", "build")
# Matches 'Old TOMAS', 'an old man', 'he is old'; not the old truck beside him, and not '30 years old'.
_OLD = re.compile(
    r"(?<!years )(?<!year-)\b(?:old|elderly)\b"
    r"(?=\s*(?:[.,;)]|$)|[\s-]+(?:\w+\s+)?(?:man|woman|lady|gentleman|\w+er)\b)",
    re.IGNORECASE,
)
# Matches '(50s, trench coat)', ', 30, a tired man', '(16、': a number alone, or one that says it is an age.
_YEARS = re.compile(
    r"(?:^|[(（,、;.]\s*)(?:(?:early|mid|late)[\s-]+)?(\d{1,2})(?:'?s|歳|才|代|[\s-]years?[\s-]old)?\s*(?=[)）,、;.]|$|の)"
    r"|\b(\d{1,2})(?:[\s-]years?[\s-]old|歳|才)"
)
# 'aged nine', 'in her late 40s', 'nine years old', '20-something', '60ish'.
_YEARS_TOLD = re.compile(
    r"\b(?:aged?|turning)\s+(\d{1,2})\b|\bin (?:his|her|their) (?:(?:early|mid|late)[\s-]+)?(\d{1,2})'?s\b"
    r"|\b(\d{1,2})[\s-]?(?:ish|something|y/?o)\b|([0-9０-９]{1,2})(?:歳|才|代)",
    re.IGNORECASE,
)
_NUMBER = (
    r"(?:(twen|thir|for|fif|six|seven|eigh|nine)ty[\s-]?)?(one|two|three|four|five|six|seven|eight|nine|ten|eleven"
    r"|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy"
    r"|eighty)?"
)
_WRITTEN_YEARS = re.compile(rf"\baged?\s+{_NUMBER}\b|\b{_NUMBER}[\s-]years?[\s-]old\b", re.IGNORECASE)
_NUMBERS = (
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("", "", "twen", "thir", "for", "fif", "six", "seven", "eigh", "nine")
# 'Her tall father' is a man.
_WHOSE = re.compile(
    r"\b(?:her|his)\s+(?=(?:[\w-]+\s+){0,2}(?:(?:step|grand)?(?:father|mother|son|daughter)|dad|mom|brother|sister"
    r"|husband|wife|uncle|aunt|boyfriend|girlfriend|grandpa|grandma|nephew|niece)\b)",
    re.IGNORECASE,
)
# '(42, M)', 'F, 30': a letter that stands by itself beside an age.
_SEX_LETTER = re.compile(
    r"[(（,、/]\s*\d{1,2}s?\s*[,/、 ]?\s*([MF])\s*(?=[)）,、;.]|$)"
    r"|[(（,、/]\s*([MF])\s*[,/、 ]\s*\d{1,2}s?\s*(?=[)）,、;.]|$)"
)
_AGES = ((12, "child"), (19, "teen"), (59, "adult"), (99, "elder"))
_COLOURS: dict[str, Color] = {
    **{colour: colour for colour in get_args(Color)},
    "gray": "grey", "golden": "yellow", "scarlet": "red", "crimson": "red", "赤": "red", "青": "blue",
    "白": "white", "黒": "black", "緑": "green", "黄色": "yellow", "紺": "navy", "灰色": "grey",
    "ピンク": "pink", "紫": "purple", "茶色": "brown",
}  # fmt: skip
_COLOUR = re.compile("|".join(rf"\b{word}\b" if word.isascii() else word for word in _COLOURS), re.IGNORECASE)
# The most distance from a colour to its noun: 'red, moth-eaten coat', but not the next person's hair.
_COLOUR_WITHIN = 18
_FEMALE_HAIR = ("bob", "long", "ponytail", "twintails", "braid", "bun", "wavy", "hime")
_MALE_HAIR = ("short", "spiky", "messy", "curly", "undercut", "buzz")
_HAIR_BY_AGE: dict[str, tuple[str, ...]] = {"elder": ("white", "silver")}
_WARDROBE = {
    ("f", "child"): ("dress", "overalls", "tshirt", "sweater"),
    ("m", "child"): ("tshirt", "overalls", "hoodie", "sweater"),
    ("f", "teen"): ("sailor", "blazer", "hoodie", "sweater", "tracksuit"),
    ("m", "teen"): ("gakuran", "blazer", "hoodie", "tracksuit", "tshirt"),
    ("f", "adult"): ("shirt", "coat", "dress", "suit", "sweater", "jacket"),
    ("m", "adult"): ("shirt", "coat", "suit", "sweater", "jacket"),
    ("f", "elder"): ("kimono", "sweater", "apron", "coat"),
    ("m", "elder"): ("kimono", "sweater", "coat", "shirt"),
}
# Clothes that are never orange.
_USUAL: dict[str, tuple[Color, ...]] = {
    "gakuran": ("black", "navy"), "sailor": ("navy", "white"), "labcoat": ("white",),
    "suit": ("black", "grey", "navy", "brown"), "blazer": ("navy", "grey", "maroon", "beige"),
    "armor": ("grey", "white", "black"),
}  # fmt: skip
_EXTRAS: tuple[tuple[str, ...], ...] = ((), (), (), ("glasses",), ("scarf",), ("hairpin",), ("bag",))


def character(
    id: str, names: Sequence[str], about: str = "", hints: str = "", taken: Collection[Look] = ()
) -> Character:
    """Cast a new character. ``hints`` is what the script says about them; ``taken`` are looks to avoid."""
    told = f"{names[0]}. {hints}"
    seen = look(names[0], told, taken)
    kind = voice_kind(_gender(names[0], _traits_in(told)), seen.age)
    return Character(
        id=id,
        names=tuple(names),
        about=about,
        look=seen,
        voices={"ja": _voice(id, kind, "ja"), "en": _voice(id, kind, "en")},
    )


def voice_kind(gender: str, age: str) -> str:
    """The kind of voice, as a word that every voice model knows."""
    if age == "elder":
        return "elder_woman" if gender == "f" else "elder_man"
    if age == "adult":
        return "woman" if gender == "f" else "man"
    return "girl" if gender == "f" else "boy"


def _voice(id: str, kind: str, language: Language) -> VoiceSpec:
    """A voice whose pitch (up to one semitone) and pace depend on the id, so that two men of a script differ."""
    pitch = (number(id, f"{language} pitch") % 21 - 10) / 10
    speed = 1 + (number(id, f"{language} speed") % 13 - 6) / 100
    return VoiceSpec(voice=kind, speed=round(speed, 2), pitch=pitch)


def look(name: str, hints: str, taken: Collection[Look] = ()) -> Look:
    """A look from the hints; what they do not say is chosen from the hash of the name."""
    stated = _traits_in(hints)
    gender = _gender(name, stated)
    age = stated.get("age") or _pick(name, "age", ("teen", "adult"))
    hair, hair_color = _hair(name, stated, gender, age, taken)
    colours = get_args(Color)
    outfit = stated.get("outfit") or _pick(name, "outfit", _WARDROBE[gender, age])
    outfit_color = _dyed(hints) or _pick(name, "outfit colour", _USUAL.get(outfit, colours))
    accent = _pick(name, "accent", tuple(colour for colour in colours if colour != outfit_color))
    traits: dict[str, Any] = {
        "hair": hair,
        "hair_color": hair_color,
        "eyes": _pick(name, "eyes", get_args(EyeShape)),
        "eye_color": _pick(name, "eye colour", get_args(EyeColor)),
        "skin": _pick(name, "skin", ("pale", "light", "light", "tan", "brown", "dark")),
        "outfit": outfit,
        "outfit_color": outfit_color,
        "accent_color": accent,
        "age": age,
        "build": stated.get("build") or _pick(name, "build", ("slim", "average", "average", "stocky")),
        "height": 0.94 + int(_pick(name, "height", tuple("0123456"))) * 0.02,
        "accessories": _accessories(hints) or _pick(name, "extras", _EXTRAS),
    }
    return Look.model_validate(traits)


def _dyed(hints: str) -> Color | None:
    """The colour of somebody's clothes in the text: 'a long red dress', 赤いドレス."""
    for hit in lexicon("looks").hits(hints):
        before = hints[max(0, hit.start - _COLOUR_WITHIN) : hit.start]
        if hit.value.startswith("outfit.") and (found := _COLOUR.findall(before)):
            return _COLOURS[found[-1].casefold()]
    return None


def _gender(name: str, stated: dict[str, str]) -> str:
    return stated.get("gender") or _pick(name, "gender", ("f", "m"))


def gender_of(text: str) -> str:
    """``f``, ``m`` or empty, from the first word that shows it."""
    return _traits_in(text).get("gender", "")


def _hair(
    name: str, stated: dict[str, str], gender: str, age: str, taken: Collection[Look]
) -> tuple[str, str]:
    """Hair that nobody in ``taken`` has: try another colour first, then another style."""
    styles = (stated["hair"],) if "hair" in stated else (_FEMALE_HAIR if gender == "f" else _MALE_HAIR)
    colours = (
        (stated["hair_color"],) if "hair_color" in stated else _HAIR_BY_AGE.get(age, get_args(HairColor))
    )
    used = {(item.hair, item.hair_color) for item in taken}
    used_colours = {item.hair_color for item in taken}
    used_styles = {item.hair for item in taken}
    wishes = [
        (style, colour)
        for colour in _turned(name, "colour", colours)
        for style in _turned(name, "style", styles)
    ]
    for wanted in (
        [w for w in wishes if w[1] not in used_colours and w[0] not in used_styles],
        [w for w in wishes if w[1] not in used_colours],
        [w for w in wishes if w not in used],
    ):
        if wanted:
            return wanted[0]
    return wishes[0]


def _traits_in(hints: str) -> dict[str, str]:
    """trait -> value; the first word for each trait wins."""
    found = {trait: _words_for(trait).first(hints) for trait in _TRAITS}
    found["gender"] = _words_for("gender").first(_WHOSE.sub("", hints))
    traits = {trait: value for trait, value in found.items() if value}
    if _OLD.search(hints):
        traits["age"] = "elder"
    if (years := _years(hints)) is not None:
        traits["age"] = next(age for most, age in _AGES if years <= most)
    if "gender" not in traits and (letter := _SEX_LETTER.search(hints)):
        traits["gender"] = (letter[1] or letter[2]).lower()
    return traits


def _years(hints: str) -> int | None:
    for pattern in (_YEARS, _YEARS_TOLD):
        if found := pattern.search(hints):
            return int(next(group for group in found.groups() if group))
    written = _WRITTEN_YEARS.search(hints)
    if written is None or not any(written.groups()):
        return None
    tens, ones = ((written[index] or written[index + 2] or "").lower() for index in (1, 2))
    number = _NUMBERS.index(ones) + 1 if ones in _NUMBERS else 0
    whole = next((10 * index for index, stem in enumerate(_TENS) if stem and f"{stem}ty" == ones), 0)
    return (10 * _TENS.index(tens) if tens else whole) + number


@cache
def _words_for(trait: str) -> Lexicon:
    """The words for one trait; one word may give several traits (a schoolgirl's age and her uniform)."""
    entries = ((value, word) for value, found in words("looks").items() for word in found)
    return Lexicon((value.split(".")[1], word) for value, word in entries if value.startswith(f"{trait}."))


def _accessories(hints: str) -> tuple[str, ...]:
    found = [
        hit.value.split(".")[1] for hit in lexicon("looks").hits(hints) if hit.value.startswith("accessory.")
    ]
    return tuple(dict.fromkeys(found))[:5]


def _pick(name: str, trait: str, options: Sequence[T]) -> T:
    return options[number(name, trait) % len(options)]


def _turned(name: str, trait: str, options: Sequence[str]) -> list[str]:
    """All ``options`` in an order that depends on the name."""
    return sorted(options, key=lambda option: number(name, f"{trait} {option}"))
