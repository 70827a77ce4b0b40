"""Subtitles of an episode as ASS, SRT and WebVTT.

In: a Timeline with its captions, the Cutsheet.      Out: three files, and warnings about haste.
Long captions become several, one after the other. Times are rounded down to 1/100 s, so a caption is
there from its first frame and gone from the frame after its last.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from html import escape
from itertools import pairwise
from math import floor
from pathlib import Path
from typing import TYPE_CHECKING

from assets import files
from assets.fonts import FAMILY
from assets.fountain import spoken
from assets.sheets.cutsheet import Cutsheet
from assets.sheets.production import Caption, Timeline
from stages.deliver.wording import columns, pages

if TYPE_CHECKING:
    from pysubs2 import SSAFile, SSAStyle

# Light enough for 7:1 against the dark outline, and told apart by the colour-blind as well
# as eight colours can be; the first speaker of the cast gets the first one.
PALETTE = ("FFFFFF", "FFE27A", "8FE3FF", "FFB3C7", "B6F2A0", "FFC08A", "D3C2FF", "9FF0DC")
COLUMNS_PER_SECOND = 20  # 20 Latin letters or 10 full-width characters
SHORTEST_SECONDS = 0.5
SCREEN = "Screen"  # the style of words on screen


@dataclass(frozen=True)
class Shown:
    """Words on the screen for the frames ``start <= f < stop``."""

    start: int
    stop: int
    lines: tuple[str, ...]
    speaker: str
    cut: str


def write(timeline: Timeline, cutsheet: Cutsheet, folder: Path) -> dict[str, Path]:
    """Write ``subtitles.ass``, ``.srt`` and ``.vtt`` into ``folder``; returns them by suffix."""
    folder.mkdir(parents=True, exist_ok=True)
    shown = list(paged(timeline))
    written: dict[str, Path] = {}
    for suffix, wording in (("ass", _ass_text), ("srt", _srt_text), ("vtt", _vtt_text)):
        file = _subtitles(shown, timeline, cutsheet, wording)
        written[suffix] = folder / f"subtitles.{suffix}"
        files.write(written[suffix], file.to_string(suffix))
    return written


def warnings(timeline: Timeline) -> tuple[str, ...]:
    """Captions that ask for faster reading than most people manage, as sentences."""
    return tuple(warning for item in paged(timeline) if (warning := _haste(item, timeline.rate)))


def paged(timeline: Timeline) -> Iterator[Shown]:
    """Every caption in pages of two lines, its time shared out by their length."""
    for caption in sorted(timeline.captions, key=lambda caption: caption.span.start):
        broken = pages(spoken(caption.text))
        for lines, (start, stop) in zip(broken, _shares(caption, broken), strict=True):
            yield Shown(start, stop, tuple(lines), caption.speaker, caption.cut)


def _shares(caption: Caption, broken: Sequence[Sequence[str]]) -> list[tuple[int, int]]:
    weights = [max(1, sum(map(columns, lines))) for lines in broken]
    edges = [caption.span.start]
    for index in range(len(weights)):
        share = Fraction(sum(weights[: index + 1]), sum(weights))
        edges.append(caption.span.start + round(caption.span.frames * share))
    return list(pairwise(edges))


def _haste(item: Shown, rate: Fraction) -> str:
    seconds = float((item.stop - item.start) / rate)
    words = " ".join(item.lines)
    wanted = max(SHORTEST_SECONDS, columns(words) / COLUMNS_PER_SECOND)
    if seconds >= wanted:
        return ""
    return (
        f"{item.cut}: {words!r:.60} is shown for {seconds:.2f} s and takes {wanted:.2f} s to read. "
        f"Hold the cut {wanted - seconds:.2f} s longer or shorten the line."
    )


def _subtitles(
    shown: Sequence[Shown], timeline: Timeline, cutsheet: Cutsheet, wording: Callable[[Shown, str], str]
) -> "SSAFile":
    from pysubs2 import SSAEvent, SSAFile

    file = SSAFile()
    file.info.update(
        {"Title": _one_line(timeline.title or timeline.episode), "PlayResX": "1280", "PlayResY": "720"}
    )
    file.info.update({"WrapStyle": "2", "ScaledBorderAndShadow": "yes", "YCbCr Matrix": "TV.709"})
    file.styles = _styles(cutsheet)
    names = {character.id: _one_line(character.shown(cutsheet.language)) for character in cutsheet.cast}
    for item in shown:
        if item.start == item.stop:
            continue
        name = names.get(item.speaker, item.speaker)
        event = SSAEvent(_clock(item.start, timeline.rate), _clock(item.stop, timeline.rate))
        event.text, event.style = wording(item, name), _style_name(item.speaker)
        event.name = name.replace(",", " ")
        file.append(event)
    return file


def _clock(frame: int, rate: Fraction) -> int:
    """Milliseconds, rounded down to the 1/100 s that ASS can write."""
    return floor(frame / rate * 100) * 10


def _styles(cutsheet: Cutsheet) -> "dict[str, SSAStyle]":
    from pysubs2 import Alignment

    styles = {"Default": _style(PALETTE[0]), SCREEN: _style(PALETTE[0])}
    styles[SCREEN].alignment = Alignment.TOP_CENTER
    for index, character in enumerate(cutsheet.cast):
        styles[_style_name(character.id)] = _style(PALETTE[index % len(PALETTE)])
    return styles


def _style(color: str) -> "SSAStyle":
    from pysubs2 import Color, SSAStyle

    red, green, blue = bytes.fromhex(color)
    return SSAStyle(
        fontname=FAMILY,
        fontsize=46,
        bold=True,
        primarycolor=Color(red, green, blue),
        outlinecolor=Color(16, 18, 28),
        backcolor=Color(0, 0, 0, 128),
        outline=3,
        shadow=1,
        marginl=60,
        marginr=60,
        marginv=40,
    )


def _style_name(speaker: str) -> str:
    """A prefix, so that a character called Screen or Default has a style of its own."""
    return f"Voice {speaker}" if speaker else SCREEN


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _ass_text(item: Shown, name: str) -> str:
    # Braces and backslashes are commands in ASS, and no escape for them works in every player.
    return "\\N".join(line.translate(str.maketrans("{}\\", "｛｝＼")) for line in item.lines)


def _srt_text(item: Shown, name: str) -> str:
    # SRT has no escapes at all: what players take for a tag or a time gets full-width signs.
    plain = _ass_text(item, name).replace("-->", "--＞")
    return re.sub(r"<(?=[A-Za-z/])", "＜", plain)


def _vtt_text(item: Shown, name: str) -> str:
    lines = "\\N".join(escape(line, quote=False) for line in _ass_text(item, name).split("\\N"))
    return f"<v {escape(name, quote=False)}>{lines}" if name else lines
