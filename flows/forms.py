"""How an order looks as a form in the UI: choices to pick from, nothing that says None.

In: the JSON schema of an order.      Out: the same, as Prefect's form draws it best.
Only what is shown changes; what an order accepts is said by its fields.
"""

from pathlib import Path
from typing import Any

PROFILES = Path(__file__).parent.parent / "assets" / "library" / "profiles"


def without_none(schema: dict[str, Any]) -> None:
    """An optional field is an empty field; else the form asks first whether it is to be None."""
    for shown in schema.get("properties", {}).values():
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
