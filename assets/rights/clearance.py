"""Check what a production rests on against a policy, before money is spent or anything leaves.

In: what is used, with its terms; a policy; the purpose.      Out: nothing, or a RightsRefused that says which, why,
and what would pass.
Knows nothing about models or databases: callers say what is used (models/clearance.py, flows/rights).
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from assets.errors import InputRefused, RightsRefused
from assets.plain import listed
from assets.rights import labels
from assets.rights.licences import OWN, Alternatives, facts, written
from assets.rights.terms import CLASSES, Terms, contradictions
from assets.sheets.policy import Exempt, Policy
from assets.sheets.rights import Scope
from assets.sheets.territories import countries

UNSTATED = "LicenseRef-unstated"
"""The licence of a model on a server or hub about which the profile says nothing."""

LIBRARY = Path(__file__).parents[1] / "library" / "rights" / "policies"

Purpose = Literal["run", "train", "merge", "export"]
_SCOPE: dict[Purpose, Scope] = {"run": "generate", "train": "train", "merge": "merge", "export": "generate"}
_REFUSED: dict[Purpose, str] = {
    "run": "This run would use {what}, and policy {policy} refuses it: {why}.",
    "train": "{What} may not be trained on under policy {policy}: {why}.",
    "merge": "{What} may not be merged under policy {policy}: {why}.",
    "export": "Nothing was delivered: the episode rests on {what}, and policy {policy} does not let that leave: {why}.",
}


MOST_NAMED = 8


@dataclass(frozen=True)
class Member:
    """One of many like things, which a refusal for the same reason names together.

    kind   such as "work"
    name   its own
    rest   what is said of all of them after the names, such as " by A. Artist"
    """

    kind: str
    name: str
    rest: str = ""


@dataclass(frozen=True)
class Used:
    """One thing that a production rests on.

    what      for a sentence, such as "the animator wan (Wan-AI/Wan2.2 at 1f2e3d)"
    key       stable name, for exceptions and overrides: port/name@revision of a model, or a file's hash
    bases     names that a policy may forbid
    instead   asked when it is refused: what would pass, as a sentence
    scope     the use it needs, where the purpose does not decide it
    wrong     what is wrong with it whatever the policy says, as parts of a sentence
    member    where there may be many like it
    """

    what: str
    key: str
    terms: Terms
    bases: frozenset[str] = frozenset()
    instead: Callable[[], str] = str
    scope: Scope | None = None
    wrong: tuple[str, ...] = ()
    member: Member | None = None


@dataclass(frozen=True)
class Cleared:
    """What passed, and what only an exception of the policy lets pass."""

    policy: Policy
    used: tuple[Used, ...]
    exempt: tuple[tuple[Used, Exempt], ...] = ()

    @property
    def notes(self) -> list[str]:
        """A sentence for every exception, and for what nobody has stated: neither is silent."""
        untold = [
            f"Rights: {used.what} passes policy {self.policy.name} although {what}."
            for used in self.used
            for what in _untold(used.terms, self.policy)
        ]
        return untold + [
            f"Rights: {used.what} passes policy {self.policy.name} only by a named exception. {exempt.reason}"
            for used, exempt in self.exempt
        ]


def policy(name: str) -> Policy:
    """A policy by its name in the library, or by the path of a YAML file."""
    own = Path(name)
    if own.suffix in (".yaml", ".yml", ".json"):
        rules = Policy.read(own)
        labels.due(rules)  # refused here, before anything is made
        return rules
    known = {path.stem: path for path in sorted(LIBRARY.glob("*.yaml"))}
    if name not in known:
        raise InputRefused(
            f"No policy is called {name!r}. There are: {', '.join(known)}; or give a .yaml file."
        )
    return Policy.read(known[name])


def clear(
    used: Iterable[Used], rules: Policy, purpose: Purpose, *, on: date, allowed: Iterable[str] = ()
) -> Cleared:
    """Raise RightsRefused, one line for each reason with everything that it refuses, unless all of it passes.

    allowed  keys that a signed override lets pass
    """
    everything, overridden = tuple(used), frozenset(allowed)
    exempt: list[tuple[Used, Exempt]] = []
    refused: list[_Refused] = []
    for one in everything:
        found = _exception(one, rules, on)
        why = objections(one, rules, purpose, on=on, exempt=found is not None)
        if not why:
            if found is not None and objections(one, rules, purpose, on=on):
                exempt.append((one, found))
        elif one.key not in overridden:
            refused.append((one, tuple(why)))
    if refused:
        raise RightsRefused("\n".join(_sentences(refused, rules, purpose)))
    return Cleared(rules, everything, tuple(exempt))


def objections(used: Used, rules: Policy, purpose: Purpose, *, on: date, exempt: bool = False) -> list[str]:
    """Why the policy refuses it, as parts of a sentence; empty if it passes.

    exempt  leave out the origin of its data, which is what an exception accepts
    """
    terms = used.terms
    found = [] if exempt else _of_data(terms, rules)
    found += _of_licences(terms, rules, purpose)
    found += _of_grants(used, rules, used.scope or _SCOPE[purpose], on)
    found += [*contradictions(terms), *used.wrong]
    if forbidden := sorted(used.bases & rules.forbidden_bases):
        found.append(f"the policy forbids {', '.join(forbidden)}")
    return found


def _of_data(terms: Terms, rules: Policy) -> list[str]:
    if terms.data_class in rules.data_classes:
        return []
    allowed = ", ".join(name for name in CLASSES if name in rules.data_classes)
    return [f"the origin of its data is '{terms.data_class}', and only {allowed} is allowed"]


def _of_licences(terms: Terms, rules: Policy, purpose: Purpose) -> list[str]:
    """Nothing, if one alternative of the licences passes; else what is wrong with the best one."""
    ways = [_of_way(way, terms, rules, purpose) for way in sorted(terms.licences, key=sorted)]
    return min(ways, key=len)


def _of_way(way: frozenset[str], terms: Terms, rules: Policy, purpose: Purpose) -> list[str]:
    found = []
    for key in sorted(way):
        if key == UNSTATED and rules.unstated == "tell":
            continue
        licence = facts().get(key)
        if licence is None:
            # A grant under a contract of its own states its terms itself; a model's card does not.
            if rules.commercial and not (key.startswith(OWN) and terms.grants):
                found.append(f"the terms of its licence {key} are not known here")
            continue
        if rules.commercial and not licence.commercial:
            found.append(f"its licence {key} forbids commercial use")
        if licence.revenue_limit and not rules.revenue and rules.unstated == "tell":
            continue
        if licence.revenue_limit and rules.commercial and not 0 < rules.revenue <= licence.revenue_limit:
            stated = f"is ${rules.revenue:,}" if rules.revenue else "does not state the client's"
            found.append(
                f"its licence {key} ends at a yearly revenue of ${licence.revenue_limit:,}, and the policy {stated}"
            )
        if purpose in ("train", "merge") and not licence.derivatives:
            found.append(f"its licence {key} forbids derived works")
    return found


def _untold(terms: Terms, rules: Policy) -> list[str]:
    """What nobody has stated about it, where the policy only wants to be told."""
    if rules.unstated == "refuse" or not rules.commercial:
        return []
    keys = frozenset().union(*terms.licences)
    found = ["nobody has stated its licence"] if UNSTATED in keys else []
    limits = [facts()[key].revenue_limit for key in keys if key in facts() and facts()[key].revenue_limit]
    if limits and not rules.revenue:
        found.append(f"its licence ends at a yearly revenue of ${min(limits):,}, and the policy states none")
    return found


def _of_grants(used: Used, rules: Policy, scope: Scope, on: date) -> list[str]:
    terms, found = used.terms, []
    if scope not in terms.scope:
        found.append(f"no grant covers the use '{scope}'")
    if terms.territories is not None:
        missing = sorted(countries(rules.territories) - terms.territories)
        if rules.everywhere:
            says = "says worldwide" if rules.territories else "names no territories, so it must be worldwide"
            found.append(
                f"it is granted only for {', '.join(sorted(terms.territories))}, and the policy {says}"
            )
        elif missing:
            found.append(f"it is not granted for {', '.join(missing)}")
    if terms.begins and on < terms.begins:
        found.append(f"its grant begins on {terms.begins}")
    if terms.ends and on > terms.ends:
        found.append(f"its grant ended on {terms.ends}")
    if terms.exclusive_to and terms.exclusive_to != {rules.client}:
        found.append(f"it was granted exclusively for {', '.join(sorted(terms.exclusive_to))}")
    return found


def _exception(used: Used, rules: Policy, on: date) -> Exempt | None:
    for exempt in rules.exceptions:
        if used.key.partition("/")[2] == f"{exempt.model}@{exempt.revision}" and (
            exempt.until is None or on <= exempt.until
        ):
            return exempt
    return None


_Refused = tuple[Used, tuple[str, ...]]


def _sentences(refused: list[_Refused], rules: Policy, purpose: Purpose) -> Iterator[str]:
    """A sentence for everything, and one for all like things that are refused for the same reason."""
    alike: dict[tuple[object, tuple[str, ...], Alternatives], list[Used]] = {}
    for one, why in refused:
        same = (one.member.kind, one.member.rest) if one.member else one.what
        alike.setdefault((same, why, one.terms.licences), []).append(one)
    for (_, why, _), group in alike.items():
        yield _sentence(group[0], _named(group), rules, purpose, why)


def _named(group: list[Used]) -> str:
    """What is refused: one thing, or each of several with the first of their names."""
    member = group[0].member
    names = list(dict.fromkeys(one.member.name for one in group if one.member))
    if member is None or len(names) < 2:
        return group[0].what
    return f"each of the {len(names)} {member.kind}s {listed(names, MOST_NAMED)}{member.rest}"


def _sentence(used: Used, what: str, rules: Policy, purpose: Purpose, why: tuple[str, ...]) -> str:
    licence = written(used.terms.licences)
    said = _REFUSED[purpose].format(
        what=what,
        What=what[:1].upper() + what[1:],
        policy=rules.name,
        why=f"{'; '.join(why)} (licence: {licence})",
    )
    instead = used.instead()
    return f"{said} {instead}" if instead else said
