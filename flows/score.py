"""The score of one episode, from top to bottom: which stage, in which order.

In: a brief, a profile, an open office, a desk, a crew.      Out: the episode, delivered.
Knows neither terminal nor Prefect; both play it.
"""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from time import perf_counter

from assets.sheets.bible import Bible, Language
from assets.sheets.cutsheet import Cut, Cutsheet
from assets.sheets.production import Caption, Panel, Ref, Segment, Take, Voiced
from assets.sheets.screenplay import Screenplay
from assets.timing import Span
from flows import delivery
from flows.brief import Brief, RetakeOrder
from flows.crew import Crew
from flows.delivery import Delivered
from flows.directing import director
from flows.plan import planned, timed
from flows.profile import Profile
from flows.selection import order_retake, take_of
from flows.studio import Office
from models.card import Card
from models.lease import Leased, lease
from stages import finish, soundtrack
from stages.assemble.credits import Section
from stages.assemble.layout import OPENING
from stages.desk import Desk
from stages.filmgrammar import lint
from stages.soundtrack import Soundtrack
from stages.storyboard import draw
from stages.voices import voice


@dataclass(frozen=True)
class Machines:
    """The machine at each port; none is loaded before it has something to do."""

    painter: Leased
    animator: Leased
    voice: Leased
    foley: Leased
    composer: Leased
    judge: Leased | None
    writer: Card | None = None  # directed before the others began, and was given back

    @property
    def cards(self) -> tuple[Card, ...]:
        ports = (self.painter, self.animator, self.voice, self.foley, self.composer, self.judge)
        cards = tuple(machine.card for machine in ports if machine is not None)
        return (self.writer, *cards) if self.writer else cards


@dataclass(frozen=True)
class Session:
    """One go at one episode: everything a stage is given besides its sheets."""

    brief: Brief
    profile: Profile
    office: Office
    desk: Desk
    crew: Crew
    machines: Machines
    show: str  # the title to print
    bible: Bible | None


def play(
    brief: Brief,
    profile: Profile,
    screenplay: Screenplay,
    bible: Bible | None,
    office: Office,
    desk: Desk,
    crew: Crew,
    *,
    device: str,
    order: RetakeOrder | None = None,
) -> Delivered:
    """Make the episode, or what is missing of it."""
    started = perf_counter()
    with director(profile, desk, crew, device) as directing:
        plan = planned(screenplay, bible, office, profile, brief.language, directing)
    language = plan.sheet.language
    with _machines(profile, language, device) as machines:
        title = (bible.title.get(language) or next(iter(bible.title.values()), "")) if bible else ""
        session = Session(brief, profile, office, desk, crew, machines, title or "Sakuga", bible)
        voiced = _voices(plan.sheet, session)
        cutsheet, warnings = timed(plan, voiced, office, profile)
        if order is not None:
            order_retake(order, cutsheet, office)
        panels = _storyboard(cutsheet, session)
        takes = _takes(cutsheet, panels, voiced, session)
        credit = finish.sections(cutsheet, machines.cards, bible.credits if bible else ())
        spans = finish.lay_out(cutsheet, credit, profile.size, profile.finish)
        words = finish.captions(cutsheet, spans)
        segments = _segments(cutsheet, spans, takes, panels, words, credit, session)
        sound = _soundtrack(cutsheet, spans, voiced, session)
        episode = _join(segments, sound, cutsheet, session)
    made = delivery.Made(cutsheet, panels, takes, segments, words, sound, episode)
    grammar = map(str, lint(cutsheet, profile.filmgrammar))
    notes = (*plan.warnings, *warnings, *grammar, *([sound.note] if sound.note else []))
    return delivery.deliver(made, session, plan.changes, notes, started=started)


def _voices(sheet: Cutsheet, session: Session) -> dict[tuple[str, int], Voiced]:
    lines = [(cut, index) for cut in sheet.cuts for index in range(len(cut.lines))]
    session.desk.began("voice", len(lines))

    def speak(line: tuple[Cut, int]) -> Voiced:
        return voice(
            *line, sheet, speaker=session.machines.voice, desk=session.desk, options=session.profile.voices
        )

    made = session.crew.each("voice", lines, speak, lambda line: f"{line[0].number}/{line[1] + 1}")
    return {(sound.cut, sound.index): sound for sound in made}


