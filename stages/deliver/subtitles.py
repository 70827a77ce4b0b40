"""Subtitles of an episode as ASS, SRT and WebVTT.

In: a Timeline with its captions, the Cutsheet.      Out: three files, and warnings about haste.
Long captions become several, one after the other. Times are rounded down to 1/100 s, so a caption is
there from its first frame and gone from the frame after its last.
What is shown is what was written: WebVTT escapes its marks; ASS and SRT have no escape that every player knows,
so there a sign that would be taken for a command is written in full width.
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
from assets.plain import clean, one_line, shortened
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
LONGEST_NAME = 100  # letters of a speaker's name beside each caption
WIDE, HIGH = 1280, 720  # the picture that lengths in the ASS styles are given for

# A player takes braces and backslashes for commands in ASS, and most do in SRT.
_FULL = str.maketrans("{}\\", "｛｝＼")
# A tag for one player or another: anything between angle brackets, or what opens one and is never closed.
_TAG = re.compile(r"<(?=[A-Za-z/]| *[A-Za-z/][^>]*>|[^<>]*>)")
_ENTITY = re.compile(r"&(?=#?\w{1,32};)")
# Two of these in a line are the times of a caption to some readers, with or without an arrow between them.
_TIME = re.compile(r"(?:\d{1,4}:)?\d{1,2}:\d{1,2}[.,]\d{1,3}")


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
        broken = pages(spoken(clean(caption.text)))
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
        {
            "Title": shortened(one_line(timeline.title or timeline.episode), 250),
            "PlayResX": str(_wide(timeline.size)),
            "PlayResY": str(HIGH),
        }
    )
    file.info.update({"WrapStyle": "2", "ScaledBorderAndShadow": "yes", "YCbCr Matrix": "TV.709"})
    file.styles = _styles(cutsheet, min(1.0, _wide(timeline.size) / WIDE))
    names = {character.id: _named(character.shown(cutsheet.language)) for character in cutsheet.cast}
    for item in shown:
        if item.start == item.stop:
            continue
        name = names.get(item.speaker) or _named(item.speaker)
        event = SSAEvent(_clock(item.start, timeline.rate), _clock(item.stop, timeline.rate))
        event.text, event.style = wording(item, name), _style_name(item.speaker)
        event.name = name.replace(",", " ")
        file.append(event)
    return file


def _clock(frame: int, rate: Fraction) -> int:
    """Milliseconds, rounded down to the 1/100 s that ASS can write."""
    return floor(frame / rate * 100) * 10


def _wide(size: tuple[int, int]) -> int:
    """The width that belongs to ``HIGH`` in the shape of the picture."""
    return round(HIGH * size[0] / size[1])


def _named(name: str) -> str:
    """A speaker's name as it stands beside a caption: in every format free of commands."""
    return _timeless(shortened(one_line(name), LONGEST_NAME).translate(_FULL), most=0)


def _styles(cutsheet: Cutsheet, scale: float) -> "dict[str, SSAStyle]":
    """``scale`` keeps a line of ``COLUMNS`` inside a picture that is narrower than usual."""
    from pysubs2 import Alignment

    styles = {"Default": _style(PALETTE[0], scale), SCREEN: _style(PALETTE[0], scale)}
    styles[SCREEN].alignment = Alignment.TOP_CENTER
    for index, character in enumerate(cutsheet.cast):
        styles[_style_name(character.id)] = _style(PALETTE[index % len(PALETTE)], scale)
    return styles


def _style(color: str, scale: float) -> "SSAStyle":
    from pysubs2 import Color, SSAStyle

    red, green, blue = bytes.fromhex(color)
    return SSAStyle(
        fontname=FAMILY,
        fontsize=round(46 * scale),
        bold=True,
        primarycolor=Color(red, green, blue),
        outlinecolor=Color(16, 18, 28),
        backcolor=Color(0, 0, 0, 128),
        outline=round(3 * scale, 2),
        shadow=1,
        marginl=round(60 * scale),
        marginr=round(60 * scale),
        marginv=40,
    )


def _style_name(speaker: str) -> str:
    """A prefix, so that a character called Screen or Default has a style of its own."""
    return f"Voice {speaker}" if speaker else SCREEN


def _ass_text(item: Shown, name: str) -> str:
    return "\\N".join(line.translate(_FULL) for line in item.lines)


def _srt_text(item: Shown, name: str) -> str:
    lines = (_timeless(line.translate(_FULL)).replace("-->", "--＞") for line in _numberless(item.lines))
    return _ENTITY.sub("＆", _TAG.sub("＜", "\\N".join(lines)))


def _vtt_text(item: Shown, name: str) -> str:
    lines = (_timeless(line.translate(_FULL)) for line in _numberless(item.lines))
    text = "\\N".join(escape(line, quote=False) for line in lines)
    if not name:
        return text
    voice = escape(name, quote=False)
    # A name that ends in two hyphens would close the tag with the arrow that stands between times.
    return f"<v {voice}{' ' if voice.endswith('-') else ''}>{text}"


def _numberless(lines: Sequence[str]) -> Sequence[str]:
    """No last line that reads as the number of the next caption: it joins the one before."""
    return [" ".join(lines)] if len(lines) > 1 and lines[-1].strip().isdigit() else lines


def _timeless(line: str, most: int = 1) -> str:
    """``line`` without anything that reads as the times of a caption: one time alone does not."""
    if len(_TIME.findall(line)) <= most:
        return line
    return _TIME.sub(lambda found: found[0].replace(":", "：").replace(".", "．"), line)
