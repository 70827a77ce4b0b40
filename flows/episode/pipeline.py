"""Make one episode from top to bottom: the stages in their order, and the gates for a review.

In: a request, a run context.      Out: the episode, delivered.
Knows neither the terminal nor Prefect; both call it.
"""

from collections.abc import Mapping
from time import perf_counter

from assets.sheets.cutsheet import Cutsheet
from assets.sheets.production import Panel, Ref, Take
from assets.sheets.review import GateKind
from flows.episode import assembly, cuts, delivery, disk
from flows.episode.brief import RetakeOrder
from flows.episode.delivery import Delivered
from flows.episode.direction import director
from flows.episode.panels import book, replaced
from flows.episode.plan import Plan, planned, timed, write
from flows.episode.scope import Reached
from flows.episode.selection import order_retake
from flows.episode.session import EpisodeRequest, RunContext, Session, check_sizes, leased_models
from flows.review.boards import BoardFacts, compose
from flows.rights import clearance
from flows.rights.clearance import Production
from stages.filmgrammar import lint
from stages.shots.sheet_prompts import unheard
from stages.shots.shot import reads_notes
from stages.sound.voices import notices, unsayable
from stages.takes.identity import off_model, told
from stages.takes.shooting import check_lengths


class _SheetChanged(Exception):
    """A retake or a hand edit at a gate has changed the cut sheet: the round begins again with this plan."""

    def __init__(self, plan: Plan) -> None:
        super().__init__("the cut sheet has changed")
        self.plan = plan


def make(request: EpisodeRequest, context: RunContext) -> Delivered:
    """Make the episode, or the parts that are missing; stop at the gates that need a review."""
    started, order = perf_counter(), request.order
    plan = _planned(request, context)
    made = Production(request.profile, plan.sheet.language, request.bible)
    clearance.required(made, context.workspace.store, context.workspace.key, "run")
    with leased_models(request.profile, plan.sheet.language, context.device, context.memory) as models:
        session = Session(request, context, models)
        while True:
            try:
                return _made(plan, order, session, started)
            except _SheetChanged as changed:
                plan, order = changed.plan, None
                context.cache.look_again()
            except Reached as reached:
                reached.notes = delivery.notes_on(plan, reached.sheet, models.voice, request.profile)
                raise


def _planned(request: EpisodeRequest, context: RunContext) -> Plan:
    profile = request.profile
    with director(profile, context) as directing:
        return planned(
            request.screenplay, request.bible, context.workspace, profile, request.brief.language, directing
        )


def _made(plan: Plan, order: RetakeOrder | None, session: Session, started: float) -> Delivered:
    """The episode of ``plan``.

    order   a retake to order before anything is drawn
    raises  _SheetChanged when a retake changes what is planned; Reached when all that was asked for is made
    """
    profile, workspace, models, last = session.profile, session.workspace, session.models, session.scope.last
    numbers = session.scope.numbers(plan.sheet)
    _check_room(plan.sheet, session)
    _check_models(plan.sheet, session)
    _reviewed("script", plan.sheet, {}, session)
    _edited_meanwhile("script", plan, session)
    if last == "script":
        write(plan.sheet, plan.ruled, workspace, profile, plan.steered)
        raise Reached(last, plan.sheet, numbers)
    voiced = cuts.voices(plan.sheet, session)
    cutsheet, warnings = timed(plan, voiced, workspace, profile)
    check_lengths(cutsheet, models.animator, profile.takes)  # the recordings may have made cuts longer
    if last == "voices":
        raise Reached(last, cutsheet, numbers, len(voiced))
    if order is not None:
        order_retake(order, cutsheet, workspace)
        _look_again(plan, session)
    panels, notes = _storyboard(cutsheet, plan, session)
    if last == "storyboard":
        raise Reached(last, cutsheet, numbers, len(voiced), panels)
    while True:
        takes = _takes(cutsheet, plan, panels, voiced, session)
        if last == "takes":
            raise Reached(last, cutsheet, numbers, len(voiced), panels, takes)
        made = assembly.assembled(cutsheet, voiced, panels, takes, session)
        unsaid = notices(plan.sheet, models.voice)
        warned = (*plan.warnings, *unsaid, *warnings, *notes, *_remarks(made, session))
        deliver = delivery.deliver if session.context.tried is None else delivery.tried
        delivered = deliver(made, session, plan.changes, warned, started=started)
        if _reviewed("final", cutsheet, panels, session, made.episode):
            return delivered
        _look_again(plan, session)


