"""Nature: park, forest, beach, river, mountain, snowfield, desert.

In: an Hour, a seed for details.      Out: a Scenery.
"""

from math import sin
from random import Random

from models.cel.sets.brush import BOTTOM, LEFT, RIGHT, TOP, Brush, Ink, lump, smooth
from models.cel.sets.hours import Hour
from models.cel.sets.outside import far_trees, ridge, town_skyline
from models.cel.sets.plants import PINE, bush, flowers, foliage, grass, greens, hedge, pine, tree
from models.cel.sets.scenery import Plane, Scenery
from models.cel.sets.skies import sky
from models.cel.sets.structures import lamp_glow

GREEN = ("#7fb554", "#5c9a4c", "#a5cc66")


def _meadow(now: Hour) -> tuple[str, str]:
    return ("#f4f8fc", "#d6e2ee") if now.snowy else ("#93c25e", "#5f9a50")


def water(b: Brush, now: Hour, top: float, bottom: float, deep: Ink = "#2f7fae", shallow: Ink = "#7cc4d4") -> None:
    """A sheet of water: the sky on it, bands of ripples closing up towards ``top``, glitter under the sun."""
    b.rect(LEFT, top, RIGHT, bottom, deep, shallow)
    b.rect(LEFT, top, RIGHT, bottom, now.sky[3], now.sky[1], alpha=0.55, fade=0.30)
    rng = Random(b.rng.random())
    for _ in range(210):
        t = rng.random() ** 1.7
        y, x = top + 2 + (bottom - top) * t, rng.uniform(LEFT, RIGHT)
        wide, thick = 18 + 190 * t * rng.random(), 0.8 + 3.6 * t
        b.oval(x, y, wide, thick, now.sky[3] if rng.random() < 0.6 else deep, alpha=0.28)
    if now.sun:
        for _ in range(150):
            t = rng.random()
            y = top + (bottom - top) * t
            x = now.sun[0] + rng.gauss(0, 50 + 190 * t)
            b.oval(x, y, 5 + 26 * t * rng.random(), 0.9 + 1.9 * t, now.glow, alpha=0.75)


def park(now: Hour, seed: int) -> Scenery:
    """A path between lawns, a bench under a great tree, a lamp, the town behind the hedge."""
    leaf = greens(now)

    def heaven(b: Brush) -> None:
        sky(b, now, 640)

    def far(b: Brush) -> None:
        town_skyline(b, now, 640, 120)
        far_trees(b.veiled(0.3), 668, 90, leaf[1], leaf[0], 4)

    def lawn(b: Brush) -> None:
        lit, deep = _meadow(now)
        b.rect(LEFT, 662, RIGHT, BOTTOM, lit, deep)
        hedge(b, LEFT, RIGHT, 704, 70, leaf, now.side)
        path = [(1060, 690), (1000, 740), (1100, 800), (700, 900), (380, 1080), (100, BOTTOM), (1900, BOTTOM), (1500, 1040), (1360, 900), (1240, 800), (1120, 740), (1110, 690)]
        b.fill(smooth(path), "#eef2f6" if now.snowy else "#e6d6b0", "#dcc79a" if not now.snowy else "#dfe8f0")
        for n in range(9):
            y = 720 + n * n * 3.4
            b.poly([(LEFT, y), (RIGHT, y - 6), (RIGHT, y + 4 + n), (LEFT, y + 9 + n)], GREEN[n % 3], alpha=0.0 if now.snowy else 0.13)
        for x, y, tall in ((300, 740, 330), (1640, 745, 360), (-260, 750, 380), (2240, 760, 400), (760, 720, 230)):
            b.oval(x - 40 * now.side, y + 4, tall * 0.3, tall * 0.03, (20, 40, 50), alpha=0.32, blur=6)
            tree(b, x, y, tall, leaf, now.side)
        b.oval(1500, 872, 420, 34, (20, 40, 50), alpha=0.35, blur=9)
        tree(b, 1640, 868, 760, leaf, now.side)
        _bench(b, 1330, 878)
        _lamp_post(b, now, 560, 866, 420)
        if not now.snowy:
            grass(b, LEFT, 420, 860, 16, GREEN)
            grass(b, 1500, RIGHT, 900, 18, GREEN)
            flowers(b, -300, 330, 850, 1060, 60, ("#f6f2f8", "#f8b8cc", "#ffe27a"), 8)
            flowers(b, 1600, 2300, 930, 1070, 46, ("#f6f2f8", "#f8b8cc", "#ffe27a"), 9)

    def front(b: Brush) -> None:
        foliage(b, 60, -60, 420, 230, leaf, now.side)
        foliage(b, -280, 70, 360, 250, leaf, now.side)
        bush(b, 2160, 1250, 620, leaf, now.side)

    return Scenery(
        (Plane("sky", 0.1, heaven), Plane("far", 0.35, far, 0.22), Plane("lawn", 1.0, lawn), Plane("leaves", 1.5, front)),
        175, 925, "bench", 640, drift=True,
    )  # fmt: skip


