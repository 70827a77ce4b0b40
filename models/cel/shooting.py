"""Shooting (撮影): composite planes, people, weather and light under the camera, frame by frame.

In: a Shot, a seed, the loudness of each voice.      Out: any of its frames.
The camera may move on every frame; drawings change on twos. A frame without changes is the same array as the one
before.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from random import Random
from typing import Any
from zlib import crc32

import cv2
import numpy as np

from assets.matter import Still
from assets.sheets.cutsheet import Cut, Staged
from assets.sheets.look import Look
from models.cel import camera, camera_moves, cels, effects, lettering, props
from models.cel.camera import Framing, Mark, View
from models.cel.cels import Cel, Pixels
from models.cel.figure import Anchors, FigureState, anchors, draw
from models.cel.figure.motion import Moment, state_at
from models.cel.light import Light, Tint
from models.cel.sets import catalogue, weather
from models.cel.sets.brush import Brush, Tone
from models.cel.sets.grading import grade
from models.cel.sets.hours import INDOORS, Hour, ground_key, hour, light_of, room_tint
from models.cel.sets.scenery import Plane
from models.ports import Mouths, Shot

_CROSSING = 800.0  # most home units that a followed walker covers
_DRIFT = 5.3  # home units per second that clouds move in wide cuts


@dataclass(frozen=True)
class _Layer:
    """One plane: its pixels for a still camera, or a cel for a moving one."""

    depth: float
    pixels: Pixels | None = None
    cel: Cel | None = None


@dataclass(frozen=True)
class Standing:
    """One person in a picture, in its pixels."""

    character: str
    state: FigureState
    feet: tuple[float, float]
    height: float  # of a standard adult at this distance
    roll: float  # degrees that the camera leans

    def anchors(self) -> Anchors:
        """The landmarks where the picture shows them: the camera leans around the feet."""
        return anchors(self.state, feet=self.feet, height=self.height).rolled(self.roll, self.feet)


class Shooting:
    """One cut, set up once; its frames can be drawn any number of times."""

    def __init__(self, shot: Shot, *, seed: int, frames: int, mouths: Mouths | None = None) -> None:
        # The seed varies the performance. Weather, light and things depend on the cut alone, so that every take of a
        # cut
        # begins with its panel.
        self.shot, self.acting, self.frames, self.mouths = shot, seed, frames, mouths or {}
        self.seed = crc32(f"{shot.cut.number}/{shot.place.id}/{shot.place.variant}".encode())
        self.size, self.cut = shot.size, shot.cut
        self.now: Hour = hour(self.cut.time, self.cut.weather)
        self.light: Light = light_of(self.cut.time, self.cut.weather, shot.place.kind)
        self.indoors = shot.place.kind in INDOORS
        self.scenery = catalogue.build(shot.place.kind, self.now, shot.place.variant)
        self.step = max(1, round(float(shot.rate) / 12))
        looks = {person.id: person.look for person in shot.cast}
        self.looks = [looks[person.character] for person in self.cut.staged]
        framed = camera.frame(
            self.cut, self.looks, metre=self.scenery.metre, ground=self.scenery.ground,
            aspect=self.size[0] / self.size[1], head_of=self._head_of,
        )  # fmt: skip
        self.framing: Framing = replace(framed, horizon=self.scenery.horizon)
        # A walker that the camera does not follow stays in the picture; one that it follows may cross the set.
        width = camera.HOME_HEIGHT / self.framing.view.zoom * self.size[0] / self.size[1]
        self.reach = _CROSSING if self.framing.track else 0.5 * width
        self.moving = self._moves()
        self.drifting = self.scenery.drift and self.cut.size in ("extreme_long", "long") and not self.moving
        self._lay_out()
        self.veil = self._veil()
        self._last: tuple[object, Still] | None = None
        self._acting: tuple[object, Cel] | None = None
        self._aired: tuple[int, Pixels] | None = None

    def still(self, frame: int) -> Still:
        """(H, W, 3) uint8 RGB of ``frame``; the same array again if nothing has changed."""
        drawing = frame // self.step * self.step
        view = self._view(frame)
        states = tuple(self._state(mark, drawing) for mark in self.framing.marks)
        alive = self._alive()
        key = (view, states, drawing if alive else 0, frame if self.drifting else 0)
        if self._last is None or self._last[0] != key:
            self._last = (key, self._shoot(frame, drawing, view, states))
        return self._last[1]

    def people(self, frame: int) -> dict[str, Anchors]:
        """Positions of heads, eyes and hands in the picture of ``frame``, by the character's id.

        Without people outside the frame, and without the listener seen over the shoulder.
        """
        drawing = frame // self.step * self.step
        states = tuple(self._state(mark, drawing) for mark in self.framing.marks)
        found = self._landmarks(self._view(frame), drawing, states)
        behind = {self.cut.staged[mark.index].character for mark in self.framing.marks if mark.behind_us}
        return {name: anchors for name, anchors in found.items() if name not in behind}

    def standing(self, frame: int) -> list[Standing]:
        """Who stands where in the picture of ``frame``, from back to front as they are drawn."""
        drawing, view = frame // self.step * self.step, self._view(frame)
        return [self._stands(mark, self._state(mark, drawing), view, drawing) for mark in self.framing.marks]

    def nearness(self) -> list[tuple[float, Pixels]]:
        """Every plane of the set in frame 0 with its depth, from back to front; people stand at depth 1."""
        front = [plane for plane in self.scenery.planes if plane.depth > 1.0 and self.framing.open_front]
        behind = [plane for plane in self.scenery.planes if plane.depth <= 1.0]
        return [(plane.depth, self._held(plane)) for plane in [*behind, *front]]

    def recast(self, cut: Cut, looks: Sequence[Look]) -> None:
        """Put other people on the same set under the same camera: a set costs ten times as much as its people.

        cut    this cut with another ``staged``, as many people in the same poses and places
        looks  theirs, in that order; of the same ages, otherwise the camera misses their heads
        """
        self.cut, self.looks = cut, list(looks)

    def _shoot(self, frame: int, drawing: int, view: View, states: tuple[FigureState, ...]) -> Still:
        pixels = self._ground(frame, view)
        canvas = cels.surface(pixels).getCanvas()
        if self.indoors:
            weather.fall(canvas, self.now, self._weather_frame(drawing), indoors=True)
        for number, layer in enumerate(self.inside):
            self._lay(canvas, layer, view, self._hidden(self.inside[number + 1 :], view))
        self._people(canvas, view, drawing, states)
        for layer in self.before:
            self._lay(canvas, layer, view)
        if self.veil is not None:
            cels.lay(canvas, self.veil)
        self._air(canvas, view, drawing, states)
        return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGBA2RGB), np.uint8)

    def _air(self, canvas: Any, view: View, drawing: int, states: tuple[FigureState, ...]) -> None:
        """Weather, effects and words; under a moving camera one layer is used until the next drawing."""
        if not self._alive():
            return
        if not self.moving or effects.aims(self.cut):
            self._draw_air(canvas, view, drawing, states)
            return
        if self._aired is None or self._aired[0] != drawing:
            pixels = np.zeros((self.size[1], self.size[0], 4), np.uint8)
            self._draw_air(cels.surface(pixels).getCanvas(), view, drawing, states)
            self._aired = (drawing, pixels)
        cels.lay(canvas, self._aired[1])

    def _draw_air(self, canvas: Any, view: View, drawing: int, states: tuple[FigureState, ...]) -> None:
        falling = self._weather_frame(drawing)
        if not self.indoors:
            weather.fall(canvas, self.now, falling, indoors=False)
        # Landmarks are expensive, and only effects aimed at somebody need them.
        found = self._landmarks(view, drawing, states) if effects.aims(self.cut) else {}
        effects.add(canvas, self.cut, self.size, drawing=drawing // self.step, people=found, seed=self.seed)
        if self.cut.text:
            lettering.write(canvas, self.cut.text, self.size, falling.seconds)

    def _weather_frame(self, drawing: int) -> weather.Frame:
        return weather.Frame(self.size, drawing / float(self.shot.rate), self.seed)

    def _veil(self) -> Pixels | None:
        pixels = np.zeros((self.size[1], self.size[0], 4), np.uint8)
        return (
            pixels
            if effects.settled(cels.surface(pixels).getCanvas(), self.cut, self.size, seed=self.seed)
            else None
        )

    def _ground(self, frame: int, view: View) -> Pixels:
        """A new frame with the rearmost plane."""
        if self.rear.pixels is not None:
            return self.rear.pixels.copy()
        seen = camera_moves.plane_view(self.framing, view, self.rear.depth)
        if self.drifting:
            seen = replace(seen, x=seen.x - _DRIFT * frame / float(self.shot.rate))
        return (
            self.rear.cel.whole(seen, self.size, self._hidden(self.inside, view))
            if self.rear.cel is not None
            else self._black()
        )

    def _hidden(self, nearer: list[_Layer], view: View) -> int:
        """The row from which ``nearer`` layers cover the picture: what is behind needs no drawing there."""
        rows = [
            layer.cel.solid_row(camera_moves.plane_view(self.framing, view, layer.depth), self.size)
            for layer in nearer
            if layer.cel is not None
        ]
        return min([self.size[1], *rows])

    def _lay(self, canvas: Any, layer: _Layer, view: View, below: int | None = None) -> None:
        if layer.pixels is not None:
            cels.lay(canvas, layer.pixels)
        elif layer.cel is not None:
            layer.cel.lay(canvas, camera_moves.plane_view(self.framing, view, layer.depth), self.size, below)

    def _people(self, canvas: Any, view: View, drawing: int, states: tuple[FigureState, ...]) -> None:
        """Draw directly on a still picture; for a moving camera on a cel that is used until the next drawing, because
        drawing a figure costs more than moving one."""
        if not self.moving:
            self._draw_people(canvas, view, drawing, states)
        else:
            if self._acting is None or self._acting[0] != (drawing, states):
                paint = partial(self._draw_people_home, drawing=drawing, states=states)
                margin = 1.08 + (0.06 * self.cut.camera.amount if self.cut.camera.move == "shake" else 0.0)
                cel = cels.sliding(paint, [self._view(drawing)], self.size, grain=False, margin=margin)
                self._acting = ((drawing, states), cel)
            self._acting[1].lay(canvas, view, self.size)

    def _draw_people(self, canvas: Any, view: View, drawing: int, states: tuple[FigureState, ...]) -> None:
        canvas.save()
        cels.aim(canvas, view, self.size)
        self._draw_people_home(canvas, drawing=drawing, states=states)
        canvas.restore()

    def _draw_people_home(self, canvas: Any, *, drawing: int, states: tuple[FigureState, ...]) -> None:
        """People, their seats and loose things, in home units."""
        metre = self.scenery.metre
        things = props.arranged(self.cut, self.framing, self.scenery.ground, metre, self.seed)
        if self.cut.size == "insert" and self.indoors and things:
            props.tabletop(canvas, things, self._tone())
        props.stand(canvas, things, self._tone(), metre=metre)
        for mark, state in zip(self.framing.marks, states, strict=True):
            person = self.cut.staged[mark.index]
            feet = (mark.x + self._travel(person, drawing), mark.y)
            if self.scenery.firm:
                effects.ground_shadow(canvas, feet, mark.tall, self.now, indoors=self.indoors)
            kind = self.scenery.seat
            brush = Brush(canvas, self._tone(), Random(kind))
            props.seat(brush, kind, person, feet, mark.height / camera.ADULT)
            draw(canvas, state, feet=feet, height=mark.height, light=self.light_on(mark))

    def light_on(self, mark: Mark) -> Light:
        """The light on a person."""
        return self.light if not mark.behind_us else _nearer(self.light)

    def _landmarks(self, view: View, drawing: int, states: tuple[FigureState, ...]) -> dict[str, Anchors]:
        """The landmarks of people in the picture, by the character's id."""
        stand = (
            self._stands(mark, state, view, drawing)
            for mark, state in zip(self.framing.marks, states, strict=True)
        )
        return {person.character: person.anchors() for person in stand}

    def _stands(self, mark: Mark, state: FigureState, view: View, drawing: int) -> Standing:
        person = self.cut.staged[mark.index]
        x, y = cels.matrix(view, self.size) @ (mark.x + self._travel(person, drawing), mark.y, 1.0)
        scale = view.zoom * self.size[1] / camera.HOME_HEIGHT
        return Standing(person.character, state, (float(x), float(y)), mark.height * scale, view.roll)

    def _black(self) -> Pixels:
        pixels = np.zeros((self.size[1], self.size[0], 4), np.uint8)
        pixels[:, :, 3] = 255
        return pixels

    def _view(self, frame: int) -> View:
        view = camera_moves.moved(
            self.framing.view, self.cut.camera, frame=frame, frames=self.frames, rate=self.shot.rate
        )
        if self.framing.track:
            view = replace(view, x=view.x + self._along(self.framing.track, frame))
        return view

    def _along(self, speed: float, frame: int) -> float:
        return camera_moves.travelled(speed, frame, self.frames, self.shot.rate, self.reach)

    def _travel(self, person: Staged, drawing: int) -> float:
        speed = camera.pace(person) * self.scenery.metre
        return self._along(speed, drawing) if speed else 0.0

    def _state(self, mark: Mark, drawing: int) -> FigureState:
        person = self.cut.staged[mark.index]
        loud = self.mouths.get(person.character)
        spoken = drawing > 0 and loud is not None and len(loud) > 0
        mouth = float(loud[min(drawing, len(loud) - 1)]) if spoken and loud is not None else 0.0
        moment = Moment(drawing, self.frames, self.shot.rate, mouth, speaking=mouth > 0.04)
        state = state_at(person, self.looks[mark.index], moment, seed=self.acting + 977 * mark.index)
        return self._seen_from_behind(state, mark) if mark.behind_us else state

    def _seen_from_behind(self, state: FigureState, mark: Mark) -> FigureState:
        return replace(state, away=True, turn=0.35 * mark.behind_us, prop=None)

    def _head_of(self, index: int, mark: Mark) -> Anchors:
        return anchors(self._state(replace(mark, index=index), 0), feet=(mark.x, mark.y), height=mark.height)

    def _moves(self) -> bool:
        return self.cut.camera.move not in ("fix", "follow") or self.framing.track != 0

    def _alive(self) -> bool:
        """Whether anything besides people changes from drawing to drawing."""
        walks = any(camera.pace(person) for person in self.cut.staged)
        return walks or weather.falls(self.now) or effects.alive(self.cut) or bool(self.cut.text)

    def _lay_out(self) -> None:
        """Rasterise the planes: merged for a still camera, separate for a moving one."""
        behind = [plane for plane in self.scenery.planes if plane.depth <= 1.0]
        front = [plane for plane in self.scenery.planes if plane.depth > 1.0 and self.framing.open_front]
        # Weather outside the windows and moving clouds are behind the rest of the set.
        apart = 1 if self.indoors or self.drifting or self.moving else len(behind)
        self.rear, *_ = self._layers(behind[:apart], slide=self.moving or self.drifting)
        self.inside = self._layers(behind[apart:], slide=self.moving)
        self.before = self._layers(front, slide=self.moving)

    def _layers(self, planes: list[Plane], *, slide: bool) -> list[_Layer]:
        if slide:
            return [_Layer(plane.depth, cel=self._sliding(plane)) for plane in planes]
        if not planes:
            return []
        merged = self._held(planes[0])
        canvas = cels.surface(merged).getCanvas()
        for plane in planes[1:]:
            cels.lay(canvas, self._held(plane))
        return [_Layer(1.0, pixels=merged)]

    def _held(self, plane: Plane) -> Pixels:
        view = camera_moves.plane_view(self.framing, self._view(0), plane.depth)
        return cels.held(self._paint(plane), view, self.size, blur=self.framing.blur)

    def _sliding(self, plane: Plane) -> Cel:
        stops = camera_moves.stops(self.framing, self.cut.camera, self.shot.rate, self.reach)
        views = [camera_moves.plane_view(self.framing, stop, plane.depth) for stop in stops]
        if self.drifting:
            views.append(replace(views[0], x=views[0].x - _DRIFT * 12))
        return cels.sliding(self._paint(plane), views, self.size, blur=self.framing.blur)

    def _paint(self, plane: Plane) -> Callable[[Any], None]:
        return partial(self._painted, plane)

    def _painted(self, plane: Plane, canvas: Any) -> None:
        rng = Random(f"{self.shot.place.kind}-{self.shot.place.variant}-{plane.name}")
        plane.paint(Brush(canvas, self._tone(plane), rng))
        if plane.depth >= 0.5:
            grade(canvas, self.now, self.scenery.horizon, indoors=plane.lamplit)

    def _tone(self, plane: Plane | None = None) -> Tone:
        if (plane is None and self.indoors) or (plane is not None and plane.lamplit):
            return Tone(room_tint(self.now, self.shot.place.kind))
        veil = 0.0 if plane is None else min(1.0, plane.veil * self.now.thick / 0.3)
        return Tone(ground_key(self.now, self.shot.place.kind), self.now.haze, veil)


def _nearer(light: Light) -> Light:
    """The light on a person between camera and subject, seen from their shaded side."""
    return replace(light, key=_dimmer(light.key), shade=_dimmer(light.shade))


def _dimmer(tint: Tint) -> Tint:
    red, green, blue = tint
    return red * 0.80, green * 0.80, blue * 0.86
