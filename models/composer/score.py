"""Compose the notes: a plan of bars that fits the length, then figures, bass, drums and a motif.

In:  a style, seconds, a random generator.      Out: a Score (notes in seconds, sorted by time).
Knows nothing about how instruments sound.
"""

from dataclasses import dataclass

import numpy as np

from models.composer.styles import Style
from models.composer.theory import Chord, chord, ladder, nearest, voicing

Rng = np.random.Generator
RHYTHMS = (
    (1.0, 1.0, 2.0),
    (1.5, 0.5, 2.0),
    (0.5, 0.5, 1.0, 2.0),
    (2.0, 1.0, 1.0),
    (3.0, 1.0),
    (1.0, 0.5, 0.5, 2.0),
)
PHRASE = 4  # bars
LOWEST = 40  # E2: a laptop's speaker plays nothing lower
JINGLES = (1, 2, 3, 4, 6, 8, 10, 12)  # beats a short body may have: each splits into even chords


@dataclass(frozen=True)
class Note:
    """``at`` and ``length`` in seconds, ``pitch`` MIDI, ``loud`` 0..1, ``pan`` -1..1."""

    at: float
    length: float
    pitch: int
    loud: float
    instrument: str
    pan: float = 0.0


@dataclass(frozen=True)
class Span:
    """One chord of the plan, in beats from the start."""

    beat: float
    beats: float
    chord: Chord


@dataclass(frozen=True)
class Score:
    """``body`` seconds of bars, which may be looped, then a last chord that rings until ``seconds``."""

    seconds: float
    body: float
    tempo: float  # beats a minute, exact
    tonic: int
    scale: str
    notes: tuple[Note, ...]


@dataclass(frozen=True)
class Plan:
    """What all parts share."""

    style: Style
    tonic: int
    beat: float  # seconds
    spans: tuple[Span, ...]
    last: Chord
    beats: float
    seconds: float

    @property
    def body(self) -> float:
        return self.beats * self.beat


def write(style: Style, seconds: float, rng: Rng) -> Score:
    """The score of ``seconds`` in ``style``; the same generator state gives the same notes."""
    plan = _plan(style, seconds, rng)
    voices = _lead_voices(plan)
    notes = [
        *_figures(plan, voices, rng),
        *_pads(plan, voices),
        *_bass(plan, rng),
        *_drums(plan, rng),
        *_melody(plan, rng),
        *_ending(plan, voices[-1], rng),
    ]
    played = sorted((note for note in notes if note.at < seconds), key=lambda note: note.at)
    return Score(seconds, plan.body, 60 / plan.beat, plan.tonic, style.scale, tuple(played))


def _plan(style: Style, seconds: float, rng: Rng) -> Plan:
    """Whole bars (a few beats in a jingle) at a tempo adjusted so that they fill the body."""
    tonic, tempo = int(rng.choice(style.tonics)), float(rng.uniform(*style.tempo))
    body = seconds - min(4.0, max(0.8, 0.35 * seconds))
    if body < 0.7:  # too short for more than the last chord
        return Plan(style, tonic, 60 / tempo, (), chord(style.last, tonic), 0, seconds)
    wanted = body * tempo / 60
    beats = 4 * round(wanted / 4) if wanted >= 12 else min(JINGLES, key=lambda n: abs(np.log(n / wanted)))
    symbols, each = _symbols(style, beats, rng)
    spans = tuple(Span(index * each, each, chord(symbol, tonic)) for index, symbol in enumerate(symbols))
    return Plan(style, tonic, body / beats, spans, chord(style.last, tonic), beats, seconds)