def _bench(b: Brush, x: float, foot: float) -> None:
    b.oval(x, foot + 4, 150, 10, (20, 30, 46), alpha=0.35, blur=4)
    for dx in (-104, 96):
        b.rect(x + dx, foot - 78, x + dx + 9, foot, "#3c4650")
    for n, y in enumerate((-84, -66)):
        b.round(x - 128, foot + y, x + 128, foot + y + 12, 3, "#b9824c" if n else "#c9935a")
    for y in (-52, -44):
        b.poly([(x - 130, foot + y), (x + 130, foot + y), (x + 138, foot + y + 9), (x - 138, foot + y + 9)], "#d6a468", "#b07c46")


def _lamp_post(b: Brush, now: Hour, x: float, foot: float, tall: float) -> None:
    b.rect(x - 5, foot - tall, x + 5, foot, "#3f4c54")
    b.rect(x - 11, foot - 40, x + 11, foot, "#38444c")
    b.round(x - 20, foot - tall - 44, x + 20, foot - tall, 10, (255, 244, 206) if now.lamps else "#f4f0e0")
    b.poly([(x - 28, foot - tall - 42), (x + 28, foot - tall - 42), (x, foot - tall - 66)], "#3f4c54")
    lamp_glow(b, x, foot - tall - 20, 420, now)


def forest(now: Hour, seed: int) -> Scenery:
    """Tall trunks, a clearing, shafts of light, ferns."""
    leaf = greens(now)
    rng = Random(seed + 2)
    bark = ("#5c4a40", "#6b5646", "#4e4440")

    def deep(b: Brush) -> None:
        b.rect(LEFT, TOP, RIGHT, BOTTOM, now.sky[2], now.sky[3])
        b.glow(980, 420, 900, now.glow if now.beam > 0.2 else now.sky[3], 0.8)
        wood = Random(seed)
        for row, veil in enumerate((0.72, 0.50, 0.28)):
            far = b.veiled(veil)
            for _ in range(26 - 6 * row):
                x, w = wood.uniform(LEFT, RIGHT), 9 + 12 * row
                far.rect(x - w, TOP, x + w, 760, bark[row])
            for _ in range(16):
                far.fill(lump(wood, wood.uniform(LEFT, RIGHT), wood.uniform(-200, 120) + 40 * row, 210, 130, 13, 0.3), leaf[row % 2], leaf[1])
            far_trees(far, 730 + 24 * row, 120 - 20 * row, leaf[1], leaf[0], row + seed, 60)

    def glade(b: Brush) -> None:
        lit, dark = ("#eef4f8", "#c9d8e6") if now.snowy else ("#86a84e", "#3d6a3e")
        b.fill(smooth([(LEFT, 760), (500, 742), (1000, 730), (1500, 742), (RIGHT, 760), (RIGHT, BOTTOM), (LEFT, BOTTOM)]), lit, dark)
        b.fill(smooth([(940, 736), (900, 800), (1060, 880), (760, 1080), (500, BOTTOM), (1500, BOTTOM), (1300, 1060), (1240, 900), (1080, 800), (1040, 736)]), "#a98f62" if not now.snowy else "#e6eef5", "#8a7048" if not now.snowy else "#d3dfea", alpha=0.85)
        for x, foot, w in ((120, 850, 46), (470, 800, 30), (1500, 806, 34), (1850, 880, 58), (-330, 860, 50), (2250, 860, 50), (1310, 775, 20), (720, 768, 18)):
            _trunk(b, now, x, foot, w, bark[0])
        wood = Random(seed + 1)
        for _ in range(16):
            x = wood.uniform(LEFT, RIGHT)
            foliage(b, x, wood.uniform(-330, -60) + 0.00012 * (x - 960) ** 2 * -1 + 60, 260, 150, leaf, now.side)
        for n in range(10):
            bush(b, LEFT + n * 330 + wood.uniform(-70, 70) + (420 if 3 < n < 6 else 0), 806 + wood.uniform(-10, 40), 200, leaf, now.side)
        _shafts(b, now)
        if not now.snowy:
            grass(b, LEFT, 640, 890, 26, ("#5f9448", "#7fae52", "#3f7a44"))
            grass(b, 1340, RIGHT, 890, 26, ("#5f9448", "#7fae52", "#3f7a44"))
            flowers(b, 100, 640, 880, 1060, 26, ("#f4f0ff", "#cfe0ff", "#fff0b8"), 7)

    def front(b: Brush) -> None:
        near = b.shaded((now.key[0] * 0.42, now.key[1] * 0.46, now.key[2] * 0.52))
        for _ in range(6):
            foliage(near, rng.choice((-200, 2100)) + rng.uniform(-160, 160), rng.uniform(900, 1200), 300, 190, leaf, now.side)
        foliage(near, 240, -190, 520, 230, leaf, now.side)
        foliage(near, 1780, -190, 520, 220, leaf, now.side)

    return Scenery(
        (Plane("deep", 0.35, deep), Plane("glade", 1.0, glade), Plane("leaves", 1.55, front)),
        185, 930, "rock", 700,
    )  # fmt: skip


