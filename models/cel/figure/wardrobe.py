"""The outfits: the clothes and colours for each word of the grammar.

In: a Look.      Out: Clothes, with every colour resolved.
Knows nothing about bodies or drawing.
"""

from dataclasses import dataclass
from typing import Literal

from assets.sheets.look import Look, Outfit
from models.cel.figure.headview import is_soft
from models.cel.figure.palette import CLOTH, GOLD, LEATHER, STEEL, mix
from models.cel.light import Rgb

Tint = Literal["main", "accent", "white", "dark", "denim", "steel", "leather", "main_dark", "beige"]
Collar = Literal[
    "crew",
    "shirt",
    "sailor",
    "stand",
    "hood",
    "lapel",
    "kimono",
    "turtle",
    "round",
    "straps",
    "mantle",
    "gorget",
]
Front = Literal[
    "plain",
    "buttons",
    "gold_buttons",
    "zip",
    "open",
    "emblem",
    "bib",
    "sash",
    "plate",
    "knit",
    "double",
    "belt",
]
Shoes = Literal["loafers", "sneakers", "boots", "sandals", "greaves"]


@dataclass(frozen=True)
class Cut:
    """The definition of one outfit."""

    collar: Collar
    front: Front
    top: Tint = "main"
    sleeve: float = 1.0  # share of the arm that is covered
    sleeve_tint: Tint = "main"
    loose: float = 1.0  # width of sleeves and body
    bottom: Literal["skirt", "trousers", "shorts", "none"] = "trousers"
    bottom_tint: Tint = "denim"
    hem: float = 0.0  # how far the top hangs below the hips, in leg lengths
    flare: float = 0.2
    skirt: float = 0.36  # length of the skirt, in leg lengths
    inner: Tint = "white"  # what shows under an open front
    tie: Literal["", "necktie", "scarf", "ribbon"] = ""
    shoes: Shoes = "sneakers"
    shoe_tint: Tint = "white"
    socks: float = 0.0  # height of the socks, in leg lengths
    sock_tint: Tint = "dark"
    softly_skirted: bool = False  # a skirt instead of trousers for characters drawn softer


CUTS: dict[Outfit, Cut] = {
    "sailor": Cut(
        "sailor",
        "plain",
        top="white",
        sleeve_tint="white",
        bottom="skirt",
        bottom_tint="main",
        tie="scarf",
        shoes="loafers",
        shoe_tint="leather",
        socks=0.44,
    ),
    "blazer": Cut(
        "lapel",
        "open",
        bottom_tint="main_dark",
        hem=0.10,
        tie="necktie",
        shoes="loafers",
        shoe_tint="leather",
        socks=0.42,
        softly_skirted=True,
    ),
    "gakuran": Cut("stand", "gold_buttons", bottom_tint="main", hem=0.12, shoes="loafers", shoe_tint="dark"),
    "hoodie": Cut("hood", "emblem", loose=1.22, hem=0.09),
    "tshirt": Cut("crew", "emblem", sleeve=0.40, loose=1.08, hem=0.07),
    "shirt": Cut(
        "shirt", "buttons", sleeve=0.97, loose=1.05, bottom_tint="dark", shoes="loafers", shoe_tint="leather"
    ),
    "dress": Cut(
        "round",
        "sash",
        sleeve=0.30,
        loose=1.0,
        bottom="skirt",
        bottom_tint="main",
        skirt=0.60,
        flare=0.62,
        shoes="loafers",
        shoe_tint="accent",
        socks=0.14,
        sock_tint="white",
    ),
    "kimono": Cut(
        "kimono",
        "sash",
        loose=1.35,
        bottom="skirt",
        bottom_tint="main",
        skirt=0.93,
        flare=0.04,
        shoes="sandals",
        shoe_tint="leather",
        socks=0.10,
        sock_tint="white",
    ),
    "suit": Cut(
        "lapel", "open", bottom_tint="main", hem=0.13, tie="necktie", shoes="loafers", shoe_tint="dark"
    ),
    "coat": Cut(
        "lapel",
        "double",
        loose=1.18,
        hem=0.52,
        flare=0.26,
        bottom_tint="dark",
        inner="accent",
        shoes="boots",
        shoe_tint="leather",
    ),
    "apron": Cut(
        "shirt",
        "bib",
        top="beige",
        sleeve=0.62,
        sleeve_tint="beige",
        bottom_tint="dark",
        shoes="loafers",
        shoe_tint="leather",
    ),
    "tracksuit": Cut("stand", "zip", bottom_tint="main", loose=1.14, hem=0.06),
    "labcoat": Cut(
        "lapel",
        "open",
        top="white",
        sleeve_tint="white",
        loose=1.16,
        hem=0.50,
        flare=0.22,
        bottom_tint="dark",
        inner="main",
        tie="necktie",
        shoes="loafers",
        shoe_tint="leather",
    ),
    "overalls": Cut(
        "straps",
        "bib",
        top="accent",
        sleeve=0.42,
        sleeve_tint="accent",
        loose=1.1,
        bottom_tint="main",
        shoes="boots",
        shoe_tint="leather",
    ),
    "cloak": Cut(
        "mantle",
        "belt",
        top="beige",
        sleeve_tint="beige",
        bottom_tint="dark",
        hem=0.14,
        shoes="boots",
        shoe_tint="leather",
    ),
    "armor": Cut(
        "gorget",
        "plate",
        top="steel",
        sleeve_tint="main",
        bottom="trousers",
        bottom_tint="dark",
        hem=0.16,
        shoes="greaves",
        shoe_tint="steel",
    ),
    "sweater": Cut(
        "turtle",
        "knit",
        loose=1.2,
        hem=0.10,
        bottom_tint="dark",
        shoes="loafers",
        shoe_tint="leather",
        socks=0.2,
        softly_skirted=True,
    ),
    "jacket": Cut("stand", "open", loose=1.16, hem=0.05, inner="accent", bottom_tint="denim"),
}


@dataclass(frozen=True)
class Clothes:
    """A cut with its colours, for one look."""

    cut: Cut
    main: Rgb
    accent: Rgb
    skirted: bool

    def tint(self, name: Tint) -> Rgb:
        """The colour behind a tint's name."""
        fixed: dict[str, Rgb] = {
            "main": self.main, "accent": self.accent, "white": (246, 246, 250), "dark": (70, 68, 84),
            "denim": (74, 92, 138), "steel": mix(STEEL, self.main, 0.12), "leather": LEATHER,
            "main_dark": mix(self.main, (40, 40, 56), 0.42), "beige": (240, 230, 212),
        }  # fmt: skip
        return fixed[name]

    @property
    def top(self) -> Rgb:
        return self.tint(self.cut.top)

    @property
    def bottom(self) -> Rgb:
        return self.tint(self.cut.bottom_tint)

    @property
    def metal(self) -> Rgb:
        return GOLD


def clothes(look: Look) -> Clothes:
    """What a look wears."""
    cut = CUTS[look.outfit]
    skirted = cut.bottom == "skirt" or (cut.softly_skirted and is_soft(look))
    return Clothes(cut, CLOTH[look.outfit_color], CLOTH[look.accent_color], skirted)
