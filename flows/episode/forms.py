"""How an order looks as a form in the UI: choices to pick from, nothing that says None.

In: the JSON schema of an order.      Out: the same, as Prefect's form draws it best.
Only what is shown changes; what an order accepts is said by its fields.
"""

from pathlib import Path
from typing import Any

PROFILES = Path(__file__).parents[2] / "assets" / "library" / "profiles"


def as_form(schema: dict[str, Any]) -> None:
    """Fields in the order they are written, and an optional one is an empty one.

    Else the form asks first whether an optional field is to be None. And a server on PostgreSQL keeps the
    fields by the length of their names; the form goes by ``position`` where there is one.
    """
    for position, shown in enumerate(schema.get("properties", {}).values()):
        shown["position"] = position
        kinds = [kind for kind in shown.get("anyOf", []) if kind != {"type": "null"}]
        if len(kinds) == 1 and len(shown["anyOf"]) == 2:
            del shown["anyOf"]
            shown.pop("default", None)
            shown.update(kinds[0])


def looks(shown: dict[str, Any]) -> None:
    """The library's profiles to pick from, or a file of one's own."""
    library = sorted(path.stem for path in PROFILES.glob("*.yaml"))
    shown.pop("type", None)
    shown["anyOf"] = [
        {"title": "One of the library", "type": "string", "enum": library},
        {"title": "A file of your own", "type": "string", "pattern": r"\.ya?ml$"},
    ]
