"""The palette: every colour word of the grammar as sRGB, and functions to mix tones.

In: a word of the grammar.      Out: (red, green, blue), 0..255.
Knows nothing about light; see models/cel/light.py.
"""

from models.cel.light import Rgb

# fmt: off
HAIR: dict[str, Rgb] = {
    "black": (58, 54, 76), "brown": (122, 82, 64), "chestnut": (164, 94, 62), "blonde": (248, 214, 128),
    "silver": (200, 208, 226), "white": (240, 240, 248), "red": (204, 70, 64), "orange": (242, 142, 72),
    "pink": (250, 172, 196), "purple": (152, 116, 198), "blue": (88, 128, 208), "teal": (82, 180, 182),
    "green": (110, 172, 112),
}
EYES: dict[str, Rgb] = {
    "brown": (150, 88, 52), "black": (78, 72, 92), "blue": (62, 132, 226), "green": (66, 168, 96),
    "amber": (232, 160, 40), "red": (214, 58, 62), "purple": (150, 86, 210), "teal": (38, 172, 176),
    "grey": (128, 138, 156), "pink": (236, 104, 152),
}
SKIN: dict[str, Rgb] = {
    "pale": (255, 239, 230), "light": (255, 226, 206), "tan": (240, 196, 160), "brown": (190, 136, 102),
    "dark": (136, 94, 74),
}
CLOTH: dict[str, Rgb] = {
    "black": (58, 56, 68), "white": (246, 246, 250), "grey": (150, 154, 166), "navy": (52, 64, 110),
    "blue": (72, 114, 200), "sky": (142, 200, 240), "teal": (62, 158, 158), "green": (88, 158, 96),
    "olive": (138, 138, 82), "yellow": (248, 212, 92), "orange": (240, 146, 66), "red": (212, 68, 66),
    "maroon": (132, 52, 64), "pink": (246, 170, 192), "purple": (132, 98, 178), "brown": (136, 98, 74),
    "beige": (230, 212, 182),
}
# fmt: on
INK: Rgb = (46, 30, 48)
WHITE: Rgb = (255, 255, 255)
MOUTH: Rgb = (150, 52, 62)
TONGUE: Rgb = (236, 128, 128)
LEATHER: Rgb = (92, 62, 52)
STEEL: Rgb = (176, 186, 202)
GOLD: Rgb = (238, 196, 84)


def mix(first: Rgb, second: Rgb, share: float) -> Rgb:
    """``first`` with ``share`` (0..1) of ``second``."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return red, green, blue


def held_line(color: Rgb) -> Rgb:
    """The outline colour of an area of ``color``: a dark tone of it, never pure black."""
    deep: Rgb = (round(color[0] * 0.42), round(color[1] * 0.34), round(color[2] * 0.40))
    return mix(deep, INK, 0.45)


def luminance(color: Rgb) -> float:
    return (0.299 * color[0] + 0.587 * color[1] + 0.114 * color[2]) / 255
