"""One whole figure, layer by layer: hair behind, far arm, legs, trunk, head, near arm.

In: a canvas, a FigureState, the position of its feet, its size, a light.      Out: Anchors.
Knows nothing about shots or time.
"""

from dataclasses import dataclass
from math import copysign, hypot

import skia

from models.cel.figure import arms, belongings, collars, legs, props, tailoring, torso
from models.cel.figure.faces import Face, face
from models.cel.figure.headview import FULL_YAW, HeadView, head_view
from models.cel.figure.ink import Pen
from models.cel.figure.palette import SKIN
from models.cel.figure.portrait import Portrait
from models.cel.figure.poses import TOOLS, mirrored, posture
from models.cel.figure.skeleton import Joints, Limb, body, pose_body
from models.cel.figure.state import Anchors, FigureState, Point, rotated
from models.cel.figure.wardrobe import Clothes, clothes
from models.cel.light import Light

STANDARD = 1000.0  # figure units of a standard adult's height
MIRRORED_BELOW = -0.2  # a smaller turn to the left does not swap the hands
BODY_TURN = 0.86  # a body turns a little less than its head


@dataclass(frozen=True)
class Figure:
    """A state resolved to bones, clothes and a head: everything a drawing needs."""

    state: FigureState
    joints: Joints
    clothes: Clothes
    portrait: Portrait
    tilt: float  # degrees that the head leans in the picture

    @property
    def head_scale(self) -> float:
        """Figure units per head unit."""
        return self.joints.body.head / 200


def resolve(state: FigureState) -> Figure:
    """Bones, clothes and head of ``state``."""
    held = posture(state)
    if state.turn < MIRRORED_BELOW:
        held = mirrored(held)
    turn = state.turn
    if abs(turn) < held.side_on:
        turn = copysign(held.side_on, turn or 1.0)
    yaw = turn * FULL_YAW * BODY_TURN
    joints = pose_body(body(state.look), held, 180 - yaw if state.away else yaw)
    expression = face(state.expression, state.expression_in)
    view = _head_view(state, joints, turn, expression)
    tilt = (
        joints.lean * 0.75 + joints.posture.spin * 0.25 + 16 * (state.tilt + expression.lean + held.head[2])
    )
    return Figure(state, joints, clothes(state.look), Portrait(state, view, expression), tilt)


def _head_view(state: FigureState, joints: Joints, turn: float, expression: Face) -> HeadView:
    """How the head is seen: the turns of body, pose and actor added."""
    held = joints.posture
    base = 180 - turn * FULL_YAW if state.away else turn * FULL_YAW
    yaw = (base + held.yaw + (held.head[0] + state.head) * FULL_YAW + 180) % 360 - 180
    away = abs(yaw) > 96
    seen = copysign(180 - abs(yaw), yaw) if away else yaw
    nod = held.head[1] + state.nod + expression.nod * 0.8 + held.pitch / 90
    return head_view(state.look, seen / FULL_YAW, away=away, nod=max(-1.2, min(1.4, nod)))


def anchors_of(figure: Figure, *, feet: Point, height: float) -> Anchors:
    """Landmarks in canvas pixels."""
    scale = height / STANDARD
    joints = figure.joints

    def placed(point: Point) -> Point:
        return feet[0] + point[0] * scale, feet[1] + point[1] * scale

    radius = joints.body.head / 2
    head = joints.head
    view = figure.portrait.view
    eye = rotated((view.signed(view.keyed(0, 16, 46)) * 0.6, view.ages.eye_y + view.drop()), figure.tilt)
    eyes = head[0] + eye[0] * figure.head_scale, head[1] + eye[1] * figure.head_scale
    points = [p for limb in (*joints.arms, *joints.legs) for p in limb.points] + [
        p for foot in joints.feet for p in foot
    ]
    xs, ys = [x for x, _ in points], [y for _, y in points]
    left, top = min(*xs, head[0] - radius * 1.3), min(*ys, head[1] - radius * 1.35)
    right, bottom = max(*xs, head[0] + radius * 1.3), max(*ys, 0.0)
    chest = torso.Chart(joints, figure.clothes).at(0, 0.7)
    return Anchors(
        placed(head), radius * scale, placed(eyes),
        (placed(joints.arms[0].points[2]), placed(joints.arms[1].points[2])), placed(chest),
        placed((0, head[1] - radius * 1.2))[1], (*placed((left, top)), *placed((right, bottom))),
    )  # fmt: skip


