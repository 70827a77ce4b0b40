"""Name what a piece of work was made with: its model, LoRAs, references and voice, and the pieces it came from.

In: a piece of work of the cache, its result.      Out: a Generation for the ledger.
Reads what stages/shots/shot.py put into the work's inputs; knows nothing about the ledger.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from assets.sheets.production import Step
from assets.sheets.usage import Generation, Ingredient, Origin, Role
from models.card import model_key
from stages.work import Result, Work

_ROLES: dict[Step, Role] = {
    "story": "words",
    "direction": "words",
    "panel": "picture",
    "take": "movement",
    "voice": "speech",
    "effect": "effect",
    "music": "music",
}


def generation(work: Work, recipe: str, result: Result) -> Generation | None:
    """What ``work`` was made with; None for work of our own code, which needs no model."""
    role = _ROLES.get(work.step)
    if work.model is None or role is None:
        return None
    return Generation(
        step=work.step,
        name=work.name,
        recipe=recipe,
        basis=work.basis,
        outputs=tuple(dict.fromkeys(_hashes(result))),
        model=work.maker,
        ingredients=tuple(dict.fromkeys(_ingredients(work, role))),
        origins=tuple(_origins(work.inputs)),
    )


def _ingredients(work: Work, role: Role) -> Iterator[Ingredient]:
    given = work.inputs
    yield from _model(work.maker, role)
    yield from _art(given, role)
    if "layout" in given:
        yield from _model(given["layout"], "layout")
        yield from _art(given.get("layout reads", {}), "layout")
    if "keyframes" in given:
        yield from _model(given["keyframes"]["painter"], "keyframes")
        yield from _art(given["keyframes"], "keyframes")
    if "upscaler" in given:
        yield from _model(given["upscaler"], "enlarging")
    if work.step == "voice":
        voice = given["voice"]["voice"] or f"for {given['character']}"
        yield Ingredient(kind="voice", key=f"{work.maker['name']}:{voice}", role=role)


def _model(identity: Mapping[str, Any], role: Role) -> Iterator[Ingredient]:
    """The model, and other weights that its options name."""
    options = identity.get("options") or {}
    folder = options.get("weights")
    hashed = folder.get("sha256") if isinstance(folder, dict) else None
    yield Ingredient(
        kind="model", key=model_key({**identity, **({"revision": hashed} if hashed else {})}), role=role
    )
    for name, value in options.items():
        if name == "weights" or not isinstance(value, dict):
            continue
        if value.get("hub") or "variant" in value:
            key = value.get("sha256") or f"{value['hub']}@{value.get('revision') or ''}"
            yield Ingredient(kind="model", key=key, role="option")


def _art(given: Mapping[str, Any], role: Role) -> Iterator[Ingredient]:
    for _, _, sha256 in given.get("references", ()):
        yield Ingredient(kind="reference", key=sha256, role=role)
    for sha256, strength, *_ in given.get("loras", ()):
        yield Ingredient(
            kind="lora", key=sha256, role=role, strength=format(Decimal(repr(strength)).normalize(), "f")
        )


def _origins(given: Mapping[str, Any]) -> Iterator[Origin]:
    if "panel" in given:
        yield Origin(sha256=given["panel"], part="panel")
    if "last" in given:
        yield Origin(sha256=given["last"], part="last")
    if "redone" in given:
        yield Origin(sha256=given["redone"]["over"], part="over")


def _hashes(value: Any) -> Iterator[str]:
    """The hash of every reference into the vault, anywhere in a result."""
    if isinstance(value, Mapping):
        if "sha256" in value and "media_type" in value:
            yield str(value["sha256"])
        else:
            for item in value.values():
                yield from _hashes(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _hashes(item)
