"""The hair styles: locks around the skull, the dome's outline, and tails.

In: a style word.      Out: Style.
Knows nothing about colour, view or drawing.

A lock is (azimuth, tip height, lean): azimuth 0 is the middle of the face and +90 the figure's left
ear; heights are head units (chin 100, crown -100); lean moves the tip sideways, in degrees.
"""

from dataclasses import dataclass
from typing import Literal

from assets.sheets.look import HairStyle

Lock = tuple[float, float, float]
Edge = Literal["sharp", "wave", "curl", "flat"]


@dataclass(frozen=True)
class Tail:
    """Hair gathered and hanging from one point of the skull."""

    azimuth: float
    y: float
    length: float
    width: float
    lift: float = 20  # how far it rises before it falls
    out: float = 40  # how far it stands off
    braided: bool = False
    front: bool = False  # falls in front of the shoulder
    tied: bool = True


@dataclass(frozen=True)
class Style:
    """One hair style."""

    locks: tuple[Lock, ...]
    edge: Edge = "sharp"
    notch: float = 24  # how high the gaps between locks of the fringe reach
    dome: float = 1.0  # volume above the skull
    wide: float = 1.0
    flare: float = 0.06  # how much hanging hair spreads, per 100 units
    spikes: tuple[tuple[float, float, float], ...] = ()  # (degrees from the right, length, lean)
    tails: tuple[Tail, ...] = ()
    bun: float = 0.0
    tuft: bool = False  # a stray lock on the crown
    cropped: bool = False  # only a shadow of hair on the skull
    shaved_sides: bool = False

    @property
    def over_ears(self) -> bool:
        """Whether the hair hangs over the ears."""
        return any(68 < abs(azimuth) < 100 and tip > 60 for azimuth, tip, _ in self.locks)


def _both(*locks: Lock) -> tuple[Lock, ...]:
    """The locks and their mirror images."""
    return tuple((-a, y, -lean) for a, y, lean in locks) + locks


FRINGE: tuple[Lock, ...] = (
    (-47, 8, -4), (-29, 0, 5), (-13, -8, 5), (5, 6, -6), (23, -6, -6), (43, 6, 3),
)  # fmt: skip
SWEPT: tuple[Lock, ...] = (
    (-46, 10, -10), (-30, -6, -9), (-14, -22, -8), (8, -12, 8), (26, -2, 10), (45, 10, 9),
)  # fmt: skip
CURTAIN: tuple[Lock, ...] = (
    (-45, 20, -9),
    (-27, -4, -12),
    (-9, -32, -7),
    (10, -30, 8),
    (27, -2, 12),
    (46, 18, 9),
)
SHORT_BACK = _both((100, 52, 2), (120, 66, 3), (142, 76, 0), (164, 80, 0), (180, 82, 0))[:-1]
TIED_BACK = _both((104, 34, 0), (126, 44, 0), (150, 52, 0), (172, 56, 0))
LONG_BACK = _both((98, 250, 4), (114, 292, 3), (132, 316, 2), (150, 330, 0), (170, 338, 0))
ROUGH = (
    (170, 18, 8), (148, 30, 12), (124, 16, 8), (100, 28, 12), (76, 22, -4), (54, 32, -12), (30, 16, -8), (10, 20, -9),
)  # fmt: skip

