"""Check the time: what can be seen, read and followed in the frames there are.

In: cuts in order and their rate.      Out: notices.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from unicodedata import east_asian_width

from assets.fountain import spoken
from assets.sheets.cutsheet import Cut
from assets.sheets.look import CameraMove
from assets.timing import seconds_of
from stages.filmgrammar.notice import Notice, neighbours

_SHORTEST = 1.0  # s; a shorter drawing is only a flash
# The pace of the subtitles' warning: 20 Latin or 10 full-width letters per second.
_COLUMNS_PER_SECOND = 20
_FIND_WORDS = 0.5  # s until the eye finds the words in the picture
# s that a move of the usual amount needs to start, travel and settle; a push is noticed sooner than a pan.
_NEEDS: dict[CameraMove, float] = {
    "pan_left": 1.5, "pan_right": 1.5, "tilt_up": 1.5, "tilt_down": 1.5,
    "push_in": 1.2, "pull_out": 1.2, "parallax": 1.2,
}  # fmt: skip
_AT_LEAST = 0.7  # s for the smallest move
_AGAINST: dict[CameraMove, CameraMove] = {
    "pan_left": "pan_right", "pan_right": "pan_left", "tilt_up": "tilt_down", "tilt_down": "tilt_up",
}  # fmt: skip


def too_short(cuts: Sequence[Cut], rate: Fraction) -> Iterator[Notice]:
    """A cut too short to be seen."""
    for cut in cuts:
        seconds = seconds_of(cut.frames, rate)
        if seconds < _SHORTEST:
            least = -(-rate.numerator // rate.denominator)
            yield Notice(
                cut=cut.number,
                rule="too_short",
                text=f"{seconds:.2f} s is too short to be seen. Give it {least} frames, or join it to a "
                "neighbour; a flash on purpose may stay.",
            )


def unread_text(cuts: Sequence[Cut], rate: Fraction) -> Iterator[Notice]:
    """Words on screen, or a line's subtitle, that disappear before they can be read."""
    for cut in cuts:
        shown = [(cut.text, cut.frames, _FIND_WORDS)] if cut.text.strip() else []
        # For a recorded line the subtitles know the time.
        shown += [(line.text, cut.frames - line.at, 0.0) for line in cut.lines if not line.frames]
        for words, frames, before in shown:
            seconds, wanted = seconds_of(max(0, frames), rate), before + _reading(words)
            if seconds < wanted:
                yield Notice(
                    cut=cut.number,
                    rule="unread_text",
                    text=f"{_short(words)} is there for {seconds:.1f} s and takes {wanted:.1f} s to read. "
                    "Hold the cut longer, or shorten the words in the script.",
                )


def hasty_camera(cuts: Sequence[Cut], rate: Fraction) -> Iterator[Notice]:
    """A camera move without enough time."""
    for cut in cuts:
        needs = _NEEDS.get(cut.camera.move, 0.0)
        wanted = max(_AT_LEAST, needs * cut.camera.amount) if needs and cut.camera.amount else 0.0
        seconds = seconds_of(cut.frames, rate)
        if seconds < wanted:
            yield Notice(
                cut=cut.number,
                rule="hasty_camera",
                text=f"{cut.camera.move} by {cut.camera.amount:g} wants {wanted:.1f} s and has "
                f"{seconds:.1f} s. Hold the cut longer, move less, or set the camera to fix.",
            )


def opposite_pans(cuts: Sequence[Cut], rate: Fraction) -> Iterator[Notice]:
    """A pan directly followed by a pan in the opposite direction."""
    for before, cut in neighbours(cuts):
        if _AGAINST.get(cut.camera.move) == before.camera.move:
            yield Notice(
                cut=cut.number,
                rule="opposite_pans",
                text=f"{cut.camera.move} right after {before.camera.move} in {before.number}. Let the camera "
                "go on the same way, or rest in one of the two.",
            )


def _reading(words: str) -> float:
    """Seconds to read the words once; emphasis marks are not counted."""
    columns = sum(2 if east_asian_width(letter) in "WF" else 1 for letter in spoken(words).strip())
    return columns / _COLUMNS_PER_SECOND


def _short(words: str) -> str:
    plain = " ".join(words.split())
    return repr(plain if len(plain) <= 40 else plain[:39] + "…")
