"""Write a script from a premise: find the show and its memory, ask the story room, write the files.

In: a commission.      Out: FILE.fountain, FILE.story.json beside it, and the show's memory with one more episode.
A script that somebody has edited is never overwritten.
"""

import fcntl
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assets import files
from assets import show as shows
from assets.errors import InputRefused, SetupMissing, SheetRefused
from assets.plain import clean
from assets.sheets.bible import Bible, Language
from assets.sheets.story import Story, StoryMemory, Structure
from flows.episode import disk
from flows.episode.choices import for_profile
from flows.episode.profile import Profile, load
from flows.episode.workspace import open_vault
from flows.settings import models_folder, settings, stay_offline
from flows.terminal import arguments, screen
from models.lease import card_with, lease
from models.memory import required_device
from models.ports import Writer
from models.registry import lacks_with
from models.weights.store import use_store
from stages import story
from stages.story import StoryOptions
from stages.work_cache import WorkCache

HOUSE_WRITER = "smollm"
# Longest length in minutes that every plot reaches within 20 %: measured over all plots in both languages.
SHORTEST: dict[Structure, float] = {"kishotenketsu": 1.2, "three-acts": 1.5, "own": 1.2}
LONGEST = 3.0
# A large writer writes scene by scene, so that only the time sets a limit.
FREE_SHORTEST, FREE_LONGEST = 0.4, 120.0
MEMORY = "memory.yaml"


@dataclass(frozen=True)
class Commission:
    """One order for one script."""

    premise: str
    out: Path  # the .fountain file
    show: str | None = None
    minutes: float = 1.5
    language: Language | None = None
    structure: Structure = "kishotenketsu"
    profile: str = "house"
    writer: str | None = None  # None: the profile's, else the house writer
    seed: int | None = None
    new_characters: bool = False
    budget: str | None = None  # of a large writer: "200k", "$1.50"; None: the profile's
    drafts: int | None = None  # that compete; None: the profile's
    episodes: Path = Path("episodes")  # its .sakuga keeps finished work and the show's memory


def write(commission: Commission, *, quiet: bool = False) -> Story:
    """Write the script with progress in the terminal, and print where it is."""
    _check(commission)
    profile = load(commission.profile)
    name, own = writer_of(commission.writer, profile)
    options = _options(commission, profile)
    home = settings(commission.episodes).home
    disk.check(files.folder_in(commission.out.parent), files.folder_in(home))
    disk.sweep(commission.episodes, home)
    bible = shows.load(commission.show) if commission.show else None
    stay_offline()
    use_store(models_folder())
    if missing := lacks_with("writer", name, own):
        raise SetupMissing(
            f"{for_profile(missing, commission.profile)} Or use --writer toy: the library's phrases, without weights."
        )
    free = _check_length(commission, name, own, options)
    required_device(settings(commission.episodes).device)
    state_folder = home / "stories" / hashlib.sha256(str(commission.out.absolute()).encode()).hexdigest()[:16]
    with _memory_of(bible, home) as memory, screen.Screen(quiet=quiet) as display:
        _check_name(commission, memory, state_folder)
        cache = WorkCache(
            open_vault(settings(commission.episodes)),
            state_folder / "journal.jsonl",
            calls=Unbooked(),
            watch=display,
        )
        with lease(Writer, name, settings(commission.episodes).device, options=own) as writer:
            written = story.write(
                _order(commission, bible, memory),
                writer=writer,
                cache=cache,
                options=options,
                breakdown=profile.breakdown,
                budget=story.parsed_budget(commission.budget) if free and commission.budget else None,
            )
        publish(commission.out, written)
        if bible:
            _save(story.remember(memory, bible.id, commission.out.stem, written.story), bible, home)
    screen.written(written.story, commission.out, quiet=quiet)
    return written.story


def script_for(premise: str, folder: Path) -> Path:
    """The path of the script that ``produce --premise`` writes: the same premise gives the same file."""
    words = "-".join(word for word in premise.lower().split() if word.isascii() and word.isalnum())[
        :40
    ].strip("-")
    mark = hashlib.sha256(" ".join(premise.split()).encode()).hexdigest()[:6]
    return folder / f"{words}-{mark}.fountain".lstrip("-")


def sidecar(script: Path) -> Path:
    return script.with_suffix(".story.json")


def by_hand(script: Path) -> bool:
    """Whether ``script`` exists and differs from what was last written to it."""
    if not script.exists():
        return False
    if not sidecar(script).exists():
        return True
    try:
        written = Story.read(sidecar(script)).script
    except SheetRefused:  # a damaged record proves nothing; do not overwrite what may be somebody's work
        return True
    return hashlib.sha256(script.read_bytes()).hexdigest() != written


