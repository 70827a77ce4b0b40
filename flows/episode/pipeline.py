"""Make one episode from top to bottom: the stages in their order, and the gates for a review.

In: a request, a run context.      Out: the episode, delivered.
Knows neither the terminal nor Prefect; both call it.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from time import perf_counter

from assets.errors import InputRefused
from assets.sheets.cutsheet import Cut, Cutsheet
from assets.sheets.production import Panel, Ref, Segment, Take, Voiced
from assets.sheets.review import GateKind
from assets.timing import Span
from flows.episode import delivery, disk
from flows.episode.brief import RetakeOrder
from flows.episode.delivery import Delivered
from flows.episode.direction import director
from flows.episode.panels import PanelBook, answer, book, panel_of, replaced
from flows.episode.plan import Plan, planned, timed, write
from flows.episode.scope import Reached
from flows.episode.selection import Shooting, order_retake, plan_attempts, take_of
from flows.episode.session import EpisodeRequest, RunContext, Session, check_sizes, leased_models
from flows.review.boards import BoardFacts, compose
from flows.rights import clearance
from flows.rights.clearance import Production
from flows.rights.labelling import Labelling, metadata
from models.lease import concurrent
from stages.assemble import finish
from stages.assemble.layout import OPENING
from stages.filmgrammar import lint
from stages.shots.sheet_prompts import unheard
from stages.shots.shot import by_loras, reads_notes
from stages.sound import soundtrack
from stages.sound.place import Piece
from stages.sound.soundtrack import Soundtrack
from stages.sound.utterance import Utterance, utterances
from stages.sound.voices import named, notices, refuse, unsayable, voice
from stages.storyboard import PanelModels, PanelOrder
from stages.takes.arrival import arrives, last_panel
from stages.takes.identity import off_model, told
from stages.takes.shooting import TakeInputs, TakeModels, TakeOrder, check_lengths

VoicedLines = Mapping[tuple[str, int], Voiced]
"""The recording of each line, by cut number and index of the line in the cut."""


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
    voiced = _voices(plan.sheet, session)
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
        made = _assembled(cutsheet, voiced, panels, takes, session)
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
        _voices(sheet, session)  # records what can be said, then refuses the rest by name
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


def _assembled(
    cutsheet: Cutsheet,
    voiced: VoicedLines,
    panels: dict[str, Panel],
    takes: dict[str, Take],
    session: Session,
) -> delivery.Made:
    bible, profile = session.bible, session.profile
    credit = finish.sections(cutsheet, session.models.cards, bible.credits if bible else ())
    labelling = Labelling.of(profile.policy)
    options = labelling.options(profile.finish)
    spans = finish.lay_out(cutsheet, credit, profile.size, options)
    words = finish.captions(cutsheet, spans, options)
    shared = finish.SegmentOrder(cutsheet, spans, words, profile.size, options)
    title = finish.TitleWords(session.show_title(cutsheet.language), session.mood, tuple(credit))
    segments, sound = session.executor.both(
        lambda: _segments(takes, panels, title, shared, session),
        lambda: _soundtrack(cutsheet, spans, voiced, session),
        parallel=concurrent(session.models.foley, session.models.composer),
    )
    labelled = labelling.done(segments, sound.delivered, cutsheet.rate)
    episode = _join(segments, sound, cutsheet, metadata(labelled), session)
    return delivery.Made(cutsheet, panels, takes, segments, words, sound, episode, labelled)


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


def _voices(sheet: Cutsheet, session: Session) -> dict[tuple[str, int], Voiced]:
    """The sound of every line. One that cannot be said stops no other: it is refused when all are recorded."""
    speaker, cache, options = session.models.voice, session.cache, session.profile.voices
    refused = unsayable(sheet, speaker)
    said = [item for item in utterances(sheet) if (item.cut.number, item.index) not in refused]
    cache.began("voice", len(said))

    def speak(item: Utterance) -> tuple[Voiced, ...]:
        try:
            return voice(item, sheet, speaker=speaker, cache=cache, options=options)
        except InputRefused as refusal:  # only the loaded voice knows
            refused[item.cut.number, item.index] = named(item.cut, item.index, str(refusal), sheet)
            return ()

    made = session.executor.each("voice", said, speak, lambda item: item.name, parallel=concurrent(speaker))
    speaker.release()
    refuse(refused)
    return {(sound.cut, sound.index): sound for sounds in made for sound in sounds}


def _storyboard(sheet: Cutsheet, plan: Plan, session: Session) -> tuple[dict[str, Panel], list[str]]:
    """The panel of every cut, and notes about them; drawn again until the review approves."""
    known = book(session.workspace)
    panels = _drawn(_pictured(sheet, session), sheet, known, session)
    while not _reviewed("storyboard", sheet, panels, session):
        _look_again(plan, session)
        known = book(session.workspace)
        panels |= _drawn([cut for cut in sheet.cuts if cut.number in known.open], sheet, known, session)
    _edited_meanwhile("storyboard", plan, session)
    session.models.release()
    known = book(session.workspace)
    notes = {number: known.redraw(number).note for number in panels}
    return panels, [*replaced(panels, known), *unheard(sheet, notes, session.models.painter.card)]


def _pictured(sheet: Cutsheet, session: Session) -> list[Cut]:
    """The cuts whose panel is drawn: those asked for, and where a take of them arrives at the next panel, that one."""
    asked, card = session.scope.numbers(sheet), session.models.animator.card
    moved = session.scope.last != "storyboard"
    pairs = pairwise(sheet.cuts)
    after = {two.number for one, two in pairs if moved and one.number in asked and arrives(one, two, card)}
    return [cut for cut in sheet.cuts if cut.number in asked or cut.number in after]


def _drawn(cuts: Sequence[Cut], sheet: Cutsheet, known: PanelBook, session: Session) -> dict[str, Panel]:
    cache, profile, leased = session.cache, session.profile, session.models
    cache.began("panel", len(cuts))
    models = PanelModels(leased.painter, layout=leased.layout, upscaler=leased.upscaler)
    order = PanelOrder.of(sheet, profile.size, profile.storyboard, models)

    def paint(cut: Cut) -> Panel:
        return panel_of(cut, order, known, models, cache)

    parallel = concurrent(models.painter, models.layout, models.upscaler)
    ordered = by_loras(cuts, sheet, leased.painter.card)
    made = session.executor.each("panel", ordered, paint, lambda cut: cut.number, parallel=parallel)
    found = {panel.cut: panel for panel in made}
    panels = {cut.number: found[cut.number] for cut in cuts}
    answer(panels, known, session.workspace)
    return panels


def _takes(
    sheet: Cutsheet, plan: Plan, panels: Mapping[str, Panel], voiced: VoicedLines, session: Session
) -> dict[str, Take]:
    """The take that every cut shows. Make ordered ones until the review approves."""
    workspace, numbers = session.workspace, session.scope.numbers(sheet)
    asked = [cut for cut in sheet.cuts if cut.number in numbers]
    takes = _animated(asked, sheet, panels, voiced, session)
    while not _reviewed("takes", sheet, panels, session):
        _look_again(plan, session)
        ordered = {order.cut for order in workspace.store.open_retakes(workspace.key)}
        again = [cut for cut in sheet.cuts if cut.number in ordered]
        takes |= _animated(again, sheet, panels, voiced, session)
    _edited_meanwhile("takes", plan, session)
    session.models.release()
    if not session.gates.wants("takes"):
        return takes
    chosen = workspace.store.selections(workspace.key)  # the reviewer may have chosen another take
    return {number: chosen[number].take for number in takes}


def _animated(
    cuts: Sequence[Cut], sheet: Cutsheet, panels: Mapping[str, Panel], voiced: VoicedLines, session: Session
) -> dict[str, Take]:
    workspace, profile, refresh = session.workspace, session.profile, session.brief.refresh
    plans = {cut.number: plan_attempts(cut, sheet, workspace, profile, refresh=refresh) for cut in cuts}
    session.cache.began("take", sum(len(plan.attempts) if plan else 1 for plan in plans.values()))

    leased = session.models
    painter = leased.painter if profile.takes.windows.chain != "last_drawing" else None
    models = TakeModels(leased.animator, leased.judge, leased.upscaler, painter)
    order = TakeOrder.of(sheet, profile.size, profile.takes, models, profile.storyboard.size)
    shared = Shooting(order, models, session.cache, workspace, profile)

    def move(cut: Cut) -> Take:
        lines = {index: voiced[cut.number, index] for index in range(len(cut.lines))}
        last = last_panel(cut, sheet, panels, leased.animator.card)
        given = TakeInputs(panel=panels[cut.number], voiced=lines, last=last)
        return take_of(cut, given, plans[cut.number], shared)

    parallel = concurrent(models.animator, models.judge, models.upscaler, models.painter)
    ordered = by_loras(cuts, sheet, leased.animator.card)
    made = session.executor.each("take", ordered, move, lambda cut: cut.number, parallel=parallel)
    found = {take.cut: take for take in made}
    return {cut.number: found[cut.number] for cut in cuts}


def _segments(
    takes: Mapping[str, Take],
    panels: Mapping[str, Panel],
    title: finish.TitleWords,
    shared: finish.SegmentOrder,
    session: Session,
) -> list[Segment]:
    sheet = shared.cutsheet
    cuts = {cut.number: cut for cut in sheet.cuts}

    def segment(name: str) -> Segment:
        if name in cuts:
            return finish.cut_segment(cuts[name], takes, shared, session.cache)
        beside = sheet.cuts[0] if name == OPENING else sheet.cuts[-1]
        return finish.title_segment(name, title, panels[beside.number], shared, session.cache)

    return session.executor.each("segment", list(shared.spans), segment, lambda name: name, parallel=True)


def _soundtrack(
    sheet: Cutsheet, spans: Mapping[str, Span], voiced: VoicedLines, session: Session
) -> Soundtrack:
    cache, options = session.cache, session.profile.soundtrack
    sounds = soundtrack.Sounds(voiced, _effects(sheet, session), _music(sheet, spans, session))
    session.models.foley.release()
    session.models.composer.release()
    [mixed] = session.executor.each(
        "mix",
        [sheet],
        lambda sheet: soundtrack.record(sheet, spans, sounds, cache=cache, options=options),
        lambda _: "soundtrack",
    )
    return mixed


def _effects(sheet: Cutsheet, session: Session) -> dict[tuple[str, int], Ref]:
    """The sound of every cue, by cut number and position in the cut."""
    cache, options, foley = session.cache, session.profile.soundtrack, session.models.foley
    cues = soundtrack.effects_of(sheet)
    cache.began("effect", len(cues))
    refs = session.executor.each(
        "effect",
        cues,
        lambda cue: soundtrack.make_effect(cue[0], cue[2], sheet, foley=foley, cache=cache, options=options),
        lambda cue: f"{cue[0]} {cue[2].sound}",
        parallel=concurrent(foley),
    )
    return {(number, index): ref for (number, index, _), ref in zip(cues, refs, strict=True)}


def _music(sheet: Cutsheet, spans: Mapping[str, Span], session: Session) -> list[Piece]:
    """A piece of music for every stretch of one mood."""
    cache, options, composer = session.cache, session.profile.soundtrack, session.models.composer
    stretches = soundtrack.stretches_of(sheet, spans, session.mood, options)
    cache.began("music", len(stretches))
    return session.executor.each(
        "music",
        stretches,
        lambda stretch: soundtrack.compose(
            stretch, sheet.rate, composer=composer, cache=cache, options=options
        ),
        lambda stretch: f"{stretch.name} {stretch.mood}",
        parallel=concurrent(composer),
    )


def _join(
    segments: list[Segment], sound: Soundtrack, sheet: Cutsheet, labels: Mapping[str, str], session: Session
) -> Ref:
    tags = {
        "title": sheet.title or sheet.episode,
        "show": session.show_title(sheet.language),
        "comment": "Made with Sakuga",
    }
    tags = {key: text for key, text in tags.items() if text} | dict(labels)
    [episode] = session.executor.each(
        "join",
        [sheet],
        lambda sheet: finish.joined(segments, sound.delivered, sheet, metadata=tags, cache=session.cache),
        lambda _: "episode",
    )
    return episode
