"""Deliver the episode: copy it out of the vault, write its documents and the report.

In: everything that was made.      Out: files in the episode's folder, and the report.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter

from assets.files import write
from assets.rights import labels
from assets.sheets.cutsheet import Cutsheet
from assets.sheets.production import (
    Caption,
    Clearance,
    Done,
    Labelled,
    Panel,
    Picked,
    Ref,
    Report,
    Segment,
    Take,
    Timeline,
)
from assets.timing import seconds_of
from flows.episode import documents
from flows.episode.plan import SHEET, Plan
from flows.episode.profile import Profile
from flows.episode.session import Session
from flows.episode.workspace import EpisodeWorkspace
from flows.rights import clearance, watermark
from flows.rights.clearance import Production
from flows.rights.credentials import Order, is_signed, required_identity, sign_delivery
from flows.rights.delivered import heard, keep
from flows.rights.usage import Generations, Shown, usage
from flows.settings import user
from models.lease import Leased
from models.ports import Voice
from stages.assemble.layout import CREDITS, OPENING
from stages.continuity import Changes
from stages.deliver import subtitles
from stages.deliver.deliverables import Finished
from stages.filmgrammar import lint
from stages.sound.soundtrack import Soundtrack
from stages.sound.voices import notices


@dataclass(frozen=True)
class Made:
    """Everything that was made and is delivered."""

    cutsheet: Cutsheet
    panels: dict[str, Panel]
    takes: dict[str, Take]
    segments: list[Segment]
    captions: tuple[Caption, ...]
    sound: Soundtrack
    episode: Ref
    labels: tuple[Labelled, ...] = ()


@dataclass(frozen=True)
class Delivered:
    """A delivered episode: its contents, its files, and what the run did."""

    made: Made
    workspace: EpisodeWorkspace
    report: Report


def deliver(
    made: Made, session: Session, changes: Changes, notes: Sequence[str], *, started: float
) -> Delivered:
    """Write every file of the episode. Files whose content is already right are left alone."""
    workspace = session.workspace
    rights = _cleared(made, session)
    timeline, picked = _timeline(made, session), _picked(made, workspace)
    files = {"episode": documents.copied(workspace, made.episode, workspace.folder / "episode.mp4")}
    for stem, ref in made.sound.stems.items():
        suffix = ".wav" if ref.media_type == "audio/wav" else ".flac"
        files[f"stem: {stem}"] = documents.copied(
            workspace, ref, workspace.folder / "stems" / f"{stem}{suffix}"
        )
    counts = {pick.cut: pick.of for pick in picked}
    files |= documents.written(_finished(made, timeline, counts, session), session)
    files["cut sheet"] = workspace.folder / SHEET
    files["report"] = workspace.folder / "report.json"
    told = (*notes, *describe_changes(changes), *subtitles.warnings(timeline), *workspace.vault.warnings)
    report = _report(made, session, timeline, started).model_copy(
        update={
            "takes": picked,
            "warnings": told,
            "files": {name: str(path) for name, path in files.items()},
            "rights": rights,
        }
    )
    write(files["report"], report.to_json())
    _enter(report, made, timeline, workspace)
    _signed(workspace, session.profile.policy)
    return Delivered(made, workspace, report)


def tried(
    made: Made, session: Session, changes: Changes, notes: Sequence[str], *, started: float
) -> Delivered:
    """What ``deliver`` would do, in a dry run: nothing is written, and the report names no file."""
    workspace, timeline = session.workspace, _timeline(made, session)
    _cleared(made, session)
    counts = {pick.cut: pick.of for pick in _picked(made, workspace)}
    finished = _finished(made, timeline, counts, session)
    why, _ = documents.outdated(finished, session.context.tried or workspace.folder, workspace)
    session.cache.record(Done(step="document", name="papers", outcome="made" if why else "reused", why=why))
    report = _report(made, session, timeline, started)
    told = (*notes, *describe_changes(changes))
    return Delivered(made, workspace, report.model_copy(update={"warnings": told}))


def _report(made: Made, session: Session, timeline: Timeline, started: float) -> Report:
    """What the run did, without its files."""
    return Report(
        episode=session.workspace.episode,
        profile=session.profile.name,
        size=session.profile.size,
        rate=made.cutsheet.rate,
        frames=timeline.frames,
        seconds=round(seconds_of(timeline.frames, timeline.rate), 3),
        wall_seconds=round(perf_counter() - started, 2),
        machine_seconds=round(session.cache.machine_seconds, 2),
        work=tuple(session.cache.done),
        loudness={name: round(value, 2) for name, value in made.sound.loudness.items()},
        prompts={panel.cut: panel.prompt for panel in made.panels.values() if panel.prompt},
        models=tuple(card.model_dump(mode="json") for card in session.models.cards),
    )


def _signed(workspace: EpisodeWorkspace, policy: str) -> None:
    """Sign the delivery where the studio has an identity set, unless it is signed already."""
    identity = required_identity()
    if identity is None:
        return
    id = watermark.issued(workspace.key, workspace.store, by=user()) if watermark.wanted(policy) else ""
    order = Order(workspace.key, workspace.folder, identity, watermark=id)
    if not is_signed(order, workspace.store, workspace.vault):
        sign_delivery(order, workspace.store, workspace.vault, by=user())


def _cleared(made: Made, session: Session) -> Clearance:
    """What the policy says about the episode now: a grant may have been revoked since the run began.

    raises  RightsRefused, before a file is written
    """
    production = Production(session.profile, made.cutsheet.language, session.bible)
    cleared = clearance.required(production, session.workspace.store, session.workspace.key, "export")
    return Clearance(
        policy=cleared.policy.name,
        notes=(*cleared.notes, *labels.unstated(cleared.policy)),
        disclosures=cleared.policy.disclosures,
        used={one.key: one.terms.raw() for one in cleared.used},
        labels=made.labels,
    )


def _timeline(made: Made, session: Session) -> Timeline:
    return Timeline(
        episode=made.cutsheet.episode,
        title=made.cutsheet.title,
        rate=made.cutsheet.rate,
        size=session.profile.size,
        frames=max(segment.span.stop for segment in made.segments),
        segments=tuple(made.segments),
        sounds=made.sound.placed,
        captions=made.captions,
    )


def _picked(made: Made, workspace: EpisodeWorkspace) -> tuple[Picked, ...]:
    """The take that each cut shows, the number of its takes, and who chose it."""
    chosen, known = workspace.store.selections(workspace.key), workspace.store.takes_by_cut(workspace.key)
    return tuple(
        Picked(
            cut=number,
            take=take.number,
            of=len(known[number]),
            locked=chosen[number].locked,
            by=chosen[number].made_by,
            why=chosen[number].reason,
            seconds=round(sum(each.seconds for each in known[number]), 3),
            measures=take.measures,
            prompt=take.prompt,
        )
        for number, take in made.takes.items()
    )


def _finished(made: Made, timeline: Timeline, counts: Mapping[str, int], session: Session) -> Finished:
    show = session.show_title(made.cutsheet.language)
    title = " · ".join(dict.fromkeys(part for part in (show, made.cutsheet.title) if part))
    return Finished(title, made.cutsheet, timeline, made.panels, made.takes, counts)


def notes_on(plan: Plan, sheet: Cutsheet, speaker: Leased[Voice], profile: Profile) -> tuple[str, ...]:
    """What a person should know before anything is made; ``sheet`` is the plan's, perhaps with later lengths."""
    unsaid, grammar = notices(plan.sheet, speaker), map(str, lint(sheet, profile.filmgrammar))
    return (*plan.warnings, *unsaid, *describe_changes(plan.changes), *grammar)


