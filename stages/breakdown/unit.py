"""The state of one scene while its cuts are made: the place, the people, and the cuts so far.

In: set-ups, one at a time.      Out: cuts, with sound of the place, join and mood filled in.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from assets.sheets.bible import Place
from assets.sheets.cutsheet import Cue, Cut, Line
from assets.sheets.look import Expression, Mood, Outfit, PlaceKind, Pose, Prop, TimeOfDay, Weather
from assets.timing import nearest_frames
from stages.breakdown import framing, listening
from stages.breakdown.durations import estimated
from stages.breakdown.framing import Framing
from stages.breakdown.options import BreakdownOptions
from stages.breakdown.people import Roster
from stages.breakdown.staging import Blocking

_SEATED: frozenset[PlaceKind] = frozenset(("cafe", "train"))
_AT_WORK: frozenset[Outfit] = frozenset(("apron", "jacket", "armor"))


@dataclass(frozen=True)
class Setup:
    """The content of one cut."""

    framing: Framing
    people: Sequence[str] = ()
    poses: Mapping[str, Pose | None] = field(default_factory=dict)
    faces: Mapping[str, Expression | None] = field(default_factory=dict)
    held: Mapping[str, Prop | None] = field(default_factory=dict)
    props: tuple[Prop, ...] = ()
    action: str = ""
    lines: tuple[Line, ...] = ()
    cues: Sequence[Cue] = ()
    text: str = ""
    frames: int = 1
    hold: int = 0
    source: tuple[int, int] = (0, 0)


@dataclass
class Unit:
    """State of one scene while its cuts are made."""

    scene: str
    index: int
    place: Place
    time: TimeOfDay
    weather: Weather
    mood: Mood
    rate: Fraction
    options: BreakdownOptions
    roster: Roster
    blocking: Blocking
    cuts: list[Cut] = field(default_factory=list)
    last: str | None = None  # whom a pronoun means
    earlier: dict[str, None] = field(default_factory=dict)  # who was there when the scene before ended
    speaking: tuple[str, ...] = ()  # everyone who says something in this scene
    pairs: frozenset[int] = frozenset()  # speeches that share their cut with the answer
    since_reaction: int = 9
    next_join: str = ""
    seen: set[str] = field(default_factory=set)  # everyone a cut of the scene has shown

    def frames(self, seconds: float) -> int:
        return max(1, nearest_frames(seconds, self.rate))

    def shoot(self, setup: Setup) -> None:
        """Make the cut, at another size if it would be a jump cut after the one before."""
        shot = self._unlike_the_last(setup)
        self._seat(shot.people)
        staged = self.blocking.stage(
            shot.people, shot.framing.size, poses=shot.poses, faces=shot.faces, props=shot.held
        )
        self.blocking.calm({item.character: item.expression for item in staged}, shot.faces)
        self.roster.use(shot.people)
        self.roster.use(line.character for line in shot.lines)
        under = listening.ambience(self.place.kind, self.time, self.weather)
        cut = Cut(
            number="C000",
            scene=self.scene,
            place=self.place.id,
            time=self.time,
            weather=self.weather,
            size=shot.framing.size,
            camera=shot.framing.camera,
            staged=staged,
            props=shot.props[:4],
            action=shot.action,
            lines=shot.lines,
            cues=listening.with_ambience(shot.cues, under, shot.frames),
            text=shot.text,
            frames=shot.frames,
            hold=shot.hold,
            mood=self.mood,
            source=shot.source,
            **self._join(),
        )
        self.cuts.append(self._alive(estimated(cut, self.options, self.rate) if cut.lines else cut))
        self.seen.update(item.character for item in staged)
        self.since_reaction += 1

    def _seat(self, ids: Sequence[str]) -> None:
        """Seat guests of a café and passengers, unless the script says otherwise."""
        for id in ids if self.place.kind in _SEATED else ():
            if id not in self.blocking.poses and self.roster.character(id).look.outfit not in _AT_WORK:
                self.blocking.poses[id] = "sit"

    def stretch(self, hold: int) -> None:
        """Lengthen the last cut to ``hold`` frames after its last line."""
        longer = self.cuts[-1].model_copy(update={"hold": hold})
        self.cuts[-1] = estimated(longer, self.options, self.rate)

    def _alive(self, cut: Cut) -> Cut:
        """Give a long cut with a fixed camera a slow push-in, except in action: a still one looks like a photograph."""
        if (
            cut.camera.move != "fix"
            or self.mood == "action"
            or cut.frames < self.frames(self.options.longest_still)
        ):
            return cut
        return cut.model_copy(
            update={"camera": cut.camera.model_copy(update={"move": "push_in", "amount": 0.35})}
        )

    def _unlike_the_last(self, setup: Setup) -> Setup:
        if not self.cuts or not setup.people:
            return setup
        before = self.cuts[-1]
        same = {item.character for item in before.staged} == set(setup.people)
        if not same or before.size != setup.framing.size:
            return setup
        other = replace(setup.framing, size=framing.instead(setup.framing.size))
        return replace(setup, framing=other)

    def _join(self) -> dict[str, Any]:
        join, self.next_join = self.next_join, ""
        return {"join": join} if join else {}
