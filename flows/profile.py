"""A profile: which machine stands at each port, and every stage's options, composed once.

Profiles are YAML in assets/library/profiles/, or a file of one's own.
"""

from pathlib import Path
from typing import Annotated, Any, ClassVar

from pydantic import Field, model_validator

from assets.errors import InputRefused, SetupMissing
from assets.sheets.base import Part, Sheet
from assets.sheets.bible import Language
from models.card import Card, Port
from models.registry import card, lacks
from stages.breakdown import BreakdownOptions
from stages.direction import DirectionOptions
from stages.filmgrammar import FilmGrammarOptions
from stages.finish import FinishOptions
from stages.soundtrack import SoundtrackOptions
from stages.story import StoryOptions
from stages.storyboard import StoryboardOptions
from stages.takes import TakeOptions
from stages.voices import VoiceOptions

LIBRARY = Path(__file__).parent.parent / "assets" / "library" / "profiles"
Even = Annotated[int, Field(ge=144, le=4320, multiple_of=2)]


class Machines(Part):
    """The adapter at each port, by the name its card gives."""

    painter: str
    animator: str
    voices: dict[Language, str] = Field(min_length=1, description="One voice adapter per language")
    foley: str
    composer: str
    judge: str | None = Field(default=None, description="Empty: takes are not measured")
    writer: str | None = Field(default=None, description="Who writes and directs; empty: nobody does")
    writer_options: dict[str, Any] = Field(
        default_factory=dict, description="What the writer is told: a server's base_url and model, for one"
    )

    def cards(self, language: Language) -> tuple[Card, ...]:
        """The cards of everything an episode in ``language`` will use."""
        named = (
            card("painter", self.painter),
            card("animator", self.animator),
            card("voice", self.voice(language)),
            card("foley", self.foley),
            card("composer", self.composer),
        )
        judge = (card("judge", self.judge),) if self.judge else ()
        return (*named, *judge, *((card("writer", self.writer),) if self.writer else ()))

    def check(self) -> None:
        """Refuse machines that cannot be loaded here, before anything is made.

        raises  SetupMissing naming what is missing; a writer is asked when it is called
        """
        named: tuple[tuple[Port, str | None], ...] = (
            ("painter", self.painter),
            ("animator", self.animator),
            ("foley", self.foley),
            ("composer", self.composer),
            ("judge", self.judge),
        )
        if missing := [sentence for port, name in named if name and (sentence := lacks(port, name))]:
            raise SetupMissing(" ".join(dict.fromkeys(missing)))

    def voice(self, language: Language) -> str:
        if language not in self.voices:
            raise InputRefused(
                f"This profile has no voice for {language!r}; it speaks {', '.join(self.voices)}. "
                "Choose --language, or name a voice in the profile."
            )
        return self.voices[language]


class Profile(Sheet):
    """One look of the pipeline, complete."""

    sheet: ClassVar[str] = "profile"

    name: str = Field(pattern=r"^[a-z0-9-]{1,64}$")
    about: str = ""
    size: tuple[Even, Even] = Field(default=(1280, 720), description="Width and height in pixels, even")
    machines: Machines
    breakdown: BreakdownOptions = BreakdownOptions()
    story: StoryOptions = StoryOptions()
    direction: DirectionOptions = DirectionOptions()
    filmgrammar: FilmGrammarOptions = FilmGrammarOptions()
    voices: VoiceOptions = VoiceOptions()
    storyboard: StoryboardOptions = StoryboardOptions()
    takes: TakeOptions = TakeOptions()
    soundtrack: SoundtrackOptions = SoundtrackOptions()
    finish: FinishOptions = FinishOptions()

    @model_validator(mode="after")
    def _a_writer_directs_only_if_there_is_one(self) -> "Profile":
        if self.direction.by == "writer" and not self.machines.writer:
            raise ValueError(
                "direction.by is 'writer', but machines names no writer; name one, or direct by 'rules'"
            )
        return self

    @property
    def director(self) -> str | None:
        """The writer that directs, where one does."""
        return self.machines.writer if self.direction.by == "writer" else None


def load(name: str) -> Profile:
    """A profile by its name in the library, or by the path of a YAML file."""
    own = Path(name)
    if own.suffix in (".yaml", ".yml"):
        return Profile.read(own)
    known = {path.stem: path for path in sorted(LIBRARY.glob("*.yaml"))}
    if name not in known:
        raise InputRefused(
            f"No profile is called {name!r}. There are: {', '.join(known)}; or give a .yaml file."
        )
    return Profile.read(known[name])
