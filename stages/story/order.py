"""What is ordered from the story room, and what it delivers."""

from dataclasses import dataclass

from assets.sheets.bible import Bible, Language
from assets.sheets.story import Remembered, Story, Structure


@dataclass(frozen=True)
class Order:
    """What to write."""

    premise: str
    episode: str
    seconds: float
    language: Language | None = None  # None: the language of the premise
    bible: Bible | None = None
    structure: Structure = "kishotenketsu"
    earlier: tuple[Remembered, ...] = ()
    new_characters: bool = False


@dataclass(frozen=True)
class Written:
    """A story, and its script file."""

    story: Story
    fountain: str
