"""A profile: the adapter at each port, and the options of every stage.

A profile is a YAML file in assets/library/profiles/, or a file of the user.
"""

from pathlib import Path
from typing import Annotated, Any, ClassVar

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer, model_validator

from assets.errors import InputRefused, SetupMissing
from assets.sheets.base import Part, Sheet
from assets.sheets.bible import Language
from models.card import Card, Port
from models.lease import card_with
from models.options import options_for
from models.registry import adapter, lacks
from stages.assemble.finish import FinishOptions
from stages.breakdown import BreakdownOptions
from stages.direction import DirectionOptions
from stages.filmgrammar import FilmGrammarOptions
from stages.sound.soundtrack import SoundtrackOptions
from stages.sound.voices import VoiceOptions
from stages.story import StoryOptions
from stages.storyboard import StoryboardOptions
from stages.takes.shooting import TakeOptions

LIBRARY = Path(__file__).parents[2] / "assets" / "library" / "profiles"
Even = Annotated[int, Field(ge=144, le=4320, multiple_of=2)]


Device = Annotated[str, Field(pattern=r"^(cpu|cuda(:[0-9]{1,2})?|mps)$")]


class AdapterChoice(Part):
    """Which adapter fills a port, and its options. A bare name in YAML means no options."""

    name: str
    options: dict[str, Any] = Field(default_factory=dict, description="Options of this adapter; see its file")

    @model_validator(mode="before")
    @classmethod
    def _from_a_bare_name(cls, given: Any) -> Any:
        return {"name": given} if isinstance(given, str) else given

    @model_serializer(mode="wrap")
    def _as_it_is_written(self, dump: SerializerFunctionWrapHandler) -> Any:
        return dump(self) if self.options else self.name


class ModelChoices(Part):
    """The adapter at each port, with its options."""

    painter: AdapterChoice
    animator: AdapterChoice
    voices: dict[Language, AdapterChoice] = Field(min_length=1, description="One voice adapter per language")
    foley: AdapterChoice
    composer: AdapterChoice
    judge: AdapterChoice | None = Field(default=None, description="Empty: takes are not measured")
    layout: AdapterChoice | None = Field(
        default=None,
        description="A painter whose picture guides the composition of the main painter; empty: none",
    )
    upscaler: AdapterChoice | None = Field(
        default=None, description="Enlarges pictures made at storyboard.size or takes.size"
    )
    writer: AdapterChoice | None = Field(
        default=None, description="Model that writes and directs; empty: none"
    )

    @model_validator(mode="before")
    @classmethod
    def _writer_options_of_earlier_profiles(cls, given: Any) -> Any:
        """Accept ``writer_options`` beside the writer's name, as before every port took options."""
        if not isinstance(given, dict) or "writer_options" not in given:
            return given
        rest = {key: value for key, value in given.items() if key != "writer_options"}
        writer, options = rest.get("writer"), given["writer_options"]
        if not isinstance(writer, str):
            raise ValueError("writer_options needs a writer name beside it; or write writer: {name, options}")
        return {**rest, "writer": {"name": writer, "options": options}}

    def ports(self, language: Language | None = None) -> dict[Port, AdapterChoice]:
        """The adapter at each port that this profile fills; only the voice of ``language``, if one is given.

        raises  InputRefused for a language without a voice
        """
        filled: dict[Port, AdapterChoice | None] = {
            "painter": self.painter,
            "animator": self.animator,
            "voice": self.voice(language) if language else None,
            "foley": self.foley,
            "composer": self.composer,
            "judge": self.judge,
            "upscaler": self.upscaler,
            "writer": self.writer,
        }
        return {port: choice for port, choice in filled.items() if choice is not None}

    @property
    def painter_card(self) -> Card:
        return card_with("painter", self.painter.name, self.painter.options)

    @property
    def animator_card(self) -> Card:
        return card_with("animator", self.animator.name, self.animator.options)

    def check(self, language: Language | None = None) -> None:
        """Refuse models that cannot be loaded here and options they do not take, before anything is made.

        raises  SetupMissing naming what is missing (a writer is asked when it is called);
                InputRefused for an adapter or an option that does not exist
        """
        chosen = [*self.ports(language).items()]
        if self.layout is not None:
            chosen.append(("painter", self.layout))
            if "layout" not in self.painter_card.accepts:
                raise InputRefused(
                    f"The profile names {self.layout.name} for layouts, and the painter {self.painter.name} takes no "
                    "layout. Leave layout out, or choose a painter whose card accepts one."
                )
        for port, choice in chosen:
            options_for(adapter(port, choice.name), choice.options)
        lacking = [lacks(port, choice.name) for port, choice in chosen if port != "writer"]
        if missing := dict.fromkeys(sentence for sentence in lacking if sentence):
            raise SetupMissing(" ".join(missing))

    def voice(self, language: Language) -> AdapterChoice:
        if language not in self.voices:
            raise InputRefused(
                f"This profile has no voice for {language!r}; it speaks {', '.join(self.voices)}. "
                "Choose --language, or name a voice in the profile."
            )
        return self.voices[language]


class Profile(Sheet):
    """One complete look: models, sizes and the options of every stage."""

    sheet: ClassVar[str] = "profile"

    name: str = Field(pattern=r"^[a-z0-9-]{1,64}$")
    about: str = ""
    size: tuple[Even, Even] = Field(default=(1280, 720), description="Width and height in pixels, even")
    pace: float | None = Field(
        default=None,
        gt=0,
        le=1e6,
        description="Seconds of work for one second of episode on two CPU cores, measured; for a first estimate",
    )
    machines: ModelChoices
    devices: dict[Port, Device] = Field(
        default_factory=dict, description="Device of a port, such as cuda:1, where it is not SAKUGA_DEVICE's"
    )
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

    @model_validator(mode="after")
    def _what_is_made_smaller_is_enlarged(self) -> "Profile":
        for stage, size in (("storyboard", self.storyboard.size), ("takes", self.takes.size)):
            if size is None:
                continue
            if self.machines.upscaler is None:
                raise ValueError(
                    f"{stage}.size is set, but machines names no upscaler to enlarge what it makes"
                )
            same_shape = abs(size[0] * self.size[1] - size[1] * self.size[0]) <= max(self.size)
            if not (0 < size[0] <= self.size[0] and 0 < size[1] <= self.size[1] and same_shape):
                raise ValueError(
                    f"{stage}.size is {size[0]}x{size[1]}; it must be at most {self.size[0]}x{self.size[1]} and of the "
                    "same shape"
                )
        return self

    @property
    def director(self) -> AdapterChoice | None:
        """The writer that directs, if one does."""
        return self.machines.writer if self.direction.by == "writer" else None


def load(name: str) -> Profile:
    """Load a profile by its name in the library, or by the path of a YAML file."""
    own = Path(name)
    if own.suffix in (".yaml", ".yml"):
        return Profile.read(own)
    known = {path.stem: path for path in sorted(LIBRARY.glob("*.yaml"))}
    if name not in known:
        raise InputRefused(
            f"No profile is called {name!r}. There are: {', '.join(known)}; or give a .yaml file."
        )
    return Profile.read(known[name])
