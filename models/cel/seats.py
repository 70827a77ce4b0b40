"""Seats for people who sit, in metres, feet at the origin.

In: a Brush whose unit is a metre.      Out: paint.
"""

from collections.abc import Callable

from models.cel.sets.brush import Brush

HIGH = 0.43  # height of the seat, at the hips of a sitting figure


def chair(b: Brush) -> None:
    for x in (-0.20, 0.17):
        b.rect((x, -HIGH), (x + 0.03, 0.0), "#7f868e")
        b.rect((x + 0.01, -0.92), (x + 0.035, -HIGH), "#7f868e")
    b.round((-0.21, -0.94), (0.21, -0.70), 0.03, "#cf9558", "#b07a42")
    b.round((-0.24, -HIGH - 0.02), (0.24, -HIGH + 0.05), 0.02, "#d9a264", "#a97440")


def stool(b: Brush) -> None:
    b.line([(-0.14, -HIGH), (-0.20, 0.0)], "#5f666e", 0.03)
    b.line([(0.14, -HIGH), (0.20, 0.0)], "#5f666e", 0.03)
    b.line([(-0.17, -0.16), (0.17, -0.16)], "#5f666e", 0.02)
    b.round((-0.23, -HIGH - 0.02), (0.23, -HIGH + 0.05), 0.03, "#a9683f", "#7f4c30")


def bench(b: Brush) -> None:
    for x in (-0.66, 0.60):
        b.rect((x, -HIGH), (x + 0.06, 0.0), "#3c4650")
    for y in (-0.86, -0.72):
        b.round((-0.78, y), (0.78, y + 0.10), 0.02, "#c9935a", "#a9743e")
    b.round((-0.80, -HIGH - 0.03), (0.80, -HIGH + 0.05), 0.02, "#d6a468", "#a9743e")


def long_seat(b: Brush) -> None:
    """A seat of a commuter train: a padded back, a cushion on a boxed heater."""
    b.round((-0.95, -0.92), (0.95, -0.48), 0.05, "#9c4a5c", "#7c3a4c")
    b.rect((-0.95, -HIGH + 0.06), (0.95, -0.02), "#5f6468", "#4a4e54")
    b.round((-0.97, -HIGH - 0.05), (0.97, -HIGH + 0.09), 0.04, "#b8667a", "#934a5e")


def sofa(b: Brush) -> None:
    b.round((-0.92, -0.95), (0.92, -0.10), 0.12, "#6f98a0", "#4c7680")
    b.round((-0.80, -HIGH - 0.06), (0.80, -0.08), 0.07, "#85aeb4", "#5c868e")
    for x in (-1.0, 0.80):
        b.round((x, -0.66), (x + 0.22, -0.04), 0.09, "#78a1a8", "#4c7680")


def cushion(b: Brush) -> None:
    b.round((-0.30, -HIGH), (0.30, 0.0), 0.05, "#b98458", "#8a5f3e")
    b.round((-0.33, -HIGH - 0.05), (0.33, -HIGH + 0.07), 0.05, "#e3a2b0", "#c47f92")


def rock(b: Brush) -> None:
    b.poly(
        [(-0.46, 0), (-0.40, -0.30), (-0.24, -HIGH - 0.02), (0.22, -HIGH - 0.03), (0.40, -0.28), (0.48, 0)],
        "#b4b2ac",
        "#7d8088",
    )
    b.poly([(-0.24, -HIGH - 0.02), (0.22, -HIGH - 0.03), (0.30, -0.34), (-0.20, -0.33)], "#d9d7ce", alpha=0.8)


SEATS: dict[str, Callable[[Brush], None]] = {
    "chair": chair, "stool": stool, "bench": bench, "sofa": sofa, "long_seat": long_seat,
    "cushion": cushion, "rock": rock,
}  # fmt: skip
