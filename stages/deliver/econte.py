"""The text of an econte, cut by cut, in the usual notation.

In: a Cutsheet.      Out: rows of plain text, for paper or a web page.
Knows nothing about pictures, fonts or HTML.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from assets.fountain import spoken
from assets.sheets.bible import Language
from assets.sheets.cutsheet import Cut, Cutsheet, Line
from assets.sheets.look import CameraMove, ShotSize, TimeOfDay, Weather
from assets.sheets.production import Take
from assets.timing import koma

HEADINGS: dict[Language, tuple[str, ...]] = {
    "ja": ("カット", "画面", "内容", "セリフ", "音響", "秒数"),
    "en": ("Cut", "Picture", "Action", "Dialogue", "Sounds", "Time"),
}
SIZES: dict[ShotSize, dict[Language, str]] = {
    "extreme_long": {"ja": "大ロング", "en": "ELS"},
    "long": {"ja": "ロング", "en": "LS"},
    "full": {"ja": "フル", "en": "FS"},
    "medium": {"ja": "ミドル", "en": "MS"},
    "medium_close": {"ja": "バスト", "en": "MCU"},
    "close": {"ja": "アップ", "en": "CU"},
    "extreme_close": {"ja": "ドアップ", "en": "ECU"},
    "insert": {"ja": "寄り", "en": "INSERT"},
}
MOVES: dict[CameraMove, str] = {
    "fix": "FIX",
    "pan_left": "PAN ←",
    "pan_right": "PAN →",
    "tilt_up": "PAN UP ↑",
    "tilt_down": "PAN DOWN ↓",
    "push_in": "T.U.",
    "pull_out": "T.B.",
    "shake": "SHAKE",
    "parallax": "MULTI",
    "follow": "FOLLOW",
}
# fmt: off
HOURS: dict[TimeOfDay, str] = {
    "dawn": "明け方", "morning": "朝", "day": "昼", "sunset": "夕方", "dusk": "夕暮れ", "night": "夜",
}
SKIES: dict[Weather, str] = {
    "clear": "", "cloudy": "曇り", "rain": "雨", "storm": "嵐", "snow": "雪", "fog": "霧", "wind": "風",
    "petals": "花吹雪",
}
# fmt: on
JOINS = {"cut": "", "dissolve": "O.L.", "fade_in": "F.I.", "fade_out": "F.O.", "wipe": "WIPE"}
HEARD = {"on": "", "off": "OFF", "voice_over": "V.O."}


@dataclass(frozen=True)
class Spoken:
    """One line of the dialogue column."""

    speaker: str
    mark: str  # how it is heard, and the manner: "OFF, whispering"
    text: str


@dataclass(frozen=True)
class Row:
    """One cut of the econte."""

    number: str
    take: str
    shot: str
    camera: str
    join: str
    action: str
    caption: str  # words on screen
    dialogue: tuple[Spoken, ...]
    sounds: tuple[str, ...]
    time: str
    total: str  # running total at the cut's end


@dataclass(frozen=True)
class Scene:
    """A stretch of cuts in one scene."""

    name: str
    where: str
    time: str
    rows: tuple[Row, ...]


def scenes(
    cutsheet: Cutsheet, takes: Mapping[str, Take], counts: Mapping[str, int] | None = None
) -> list[Scene]:
    """Every cut in order, under its scene.

    counts  how many takes a cut has; shown when there is more than one
    """
    found: list[Scene] = []
    total = 0
    group: list[Cut] = []
    for index, cut in enumerate(cutsheet.cuts):
        group.append(cut)
        following = cutsheet.cuts[index + 1] if index + 1 < len(cutsheet.cuts) else None
        if following is None or following.scene != cut.scene:
            found.append(_scene(cutsheet, group, takes, counts or {}, total))
            total += sum(item.frames for item in group)
            group = []
    return found


def _scene(
    cutsheet: Cutsheet, cuts: list[Cut], takes: Mapping[str, Take], counts: Mapping[str, int], before: int
) -> Scene:
    rows = []
    for cut in cuts:
        before += cut.frames
        shown = _take_label(takes.get(cut.number), counts.get(cut.number, 1))
        rows.append(_row(cutsheet, cut, shown, koma(before, cutsheet.rate)))
    first = cuts[0]
    sky = "" if first.weather == "clear" else first.weather
    when = (HOURS[first.time], SKIES[first.weather]) if cutsheet.language == "ja" else (first.time, sky)
    where = " · ".join(part for part in (cutsheet.place(first.place).shown(cutsheet.language), *when) if part)
    return Scene(first.scene, where, koma(sum(cut.frames for cut in cuts), cutsheet.rate), tuple(rows))


def _take_label(take: Take | None, count: int) -> str:
    """ "T2", or "T2/3" if there are three."""
    if take is None:
        return ""
    return f"T{take.number}/{count}" if count > 1 else f"T{take.number}"


def _row(cutsheet: Cutsheet, cut: Cut, take: str, total: str) -> Row:
    return Row(
        number=cut.number,
        take=take,
        shot=SIZES[cut.size][cutsheet.language],
        camera=MOVES[cut.camera.move],
        join=JOINS[cut.join],
        action=spoken(cut.action),
        caption=spoken(cut.text),
        dialogue=tuple(_spoken(cutsheet, line) for line in cut.lines),
        sounds=tuple(f"{cue.sound} ({spoken(cue.text)})" if cue.text else cue.sound for cue in cut.cues),
        time=koma(cut.frames, cutsheet.rate),
        total=total,
    )


def _spoken(cutsheet: Cutsheet, line: Line) -> Spoken:
    marks = (HEARD[line.heard], spoken(line.manner).strip("()（） "), line.part)
    said = spoken(line.text)
    quoted = f"「{said}」" if cutsheet.language == "ja" and not said.startswith(("「", "『")) else said
    speaker = cutsheet.character(line.character).shown(cutsheet.language)
    return Spoken(speaker, ", ".join(mark for mark in marks if mark), quoted)
