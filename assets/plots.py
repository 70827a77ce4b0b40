"""The data of the story room: plots, phrases, names and plain words from the library.

In: ``assets/library/stories``.      Out: frozen sheets, English and Japanese side by side.
The folder's README explains how a phrase is written. Knows nothing about premises or models.
"""

from functools import cache
from pathlib import Path
from typing import Any, ClassVar, Literal

from pydantic import Field, model_validator

from assets.grammar import Lexicon, WordList
from assets.hashing import digest
from assets.sheets.base import Part, Sheet
from assets.sheets.bible import Language
from assets.sheets.look import Expression, PlaceKind, Prop, TimeOfDay, Weather

FOLDER = Path(__file__).parent / "library" / "stories"
Condition = Literal["", "held", "alive", "topic", "goal", "before", "detail"]
Role = Literal["A", "B", "C"]


class Phrase(Part):
    """One thing to say or do, in both languages; ``when`` names its condition."""

    en: str
    ja: str = ""
    when: Condition = ""

    @model_validator(mode="before")
    @classmethod
    def _from_list(cls, raw: Any) -> Any:
        return dict(zip(("en", "ja", "when"), raw, strict=False)) if isinstance(raw, list | tuple) else raw

    def text(self, language: Language) -> str:
        return self.en if language == "en" else self.ja


class Move(Part):
    """One step of a beat: an action, or a line that somebody says."""

    do: tuple[Phrase, ...] = ()
    say: Role | None = None
    feel: Expression | Literal[""] = ""
    lines: tuple[Phrase, ...] = ()
    pool: str = ""
    frames: tuple[Phrase, ...] = Field(default=(), description="Sentences whose {gap} a model may fill")
    spare: bool = Field(default=False, description="Left out when there is no time")

    @model_validator(mode="before")
    @classmethod
    def _from_list(cls, raw: Any) -> Any:
        """``[A, happy, phrases]``, ``[do, "", phrases]`` or ``[B, "", pool comfort]``."""
        if not isinstance(raw, list | tuple):
            return raw
        who, feel, told = raw
        if who == "do":
            return {"do": told}
        what = {"pool": told.removeprefix("pool ")} if isinstance(told, str) else {"lines": told}
        return {"say": who, "feel": feel, **what}


class BeatPlan(Part):
    """One beat of a plot: its place, its time, and its steps."""

    part: Literal["ki", "sho", "ten", "ketsu", "trial"] = "trial"
    at: int = Field(default=1, ge=0, le=2, description="Which of the plot's places")
    hour: TimeOfDay = "day"
    weather: Weather | None = None
    sum: Phrase
    moves: tuple[Move, ...]


class Plot(Sheet):
    """The course of a story."""

    sheet: ClassVar[str] = "plot"

    id: str
    about: str
    kinds: tuple[str, ...] = Field(description="Words of a premise that call for it")
    prop: Prop = Field(description="The thing it is about when the premise names none")
    unfit: tuple[Prop, ...] = Field(default=(), description="Things it makes no sense with")
    places: tuple[PlaceKind, PlaceKind, PlaceKind]
    logline: Phrase
    titles: tuple[Phrase, ...]
    facts: tuple[Phrase, ...]
    beats: tuple[BeatPlan, ...]


class Phrases(Sheet):
    """Lines that answer other lines, and exchanges to fill time."""

    sheet: ClassVar[str] = "phrases"

    pools: dict[str, tuple[Phrase, ...]]
    chats: tuple[tuple[Move, ...], ...]
    callbacks: tuple[tuple[Move, ...], ...]
    visits: tuple[tuple[Move, ...], ...]
    trials: tuple[BeatPlan, ...]
    payoffs: tuple[tuple[Move, ...], ...]


class Styles(Sheet):
    """Ways of speaking in Japanese, and brackets that say how a line is spoken."""

    sheet: ClassVar[str] = "speech-styles"

    styles: dict[str, dict[str, str]]
    manners: dict[Expression, tuple[str, str]]


class Names(Sheet):
    """Names and introductions for people that no bible describes."""

    sheet: ClassVar[str] = "names"

    names: dict[Literal["f", "m"], tuple[tuple[str, str], ...]]
    introduced: dict[str, tuple[str, str]]


class Words(Sheet):
    """Plain nouns for things, and the names and descriptions of places, weathers and hours."""

    sheet: ClassVar[str] = "story-words"

    props: dict[Prop, tuple[str, str, Literal["held", "standing", "alive"]]]
    places: dict[PlaceKind, tuple[str, str, Literal["inside", "outside"], Prop, str, str]]
    somewhere: dict[Literal["inside", "outside"], tuple[tuple[str, str], ...]]
    weathers: dict[Weather, tuple[str, str]]
    hours: dict[TimeOfDay, tuple[str, str]]
    details: tuple[tuple[str, str], ...]


@cache
def plots() -> tuple[Plot, ...]:
    return tuple(Plot.read(path) for path in sorted((FOLDER / "plots").glob("*.yaml")))


@cache
def kinds(plot: str) -> Lexicon:
    """The words that select ``plot``, prepared for searching."""
    found = next(item for item in plots() if item.id == plot)
    return Lexicon((found.id, word) for word in found.kinds)


@cache
def phrases() -> Phrases:
    return Phrases.read(FOLDER / "phrases.yaml")


@cache
def styles() -> Styles:
    return Styles.read(FOLDER / "styles.yaml")


@cache
def names() -> Names:
    return Names.read(FOLDER / "names.yaml")


@cache
def words() -> Words:
    return Words.read(FOLDER / "words.yaml")


@cache
def limits() -> Lexicon:
    """Words that no story may use, by topic."""
    listed = WordList.read(FOLDER / "limits.yaml").words
    return Lexicon((matter, word) for matter, found in listed.items() for word in found)


@cache
def limited_matters() -> tuple[str, ...]:
    """The topics of ``limits``, for a prompt."""
    return tuple(sorted(WordList.read(FOLDER / "limits.yaml").words))


@cache
def little_words(name: str) -> frozenset[str]:
    """Words without a topic of their own, by what they must be separated from."""
    return frozenset(WordList.read(FOLDER / "little_words.yaml").words[name])


@cache
def stories_digest() -> str:
    """SHA-256 over the whole library of stories."""
    return digest({path.name: path.read_text("utf-8") for path in sorted(FOLDER.rglob("*.yaml"))})
