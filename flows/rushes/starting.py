"""Start an episode from the room: check the script and the choices first, then order the run.

In: the text a page sent.      Out: what the episode will take; or a run that is ordered.
Nothing is made, and nothing is ordered, before script, show, profile and models are checked.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from pydantic import Field

from assets import script as scripts
from assets import show as shows
from assets.errors import InputRefused, SakugaError
from assets.sheets.base import Part
from assets.sheets.bible import Bible, Language
from assets.sheets.review import GateKind
from assets.timing import koma
from flows.episode import identity, inputs
from flows.episode.brief import Brief
from flows.episode.estimate import Estimate, estimate
from flows.episode.profile import load
from flows.episode.workspace import held
from flows.rushes.project import Project
from flows.rushes.runs import Starter
from flows.rushes.sent import read
from flows.settings import settings
from flows.terminal.arguments import build
from stages.filmgrammar import lint

AGAIN = "Load the page again; what you chose is kept."
MOST_NOTICES = 40


class Planned(Part):
    """What a page chose for an episode."""

    script: str = Field(min_length=1, max_length=1000)
    show: str = Field(default="", max_length=1000)
    profile: str = Field(default="house", min_length=1, max_length=1000)
    gates: tuple[GateKind, ...] = ()
    takes: int | None = Field(default=None, ge=1, le=16)
    language: Language | None = None
    name: str | None = Field(default=None, pattern=r"^[A-Za-z0-9_-]{1,48}$")
    same_episode: bool = False


def check(text: bytes, project: Project) -> dict[str, Any]:
    """What the episode will be and take; or the line of the script that cannot be read."""
    asked = read(text, Planned, again=AGAIN)
    path, profile = project.script(asked.script), load(project.look(asked.profile))
    bible = _bible(asked, path, project)
    found = _named(path, project, lambda: estimate(
        scripts.read(path), bible, profile, asked.language, project.archive.store
    ))  # fmt: skip
    profile.machines.check(found.sheet.language)
    grammar = list(map(str, lint(found.sheet, profile.filmgrammar)))
    return _told(found, _episode(asked, bible, project), grammar)


def start(text: bytes, project: Project, starter: Starter) -> dict[str, Any]:
    """Order the run; return the id of its episode."""
    asked = read(text, Planned, again=AGAIN)
    check(text, project)
    bible = _bible(asked, project.script(asked.script), project)
    episode = _episode(asked, bible, project)
    _started(episode, _brief(asked, project), project, starter)
    return {"episode": episode}


def again(id: str, project: Project, starter: Starter) -> dict[str, Any]:
    """Make an episode again as it was made last: what is finished is not repeated."""
    item = project.archive.find(id)
    brief = inputs.remembered(item.id, project.archive.out, settings(project.archive.out))
    _started(item.id, brief.model_copy(update={"out": project.archive.out}), project, starter)
    return {"episode": item.id}


def _episode(asked: Planned, bible: Bible | None, project: Project) -> str:
    return identity.resolve(
        _brief(asked, project), bible.id if bible else None, settings(project.archive.out)
    )


def _started(episode: str, brief: Brief, project: Project, starter: Starter) -> None:
    archive = project.archive
    known = next((item for item in archive.store.episodes() if item.id == episode), None)
    if known is not None and held(episode, known.key, archive.store, settings(archive.out)):
        raise InputRefused(f"{episode} is being made already. Its page shows how far it is.")
    starter.start(episode, brief)


def _brief(asked: Planned, project: Project) -> Brief:
    return build(
        Brief,
        script=project.script(asked.script),
        show=project.show(asked.show),
        profile=project.look(asked.profile),
        out=project.archive.out.absolute(),
        gates=asked.gates,
        takes=asked.takes,
        language=asked.language,
        name=asked.name,
        same_episode=asked.same_episode,
    )


def _bible(asked: Planned, script: Path, project: Project) -> Bible | None:
    if named := project.show(asked.show):
        return shows.load(named)
    beside = script.parent / shows.BIBLE
    return shows.load(beside) if beside.is_file() else None


def _named(path: Path, project: Project, work: Callable[[], Estimate]) -> Estimate:
    """The result of ``work``; an error names the script as the page does, and no folder of this computer."""
    try:
        return work()
    except SakugaError as refused:
        raise InputRefused(str(refused).replace(str(path), project.named(path))) from refused


def _told(found: Estimate, episode: str, grammar: list[str]) -> dict[str, Any]:
    sheet = found.sheet
    if not sheet.cuts:
        raise InputRefused("There is nothing to show in this script: no scene, action or dialogue.")
    notices = [*found.notices, *grammar]
    return {
        "episode": episode,
        "title": sheet.title,
        "language": sheet.language,
        "cuts": len(sheet.cuts),
        "lines": sum(len(cut.lines) for cut in sheet.cuts),
        "time": koma(sheet.frames, sheet.rate),
        "seconds": round(float(sheet.frames / sheet.rate), 1),
        "cast": [item.names[0] for item in sheet.cast],
        "notices": notices[:MOST_NOTICES],
        "more": max(0, len(notices) - MOST_NOTICES),
        "work_s": None if found.seconds_of_work is None else round(found.seconds_of_work),
        "measured": found.measured,
        "vram_gb": found.vram_gb,
        "free": found.free,
    }