def _trunk(b: Brush, now: Hour, x: float, foot: float, w: float, bark: str) -> None:
    b.oval(x, foot, w * 2.2, w * 0.22, (16, 30, 40), alpha=0.4, blur=6)
    shape = [(x - w * 1.7, foot + 6), (x - w * 0.75, foot - w * 1.6), (x - w * 0.6, TOP), (x + w * 0.6, TOP), (x + w * 0.75, foot - w * 1.6), (x + w * 1.8, foot + 6)]
    b.fill(smooth(shape), bark)
    lit, dark = (-1, 1) if now.side < 0 else (1, -1)
    b.poly([(x + dark * w * 0.15, TOP), (x + dark * w * 0.7, TOP), (x + dark * w * 0.9, foot - 8), (x + dark * w * 0.2, foot - 8)], (20, 18, 44), alpha=0.35)
    b.poly([(x + lit * w * 0.66, TOP), (x + lit * w * 0.5, TOP), (x + lit * w * 0.62, foot - w), (x + lit * w * 0.82, foot - w)], "#d9c49a", alpha=0.55)
    for n in range(5):
        y = foot - 120 - n * 150
        b.curve([(x - w * 0.3, y), (x - w * 0.1, y - 50), (x - w * 0.26, y - 110)], "#2c2428", 2.4, 0.5)
    if not now.snowy:
        b.oval(x - w * 0.5, foot - w * 0.9, w * 0.5, w * 0.8, "#7a9a4e", alpha=0.5, blur=5)


def _shafts(b: Brush, now: Hour) -> None:
    if now.beam < 0.15:
        return
    for x, w, a in ((420, 120, 0.34), (720, 70, 0.28), (980, 150, 0.40), (1290, 80, 0.26), (1560, 120, 0.22)):
        lean = 330 * (1 if now.side < 0 else -1)
        b.sheen([(x, -240), (x + w, -240), (x + w * 1.7 + lean, 960), (x + lean, 960)], now.glow, a * now.beam, 0.0, blur=14)
        b.oval(x + lean + w * 0.8, 930, w * 1.1, 22, now.glow, alpha=0.20 * now.beam, blur=12)


