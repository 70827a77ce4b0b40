"""Subtitles of an episode as ASS, SRT and WebVTT.

In: a Timeline with its captions, the Cutsheet.      Out: three files, and warnings about captions that are too fast.
Long captions become several, one after the other. Times are rounded down to 1/100 s, so a caption is visible
from its first frame and gone in the frame after its last.
The text is shown as written: WebVTT escapes its marks; ASS and SRT have no escape that every player knows, so
there a character that would be read as a command is written in full width.
"""

import re
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
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
from assets.timing import frames_covering, nearest_frames
from stages.deliver.wording import COLUMNS, columns, pages, reading_seconds

if TYPE_CHECKING:
    from pysubs2 import SSAFile, SSAStyle

# Light enough for a contrast of 7:1 against the dark outline, and as distinct for colour-blind viewers as
# eight colours can be. The first speaker of the cast gets the first colour.
PALETTE = ("FFFFFF", "FFE27A", "8FE3FF", "FFB3C7", "B6F2A0", "FFC08A", "D3C2FF", "9FF0DC")
SHORTEST_SECONDS = 0.5
SHORTEST_PAGE = 1.0  # seconds; each of several pages has at least this if the total time allows
SLIVER = 0.3  # seconds; a shorter time alone, before or after an overlap, is added to the time of both
SCREEN = "Screen"  # the style of words on screen
LONGEST_NAME = 100  # letters of a speaker's name beside each caption
WIDE, HIGH = 1280, 720  # the picture that lengths in the ASS styles are given for
LETTERS, MARGIN = (46, 60)  # pixels of that picture: the height of the letters, and the margin at either side
EM = 0.56  # width of a column, as a part of the letter height: half a full-width character in bold, and a reserve

# In ASS a player reads braces and backslashes as commands, and most do in SRT.
_FULL = str.maketrans("{}\\", "｛｝＼")
# Some players read this as a tag: text in angle brackets, or after a bracket that is never closed.
_TAG = re.compile(r"<(?=[A-Za-z/]| *[A-Za-z/][^>]*>|[^<>]*>)")
_ENTITY = re.compile(r"&(?=#?\w{1,32};)")
# Some readers take two of these in a line as the times of a caption, with or without an arrow between them.
_TIME = re.compile(r"(?:\d{1,4}:)?\d{1,2}:\d{1,2}[.,]\d{1,3}")


@dataclass(frozen=True)
class Shown:
    """Text on screen for the frames ``start <= f < stop``."""

    start: int
    stop: int
    lines: tuple[str, ...]
    speaker: str
    cut: str


def write(timeline: Timeline, cutsheet: Cutsheet, folder: Path) -> dict[str, Path]:
    """Write ``subtitles.ass``, ``.srt`` and ``.vtt`` into ``folder``; return them by suffix."""
    folder.mkdir(parents=True, exist_ok=True)
    shown = list(paged(timeline))
    alone = list(one_at_a_time(shown, timeline.rate))
    written: dict[str, Path] = {}
    for suffix, wording in (("ass", _ass_text), ("srt", _srt_text), ("vtt", _vtt_text)):
        file = _subtitles(alone if suffix == "srt" else shown, timeline, cutsheet, wording)
        written[suffix] = folder / f"subtitles.{suffix}"
        files.write(written[suffix], file.to_string(suffix))
    return written


def warnings(timeline: Timeline) -> tuple[str, ...]:
    """Warnings, as sentences, about captions too fast for most people to read."""
    told = []
    for caption in timeline.captions:
        later = any(
            other.cut == caption.cut and other.span.start >= caption.span.stop for other in timeline.captions
        )
        told += [_haste(item, caption, timeline.rate, later) for item in _pages_of(caption, timeline)]
    return tuple(filter(None, told))


def paged(timeline: Timeline) -> Iterator[Shown]:
    """Every caption in pages of two lines; its time is divided by their length."""
    for caption in sorted(timeline.captions, key=lambda caption: caption.span.start):
        yield from _pages_of(caption, timeline)


def _pages_of(caption: Caption, timeline: Timeline) -> Iterator[Shown]:
    broken = pages(spoken(clean(caption.text)), columns_of(timeline.size))
    for lines, (start, stop) in zip(broken, _shares(caption, broken, timeline.rate), strict=True):
        yield Shown(start, stop, tuple(lines), caption.speaker, caption.cut)


def columns_of(size: tuple[int, int]) -> int:
    """How many columns a subtitle line has in a picture of ``size``: fewer in a narrow one."""
    wide = _wide(size)
    room = wide - 2 * MARGIN * min(1.0, wide / WIDE)
    return max(8, min(COLUMNS, floor(room / (_letters(size) * EM))))


def _letters(size: tuple[int, int]) -> int:
    """Height of the letters in a picture ``HIGH`` pixels high, or as wide where it is wider than high."""
    return max(1, round(LETTERS * min(1.0, _wide(size) / HIGH)))


