"""The desert.

In: an Hour, a seed for details.      Out: a Scenery.
"""

from models.cel.sets.brush import BOTTOM, LEFT, RIGHT, Brush, smooth
from models.cel.sets.hours import Hour
from models.cel.sets.scenery import Plane, Scenery
from models.cel.sets.skies import sky


def desert(now: Hour, seed: int) -> Scenery:
    """Dunes with knife-edge shadows, mesas far off, an old ruin."""

    def heaven(b: Brush) -> None:
        sky(b, now, 640)

    def mesas(b: Brush) -> None:
        away = b.veiled(0.35)
        for x, w, h in ((300, 190, 130), (640, 90, 90), (1560, 260, 170), (2100, 160, 110), (-300, 200, 140)):
            away.poly(
                [(x - w, 650), (x - w * 0.72, 650 - h), (x + w * 0.66, 650 - h), (x + w, 650)],
                "#c9805a",
                "#e0b088",
            )
            away.poly(
                [(x + w * 0.2, 650 - h), (x + w * 0.66, 650 - h), (x + w, 650), (x + w * 0.4, 650)],
                "#8a4f50",
                alpha=0.35,
            )

    def dunes(b: Brush) -> None:
        for n, (y, lit, low) in enumerate(
            ((660, "#f0d09a", "#e2b478"), (760, "#f4d8a2", "#dca868"), (880, "#f8e0ae", "#d8a460"))
        ):
            crest = [
                (LEFT, y + 30),
                (300 + 400 * n, y - 70 + 16 * n),
                (1100 - 200 * n, y + 36),
                (1700 + 120 * n, y - 46),
                (RIGHT, y + 20),
            ]
            b.fill(smooth([*crest, (RIGHT, BOTTOM), (LEFT, BOTTOM)]), lit, low)
            top = 300 + 400 * n
            b.fill(
                smooth(
                    [
                        (top - 20, y - 52 + 16 * n),
                        (top + 130, y - 20),
                        (top + 420, y + 40),
                        (top + 520, y + 150),
                        (top + 120, y + 120),
                        (top + 40, y + 20),
                    ]
                ),
                "#a9683f",
                alpha=0.34,
            )
            for k in range(6):
                b.curve(
                    [
                        (LEFT, y + 70 + k * 16),
                        (700, y + 50 + k * 18),
                        (1500, y + 80 + k * 15),
                        (RIGHT, y + 60 + k * 18),
                    ],
                    "#c08a4c",
                    2.4,
                    0.25,
                )
        for x, h in ((1480, 190), (1560, 130), (1650, 220)):
            b.rect((x, 830 - h), (x + 40, 846), "#e6cfa4", "#b98f60")
            b.rect((x + 24, 830 - h), (x + 40, 846), (60, 30, 50), alpha=0.3)
            b.rect((x - 8, 822 - h), (x + 48, 836 - h), "#f0dcb4")

    return Scenery(
        (Plane("sky", 0.1, heaven), Plane("mesas", 0.35, mesas, 0.2), Plane("dunes", 1.0, dunes)),
        140,
        945,
        "rock",
        640,
        drift=True,
    )
