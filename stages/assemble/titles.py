"""The opening: the titles of show and episode, animated over a picture.

In: two titles, a palette, perhaps a backdrop.      Out: a Clip.
Layers are composed by MoviePy (each letter is a layer with its own entrance); the letters and the backdrop
are drawn here.  Knows nothing about cuts or files.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from assets.errors import ShapeRefused
from assets.matter import Clip, Still
from assets.sheets.bible import Language
from assets.timing import nearest_frames
from stages.assemble.backdrop import moved, toned
from stages.assemble.lettering import Plate
from stages.assemble.logo import Sprite, logo, merged, tag
from stages.assemble.palette import Palette
from stages.assemble.transitions import eased

if TYPE_CHECKING:
    from moviepy import VideoClip

OPENING_SECONDS = 3.75
_REVEAL, _LEAVE = 0.55, 0.35  # seconds: the sweep at the start, the fade at the end
_LANDING = 0.42  # seconds from a letter's start to its rest


@dataclass(frozen=True)
class TitleCard:
    """The texts of an opening, and their style. ``episode`` may be empty, and ``show`` too when there is no show."""

    show: str
    episode: str
    palette: Palette
    backdrop: Still | None
    language: Language

    @property
    def main(self) -> str:
        """The large title."""
        return self.show.strip() or self.episode.strip()

    @property
    def under(self) -> str:
        """The small title below it."""
        return self.episode.strip() if self.show.strip() else ""


def opening_frames(rate: Fraction) -> int:
    """The usual length of an opening."""
    return nearest_frames(OPENING_SECONDS, rate)


def opening(card: TitleCard, *, size: tuple[int, int], rate: Fraction, frames: int) -> Clip:
    """The title card, animated."""
    if not card.main:
        raise ShapeRefused(
            "An opening needs a title. Add one to the script or the bible, or leave the opening out."
        )

    def draw() -> Iterator[Still]:
        composed = _composed(card, size, frames / rate)
        for frame in range(frames):
            yield np.ascontiguousarray(composed.get_frame(float(frame / rate)), dtype=np.uint8)

    return Clip(frames, size, rate, draw)


def _composed(card: TitleCard, size: tuple[int, int], seconds: Fraction) -> "VideoClip":
    from moviepy import CompositeVideoClip, VideoClip, vfx

    long, palette = float(seconds), card.palette
    large = toned(card.backdrop, size, palette, depth=0.62 if card.backdrop is not None else 0.3)
    ground = VideoClip(lambda t: _revealed(moved(large, size, t / long), palette, t), duration=long)
    letters, bottom = logo(card.main, size, palette, card.language)
    layers = _spelt(letters, long, rise=size[1] * 0.09)
    layers += [
        _sliding(sprite, long, size[0] * 0.06)
        for sprite in tag(card.under, size, palette, card.language, bottom)
    ]
    whole = CompositeVideoClip([ground, *layers], size=size, use_bgclip=True).with_duration(long)
    return whole.with_effects([vfx.FadeOut(min(_LEAVE, long / 4))])


def _revealed(still: Still, palette: Palette, t: float) -> Still:
    """Reveal the picture: two slanted bands sweep the ground colour away."""
    import cv2

    height, width = still.shape[:2]
    if t >= _REVEAL + 0.2:
        return still
    for delay, color in ((0.14, palette.light), (0.07, palette.accent), (0.0, palette.ground)):
        edge = (width * 1.35) * eased((t - delay) / _REVEAL) - width * 0.2
        far = width * 1.4 + height
        corners = [(edge + height * 0.3, 0), (far, 0), (far, height), (edge, height)]
        cv2.fillPoly(still, [np.array(corners, np.float32).round().astype(np.int32)], color, cv2.LINE_AA)
    return still


def _spelt(letters: list[Sprite], long: float, rise: float) -> "list[VideoClip]":
    """Letters as separate layers until the last is at its place, then the title as one layer: with thirty letters
    60 ms a frame against 25."""
    if not letters:
        return []  # a title of which no character can be drawn
    landed = min(long, letters[-1].start + _LANDING)
    layers = [_entering(sprite, landed, rise) for sprite in letters]
    if landed < long:
        word = merged(letters)
        layers.append(_placed(word.ink, landed, long).with_position(word.rest))
    return layers


def _entering(sprite: Sprite, end: float, rise: float) -> "VideoClip":
    """A letter rises from below its place, overshoots, and settles."""
    from moviepy import vfx

    def where(t: float) -> tuple[float, float]:
        return sprite.rest[0], sprite.rest[1] + rise * (1 - _sprung(t / _LANDING))

    layer = _placed(sprite.ink, sprite.start, end).with_position(where)
    return layer.with_effects([vfx.CrossFadeIn(0.16)])


def _sliding(sprite: Sprite, long: float, by: float) -> "VideoClip":
    from moviepy import vfx

    def where(t: float) -> tuple[float, float]:
        return sprite.rest[0] - by * (1 - eased(t / 0.5)), sprite.rest[1]

    return _placed(sprite.ink, sprite.start, long).with_position(where).with_effects([vfx.CrossFadeIn(0.35)])


def _placed(ink: Plate, start: float, end: float) -> "VideoClip":
    from moviepy import ImageClip

    return ImageClip(ink, duration=max(0.0, end - start)).with_start(start)


def _sprung(part: float) -> float:
    """0 to 1 with one overshoot of about a tenth (Penner's back ease-out)."""
    left = min(1.0, max(0.0, part)) - 1
    return 1 + left * left * (2.70158 * left + 1.70158)