class Unbooked:
    """Record no calls: the store records calls per episode, and a script has none yet. The vault finds its work."""

    run = 0

    def begin(self, recipe: str, step: str, name: str) -> None:
        """Do nothing."""

    def finish(self, recipe: str, seconds: float) -> None:
        """Do nothing."""


def _check(commission: Commission) -> None:
    arguments.words(commission.premise, "The premise")
    arguments.path(commission.out)
    if commission.out.suffix != ".fountain":  # excludes "." and "/", which have no name
        raise InputRefused(f"--out is {str(commission.out)!r}; a script is a .fountain file.")
    arguments.path(sidecar(commission.out))  # the longer of the two names, and the last one written
    if by_hand(commission.out):
        raise InputRefused(
            f"{commission.out} was not written by this command, or was edited since. It stays as it is: "
            "choose another --out, or remove it first."
        )


def writer_of(asked: str | None, profile: Profile) -> tuple[str, dict[str, Any]]:
    """The name and the options of the writer: the one asked for, else the profile's, else the house writer."""
    chosen = profile.machines.writer
    name = asked or (chosen.name if chosen else HOUSE_WRITER)
    return name, dict(chosen.options) if chosen and name == chosen.name else {}


def _options(commission: Commission, profile: Profile) -> StoryOptions:
    options = profile.story
    if commission.seed is not None:
        options = options.model_copy(update={"seed": commission.seed})
    if commission.drafts is not None:
        options = options.model_copy(
            update={"free": options.free.model_copy(update={"rivals": commission.drafts})}
        )
    return options


def _check_length(commission: Commission, name: str, own: dict[str, Any], options: StoryOptions) -> bool:
    """Whether the writer writes freely; a length or structure that its path cannot make is refused."""
    if story.is_free(card_with("writer", name, own), options):
        if not FREE_SHORTEST <= commission.minutes <= FREE_LONGEST:
            raise InputRefused(
                f"--minutes is {commission.minutes:g}; {name} writes {FREE_SHORTEST:g} to {FREE_LONGEST:g}."
            )
        return True
    shortest = SHORTEST[commission.structure]
    if not shortest <= commission.minutes <= LONGEST:
        raise InputRefused(
            f"--minutes is {commission.minutes:g}; {commission.structure} needs {shortest:g} to {LONGEST:g}. "
            "For more, write several episodes of a show, each of which uses the story so far; or name a large "
            "writer (openai, transformers) in the profile, which writes up to two hours."
        )
    if commission.structure == "own":
        raise InputRefused(
            f"{name} fills the library's plots, which are kishotenketsu or three-acts. A structure of its own needs a "
            "large writer: openai or transformers."
        )
    return False


def _check_name(commission: Commission, memory: StoryMemory | None, state_folder: Path) -> None:
    """Refuse a second file of the same name: it would replace the episode in the show's memory."""
    known = memory is not None and any(item.episode == commission.out.stem for item in memory.episodes)
    if memory is not None and known and not state_folder.exists() and not commission.out.exists():
        raise InputRefused(
            f"{memory.show} remembers an episode {commission.out.stem!r}, which was written to another file than "
            f"{commission.out}. Choose another name for --out: each episode of a show has its own."
        )


def _order(commission: Commission, bible: Bible | None, memory: StoryMemory | None) -> story.Order:
    return story.Order(
        premise=clean(commission.premise),
        episode=_id(commission.out.stem),
        seconds=commission.minutes * 60,
        language=commission.language,
        bible=bible,
        structure=commission.structure,
        earlier=story.before(memory, commission.out.stem),
        new_characters=commission.new_characters,
    )


def _id(stem: str) -> str:
    plain = "".join(
        letter if letter.isascii() and (letter.isalnum() or letter in "-_") else "-" for letter in stem
    )
    return plain.strip("-")[:64] or "episode"


def publish(script: Path, written: story.Written) -> None:
    """Write the sidecar first: after a kill in between, the next run sees either its own script or none."""
    script.parent.mkdir(parents=True, exist_ok=True)
    files.write(sidecar(script), written.story.to_json())
    files.write(script, written.fountain)


@contextmanager
def _memory_of(bible: Bible | None, home: Path) -> Iterator[StoryMemory | None]:
    """The show's memory, locked while an episode is written, so that two writers do not overwrite each other."""
    if bible is None:
        yield None
        return
    folder = files.folder_in(home, "shows", bible.id)
    with (folder / "lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise InputRefused(
                f"Another episode of {bible.id} is being written. Wait until it is finished: this one continues it."
            ) from error
        path = folder / MEMORY
        yield StoryMemory.read(path) if path.exists() else None


def _save(memory: StoryMemory, bible: Bible, home: Path) -> None:
    files.write(home / "shows" / bible.id / MEMORY, memory.to_yaml())