def describe_changes(changes: Changes) -> list[str]:
    """Say in sentences what changed in the cuts since the last breakdown."""
    sentences = [f"{change.number} changed: {change.why}" for change in changes.changed]
    if changes.unchanged or changes.changed:
        sentences += [f"{number} is new" for number in changes.inserted]
    return sentences + [f"{number} is gone; its number stays unused" for number in changes.removed]


def _enter(report: Report, made: Made, timeline: Timeline, workspace: EpisodeWorkspace) -> None:
    """Record the assembly and the delivery in the ledger, each once per content."""
    assembled = {
        "episode": made.episode.sha256,
        "profile": report.profile,
        "frames": report.frames,
        "segments": [segment.clip.sha256 for segment in made.segments],
        "sound": made.sound.delivered.sha256,
        "models": [card["name"] for card in report.models],
    }
    cuts, timeline = made.cutsheet.cuts, heard(timeline, workspace.vault)
    shown = Shown(
        episode=made.episode.sha256,
        profile=report.profile,
        policy=report.rights.policy if report.rights else "",
        timeline=timeline,
        takes=made.takes,
        panels=made.panels,
        beside={OPENING: cuts[0].number, CREDITS: cuts[-1].number},
    )
    delivered = usage(shown, Generations.of(workspace.store, workspace.key)).raw()
    ledger = workspace.store.ledger
    keep(timeline, made.cutsheet, workspace.store, workspace.vault, workspace.key, by=user())
    with workspace.store.batch():
        last = ledger.events(kind="episode.assembled", subject=workspace.key)
        if not last or last[-1].body.get("episode") != made.episode.sha256:
            ledger.append("episode.assembled", workspace.key, assembled)
        told = ledger.events(kind="delivery.completed", subject=workspace.key)
        if not told or told[-1].body != delivered:
            ledger.append("delivery.completed", workspace.key, delivered)
