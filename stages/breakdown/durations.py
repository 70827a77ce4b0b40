"""Lengths of cuts: estimated before the voices are recorded, measured afterwards.

In: texts, or a cut sheet with the measured seconds of its lines.      Out: seconds, or the sheet retimed.
A line is never cut off: a cut is made longer until its last sound has ended.
"""

import re
from collections.abc import Collection, Mapping
from fractions import Fraction

from assets.fountain import spoken
from assets.sheets.cutsheet import Cue, Cut, Cutsheet, Line
from assets.timing import frames_covering, nearest_frames
from stages.breakdown.options import BreakdownOptions
from stages.sound.utterance import runs_on

_KANJI = re.compile(r"[㐀-䶿一-鿿々]")
_KANA = re.compile(r"[ぁ-ゖァ-ヺー]")
_SMALL = re.compile(r"[ぁぃぅぇぉゃゅょァィゥェォャュョ]")
_LATIN = re.compile(r"[^\W\d_]|\d")
_STOP = re.compile(r"[.!?。！？…]+")
_COMMA = re.compile(r"[,;:、，—–-]+\s|、")
# A kanji in running text is read with about 1.7 kana.
_KANJI_SOUNDS = 1.7


def speech_seconds(text: str, options: BreakdownOptions) -> float:
    """Estimated length of ``text`` when said; language is seen from its letters."""
    words = spoken(text)
    kanji, kana = len(_KANJI.findall(words)), len(_KANA.findall(words)) - len(_SMALL.findall(words))
    latin = max(0, len(_LATIN.findall(words)) - kanji - len(_KANA.findall(words)))
    stops, commas = len(_STOP.findall(words)), len(_COMMA.findall(words))
    sounds = (kanji * _KANJI_SOUNDS + kana) / options.kana_rate + latin / options.latin_rate
    return sounds + 0.32 * max(0, stops - 1) + 0.15 * commas + 0.15


def action_seconds(text: str, options: BreakdownOptions) -> float:
    """Seconds that an action text of this length takes, before the limits of a cut are applied."""
    return options.action_base + speech_seconds(text, options) / options.reading_rate


def action_frames(text: str, options: BreakdownOptions, rate: Fraction) -> int:
    seconds = min(max(action_seconds(text, options), options.shortest), options.action_longest)
    return nearest_frames(seconds, rate)


def estimated(cut: Cut, options: BreakdownOptions, rate: Fraction) -> Cut:
    """``cut`` with its lines placed by estimate; ``frames`` of a line stays 0 until it is recorded."""
    guess = [frames_covering(speech_seconds(line.text, options), rate) for line in cut.lines]
    timed = _timed(cut, guess, options, rate, pinned=False)
    lines = tuple(line.model_copy(update={"frames": 0}) for line in timed.lines)
    return timed.model_copy(update={"lines": lines})


def retime(
    cutsheet: Cutsheet,
    measured: Mapping[tuple[str, int], float],
    *,
    options: BreakdownOptions,
    pinned: Collection[str] = (),
) -> Cutsheet:
    """The sheet with every cut as long as its recorded lines ask for.

    measured  (cut number, index of the line) -> seconds; a line that is missing keeps its length
    pinned    cuts whose length was set by hand: kept, unless the line would be cut off
    """
    cuts = []
    for cut in cutsheet.cuts:
        lengths = [
            _line_frames(line, measured.get((cut.number, index)), options, cutsheet.rate)
            for index, line in enumerate(cut.lines)
        ]
        held = cut.number in pinned
        cuts.append(_timed(cut, lengths, options, cutsheet.rate, pinned=held) if cut.lines else cut)
    return cutsheet.model_copy(update={"cuts": tuple(cuts)})


def _line_frames(line: Line, seconds: float | None, options: BreakdownOptions, rate: Fraction) -> int:
    if seconds is not None:
        return frames_covering(seconds, rate)
    return line.frames or frames_covering(speech_seconds(line.text, options), rate)


def _timed(cut: Cut, lengths: list[int], options: BreakdownOptions, rate: Fraction, *, pinned: bool) -> Cut:
    lines = _placed(cut.lines, lengths, nearest_frames(options.gap, rate))
    end = max((line.at + line.frames for line in lines), default=0)
    if pinned:
        frames = max(cut.frames, end)
    elif runs_on(cut):
        frames = max(1, end)  # the next cut goes on with the sentence, without a gap
    else:
        longest = nearest_frames(options.longest, rate)
        frames = max(end, min(end + cut.hold, longest), nearest_frames(options.shortest, rate))
        if cut.action:
            frames = max(frames, action_frames(cut.action, options, rate))
    cues = tuple(_refitted(cue, cut.frames, frames) for cue in cut.cues)
    return cut.model_copy(update={"lines": lines, "frames": frames, "cues": cues})


def _placed(lines: tuple[Line, ...], lengths: list[int], gap: int) -> tuple[Line, ...]:
    """One after the other; lines that began together (dual dialogue) still do."""
    placed: list[Line] = []
    for index, (line, frames) in enumerate(zip(lines, lengths, strict=True)):
        at = line.at
        if index:
            together = line.at == lines[index - 1].at
            end = max(before.at + before.frames for before in placed)
            at = placed[-1].at if together else end + gap
        placed.append(line.model_copy(update={"at": at, "frames": frames}))
    return tuple(placed)


def _refitted(cue: Cue, before: int, after: int) -> Cue:
    """Fit the cues: an ambience fills the cut, a single sound stays inside it."""
    if cue.frames >= before and cue.at == 0:
        return cue.model_copy(update={"frames": after})
    return cue.model_copy(update={"at": min(cue.at, max(0, after - 1))})