def beach(now: Hour, seed: int) -> Scenery:
    """Sea to the horizon, a headland, surf, sand, tufts of dune grass."""
    horizon = 600

    def heaven(b: Brush) -> None:
        sky(b, now, horizon + 4)

    def sea(b: Brush) -> None:
        water(b, now, horizon, BOTTOM, "#1f7fb8", "#8fdcd8")
        b.rect(LEFT, horizon - 1, RIGHT, horizon + 3, now.sky[3], alpha=0.6)
        away = b.veiled(0.45)
        away.fill(smooth([(LEFT, horizon + 3), (-300, 540), (-60, 500), (160, 520), (380, 560), (560, horizon + 3)]), "#5f8a6a", "#7a9a88")
        away.rect(170, 478, 182, 524, "#f4f4f0")
        away.rect(166, 470, 186, 480, "#c8503a")
        if now.lamps:
            b.glow(176, 474, 150, (255, 236, 180), 0.9)
        b.fill(lump(Random(2), 1690, 590, 90, 34), "#4f6a70", "#3f5a64")

    def sand(b: Brush) -> None:
        wave = [(x, 800 + 18 * sin(x * 0.004 + seed) + 9 * sin(x * 0.011)) for x in range(int(LEFT), int(RIGHT) + 60, 60)]
        dry = "#f2f6fa" if now.snowy else "#f3dfb4"
        b.poly([(x, y - 40) for x, y in wave] + [(RIGHT, BOTTOM), (LEFT, BOTTOM)], "#bfeae4", alpha=0.55)
        b.poly([(x, y - 6) for x, y in wave] + [(RIGHT, BOTTOM), (LEFT, BOTTOM)], "#c9ac80")
        b.poly([(x, y + 34 + 8 * sin(x * 0.008)) for x, y in wave] + [(RIGHT, BOTTOM), (LEFT, BOTTOM)], dry, "#e4c792" if not now.snowy else "#dbe6ef")
        for lift, thick, alpha in ((-40, 9, 0.9), (-30, 4, 0.5), (-8, 11, 0.95), (2, 4, 0.6), (-92, 5, 0.7), (-128, 3, 0.5)):
            b.curve([(x, y + lift + 5 * sin(x * 0.02 + lift)) for x, y in wave], (255, 255, 255) if not now.dark else now.cloud[0], thick, alpha)
        rng = Random(seed)
        for _ in range(90):
            x, y = rng.uniform(LEFT, RIGHT), rng.uniform(880, 1300)
            b.oval(x, y, rng.uniform(10, 70), rng.uniform(1, 4), "#c9a872", alpha=0.35)
        for x, y in ((380, 960), (1240, 1000), (1630, 930)):
            b.fill(lump(rng, x, y, 13, 8, 6), "#f8d8cc", "#d8a898")
        grass(b, LEFT, 160, 950, 70, ("#a8b060", "#c3c27a", "#7f9450"), 0.7)
        grass(b, 1820, RIGHT, 980, 80, ("#a8b060", "#c3c27a", "#7f9450"), 0.7)

    return Scenery(
        (Plane("sky", 0.1, heaven), Plane("sea", 0.5, sea, 0.06), Plane("sand", 1.0, sand)),
        160, 940, "rock", horizon, drift=True,
    )  # fmt: skip


