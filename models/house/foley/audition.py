"""Compare the model with the procedural Foley, sound by sound, and choose the model where it is as good.

In:  a Maker, a listener, real training orders it has not seen.      Out: a Choice, and the figures over all sounds.
The reference is its own teacher: by these figures the model can at best be as near as the procedural Foley is to
itself. Deterministic: the same weights give the same choice.
"""

from collections.abc import Callable, Iterable
from time import perf_counter
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.foley.catalogue import RECIPES, perform
from models.house.foley import data, listener, measure, mel
from models.house.foley.choice import Choice, Row
from models.house.foley.make import Maker
from models.house.foley.player import play
from models.house.foley.words import NAMES

RULE = (
    "house where, over unheard orders, the listener names at least 0.8 of the generated ones and no less than "
    "0.1 under the desk's own; mean spectra lie within 1.5 times the distance of two halves of the desk's own "
    "or 2 dB; onsets, length, decay and centre lie within 1.5 spreads; seeds differ at least half as much; and "
    "5 % of the loudness at most lies above 8 kHz. desk elsewhere."
)
UNTAUGHT = "not taught: too much of it lies in pitch, blows or speed that 64 ms of loudness cannot hold"


class Played(NamedTuple):
    """The pictures of one sound, procedural and generated, for the same orders, and the time of each order."""

    real: NDArray[np.uint8]
    made: NDArray[np.uint8]
    seconds: list[float]


def held(
    maker: Maker, ear: Any, taught: Iterable[str], *, orders: int = 3, steps: int, tell: Callable[[str], None]
) -> tuple[Choice, dict[str, Any]]:
    """Which one makes each sound, and the figures; ``orders`` unseen orders per sound."""
    rows: dict[str, Row] = {}
    heard: dict[str, Played] = {}
    for name in sorted(taught):
        heard[name] = _played(maker, name, orders, steps)
        rows[name] = _row(name, heard[name], ear)
        tell(f"{name}: {rows[name].maker}, {rows[name].why}")
    for name in NAMES:
        rows.setdefault(name, _untaught())
    return Choice(rule=RULE, sounds={name: rows[name] for name in NAMES}), figures(heard, ear)


def figures(heard: dict[str, Played], ear: Any) -> dict[str, Any]:
    """Over all sounds: how many are named correctly, and the distance of the feature distributions."""
    real = np.concatenate([played.real for played in heard.values()])
    made = np.concatenate([played.made for played in heard.values()])
    answers = np.concatenate([[NAMES.index(name)] * len(played.real) for name, played in heard.items()])
    voiced = np.stack([_voiced(name, one) for name, played in heard.items() for one in played.real])
    out: dict[str, Any] = {"sounds": len(heard), "effects": len(made)}
    clouds = {}
    for who, pictures in (("real", real), ("voiced", voiced), ("made", made)):
        guesses, clouds[who] = listener.classified(ear, pictures)
        out[f"named_{who}"] = round(float((guesses == answers).mean()), 3)
        out[f"confused_{who}"] = _confused(guesses, answers)
    out["frechet_halves"] = round(measure.frechet(clouds["real"][::2], clouds["real"][1::2]), 2)
    out["frechet_voiced"] = round(measure.frechet(clouds["voiced"], clouds["real"]), 2)
    out["frechet_made"] = round(measure.frechet(clouds["made"], clouds["real"]), 2)
    took = [second for played in heard.values() for second in played.seconds]
    out["seconds_an_effect"] = round(float(np.median(took)), 3)
    return out


def _played(maker: Maker, name: str, orders: int, steps: int) -> Played:
    recipe = RECIPES[name]
    lessons = [data.order("seen", NAMES.index(name) + turn * len(NAMES)) for turn in range(orders)]
    made, seconds = [], []
    for lesson in lessons:
        began = perf_counter()
        sound = play(maker, recipe, lesson.manner, lesson.seconds, lesson.seed, steps=steps)
        seconds.append(perf_counter() - began)
        made.append(measure.seen(sound, ring=data.is_ring(name)))
    return Played(np.stack([data.picture(lesson) for lesson in lessons]), np.stack(made), seconds)


def _row(name: str, played: Played, ear: Any) -> Row:
    recipe, answer = RECIPES[name], NAMES.index(name)
    named = {who: listener.classified(ear, pictures)[0] == answer for who, pictures in played._asdict().items()
             if who != "seconds"}  # fmt: skip
    sound = perform(recipe, recipe.manners[0], 0.0 if recipe.extent == "once" else recipe.seconds, 1)
    measured = {
        "named": float(named["made"].mean()),
        "named_real": float(named["real"].mean()),
        "apart": measure.spectral_distance(played.made, played.real),
        "apart_real": measure.spectral_distance(played.real[::2], played.real[1::2]),
        "shape": measure.shapes_apart(played.made, played.real),
        "variety": measure.variety(played.made) / max(measure.variety(played.real), 1e-6),
        "air": measure.treble_share(sound),
    }
    measured = {what: round(value, 3) for what, value in measured.items()}
    faults = list(_faults(measured))
    return Row(
        maker="desk" if faults else "house", why=", ".join(faults) or "as near as the rule asks", **measured
    )


def _faults(of: dict[str, float]) -> Iterable[str]:
    if of["named"] < max(0.8, of["named_real"] - 0.1):
        yield "not named surely enough"
    if of["apart"] > max(1.5 * of["apart_real"], 2.0):
        yield "another spectrum"
    if of["shape"] > 1.5:
        yield "another shape in time"
    if of["variety"] < 0.5:
        yield "seeds too alike"
    if of["air"] > 0.05:
        yield "lives above 8 kHz"


def _untaught() -> Row:
    return Row(
        maker="desk", why=UNTAUGHT, named=0, named_real=0, apart=0, apart_real=0, shape=0, variety=0, air=0
    )


def _voiced(name: str, one: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A real picture converted to sound and back: the loss of the conversion alone."""
    ring = data.is_ring(name)
    return mel.picture(mel.sound(one / 127.5 - 1, ring=ring, seed=0), ring=ring)


def _confused(guesses: NDArray[np.int64], answers: NDArray[np.int64]) -> dict[str, str]:
    """For each sound that is not always named correctly: the wrong names, most frequent first."""
    out = {}
    for answer in sorted(set(answers.tolist())):
        wrong = [NAMES[guess] for guess in guesses[answers == answer] if guess != answer]
        if wrong:
            out[NAMES[answer]] = ", ".join(sorted(set(wrong), key=lambda name: -wrong.count(name)))
    return out
