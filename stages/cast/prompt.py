"""Write the prompt of one view of a character sheet, in the dialect that the painter's card names.

In: a character, a view, the show's style, a card, the note of another round.      Out: the text.
"""

from assets.sheets.bible import Character, Style
from assets.sheets.casting import View
from models.card import Card
from stages.shots.prompt import count, look_tags, triggers, uncounted

_TAGS: dict[View, str] = {
    "front": "full body, standing, straight-on, looking at viewer, neutral expression",
    "three_quarter": "full body, standing, three-quarter view, facing left, neutral expression",
    "profile": "full body, standing, from side, profile, facing left, neutral expression",
    "back": "full body, standing, from behind, facing away",
    "face": "portrait, face focus, straight-on, looking at viewer, neutral expression",
    "happy": "portrait, face focus, straight-on, happy expression, smile",
    "angry": "portrait, face focus, straight-on, angry expression",
    "sad": "portrait, face focus, straight-on, sad expression",
    "surprised": "portrait, face focus, straight-on, surprised expression, open mouth",
}
_PROSE: dict[View, str] = {
    "front": "Full body from head to shoes, standing straight, seen from the front, neutral face",
    "three_quarter": "Full body from head to shoes, standing straight, three-quarter view, facing left, neutral face",
    "profile": "Full body from head to shoes, standing straight, in profile, facing left, neutral face",
    "back": "Full body from head to shoes, standing straight, seen from behind",
    "face": "Head and shoulders from the front, neutral face",
    "happy": "Head and shoulders from the front, happy, smiling",
    "angry": "Head and shoulders from the front, angry",
    "sad": "Head and shoulders from the front, sad",
    "surprised": "Head and shoulders from the front, surprised, mouth open",
}
_PLAIN = "reference sheet, simple background, white background, flat lighting"


def sheet_prompt(character: Character, view: View, style: Style, card: Card, note: str = "") -> str:
    """The text for ``view``; empty for a painter that reads none."""
    if card.dialect == "tags":
        return _tags(character, view, style, card, note)
    return _prose(character, view, style, card, note) if card.dialect == "prose" else ""


def _tags(character: Character, view: View, style: Style, card: Card, note: str) -> str:
    look = character.art.tags or look_tags(character.look)
    called = triggers([character.art, style], card)
    parts = [count([look]), *called, uncounted(look), _TAGS[view], _PLAIN, note, style.tags]
    parts = [card.quality_tags, *parts] if card.quality_at == "first" else [*parts, card.quality_tags]
    return ", ".join(part.strip(" ,") for part in parts if part.strip(" ,"))


def _prose(character: Character, view: View, style: Style, card: Card, note: str) -> str:
    look = character.art.prose or character.about or look_tags(character.look)
    sentences = (
        " ".join(triggers([character.art, style], card)),
        f"Character sheet of {character.shown('en')}: {look.rstrip('.')}.",
        f"{_PROSE[view]}.",
        "One person, plain white background, flat even light, no text.",
        f"The director asks: {note}" if note else "",
        style.prose,
    )
    return " ".join(" ".join(sentence.split()) for sentence in sentences if sentence.strip())
