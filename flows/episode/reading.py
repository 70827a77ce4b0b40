"""Read what a brief names: the profile with what the brief changes in it, the bible with its art.

In: a brief.      Out: checked sheets.
"""

from pathlib import Path
from typing import Any

from assets import show as shows
from assets.sheets.bible import Bible
from flows.episode import inputs
from flows.episode.brief import Brief
from flows.episode.profile import Profile, load
from flows.episode.workspace import EpisodeWorkspace
from stages.shots import artwork


def profile_of(brief: Brief) -> Profile:
    """The profile, with what the brief changes in it."""
    profile = load(brief.profile)
    changed: dict[str, Any] = {}
    if brief.seed is not None:
        seeded = {"seed": brief.seed}
        changed["storyboard"] = profile.storyboard.model_copy(update=seeded)
        changed["takes"] = profile.takes.model_copy(update=seeded)
        changed["soundtrack"] = profile.soundtrack.model_copy(update=seeded)
    if brief.takes is not None:
        takes = changed.get("takes", profile.takes)
        changed["takes"] = takes.model_copy(update={"count": brief.takes})
    if brief.burn_in:
        assemble = profile.finish.assemble.model_copy(update={"burn_in": True})
        changed["finish"] = profile.finish.model_copy(update={"assemble": assemble})
    return profile.model_copy(update=changed)


def bible_file(brief: Brief) -> Path | None:
    """The bible of the show, else the one beside the script, else None."""
    if brief.show is not None:
        return shows.located(brief.show)
    beside = brief.script.parent / "bible.yaml"
    return shows.located(beside) if beside.is_file() else None


def bible_of(brief: Brief) -> Bible | None:
    """The bible without its art."""
    file = bible_file(brief)
    return shows.load(file) if file else None


def with_art(bible: Bible | None, brief: Brief, where: EpisodeWorkspace) -> Bible | None:
    """``bible`` with its reference pictures and LoRAs in the vault, by hash."""
    file = bible_file(brief)
    if bible is None or file is None:
        return bible
    return artwork.entered(bible, file.parent, where.vault, inputs.art_of(where))