def _storyboard(sheet: Cutsheet, session: Session) -> dict[str, Panel]:
    session.desk.began("panel", len(sheet.cuts))

    def paint(cut: Cut) -> Panel:
        return draw(
            cut,
            sheet,
            painter=session.machines.painter,
            desk=session.desk,
            size=session.profile.size,
            options=session.profile.storyboard,
        )

    made = session.crew.each("panel", sheet.cuts, paint, lambda cut: cut.number)
    return {panel.cut: panel for panel in made}


def _takes(
    sheet: Cutsheet, panels: Mapping[str, Panel], voiced: Mapping[tuple[str, int], Voiced], session: Session
) -> dict[str, Take]:
    session.desk.began("take", len(sheet.cuts))

    def move(cut: Cut) -> Take:
        return take_of(
            cut,
            panels[cut.number],
            {index: voiced[cut.number, index] for index in range(len(cut.lines))},
            sheet,
            animator=session.machines.animator,
            judge=session.machines.judge,
            desk=session.desk,
            office=session.office,
            profile=session.profile,
            refresh=session.brief.refresh,
        )

    made = session.crew.each("take", sheet.cuts, move, lambda cut: cut.number)
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
                cuts[name], sheet, spans, takes, words, desk=session.desk, options=session.profile.finish
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
            desk=session.desk,
            options=session.profile.finish,
        )

    return session.crew.each("segment", list(spans), segment, lambda name: name)


def _soundtrack(
    sheet: Cutsheet, spans: Mapping[str, Span], voiced: Mapping[tuple[str, int], Voiced], session: Session
) -> Soundtrack:
    desk, options, machines = session.desk, session.profile.soundtrack, session.machines
    cues = soundtrack.effects_of(sheet)
    mood = session.bible.mood if session.bible else "none"
    stretches = soundtrack.stretches_of(sheet, spans, mood, options)
    desk.began("effect", len(cues))
    refs = session.crew.each(
        "effect",
        cues,
        lambda cue: soundtrack.make_effect(
            cue[0], cue[2], sheet, foley=machines.foley, desk=desk, options=options
        ),
        lambda cue: f"{cue[0]} {cue[2].sound}",
    )
    effects: dict[tuple[str, int], Ref] = {
        (number, index): ref for (number, index, _), ref in zip(cues, refs, strict=True)
    }
    desk.began("music", len(stretches))
    pieces = session.crew.each(
        "music",
        stretches,
        lambda stretch: soundtrack.compose(
            stretch, sheet.rate, composer=machines.composer, desk=desk, options=options
        ),
        lambda stretch: f"{stretch.name} {stretch.mood}",
    )
    [mixed] = session.crew.each(
        "mix",
        [sheet],
        lambda sheet: soundtrack.record(sheet, spans, voiced, effects, pieces, desk=desk, options=options),
        lambda _: "soundtrack",
    )
    return mixed


def _join(segments: list[Segment], sound: Soundtrack, sheet: Cutsheet, session: Session) -> Ref:
    metadata = {"title": sheet.title or sheet.episode, "show": session.show, "comment": "Made with Sakuga"}
    [episode] = session.crew.each(
        "join",
        [sheet],
        lambda sheet: finish.joined(segments, sound.delivered, sheet, metadata=metadata, desk=session.desk),
        lambda _: "episode",
    )
    return episode


@contextmanager
def _machines(profile: Profile, language: Language, device: str) -> Iterator[Machines]:
    named = profile.machines
    with ExitStack() as leases:
        yield Machines(
            painter=leases.enter_context(lease("painter", named.painter, device)),
            animator=leases.enter_context(lease("animator", named.animator, device)),
            voice=leases.enter_context(lease("voice", named.voice(language), device)),
            foley=leases.enter_context(lease("foley", named.foley, device)),
            composer=leases.enter_context(lease("composer", named.composer, device)),
            judge=leases.enter_context(lease("judge", named.judge, device)) if named.judge else None,
            writer=_director_card(profile, device),
        )


def _director_card(profile: Profile, device: str) -> Card | None:
    if profile.director is None:
        return None
    with lease("writer", profile.director, device, options=profile.machines.writer_options) as writer:
        return writer.card  # nothing is loaded for it