def _shares(caption: Caption, broken: Sequence[Sequence[str]], rate: Fraction) -> list[tuple[int, int]]:
    """The time of a caption shared among its pages by their length; a short page is long enough to be seen."""
    least = min(nearest_frames(SHORTEST_PAGE, rate), caption.span.frames // max(1, len(broken)))
    weights = [max(1, sum(map(columns, lines))) for lines in broken]
    spare = caption.span.frames - least * len(broken)
    wanted = [max(Fraction(0), Fraction(caption.span.frames * w, sum(weights)) - least) for w in weights]
    total = sum(wanted) or Fraction(1)
    edges, passed = [caption.span.start], Fraction(0)
    for index, share in enumerate(wanted, 1):
        passed += share
        edges.append(caption.span.start + index * least + round(spare * passed / total))
    if broken:
        edges[-1] = caption.span.stop
    return list(pairwise(edges))


def _haste(item: Shown, caption: Caption, rate: Fraction, later: bool) -> str:
    seconds = float((item.stop - item.start) / rate)
    words = " ".join(item.lines)
    wanted = max(SHORTEST_SECONDS, reading_seconds(words))
    if seconds >= wanted:
        return ""
    told = f"{item.cut}: {words!r:.60} is shown for {seconds:.2f} s and takes {wanted:.2f} s to read. "
    if later:
        return f"{told}Shorten the line, or give the next one a cut of its own."
    # The pages of one caption share the added time.
    longer = (wanted - seconds) * caption.span.frames / max(1, item.stop - item.start)
    frames = frames_covering(longer, rate) + 1
    held = f"{frames} frames ({float(frames / rate):.2f} s)"
    return f"{told}Hold the cut {held} longer in the cut sheet, or shorten the line."


def one_at_a_time(shown: Sequence[Shown], rate: Fraction) -> Iterator[Shown]:
    """The same words with no two captions at once: SRT cannot show a second one.

    Overlapping lines become one caption, with each speaker's words on separate lines after a dash.
    """
    edges = sorted({edge for item in shown for edge in (item.start, item.stop)})
    waiting = deque(sorted((item for item in shown if item.start < item.stop), key=lambda item: item.start))
    active: list[Shown] = []
    made: list[tuple[Shown, list[Shown]]] = []
    for start, stop in pairwise(edges):
        active = [item for item in active if item.stop > start]
        while waiting and waiting[0].start <= start:
            active.append(waiting.popleft())
        if not active:
            continue
        now = replace(active[0] if len(active) == 1 else _both(active), start=start, stop=stop)
        before, earlier = made[-1] if made else (now, [])
        if any(item in earlier for item in active) and _is_sliver(before, now, rate):
            made[-1] = (_lengthened(before, now), earlier if len(earlier) >= len(active) else active)
        else:
            made.append((now, active))
    yield from (item for item, _ in made)


def _both(active: Sequence[Shown]) -> Shown:
    lines = tuple(line for item in active for line in (f"- {item.lines[0]}", *item.lines[1:]))
    return Shown(0, 0, lines, "", active[0].cut)


def _lengthened(one: Shown, other: Shown) -> Shown:
    """The caption with more words, extended over the time of both."""
    kept = one if len(one.lines) >= len(other.lines) else other
    return replace(kept, start=one.start, stop=other.stop)


def _is_sliver(one: Shown, other: Shown, rate: Fraction) -> bool:
    """Whether one of the two captions is alone on screen for too short a time to be read."""
    return min(one.stop - one.start, other.stop - other.start) < nearest_frames(SLIVER, rate)


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
    # 0: a line of capitals, wider than its columns, is wrapped and does not leave the picture.
    file.info.update({"WrapStyle": "0", "ScaledBorderAndShadow": "yes", "YCbCr Matrix": "TV.709"})
    file.styles = _styles(cutsheet, timeline.size)
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
    """The width of the picture when its height is ``HIGH``."""
    return round(HIGH * size[0] / size[1])


def _named(name: str) -> str:
    """A speaker's name as shown beside a caption, without commands of any format."""
    return _timeless(shortened(one_line(name), LONGEST_NAME).translate(_FULL), most=0)


def _styles(cutsheet: Cutsheet, size: tuple[int, int]) -> "dict[str, SSAStyle]":
    from pysubs2 import Alignment

    styles = {"Default": _style(PALETTE[0], size), SCREEN: _style(PALETTE[0], size)}
    styles[SCREEN].alignment = Alignment.TOP_CENTER
    for index, character in enumerate(cutsheet.cast):
        styles[_style_name(character.id)] = _style(PALETTE[index % len(PALETTE)], size)
    return styles


def _style(color: str, size: tuple[int, int]) -> "SSAStyle":
    """Letter size from the shorter side of the picture, so that it stays large in an upright picture."""
    from pysubs2 import Color, SSAStyle

    red, green, blue = bytes.fromhex(color)
    letters, beside = _letters(size), round(MARGIN * min(1.0, _wide(size) / WIDE))
    return SSAStyle(
        fontname=FAMILY,
        fontsize=letters,
        bold=True,
        primarycolor=Color(red, green, blue),
        outlinecolor=Color(16, 18, 28),
        backcolor=Color(0, 0, 0, 128),
        outline=round(3 * letters / LETTERS, 2),
        shadow=1,
        marginl=beside,
        marginr=beside,
        marginv=40,
    )


def _style_name(speaker: str) -> str:
    """Add a prefix, so that a character called Screen or Default has its own style."""
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
    # A name that ends in two hyphens would form the arrow of a time line with the closing bracket.
    return f"<v {voice}{' ' if voice.endswith('-') else ''}>{text}"


def _numberless(lines: Sequence[str]) -> Sequence[str]:
    """Join a last line that looks like the number of the next caption to the line before it."""
    return [" ".join(lines)] if len(lines) > 1 and lines[-1].strip().isdigit() else lines


def _timeless(line: str, most: int = 1) -> str:
    """``line`` without text that looks like the times of a caption; one time alone is allowed."""
    if len(_TIME.findall(line)) <= most:
        return line
    return _TIME.sub(lambda found: found[0].replace(":", "：").replace(".", "．"), line)