def _symbols(style: Style, beats: int, rng: Rng) -> tuple[list[str], float]:
    """Chord symbols and the beats of each; the last two are the cadence."""
    each = 4 if beats >= 12 else 2 if beats >= 6 else beats / 2
    many = round(beats / each)
    order = [style.progressions[i] for i in rng.permutation(len(style.progressions))]
    song: list[str] = []
    while len(song) < many:
        # Play one progression for two phrases before the next, so that it is recognised.
        progression = order[(len(song) // 8) % len(order)]
        song.extend(progression)
    return [*song[: max(0, many - 2)], *style.cadence[-min(2, many) :]], each


def _lead_voices(plan: Plan) -> list[tuple[int, ...]]:
    """One voicing per span, and one for the last chord, each close to the one before."""
    voices: list[tuple[int, ...]] = []
    for harmony in [*(span.chord for span in plan.spans), plan.last]:
        voices.append(voicing(harmony, voices[-1] if voices else None, 53, 73))
    return voices


def _arc(plan: Plan, beat: float) -> float:
    """The dynamics of a phrase: louder by a fifth until its third bar, then softer."""
    share = beat / (4 * PHRASE) % 1.0
    return (
        float(0.88 + 0.22 * np.interp(share, (0, 0.65, 1), (0, 1, 0.3))) if plan.beats >= 4 * PHRASE else 1.0
    )


def _intro(plan: Plan) -> float:
    """Beats before drums and melody start; a piece of a dozen bars has time for one phrase."""
    return 4.0 * PHRASE if plan.beats >= 12 * PHRASE else 0.0


def _timing(rng: Rng, at: float, tightness: float = 1.0) -> float:
    """Human timing: about 7 ms early or late, never more than 18."""
    return max(0.0, at + float(np.clip(rng.normal(0, 0.007), -0.018, 0.018)) / tightness)


def _figures(plan: Plan, voices: list[tuple[int, ...]], rng: Rng) -> list[Note]:
    """The figure of the accompaniment, one voice per eighth; another variant every other phrase."""
    notes: list[Note] = []
    variants = [plan.style.figures[i] for i in rng.permutation(len(plan.style.figures))]
    lift = 12 if plan.style.comp == "celesta" else 0  # the celesta's range begins where the others' ends
    for span, chord_voices in zip(plan.spans, voices, strict=False):
        figure = variants[int(span.beat // (8 * PHRASE)) % len(variants)]
        for eighth in range(round(span.beats * 2)):
            step = figure[(round(span.beat * 2) + eighth) % 8] if span.beats >= 4 else figure[eighth % 8]
            if step == "-":
                continue
            voice = int(step)
            pitch = chord_voices[voice % len(chord_voices)] + 12 * (voice // len(chord_voices)) + lift
            at = (span.beat + eighth / 2) * plan.beat
            loud = (0.5 if eighth % 4 == 0 else 0.36) * rng.uniform(0.88, 1.08) * _arc(plan, span.beat)
            held = min(1.6 * plan.beat, plan.body - at)  # the last chord is played alone
            notes.append(Note(_timing(rng, at), held, pitch, loud, plan.style.comp, -0.3 + 0.2 * voice))
    return notes


def _pads(plan: Plan, voices: list[tuple[int, ...]]) -> list[Note]:
    return [
        Note(span.beat * plan.beat, span.beats * plan.beat, pitch, plan.style.pad * 0.5, "pad", pan)
        for span, chord_voices in zip(plan.spans, voices, strict=False)
        for pitch, pan in zip(chord_voices[:3], (-0.5, 0.0, 0.5), strict=False)
    ]


def _bass(plan: Plan, rng: Rng) -> list[Note]:
    notes: list[Note] = []
    for span in plan.spans:
        root = LOWEST + (span.chord.root - LOWEST) % 12
        for eighth in range(round(span.beats * 2)):
            step = plan.style.bass[eighth % 8]
            if step == "-":
                continue
            at = (span.beat + eighth / 2) * plan.beat
            held = plan.beat * (span.beats if plan.style.bass.count("-") == 7 else 0.9)
            loud = 0.55 * (1.0 if eighth == 0 else 0.75) * rng.uniform(0.9, 1.05)
            notes.append(Note(_timing(rng, at, 2), held, root + (7 if step == "5" else 0), loud, "bass"))
    return notes


def _drums(plan: Plan, rng: Rng) -> list[Note]:
    notes: list[Note] = []
    for instrument, pattern in plan.style.drums:
        pan = {"shaker": 0.45, "hat": 0.35, "rim": -0.25, "tick": -0.4}.get(instrument, 0.0)
        for sixteenth in range(round(4 * _intro(plan)), round(plan.beats * 4)):
            step = pattern[sixteenth % 16]
            if step != ".":
                loud = (0.5 if step == "x" else 0.28) * rng.uniform(0.85, 1.1)
                at = _timing(rng, sixteenth / 4 * plan.beat, 2)
                notes.append(Note(at, 0.5, 60, loud, instrument, pan))
    return notes


def _melody(plan: Plan, rng: Rng) -> list[Note]:
    """A motif of two bars; it returns on other chords, is answered, and has pauses."""
    notes: list[Note] = []
    rhythm = [RHYTHMS[i] for i in rng.integers(len(RHYTHMS), size=2)]
    contour = [rng.integers(-2, 3, size=4), rng.integers(-2, 3, size=4)]
    pitches = ladder(plan.tonic, plan.style.scale, 67, 84)
    centre = nearest(pitches, 74)
    phrases = int(np.ceil(plan.beats / (4 * PHRASE)))
    sings = [index == phrases - 1 or rng.uniform() < plan.style.melody for index in range(phrases)]
    for bar in range(int(np.ceil(plan.beats / 4))):
        breathes = bar % PHRASE == 3 and plan.beats > 4 * PHRASE
        if not sings[bar // PHRASE] or breathes or bar * 4 < _intro(plan):
            continue
        turn = -1 if bar % PHRASE == 2 else 1  # the answer inverts the motif
        motif = _Motif(pitches, centre, rhythm[bar % 2], turn * contour[bar % 2])
        notes += _bar(plan, motif, bar * 4.0, rng)
    return notes


@dataclass(frozen=True)
class _Motif:
    """One bar of the melody: lengths of notes in beats, and steps on a ladder of pitches from its centre."""

    pitches: tuple[int, ...]
    centre: int
    rhythm: tuple[float, ...]
    contour: np.ndarray


def _bar(plan: Plan, motif: _Motif, start: float, rng: Rng) -> list[Note]:
    pitches, centre = motif.pitches, motif.centre
    notes: list[Note] = []
    beat, place = start, pitches.index(centre)
    for length, step in zip(motif.rhythm, motif.contour, strict=False):
        if beat >= plan.beats:
            break
        place = int(np.clip(place + step, 0, len(pitches) - 1))
        pitch = pitches[place]
        if length >= 1:  # long notes use chord tones
            harmony = next(span.chord for span in reversed(plan.spans) if span.beat <= beat)
            tones = tuple(p for p in range(65, 87) if p % 12 in harmony.tones)
            pitch = nearest(tones, pitch)
            place = pitches.index(nearest(pitches, pitch))
        loud = 0.5 * rng.uniform(0.88, 1.06) * (1.1 if beat == start else 1.0) * _arc(plan, beat)
        held = min(length, plan.beats - beat) * plan.beat
        notes.append(Note(_timing(rng, beat * plan.beat), held, pitch, loud, plan.style.lead, 0.12))
        beat += length
    return notes


def _ending(plan: Plan, voices: tuple[int, ...], rng: Rng) -> list[Note]:
    """The last chord, arpeggiated from the bottom, with its root below and the tonic on top."""
    ring, at = plan.seconds - plan.body, plan.body
    bass = LOWEST + (plan.tonic - LOWEST) % 12
    top = nearest(tuple(p for p in range(67, 86) if p % 12 == plan.tonic), 74)
    notes = [
        Note(at, ring, bass, 0.6, "bass"),
        Note(_timing(rng, at + 0.03), ring, top, 0.5, plan.style.lead, 0.1),
    ]
    for index, pitch in enumerate(voices):
        notes.append(Note(at + 0.045 * index, ring, pitch, 0.45, plan.style.comp, -0.3 + 0.2 * index))
        notes.append(Note(at, ring, pitch, max(0.25, plan.style.pad) * 0.45, "pad", 0.5 * (index % 3 - 1)))
    if plan.style.bright:
        climb = sorted(pitch + 12 for pitch in voices)
        notes += [
            Note(at + 0.12 + 0.09 * i, ring, p, 0.28, plan.style.bright, 0.3) for i, p in enumerate(climb)
        ]
    if any(name == "taiko" for name, _ in plan.style.drums):
        notes.append(Note(at, 1.5, 60, 0.7, "taiko"))
    return notes