def river(now: Hour, seed: int) -> Scenery:
    """A wide river with a railway bridge, grassy banks, a path on the levee: the walk home."""
    leaf = greens(now)

    def heaven(b: Brush) -> None:
        sky(b, now, 560)

    def far(b: Brush) -> None:
        ridge(b.veiled(0.5), 560, 110, "#5f8aa0", "#a8c8cc", seed + 8)
        town_skyline(b, now, 560, 100)
        _bridge(b, now)
        b.rect(LEFT, 590, RIGHT, 640, _meadow(now)[1])

    def stream(b: Brush) -> None:
        water(b, now, 612, 860, "#2f7a9e", "#8fc8d0")
        far_trees(b, 622, 26, leaf[1], leaf[0], 9, 120, foot=626)

    def bank(b: Brush) -> None:
        lit, deep = _meadow(now)
        slope = [(LEFT, 770), (200, 790), (760, 812), (1300, 806), (RIGHT, 770), (RIGHT, BOTTOM), (LEFT, BOTTOM)]
        b.poly(slope, lit, deep)
        for n in range(8):
            b.curve([(LEFT, 800 + n * 26), (700, 836 + n * 22), (RIGHT, 796 + n * 28)], GREEN[n % 3], 9, 0.0 if now.snowy else 0.20)
        b.poly([(LEFT, 900), (RIGHT, 884), (RIGHT, 990), (LEFT, 1006)], "#e9eff5" if now.snowy else "#dcc9a0", "#cdb88a" if not now.snowy else "#d9e4ee")
        if not now.snowy:
            grass(b, LEFT, RIGHT, 826, 22, GREEN, 0.8)
            grass(b, LEFT, RIGHT, 896, 16, GREEN, 0.8)
            grass(b, LEFT, RIGHT, 1024, 34, GREEN, 0.9)
            flowers(b, LEFT, RIGHT, 826, 882, 50, ("#ffe27a", "#f8f4ff", "#f8b8cc"), 6)

    def front(b: Brush) -> None:
        reeds = ("#c9b06a", "#9aa055", "#e0cf9a") if not now.snowy else ("#c9d6e0", "#e6eef4", "#aabccb")
        grass(b, LEFT, 220, 1180, 260, reeds, 0.9)
        grass(b, 1740, RIGHT, 1200, 250, reeds, 0.9)

    return Scenery(
        (Plane("sky", 0.1, heaven), Plane("town", 0.3, far, 0.22), Plane("water", 0.6, stream, 0.06),
         Plane("bank", 1.0, bank), Plane("reeds", 1.5, front)),
        165, 950, "rock", 560, drift=True,
    )  # fmt: skip


def _bridge(b: Brush, now: Hour) -> None:
    y, ink = 520, "#5f7486"
    b.rect(LEFT, y, RIGHT, y + 12, ink)
    for n in range(-2, 9):
        x = n * 300 - 40
        b.rect(x, y + 8, x + 26, 640, "#8d98a2", "#6f7c88")
        points = [(x + t * 30, y - 74 * (1 - (t / 5 - 1) ** 2)) for t in range(11)]
        b.line(points, ink, 6)
        for px, py in points:
            b.line([(px, py), (px, y)], ink, 2.2)
    if now.lamps:
        for n in range(26):
            b.rect(420 + n * 22, y - 26, 434 + n * 22, y - 12, (255, 232, 170))


def mountain(now: Hour, seed: int) -> Scenery:
    """Ranges behind ranges, a snow peak, a flowering ridge path."""
    leaf = greens(now, PINE)

    def heaven(b: Brush) -> None:
        sky(b, now, 640)

    def peaks(b: Brush) -> None:
        away = b.veiled(0.22)
        x = 1220
        away.poly([(x - 980, 700), (x - 420, 420), (x - 90, 176), (x + 10, 150), (x + 110, 190), (x + 520, 470), (x + 1150, 700)], "#6a86ac", "#a8c0d8")
        away.poly([(x - 250, 296), (x - 90, 176), (x + 10, 150), (x + 110, 190), (x + 260, 296), (x + 180, 280), (x + 130, 350), (x + 60, 270), (x, 330), (x - 60, 270), (x - 130, 340), (x - 180, 290)], "#ffffff", "#dbe8f6")
        side = 1 if now.side < 0 else -1
        away.poly([(x + 10, 150), (x + side * 60, 320), (x + side * 20, 460), (x + side * 160, 700), (x + side * 1100, 700), (x + side * 470, 440), (x + side * 110, 190)], (40, 56, 110), alpha=0.24)
        for n, (base, tall, ink, low) in enumerate(((640, 210, "#5f86a0", "#a4c4cc"), (690, 170, "#4f7f86", "#8fb8ac"), (740, 130, "#3f7460", "#7fae86"))):
            ridge(b.veiled(0.5 - 0.18 * n), base, tall, ink, low, seed + n * 5, 1.6)
            b.rect(LEFT, base - 26, RIGHT, base + 26, now.haze, alpha=0.0, fade=0.35)

    def slope(b: Brush) -> None:
        lit, deep = _meadow(now)
        b.fill(smooth([(LEFT, 700), (-100, 760), (500, 846), (1000, 858), (1500, 836), (2000, 770), (RIGHT, 720), (RIGHT, BOTTOM), (LEFT, BOTTOM)]), lit, deep)
        for x, y, tall in ((80, 800, 420), (-120, 780, 520), (250, 830, 300), (1720, 826, 380), (1890, 800, 500), (2120, 780, 560), (-380, 760, 520)):
            pine(b, x, y, tall, leaf, now.side)
        b.fill(smooth([(900, 858), (820, 900), (1010, 960), (700, 1080), (560, BOTTOM), (1300, BOTTOM), (1200, 1060), (1180, 960), (1000, 900), (980, 858)]), "#d9c49a" if not now.snowy else "#e6eef5", "#b99f70" if not now.snowy else "#d3dfea")
        rng = Random(seed)
        for x, y, r in ((420, 900, 60), (560, 930, 34), (1480, 905, 70), (1400, 940, 30)):
            b.fill(lump(rng, x, y, r, r * 0.55, 8), "#b9b8b4", "#7f8490")
            b.fill(lump(rng, x - r * 0.15, y - r * 0.2, r * 0.6, r * 0.24, 7), "#e4e2da", alpha=0.8)
        if not now.snowy:
            grass(b, LEFT, 620, 900, 22, GREEN)
            grass(b, 1320, RIGHT, 900, 22, GREEN)
            flowers(b, LEFT, 640, 880, 1080, 90, ("#f6f2f8", "#c9a8ec", "#ffe27a", "#f8b8cc"), 8)
            flowers(b, 1320, RIGHT, 880, 1080, 90, ("#f6f2f8", "#c9a8ec", "#ffe27a", "#f8b8cc"), 8)

    return Scenery(
        (Plane("sky", 0.08, heaven), Plane("peaks", 0.3, peaks, 0.12), Plane("slope", 1.0, slope)),
        150, 950, "rock", 640, drift=True,
    )  # fmt: skip


