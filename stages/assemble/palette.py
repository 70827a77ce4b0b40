"""Three colours for a show's titles, by its mood.

In: a mood.      Out: a palette.
Knows nothing about what is drawn with it.
"""

from dataclasses import dataclass

from assets.sheets.look import Mood
from stages.assemble.lettering import Color


@dataclass(frozen=True)
class Palette:
    """``ground`` is dark, ``accent`` strong, ``light`` fills the letters."""

    ground: Color = (27, 31, 66)
    accent: Color = (238, 96, 85)
    light: Color = (255, 246, 228)


PALETTES: dict[Mood, Palette] = {
    "calm": Palette((24, 48, 78), (92, 178, 198), (250, 247, 236)),
    "cheerful": Palette((38, 58, 128), (255, 158, 60), (255, 250, 232)),
    "tense": Palette((28, 22, 38), (214, 52, 72), (245, 240, 236)),
    "sad": Palette((30, 38, 62), (122, 140, 190), (238, 240, 248)),
    "mysterious": Palette((30, 20, 62), (150, 92, 206), (244, 238, 255)),
    "action": Palette((24, 22, 44), (250, 84, 48), (255, 248, 226)),
    "warm": Palette((66, 34, 58), (244, 122, 84), (255, 245, 224)),
    "wonder": Palette((18, 40, 92), (250, 196, 88), (255, 250, 236)),
    "none": Palette(),
}


def blend(one: Color, other: Color, part: float) -> Color:
    red, green, blue = (round(a + (b - a) * part) for a, b in zip(one, other, strict=True))
    return red, green, blue
