"""The position of the camera, as numbers. Its moves are in camera_moves.py.

In: a shot, a set's scale, the positions of heads.      Out: a Framing.
Knows nothing about canvases. Units are those of the home picture: 1920 x 1080, y down.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from assets.sheets.cutsheet import Cut, Staged
from assets.sheets.look import Age, Look, Position, ShotSize
from models.cel.figure.state import Anchors

HOME_WIDTH, HOME_HEIGHT = 1920.0, 1080.0
ADULT = 1.72  # metres; the figure rig scales children and elders itself
STATURE: dict[Age, float] = {"child": 0.69, "teen": 0.945, "adult": 1.0, "elder": 0.915}  # of an adult
STANDS: dict[Position, float] = {
    "far_left": 460,
    "left": 720,
    "center": 960,
    "right": 1200,
    "far_right": 1460,
}
WIDE: frozenset[ShotSize] = frozenset({"extreme_long", "long", "full"})
# Height of the picture in figure heights (wide sizes) or head radii (the others).
_TALL: dict[ShotSize, float] = {"long": 2.25, "full": 1.24}
_HEADS: dict[ShotSize, float] = {"medium": 11.0, "medium_close": 7.4, "close": 4.9, "extreme_close": 1.55}
# Height of the head's centre, as a share of the picture's height.
_HEAD_AT: dict[ShotSize, float] = {"medium": 0.33, "medium_close": 0.42, "close": 0.50, "extreme_close": 0.5}
_GAP: dict[ShotSize, float] = {
    "extreme_long": 0.55, "long": 0.52, "full": 0.50, "medium": 0.46, "medium_close": 0.40, "close": 0.34,
    "extreme_close": 0.34, "insert": 0.4,
}  # fmt: skip
# At this size and closer, the wall behind is enlarged less than the perspective demands, so that a close-up still
# shows the place.
_FLATTEN: dict[ShotSize, float] = {"medium": 0.72, "medium_close": 0.62, "close": 0.56, "extreme_close": 0.5}
_BLUR: dict[ShotSize, float] = {
    "medium": 1.0,
    "medium_close": 2.2,
    "close": 3.6,
    "extreme_close": 5.0,
    "insert": 6.0,
}
_PACE = {"walk": 1.15, "run": 2.9}  # metres a second


@dataclass(frozen=True)
class View:
    """What the picture shows: its centre on the actors' plane, its magnification, its roll in degrees."""

    x: float = HOME_WIDTH / 2
    y: float = HOME_HEIGHT / 2
    zoom: float = 1.0
    roll: float = 0.0


@dataclass(frozen=True)
class Mark:
    """The position of one staged character: feet in home units, and the scale there."""

    index: int
    x: float
    y: float
    height: float  # of a standard adult
    tall: float  # of this character, standing
    behind_us: float = 0.0  # a listener seen over the shoulder: +1 turned right, -1 left


@dataclass(frozen=True)
class Framing:
    """One camera set-up before its move."""

    view: View
    marks: tuple[Mark, ...]  # in drawing order
    flatten: float = 1.0  # exponent on the zoom of planes behind the actors
    blur: float = 0.0  # of those planes, in pixels of a 720-line picture
    horizon: float = HOME_HEIGHT / 2
    lean: float = 0.0  # shift of planes for a low (-) or high (+) angle
    open_front: bool = True  # whether planes before the actors are shown
    track: float = 0.0  # home units per second that the camera travels with a walker


HeadOf = Callable[[int, Mark], Anchors]


def stature(look: Look) -> float:
    """Standing height in metres."""
    return ADULT * STATURE[look.age] * look.height


def frame(
    cut: Cut, looks: Sequence[Look], *, metre: float, ground: float, aspect: float, head_of: HeadOf
) -> Framing:
    """Compose ``cut``: the position of each person, and the part of the set in the picture."""
    marks = _marks(cut, looks, metre, ground)
    if not marks:
        return _angled(_empty(cut, ground), cut)
    subject = _subject(cut, marks)
    if over_shoulder(cut):
        return _angled(_over_shoulder(marks, subject, head_of, aspect), cut)
    if cut.size == "insert":
        return _hand(marks, subject, head_of)
    made = (
        _wide(cut, marks, head_of, aspect)
        if cut.size in WIDE
        else _tight(cut, marks, subject, head_of, aspect)
    )
    return _angled(replace(made, track=_track(cut, metre)), cut)


