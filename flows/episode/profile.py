"""A profile: the adapter at each port, and the options of every stage.

A profile is a YAML file in assets/library/profiles/, or a file of the user.
"""

from pathlib import Path
from typing import Annotated, ClassVar

from pydantic import Field, model_validator

from assets.errors import InputRefused
from assets.sheets.base import Sheet
from flows.episode.choices import AdapterChoice, ModelChoices
from flows.episode.locked import filled
from models.card import Port
from models.weights.lock import LOCK
from stages.assemble.finish import FinishOptions
from stages.breakdown import BreakdownOptions
from stages.direction import DirectionOptions
from stages.filmgrammar import FilmGrammarOptions
from stages.sound.soundtrack import SoundtrackOptions
from stages.sound.voices import VoiceOptions
from stages.story import StoryOptions
from stages.storyboard import StoryboardOptions
from stages.takes.order import TakeOptions

LIBRARY = Path(__file__).parents[2] / "assets" / "library" / "profiles"
Even = Annotated[int, Field(ge=144, le=4320, multiple_of=2)]


Device = Annotated[str, Field(pattern=r"^(cpu|cuda(:[0-9]{1,2})?|mps)$")]


class Profile(Sheet):
    """One complete look: models, sizes and the options of every stage."""

    sheet: ClassVar[str] = "profile"

    name: str = Field(pattern=r"^[a-z0-9-]{1,64}$")
    about: str = ""
    size: tuple[Even, Even] = Field(default=(1280, 720), description="Width and height in pixels, even")
    policy: str = Field(
        default="permissive-licence",
        min_length=1,
        max_length=500,
        description="What may be used: a policy of the library, or a .yaml file beside the profile",
    )
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
    """Load a profile by its name in the library, or by the path of a YAML file; its lock file pins its models."""
    file = located(name)
    profile = Profile.read(file)
    found = {"machines": filled(profile.machines, file), "policy": _beside(file, profile.policy)}
    return profile.model_copy(update=found)


def _beside(file: Path, policy: str) -> str:
    """A policy's file is named from where the profile is."""
    own = Path(policy).suffix in (".yaml", ".yml", ".json")
    return str(file.parent / policy) if own else policy


def located(name: str) -> Path:
    """The file of a profile."""
    own = Path(name)
    if own.suffix in (".yaml", ".yml"):
        return own
    known = {path.stem: path for path in sorted(LIBRARY.glob("*.yaml")) if not path.name.endswith(LOCK)}
    if name not in known:
        raise InputRefused(
            f"No profile is called {name!r}. There are: {', '.join(known)}; or give a .yaml file."
        )
    return known[name]
