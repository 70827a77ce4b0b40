"""Turn an order into sound: caption, picture, samples, level and stereo.

In:  a recipe's name, manner, seconds, seed.      Out: (n, 2) float32 at 48 kHz, at the recipe's level.
Level, edges and an ambience's seam are finished as for the procedural Foley (models/foley/finish.py), so that each
can replace the other in a mix.
"""

import numpy as np
from numpy.typing import NDArray

from models.foley.catalogue import dice
from models.foley.finish import WRAP, finish
from models.foley.performance import Recipe, count
from models.house.foley import mel
from models.house.foley.make import PLACES, Maker
from models.house.foley.net import FOLD
from models.house.foley.words import REACH, caption, length

LONGEST = 3  # windows of an ambience before it repeats: 12 s, without a seam
ROUGH = 6  # rounds of the second inversion, which is only heard below the first
WIDTH = 0.5  # share of a second inversion of the same picture in an ambience's sides
Heard = NDArray[np.float32]


def play(maker: Maker, recipe: Recipe, manner: str, seconds: float, seed: int, *, steps: int) -> Heard:
    """``seconds`` 0: the recipe's own length."""
    own = int(dice("house foley", recipe.name, manner, seed).integers(2**31))
    if recipe.extent == "loop":
        span = (seconds or recipe.seconds) + WRAP
        performed = _ambience(maker, caption(recipe, manner), span, own, steps)[: count(span)]
    else:
        span = seconds or recipe.seconds
        text = caption(recipe, manner, length(span))
        held = recipe.extent == "held"
        mono = _event(maker, text, span if held else REACH, own, steps, cut=held)
        performed = np.stack([mono, mono], axis=1)
    return finish(performed, recipe, seconds or (recipe.seconds if recipe.extent != "once" else 0.0))


def _event(maker: Maker, text: str, span: float, own: int, steps: int, *, cut: bool) -> NDArray[np.float64]:
    """Mono at 48 kHz: one window, or as many as ``span`` needs, side by side."""
    places = max(PLACES, -(-round(span * mel.RATE) // (mel.HOP * FOLD)))
    until = -(-round(span * mel.RATE) // mel.HOP) if cut else 0
    seen = maker.pictures([text], seed=own, steps=steps, frames=places * FOLD, heard=until)[0]
    return _raised(mel.sound(seen, ring=False, seed=own))


def _ambience(maker: Maker, text: str, span: float, own: int, steps: int) -> NDArray[np.float64]:
    """(n, 2) at 48 kHz, at least ``span`` long: a ring, repeated as often as needed.

    Both sides use the same picture; a second inversion with other phases widens the noise.
    """
    windows = min(LONGEST, max(1, -(-round(span * mel.RATE) // mel.SAMPLES)))
    seen = maker.pictures([text], seed=own, steps=steps, frames=windows * PLACES * FOLD, ring=True)[0]
    middle = mel.sound(seen, ring=True, seed=own)
    side = mel.sound(seen, ring=True, seed=own + 1, rounds=ROUGH)
    turns = -(-round(span * mel.RATE) // len(middle))
    sides = [np.tile(middle + sign * WIDTH * side, turns) for sign in (1, -1)]
    return np.stack([_raised(one) for one in sides], axis=1)


def _raised(sound: mel.Samples) -> NDArray[np.float64]:
    from scipy.signal import resample_poly

    return np.asarray(resample_poly(sound.astype(np.float64), 3, 1))