def over_shoulder(cut: Cut) -> bool:
    """Two people at talking distance, one of them heard: the camera looks past the listener."""
    return cut.size == "medium_close" and len(cut.staged) == 2 and len(_speakers(cut)) == 1


def _speakers(cut: Cut) -> set[str]:
    staged = {person.character for person in cut.staged}
    return {line.character for line in cut.lines if line.heard == "on"} & staged


def _subject(cut: Cut, marks: Sequence[Mark]) -> Mark:
    heard = _speakers(cut)
    for mark in marks:
        if cut.staged[mark.index].character in heard:
            return mark
    return min(marks, key=lambda mark: mark.index)


def _marks(cut: Cut, looks: Sequence[Look], metre: float, ground: float) -> list[Mark]:
    """Left to right as staged, with at least the distance that the shot size needs."""
    order = sorted(range(len(looks)), key=lambda n: STANDS[cut.staged[n].position])
    if not order:
        return []
    heights = [stature(look) * metre for look in looks]
    gap = _GAP[cut.size] * max(max(heights), 0.86 * ADULT * metre)
    wanted = [STANDS[cut.staged[n].position] for n in order]
    if cut.size in ("extreme_long", "long"):
        xs = _spread(wanted, gap)
    else:
        middle = sum(wanted) / len(wanted)
        xs = [middle + (n - (len(order) - 1) / 2) * gap for n in range(len(order))]
    # Every other person stands a step back: people in one straight row look stiff.
    return [
        Mark(n, x, ground - (0.06 * metre if len(order) > 2 and place % 2 else 0), ADULT * metre, heights[n])
        for place, (n, x) in enumerate(zip(order, xs, strict=True))
    ]


def _spread(wanted: Sequence[float], gap: float) -> list[float]:
    xs = [wanted[0]]
    for x in wanted[1:]:
        xs.append(max(x, xs[-1] + gap))
    shift = sum(w - x for w, x in zip(wanted, xs, strict=True)) / len(xs)
    return [x + shift for x in xs]


def _empty(cut: Cut, ground: float) -> Framing:
    """A set without people; nearer for nearer sizes."""
    zoom = {"extreme_long": 1.0, "long": 1.12, "full": 1.25, "insert": 2.2}.get(cut.size, 1.5)
    return Framing(
        View(zoom=zoom, y=540 + (zoom - 1) * 110), (), blur=_BLUR["insert"] if cut.size == "insert" else 0
    )


def _wide(cut: Cut, marks: Sequence[Mark], head_of: HeadOf, aspect: float) -> Framing:
    drawn = tuple(sorted(marks, key=lambda mark: mark.y))
    if cut.size == "extreme_long":
        return Framing(View(), drawn)
    # A person who sits or lies is framed like that, but not so close that the shot size changes.
    tallest = max(max(0.62 * mark.tall, mark.y - head_of(mark.index, mark).crown) for mark in marks)
    xs = [mark.x for mark in marks]
    need = (max(xs) - min(xs) + max(mark.tall for mark in marks) * 0.9) / aspect
    tall = min(HOME_HEIGHT, max(_TALL[cut.size] * tallest, need))
    feet = 0.93 if cut.size == "full" else 0.86
    x = (max(xs) + min(xs)) / 2 - _look_room(cut, marks) * tall * aspect
    return Framing(View(x, marks[0].y + (0.5 - feet) * tall, HOME_HEIGHT / tall), drawn)