def snowfield(now: Hour, seed: int) -> Scenery:
    """Snow to the horizon, a line of dark firs, a lonely hut with a lit window, blue shadows."""
    leaf = ("#2f4a5c", "#5f7f94", "#dfe9f2", "#ffffff")

    def heaven(b: Brush) -> None:
        sky(b, now, 600)

    def hills(b: Brush) -> None:
        ridge(b.veiled(0.3), 610, 200, "#9fb6d4", "#e6eef8", seed + 2, 1.4)
        b.poly([(LEFT, 596), (500, 566), (1200, 590), (RIGHT, 560), (RIGHT, BOTTOM), (LEFT, BOTTOM)], "#f0f5fb", "#cfdcec")
        rng = Random(seed)
        for n in range(44):
            x = LEFT + n * 78 + rng.uniform(-30, 30)
            pine(b.veiled(0.2), x, 606 + rng.uniform(-16, 10), rng.uniform(90, 170), leaf, now.side)

    def snow(b: Brush) -> None:
        b.fill(smooth([(LEFT, 690), (300, 660), (900, 720), (1500, 680), (RIGHT, 640), (RIGHT, BOTTOM), (LEFT, BOTTOM)]), "#fafdff", "#d9e6f4")
        _hut(b, now, 1480, 742)
        for x, y, tall in ((200, 760, 360), (-60, 800, 480), (1800, 760, 400), (2040, 800, 520), (420, 730, 220), (-380, 790, 500)):
            b.poly([(x - 8, y), (x + 8, y), (x - now.side * tall * 0.9, y + 46), (x - now.side * tall * 0.5, y + 52)], (70, 96, 170), alpha=0.28, blur=8)
            pine(b, x, y, tall, leaf, now.side)
        b.fill(smooth([(LEFT, 880), (300, 820), (1000, 880), (1700, 836), (RIGHT, 870), (RIGHT, BOTTOM), (LEFT, BOTTOM)]), "#ffffff", "#cddcf0")
        for n in range(7):
            b.curve([(LEFT, 930 + n * 40), (700, 900 + n * 44), (1400, 950 + n * 34), (RIGHT, 920 + n * 40)], "#a9c0e0", 8, 0.28)
        for n in range(12):
            t = n / 12
            b.oval(1010 + 240 * t * (1 - t) + (12 if n % 2 else -12) * (1 - t), 1060 - 290 * t, 20 * (1 - 0.8 * t), 8 * (1 - 0.8 * t), "#9db4d8", alpha=0.55)

    return Scenery(
        (Plane("sky", 0.1, heaven), Plane("hills", 0.45, hills, 0.1), Plane("snow", 1.0, snow)),
        150, 945, "rock", 600, drift=True,
    )  # fmt: skip


