"""Two orders for a large writer besides a script: revise what it wrote, and propose the bible of a show.

In: a file and a wish, or a folder and a premise.      Out: the difference and, once kept, the files.
A script that a person has edited is never touched; the difference is shown before anything is written.
"""

import difflib
import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assets import files
from assets import show as shows
from assets.errors import InputRefused, SetupMissing
from assets.plain import clean
from assets.sheets.bible import Bible
from assets.sheets.story import SceneDraft, Story
from flows.episode.choices import for_profile
from flows.episode.profile import Profile, load
from flows.episode.workspace import episode_id, open_vault
from flows.episode.writing import Unbooked, by_hand, publish, sidecar, writer_of
from flows.settings import models_folder, settings, stay_offline
from flows.terminal import arguments, screen
from models.lease import Leased, card_with, lease
from models.memory import required_device
from models.ports import Writer
from models.registry import lacks_with
from models.weights.store import use_store
from stages import story
from stages.story import premise as premises
from stages.work_cache import WorkCache


@dataclass(frozen=True)
class Means:
    """With what it is written."""

    profile: str = "house"
    writer: str | None = None
    budget: str | None = None
    show: str | None = None
    episodes: Path = Path("episodes")


def revise(
    script: Path,
    wish: str,
    means: Means,
    *,
    keep: Callable[[], bool],
    say: Callable[[str], None],
    quiet: bool,
) -> bool:
    """Show what ``wish`` changes in ``script``, and write it if ``keep`` says so. Whether it was written."""
    arguments.words(wish, "The wish")
    if not script.is_file() or not sidecar(script).is_file() or by_hand(script):
        raise InputRefused(
            f"{script} was not written by `sakuga write`, or was edited since. What a person wrote is revised by that "
            "person: edit it by hand."
        )
    before = Story.read(sidecar(script))
    bible = _bible(before, means)
    order = story.Order(before.outline.premise, "revision", before.seconds, bible=bible)
    with _large_writer(means, script, quiet) as (writer, cache, profile):
        tools = story.Tools(writer, cache, profile.story, profile.breakdown)
        after = story.revise(before, clean(wish), order, tools, _budget(means, profile))
    changed = after.story.drafts[-1].rewritten
    if not changed:
        say("The writer changed nothing; the script stays as it is.")
        return False
    for number in changed:
        say(_difference(before.scenes[number - 1], after.story.scenes[number - 1], number))
    for fault in after.story.drafts[-1].faults:
        if fault.by == "rule":
            say(f"Scene {fault.scene}{f', line {fault.line}' if fault.line else ''}: {fault.what}")
    if not keep():
        say(
            f"{script} stays as it is. The same command with --yes keeps the change, and asks the writer for nothing."
        )
        return False
    publish(script, after)
    return True


def propose(folder: Path, premise: str, means: Means, *, quiet: bool) -> Bible:
    """Write the bible of a new show into ``folder``."""
    arguments.words(premise, "The premise")
    read = premises.read(clean(premise))
    with _large_writer(means, folder, quiet) as (writer, cache, profile):
        options = profile.story
        client = story.WriterClient(
            writer, cache, _budget(means, profile), options.seed, options.free.attempts
        )
        bible = story.propose(read.text, episode_id(folder, None).lower(), read.language, client)
    folder.mkdir(parents=True, exist_ok=True)
    files.write(folder / shows.BIBLE, bible.to_yaml())
    return bible


def _bible(before: Story, means: Means) -> Bible | None:
    if before.outline.show is None:
        return None
    bible = shows.load(means.show or before.outline.show)
    if bible.id != before.outline.show:
        raise InputRefused(
            f"The script belongs to the show {before.outline.show!r}, and --show is {bible.id!r}."
        )
    return bible


def _budget(means: Means, profile: Profile) -> story.Budget:
    if means.budget:
        return story.parsed_budget(means.budget)
    free = profile.story.free
    return story.Budget(free.budget_tokens, free.budget_usd)


@contextmanager
def _large_writer(
    means: Means, about: Path, quiet: bool
) -> Iterator[tuple[Leased[Writer], WorkCache, Profile]]:
    """The profile's writer, if it writes freely, with a cache of its own for ``about``."""
    profile = load(means.profile)
    name, own = writer_of(means.writer, profile)
    _check_free(name, own, profile, means)
    required_device(settings(means.episodes).device)
    mark = hashlib.sha256(f"rewriting {about.absolute()}".encode()).hexdigest()[:16]
    journal = settings(means.episodes).home / "stories" / mark / "journal.jsonl"
    with screen.Screen(quiet=quiet) as display:
        cache = WorkCache(open_vault(settings(means.episodes)), journal, calls=Unbooked(), watch=display)
        with lease(Writer, name, settings(means.episodes).device, options=own) as writer:
            yield writer, cache, profile


def _check_free(name: str, own: dict[str, Any], profile: Profile, means: Means) -> None:
    stay_offline()
    use_store(models_folder())
    if missing := lacks_with("writer", name, own):
        raise SetupMissing(for_profile(missing, means.profile))
    if not story.is_free(card_with("writer", name, own), profile.story):
        raise InputRefused(
            f"{name} only fills the library's plots; this needs a large writer. Name openai or transformers "
            "as the writer in the profile."
        )


def _difference(before: SceneDraft, after: SceneDraft, number: int) -> str:
    lines = difflib.unified_diff(_lines(before), _lines(after), lineterm="", n=1)
    return "\n".join((f"Scene {number}: {before.heading}", *list(lines)[3:], ""))


def _lines(scene: SceneDraft) -> list[str]:
    return [f"{said.who}: {said.text}" if said.who else said.text for said in scene.said]
