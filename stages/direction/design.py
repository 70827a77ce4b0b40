"""Let a large writer choose looks and sets for people and places that no bible describes, once per episode.

In: the rules' cut sheet, a writer, a work cache.      Out: the sheet with other looks and sets; nothing else differs.
Ages, names, voices and everything of a bible are not on the menu.
"""

from collections.abc import Sequence
from typing import Any, get_args

from assets.hashing import digest
from assets.prompts import prompt
from assets.sheets.bible import Character, Place
from assets.sheets.cutsheet import Cutsheet
from assets.sheets.look import Accessory, Build, Color, HairColor, HairStyle, Outfit, PlaceKind
from models.lease import Leased
from models.ports import Writer
from models.writing import schema as schemas
from models.writing.retry import Check
from stages.work import Result, Work

CHOSEN = ("hair", "hair_color", "outfit", "outfit_color", "accent_color", "build", "accessories")
_ABOUT = 300  # letters of the script per person and place
_MOST = 12  # people and places of one question; an episode with more keeps the rules' choice for the others


def open_to_design(sheet: Cutsheet) -> tuple[tuple[Character, ...], tuple[Place, ...]]:
    """Who and what no bible describes."""
    people = tuple(one for one in sheet.cast if one.id in sheet.invented)[:_MOST]
    places = tuple(one for one in sheet.places if one.id in sheet.invented)[:_MOST]
    return people, places


def work(sheet: Cutsheet, writer: Leased[Writer], seed: int) -> tuple[Work, str, dict[str, Any]]:
    """The one piece of work, its prompt and its menu."""
    people, places = open_to_design(sheet)
    text = prompt("direction-design").fill(
        people=[_person(one) for one in people], places=[_place(one, sheet) for one in places]
    )
    menu = _menu(people, places)
    inputs = {"prompt": prompt("direction-design").digest, "asked": digest(text), "menu": menu, "seed": seed}
    return Work(step="direction", name="design", model=writer, inputs=inputs), text, menu


def check(menu: dict[str, Any]) -> Check:
    """What is wrong with an answer, whatever the writer promised."""
    prepared = schemas.prepared(menu)
    return lambda data: schemas.fault(data, prepared)


def applied(sheet: Cutsheet, answer: Result) -> Cutsheet:
    """The sheet with the looks and sets of the writer's answer; who is not in the answer stays."""
    looks, kinds = answer["people"], answer["places"]
    cast = tuple(
        one.model_copy(update={"look": one.look.model_copy(update=_look(looks[one.id]))})
        if one.id in looks
        else one
        for one in sheet.cast
    )
    places = tuple(
        one.model_copy(update={"kind": kinds[one.id]}) if one.id in kinds else one for one in sheet.places
    )
    return sheet.model_copy(update={"cast": cast, "places": places})


def sealed(sheet: Cutsheet) -> dict[str, Any]:
    """All of the sheet that a design must leave as it is."""
    people, places = open_to_design(sheet)
    raw = sheet.model_dump(mode="json")
    for one in raw["cast"]:
        if one["id"] in {person.id for person in people}:
            one["look"] = {name: value for name, value in one["look"].items() if name not in CHOSEN}
    for one in raw["places"]:
        if one["id"] in {place.id for place in places}:
            del one["kind"]
    return raw


def _look(chosen: dict[str, Any]) -> dict[str, Any]:
    return {**chosen, "accessories": tuple(dict.fromkeys(chosen["accessories"]))}


def _person(one: Character) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.names[0],
        "about": one.about[:_ABOUT],
        "age": one.look.age,
        "look": one.look.model_dump(mode="json", include=set(CHOSEN)),
    }


def _place(one: Place, sheet: Cutsheet) -> dict[str, Any]:
    first = next((cut.action for cut in sheet.cuts if cut.place == one.id and cut.action), "")
    return {"id": one.id, "name": one.names[0], "first": first[:_ABOUT], "kind": one.kind}


def _menu(people: Sequence[Character], places: Sequence[Place]) -> dict[str, Any]:
    kinds = [kind for kind in get_args(PlaceKind) if kind != "void"]
    look = _all_of(
        {
            "hair": _one_of(get_args(HairStyle)),
            "hair_color": _one_of(get_args(HairColor)),
            "outfit": _one_of(get_args(Outfit)),
            "outfit_color": _one_of(get_args(Color)),
            "accent_color": _one_of(get_args(Color)),
            "build": _one_of(get_args(Build)),
            "accessories": {
                "type": "array",
                "items": _one_of(get_args(Accessory)),
                "minItems": 0,
                "maxItems": 3,
            },
        }
    )
    sets = {one.id: _one_of(list(dict.fromkeys((one.kind, *kinds)))) for one in places}
    return _all_of({"people": _all_of({one.id: look for one in people}), "places": _all_of(sets)})


def _one_of(values: Sequence[str]) -> dict[str, Any]:
    return {"type": "string", "enum": list(values)}


def _all_of(fields: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}
