"""Words on the picture: burned-in subtitles and the mark that says a machine made it.

In: a clip and captions.      Out: a clip of the same length, with the words on it.
Legible on any picture: light letters with a dark edge, inside the safe area.  Subtitle files
(ASS, SRT, VTT) are another stage's.
"""

from collections.abc import Iterator, Sequence

from assets.matter import Clip, Still
from assets.sheets.bible import Language
from assets.sheets.production import Caption
from stages.assemble.lettering import Hand, Plate, fitting, laid_over, plate, wrapped

# Shares of the frame. Title-safe is 5 % a side (EBU R 95); captions keep further in to be read at once.
_SIDE, _BOTTOM, _MARK_SIDE = 0.10, 0.075, 0.04
_CAPTION_PX, _SMALLEST_PX, _EDGE = 0.062, 0.040, 0.10
# GB 45438-2025: letters of at least 5 % of the shortest side; a letter is about 0.8 of its body.
_MARK_PX = 0.066
MARKS: dict[Language, str] = {"ja": "AI生成", "en": "AI generated"}
MARK_SECONDS = 3.0  # the standard asks for 2 or more


def captioned(clip: Clip, captions: Sequence[Caption]) -> Clip:
    """``captions`` (spans counted from the clip's first frame) drawn at the bottom."""

    def draw() -> Iterator[Still]:
        plates: dict[int, Plate] = {}
        for frame, still in enumerate(clip):
            below = still.shape[0] * (1 - _BOTTOM)
            for index, caption in reversed(list(enumerate(captions))):
                if caption.span.start <= frame < caption.span.stop:
                    ink = plates.setdefault(index, caption_plate(caption.text, clip.size))
                    below -= ink.shape[0]
                    still = laid_over(still, ink, ((still.shape[1] - ink.shape[1]) / 2, below))
            yield still

    return Clip(clip.frames, clip.size, clip.rate, draw)


def caption_plate(text: str, size: tuple[int, int]) -> Plate:
    """One caption: two lines where they fit, smaller letters before a third."""
    width, height = size
    px = max(12, round(height * _CAPTION_PX))
    hand = Hand(px, edge=(16, 14, 24), edge_px=max(2, round(px * _EDGE)), leading=1.28)
    room = width * (1 - 2 * _SIDE)
    hand = fitting(text, hand, width=room, lines=2, smallest=max(10, round(height * _SMALLEST_PX)))
    return plate(wrapped(text, hand, room), hand)


def marked(clip: Clip, text: str, frames: int) -> Clip:
    """``text`` in the upper left corner for the first ``frames`` frames."""
    short = min(clip.size)
    px = max(12, round(short * _MARK_PX))
    ink = plate([text], Hand(px, edge=(16, 14, 24), edge_px=max(2, round(px * _EDGE))))
    corner = (clip.size[0] * _MARK_SIDE, clip.size[1] * _MARK_SIDE)

    def draw() -> Iterator[Still]:
        for frame, still in enumerate(clip):
            yield laid_over(still, ink, corner) if frame < frames else still

    return Clip(clip.frames, clip.size, clip.rate, draw)
