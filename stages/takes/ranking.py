"""Rank the takes of one cut by the judge's measures, and give the reasons in words.

In: a cut, its takes with their measures, weights.      Out: the takes, best first, each with its reason.
Knows nothing about pixels, people's choices or the store.

A score is the weighted mean of one quality per measure. Each quality is in 0..1 and does not fall when the
measure gets better:

sharpness, first_frame_similarity, identity, line_sync    as measured
flicker, warping_error      1 / (1 + value / scale): 1 for a value of 0, a half at the scale
motion                      measured motion / required motion, at most 1; more motion is not better

A still take of a cut that needs motion loses a whole point, so it never ranks above a moving one, however
sharp and steady it is (a still picture has no flicker). Only measures that all takes have are
compared. Of equal takes the earlier one wins.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite

from pydantic import Field

from assets.sheets.base import Part
from assets.sheets.cutsheet import Cut
from assets.sheets.production import Take

ACTING = 0.00005  # motion, as a share of the width per two frames: a person who breathes, blinks, talks
MOVING = 0.0004  # a moving camera, somebody who walks, rain
STILL = 0.00002  # less is the encoder's noise on a still picture

_FLICKER, _WARPING = 0.02, 0.05  # flicker that a viewer notices; warping of a picture that breaks up
_GOING = frozenset({"walk", "run", "wave", "cheer", "jump", "fall", "turn", "push", "pull", "fight", "dance"})
_FALLING = frozenset({"rain", "storm", "snow", "petals"})


class RankingOptions(Part):
    """The weight of each measure; 0 leaves it out."""

    sharpness: float = Field(default=1, ge=0, le=100)
    flicker: float = Field(default=1, ge=0, le=100)
    warping_error: float = Field(default=1, ge=0, le=100)
    motion: float = Field(default=1, ge=0, le=100)
    first_frame_similarity: float = Field(default=1, ge=0, le=100)
    identity: float = Field(default=2, ge=0, le=100, description="Likeness to the character sheet")
    line_sync: float = Field(default=1, ge=0, le=100)


@dataclass(frozen=True)
class Ranked:
    """One take with its rank."""

    take: Take
    score: float  # 0..1; a whole point lower for a take that stands still where it should move
    why: str


@dataclass(frozen=True)
class _Words:
    better: str
    best: str
    worse: str


_SAID: dict[str, _Words] = {
    "sharpness": _Words("sharper", "sharpest", "softer"),
    "flicker": _Words("steadier", "steadiest", "flickers more"),
    "warping_error": _Words("holds together better", "holds together best", "smears more"),
    "motion": _Words("livelier", "liveliest", "stiffer"),
    "first_frame_similarity": _Words("nearer its panel", "nearest its panel", "further from its panel"),
    "identity": _Words(
        "nearer the character sheet", "nearest the character sheet", "off the character sheet"
    ),
    "line_sync": _Words("mouth follows the voice better", "best lip sync", "mouth follows the voice less"),
}
_MENTIONED = 0.004  # a smaller difference in the score is not mentioned


def rank(cut: Cut, takes: Sequence[Take], options: RankingOptions) -> tuple[Ranked, ...]:
    """``takes`` of ``cut``, best first; the input order does not matter."""
    shared = _shared(takes, options)
    scored = {take.number: _score(cut, take, shared) for take in takes}
    ordered = sorted(takes, key=lambda take: (-scored[take.number], take.number))
    return tuple(
        Ranked(take, scored[take.number], _why(cut, take, _rival(ordered, take), ordered, shared))
        for take in ordered
    )


def asked_motion(cut: Cut) -> float:
    """The least motion that ``cut`` needs; 0 if it may be still: nobody is in it, and nothing moves."""
    going = any(person.pose in _GOING for person in cut.staged)
    if cut.camera.move != "fix" or going or cut.weather in _FALLING:
        return MOVING
    return ACTING if cut.staged else 0.0


def stands_still(cut: Cut, measures: Mapping[str, float]) -> bool:
    """Whether a take with these measures is still although the cut needs motion."""
    return asked_motion(cut) > 0 and measures.get("motion", 1.0) < STILL


def _shared(takes: Sequence[Take], options: RankingOptions) -> dict[str, float]:
    """The measures that every take has, and their weights."""
    weights: dict[str, float] = options.model_dump()
    return {
        name: weight
        for name, weight in weights.items()
        if weight > 0 and all(isfinite(take.measures.get(name, float("nan"))) for take in takes)
    }


def _score(cut: Cut, take: Take, shared: Mapping[str, float]) -> float:
    total = sum(shared.values())
    mean = (
        sum(weight * _quality(cut, name, take) for name, weight in shared.items()) / total if total else 0.0
    )
    return mean - stands_still(cut, take.measures)


def _quality(cut: Cut, name: str, take: Take) -> float:
    value = max(0.0, take.measures[name])
    if name == "flicker":
        return 1 / (1 + value / _FLICKER)
    if name == "warping_error":
        return 1 / (1 + value / _WARPING)
    if name == "motion":
        asked = asked_motion(cut)
        return min(1.0, value / asked) if asked else 1.0
    return min(1.0, value)


def _rival(ordered: Sequence[Take], take: Take) -> Take | None:
    """The take to compare with: the best one, or for the best one the second."""
    others = [other for other in ordered if other is not take]
    return others[0] if others else None


def _why(
    cut: Cut, take: Take, rival: Take | None, ordered: Sequence[Take], shared: Mapping[str, float]
) -> str:
    if stands_still(cut, take.measures):
        return "stands still, and the cut asks for motion"
    if rival is None:
        return "the only take"
    if not shared:
        return "not measured; the first take" if take is ordered[0] else "not measured"
    total = sum(shared.values())
    gains = {
        name: weight * (_quality(cut, name, take) - _quality(cut, name, rival)) / total
        for name, weight in shared.items()
    }
    said = sorted(
        (name for name in gains if abs(gains[name]) >= _MENTIONED), key=lambda name: -abs(gains[name])
    )
    good = [_phrase(name, take, rival, ordered, cut) for name in said if gains[name] > 0]
    bad = [_phrase(name, take, rival, ordered, cut) for name in said if gains[name] < 0]
    if not good and not bad:
        return f"as good as take {rival.number}"
    return ", but ".join(", ".join(part) for part in (good, bad) if part)


def _phrase(name: str, take: Take, rival: Take, ordered: Sequence[Take], cut: Cut) -> str:
    words, mine = _SAID[name], _quality(cut, name, take)
    better = mine > _quality(cut, name, rival)
    best = len(ordered) > 2 and all(mine >= _quality(cut, name, other) for other in ordered)
    told = words.best if better and best else words.better if better else words.worse
    return f"{told} ({name} {take.measures[name]:.3g} against {rival.measures[name]:.3g})"
