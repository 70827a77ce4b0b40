"""Make the episode of a brief in this process: open its workspace, run the pipeline, report.

In: a brief (and perhaps an order for a retake).      Out: the report; the summary on the screen.
"""

import hashlib
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from assets.errors import GateShut, InputRefused, LockHeld, SakugaError
from assets.script import read
from assets.sheets.bible import Bible
from assets.sheets.production import Report
from assets.sheets.screenplay import Screenplay
from flows.cluster.executor import executor_of
from flows.episode import delivery, identity, inputs, part, progress
from flows.episode.brief import Brief, RetakeOrder
from flows.episode.delivery import Delivered
from flows.episode.direction import director
from flows.episode.executor import Executor, InProcess, useful_lanes
from flows.episode.journal import StoreJournal
from flows.episode.pipeline import make
from flows.episode.plan import SHEET, Plan, planned, write
from flows.episode.profile import Profile
from flows.episode.progress import NotedCalls, ProgressNote
from flows.episode.reading import bible_of, profile_of, with_art
from flows.episode.ready import required_ready
from flows.episode.scope import WHOLE, Reached, Scope
from flows.episode.session import EpisodeRequest, RunContext
from flows.episode.workspace import CallBook, EpisodeWorkspace, open_episode
from flows.review import standing
from flows.review.review_gate import GateOptions, ReviewGate, Waiting
from flows.review.waiting import AtTerminal
from flows.rights import clearance, watermark
from flows.rights.clearance import Production
from flows.rights.credentials import required_identity
from flows.settings import lanes, settings, user
from flows.terminal import arguments, screen
from flows.upkeep.anchoring import anchored
from models.lease import lease
from models.memory import DeviceMemory, required_device
from models.ports import Voice
from stages.shots import artwork
from stages.work_cache import WorkCache
from stages.work_events import Watch

PART = "made in part"
"""Outcome of a run that a person wanted only a part of."""


def produce(brief: Brief, *, quiet: bool = False, order: RetakeOrder | None = None) -> Report:
    """Make the episode with progress in the terminal, and print where it is."""
    done = _performed(brief, quiet=quiet, order=order)
    screen.summary(done.report, str(done.workspace.folder), quiet=quiet)
    return done.report


def produce_part(brief: Brief, scope: Scope, *, quiet: bool = False) -> None:
    """Make the part of the episode that ``scope`` asks for, and print what came out and how to go on."""
    try:
        _performed(brief, quiet=quiet, scope=scope)
    except Reached as reached:
        part.tell(reached, brief, quiet=quiet)


def _performed(
    brief: Brief, *, quiet: bool, order: RetakeOrder | None = None, scope: Scope = WHOLE
) -> Delivered:
    here = InProcess(lanes() or useful_lanes())
    log = logging.getLogger("sakuga").log
    with (
        screen.Screen(quiet=quiet) as display,
        executor_of(here, brief.workers, settings(brief.out), log) as executor,
    ):
        host = RunHost(
            executor, lambda _episode: display, lambda where: AtTerminal(where.store, display, brief.out)
        )
        return perform(brief, host, order=order, scope=scope)


@dataclass(frozen=True)
class RunHost:
    """What a run is given by whoever starts it: the terminal, a deployed flow, a test.

    watch    who is told of the progress of an episode
    waiting  how this run waits for a review at a gate
    since    for a repeated run: when the run was created; an order it placed then is not placed twice
    memory   returns the memory of a device, by its name
    """

    executor: Executor
    watch: Callable[[str], Watch]
    waiting: Callable[[EpisodeWorkspace], Waiting]
    since: str = ""
    memory: Callable[[str], DeviceMemory] = DeviceMemory


def perform(
    brief: Brief, host: RunHost, *, order: RetakeOrder | None = None, scope: Scope = WHOLE
) -> Delivered:
    """Do the cheap checks first, then make the episode.

    scope    how much of it to make; a part of the cuts is not reviewed
    raises   Reached at the end of a part
    """
    profile, screenplay, bible = profile_of(brief), read(brief.script), bible_of(brief)
    chosen = required_ready(brief, profile, bible)
    episode = identity.resolve(brief, bible.id if bible else None, chosen)
    with open_episode(episode, bible.id if bible else None, brief.out, chosen) as where:
        bible = with_art(bible, brief, where)
        clearance.required(Production(profile, brief.language, bible), where.store, where.key, "run")
        required_identity()
        watermark.required(profile)
        if order is not None and host.since and _ordered(order, where, host.since):
            order = None
        options = GateOptions(() if scope.cuts else brief.gates, brief.approve, brief.review_hours)
        gates = ReviewGate(where, options, host.waiting(where))
        with (
            _entered(brief, screenplay, bible, where),
            _run(brief, profile, where, host.watch(episode)) as cache,
        ):
            at_work = host.executor.at(where, cache)
            context = RunContext(where, cache, at_work, chosen.device, gates, host.memory)
            try:
                return make(EpisodeRequest(brief, profile, screenplay, bible, order, scope), context)
            except Reached as reached:
                part.lay_out(reached, where)
                raise


