"""The answers of a large writer at each step, and the JSON schemas that they must fit.

In: the names that may be used, the numbers that are left.      Out: schemas, and the answers as frozen parts.
Every field is short and closed: only people in the scene can speak, and an hour is one that the rig can draw.
"""

from collections.abc import Sequence
from typing import Any, Literal, get_args

from pydantic import Field

from assets.sheets.base import Part
from assets.sheets.bible import Language
from assets.sheets.look import Age, PlaceKind, TimeOfDay, Weather
from assets.sheets.story import Arc

Schema = dict[str, Any]
Keeping = Literal["person", "thing", "place", "deed", "wish"]
Gender = Literal["f", "m", "none"]

MOST_PEOPLE, MOST_PLACES = 6, 5
_NAMES: dict[Language, str] = {"en": r"^[A-Z][A-Za-z .'-]{0,23}$", "ja": r"^[ぁ-ゖァ-ヺー一-鿿々・]{1,12}$"}


class Kept(Part):
    """One thing of the premise, and the word by which the script shows it."""

    kind: Keeping
    premise: str
    story: str


class Idea(Part):
    """The story before it has people."""

    title: str
    logline: str
    theme: str
    keeps: tuple[Kept, ...]
    arcs: tuple[Arc, ...] = ()
    cannot: str = ""


class Player(Part):
    """Somebody in the story."""

    name: str
    role: str
    age: Age
    gender: Gender
    looks: str
    wants: str
    speech: str


class Stage(Part):
    """One place of the story."""

    name: str
    kind: PlaceKind
    inside: bool
    look: str


class Cast(Part):
    """People and places."""

    people: tuple[Player, ...]
    places: tuple[Stage, ...]


class Turn(Part):
    """One beat, or one part of a long script, with what it changes."""

    what: str
    purpose: str


class Turns(Part):
    turns: tuple[Turn, ...]


class Planned(Part):
    """One scene before it is written."""

    beats: tuple[int, ...]
    place: str
    hour: TimeOfDay
    weather: Weather
    people: tuple[str, ...]
    seconds: int
    goal: str
    sets_up: str
    pays_off: str


class Plan(Part):
    scenes: tuple[Planned, ...]


class Told(Part):
    """One action or line of a scene."""

    who: str = ""
    how: str = ""
    text: str


class SceneText(Part):
    said: tuple[Told, ...]


class Objection(Part):
    scene: int = Field(ge=0)
    line: int = Field(ge=0)
    what: str


class Reading(Part):
    """What a strict reader found."""

    grade: int = Field(ge=0, le=10)
    faults: tuple[Objection, ...]


def idea(*, arcs: bool) -> Schema:
    """The schema of an Idea. ``arcs``: whether it may name threads of the show."""
    kept = record(kind=one_of(get_args(Keeping)), premise=text(80), story=text(60))
    arc = record(name=text(60), now=text(160), closed={"type": "boolean"})
    return record(
        title=text(60),
        logline=text(280),
        theme=text(200),
        keeps=many(kept, 1, 12),
        arcs=many(arc, 0, 6 if arcs else 0),
        cannot=text(200, least=0),
    )


def cast(language: Language, people: Sequence[str], places: Sequence[str], *, strangers: bool) -> Schema:
    """``people`` and ``places``: names of the show; only these may be used unless ``strangers`` are allowed."""
    named = {"type": "string", "minLength": 1, "maxLength": 24, "pattern": _NAMES[language]}
    free = strangers or not people
    who = named if free and not people else one_of(people) if not free else {"anyOf": [one_of(people), named]}
    player = record(
        name=who,
        role=text(80),
        age=one_of(get_args(Age)),
        gender=one_of(get_args(Gender)),
        looks=text(160),
        wants=text(160),
        speech=text(120),
    )
    where = one_of(places) if places else text(40)
    stage = record(name=where, kind=one_of(get_args(PlaceKind)), inside={"type": "boolean"}, look=text(200))
    return record(people=many(player, 1, MOST_PEOPLE), places=many(stage, 1, MOST_PLACES))


def turns(least: int, most: int) -> Schema:
    return record(turns=many(record(what=text(320), purpose=text(200)), least, most))


def plan(chosen: Cast, beats: int, seconds: int, most: int) -> Schema:
    """The schema of a plan of at most ``most`` scenes, with the places and people of ``chosen`` only."""
    scene = record(
        beats=many(number(1, beats), 1, beats),
        place=one_of([place.name for place in chosen.places]),
        hour=one_of(get_args(TimeOfDay)),
        weather=one_of(get_args(Weather)),
        people=many(one_of([player.name for player in chosen.people]), 0, MOST_PEOPLE),
        seconds=number(4, max(4, seconds)),
        goal=text(200),
        sets_up=text(160, least=0),
        pays_off=text(160, least=0),
    )
    return record(scenes=many(scene, 1, most))


def scene(people: Sequence[str], most: int) -> Schema:
    told = record(who=one_of(["", *people]), how=text(30, least=0), text=text(240))
    return record(said=many(told, 1, most))


def reading(scenes: int, lines: int) -> Schema:
    fault = record(scene=number(0, scenes), line=number(0, lines), what=text(280))
    return record(grade=number(1, 10), faults=many(fault, 0, 6))


def record(**fields: Schema) -> Schema:
    return {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}


def many(items: Schema, least: int, most: int) -> Schema:
    return {"type": "array", "items": items, "minItems": least, "maxItems": most}


def text(most: int, *, least: int = 1) -> Schema:
    return {"type": "string", "minLength": least, "maxLength": most}


def number(least: int, most: int) -> Schema:
    return {"type": "integer", "minimum": least, "maximum": most}


def one_of(values: Sequence[str]) -> Schema:
    return {"type": "string", "enum": list(values)}