STYLES: dict[HairStyle, Style] = {
    "short": Style((*FRINGE, *_both((64, 40, -3), (82, 34, 0)), *SHORT_BACK), tuft=True),
    "bob": Style(
        (
            *FRINGE,
            *_both((60, 78, -3), (76, 94, -6), (94, 98, -8), (114, 98, -5), (136, 98, -3), (160, 98, 0)),
        ),
        flare=0.03,
        wide=1.04,
        notch=22,
    ),
    "long": Style((*FRINGE, *_both((60, 112, -2), (76, 168, 0)), *LONG_BACK), flare=0.05),
    "ponytail": Style(
        (*SWEPT, *_both((62, 84, -4), (82, 24, 4)), *TIED_BACK), tails=(Tail(180, -56, 300, 34, 26, 66),)
    ),
    "twintails": Style(
        (*FRINGE, *_both((62, 88, -4), (84, 30, 0)), *TIED_BACK),
        tails=(Tail(118, -44, 300, 30, 16, 62), Tail(-118, -44, 300, 30, 16, 62)),
    ),
    "braid": Style(
        (*CURTAIN, *_both((62, 62, -2), (82, 52, 0)), *TIED_BACK),
        tails=(Tail(104, 58, 190, 19, 0, 2, braided=True, front=True),),
    ),
    "bun": Style((*SWEPT, *_both((62, 76, -5), (82, 18, 4)), *TIED_BACK), bun=40),
    "spiky": Style(
        (
            (-50, 10, -10),
            (-32, 4, -4),
            (-12, 10, -6),
            (10, -6, 8),
            (28, 6, 8),
            (48, 10, 10),
            *_both((66, 48, 7), (86, 40, 9)),
            *_both((106, 60, 8), (130, 74, 6), (154, 82, 4), (174, 88, 0)),
        ),
        spikes=(
            (168, 30, 6),
            (143, 40, 10),
            (116, 46, 10),
            (88, 44, 8),
            (60, 42, 4),
            (36, 36, -6),
            (12, 26, -6),
        ),
        notch=30,
    ),
    "messy": Style(
        (
            (-54, 14, 8),
            (-36, -4, -8),
            (-20, 9, 6),
            (-2, -8, -9),
            (14, 8, 8),
            (34, -6, -6),
            (50, 14, 7),
            *_both((66, 52, 8), (84, 44, -5)),
            *_both((104, 62, 7), (124, 72, -6), (146, 84, 6), (168, 80, -4)),
        ),
        spikes=ROUGH,
        notch=28,
        tuft=True,
        wide=1.03,
    ),
    "curly": Style(
        _both(
            (10, -12, 0),
            (30, -8, 0),
            (50, 6, 0),
            (66, 56, 0),
            (84, 78, 0),
            (104, 92, 0),
            (126, 100, 0),
            (150, 104, 0),
            (174, 106, 0),
        ),
        edge="curl",
        wide=1.14,
        dome=1.1,
        notch=12,
    ),
    "buzz": Style(
        _both(
            (20, -44, 0), (44, -42, 0), (64, -14, 0), (80, 14, 0), (100, 30, 0), (130, 46, 0), (165, 50, 0)
        ),
        cropped=True,
        dome=0.93,
        wide=0.95,
        notch=3,
        edge="flat",
    ),
    "undercut": Style(
        (
            (-52, -14, 0),
            (-34, -26, 12),
            (-14, -22, 16),
            (6, -8, 16),
            (25, 4, 14),
            (44, 16, 10),
            *_both((64, 2, 0), (84, 12, 0)),
            *_both((104, 30, 0), (130, 44, 0), (160, 50, 0)),
        ),
        dome=1.09,
        notch=22,
        shaved_sides=True,
    ),
    "wavy": Style(
        (
            *CURTAIN,
            *_both((60, 120, 3), (76, 176, 4)),
            *_both((98, 226, 5), (116, 256, 5), (136, 272, 3), (158, 280, 0), (176, 284, 0)),
        ),
        edge="wave",
        flare=0.12,
        wide=1.05,
    ),
    "hime": Style(
        (
            *_both((5.5, -6, 0), (16.5, -6, 0), (27.5, -5, 0), (38.5, -4, 0), (49, -1, 0)),
            *_both((60, 84, 0), (73, 86, 0), (86, 86, 0)),
            *_both((98, 318, 0), (112, 330, 0), (130, 338, 0), (150, 342, 0), (172, 344, 0)),
        ),
        edge="flat",
        notch=5,
        flare=0.02,
    ),
    "bald": Style(()),
}
