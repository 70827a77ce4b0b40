"""Check a LoRA against a rights policy: what it was made from, and the models that would use it.

In: LoRAs by name and hash, a profile, a project.      Out: notes about what passed in a special way; or RightsRefused.
Where the registry has the file, its record counts. Else the ledger says which training or merge made it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from assets.errors import InputRefused
from assets.plain import listed
from assets.rights.clearance import MOST_NAMED, Member, Purpose, Used, clear, objections, policy
from assets.rights.licences import alternatives
from assets.rights.registry import Registry
from assets.rights.terms import Terms
from assets.sheets.dataset import FrozenWork, Manifest
from assets.sheets.policy import Policy
from assets.sheets.rights import DataClass
from assets.store import Event, Store
from assets.vault import Vault
from flows.episode.profile import Profile
from flows.rights.clearance import of_file, with_house
from flows.rights.lineage import Lineage
from flows.training import datasets
from models.card import Card
from models.clearance import used as used_of
from models.registry import ADAPTERS, adapter

REGISTER = "Register what is known of it: `sakuga rights add FILE.yaml`."
AGAIN = "Freeze the art without it and train again, or register a grant that covers it: `sakuga rights add FILE.yaml`."

UNGRANTED = (
    "`sakuga train` refuses it until `sakuga rights add FILE.yaml` has registered a grant that covers it."
)


@dataclass(frozen=True)
class Base:
    """The model that a LoRA was trained on, as the order of its training states it."""

    name: str
    key: str
    family: str
    licence: str
    data: DataClass


@dataclass(frozen=True)
class Books:
    """Where it is known what a LoRA was made from."""

    store: Store
    vault: Vault


def training(base: Base, manifest: Manifest, rules: Policy, registry: Registry) -> None:
    """Raise RightsRefused unless the base and every work may be trained on."""
    used = [_of_base(base, "", rules), *_of_works(manifest, "", with_house(registry), rules)]
    clear(used, rules, "train", on=_today())


def required(loras: Mapping[str, str], profile: Profile, cards: Iterable[Card], books: Books) -> list[str]:
    """Raise RightsRefused unless the profile's policy lets these LoRAs be used, with the models of ``cards``.

    loras    name of each by the hash of its file
    returns  a sentence for everything that passed by an exception, or without anybody having stated its terms
    """
    rules = policy(profile.policy)
    found = _Origins(books, rules)
    for sha256, name in loras.items():
        found.follow(sha256, f"the LoRA {name}")
    used = [*found.used["run"], *(used_of(card, rules, "run", _today()) for card in cards)]
    parts: dict[Purpose, list[Used]] = {**found.used, "run": used}
    return [
        note for purpose, each in parts.items() for note in clear(each, rules, purpose, on=_today()).notes
    ]


class _Origins:
    """Everything that LoRAs were made from, at any depth, by the use that it must allow."""

    def __init__(self, books: Books, rules: Policy) -> None:
        self._books, self._rules = books, rules
        self._registry = with_house(books.store.rights.registry())
        self._seen, self._lineage = set[str](), Lineage.of(books.store)
        self.used: dict[Purpose, list[Used]] = {"train": [], "merge": [], "run": []}

    def follow(self, sha256: str, what: str, purpose: Purpose = "run") -> None:
        """Note the file itself where it is registered, else what made it."""
        if sha256 in self._seen:
            return
        self._seen.add(sha256)
        if self._registry.work_of(sha256) is not None:
            self.used[purpose].append(of_file(what, sha256, self._registry, self._rules))
        elif (trained := self._lineage.trainings.get(sha256)) is not None:
            self._trained(trained, what)
        elif (merged := self._lineage.merges.get(sha256)) is not None:
            for one, _ in merged.body["inputs"]:
                self.follow(str(one), f"the input {str(one)[:12]} of {what}", "merge")
        else:
            told = f"{what}, of which the ledger has no training and no merge"
            self._unknown(told, sha256)

    def _trained(self, event: Event, what: str) -> None:
        base, root = event.body.get("base"), str(event.body["dataset"])
        if base is None:
            self._unknown(f"the base of {what}, which an earlier release did not record", f"base of {root}")
        else:
            stated = Base(base["name"], str(base["name"]), base["family"], base["licence"], base["data"])
            self.used["train"].append(_of_base(stated, f" of {what}", self._rules))
        manifest = self._manifest(root)
        if manifest is None:
            self._unknown(f"the dataset {root[:12]} of {what}, which is not frozen here", root)
        else:
            of = f", on which {what} was trained,"
            self.used["train"] += _of_works(manifest, of, self._registry, self._rules)

    def _unknown(self, what: str, key: str) -> None:
        self.used["run"].append(unknown(what, key, self._rules))

    def _manifest(self, root: str) -> Manifest | None:
        """The frozen dataset of that root, by the name that the ledger has for it."""
        event = self._lineage.datasets.get(root)
        if event is None:
            return None
        try:
            found = datasets.manifest(event.subject, self._books.vault)
        except InputRefused:  # the ledger is of this project, the vault of another
            return None
        return found if found.root == root else None


def unknown(what: str, key: str, rules: Policy) -> Used:
    """Something of which nobody has stated anything."""
    return replace(of_file(what, key, Registry(), rules), what=what, instead=lambda: REGISTER)


def _of_base(base: Base, of: str, rules: Policy) -> Used:
    terms = Terms(data_class=base.data, licences=alternatives(base.licence))
    return Used(
        f"the base model {base.name}{of}", base.key, terms, frozenset({base.name, base.family}),
        instead=lambda: _bases(rules),
    )  # fmt: skip


def _of_works(manifest: Manifest, of: str, registry: Registry, rules: Policy) -> Iterator[Used]:
    for each in manifest.works:
        yield _of_work(each, of, registry, rules)


def _of_work(each: FrozenWork, of: str, registry: Registry, rules: Policy) -> Used:
    """By its record in the registry, which a revoked grant changes; else as the dataset states it.

    A grant that the dataset names must be registered and cover the file, unless the policy only wants to be told.
    """
    rights, known = each.work.rights, registry.work_of(each.work.sha256)
    stated = Terms(
        data_class=rights.training_data,
        licences=alternatives(rights.licence or f"LicenseRef-{rights.grant}"),
        grants=frozenset({rights.grant} if rights.grant else ()),
    )
    wrong = ""
    if known is None and rights.grant in registry.revoked:
        wrong = f"its grant {rights.grant} was revoked: {registry.revoked[rights.grant]}"
    elif rules.unstated == "refuse":
        wrong = _ungranted(each, registry)
    by = f" by {rights.creator}{of}"
    return Used(
        f"the work {each.work.file}{by}",
        each.work.sha256,
        stated if known is None else registry.terms(known),
        instead=lambda: AGAIN,
        wrong=(wrong,) if wrong else (),
        member=Member("work", each.work.file, by),
    )


def ungranted(manifest: Manifest, registry: Registry) -> list[str]:
    """A sentence for each grant that the works name and that is not registered, or does not cover them."""
    files: dict[str, list[str]] = {}
    known = with_house(registry)
    for each in manifest.works:
        if why := _ungranted(each, known):
            files.setdefault(why, []).append(each.work.file)
    return [f"{_listed(names)}: {why}. {UNGRANTED}" for why, names in files.items()]


def _ungranted(each: FrozenWork, registry: Registry) -> str:
    """What is wrong with the grant that a work names, as a part of a sentence; empty where it names none."""
    id, known = each.work.rights.grant, registry.work_of(each.work.sha256)
    if not id:
        return ""
    if id not in registry.grants:
        return f"the dataset names grant {id}, which is not registered"
    if known is None or not registry.names(id, known):
        return f"the dataset names grant {id}, which does not list the file"
    return ""


def _listed(names: list[str]) -> str:
    return listed(list(dict.fromkeys(names)), MOST_NAMED)


def _bases(rules: Policy) -> str:
    """A sentence with the models that LoRAs may be trained on."""
    cards = [adapter(port, name).card for port, name in ADAPTERS if port in ("painter", "animator")]
    able = {
        card.lora_base
        for card in cards
        if card.lora_base
        and not card.name.startswith(("toy", "simulated"))
        and not objections(used_of(card, rules, "train", _today()), rules, "train", on=_today())
    }
    if not able:
        return "No model that is built in may be trained on under this policy; give another policy."
    return f"A LoRA of {' or '.join(sorted(able))} would pass, or another policy."


def _today() -> date:
    return datetime.now(UTC).date()
