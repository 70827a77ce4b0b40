"""The effect of hour and weather on colour: sky, light, haze, lamps.

In: a time of day, a weather, a kind of place.      Out: an Hour for painters, a Light for figures.
Knows nothing about canvases; only numbers, so any module may import it.
"""

from dataclasses import dataclass, replace

from assets.sheets.look import PlaceKind, TimeOfDay, Weather
from models.cel.light import Light, Rgb, Tint

INDOORS: frozenset[PlaceKind] = frozenset(
    {
        "classroom", "corridor", "train", "cafe", "kitchen", "living_room", "bedroom", "office",
        "shop", "library", "observatory", "garage", "castle", "laboratory", "spaceship",
        "cave", "hospital", "room",
    }
)  # fmt: skip
# Rooms without electric light after dark: only moonlight, as a scene in a school at night needs.
UNLIT: frozenset[PlaceKind] = frozenset({"classroom", "corridor", "observatory", "castle", "garage", "cave"})
# Streets and platforms have lamps; people there get warm light after dark.
LAMPLIT: frozenset[PlaceKind] = frozenset(
    {"station", "street", "alley", "park", "shrine", "schoolyard", "market"}
)
# No daylight enters these: the hour changes only what is outside, not the room.
SEALED: frozenset[PlaceKind] = frozenset({"spaceship", "laboratory", "shop"})


@dataclass(frozen=True)
class Hour:
    """One hour under one sky, as colours."""

    time: TimeOfDay
    weather: Weather
    sky: tuple[Rgb, Rgb, Rgb, Rgb]  # zenith to horizon
    cloud: tuple[Rgb, Rgb, Rgb]  # lit, shaded, deep
    key: Tint  # sunlight or moonlight on things outdoors
    shade: Tint  # on things turned away from that light
    room: Tint  # on things indoors
    haze: Rgb
    thick: float  # 0..1, how fast distance disappears in haze
    sun: tuple[float, float] | None  # where it stands in the home picture, 1920 x 1080
    glow: Rgb  # colour of the sun or moon
    beam: float  # 0..1, strength of light falling through windows and leaves
    lamps: bool
    stars: float  # 0..1
    cover: float  # 0..1, how much of the sky is cloud
    side: float = -0.6

    @property
    def snowy(self) -> bool:
        return self.weather == "snow"

    @property
    def wet(self) -> bool:
        return self.weather in ("rain", "storm")

    @property
    def dark(self) -> bool:
        return self.time in ("dusk", "night")


def _rgb(text: str) -> Rgb:
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def _sky(*stops: str) -> tuple[Rgb, Rgb, Rgb, Rgb]:
    a, b, c, d = (_rgb(stop) for stop in stops)
    return a, b, c, d


def _trio(*stops: str) -> tuple[Rgb, Rgb, Rgb]:
    a, b, c = (_rgb(stop) for stop in stops)
    return a, b, c


CLEAR: dict[TimeOfDay, Hour] = {
    "dawn": Hour(
        "dawn", "clear", _sky("#53639f", "#9d86b6", "#f0ac9c", "#ffe3b4"),
        _trio("#ffdccb", "#b795b6", "#7f77a8"), (0.90, 0.80, 0.86), (0.62, 0.56, 0.74), (0.86, 0.78, 0.82),
        _rgb("#efc4b8"), 0.42, (1490, 560), _rgb("#fff0c8"), 0.55, False, 0.12, 0.35, 0.7,
    ),
    "morning": Hour(
        "morning", "clear", _sky("#3f92e2", "#7fc2f2", "#bfe6f8", "#f4fbf3"),
        _trio("#ffffff", "#cfe0f0", "#a3bfe0"), (1.0, 0.985, 0.94), (0.74, 0.75, 0.88), (0.99, 0.97, 0.93),
        _rgb("#d9eef4"), 0.30, (340, 190), _rgb("#fffbe4"), 0.85, False, 0.0, 0.35, -0.7,
    ),
    "day": Hour(
        "day", "clear", _sky("#1f6fd0", "#4aa2ee", "#92d0f8", "#dcf3fc"),
        _trio("#ffffff", "#c4d9f0", "#8fb2e0"), (1.0, 1.0, 1.0), (0.70, 0.71, 0.86), (0.97, 0.97, 0.98),
        _rgb("#bfe0f4"), 0.28, (420, 80), _rgb("#fffdf0"), 0.70, False, 0.0, 0.55, -0.6,
    ),
    "sunset": Hour(
        "sunset", "clear", _sky("#3d4590", "#b25a86", "#f6824e", "#ffd987"),
        _trio("#ffd9a0", "#d87a6c", "#87568a"), (1.0, 0.75, 0.56), (0.60, 0.44, 0.60), (1.0, 0.79, 0.62),
        _rgb("#dc8c80"), 0.36, (1420, 540), _rgb("#fff0b4"), 1.0, False, 0.0, 0.5, 0.8,
    ),
    "dusk": Hour(
        "dusk", "clear", _sky("#17224f", "#3d4486", "#8b639c", "#f5a98c"),
        _trio("#c492b0", "#67609a", "#3e4580"), (0.60, 0.56, 0.78), (0.42, 0.40, 0.64), (0.92, 0.82, 0.74),
        _rgb("#8d79a6"), 0.42, None, _rgb("#ffd9b0"), 0.15, True, 0.35, 0.35, 0.5,
    ),
    "night": Hour(
        "night", "clear", _sky("#050a22", "#0c1c48", "#1b3a74", "#3f6a9e"),
        _trio("#5f7fb4", "#2c4680", "#1a2c5c"), (0.36, 0.45, 0.72), (0.22, 0.28, 0.52), (0.94, 0.85, 0.74),
        _rgb("#2c4a7c"), 0.36, (1440, 190), _rgb("#fdf6da"), 0.35, True, 1.0, 0.25, 0.5,
    ),
}  # fmt: skip

