"""The record of rights of a promoted LoRA: a work that derives from its base and from what it was trained on.

In: the LoRA's hash, the ledger, the registry.      Out: a Rights sheet, or a sentence why it stays unregistered.
The ledger says what it was made from. Nothing is registered that would be freer than that: terms are inherited.
"""

from dataclasses import dataclass
from fractions import Fraction

from assets.rights.registry import Registry
from assets.sheets.casting import Maker
from assets.sheets.rights import Rights, Scope, Source, Work
from assets.sheets.validation import Validation
from assets.store import Event, Store
from flows.rights.lineage import Lineage
from flows.rights.makers import model, unclear

SHARE = 1_000_000
"""The weight of one showing. The base has 1: it has a part of its own in every royalty rule, and a LoRA's share goes to
the works that it was trained on."""
MOST = 10**12  # the highest weight of a source
ADD = "Register it with `sakuga rights add`, or a policy that wants registered art refuses the next run."


def register(made: Validation, store: Store, *, by: str) -> str:
    """Register the LoRA of a validation, if it is not; a sentence where it stays unregistered, else nothing."""
    told = {}
    for expert, ref in made.candidate.files.items():
        registry = store.rights.registry()
        if registry.work_of(ref.sha256) is not None:
            continue
        title = f"LoRA {made.candidate.name}{expert and f' for {expert} noise'} of {made.subject.words}"
        found = rights_of(Lora(ref.sha256, title), store, registry)
        if isinstance(found, str):
            told[f"The LoRA is not registered: {found}. {ADD}"] = expert
        else:
            store.rights.add(found, by=by)
    return " ".join(told)


@dataclass(frozen=True)
class Lora:
    """One file, and how it is called in the registry."""

    sha256: str
    title: str


def rights_of(made: Lora, store: Store, registry: Registry) -> Rights | str:
    """The record; or why there is none, as a part of a sentence."""
    lineage = Lineage.of(store)
    training = lineage.trainings.get(made.sha256)
    if training is not None:
        return _trained(made, training, store, registry)
    merge = lineage.merges.get(made.sha256)
    if merge is not None:
        inputs = {str(one): abs(Fraction(weight)) for one, weight in merge.body["inputs"]}
        return _derived(made, inputs, "merge", registry)
    return "the ledger has no training or merge that made it"


def _trained(made: Lora, training: Event, store: Store, registry: Registry) -> Rights | str:
    frozen = [one for one in store.ledger.events(kind="dataset.frozen")
              if one.body["root"] == training.body["dataset"]]  # fmt: skip
    if not frozen:
        return f"the ledger does not say what dataset {str(training.body['dataset'])[:12]} holds"
    if (base := training.body.get("base")) is None:
        return "its training was recorded by an earlier release, which did not record its base"
    maker = Maker(
        name=base["name"], weights="none", revision=base["family"], licence=base["licence"], data=base["data"]
    )
    if why := unclear(maker):
        return why
    shown: dict[str, Fraction] = {}
    for work, often in frozen[-1].body["works"]:
        shown[str(work)] = shown.get(str(work), Fraction(0)) + Fraction(often)
    derived = _derived(made, shown, "train", registry)
    if isinstance(derived, str):
        return derived
    record, [own] = model(maker, "base"), derived.works
    if record.grants[0].id in registry.revoked or record.people[0].id in registry.erased:
        return f"grant {record.grants[0].id} of its base {maker.name} was revoked"
    sources = (*own.sources, Source(work=record.works[0].id))
    works = (*record.works, own.model_copy(update={"sources": sources}))
    return record.model_copy(update={"works": works})


def _derived(made: Lora, parts: dict[str, Fraction], use: Scope, registry: Registry) -> Rights | str:
    """The LoRA as a work that derives from registered works, which must allow ``use``."""
    weights: dict[str, Fraction] = {}
    for sha256, weight in parts.items():
        work = registry.work_of(sha256)
        if work is None:
            return f"file {sha256[:12]}, which it was made from, is not"
        if use not in registry.terms(work).scope:
            return f"no grant that holds lets anybody {use} with work {work.id}, which it was made from"
        weights[work.id] = weights.get(work.id, Fraction(0)) + weight
    sources = tuple(
        Source(work=id, weight=min(MOST, max(1, int(weight * SHARE)))) for id, weight in weights.items()
    )
    own = Work(
        id=f"lora-{made.sha256[:16]}", title=made.title, kind="lora", files=(made.sha256,), sources=sources
    )
    return Rights(works=(own,))
