"""Apply a direction to its cut, and check that nothing else has changed.

In: a Cut and its Direction.      Out: the enriched cut; words, order, identity and lengths are unchanged.
"""

from typing import Any

from assets.errors import ModelFailed
from assets.hashing import digest
from assets.sheets.cutsheet import Camera, Cue, Cut, Cutsheet
from assets.sheets.look import Position
from stages.direction.choices import ACTED, Amount, Direction, When, in_words

_ACROSS: tuple[Position, ...] = ("far_left", "left", "center", "right", "far_right")
_AMOUNTS: dict[Amount, float] = {"slight": 0.5, "usual": 1.0, "great": 1.5}
_WHEN: dict[When, float] = {"start": 0.0, "middle": 0.4, "end": 0.75}
_MOST_CUES = 8
_CHOSEN = {"size", "camera", "mood", "visual", "cues", "staged"}


def applied(cut: Cut, direction: Direction) -> Cut:
    """``cut`` as directed; the rules' choice stays where the direction says nothing."""
    changed: dict[str, Any] = {
        "size": direction.size,
        "camera": _camera(cut.camera, direction),
        "staged": _staged(cut, direction),
        "cues": _cues(cut, direction),
        "visual": direction.visual,
    }
    return cut.model_copy(update=changed)


def sealed(before: Cutsheet, after: Cutsheet) -> Cutsheet:
    """Return ``after`` if it differs from ``before`` only in what may be directed; else raise ModelFailed."""
    for cut, directed in zip(before.cuts, after.cuts, strict=False):
        if directed.cues[: len(cut.cues)] != cut.cues or digest(_kept(cut)) != digest(_kept(directed)):
            raise ModelFailed(
                f"{cut.number}: direction changed more than it may (words, speakers, order, lengths). "
                "Nothing of it was used. This is a fault of Sakuga; direct by the rules and report it."
            )
    if len(before.cuts) != len(after.cuts) or digest(_frame(before)) != digest(_frame(after)):
        raise ModelFailed(
            "Direction changed the cast, the places or the number of cuts. Nothing of it was used. "
            "This is a fault of Sakuga; direct by the rules and report it."
        )
    return after


def _camera(ruled: Camera, direction: Direction) -> Camera:
    """Keep the exact amount of the rules' move if the move stays: equal words must give an equal picture."""
    kept = direction.move == ruled.move and direction.amount == in_words(ruled.amount)
    amount = 1.0 if direction.move == "fix" else _AMOUNTS[direction.amount]
    move, angle = direction.move, direction.angle
    return Camera(move=move, angle=angle, amount=ruled.amount if kept else amount)


def _staged(cut: Cut, direction: Direction) -> tuple[Any, ...]:
    acted = [
        item.model_copy(update=direction.staged[item.character].model_dump(include=set(ACTED)))
        for item in cut.staged
    ]
    return tuple(sorted(acted, key=lambda item: _ACROSS.index(item.position)))


def _cues(cut: Cut, direction: Direction) -> tuple[Cue, ...]:
    """Keep all cues of the script first; do not add a sound that is there already."""
    heard = {cue.sound for cue in cut.cues}
    more = {sound.sound: sound for sound in direction.sounds if sound.sound not in heard}
    added = [Cue(sound=name, at=int(cut.frames * _WHEN[sound.when])) for name, sound in more.items()]
    return (*cut.cues, *added)[: max(_MOST_CUES, len(cut.cues))]


def _kept(cut: Cut) -> dict[str, Any]:
    raw = cut.model_dump(mode="json", exclude=_CHOSEN)
    people = [item.model_dump(mode="json", exclude=set(ACTED)) for item in cut.staged]
    return {**raw, "staged": sorted(people, key=lambda item: str(item["character"]))}


def _frame(sheet: Cutsheet) -> dict[str, Any]:
    return sheet.model_dump(mode="json", exclude={"cuts"})
