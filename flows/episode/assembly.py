"""Put an episode together: its segments, its sound, and both in one file.

In: a cut sheet with a panel and a take for every cut, the voices.      Out: the file, and what it was made of.
Segments and sound are made side by side where the models allow it.
"""

from collections.abc import Mapping

from assets.sheets.cutsheet import Cutsheet
from assets.sheets.production import Panel, Ref, Segment, Take
from assets.timing import Span
from flows.episode import delivery
from flows.episode.cuts import VoicedLines
from flows.episode.session import Session
from flows.rights.labelling import Labelling, metadata
from models.lease import concurrent
from stages.assemble import finish
from stages.assemble.layout import OPENING
from stages.sound import soundtrack
from stages.sound.place import Piece
from stages.sound.soundtrack import Soundtrack


def assembled(
    cutsheet: Cutsheet,
    voiced: VoicedLines,
    panels: dict[str, Panel],
    takes: dict[str, Take],
    session: Session,
) -> delivery.Made:
    """Make segments and soundtrack side by side, and join them to the episode's file."""
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
        lambda cue: soundtrack.make_effect(cue, sheet.rate, foley=foley, cache=cache, options=options),
        lambda cue: f"{cue.cut} {cue.cue.sound}",
        parallel=concurrent(foley),
    )
    return {(cue.cut, cue.index): ref for cue, ref in zip(cues, refs, strict=True)}


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
