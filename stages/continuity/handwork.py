"""Find what people changed in a cut sheet by hand, so that the changes survive the next breakdown.

In: the sheet the rules wrote last, and the edited one.      Out: the edits, or a sheet with the edits applied.
An edit names the smallest part that differs (``camera.move``, ``staged.aoi.expression``, ``lines.0.at``),
so that everything else still follows the script.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import Field, ValidationError

from assets.errors import SheetRefused
from assets.sheets.base import Part
from assets.sheets.cutsheet import Cut, Cutsheet

_SHEET_FIELDS = ("title", "language")


class Added(Part):
    """A cut that a person wrote, and the cut it follows."""

    cut: Cut
    after: str = Field(default="", description="Number of the cut before it; empty: it is the first cut")


class Edits(Part):
    """Every difference between the sheet of the rules and the edited one."""

    cuts: dict[str, dict[str, Any]] = Field(default_factory=dict, description="number -> path -> value")
    cast: dict[str, dict[str, Any]] = Field(default_factory=dict, description="id -> path -> value")
    places: dict[str, dict[str, Any]] = Field(default_factory=dict)
    sheet: dict[str, Any] = Field(default_factory=dict)
    added: tuple[Added, ...] = ()
    removed: tuple[str, ...] = ()
    new_cast: tuple[dict[str, Any], ...] = ()
    new_places: tuple[dict[str, Any], ...] = ()

    def __bool__(self) -> bool:
        return any(getattr(self, name) for name in type(self).model_fields)


def edits(base: Cutsheet, edited: Cutsheet) -> Edits:
    """What was done to ``base`` by hand to make it ``edited``."""
    old, new = _whole(base), _whole(edited)
    cuts_old, cuts_new = _by(old["cuts"], "number"), _by(new["cuts"], "number")
    cast_old, cast_new = _by(old["cast"], "id"), _by(new["cast"], "id")
    places_old, places_new = _by(old["places"], "id"), _by(new["places"], "id")
    return Edits(
        cuts=_differences(cuts_old, cuts_new),
        cast=_differences(cast_old, cast_new),
        places=_differences(places_old, places_new),
        sheet={name: new[name] for name in _SHEET_FIELDS if old[name] != new[name]},
        added=tuple(_added(base, edited)),
        removed=tuple(number for number in cuts_old if number not in cuts_new),
        new_cast=tuple(item for id, item in cast_new.items() if id not in cast_old),
        new_places=tuple(item for id, item in places_new.items() if id not in places_old),
    )


def apply(edits: Edits, cutsheet: Cutsheet) -> Cutsheet:
    """``cutsheet`` with the edits applied; an edit overrides the rules.

    Edits without a place in the sheet are left out here and listed by ``lost``.
    """
    raw = _whole(cutsheet)
    for kind, key, changes, new in (
        ("cast", "id", edits.cast, edits.new_cast),
        ("places", "id", edits.places, edits.new_places),
        ("cuts", "number", edits.cuts, ()),
    ):
        known = {item[key] for item in raw[kind]}
        raw[kind] = [_edited(item, changes.get(item[key], {})) for item in raw[kind]]
        raw[kind] += [item for item in new if item[key] not in known]
    raw.update(edits.sheet)
    gone = [cut["number"] for cut in raw["cuts"] if cut["number"] in edits.removed]
    raw["cuts"] = [cut for cut in raw["cuts"] if cut["number"] not in gone]
    raw["missing"] = list(dict.fromkeys([*raw["missing"], *gone]))
    for added in edits.added:
        _insert(added, raw)
    return _checked(raw)


def pinned(edits: Edits) -> frozenset[str]:
    """Cuts whose length was set by hand, including all cuts added by hand."""
    set_by_hand = {number for number, changes in edits.cuts.items() if "frames" in changes}
    return frozenset(set_by_hand | {added.cut.number for added in edits.added})


def lost(edits: Edits, cutsheet: Cutsheet) -> tuple[str, ...]:
    """Each edit that ``cutsheet`` has no place for, in words."""
    raw = _whole(cutsheet)
    told = []
    for kind, key, word, changes in (
        ("cuts", "number", "cut", edits.cuts),
        ("cast", "id", "character", edits.cast),
        ("places", "id", "place", edits.places),
    ):
        known = _by(raw[kind], key)
        for id, fields in changes.items():
            if id not in known:
                told.append(
                    f"{word} {id} is gone from the script; what was set by hand there: {_listed(fields)}."
                )
                continue
            told += [
                f"{word} {id}: {path} was set by hand to {value!r}, but it has no such part any more."
                for path, value in fields.items()
                if not _reaches(known[id], path.split("."))
            ]
    return tuple(told) + tuple(_clashes(edits, cutsheet))


def _whole(cutsheet: Cutsheet) -> dict[str, Any]:
    """``cutsheet`` as JSON data, with the fields too that are left out of a file while they are empty."""
    full = {kind: _data(getattr(cutsheet, kind)) for kind in ("cuts", "cast", "places")}
    return {**cutsheet.model_dump(mode="json"), **full}


def _data(value: Any) -> Any:
    if isinstance(value, Part):
        return {name: _data(getattr(value, name)) for name in type(value).model_fields}
    if isinstance(value, tuple):
        return [_data(item) for item in value]
    return {key: _data(item) for key, item in value.items()} if isinstance(value, dict) else value


def _clashes(edits: Edits, cutsheet: Cutsheet) -> Iterator[str]:
    taken = {cut.number for cut in cutsheet.cuts} | set(cutsheet.missing)
    for added in edits.added:
        if added.cut.number in taken:
            yield (
                f"cut {added.cut.number} was added by hand, but the script has used that number since; "
                "it is left out. Give it another number in the cut sheet."
            )


def _listed(fields: Mapping[str, Any]) -> str:
    return ", ".join(f"{path} = {value!r}" for path, value in fields.items())


def _by(items: Sequence[dict[str, Any]], key: str) -> dict[str, dict[str, Any]]:
    return {item[key]: item for item in items}


def _differences(
    old: Mapping[str, dict[str, Any]], new: Mapping[str, dict[str, Any]]
) -> dict[str, dict[str, Any]]:
    found = {id: dict(_paths(old[id], item)) for id, item in new.items() if id in old}
    return {id: changes for id, changes in found.items() if changes}


def _paths(old: Any, new: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """The smallest parts that differ, by dotted path; a list with other items differs as a whole."""
    if old == new:
        return
    if isinstance(old, dict) and isinstance(new, dict) and set(old) == set(new) and "." not in "".join(new):
        for name in new:
            yield from _paths(old[name], new[name], (*path, name))
        return
    names_old, names_new = _names(old), _names(new)
    if path and names_old and names_old == names_new:
        for name, before, after in zip(names_new, old, new, strict=True):
            yield from _paths(before, after, (*path, name))
        return
    yield ".".join(path), new


def _names(items: Any) -> list[str]:
    """The keys of the items of a list: staged by character, all others by position."""
    if not isinstance(items, list) or not items or not all(isinstance(item, dict) for item in items):
        return []
    staged = [item["character"] for item in items if "expression" in item]
    return (
        staged
        if len(staged) == len(set(staged)) == len(items)
        else [str(index) for index in range(len(items))]
    )


def _edited(item: dict[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    for path, value in changes.items():
        steps = path.split(".")
        if _reaches(item, steps):
            _put(item, steps, value)
    return item


def _reaches(item: Any, steps: Sequence[str]) -> bool:
    for step in steps:
        item = _inner(item, step)
        if item is _NOWHERE:
            return False
    return True


_NOWHERE = object()


def _inner(item: Any, step: str) -> Any:
    if isinstance(item, dict):
        return item.get(step, _NOWHERE)
    if isinstance(item, list):
        names = _names(item)
        return item[names.index(step)] if step in names else _NOWHERE
    return _NOWHERE


def _put(item: Any, steps: Sequence[str], value: Any) -> None:
    for step in steps[:-1]:
        item = _inner(item, step)
    if isinstance(item, dict):
        item[steps[-1]] = value
    else:
        item[_names(item).index(steps[-1])] = value


def _added(base: Cutsheet, edited: Cutsheet) -> Iterator[Added]:
    known = {cut.number for cut in base.cuts}
    after = ""
    for cut in edited.cuts:
        if cut.number not in known:
            yield Added(cut=cut, after=after)
        after = cut.number


def _insert(added: Added, raw: dict[str, Any]) -> None:
    """Insert after the cut it followed; if that cut is gone, at the end of its scene or of the episode."""
    numbers = [cut["number"] for cut in raw["cuts"]]
    if added.cut.number in numbers or added.cut.number in raw["missing"]:
        return
    scenes = [cut["scene"] for cut in raw["cuts"]]
    if not added.after:
        at = 0
    elif added.after in numbers:
        at = numbers.index(added.after) + 1
    elif added.cut.scene in scenes:
        at = len(scenes) - scenes[::-1].index(added.cut.scene)
    else:
        at = len(numbers)
    raw["cuts"].insert(at, added.cut.model_dump(mode="json"))


def _checked(raw: dict[str, Any]) -> Cutsheet:
    """Refuse edits that name a character or place which the script no longer has."""
    try:
        return Cutsheet.model_validate(raw)
    except ValidationError as error:
        problem = "; ".join(str(item["msg"]) for item in error.errors(include_url=False)[:4])
        raise SheetRefused(
            f"The edits made by hand do not fit the script any more: {problem}. "
            "Correct or remove them in the cut sheet, or put the character or place back."
        ) from error
