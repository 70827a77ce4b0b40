"""Mix every placed sound into three stems and the master, block by block.

In: Placed sounds, where their files are, the episode's frames.
Out: dialogue, effects, music and master as 48 kHz stereo FLAC, all exactly as long as the picture.
Does not set the loudness: it is measured and corrected afterwards (loudness.py).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from assets.media.sound import writing
from assets.sheets.base import Part
from assets.sheets.production import Placed, Ref
from stages.sound.ducking import Ducking, DuckOptions, under
from stages.sound.limiter import Limiter
from stages.sound.source import Source

Block = NDArray[np.float32]
Fetch = Callable[[Ref], Path]

HERTZ = 48_000
STEMS = {"voice": "dialogue", "effects": "effects", "music": "music"}
# 1.4 s: below one second the numpy calls become visible in the time, above four the blocks do
SIZE = 1 << 16


class MixOptions(Part):
    """The balance of the stems in the mix."""

    duck: DuckOptions = DuckOptions()
    ceiling: float = Field(default=0.98, gt=0, le=1, description="Highest sample peak of stems and master")


@dataclass(frozen=True)
class Mixed:
    """The mix on disk, before its loudness is set."""

    stems: dict[str, Path]  # dialogue, effects, music
    master: Path
    samples: int
    limited: bool  # the sum of the stems exceeded the ceiling somewhere and was limited


def mix(
    sounds: Sequence[Placed],
    *,
    frames: int,
    rate: Fraction,
    folder: Path,
    fetch: Fetch,
    options: MixOptions | None = None,
) -> Mixed:
    """Mix ``sounds`` into ``folder``. Unless the limiter acted, the stems add up to the master."""
    chosen = options or MixOptions()
    samples = length(frames, rate)
    voices = [sound for sound in sounds if sound.stem == "voice"]
    ducking = under(voices, frames=frames, rate=rate, hertz=HERTZ, options=chosen.duck)
    stems = {stem: folder / f"{stem}.flac" for stem in STEMS.values()}
    master = folder / "master.flac"
    bound = {stem: Limiter(ceiling=chosen.ceiling, hertz=HERTZ) for stem in stems}
    limiter = Limiter(ceiling=chosen.ceiling, hertz=HERTZ)
    with ExitStack() as open_files:
        files = {stem: open_files.enter_context(writing(path, rate=HERTZ)) for stem, path in stems.items()}
        whole = open_files.enter_context(writing(master, rate=HERTZ))
        mixer = open_files.enter_context(_Mixer(sounds, rate, fetch, ducking, chosen))
        for start in range(0, samples, SIZE):
            blocks = mixer.blocks(start, min(start + SIZE, samples))
            # every limiter delays by the same number of samples, so the stems stay aligned
            given = {stem: bound[stem].pass_on(block) for stem, block in blocks.items()}
            _write(given, files)
            whole.write(limiter.pass_on(_sum(given)))
        given = {stem: held.rest() for stem, held in bound.items()}
        _write(given, files)
        whole.write(limiter.pass_on(_sum(given)))
        whole.write(limiter.rest())
    return Mixed(stems, master, samples, limiter.acted)


def length(frames: int, rate: Fraction) -> int:
    """The samples of an episode: its frames, rounded to a whole sample."""
    return round(frames * HERTZ / rate)


def _write(blocks: Mapping[str, Block], files: Mapping[str, Any]) -> None:
    for stem, block in blocks.items():
        files[stem].write(block)


def _sum(blocks: Mapping[str, Block]) -> Block:
    first, *others = blocks.values()
    return sum(others, start=first)


class _Mixer:
    """Opens each sound when the mix reaches it, and closes it after its end."""

    def __init__(
        self, sounds: Sequence[Placed], rate: Fraction, fetch: Fetch, ducking: Ducking, options: MixOptions
    ) -> None:
        self._waiting = sorted(sounds, key=lambda sound: sound.at, reverse=True)
        self._playing: list[Source] = []
        self._rate, self._fetch, self._ducking, self._options = rate, fetch, ducking, options

    def __enter__(self) -> "_Mixer":
        return self

    def __exit__(self, *_: object) -> None:
        for source in self._playing:
            source.close()

    def blocks(self, start: int, stop: int) -> dict[str, Block]:
        out = {stem: np.zeros((stop - start, 2), np.float32) for stem in STEMS.values()}
        for source in self._reached(start, stop):
            first, last = max(start, source.start), min(stop, source.stop)
            if first < last:
                block = source.read(first, last) * self._ducked(source.placed, first, last)
                out[STEMS[source.placed.stem]][first - start : last - start] += block
        return out

    def _reached(self, start: int, stop: int) -> Iterator[Source]:
        while self._waiting and round(self._waiting[-1].at * HERTZ / self._rate) < stop:
            placed = self._waiting.pop()
            self._playing.append(Source(placed, self._fetch(placed.sound), rate=self._rate, hertz=HERTZ))
        for source in [source for source in self._playing if source.stop <= start]:
            source.close()
            self._playing.remove(source)
        yield from self._playing

    def _ducked(self, placed: Placed, start: int, stop: int) -> Block | float:
        if placed.stem == "music":
            return self._ducking.gain(start, stop, self._options.duck.music_db)
        if placed.stem == "effects" and placed.loop:
            return self._ducking.gain(start, stop, self._options.duck.ambience_db)
        return 1.0
