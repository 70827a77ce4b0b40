"""A frozen dataset in Croissant 1.1 with its RAI terms, so that tools for datasets can read what is in it.

In: a manifest.      Out: JSON-LD as plain data. The pictures stay in the vault: each is named by its SHA-256.
Creators are in it: it is for the studio and its clients. Source: https://docs.mlcommons.org/croissant/docs/croissant-spec-1.1.html
"""

from typing import Any

from assets.rights.registry import Registry
from assets.sheets.dataset import Manifest
from flows.rights.grounds import licence_of

_CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileProperty": "cr:fileProperty",
    "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "sc": "https://schema.org/",
    "samplingRate": "cr:samplingRate",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
_FIELDS = ("file", "sha256", "caption", "creator", "licence", "grant", "data_class", "repeats")


def croissant(manifest: Manifest, frozen_on: str, registry: Registry) -> dict[str, Any]:
    """The document. ``frozen_on``: the day the dataset was frozen."""
    rights = [each.work.rights for each in manifest.works]
    licences = sorted({licence_of(one, registry) for one in rights})
    classes = sorted({one.training_data for one in rights})
    return {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "name": manifest.name,
        "description": f"{len(manifest.works)} works to train a model on, frozen by Sakuga under one root.",
        "conformsTo": ["http://mlcommons.org/croissant/1.1", "http://mlcommons.org/croissant/RAI/1.0"],
        "license": licences,
        "url": f"urn:sakuga:dataset:{manifest.root}",
        "version": "1.0.0",
        "identifier": manifest.root,
        "datePublished": frozen_on,
        "citeAs": f"{manifest.name}, root {manifest.root}",
        "creator": [{"@type": "sc:Person", "name": name} for name in sorted({one.creator for one in rights})],
        "rai:dataCollection": "Art of the studio, or licensed to it; every work names its maker and its grant.",
        "rai:dataUseCases": [
            "Training LoRAs and small models for animation production, as the grants allow."
        ],
        "rai:dataPreprocessingProtocol": [_showing(manifest)],
        "rai:dataLimitations": [
            f"Origin of the works: {', '.join(classes)}. Style and subjects of few makers."
        ],
        "rai:dataBiases": ["It shows what its makers chose to draw; it is no sample of anything."],
        "rai:personalSensitiveInformation": [
            "Names of makers; likenesses where a grant of that scope is named."
        ],
        "distribution": [],
        "recordSet": [_records(manifest, registry)],
    }


def _showing(manifest: Manifest) -> str:
    chosen = manifest.showing.model_dump(exclude_defaults=True)
    told = ", ".join(f"{name} {value}" for name, value in chosen.items()) or "as they are"
    return f"Shown to the model at {manifest.showing.resolution} pixels in buckets; {told}."


def _records(manifest: Manifest, registry: Registry) -> dict[str, Any]:
    def field(name: str) -> dict[str, Any]:
        kind = "sc:Integer" if name == "repeats" else "sc:Text"
        return {"@type": "cr:Field", "@id": f"works/{name}", "name": name, "dataType": kind}

    rows = [
        {
            "works/file": each.work.file,
            "works/sha256": each.work.sha256,
            "works/caption": each.work.caption,
            "works/creator": each.work.rights.creator,
            "works/licence": licence_of(each.work.rights, registry),
            "works/grant": each.work.rights.grant,
            "works/data_class": each.work.rights.training_data,
            "works/repeats": each.work.repeats,
        }
        for each in manifest.works
    ]
    return {
        "@type": "cr:RecordSet",
        "@id": "works",
        "name": "works",
        "key": {"@id": "works/sha256"},
        "field": [field(name) for name in _FIELDS],
        "data": rows,
    }
