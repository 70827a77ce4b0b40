"""Two hashes with different purposes: the recipe (exact reuse) and the content basis (staleness).

recipe   inputs, model, revision, LoRAs, seed, steps, adapter version: the same recipe gives the same bytes, so
                  finished work can be reused.
basis    what the cut depicts: its text, its characters' sheets, its layout. Another model, seed or quality does
                  not change it; another picture does.

Both are SHA-256 over RFC 8785 canonical JSON.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

import rfc8785
from pydantic import BaseModel


def canonical(value: object) -> bytes:
    """``value`` (JSON types, sheets and parts, nested) as canonical JSON text."""
    return rfc8785.dumps(_plain(value))


def digest(value: object) -> str:
    """SHA-256 hex of ``value`` in canonical form."""
    return hashlib.sha256(canonical(value)).hexdigest()


def recipe_key(step: str, *, machine: Mapping[str, Any], inputs: Mapping[str, Any]) -> str:
    """``machine`` identifies the model (card identity, options), ``inputs`` is what it gets."""
    return digest({"step": step, "machine": machine, "inputs": inputs})


def _plain(value: object) -> Any:
    if isinstance(value, BaseModel):
        return _plain(value.model_dump(mode="json"))
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise TypeError(f"{type(value).__name__} has no canonical form; pass JSON values or sheets")
