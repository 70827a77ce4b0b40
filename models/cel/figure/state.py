"""Everything that decides one drawing of a figure, as plain numbers, and where its parts came to lie.

In: nothing.      Out: FigureState (what to draw) and Anchors (where it was drawn).
Knows nothing about canvases, shots or time.
"""

from dataclasses import dataclass, replace
from math import cos, radians, sin

from assets.sheets.look import Expression, Look, Pose, Prop

Point = tuple[float, float]


@dataclass(frozen=True)
class FigureState:
    """One drawing. The same state gives the same bytes."""

    look: Look
    expression: Expression = "neutral"
    pose: Pose = "stand"
    prop: Prop | None = None
    turn: float = 0.0  # -1 looking to the picture's left .. 0 at us .. +1 right
    away: bool = False  # seen from behind; ``turn`` still says to which side
    tilt: float = 0.0  # head leaning to a shoulder, -1..1
    gaze: Point = (0.0, 0.0)  # pupils, -1..1 right and down
    blink: float = 0.0  # 0 open .. 1 closed
    mouth: float = 0.0  # 0 as the expression has it .. 1 wide open
    talking: bool = False  # the voice opens and shuts the mouth, even of a laughing face
    breath: float = 0.0  # phases are in turns: 0..1 is one breath
    sway: float = 0.0
    stride: float = 0.0
    gesture: float = 0.0
    seed: int = 0  # whose acting this is; the drawing itself follows from the rest
    head: float = 0.0  # head turn on top of ``turn``
    nod: float = 0.0  # -1 looking up .. +1 looking down
    drag: float = 0.0  # hair and cloth lag behind a movement, -1..1
    pose_in: float = 1.0  # from standing (0) into the pose (1); below 0 anticipates, above 1 overshoots
    expression_in: float = 1.0  # from neutral (0) into the expression (1)


@dataclass(frozen=True)
class Anchors:
    """Landmarks in canvas pixels."""

    head: Point  # centre of the head without hair
    head_radius: float  # half the height of the head without hair
    eyes: Point  # middle of the eye line
    hands: tuple[Point, Point]  # the figure's right hand, then its left
    chest: Point
    crown: float  # y of the top of the hair
    bounds: tuple[float, float, float, float]  # left, top, right, bottom of the figure, roughly
    roll: float = 0.0  # degrees that the camera leans: the figure's upright is turned by this, clockwise

    def rolled(self, degrees: float, about: Point) -> "Anchors":
        """The same landmarks in a picture whose camera leans: everything is turned around ``about``."""
        if not degrees:
            return self

        def turned(point: Point) -> Point:
            x, y = rotated((point[0] - about[0], point[1] - about[1]), degrees)
            return about[0] + x, about[1] + y

        left, top, right, bottom = self.bounds
        corners = [turned((x, y)) for x in (left, right) for y in (top, bottom)]
        xs, ys = [x for x, _ in corners], [y for _, y in corners]
        return replace(
            self, head=turned(self.head), eyes=turned(self.eyes), chest=turned(self.chest),
            hands=(turned(self.hands[0]), turned(self.hands[1])), crown=turned((self.head[0], self.crown))[1],
            bounds=(min(xs), min(ys), max(xs), max(ys)), roll=self.roll + degrees,
        )  # fmt: skip

    def below(self, point: Point, radii: float) -> Point:
        """The point ``radii`` radii of the head below ``point``, as an upright figure has it under this camera."""
        x, y = rotated((0.0, radii * self.head_radius), self.roll)
        return point[0] + x, point[1] + y


def rotated(point: Point, degrees: float) -> Point:
    """``point`` turned clockwise around the origin; y is down."""
    turn = radians(degrees)
    return point[0] * cos(turn) - point[1] * sin(turn), point[0] * sin(turn) + point[1] * cos(turn)
