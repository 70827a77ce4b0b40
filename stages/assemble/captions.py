"""Words on the picture: burned-in subtitles and the mark that says a machine made it.

In: words, a frame size.      Out: overlays to lay on pictures; a title clip with the mark on it.
Legible on any picture: light letters with a dark edge, inside the safe area.  Subtitle files
(ASS, SRT, VTT) are another stage's.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache

from assets.matter import Clip, Still
from assets.media.overlay import Overlay
from assets.sheets.bible import Language
from assets.sheets.production import Caption
from assets.timing import Span, runs
from stages.assemble.lettering import Plate, TextBox, TextStyle, laid_over, plate, set_in
from stages.assemble.planes import ink

# Shares of the frame. Title-safe is 5 % a side (EBU R 95); captions keep further in to be read at once.
_SIDE, _BOTTOM, _MARK_SIDE = 0.10, 0.075, 0.04
_CAPTION_PX, _SMALLEST_PX, _EDGE = 0.062, 0.040, 0.10
# GB 45438-2025: letters of at least 5 % of the shortest side; a letter is about 0.8 of its body.
_MARK_PX = 0.066
_INK = (16, 14, 24)  # nearly black: the edge of every letter
MARKS: dict[Language, str] = {"ja": "AI生成", "en": "AI generated"}
MARK_SECONDS = 3.0  # the standard asks for 2 or more


def written(captions: Sequence[Caption], size: tuple[int, int]) -> list[Overlay]:
    """``captions`` at the bottom of the frame; of captions that are shown at once the first is the highest."""
    frames: dict[tuple[str, int, int], list[int]] = {}
    for frame in range(max((caption.span.stop for caption in captions), default=0)):
        shown = [item.text for item in captions if item.span.start <= frame < item.span.stop]
        above = 0
        for text in reversed(shown):
            frames.setdefault((text, above, len(shown)), []).append(frame)
            above += _even(caption_plate(text, size, len(shown)).shape[0])
    return [_caption_ink(*key, size, runs(seen)) for key, seen in frames.items()]


def mark_ink(text: str, size: tuple[int, int], frames: int) -> Overlay:
    """The mark, in the upper left corner of the first ``frames`` frames."""
    at = (size[0] * _MARK_SIDE, size[1] * _MARK_SIDE)
    return ink(_mark_plate(text, size), at, [Span(start=0, stop=frames)])


@lru_cache(maxsize=32)
def caption_plate(text: str, size: tuple[int, int], among: int = 1) -> Plate:
    """One caption: two lines where they fit, smaller letters before a third.

    A caption that would fill more than its share of the frame is set smaller again, then ends in an ellipsis; the
    subtitle files have all of it.
    """
    (width, height), base = size, min(size)
    px = max(12, round(base * _CAPTION_PX))
    style = TextStyle(px, edge=_INK, edge_px=max(2, round(px * _EDGE)), leading=1.28)
    smallest = max(10, round(base * _SMALLEST_PX))
    most = height * (1 - 2 * _BOTTOM) / max(2, among)
    box = TextBox(
        width * (1 - 2 * _SIDE), most, lines=2, smallest=smallest, least=max(6, round(smallest * 0.6))
    )
    return plate(*set_in(text, style, box))


def marked(clip: Clip, text: str, frames: int) -> Clip:
    """A title with the mark on its first ``frames`` frames."""
    drawn = _mark_plate(text, clip.size)
    corner = (clip.size[0] * _MARK_SIDE, clip.size[1] * _MARK_SIDE)

    def draw() -> Iterator[Still]:
        for frame, still in enumerate(clip):
            yield laid_over(still, drawn, corner) if frame < frames else still

    return Clip(clip.frames, clip.size, clip.rate, draw)


def _caption_ink(text: str, above: int, among: int, size: tuple[int, int], seen: Sequence[Span]) -> Overlay:
    """One caption, ``above`` pixels higher when others stand below it; ``among`` are shown at once."""
    drawn = caption_plate(text, size, among)
    at = ((size[0] - drawn.shape[1]) / 2, size[1] * (1 - _BOTTOM) - drawn.shape[0] - above)
    return ink(drawn, at, seen)


def _even(length: int) -> int:
    return length + length % 2


def _mark_plate(text: str, size: tuple[int, int]) -> Plate:
    px = max(12, round(min(size) * _MARK_PX))
    style = TextStyle(px, edge=_INK, edge_px=max(2, round(px * _EDGE)))
    box = TextBox(size[0] * (1 - 2 * _MARK_SIDE), size[1] * 0.4, least=max(6, px // 2))
    lines, style = set_in(text, style, box)
    return plate(lines, style, align="left")
