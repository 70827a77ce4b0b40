"""One run of one episode: the request, the workspace, and the models.

In: a request, a run context.      Out: a Session, which the pipeline passes to every stage.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assets.sheets.bible import Bible, Language
from assets.sheets.look import Mood
from assets.sheets.screenplay import Screenplay
from flows.episode.brief import Brief, RetakeOrder
from flows.episode.choices import AdapterChoice
from flows.episode.executor import Executor
from flows.episode.gates import Gates, NoGates
from flows.episode.profile import Profile
from flows.episode.scope import WHOLE, Scope
from flows.episode.workspace import EpisodeWorkspace
from models.card import Card
from models.lease import Leased, ModelT, lease
from models.limits import check_size
from models.memory import DeviceMemory
from models.ports import PORTS, Animator, Composer, Foley, Judge, Painter, Upscaler, Voice, Writer
from stages.work_cache import WorkCache


@dataclass(frozen=True)
class EpisodeRequest:
    """What to make; read and checked before anything is opened.

    order   a retake that was ordered with this run
    scope   how much of it to make
    """

    brief: Brief
    profile: Profile
    screenplay: Screenplay
    bible: Bible | None
    order: RetakeOrder | None = None
    scope: Scope = WHOLE


@dataclass(frozen=True)
class RunContext:
    """Where and how one run works.

    device  where models are loaded, unless the profile names another device for a port
    gates   where the run stops for a review; by default nowhere
    memory  returns the memory of a device, by its name; by default measured there
    tried   in a dry run: the episode's own folder, which is only read; else None
    """

    workspace: EpisodeWorkspace
    cache: WorkCache
    executor: Executor
    device: str
    gates: Gates = field(default_factory=NoGates)
    memory: Callable[[str], DeviceMemory] = DeviceMemory
    tried: Path | None = None


@dataclass(frozen=True)
class EpisodeModels:
    """The model at each port. No model is loaded before its first call."""

    painter: Leased[Painter]
    animator: Leased[Animator]
    voice: Leased[Voice]
    foley: Leased[Foley]
    composer: Leased[Composer]
    judge: Leased[Judge] | None
    layout: Leased[Painter] | None = None
    upscaler: Leased[Upscaler] | None = None
    writer: Card | None = None  # the writer directed before the other models were loaded, and was released

    @property
    def leases(self) -> tuple[Leased[Any], ...]:
        pictures = (self.painter, self.animator, self.judge, self.layout, self.upscaler)
        sounds = (self.voice, self.foley, self.composer)
        return tuple(model for model in (*pictures, *sounds) if model is not None)

    @property
    def cards(self) -> tuple[Card, ...]:
        order = (self.painter, self.animator, self.voice, self.foley, self.composer, self.judge, self.layout)
        cards = tuple(model.card for model in (*order, self.upscaler) if model is not None)
        return (self.writer, *cards) if self.writer else cards

    def release(self) -> None:
        """Free all memory. A model that is used again is loaded again."""
        for model in self.leases:
            model.release()


@dataclass(frozen=True)
class Session:
    """Everything a stage is given besides its sheets."""

    request: EpisodeRequest
    context: RunContext
    models: EpisodeModels

    @property
    def brief(self) -> Brief:
        return self.request.brief

    @property
    def profile(self) -> Profile:
        return self.request.profile

    @property
    def bible(self) -> Bible | None:
        return self.request.bible

    @property
    def scope(self) -> Scope:
        return self.request.scope

    @property
    def workspace(self) -> EpisodeWorkspace:
        return self.context.workspace

    @property
    def cache(self) -> WorkCache:
        return self.context.cache

    @property
    def executor(self) -> Executor:
        return self.context.executor

    @property
    def gates(self) -> Gates:
        return self.context.gates

    @property
    def mood(self) -> Mood:
        """The show's mood; the music and the title follow it."""
        return self.bible.mood if self.bible else "none"

    def show_title(self, language: Language) -> str:
        """The show's title as printed: in the episode's language if the bible has it; else the script's.

        Empty if there is no show: then only the episode's title is shown.
        """
        titles = self.bible.title if self.bible else {}
        named = titles.get(language) or next(iter(titles.values()), "")
        return named or self.request.screenplay.show_title()


@contextmanager
def leased_models(
    profile: Profile, language: Language, device: str, memory_of: Callable[[str], DeviceMemory] = DeviceMemory
) -> Iterator[EpisodeModels]:
    """Lease the model of every port for the length of the block; ports on one device share its memory."""
    chosen = profile.machines.ports(language)
    with ExitStack() as leases:
        memories: dict[str, DeviceMemory] = {}

        def leased(port: type[ModelT], choice: AdapterChoice) -> Leased[ModelT]:
            place = profile.devices.get(PORTS[port], device)
            memory = memories[place] if place in memories else memories.setdefault(place, memory_of(place))
            return leases.enter_context(
                lease(port, choice.name, place, options=choice.options, memory=memory)
            )

        def optional(port: type[ModelT], choice: AdapterChoice | None) -> Leased[ModelT] | None:
            return leased(port, choice) if choice else None

        yield EpisodeModels(
            painter=leased(Painter, chosen["painter"]),
            animator=leased(Animator, chosen["animator"]),
            voice=leased(Voice, chosen["voice"]),
            foley=leased(Foley, chosen["foley"]),
            composer=leased(Composer, chosen["composer"]),
            judge=optional(Judge, chosen.get("judge")),
            layout=optional(Painter, profile.machines.layout),
            upscaler=optional(Upscaler, chosen.get("upscaler")),
            writer=_director_card(profile, device),
        )


def check_sizes(profile: Profile, models: EpisodeModels) -> None:
    """Refuse a size that is off a model's grid, before anything is made."""
    check_size(models.painter.card, profile.storyboard.size or profile.size)
    if models.layout is not None:
        check_size(models.layout.card, profile.storyboard.size or profile.size)
    check_size(models.animator.card, profile.takes.size or profile.size)


def _director_card(profile: Profile, device: str) -> Card | None:
    if profile.director is None:
        return None
    with lease(Writer, profile.director.name, device, options=profile.director.options) as writer:
        return writer.card  # reading the card loads nothing