def _check_room(sheet: Cutsheet, session: Session) -> None:
    """Refuse what the disks have no room for. Cuts that have a take, and those not asked for, need little."""
    if session.context.tried is not None:
        return
    workspace, asked = session.workspace, session.scope.numbers(sheet)
    there = {cut.number for cut in sheet.cuts if cut.number not in asked}
    made = there | workspace.store.selections(workspace.key).keys()
    disk.check_room(sheet, made, session.profile, workspace.folder, workspace.vault)


def _check_models(sheet: Cutsheet, session: Session) -> None:
    """Refuse what the models cannot make, before pictures are paid for."""
    check_sizes(session.profile, session.models)
    if unsayable(sheet, session.models.voice):
        cuts.voices(sheet, session)  # records what can be said, then refuses the rest by name
    check_lengths(sheet, session.models.animator, session.profile.takes)


def _remarks(made: delivery.Made, session: Session) -> list[str]:
    """What to tell people about the finished episode: notes that no model reads, film grammar, loudness."""
    retold = {number: take.reason for number, take in made.takes.items()}
    ignored = unheard(made.cutsheet, retold, session.models.animator.card)
    grammar = map(str, lint(made.cutsheet, session.profile.filmgrammar))
    unlike = told(off_model({number: take.measures for number, take in made.takes.items()}))
    return [*ignored, *unlike, *grammar, *([made.sound.note] if made.sound.note else [])]


def _look_again(plan: Plan, session: Session) -> None:
    """After a review: go on with ``plan``, unless the sheet is another one now.

    raises  _SheetChanged
    """
    now = _planned(session.request, session.context)
    if now.sheet != plan.sheet:
        raise _SheetChanged(now)


def _edited_meanwhile(kind: GateKind, plan: Plan, session: Session) -> None:
    """After an approval: a cut that a person edited while the gate was open is made before the run goes on.

    raises  _SheetChanged, and the gate then shows what was edited
    """
    if session.gates.wants(kind):
        _look_again(plan, session)


def _reviewed(
    kind: GateKind, sheet: Cutsheet, panels: Mapping[str, Panel], session: Session, episode: Ref | None = None
) -> bool:
    """Whether the run may go on: no review is required here, or a person approved."""
    if not session.gates.wants(kind):
        return True
    session.models.release()  # a review may take days, and other runs need the memory
    painter, animator = session.models.painter.card, session.models.animator.card
    reads = reads_notes(painter if kind == "storyboard" else animator)
    facts = BoardFacts(painter.name, session.profile.size, reads, episode)
    return session.gates.passes(compose(kind, sheet, panels, session.workspace, facts))


def _storyboard(sheet: Cutsheet, plan: Plan, session: Session) -> tuple[dict[str, Panel], list[str]]:
    """The panel of every cut, and notes about them; drawn again until the review approves."""
    known = book(session.workspace)
    panels = cuts.panels(cuts.pictured(sheet, session), sheet, known, session)
    while not _reviewed("storyboard", sheet, panels, session):
        _look_again(plan, session)
        known = book(session.workspace)
        panels |= cuts.panels([cut for cut in sheet.cuts if cut.number in known.open], sheet, known, session)
    _edited_meanwhile("storyboard", plan, session)
    session.models.release()
    known = book(session.workspace)
    notes = {number: known.redraw(number).note for number in panels}
    return panels, [*replaced(panels, known), *unheard(sheet, notes, session.models.painter.card)]


def _takes(
    sheet: Cutsheet, plan: Plan, panels: Mapping[str, Panel], voiced: cuts.VoicedLines, session: Session
) -> dict[str, Take]:
    """The take that every cut shows. Make ordered ones until the review approves."""
    workspace, numbers = session.workspace, session.scope.numbers(sheet)
    asked = [cut for cut in sheet.cuts if cut.number in numbers]
    takes = cuts.takes(asked, sheet, panels, voiced, session)
    while not _reviewed("takes", sheet, panels, session):
        _look_again(plan, session)
        ordered = {order.cut for order in workspace.store.open_retakes(workspace.key)}
        again = [cut for cut in sheet.cuts if cut.number in ordered]
        takes |= cuts.takes(again, sheet, panels, voiced, session)
    _edited_meanwhile("takes", plan, session)
    session.models.release()
    if not session.gates.wants("takes"):
        return takes
    chosen = workspace.store.selections(workspace.key)  # the reviewer may have chosen another take
    return {number: chosen[number].take for number in takes}
