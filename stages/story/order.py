"""What is ordered from a writer, what it is written with, and what is delivered."""

from dataclasses import dataclass

from assets.sheets.bible import Bible, Language
from assets.sheets.story import Remembered, Story, Structure
from models.lease import Leased
from models.ports import Writer
from stages.breakdown import BreakdownOptions
from stages.story.options import StoryOptions
from stages.work_cache import WorkCache


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
class Tools:
    """What a story is written with. ``breakdown`` measures how long it is."""

    writer: Leased[Writer]
    cache: WorkCache
    options: StoryOptions
    breakdown: BreakdownOptions


@dataclass(frozen=True)
class Written:
    """A story, and its script file."""

    story: Story
    fountain: str
