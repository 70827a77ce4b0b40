"""Which lines of a cut sheet are one recording, and where that recording is cut for their pictures.

In: a cut sheet; or the sound of one utterance and the words of its parts.      Out: utterances; or the parts' frames.
A sentence too long for one cut is heard in one breath while the picture changes under it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from assets.matter import Sound
from assets.readings import aloud
from assets.sheets.cutsheet import Cut, Cutsheet, Line
from assets.timing import frames_covering

# A recording of more letters than a voice takes at once; such a sentence has several breaths anyway.
MOST_LETTERS = 1_500
_PART = re.compile(r"(\d+)/(\d+)")
_ENDS = re.compile(r"[。！？!?….][」』”\"'’）)*_\]]*\s*\Z")
_REACH = (
    0.6  # seconds either side of where a part should end by its length in which the quietest moment is sought
)
_HOP, _WINDOW = 0.01, 0.04  # seconds
_SHORTEST = 1.0  # seconds; no part is shorter where there is room: a picture is seen so long at least


def runs_on(cut: Cut) -> bool:
    """Whether the sentence of this cut's line goes on in the next cut, in one recording with it."""
    return len(cut.lines) == 1 and is_parted(cut.lines[0])


def is_parted(line: Line) -> bool:
    """Whether ``line`` is a part of a speech that stops within a sentence."""
    part, count = _part(line)
    return part < count and not ends_sentence(line.text)


def ends_sentence(text: str) -> bool:
    return _ENDS.search(text) is not None


@dataclass(frozen=True)
class Utterance:
    """What is said without a stop: one line, or one line in each of several cuts."""

    lines: tuple[tuple[Cut, int], ...]

    @property
    def cut(self) -> Cut:
        return self.lines[0][0]

    @property
    def index(self) -> int:
        return self.lines[0][1]

    @property
    def line(self) -> Line:
        return self.cut.lines[self.index]

    @property
    def name(self) -> str:
        return f"{self.cut.number}/{self.index + 1}"

    @property
    def text(self) -> str:
        """The words of all its lines, as the writer wrote them."""
        whole = ""
        for part in self.parts:
            apart = whole[-1:].isascii() and part[:1].isascii() and not (whole[-1:] + part[:1]).isspace()
            whole += f" {part}" if whole and apart and not whole[-1:].isspace() else part
        return whole

    @property
    def parts(self) -> tuple[str, ...]:
        return tuple(cut.lines[index].text for cut, index in self.lines)


def utterances(cutsheet: Cutsheet) -> list[Utterance]:
    """Every line of the sheet once, in order, those of one sentence together."""
    found: list[list[tuple[Cut, int]]] = []
    before: Cut | None = None
    for cut in cutsheet.cuts:
        for index in range(len(cut.lines)):
            if index == 0 and before is not None and _goes_on(before, cut) and _has_room(found[-1], cut):
                found[-1].append((cut, index))
            else:
                found.append([(cut, index)])
        before = cut
    return [Utterance(tuple(lines)) for lines in found]


def _goes_on(before: Cut, cut: Cut) -> bool:
    if not runs_on(before) or len(cut.lines) != 1:
        return False
    one, other = before.lines[0], cut.lines[0]
    (part, count), (following, of) = _part(one), _part(other)
    return one.character == other.character and (following, of) == (part + 1, count)


def _has_room(lines: Sequence[tuple[Cut, int]], cut: Cut) -> bool:
    letters = sum(len(item.lines[index].text) for item, index in lines)
    return letters + len(cut.lines[0].text) <= MOST_LETTERS


def _part(line: Line) -> tuple[int, int]:
    found = _PART.fullmatch(line.part)
    return (int(found[1]), int(found[2])) if found else (1, 1)


def part_frames(sound: Sound, parts: Sequence[str], rate: Fraction) -> list[int]:
    """How many frames of ``sound`` belong to each of ``parts``: cut where it is quiet, near their share of letters."""
    total = frames_covering(sound.seconds, rate)
    letters = [max(1, len(aloud(part))) for part in parts]
    seconds = [sound.seconds * count / sum(letters) for count in letters]
    loud, edges = _loudness(sound), [0]
    for at in range(1, len(parts)):
        # Where the recording is short, an edge stays near its place: a part keeps most of its share.
        reach = min(_REACH, 0.35 * min(seconds[at - 1 : at + 1]))
        moment = _quietest(loud, sum(seconds[:at]), reach)
        frame = round(Fraction(moment).limit_denominator(1_000_000) * rate)
        room = min(round(_SHORTEST * rate), round(total / len(parts) / 2))
        least, most = edges[-1] + max(1, room), total - max(1, room) * (len(parts) - at)
        edges.append(max(least, min(frame, most)))
    return [stop - start for start, stop in zip(edges, [*edges[1:], total], strict=True)]


def _loudness(sound: Sound) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """RMS around every hop."""
    window, hop = round(_WINDOW * sound.rate), round(_HOP * sound.rate)
    power = np.concatenate([[0.0], np.cumsum(sound.samples.astype(np.float64) ** 2)])
    middles = np.arange(0, len(sound.samples), hop)
    low, high = (
        np.maximum(middles - window // 2, 0),
        np.minimum(middles + window // 2 + 1, len(sound.samples)),
    )
    made: np.ndarray[tuple[int], np.dtype[np.float64]] = np.sqrt((power[high] - power[low]) / (high - low))
    return made


def _quietest(loud: np.ndarray[tuple[int], np.dtype[np.float64]], wanted: float, reach: float) -> float:
    """The quietest moment within ``reach`` of ``wanted``, in seconds; of two as quiet, the nearer one."""
    middle, width = round(wanted / _HOP), max(1, round(reach / _HOP))
    start = max(0, middle - width)
    near = loud[start : middle + width + 1]
    if not len(near):
        return wanted
    away = np.abs(np.arange(start, start + len(near)) - middle) / width
    return float(start + int(np.argmin(near + 0.25 * loud.max() * away**2))) * _HOP
