"""Find out what a run would make and what it would find, without making or writing anything.

In: a brief.      Out: the list of the work, and what it takes: time, memory, disk, money.
The pipeline itself runs, over a copy of the store and a vault that is only read. Instead of a piece that is missing a
placeholder is kept, beside the vault, so that what depends on it counts as missing too. Cuts whose lines are not
recorded yet have their estimated length. Two things are known only once a piece is made, and the list then has more
than the run needs: that it comes out as the same bytes as before, and which of several takes is shown.
"""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfile

from assets import files
from assets.errors import ModelFailed
from assets.script import read
from assets.sheets.cutsheet import Cutsheet
from assets.sheets.production import Done
from assets.store import Store
from assets.store.rehearsal import rehearsal
from assets.vault import Vault
from flows.episode import identity, inputs
from flows.episode.brief import Brief
from flows.episode.costs import Pace, pace_of
from flows.episode.executor import InProcess
from flows.episode.journal import StoreJournal
from flows.episode.pipeline import make
from flows.episode.profile import Profile
from flows.episode.reading import bible_of, profile_of, with_art
from flows.episode.ready import required_ready
from flows.episode.scope import WHOLE, Reached, Scope
from flows.episode.session import EpisodeRequest, RunContext
from flows.episode.workspace import EpisodeWorkspace, state_folder
from flows.settings import Settings, user
from flows.upkeep.anchoring import Anchoring
from stages.breakdown import BreakdownOptions
from stages.breakdown.durations import speech_seconds
from stages.unrecorded import NoCalls, NoWatch
from stages.work import Found, Result, Work
from stages.work_cache import WorkCache


@dataclass(frozen=True)
class DryRun:
    """What a run would do.

    known   whether the episode was made, or begun, before
    work    every piece, in the order of the run; ``seconds`` of a piece that would be made are unknown
    pace    how long the pieces took before
    notes   what people should know of how the script was read
    """

    episode: str
    known: bool
    profile: Profile
    sheet: Cutsheet
    work: tuple[Done, ...]
    pace: Pace
    folder: Path
    vault: Vault
    settings: Settings
    notes: tuple[str, ...] = ()

    @property
    def made(self) -> tuple[Done, ...]:
        return tuple(done for done in self.work if done.outcome == "made")


def dry_run(brief: Brief, scope: Scope = WHOLE) -> DryRun:
    """What `produce` would do with this brief now. Nothing is written outside a temporary folder.

    raises  what the run would raise before its first piece: a wrong script, a missing model, a refused policy
    """
    profile, screenplay, bible = profile_of(brief), read(brief.script), bible_of(brief)
    chosen = required_ready(brief, profile, bible)
    with ExitStack() as stack:
        scratch = stack.enter_context(files.scratch())
        store = stack.enter_context(rehearsal(chosen.store, scratch))
        vault = Vault.rehearsal(chosen.vault, scratch)
        show = bible.id if bible else None
        episode = identity.resolve_in(store, vault, brief, show, chosen)
        where = _workspace(episode, show, scratch, store, vault)
        real = brief.out / episode
        _copied(real / inputs.SHEET, where.folder / inputs.SHEET)
        for note in _notes(state_folder(episode, chosen)):
            _copied(note, where.state_folder / note.name)
        known = _required_sound(brief, where, real, chosen)
        pace = pace_of(store, where.key, profile)
        store.upsert_episode(
            show, episode, title=screenplay.episode_title(brief.script.stem), script="0" * 64, by=user()
        )
        bible = with_art(bible, brief, where)
        work = _Placeholders(vault, profile.breakdown)
        journal = StoreJournal(store, where.key, where.state_folder / "journal.jsonl")
        cache = WorkCache(vault, journal, calls=NoCalls(), watch=NoWatch(), refresh=brief.refresh)
        cache.track(work)
        cache.measures = False
        context = RunContext(where, cache, InProcess(), chosen.device, tried=real)
        request = EpisodeRequest(brief, _undirected(profile), screenplay, bible, scope=scope)
        try:
            delivered = make(request, context)
            sheet, notes = delivered.made.cutsheet, delivered.report.warnings
        except Reached as reached:
            sheet, notes = reached.sheet, reached.notes
        return DryRun(
            episode, known, profile, sheet, (*work.undirected, *cache.done), pace, real, vault, chosen, notes
        )


def _workspace(episode: str, show: str | None, scratch: Path, store: Store, vault: Vault) -> EpisodeWorkspace:
    folder, behind = (
        files.folder_in(scratch / "out", episode),
        files.folder_in(scratch / "home", "episodes", episode),
    )
    return EpisodeWorkspace(episode, show, folder, behind, vault, store)


def _notes(folder: Path) -> list[Path]:
    """This machine's notes on the episode that a run reads."""
    return [path for path in folder.glob("*") if path.is_file() and path.name != "lock"]


def _copied(file: Path, to: Path) -> None:
    if file.is_file():
        copyfile(file, to)


def _required_sound(brief: Brief, where: EpisodeWorkspace, real: Path, chosen: Settings) -> bool:
    """Refuse what a run refuses when it opens the episode; gives whether the store knows the episode."""
    traces = (state_folder(where.episode, chosen) / "brief.json", real / "report.json")
    where.store.required_sound(where.key)
    Anchoring.of(where.vault, where.store).required(
        where.key, next((path for path in traces if path.exists()), None)
    )
    identity.check(brief, where, chosen)
    return where.store.episode(where.key) is not None


def _undirected(profile: Profile) -> Profile:
    """A writer that has not answered yet is passed over, however many cuts it has not directed."""
    options = profile.direction.model_copy(update={"patience": 10**9, "unanswered": "rules"})
    return profile.model_copy(update={"direction": options})


class _Placeholders:
    """A Tracker that makes nothing: the result of a missing piece is a placeholder."""

    def __init__(self, vault: Vault, options: BreakdownOptions) -> None:
        self._vault, self._options = vault, options
        self.undirected: list[Done] = []

    def carry_out(self, work: Work, recipe: str, make: Callable[[], Result], *, tries: int = 1) -> Result:
        if work.step == "direction":
            self.undirected.append(Done(step="direction", name=work.name, outcome="made", why="first time"))
            raise ModelFailed("A dry run asks no writer.")  # the rules direct this cut here
        result = self._result(work, recipe)
        self._vault.commit(recipe, result)
        return result

    def found(self, done: Done, found: Found) -> None:
        """Nothing is told: the cache records it."""

    def _result(self, work: Work, recipe: str) -> Result:
        def ref(media_type: str, name: str = "") -> Result:
            text = f"placeholder {name} of {recipe}".encode()
            return self._vault.put(text, media_type).model_dump(mode="json")

        match work.step:
            case "panel":
                return {"image": ref("image/png")}
            case "voice":
                parts = work.inputs.get("parts", [work.inputs["text"]])
                said: list[Result] = [
                    {"sound": ref("audio/flac", str(at)), "seconds": speech_seconds(part, self._options)}
                    for at, part in enumerate(parts)
                ]
                return said[0] if len(said) == 1 else {"parts": said}
            case "effect" | "music":
                return {"sound": ref("audio/flac")}
            case "mix":
                stems = {name: ref("audio/flac", name) for name in ("dialogue", "effects", "music")}
                return {"stems": stems, "delivered": ref("audio/mp4"), "loudness": {}, "note": ""}
            case _:
                return {"clip": ref("video/mp4")}
