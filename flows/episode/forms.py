"""Adapt an order's JSON schema so that Prefect's form shows choices, and no question about None.

In: the JSON schema of an order.      Out: the same schema with what the form needs.
Only the display changes; the fields of the order decide what is accepted.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from assets.script import SUFFIXES
from flows.settings import registering

PROFILES = Path(__file__).parents[2] / "assets" / "library" / "profiles"


def as_form(schema: dict[str, Any]) -> None:
    """Keep the fields in source order, and show an optional field as an empty one.

    Without this the form first asks whether an optional field is None, and a server on PostgreSQL sorts the
    fields by the length of their names. The form sorts by ``position`` where it is given.
    """
    for position, shown in enumerate(schema.get("properties", {}).values()):
        shown["position"] = position
        kinds = [kind for kind in shown.get("anyOf", []) if kind != {"type": "null"}]
        if len(kinds) == 1 and len(shown["anyOf"]) == 2:
            del shown["anyOf"]
            shown.pop("default", None)
            shown.update(kinds[0])


FIRST = ("script", "show", "gates", "profile")
"""What a producer sets for an episode, in this order; everything else is in the group ``more``."""


def as_episode_form(schema: dict[str, Any]) -> None:
    """The form of an episode: a few fields, the gates third, and one group with the others.

    An order without the group is accepted as well: commands, programs and earlier runs write one.
    """
    as_form(schema)
    every = schema["properties"]
    first = {name: every[name] | {"position": place} for place, name in enumerate(FIRST)}
    rest = {name: shown for name, shown in every.items() if name not in FIRST}
    more = {
        "title": "More",
        "type": "object",
        "description": "Takes, language, seed, cluster, review times",
        "position": len(FIRST),
        "properties": {name: shown | {"position": place} for place, (name, shown) in enumerate(rest.items())},
        "additionalProperties": False,
    }
    schema["properties"] = {**first, MORE: more}
    schema["patternProperties"] = {f"^{name}$": shown for name, shown in rest.items()}


MORE = "more"


def flat(order: Mapping[str, Any]) -> dict[str, Any]:
    """``order`` as a form sends it, with the fields of the group beside the others.

    raises  ValueError when a field is given twice
    """
    if not isinstance(order.get(MORE), Mapping):
        return dict(order)
    rest = {name: value for name, value in order.items() if name != MORE}
    if twice := sorted(rest.keys() & order[MORE].keys()):
        raise ValueError(f"{', '.join(twice)} is given twice: in {MORE} and beside it")
    return {**rest, **order[MORE]}


def in_groups(order: Mapping[str, Any]) -> dict[str, Any]:
    """``order`` as the form has it: the opposite of ``flat``."""
    first = {name: value for name, value in order.items() if name in FIRST}
    rest = {name: value for name, value in order.items() if name not in FIRST}
    return first | ({MORE: rest} if rest else {})


# Text and Markdown files in a project are mostly something else: they are taken, but not listed.
LISTED = (".fountain", ".spmd", ".fdx")
MOST_SCRIPTS = 200
_ENDINGS = "|".join("".join(f"[{letter.upper()}{letter}]" for letter in suffix[1:]) for suffix in SUFFIXES)
_SCRIPT_PATH = rf"\.({_ENDINGS})\s*$"


def scripts(shown: dict[str, Any]) -> None:
    """Offer the scripts of the project while a form is registered, or a path to another one."""
    shown.pop("format", None)
    path = {"title": "Another path", "type": "string", "pattern": _SCRIPT_PATH, "minLength": 1}
    found = _in_project(Path()) if registering() else []
    if not found:
        shown.update({"type": "string", "pattern": _SCRIPT_PATH})
        return
    shown.pop("type", None)
    shown["anyOf"] = [{"title": "A script of the project", "type": "string", "enum": found}, path]


def _in_project(folder: Path) -> list[str]:
    """Scripts in the folder and in folders below it, not in hidden ones nor in those of episodes."""
    found = []
    for pattern in ("*", "*/*", "*/*/*"):
        for path in folder.glob(pattern):
            hidden = any(part.startswith(".") for part in path.parts)
            if path.suffix.lower() in LISTED and not hidden and path.is_file():
                found.append(path.as_posix())
    return sorted(found)[:MOST_SCRIPTS]


def looks(shown: dict[str, Any]) -> None:
    """Offer the library's profiles, or a path to a file."""
    library = sorted(path.stem for path in PROFILES.glob("*.yaml"))
    shown.pop("type", None)
    shown["anyOf"] = [
        {"title": "One of the library", "type": "string", "enum": library},
        {"title": "A file of your own", "type": "string", "pattern": r"\.ya?ml$"},
    ]
