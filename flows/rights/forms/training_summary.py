"""The public summary of training content that the EU's AI Act asks of makers of general-purpose models, as Markdown.

In: a manifest, the training's record.      Out: text in the order of the Commission's template (July 2025).
A studio that trains a LoRA need not publish one; it may give it to clients. Whoever signs it completes what is marked.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assets.rights.registry import Registry
from assets.sheets.dataset import Manifest
from assets.sheets.rights import DataClass
from assets.store import Event
from flows.rights.grounds import licence_of

_SECTIONS: tuple[tuple[str, tuple[DataClass, ...]], ...] = (
    ("2.1 Publicly available datasets", ("public-domain",)),
    ("2.2 Private datasets obtained from third parties", ("licensed", "opt-in")),
    ("2.3 Data crawled and scraped from online sources", ("scraped", "opt-out")),
    ("2.4 User data", ()),
    ("2.5 Synthetic data", ()),
    ("2.6 Other sources of data", ("owned", "undisclosed")),
)
_NONE = "None."
_FILL = "(to be completed by whoever publishes this)"


@dataclass(frozen=True)
class _Group:
    licence: str
    data_class: DataClass
    works: int
    repeats: int


def training_summary(manifest: Manifest, training: Event, registry: Registry) -> str:
    """The summary of one training."""
    return "\n".join(_lines(manifest, training, _groups(manifest, registry))) + "\n"


def _lines(manifest: Manifest, training: Event, groups: Sequence[_Group]) -> Iterator[str]:
    yield f"# Summary of the content used to train {training.subject}"
    yield ""
    yield "## 1 General information"
    yield f"- Provider: {_FILL}"
    yield f"- Model: {training.subject}, SHA-256 {training.body.get('output', '')}"
    yield f"- A modification of a base model: {_base(training)} (its own summary covers its own data)"
    yield f"- Recorded on {training.made_at[:10]}: event {training.number} of the ledger, {training.hash}"
    yield f"- Modality: pictures with captions; {len(manifest.works)} works, {manifest.showings()} showings per epoch,"
    yield f"  {training.body.get('shown', 0)} showings in all"
    yield "- Languages of the captions: not measured"
    yield ""
    yield "## 2 List of data sources"
    for heading, classes in _SECTIONS:
        yield f"### {heading}"
        mine = [group for group in groups if group.data_class in classes]
        produced = [each for each in manifest.works if each.work.take] if heading.startswith("2.5") else []
        if produced:
            yield f"- {len(produced)} pictures from production, which models made; each with its take and approval"
        yield from (_told(group) for group in mine)
        if not mine and not produced:
            yield _NONE
        yield ""
    yield "## 3 Data processing"
    yield "- Rights: every work names its maker, a licence or a grant; one that the policy refuses stops the training."
    yield "- Reservations: art whose credentials forbid training is not to be taken in."
    yield f"- Illegal content: {_FILL}"
    yield f"- The dataset is frozen: `{manifest.name}`, root {manifest.root}. Works are named there by SHA-256."


def _base(training: Event) -> str:
    """The base model as the order of the training stated it; an earlier release did not record it."""
    base = training.body.get("base")
    return f"{base['family']} {base['name']}, {base['licence']}, data {base['data']}" if base else _FILL


def _groups(manifest: Manifest, registry: Registry) -> Sequence[_Group]:
    found: dict[tuple[str, DataClass], tuple[int, int]] = {}
    for each in manifest.works:
        rights = each.work.rights
        licence = licence_of(rights, registry)
        works, repeats = found.get((licence, rights.training_data), (0, 0))
        found[licence, rights.training_data] = works + 1, repeats + each.work.repeats
    return [_Group(licence, kind, *counts) for (licence, kind), counts in found.items()]


def _told(group: _Group) -> str:
    works = "1 work" if group.works == 1 else f"{group.works} works"
    return f"- {works} ({group.data_class}, {group.licence}), {group.repeats} showings per epoch"