def _tight(cut: Cut, marks: Sequence[Mark], subject: Mark, head_of: HeadOf, aspect: float) -> Framing:
    single = (cut.size in ("close", "extreme_close") and len(marks) <= 2) or len(marks) == 1
    chosen = [subject] if single else list(marks)
    heads = {mark.index: head_of(mark.index, mark) for mark in chosen}
    radius = max(head.head_radius for head in heads.values())
    ys = [head.eyes[1] if cut.size == "extreme_close" else head.head[1] for head in heads.values()]
    xs = [head.head[0] for head in heads.values()]
    beside = {"medium": 4.4, "extreme_close": 1.6}.get(cut.size, 3.4)
    need = (max(xs) - min(xs) + radius * beside) / aspect
    tall = max(_HEADS[cut.size] * radius, need)
    room = 0.0 if cut.size == "extreme_close" else _look_room(cut, chosen)
    x = (max(xs) + min(xs)) / 2 - room * tall * aspect
    y = (max(ys) + min(ys)) / 2 + (0.5 - _HEAD_AT[cut.size]) * tall
    shown = chosen if cut.size == "extreme_close" else marks
    drawn = tuple(sorted(shown, key=lambda mark: (mark.index == subject.index, mark.y)))
    return Framing(
        View(x, y, HOME_HEIGHT / tall), drawn, _FLATTEN[cut.size], _BLUR[cut.size], open_front=False
    )


def _look_room(cut: Cut, marks: Sequence[Mark]) -> float:
    """The subject's distance from the centre, as a share of the width: space ahead of their eyes."""
    if len(marks) > 1:
        return 0.0
    person = cut.staged[marks[0].index]
    side = {"left": 0.07, "right": -0.07}.get(person.facing, 0.0)
    third = {"far_left": -0.15, "left": -0.09, "right": 0.09, "far_right": 0.15}.get(person.position, 0.0)
    closeness = {"close": 0.55, "medium_close": 0.8}.get(cut.size, 1.0)
    return max(-0.18, min(0.18, (side + third) * closeness))


def _over_shoulder(marks: Sequence[Mark], subject: Mark, head_of: HeadOf, aspect: float) -> Framing:
    listener = next(mark for mark in marks if mark.index != subject.index)
    head = head_of(subject.index, subject)
    tall = 8.6 * head.head_radius
    left = listener.x < subject.x
    x = head.head[0] - (0.13 if left else -0.13) * tall * aspect
    y = head.head[1] + 0.10 * tall
    near = replace(listener, height=listener.height * 1.55, behind_us=1.0 if left else -1.0)
    own = head_of(listener.index, replace(near, x=0.0, y=0.0))
    edge = x + (-0.34 if left else 0.34) * tall * aspect
    near = replace(near, x=edge - own.head[0], y=y + 0.16 * tall - own.head[1])
    return Framing(View(x, y, HOME_HEIGHT / tall), (subject, near), 0.62, 2.4, open_front=False)


def _hand(marks: Sequence[Mark], subject: Mark, head_of: HeadOf) -> Framing:
    found = head_of(subject.index, subject)
    x = (found.hands[0][0] + found.hands[1][0]) / 2
    y = (found.hands[0][1] + found.hands[1][1]) / 2
    tall = 3.6 * found.head_radius
    return Framing(View(x, y, HOME_HEIGHT / tall), (subject,), 0.55, 4.0, open_front=False)


def _angled(made: Framing, cut: Cut) -> Framing:
    view, angle = made.view, cut.camera.angle
    tall = HOME_HEIGHT / view.zoom
    if angle == "dutch":
        return replace(made, view=replace(view, roll=7.0, zoom=view.zoom * 1.02))
    if angle == "eye":
        return made
    sign = -1 if angle == "low" else 1
    if cut.size in WIDE:
        return replace(made, view=replace(view, y=view.y + sign * 0.06 * tall))
    return replace(made, lean=sign * 150.0)


def _track(cut: Cut, metre: float) -> float:
    walker = next((p for p in cut.staged if pace(p)), None)
    if walker is None or not (cut.camera.move == "follow" or cut.size not in WIDE):
        return 0.0
    return pace(walker) * metre


def pace(person: Staged) -> float:
    """Metres per second to the right (+) or left (-) of a staged character."""
    speed = _PACE.get(person.pose, 0.0)
    return speed * {"left": -1, "right": 1}.get(person.facing, 0)
