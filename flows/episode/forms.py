"""Adapt an order's JSON schema so that Prefect's form shows choices, and no question about None.

In: the JSON schema of an order.      Out: the same schema with what the form needs.
Only the display changes; the fields of the order decide what is accepted.
"""

from pathlib import Path
from typing import Any

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


def looks(shown: dict[str, Any]) -> None:
    """Offer the library's profiles, or a path to a file."""
    library = sorted(path.stem for path in PROFILES.glob("*.yaml"))
    shown.pop("type", None)
    shown["anyOf"] = [
        {"title": "One of the library", "type": "string", "enum": library},
        {"title": "A file of your own", "type": "string", "pattern": r"\.ya?ml$"},
    ]
