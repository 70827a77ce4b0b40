"""Place characters in the frame: their sides stay the same, and they face one another.

In: who is in the frame, and what is known of them.      Out: Staged characters.
Within a scene nobody changes sides (180-degree rule).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from assets.sheets.cutsheet import Staged
from assets.sheets.look import Expression, Facing, Pose, Position, Prop, ShotSize

_SPREAD: Mapping[int, tuple[Position, ...]] = {
    1: ("center",),
    2: ("left", "right"),
    3: ("left", "center", "right"),
    4: ("far_left", "left", "right", "far_right"),
    5: ("far_left", "left", "center", "right", "far_right"),
}
_TIGHT: frozenset[ShotSize] = frozenset(("medium_close", "close", "extreme_close", "insert"))
# Poses that last until another is written; the others are over with their cut, and whoever sat before
# a sip sits after it.
_LASTING: frozenset[Pose] = frozenset(("sit", "stand", "lie", "kneel", "arms_crossed", "read", "type"))
_ON_FOOT: frozenset[Pose] = frozenset(("walk", "run", "jump", "fight", "dance", "fall"))
# Carried things: they stay in hand for the whole scene.
_CARRIED: frozenset[Prop] = frozenset(("umbrella", "lantern", "sword", "bag", "guitar"))
# Things that are read or used: they stay in hand for a few cuts, not for the rest of the episode.
_USED: frozenset[Prop] = frozenset(("letter", "book", "camera"))
_USED_FOR = 3  # cuts after the one that mentioned them
# In these poses a hand is free.
_BOTH_HANDS: frozenset[Pose] = frozenset(
    ("arms_crossed", "hands_on_hips", "cheer", "push", "pull", "fight", "dance", "type", "drink", "fall")
)
# The weaker expression in the cut after the one it was written for; a calm one leaves none.
_AFTERWARDS: Mapping[Expression, Expression] = {
    "laughing": "happy", "crying": "sad", "sad": "sad", "angry": "angry", "scared": "scared",
    "surprised": "neutral", "pained": "neutral",
}  # fmt: skip
MOST = 5


@dataclass
class Blocking:
    """Where everyone is during one scene.

    ``rank`` is the order from left to right. It depends on the person, not on the order of entrances: a line put
    in for somebody who only comes in later would turn every cut of the scene around.
    """

    rank: Callable[[str], int]
    present: dict[str, None] = field(default_factory=dict)  # a list takes as long as the cast is large
    poses: dict[str, Pose] = field(default_factory=dict)
    faces: dict[str, Expression] = field(default_factory=dict)
    held: dict[str, Prop] = field(default_factory=dict)
    told: dict[str, int] = field(default_factory=dict)  # cuts since a thing in somebody's hand was told of

    def enter(self, ids: Sequence[str]) -> None:
        """Add a person, or move one who did something to the end of the list."""
        for id in ids:
            self.present.pop(id, None)
            self.present[id] = None

    def leave(self, id: str) -> None:
        self.present.pop(id, None)

    def keep(self, id: str, pose: Pose | None, prop: Prop | None) -> None:
        """Remember poses and things that last beyond the cut."""
        if pose in _LASTING:
            self.poses[id] = pose
        elif pose in _ON_FOOT:
            self.poses[id] = "stand"
        if prop in _CARRIED or prop in _USED:
            self.held[id], self.told[id] = prop, 0
        elif pose in _BOTH_HANDS and self.held.get(id) in _USED:
            self.let_go(id)

    def let_go(self, id: str) -> Prop | None:
        """Remove the thing from the person's hand; returns it."""
        self.told.pop(id, None)
        return self.held.pop(id, None)

    def give(self, giver: str, receiver: str) -> None:
        """Move the thing from one person's hand to the other's."""
        if prop := self.let_go(giver):
            self.held[receiver], self.told[receiver] = prop, 0

    def carried(self) -> dict[str, Prop]:
        """Carried things that this scene mentioned and that stay with their owner in the next scene."""
        return {id: prop for id, prop in self.held.items() if prop in _CARRIED and id in self.told}

    def calm(self, shown: Mapping[str, Expression], written: Mapping[str, Expression | None]) -> None:
        """After a cut: a written expression stays, weaker, for the next cut; one that only stayed ends."""
        for id, face in shown.items():
            was = self.faces.pop(id, None)
            if written.get(id) and face != was:
                self.faces[id] = _AFTERWARDS.get(face, "neutral")

    def put_down(self, props: Sequence[Prop]) -> None:
        """Remove a thing that is put down somewhere from every hand."""
        for id in [id for id, prop in self.held.items() if prop in props]:
            self.let_go(id)

    def listener(self, speaker: str) -> str | None:
        """The person whom the speaker talks to: the last other person in the list."""
        return next((id for id in reversed(self.present) if id != speaker), None)

    def stage(
        self,
        ids: Sequence[str],
        size: ShotSize,
        *,
        poses: Mapping[str, Pose | None] | None = None,
        faces: Mapping[str, Expression | None] | None = None,
        props: Mapping[str, Prop | None] | None = None,
    ) -> tuple[Staged, ...]:
        """Stage at most five people, from left to right, facing one another."""
        self.enter(ids[:MOST])
        self._pass_a_cut()
        ordered = sorted(dict.fromkeys(ids[:MOST]), key=self.rank)
        places = self._places(ordered, size)
        poses, faces, props = poses or {}, faces or {}, props or {}
        return tuple(
            Staged(
                character=id,
                expression=faces.get(id) or self.faces.get(id, "neutral"),
                pose=poses.get(id) or self.poses.get(id, "stand"),
                position=place,
                facing=self._facing(id, place, len(ordered)),
                prop=props.get(id) or self.held.get(id),
            )
            for id, place in zip(ordered, places, strict=True)
        )

    def _pass_a_cut(self) -> None:
        """Count a cut; a thing that was read is put away after a few cuts, although no script says so."""
        self.told = {id: cuts + 1 for id, cuts in self.told.items()}
        for id in [
            id for id, prop in self.held.items() if prop in _USED and self.told.get(id, 0) > _USED_FOR
        ]:
            self.let_go(id)

    def _places(self, ordered: Sequence[str], size: ShotSize) -> tuple[Position, ...]:
        if len(ordered) == 1 and size not in _TIGHT and len(self.present) > 1:
            lookup_only = self._towards(ordered[0])
            return ("left" if lookup_only == "right" else "right" if lookup_only == "left" else "center",)
        return _SPREAD[len(ordered)] if ordered else ()

    def _facing(self, id: str, place: Position, count: int) -> Facing:
        if count == 1:
            return self._towards(id)
        return "right" if "left" in place else "left" if "right" in place else "front"

    def _towards(self, id: str) -> Facing:
        """The direction towards the person they are with."""
        other = self.listener(id)
        if other is None:
            return "front"
        return "right" if self.rank(id) < self.rank(other) else "left"
