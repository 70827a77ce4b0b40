"""A bill of materials of an episode in CycloneDX 1.7: models, LoRAs, datasets and pictures, with their hashes.

In: the delivery of an episode, the registry.      Out: the document as plain data.
Written by hand, because the library's own model loses a model card when it is written again; its schema checks this
one in the tests. Source: https://cyclonedx.org/docs/1.7/json/
"""

import re
import uuid
from collections.abc import Iterator
from importlib import metadata
from typing import Any

from assets.hashing import digest
from assets.rights.licences import written
from assets.rights.registry import Registry
from assets.sheets.rights import Work
from assets.sheets.usage import Ingredient, Usage
from flows.rights.grounds import beneath, rests_on, stated, work_of

_SHA256 = re.compile(r"[0-9a-f]{64}")
_SPACE = uuid.UUID("6f3b0d0e-6f0f-5a5e-9f0a-1c6d5c1b8f27")
"""Of our documents: the same delivery has the same number."""


def bill(key: str, usage: Usage, registry: Registry, at: str, script: str = "") -> dict[str, Any]:
    """The document about one delivery; the same delivery gives the same one.

    key  of the episode;  at  when it was delivered;  script  its SHA-256, if it is known
    """
    parts: dict[str, dict[str, Any]] = {}
    depends: dict[str, list[str]] = {}
    used = list(rests_on(usage, registry, script))
    for one in used:
        work = work_of(one, registry)
        if work is None:
            parts.setdefault(one.key, _unregistered(one))
            continue
        for each in beneath(work, registry):
            parts.setdefault(each.id, _registered(each, registry))
            depends.setdefault(each.id, [source.work for source in each.sources])
        if one.kind == "lora":
            parts[work.id]["type"] = "machine-learning-model"
    top = list(dict.fromkeys(getattr(work_of(one, registry), "id", one.key) for one in used))
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.7.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.7",
        "serialNumber": f"urn:uuid:{uuid.uuid5(_SPACE, digest(usage))}",
        "version": 1,
        "metadata": {
            "timestamp": at,
            "tools": {"components": [{"type": "application", "name": "sakuga", "version": metadata.version("sakuga")}]},
            "component": {
                "type": "file",
                "bom-ref": key,
                "name": key,
                "hashes": _hashes(usage.episode),
            },
        },
        "components": list(parts.values()),
        "dependencies": [
            {"ref": key, "dependsOn": top},
            *({"ref": ref, **({"dependsOn": below} if below else {})} for ref, below in depends.items()),
        ],
    }  # fmt: skip


def _unregistered(one: Ingredient) -> dict[str, Any]:
    """A model by its card, or a file that nobody registered."""
    if one.kind == "model":
        said = stated(one)
        name, _, revision = one.key.partition("@")
        card: dict[str, dict[str, Any]] = {"modelParameters": {"task": one.role}}
        if said is not None:
            data = {"type": "dataset", "name": said.data, "classification": said.data_class}
            card["modelParameters"] |= {"datasets": [data]}
        licences = {"licenses": [{"license": {"name": said.licence}}]} if said else {}
        return {"type": "machine-learning-model", "bom-ref": one.key, "name": name, "version": revision,
                **licences, "modelCard": card}  # fmt: skip
    kind = "machine-learning-model" if one.kind == "lora" else "file"
    return {"type": kind, "bom-ref": one.key, "name": one.key, "hashes": _hashes(one.key)}


def _registered(work: Work, registry: Registry) -> dict[str, Any]:
    terms = registry.terms(work)
    kinds = {"dataset": "data", "lora": "machine-learning-model", "model": "machine-learning-model"}
    found: dict[str, Any] = {
        "type": kinds.get(work.kind, "file"),
        "bom-ref": work.id,
        "name": work.title,
        "hashes": [hash for sha256 in work.files[:1] for hash in _hashes(sha256)],
        "licenses": [{"license": {"name": written(terms.licences)}}],
        "properties": list(_properties(work, registry)),
    }
    if found["type"] == "machine-learning-model":
        datasets = [{"ref": source.work} for source in work.sources]
        found["modelCard"] = {"modelParameters": {"datasets": datasets} if datasets else {}}
    if found["type"] == "data":
        found["data"] = [{"type": "dataset", "name": work.title, "classification": terms.data_class}]
    return found


def _properties(work: Work, registry: Registry) -> Iterator[dict[str, str]]:
    """People by id, not by name: the document leaves the studio."""
    yield {"name": "sakuga:data_class", "value": registry.terms(work).data_class}
    for credit in work.made_by:
        yield {"name": "sakuga:made_by", "value": f"{credit.person} ({credit.share})"}
    for grant in registry.grants_of(work).values():
        yield {"name": "sakuga:grant", "value": grant.id}
    for sha256 in work.files[1:]:
        yield {"name": "sakuga:file_sha256", "value": sha256}


def _hashes(sha256: str) -> list[dict[str, str]]:
    return [{"alg": "SHA-256", "content": sha256}] if _SHA256.fullmatch(sha256) else []
