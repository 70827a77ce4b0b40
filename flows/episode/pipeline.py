"""The score of one episode, from top to bottom: which stage, in which order.

In: a brief, a profile, an open office, a desk, a crew.      Out: the episode, delivered.
Knows neither terminal nor Prefect; both play it.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from time import perf_counter

from assets.sheets.bible import Bible, Language
from assets.sheets.cutsheet import Cut, Cutsheet
from assets.sheets.production import Caption, Panel, Ref, Segment, Take, Voiced
from assets.sheets.review import GateKind
from assets.sheets.screenplay import Screenplay
from assets.timing import Span
from flows.episode import delivery, disk
from flows.episode.brief import Brief, RetakeOrder
from flows.episode.delivery import Delivered
from flows.episode.direction import director
from flows.episode.executor import Executor
from flows.episode.gates import Gates, Open
from flows.episode.panels import PanelBook, answer, book, panel_of, replaced
from flows.episode.plan import planned, timed
from flows.episode.profile import Profile
from flows.episode.selection import Shooting, order_retake, plan_attempts, take_of
from flows.episode.workspace import EpisodeWorkspace
from flows.review.boards import compose
from models.card import Card, Port
from models.lease import Leased, lease
from models.memory import DeviceMemory
from stages.assemble import finish
from stages.assemble.credits import Section
from stages.assemble.layout import OPENING
from stages.filmgrammar import lint
from stages.sound import soundtrack
from stages.sound.soundtrack import Soundtrack
from stages.sound.voices import check_lines, voice
from stages.storyboard import PanelModels, PanelOrder
from stages.takes.shooting import TakeModels, TakeOrder, check_lengths
from stages.work_cache import WorkCache


@dataclass(frozen=True)
class Machines:
    """The machine at each port; none is loaded before it has something to do."""

    painter: Leased
    animator: Leased
    voice: Leased
    foley: Leased
    composer: Leased
    judge: Leased | None
    layout: Leased | None = None
    upscaler: Leased | None = None
    writer: Card | None = None  # directed before the others began, and was given back

    @property
    def leases(self) -> tuple[Leased, ...]:
        ports = (
            self.painter,
            self.animator,
            self.voice,
            self.foley,
            self.composer,
            self.judge,
            self.layout,
            self.upscaler,
        )
        return tuple(machine for machine in ports if machine is not None)

    @property
    def cards(self) -> tuple[Card, ...]:
        cards = tuple(machine.card for machine in self.leases)
        return (self.writer, *cards) if self.writer else cards

    def release(self) -> None:
        """Give all memory back; a model that is used again is loaded again."""
        for machine in self.leases:
            machine.release()


@dataclass(frozen=True)
class Session:
    """One go at one episode: everything a stage is given besides its sheets."""

    brief: Brief
    profile: Profile
    workspace: EpisodeWorkspace
    cache: WorkCache
    executor: Executor
    machines: Machines
    show: str  # the title to print
    bible: Bible | None
    gates: Gates


def play(
    brief: Brief,
    profile: Profile,
    screenplay: Screenplay,
    bible: Bible | None,
    workspace: EpisodeWorkspace,
    cache: WorkCache,
    executor: Executor,
    *,
    device: str,
    order: RetakeOrder | None = None,
    gates: Gates | None = None,
) -> Delivered:
    """Make the episode, or what is missing of it; stop at the gates where somebody wants to look."""
    started = perf_counter()
    with director(profile, cache, executor, device) as directing:
        plan = planned(screenplay, bible, workspace, profile, brief.language, directing)
    disk.check_room(
        plan.sheet, workspace.store.selections(workspace.key), profile, workspace.folder, workspace.vault
    )
    language = plan.sheet.language
    with _machines(profile, language, device) as machines:
        title = (bible.title.get(language) or next(iter(bible.title.values()), "")) if bible else ""
        session = Session(
            brief, profile, workspace, cache, executor, machines, title or "Sakuga", bible, gates or Open()
        )
        check_lines(plan.sheet, machines.voice)
        check_lengths(plan.sheet, machines.animator, profile.takes)
        _reviewed("script", plan.sheet, {}, session)
        voiced = _voices(plan.sheet, session)
        cutsheet, warnings = timed(plan, voiced, workspace, profile)
        check_lengths(cutsheet, machines.animator, profile.takes)  # the voices may have made cuts longer
        if order is not None:
            order_retake(order, cutsheet, workspace)
        panels, notes = _storyboard(cutsheet, session)
        while True:
            takes = _takes(cutsheet, panels, voiced, session)
            made = _assembled(cutsheet, voiced, panels, takes, session)
            grammar = map(str, lint(cutsheet, profile.filmgrammar))
            said = (
                *plan.warnings,
                *warnings,
                *notes,
                *grammar,
                *([made.sound.note] if made.sound.note else []),
            )
            delivered = delivery.deliver(made, session, plan.changes, said, started=started)
            if _reviewed("final", cutsheet, panels, session, made.episode):
                return delivered


def _assembled(
    cutsheet: Cutsheet,
    voiced: Mapping[tuple[str, int], Voiced],
    panels: dict[str, Panel],
    takes: dict[str, Take],
    session: Session,
) -> delivery.Made:
    bible, profile = session.bible, session.profile
    credit = finish.sections(cutsheet, session.machines.cards, bible.credits if bible else ())
    spans = finish.lay_out(cutsheet, credit, profile.size, profile.finish)
    words = finish.captions(cutsheet, spans)
    segments = _segments(cutsheet, spans, takes, panels, words, credit, session)
    sound = _soundtrack(cutsheet, spans, voiced, session)
    episode = _join(segments, sound, cutsheet, session)
    return delivery.Made(cutsheet, panels, takes, segments, words, sound, episode)


def _reviewed(
    kind: GateKind, sheet: Cutsheet, panels: Mapping[str, Panel], session: Session, episode: Ref | None = None
) -> bool:
    """Whether what there is now may go on: nobody wants to look at it, or somebody approved it."""
    if not session.gates.wants(kind):
        return True
    session.machines.release()  # a person may take days, and other runs want the memory meanwhile
    painter, size = session.machines.painter.card.name, session.profile.size
    board = compose(kind, sheet, panels, session.workspace, painter=painter, size=size, episode=episode)
    return session.gates.passes(board)


def _voices(sheet: Cutsheet, session: Session) -> dict[tuple[str, int], Voiced]:
    lines = [(cut, index) for cut in sheet.cuts for index in range(len(cut.lines))]
    session.cache.began("voice", len(lines))

    def speak(line: tuple[Cut, int]) -> Voiced:
        return voice(
            *line, sheet, speaker=session.machines.voice, cache=session.cache, options=session.profile.voices
        )

    made = session.executor.each("voice", lines, speak, lambda line: f"{line[0].number}/{line[1] + 1}")
    session.machines.voice.release()
    return {(sound.cut, sound.index): sound for sound in made}


def _storyboard(sheet: Cutsheet, session: Session) -> tuple[dict[str, Panel], list[str]]:
    """The panel of every cut, and what is to be told about them; drawn anew until nobody objects."""
    known = book(session.workspace)
    panels = _drawn(sheet.cuts, sheet, known, session)
    while not _reviewed("storyboard", sheet, panels, session):
        known = book(session.workspace)
        panels |= _drawn([cut for cut in sheet.cuts if cut.number in known.open], sheet, known, session)
    session.machines.release()
    return panels, replaced(panels, book(session.workspace))


def _drawn(cuts: Sequence[Cut], sheet: Cutsheet, known: PanelBook, session: Session) -> dict[str, Panel]:
    cache, profile = session.cache, session.profile
    cache.began("panel", len(cuts))

    machines = session.machines
    models = PanelModels(machines.painter, layout=machines.layout, upscaler=machines.upscaler)
    order = PanelOrder.of(sheet, profile.size, profile.storyboard, models)

    def paint(cut: Cut) -> Panel:
        return panel_of(cut, order, known, models, cache)

    made = session.executor.each("panel", cuts, paint, lambda cut: cut.number)
    panels = {panel.cut: panel for panel in made}
    answer(panels, known, session.workspace)
    return panels


def _takes(
    sheet: Cutsheet, panels: Mapping[str, Panel], voiced: Mapping[tuple[str, int], Voiced], session: Session
) -> dict[str, Take]:
    """The take every cut shows; ordered ones are made again until nobody objects."""
    workspace = session.workspace
    takes = _moved(sheet.cuts, sheet, panels, voiced, session)
    while not _reviewed("takes", sheet, panels, session):
        ordered = {order.cut for order in workspace.store.open_retakes(workspace.key)}
        takes |= _moved([cut for cut in sheet.cuts if cut.number in ordered], sheet, panels, voiced, session)
    session.machines.release()
    if not session.gates.wants("takes"):
        return takes
    chosen = workspace.store.selections(workspace.key)  # a reviewer may have chosen another one
    return {number: chosen[number].take for number in takes}


def _moved(
    cuts: Sequence[Cut],
    sheet: Cutsheet,
    panels: Mapping[str, Panel],
    voiced: Mapping[tuple[str, int], Voiced],
    session: Session,
) -> dict[str, Take]:
    workspace, profile, refresh = session.workspace, session.profile, session.brief.refresh
    now = {cut.number: plan_attempts(cut, sheet, workspace, profile, refresh=refresh) for cut in cuts}
    session.cache.began("take", sum(len(wish.attempts) if wish else 1 for wish in now.values()))

    machines = session.machines
    models = TakeModels(machines.animator, judge=machines.judge, upscaler=machines.upscaler)
    order = TakeOrder.of(sheet, profile.size, profile.takes, models)
    shared = Shooting(order, models, session.cache, workspace, profile)

    def move(cut: Cut) -> Take:
        said = {index: voiced[cut.number, index] for index in range(len(cut.lines))}
        return take_of(cut, panels[cut.number], said, now[cut.number], shared)

    made = session.executor.each("take", cuts, move, lambda cut: cut.number)
    return {take.cut: take for take in made}


def _segments(
    sheet: Cutsheet,
    spans: Mapping[str, Span],
    takes: Mapping[str, Take],
    panels: Mapping[str, Panel],
    words: tuple[Caption, ...],
    credit: list[Section],
    session: Session,
) -> list[Segment]:
    mood = session.bible.mood if session.bible else "none"
    cuts = {cut.number: cut for cut in sheet.cuts}

    def segment(name: str) -> Segment:
        if name in cuts:
            return finish.cut_segment(
                cuts[name], sheet, spans, takes, words, cache=session.cache, options=session.profile.finish
            )
        first = sheet.cuts[0] if name == OPENING else sheet.cuts[-1]
        return finish.title_segment(
            name,
            sheet,
            spans[name],
            show=session.show,
            mood=mood,
            backdrop=panels[first.number],
            credit=credit,
            size=session.profile.size,
            cache=session.cache,
            options=session.profile.finish,
        )

    return session.executor.each("segment", list(spans), segment, lambda name: name)


def _soundtrack(
    sheet: Cutsheet, spans: Mapping[str, Span], voiced: Mapping[tuple[str, int], Voiced], session: Session
) -> Soundtrack:
    cache, options, machines = session.cache, session.profile.soundtrack, session.machines
    cues = soundtrack.effects_of(sheet)
    mood = session.bible.mood if session.bible else "none"
    stretches = soundtrack.stretches_of(sheet, spans, mood, options)
    cache.began("effect", len(cues))
    refs = session.executor.each(
        "effect",
        cues,
        lambda cue: soundtrack.make_effect(
            cue[0], cue[2], sheet, foley=machines.foley, cache=cache, options=options
        ),
        lambda cue: f"{cue[0]} {cue[2].sound}",
    )
    effects: dict[tuple[str, int], Ref] = {
        (number, index): ref for (number, index, _), ref in zip(cues, refs, strict=True)
    }
    cache.began("music", len(stretches))
    pieces = session.executor.each(
        "music",
        stretches,
        lambda stretch: soundtrack.compose(
            stretch, sheet.rate, composer=machines.composer, cache=cache, options=options
        ),
        lambda stretch: f"{stretch.name} {stretch.mood}",
    )
    machines.foley.release()
    machines.composer.release()
    [mixed] = session.executor.each(
        "mix",
        [sheet],
        lambda sheet: soundtrack.record(sheet, spans, voiced, effects, pieces, cache=cache, options=options),
        lambda _: "soundtrack",
    )
    return mixed


def _join(segments: list[Segment], sound: Soundtrack, sheet: Cutsheet, session: Session) -> Ref:
    metadata = {"title": sheet.title or sheet.episode, "show": session.show, "comment": "Made with Sakuga"}
    [episode] = session.executor.each(
        "join",
        [sheet],
        lambda sheet: finish.joined(segments, sound.delivered, sheet, metadata=metadata, cache=session.cache),
        lambda _: "episode",
    )
    return episode


@contextmanager
def _machines(profile: Profile, language: Language, device: str) -> Iterator[Machines]:
    chosen = profile.machines.ports(language)
    with ExitStack() as leases:
        memories: dict[str, DeviceMemory] = {}

        def leased(port: Port) -> Leased:
            place = profile.devices.get(port, device)
            memory = memories.setdefault(place, DeviceMemory(place))
            choice = chosen[port]
            return leases.enter_context(
                lease(port, choice.name, place, options=choice.options, memory=memory)
            )

        yield Machines(
            painter=leased("painter"),
            animator=leased("animator"),
            voice=leased("voice"),
            foley=leased("foley"),
            composer=leased("composer"),
            judge=leased("judge") if "judge" in chosen else None,
            layout=_layout(profile, device, memories, leases),
            upscaler=leased("upscaler") if "upscaler" in chosen else None,
            writer=_director_card(profile, device),
        )


def _layout(
    profile: Profile, device: str, memories: dict[str, DeviceMemory], leases: ExitStack
) -> Leased | None:
    choice, place = profile.machines.layout, profile.devices.get("painter", device)
    if choice is None:
        return None
    memory = memories.setdefault(place, DeviceMemory(place))
    return leases.enter_context(lease("painter", choice.name, place, options=choice.options, memory=memory))


def _director_card(profile: Profile, device: str) -> Card | None:
    if profile.director is None:
        return None
    with lease("writer", profile.director.name, device, options=profile.director.options) as writer:
        return writer.card  # nothing is loaded for it
