"""The light of a drawing: the tints of its two tones, and its direction.

In: base colours (0..255 sRGB).      Out: the same colours lit or shaded.
Knows nothing about hours, weather or what is drawn.
"""

from dataclasses import dataclass

Tint = tuple[float, float, float]
Rgb = tuple[int, int, int]


@dataclass(frozen=True)
class Light:
    """Multipliers for the two tones of cel shading, and the side of the key light."""

    key: Tint  # multiplies the lit tone
    shade: Tint  # multiplies the shaded tone
    side: float  # -1 from the left .. +1 from the right of the picture
    rim: Rgb | None = None  # colour of the edge light at night or sunset, if any

    def lit(self, color: Rgb) -> Rgb:
        return _tinted(color, self.key)

    def shaded(self, color: Rgb) -> Rgb:
        return _tinted(color, self.shade)


DAYLIGHT = Light(key=(1.0, 1.0, 1.0), shade=(0.76, 0.71, 0.82), side=-0.6)


def _tinted(color: Rgb, tint: Tint) -> Rgb:
    red, green, blue = (min(255, max(0, round(c * t))) for c, t in zip(color, tint, strict=True))
    return red, green, blue