def _ordered(order: RetakeOrder, where: EpisodeWorkspace, since: str) -> bool:
    return any(
        (known.cut, known.reason) == (order.cut, order.reason) and known.made_at >= since
        for known in where.store.retakes(where.key)
    )


def break_down(brief: Brief) -> Path:
    """Write only the cut sheet."""
    screenplay, bible = read(brief.script), bible_of(brief)
    episode = identity.resolve(brief, bible.id if bible else None, settings(brief.out))
    with open_episode(episode, bible.id if bible else None, brief.out, settings(brief.out)) as where:
        brief = _as_remembered(brief, episode)
        profile = profile_of(brief)
        bible = with_art(bible, brief, where)
        with _entered(brief, screenplay, bible, where):
            plan = _plan(brief, profile, screenplay, bible, where)
            write(plan.sheet, plan.ruled, where, profile, plan.steered)
        choice = profile.machines.ports(plan.sheet.language)["voice"]
        with lease(Voice, choice.name, options=choice.options) as speaker:
            notes = delivery.notes_on(plan, plan.sheet, speaker, profile)
        screen.breakdown(plan.sheet, notes, where.folder / SHEET)
        return where.folder / SHEET


def _as_remembered(brief: Brief, episode: str) -> Brief:
    """How a known episode was made before, and what ``brief`` says otherwise; a default says nothing."""
    chosen = settings(brief.out)
    if not inputs.is_known(episode, chosen):
        return brief
    earlier = inputs.remembered(episode, brief.out, chosen)
    said = {name: value for name, value in brief if value != type(brief).model_fields[name].default}
    return earlier.model_copy(update={**said, "script": brief.script, "out": brief.out})


def retake(episode: str, order: RetakeOrder, out: Path) -> Report:
    """Make one cut again, with the brief of the episode\'s last run."""
    return produce(remembered(episode, out), order=order)


def remembered(episode: str, out: Path) -> Brief:
    """The brief of an episode's last run."""
    return inputs.remembered(arguments.episode(episode), out, settings(out))


def _plan(
    brief: Brief, profile: Profile, screenplay: Screenplay, bible: Bible | None, where: EpisodeWorkspace
) -> Plan:
    """Plan only. A run is recorded only if the writer works on it."""
    if profile.director is None:
        return planned(screenplay, bible, where, profile, brief.language)
    required_device(settings(brief.out).device)
    with (
        screen.Screen() as display,
        _run(brief, profile, where, display) as cache,
        director(profile, RunContext(where, cache, InProcess(), settings(brief.out).device)) as directing,
    ):
        return planned(screenplay, bible, where, profile, brief.language, directing)


@contextmanager
def _run(brief: Brief, profile: Profile, where: EpisodeWorkspace, watch: Watch) -> Iterator[WorkCache]:
    """Record a run in the store, close it however the block ends, and yield the work cache it uses."""
    pace = progress.pace(where.store, where.key)
    run = where.store.begin_run(where.key, profile.name, by=user())
    note = ProgressNote(watch, where.state_folder, run, pace)
    journal = StoreJournal(where.store, where.key, where.state_folder / "journal.jsonl")
    calls = NotedCalls(CallBook(where.store, run), note)
    outcome, problem = "stopped", ""  # Ctrl-C and a cancelled flow do not raise an Exception
    try:
        yield WorkCache(where.vault, journal, calls=calls, watch=note, refresh=brief.refresh)
        outcome = "finished"
    except Reached:
        outcome = PART
        raise
    except GateShut:
        outcome = "stopped at a gate"
        raise
    except (InputRefused, LockHeld) as refused:
        outcome, problem = "refused", str(refused)
        raise
    except SakugaError as error:
        outcome, problem = "failed", str(error)
        raise
    except Exception as error:
        outcome, problem = "failed", f"This is an error in Sakuga itself ({type(error).__name__})."
        raise
    finally:
        note.ended(problem)
        if outcome == "stopped" and where.store.open_gates(where.key):
            outcome = standing.WAITS
        # Also where another process took the episode over: this run has ended anyway.
        with where.store.unfenced():
            where.store.finish_run(run, outcome)
        anchored(where.vault, where.store, where.key, "run", by=user())


@contextmanager
def _entered(
    brief: Brief, screenplay: Screenplay, bible: Bible | None, where: EpisodeWorkspace
) -> Iterator[None]:
    """Enter the episode in the store, and record its brief unless the block fails."""
    identity.check(brief, where, settings(brief.out))
    script = hashlib.sha256(brief.script.read_bytes()).hexdigest()
    title = screenplay.episode_title(brief.script.stem)
    where.store.upsert_episode(where.show, where.episode, title=title, script=script, by=user())
    with inputs.entered(brief, where, artwork.files_of(bible) if bible else None):
        identity.keep(brief, where)
        yield
