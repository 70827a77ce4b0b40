"""Check whether a voice can say a line, before any weight is loaded.

In: the text of a line, and its character.      Out: nothing, or a refusal that says what is allowed.
Knows no model; each voice passes its own card and voices.
"""

from collections.abc import Mapping, Sequence

from assets.errors import ShapeRefused
from assets.plain import shortened
from assets.sheets.bible import Language, VoiceSpec
from models.card import Card
from models.sound import casting, letters
from models.sound.casting import Shape

# About two minutes of speech, longer than any cut. A line of 200,000 letters would take hours and gigabytes.
MOST_LETTERS = 2_000


# The voice that speaks the other language.
_OTHERS = {"en": " The hibari voice speaks en.", "ja": " The kokoro voice speaks ja."}


def check(card: Card, text: str, language: Language) -> None:
    """Refuse a language that the card does not list, and more letters than one recording allows."""
    if language not in card.languages:
        raise ShapeRefused(
            f"{card.name} speaks {', '.join(card.languages)}; the line is in {language}."
            f"{_OTHERS.get(language, '')}"
        )
    if len(text) > MOST_LETTERS:
        raise ShapeRefused(
            f"{len(text):,} letters; {card.name} speaks at most {MOST_LETTERS:,} in one line. "
            "Split it over several lines."
        )


def check_read(
    card: Card,
    text: str,
    *,
    language: Language,
    voice: VoiceSpec,
    character: str,
    voices: Mapping[str, Sequence[Shape]],
) -> None:
    """The same for a voice that reads Latin and Japanese letters and chooses among ``voices``."""
    check(card, text, language)
    casting.cast(voice, character, model=card.name, voices=voices)
    found = letters.unreadable(text)
    if found:
        told = ", ".join(f"{script} ({shortened(signs, 20)})" for script, signs in found.items())
        raise ShapeRefused(
            f"{card.name} reads Latin and Japanese letters. This line has {told}. "
            "Respell it in Latin letters or in kana."
        )
