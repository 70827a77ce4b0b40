"""What a file's credentials say, in our own closed words, and the C2PA manifest of it.

In: a Claim.      Out: the manifest as data.
The C2PA library accepts any text for source types, oversight and uses, so a slip would be signed: every value here
is one of an enum. Sources: C2PA 2.4 (actions, ingredients, ai-disclosure); CAWG training and data mining 1.1.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from assets.errors import InputRefused
from assets.sheets.production import Ref

IPTC = "http://cv.iptc.org/newscodes/digitalsourcetype/"
C2PA = "http://c2pa.org/digitalsourcetype/"
PROVENANCE = "org.sakuga.provenance"
MINING = ("cawg.data_mining", "cawg.ai_training", "cawg.ai_generative_training", "cawg.ai_inference")
GENERATOR = "Sakuga"
WATERMARK = "org.sakuga.watermark.1"
"""Our watermark, as a soft binding names it. It is not on the C2PA's list of algorithms."""


class Source(StrEnum):
    """How a file came to be."""

    GENERATED = "trainedAlgorithmicMedia"
    """By a generative model alone: a still, a take."""
    COMPOSED = "compositeWithTrainedAlgorithmicMedia"
    """Put together from such parts and others: an episode."""
    COMPUTED = "algorithmicMedia"
    """By rules alone, such as the rig's drawings."""
    TRAINED = "trainedAlgorithmicData"
    """By training or merging: the weights of a model. They are data, not media."""
    COLLECTED = "composite"
    """Of several works: a dataset."""

    @property
    def uri(self) -> str:
        """The name that readers know it by. The C2PA has one of its own for what is not media."""
        return (C2PA if self is Source.TRAINED else IPTC) + self.value


class Oversight(StrEnum):
    """What people did."""

    AUTONOMOUS = "fully_autonomous"
    PROMPTED = "prompt_guided"
    VALIDATED = "human_validated"


class Training(StrEnum):
    """Whether the file may be used to train models."""

    ALLOWED = "allowed"
    FORBIDDEN = "notAllowed"
    CONSTRAINED = "constrained"


class Relation(StrEnum):
    """What an ingredient was to the file."""

    INPUT = "inputTo"
    COMPONENT = "componentOf"


class Kind(StrEnum):
    """What an ingredient is, where it is no picture, film or sound."""

    MODEL = "c2pa.types.model"
    DATASET = "c2pa.types.dataset"


@dataclass(frozen=True)
class Part:
    """Something that the file was made from or with.

    name    in words: "model painter/house@…", "take 2 of C004"
    sha256  of its file, or a dataset's root; empty where it has none, as a model that is a program
    kind    None for media
    """

    name: str
    relation: Relation = Relation.INPUT
    sha256: str = ""
    kind: Kind | None = None


@dataclass(frozen=True)
class Made:
    """A model that took part.

    key   ``port/name@revision``
    """

    name: str
    key: str


@dataclass(frozen=True)
class Claim:
    """Everything that is signed about one file.

    provenance  what leads back into the studio's ledger: episode, cut, event, root of the newest checkpoint
    watermark   id that the picture carries; empty: none
    """

    title: str
    source: Source
    oversight: Oversight
    training: Training
    models: Sequence[Made]
    parts: Sequence[Part]
    provenance: dict[str, str]
    watermark: str = ""

    def __post_init__(self) -> None:
        """Raises InputRefused for a word that is none of ours: the library would sign it."""
        said: list[tuple[object, type[StrEnum]]] = [
            (self.source, Source),
            (self.oversight, Oversight),
            (self.training, Training),
        ]
        said += [(part.relation, Relation) for part in self.parts]
        said += [(part.kind, Kind) for part in self.parts if part.kind is not None]
        for word, words in said:
            if not isinstance(word, words):
                allowed = ", ".join(words)
                raise InputRefused(f"{word!r} is no {words.__name__.lower()} of credentials. Use: {allowed}.")

    def manifest(self, media_type: str, version: str) -> dict[str, Any]:
        """The manifest definition as the library reads it."""
        created = {"action": "c2pa.created", "digitalSourceType": self.source.uri}
        return {
            "claim_generator_info": [{"name": GENERATOR, "version": version}],
            "title": self.title,
            "format": media_type,
            "ingredients": [_ingredient(part) for part in self.parts],
            "assertions": [
                {"label": "c2pa.actions.v2", "data": {"actions": [created, *self._marked()]}},
                *self._bound(),
                *({"label": "c2pa.ai-disclosure", "data": self._disclosed(model)} for model in self.models),
                {
                    "label": "cawg.training-mining",
                    "data": {"entries": {name: {"use": self.training.value} for name in MINING}},
                },
                {"label": PROVENANCE, "data": self.provenance},
            ],
        }

    def _marked(self) -> list[dict[str, str]]:
        return [{"action": "c2pa.watermarked.bound"}] if self.watermark else []

    def _bound(self) -> list[dict[str, Any]]:
        """What a reader looks the manifest up by when the file has lost it. The library wants it beside the action."""
        block = {"scope": {}, "value": self.watermark}
        bound = {"label": "c2pa.soft-binding", "data": {"alg": WATERMARK, "blocks": [block]}}
        return [bound] if self.watermark else []

    def _disclosed(self, model: Made) -> dict[str, Any]:
        return {
            "modelType": Kind.MODEL.value,
            "modelName": model.name,
            "modelIdentifier": model.key,
            "contentProfile": {"humanOversightLevel": self.oversight.value},
        }


def _ingredient(part: Part) -> dict[str, Any]:
    told = {"title": part.name, "format": "application/octet-stream", "relationship": part.relation.value}
    hashed = {"instance_id": f"urn:sha256:{part.sha256}"} if part.sha256 else {}
    return told | hashed | ({"data_types": [{"type": part.kind.value}]} if part.kind else {})


def part_of(name: str, ref: Ref, relation: Relation = Relation.COMPONENT) -> Part:
    """The part that a blob is."""
    return Part(name, relation, ref.sha256)
