"""Place every sound on the episode's timeline: voices, effects, ambiences that cross cuts, music.

In: the cut sheet, where each cut lies, references to the sounds, pieces of music.
Out: one Placed per sound, in order of time.
Opens no sound and knows no samples. Gains here are a balance; loudness is set after the mix.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pydantic import Field

from assets.errors import InputRefused
from assets.sheets.base import Part
from assets.sheets.cutsheet import Cue, Cut, Cutsheet, Line
from assets.sheets.look import Mood
from assets.sheets.production import Placed, Ref
from assets.sheets.sounds import AMBIENCES
from assets.timing import Span, nearest_frames
from stages.sound.utterance import utterances

SIDES = {"far_left": -1.0, "left": -0.5, "center": 0.0, "right": 0.5, "far_right": 1.0}


class PlaceOptions(Part):
    """The balance of the mix, before ducking, and how sounds begin and end."""

    width: float = Field(default=0.45, ge=0, le=1, description="Pan of a voice at the edge of the frame")
    voice_db: float = Field(default=0.0, ge=-24, le=12)
    off_screen_db: float = Field(default=-5.0, ge=-24, le=0, description="Added to a voice heard from off")
    off_screen_pan: float = Field(default=0.35, ge=0, le=1)
    # measured on what the models give: effects -22 to -33 LUFS, ambiences -27 to -35, music -18; a line
    # is at -23. This puts music 13 LU under a line while it is spoken, ambience 17 and more
    effect_db: float = Field(default=-3.0, ge=-40, le=12)
    ambience_db: float = Field(default=-4.0, ge=-40, le=12)
    music_db: float = Field(default=-10.0, ge=-40, le=12)
    ambience_fade: float = Field(default=0.6, ge=0, le=5, description="Seconds in and out")
    music_fade: float = Field(default=1.2, ge=0, le=10, description="Seconds in and out")
    ring_out: float = Field(default=1.5, ge=0, le=10, description="Seconds an effect may outlast its cut")
    shortest_music: float = Field(
        default=4.0, ge=0, le=3600, description="Seconds; shorter moods get no music"
    )


BALANCED = PlaceOptions()


@dataclass(frozen=True)
class Stretch:
    """Consecutive cuts of one mood: a composer writes one piece for them."""

    name: str  # the first cut's number
    mood: Mood
    span: Span


@dataclass(frozen=True)
class Piece:
    """Music written for a span of the episode."""

    name: str
    sound: Ref
    span: Span


def stretches(
    cutsheet: Cutsheet, spans: Mapping[str, Span], *, options: PlaceOptions = BALANCED
) -> tuple[Stretch, ...]:
    """The stretches that need music. A mood that continues in the next scene keeps its music."""
    found: list[Stretch] = []
    for cut in cutsheet.cuts:
        span = _span(cut, spans)
        last = found[-1] if found else None
        if last and last.mood == cut.mood and last.span.stop == span.start:
            found[-1] = Stretch(last.name, last.mood, Span(start=last.span.start, stop=span.stop))
        elif cut.mood != "none":
            found.append(Stretch(cut.number, cut.mood, span))
    least = nearest_frames(options.shortest_music, cutsheet.rate)
    return tuple(stretch for stretch in found if stretch.span.frames >= least)


def place(
    cutsheet: Cutsheet,
    spans: Mapping[str, Span],
    voiced: Mapping[tuple[str, int], Ref],
    effects: Mapping[tuple[str, int], Ref],
    music: Sequence[Piece],
    *,
    options: PlaceOptions = BALANCED,
) -> tuple[Placed, ...]:
    """Every sound of the episode; ``voiced`` and ``effects`` by cut number and position in the cut.

    A line or cue without a sound is an error, except the cue ``silence``.
    """
    placed = [
        *_voices(cutsheet, spans, voiced, options),
        *_effects(cutsheet, spans, effects, options),
        *_ambiences(cutsheet, spans, effects, options),
        *_music(cutsheet, music, options),
    ]
    return tuple(sorted(placed, key=lambda sound: (sound.at, sound.stem, sound.name)))


def _voices(
    cutsheet: Cutsheet,
    spans: Mapping[str, Span],
    voiced: Mapping[tuple[str, int], Ref],
    options: PlaceOptions,
) -> Iterator[Placed]:
    for said in utterances(cutsheet):
        # A sentence is heard from one place, wherever the picture goes meanwhile.
        away = options.off_screen_db if said.line.heard == "off" else 0.0
        pan = _pan(said.cut, said.line, options)
        for cut, index in said.lines:
            span, line = _span(cut, spans), cut.lines[index]
            yield Placed(
                stem="voice",
                name=f"{cut.number}/{index + 1} {line.character}",
                sound=_ref(voiced, cut, index, "line"),
                at=span.start + line.at,
                frames=line.frames or max(1, span.frames - line.at),
                gain_db=options.voice_db + away,
                pan=pan,
            )


def _pan(cut: Cut, line: Line, options: PlaceOptions) -> float:
    """The pan: where the speaker is; from the side when off screen, in the centre for a voice-over."""
    if line.heard == "voice_over":
        return 0.0
    for staged in cut.staged:
        if staged.character == line.character:
            return round(SIDES[staged.position] * options.width, 3)
    if line.heard == "off":
        # away from the visible people, else always the same side for the same person
        seen = sum(SIDES[staged.position] for staged in cut.staged)
        side = -1.0 if seen > 0 or (seen == 0 and sum(line.character.encode()) % 2) else 1.0
        return side * options.off_screen_pan
    return 0.0


def _effects(
    cutsheet: Cutsheet,
    spans: Mapping[str, Span],
    effects: Mapping[tuple[str, int], Ref],
    options: PlaceOptions,
) -> Iterator[Placed]:
    ring = nearest_frames(options.ring_out, cutsheet.rate)
    end = max((span.stop for span in spans.values()), default=0)
    for cut in cutsheet.cuts:
        span = _span(cut, spans)
        for index, cue in enumerate(cut.cues):
            if cue.sound in AMBIENCES or cue.sound == "silence":
                continue
            at = span.start + min(cue.at, span.frames - 1)
            room = max(1, min(span.stop + ring, end) - at)
            frames = min(cue.frames, room) if cue.frames else room
            yield Placed(
                stem="effects",
                name=f"{cut.number} {cue.sound}",
                sound=_ref(effects, cut, index, "cue"),
                at=at,
                frames=frames,
                gain_db=options.effect_db,
                fade_out=min(frames // 2, ring // 2),
            )


@dataclass
class _Run:
    """One ambience that continues over consecutive cuts of a scene."""

    cut: Cut
    index: int
    start: int
    stop: int


def _ambiences(
    cutsheet: Cutsheet,
    spans: Mapping[str, Span],
    effects: Mapping[tuple[str, int], Ref],
    options: PlaceOptions,
) -> Iterator[Placed]:
    fade = nearest_frames(options.ambience_fade, cutsheet.rate)
    for run in _runs(cutsheet, spans):
        cue = run.cut.cues[run.index]
        frames = run.stop - run.start
        yield Placed(
            stem="effects",
            name=f"{run.cut.number} {cue.sound} (ambience)",
            sound=_ref(effects, run.cut, run.index, "cue"),
            at=run.start,
            frames=frames,
            gain_db=options.ambience_db,
            fade_in=min(fade, frames // 2),
            fade_out=min(fade, frames // 2),
            loop=True,
        )


def _runs(cutsheet: Cutsheet, spans: Mapping[str, Span]) -> Iterator[_Run]:
    """Each ambience once per unbroken run of cuts of a scene that have it."""
    going: dict[tuple[str, str], _Run] = {}
    for cut in cutsheet.cuts:
        span = _span(cut, spans)
        here: dict[tuple[str, str], _Run] = {}
        for index, cue in enumerate(cut.cues):
            key = (cut.scene, cue.sound)
            if cue.sound not in AMBIENCES or key in here:
                continue
            start, stop = _extent(cue, span)
            run = going.pop(key, None)
            # a run continues if it reached the end of the last cut and this cue starts with its own cut
            if run and run.stop == start:
                run.stop = stop
            else:
                if run:
                    yield run
                run = _Run(cut, index, start, stop)
            here[key] = run
        yield from going.values()
        going = here
    yield from going.values()


def _extent(cue: Cue, span: Span) -> tuple[int, int]:
    start = span.start + min(cue.at, span.frames - 1)
    return start, min(span.stop, start + cue.frames) if cue.frames else span.stop


def _music(cutsheet: Cutsheet, music: Sequence[Piece], options: PlaceOptions) -> Iterator[Placed]:
    fade = nearest_frames(options.music_fade, cutsheet.rate)
    for piece in music:
        yield Placed(
            stem="music",
            name=piece.name,
            sound=piece.sound,
            at=piece.span.start,
            frames=piece.span.frames,
            gain_db=options.music_db,
            fade_in=min(fade, piece.span.frames // 2),
            fade_out=min(fade, piece.span.frames // 2),
        )


def _span(cut: Cut, spans: Mapping[str, Span]) -> Span:
    if cut.number not in spans:
        raise InputRefused(f"{cut.number} has no place on the timeline; every cut of the sheet needs a span.")
    return spans[cut.number]


def _ref(sounds: Mapping[tuple[str, int], Ref], cut: Cut, index: int, what: str) -> Ref:
    if (cut.number, index) not in sounds:
        raise InputRefused(
            f"{cut.number} has no sound for {what} {index + 1}; record every line and make every cue first."
        )
    return sounds[cut.number, index]