def draw_figure(canvas: skia.Canvas, figure: Figure, *, feet: Point, height: float, light: Light) -> None:
    """Every layer, from the back to the front."""
    scale = height / STANDARD
    head_px = figure.joints.body.head * scale
    pen = Pen(canvas, light, 1.0, 1.5 * (head_px / 86) ** 0.55)
    with pen.space(*feet, scale=scale):
        _layers(pen, figure)


def _layers(pen: Pen, figure: Figure) -> None:
    joints, portrait = figure.joints, figure.portrait
    chart = torso.Chart(joints, figure.clothes)
    skin = SKIN[figure.state.look.skin]
    with pen.space(*joints.head, scale=figure.head_scale, turn=figure.tilt):
        portrait.behind(pen)
    far, near, over = _arm_layers(figure)
    if figure.clothes.cut.collar == "mantle" and not chart.back:
        belongings.draw_cape(pen, chart, portrait.air)
    _prop(pen, figure, chart, behind=True, arms=far)
    for limb in far:
        _outline_arm(pen, figure, limb)
        _arm(pen, figure, limb)
    _outline(pen, figure, chart, near)
    for limb in sorted(joints.legs, key=lambda leg: leg.depths[0] + leg.depths[1]):
        legs.draw_leg(pen, joints, limb, figure.clothes, skin)
    collars.draw_behind_neck(pen, chart)
    torso.draw_neck(pen, chart, skin)
    _trunk(pen, figure, chart)
    hanging = [limb for limb in near if _hangs(joints, limb)]
    crossing = [limb for limb in near if limb not in hanging]
    _prop(pen, figure, chart, behind=False, arms=hanging)
    for limb in hanging:
        _arm(pen, figure, limb)
    collars.draw_collar(pen, chart, skin)
    belongings.draw_belongings(pen, chart, figure.state.look, portrait.air)
    _prop(pen, figure, chart, behind=False, arms=crossing)
    for limb in crossing:
        _arm(pen, figure, limb)
    if figure.clothes.cut.collar == "mantle" and chart.back:
        belongings.draw_cape(pen, chart, portrait.air)
    with pen.space(*joints.head, scale=figure.head_scale, turn=figure.tilt):
        portrait.before(pen)
    _prop(pen, figure, chart, behind=False, arms=over)
    for limb in over:
        _outline_arm(pen, figure, limb)
        _arm(pen, figure, limb)


def _arm_layers(figure: Figure) -> tuple[list[Limb], list[Limb], list[Limb]]:
    """Arms behind the trunk, on it, and before the face."""
    far: list[Limb] = []
    near: list[Limb] = []
    over: list[Limb] = []
    joints = figure.joints
    chin = joints.head[1] + joints.body.head * 0.5
    for limb in sorted(joints.arms, key=lambda arm: arm.depths[1] + arm.depths[2]):
        reach = limb.depths[1] * 0.5 + limb.depths[2] * 0.5
        if reach < -joints.body.depth * 0.95:
            far.append(limb)
        elif limb.points[2][1] < chin + 30 and limb.depths[2] > 8:
            over.append(limb)
        else:
            near.append(limb)
    return far, near, over


def _hangs(joints: Joints, limb: Limb) -> bool:
    """Whether an arm hangs beside the trunk, so that a collar may cover its shoulder."""
    wx, wy = limb.points[2]
    outside = abs(wx - joints.neck[0]) > joints.body.waist * 0.9 or wy > joints.neck[1] + joints.body.torso
    return outside and limb.depths[2] < joints.body.arm * 0.42