# The weather: how far it desaturates, how much light it leaves, haze, and cloud cover.
_DULL: dict[Weather, tuple[float, float, float, float]] = {
    "cloudy": (0.55, 0.88, 0.40, 0.95),
    "rain": (0.72, 0.74, 0.55, 1.0),
    "storm": (0.80, 0.56, 0.55, 1.0),
    "snow": (0.60, 0.94, 0.60, 0.9),
    "fog": (0.70, 0.94, 0.92, 0.7),
}
_GREY: dict[TimeOfDay, Rgb] = {
    "dawn": (196, 186, 200), "morning": (208, 218, 226), "day": (200, 210, 222),
    "sunset": (204, 168, 160), "dusk": (92, 92, 124), "night": (38, 50, 84),
}  # fmt: skip


def hour(time: TimeOfDay, weather: Weather) -> Hour:
    """The colours of ``time`` under ``weather``."""
    clear = replace(CLEAR[time], weather=weather)
    if weather == "wind":
        return replace(clear, cover=0.7)
    if weather not in _DULL:
        return clear
    dull, left, thick, cover = _DULL[weather]
    grey = _scaled(_GREY[time], 0.55 + 0.45 * left)
    key = _muted(clear.key, left, dull)
    zenith, high, low, edge = clear.sky
    lit, shade, deep = clear.cloud
    return replace(
        clear,
        sky=(
            _mix(zenith, grey, dull, 0.78), _mix(high, grey, dull, 0.9), _mix(low, grey, dull, 1.0),
            _mix(edge, grey, dull, 1.1),
        ),
        cloud=(_mix(lit, grey, dull, 1.12), _mix(shade, grey, dull, 0.88), _mix(deep, grey, dull, 0.7)),
        key=key,
        # Without a sun the two tones are closer together.
        shade=(key[0] * 0.80, key[1] * 0.80, key[2] * 0.88),
        room=_muted(clear.room, 1.0 if clear.lamps else 0.35 + 0.65 * left, dull * 0.5),
        haze=_mix(clear.haze, grey, 0.75, 1.02),
        thick=thick,
        sun=None,
        beam=clear.beam * 0.12,
        lamps=clear.lamps or weather == "storm",
        stars=0.0,
        cover=cover,
    )  # fmt: skip


def light_of(time: TimeOfDay, weather: Weather, kind: PlaceKind) -> Light:
    """The light on a figure at ``kind``: lamps indoors, the sky outdoors."""
    now = hour(time, weather)
    if kind not in INDOORS:
        if now.lamps and kind in LAMPLIT:
            return Light(_lift(_warmed(now.key)), _lift(_warmed(now.shade)), now.side, (255, 214, 150))
        rim = now.glow if time in ("sunset", "night", "dawn") and now.sun else None
        return Light(_lift(now.key), _lift(now.shade), now.side, rim)
    tint = room_tint(now, kind)
    shade = (tint[0] * 0.74, tint[1] * 0.71, tint[2] * 0.84)
    rim = now.glow if time == "sunset" and now.beam > 0.5 and kind not in SEALED else None
    return Light(_lift(tint), _lift(shade), now.side, rim)


def room_tint(now: Hour, kind: PlaceKind) -> Tint:
    """The colour of the light in a room: the hour's, the moon's where no lamp is on, or white."""
    if kind in SEALED:
        return (0.95, 0.98, 1.0)
    if kind in UNLIT and now.time == "night":
        return (0.42, 0.50, 0.76)
    if kind in UNLIT and now.time == "dusk":
        return (0.64, 0.58, 0.76)
    return now.room


def _warmed(tint: Tint) -> Tint:
    red, green, blue = tint
    return red * 0.5 + 0.46, green * 0.5 + 0.38, blue * 0.5 + 0.30


def ground_key(now: Hour, kind: PlaceKind) -> Tint:
    """The light on an outdoor set: the sky's, and a little of its lamps'."""
    if now.time == "sunset" and now.sun:
        # The sun is at a low angle: most of a set is in violet shade, and people stand out.
        lit, dark = now.key, now.shade
        return 0.62 * lit[0] + 0.38 * dark[0], 0.62 * lit[1] + 0.38 * dark[1], 0.62 * lit[2] + 0.38 * dark[2]
    if not (now.lamps and kind in LAMPLIT):
        return now.key
    red, green, blue = now.key
    return red + 0.12, green + 0.08, blue + 0.03


def _lift(tint: Tint) -> Tint:
    """Keep faces readable: a figure is never too dark to see."""
    red, green, blue = (0.30 + 0.70 * channel for channel in tint)
    return red, green, blue


def _mix(color: Rgb, grey: Rgb, amount: float, scale: float) -> Rgb:
    red, green, blue = (c + (g * scale - c) * amount for c, g in zip(color, grey, strict=True))
    return _scaled((red, green, blue), 1.0)


def _scaled(color: tuple[float, float, float], by: float) -> Rgb:
    red, green, blue = (min(255, max(0, round(channel * by))) for channel in color)
    return red, green, blue


def _muted(tint: Tint, left: float, dull: float) -> Tint:
    mean = sum(tint) / 3
    red, green, blue = (left * (c + (mean - c) * dull * 0.6) for c in tint)
    return red * 0.98, green, blue * 1.03