def _hut(b: Brush, now: Hour, x: float, foot: float) -> None:
    b.poly([(x - 110, foot), (x + 110, foot), (x - now.side * 320, foot + 40)], (70, 96, 170), alpha=0.28, blur=8)
    b.rect(x - 96, foot - 96, x + 96, foot, "#8a6248", "#6a4838")
    for n in range(6):
        b.line([(x - 96, foot - 14 - n * 16), (x + 96, foot - 14 - n * 16)], "#4a3028", 2, 0.6)
    b.poly([(x - 130, foot - 84), (x, foot - 196), (x + 130, foot - 84), (x + 112, foot - 74), (x, foot - 160), (x - 112, foot - 74)], "#ffffff", "#d3e0f0")
    b.rect(x + 44, foot - 214, x + 70, foot - 140, "#7a6a64")
    b.rect(x - 30, foot - 66, x + 16, foot, "#5a3a2c")
    warm = now.lamps or now.snowy
    b.rect(x + 36, foot - 64, x + 76, foot - 30, (255, 214, 130) if warm else "#a8c0d0")
    if warm:
        b.glow(x + 56, foot - 46, 170, (255, 200, 110), 0.7)
    for n in range(4):
        b.oval(x + 60 + n * 14, foot - 236 - n * 32, 14 + 7 * n, 12 + 5 * n, (240, 244, 250), alpha=0.5 - 0.1 * n, blur=6)


def desert(now: Hour, seed: int) -> Scenery:
    """Dunes with knife-edge shadows, mesas far off, an old ruin."""

    def heaven(b: Brush) -> None:
        sky(b, now, 640)

    def mesas(b: Brush) -> None:
        away = b.veiled(0.35)
        for x, w, h in ((300, 190, 130), (640, 90, 90), (1560, 260, 170), (2100, 160, 110), (-300, 200, 140)):
            away.poly([(x - w, 650), (x - w * 0.72, 650 - h), (x + w * 0.66, 650 - h), (x + w, 650)], "#c9805a", "#e0b088")
            away.poly([(x + w * 0.2, 650 - h), (x + w * 0.66, 650 - h), (x + w, 650), (x + w * 0.4, 650)], "#8a4f50", alpha=0.35)

    def dunes(b: Brush) -> None:
        for n, (y, lit, low) in enumerate(((660, "#f0d09a", "#e2b478"), (760, "#f4d8a2", "#dca868"), (880, "#f8e0ae", "#d8a460"))):
            crest = [(LEFT, y + 30), (300 + 400 * n, y - 70 + 16 * n), (1100 - 200 * n, y + 36), (1700 + 120 * n, y - 46), (RIGHT, y + 20)]
            b.fill(smooth([*crest, (RIGHT, BOTTOM), (LEFT, BOTTOM)]), lit, low)
            top = 300 + 400 * n
            b.fill(smooth([(top - 20, y - 52 + 16 * n), (top + 130, y - 20), (top + 420, y + 40), (top + 520, y + 150), (top + 120, y + 120), (top + 40, y + 20)]), "#a9683f", alpha=0.34)
            for k in range(6):
                b.curve([(LEFT, y + 70 + k * 16), (700, y + 50 + k * 18), (1500, y + 80 + k * 15), (RIGHT, y + 60 + k * 18)], "#c08a4c", 2.4, 0.25)
        for x, h in ((1480, 190), (1560, 130), (1650, 220)):
            b.rect(x, 830 - h, x + 40, 846, "#e6cfa4", "#b98f60")
            b.rect(x + 24, 830 - h, x + 40, 846, (60, 30, 50), alpha=0.3)
            b.rect(x - 8, 822 - h, x + 48, 836 - h, "#f0dcb4")

    return Scenery(
        (Plane("sky", 0.1, heaven), Plane("mesas", 0.35, mesas, 0.2), Plane("dunes", 1.0, dunes)),
        140, 945, "rock", 640, drift=True,
    )  # fmt: skip
