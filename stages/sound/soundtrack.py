"""The soundtrack: make every effect and piece of music, place and mix all sounds, set the loudness.

In: a timed cut sheet, the spans of its cuts, the recorded lines.      Out: a Soundtrack in the vault.
Knows nothing about pictures. Samples stream through files: memory does not grow with the episode.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import ceil
from pathlib import Path

from pydantic import Field

from assets import files
from assets.sheets.base import Part, Seed
from assets.sheets.cutsheet import Cue, Cutsheet
from assets.sheets.look import Mood
from assets.sheets.production import Placed, Ref, Voiced
from assets.sheets.sounds import AMBIENCES
from assets.timing import Span, seconds_of
from models.lease import Leased
from models.ports import Composer, Foley
from stages.assemble.layout import CREDITS, OPENING
from stages.sound.effects import MusicPiece, effect, music
from stages.sound.loudness import encode, follow
from stages.sound.mix import MixOptions, mix
from stages.sound.place import Piece, PlaceOptions, Stretch, place, stretches
from stages.work import Result, Work
from stages.work_cache import WorkCache

MEDIA = {".flac": "audio/flac", ".wav": "audio/wav"}


class SoundtrackOptions(Part):
    """Effects, music, mix and loudness."""

    seed: Seed = Field(default=0, description="Seed of every effect and piece of music")
    ambience_seconds: float = Field(
        default=12, ge=2, le=60, description="s of an ambience that is made, then repeated without a seam"
    )
    longest_music: float = Field(
        default=60, ge=10, le=600, description="s; a longer stretch of one mood gets several pieces"
    )
    place: PlaceOptions = PlaceOptions()
    mix: MixOptions = MixOptions()
    target_lufs: float = Field(
        default=-23.0, ge=-36, le=-9, description="EBU R 128: -23; Japan: -24; web: -14"
    )
    tolerance: float = Field(default=0.5, ge=0.1, le=2, description="LU either side of the target")
    peak_dbtp: float = Field(default=-1.0, ge=-9, le=0, description="Highest true peak, after encoding")


@dataclass(frozen=True)
class Soundtrack:
    """The finished sound of an episode."""

    placed: tuple[Placed, ...]
    stems: dict[str, Ref]  # dialogue, effects, music: FLAC, at the master's gain
    delivered: Ref  # AAC, as measured
    loudness: dict[str, float]
    note: str  # a note on the loudness for people, or empty


@dataclass(frozen=True)
class CutCue:
    """A cue with the number of its cut, and its position among the cues of the cut."""

    cut: str
    index: int
    cue: Cue


def effects_of(cutsheet: Cutsheet) -> list[CutCue]:
    """Every cue with a sound."""
    return [
        CutCue(cut.number, index, cue)
        for cut in cutsheet.cuts
        for index, cue in enumerate(cut.cues)
        if cue.sound != "silence"
    ]


def make_effect(
    at: CutCue, rate: Fraction, *, foley: Leased[Foley], cache: WorkCache, options: SoundtrackOptions
) -> Ref:
    """The sound of one cue. One name has three variants, chosen by the cut, so that footsteps differ."""
    cue = at.cue
    if cue.sound in AMBIENCES:
        return effect(
            cue.sound, seconds=options.ambience_seconds, seed=options.seed, foley=foley, cache=cache
        )
    seconds = seconds_of(cue.frames, rate) if cue.frames else 0.0
    variant = sum(at.cut.encode()) % 3
    return effect(cue.sound, seconds=seconds, seed=options.seed * 3 + variant, foley=foley, cache=cache)


def stretches_of(
    cutsheet: Cutsheet, spans: Mapping[str, Span], mood: Mood, options: SoundtrackOptions
) -> list[Stretch]:
    """The stretches that need music: the title, every run of cuts in one mood, the credits."""
    theme = "cheerful" if mood == "none" else mood
    found = [Stretch(OPENING, theme, spans[OPENING])] if OPENING in spans else []
    for stretch in stretches(cutsheet, spans, options=options.place):
        found += _in_pieces(stretch, cutsheet.rate, options.longest_music)
    return [*found, Stretch(CREDITS, theme, spans[CREDITS])] if CREDITS in spans else found


def _in_pieces(stretch: Stretch, rate: Fraction, longest: float) -> list[Stretch]:
    """Split the stretch into equal pieces, so that no cue gets too long and memory use stays constant."""
    count = ceil(seconds_of(stretch.span.frames, rate) / longest)
    edges = [stretch.span.start + stretch.span.frames * part // count for part in range(count + 1)]
    return [
        Stretch(
            stretch.name if count == 1 else f"{stretch.name}.{part + 1}", stretch.mood, Span(start=a, stop=b)
        )
        for part, (a, b) in enumerate(pairwise(edges))
    ]


def compose(
    stretch: Stretch,
    rate: Fraction,
    *,
    composer: Leased[Composer],
    cache: WorkCache,
    options: SoundtrackOptions,
) -> Piece:
    """The piece of music for one stretch."""
    piece = MusicPiece(
        mood=stretch.mood,
        name=stretch.name,
        seconds=seconds_of(stretch.span.frames, rate),
        seed=options.seed * 100 + sum(stretch.name.encode()) % 100,
    )
    sound = music(piece, composer=composer, cache=cache)
    return Piece(stretch.name, sound, stretch.span)


@dataclass(frozen=True)
class Sounds:
    """Everything that is heard: lines and effects by cut number and place in the cut, and the music."""

    voiced: Mapping[tuple[str, int], Voiced]
    effects: Mapping[tuple[str, int], Ref]
    pieces: list[Piece]


def record(
    cutsheet: Cutsheet,
    spans: Mapping[str, Span],
    sounds: Sounds,
    *,
    cache: WorkCache,
    options: SoundtrackOptions,
) -> Soundtrack:
    """Place and mix everything, and encode it at the target loudness."""
    lines = {key: line.sound for key, line in sounds.voiced.items()}
    placed = place(cutsheet, spans, lines, sounds.effects, sounds.pieces, options=options.place)
    frames = max(span.stop for span in spans.values())
    work = Work(
        step="mix",
        name="soundtrack",
        model=None,
        inputs={
            "sounds": placed,
            "frames": frames,
            "rate": str(cutsheet.rate),
            "mix": options.mix,
            "loudness": [options.target_lufs, options.tolerance, options.peak_dbtp],
        },
    )

    def make() -> Result:
        with files.scratch() as folder:
            return _mixed(placed, frames, cutsheet.rate, folder, cache, options)

    found = cache.get_or_make(work, make)
    stems = {name: Ref.model_validate(ref) for name, ref in found["stems"].items()}
    delivered = Ref.model_validate(found["delivered"])
    return Soundtrack(placed, stems, delivered, found["loudness"], found["note"])


def _mixed(
    placed: tuple[Placed, ...],
    frames: int,
    rate: Fraction,
    folder: Path,
    cache: WorkCache,
    options: SoundtrackOptions,
) -> Result:
    mixed = mix(placed, frames=frames, rate=rate, folder=folder, fetch=cache.vault.local, options=options.mix)
    delivered = folder / "master.m4a"
    with cache.machine_time():
        heard = encode(
            mixed.master,
            delivered,
            target_lufs=options.target_lufs,
            tolerance=options.tolerance,
            peak_dbtp=options.peak_dbtp,
        )
        (folder / "stems").mkdir()
        stems = follow(mixed.stems, folder / "stems", gain_db=heard.gain_db)
    kept = {
        name: cache.vault.put_file(path, MEDIA[path.suffix], move=True).model_dump(mode="json")
        for name, path in stems.items()
    }
    ref = cache.vault.put_file(delivered, "audio/mp4", move=True)
    measured = {
        "integrated_lufs": heard.integrated_lufs,
        "true_peak_dbtp": heard.true_peak_dbtp,
        "range_lu": heard.range_lu,
        "gain_db": heard.gain_db,
    }
    return {"stems": kept, "delivered": ref.model_dump(mode="json"), "loudness": measured, "note": heard.note}