def _prop(pen: Pen, figure: Figure, chart: torso.Chart, *, behind: bool, arms: list[Limb]) -> None:
    """Draw what is held just before the arm that holds it; large things are behind the figure."""
    prop = figure.state.prop or TOOLS.get(figure.state.pose)
    if prop is None:
        return
    joints, facing = figure.joints, -1.0 if figure.state.turn < MIRRORED_BELOW else 1.0
    if prop in props.GROUND and not (figure.state.pose == "hold" and prop not in ("bicycle", "car")):
        if behind:
            with pen.space(facing * (60 if prop in ("bicycle", "car") else 190), -6, flip=facing < 0):
                props.draw_prop(pen, prop)
        return
    holder = joints.arms[1 if facing < 0 else 0]
    if holder not in arms:
        return
    x, y = _palm(holder)
    both = figure.state.pose in ("hold", "read", "type") or prop in ("box", "guitar", "laptop")
    if both:
        ox, oy = _palm(joints.arms[0 if facing < 0 else 1])
        x, y = (x + ox) / 2, (y + oy) / 2
    if prop == "guitar":
        x, y = chart.at(0.0, 0.22)
    with pen.space(
        x, y, scale=joints.body.total / 1000 if prop not in ("umbrella", "box") else 0.9, flip=facing < 0
    ):
        props.draw_prop(pen, prop)


def _palm(limb: Limb) -> Point:
    """The middle of a hand."""
    _, (ex, ey), (x, y) = limb.points
    long = hypot(x - ex, y - ey) or 1.0
    return x + (x - ex) / long * 26, y + (y - ey) / long * 26


def _arm(pen: Pen, figure: Figure, limb: Limb) -> None:
    grip = figure.joints.posture.grips[0 if limb.out < 0 else 1]
    arms.draw_arm(pen, figure.joints, limb, figure.clothes, SKIN[figure.state.look.skin], grip)
    if figure.clothes.cut.collar == "gorget":
        belongings.draw_pauldron(pen, torso.Chart(figure.joints, figure.clothes), limb)


def _outline_arm(pen: Pen, figure: Figure, limb: Limb) -> None:
    bare, sleeve = arms.arm_paths(figure.joints, limb, figure.clothes)
    pen.contour(bare, SKIN[figure.state.look.skin], 1.0)
    if sleeve is not None:
        pen.contour(sleeve, figure.clothes.tint(figure.clothes.cut.sleeve_tint), 1.0)


def _outline(pen: Pen, figure: Figure, chart: torso.Chart, near: list[Limb]) -> None:
    """The outer contour of everything that will be painted over it."""
    worn = figure.clothes
    for limb in figure.joints.legs:
        pen.contour(
            legs.leg_path(figure.joints, limb, worn),
            SKIN[figure.state.look.skin] if worn.skirted else worn.bottom,
        )
    pen.contour(torso.top_path(chart), worn.top)
    for skirt in _skirts(worn):
        pen.contour(torso.skirt_path(chart, skirt, figure.portrait.air), skirt.color)
    for limb in near:
        _outline_arm(pen, figure, limb)


def _trunk(pen: Pen, figure: Figure, chart: torso.Chart) -> None:
    """Skirt and top, in the order they are worn."""
    cut = figure.clothes.cut
    tucked = cut.front == "sash" or cut.hem > 0.3  # one cloth from the shoulders to the hem
    if not tucked:
        _lower(pen, figure, chart)
    path = torso.draw_top(pen, chart)
    tailoring.draw_front(pen, chart, path)
    if tucked:
        _lower(pen, figure, chart)


def _skirts(worn: Clothes) -> list[torso.Skirt]:
    """The skirt and the coat tails."""
    cut = worn.cut
    found = []
    if worn.skirted:
        start = 0.19 if cut.front == "sash" else 0.14
        found.append(torso.Skirt(cut.skirt, cut.flare if cut.bottom == "skirt" else 0.3, worn.bottom, start))
    if cut.hem > 0.3:
        found.append(torso.Skirt(cut.hem, cut.flare, worn.top, 0.2))
    return found


def _lower(pen: Pen, figure: Figure, chart: torso.Chart) -> None:
    """The skirt, and the tails of a long coat."""
    worn, air = figure.clothes, figure.portrait.air
    pleats = worn.skirted and worn.cut.collar in ("sailor", "lapel", "turtle")
    for skirt in _skirts(worn):
        torso.draw_skirt(pen, chart, skirt, air, pleats=pleats)
