"""`sakuga learn`: a new LoRA from the core set and from what people approved, up to the gate where a person decides.

In: a show's approved pictures, its core set, a policy of the client.      Out: a frozen dataset, a LoRA, a Validation.
The core set stays the larger part: a model that learns mostly from its own pictures loses the style it was given.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import ceil
from pathlib import Path

from assets.errors import InputRefused
from assets.hashing import digest
from assets.rights.clearance import policy
from assets.sheets.dataset import FrozenWork, Manifest, Work
from assets.sheets.production import Ref
from assets.sheets.validation import Learnt, Subject, Validation
from flows.episode import profile as profiles
from flows.rights.model_credentials import signed_if_set
from flows.training import approvals, datasets, recording, validation
from flows.training.taken import Taken, taken
from flows.training.validation import Place
from models.training.buckets import bucket
from stages.dataset.intake import NEAR, fingerprint

LIMIT = 1000  # repeats of a work
Train = Callable[[Manifest, str], Path]
"""Train on a manifest; the LoRA's file. The text is its name."""


@dataclass(frozen=True)
class Order:
    """What is learnt, and how it is validated.

    core    name of the frozen dataset of original art
    share   most that approved pictures may be of all showings in one epoch
    most    newest approved pictures that are used
    """

    subject: Subject
    core: str
    policy: str
    validate: validation.Order
    share: float = 0.3
    most: int = 200


@dataclass(frozen=True)
class Learned:
    """What was made; nothing uses it before a person approves it."""

    manifest: Manifest
    lora: Path
    validation: Validation
    document: Ref
    learnt: Learnt


def learn(order: Order, train: Train, where: Place) -> Learned:
    """Gather, freeze, train, validate; stop there.

    raises  RightsRefused where the client's policy does not let its takes be trained on; InputRefused when nothing was
            approved since the last time
    """
    if (own := _asked_before(order.subject, where)) is not None:
        return own
    made, learnt = candidate(order, where)
    if (finished := _finished(made, learnt, where)) is not None:
        return finished
    path = datasets.keep(made, where.out, where.vault)
    recording.frozen(where.store, made, by=where.by)
    signed_if_set(path, where.store)
    where.tell(f"Frozen: {path}. {told(learnt)}")
    lora = train(made, made.name)
    asked = replace(order.validate, lora=lora, name=made.name, subject=order.subject, learnt=learnt)
    found, document = validation.validate(asked, where)
    return Learned(made, lora, found, document, learnt)


def told(learnt: Learnt) -> str:
    """The make-up of a generation, in a sentence."""
    return (
        f"Generation {learnt.generation}: {learnt.takes} approved pictures beside {learnt.core} of the core set, "
        f"{learnt.share:.0%} of all showings."
    )


def candidate(order: Order, where: Place) -> tuple[Manifest, Learnt]:
    """The dataset of the next generation, not frozen yet."""
    if not 0 < order.share < 1:
        raise InputRefused(
            f"The share of approved pictures is {order.share:g}; it is between 0 and 1, such as 0.3."
        )
    profile, rules = profiles.load(order.validate.profile), policy(order.policy)
    core = datasets.manifest(order.core, where.vault)
    if core.show not in ("", order.subject.show):
        raise InputRefused(f"{core.name} is art of {core.show}, and {order.subject.words} is to be learnt.")
    found = taken(where.store, where.vault, order.subject, profile, rules)
    new = _distinct(found, core, where)[-order.most :]
    if not new:
        raise InputRefused(
            f"Nothing of {order.subject.words} is approved that the core set does not have already. Approve a "
            "storyboard or takes at a gate first."
        )
    earlier = generations(where, order.subject)
    if earlier:
        again = _frozen(order, core, new, len(earlier), rules.approval)
        asked = _asked(earlier[-1].name, where)
        if again[0].root == earlier[-1].root and (asked is None or asked.decided is None):
            return again  # it was stopped before anybody decided: go on with it
        if again[0].root == earlier[-1].root:
            raise InputRefused(
                f"Nothing was approved since {earlier[-1].name}, which is decided. There is nothing new to learn."
            )
    return _frozen(order, core, new, len(earlier) + 1, rules.approval)


def _asked(name: str, where: Place) -> approvals.Standing | None:
    return next((one for one in approvals.listed(where.store)[::-1] if one.name == name), None)


def _asked_before(subject: Subject, where: Place) -> Learned | None:
    """What this run has asked a person about. A run that waits for a person ends, and begins anew after the answer."""
    every = approvals.listed(where.store)[::-1] if where.run else ()
    asked = next((one for one in every if one.asked.body.get("run") == where.run), None)
    if asked is None:
        return None
    found = asked.read(where.vault)
    made = next((one for one in generations(where, subject) if one.root == found.candidate.dataset), None)
    if made is None or found.learnt is None:
        return None
    return Learned(made, where.vault.local(found.candidate.ref), found, asked.document, found.learnt)


def _finished(made: Manifest, learnt: Learnt, where: Place) -> Learned | None:
    """The generation that an earlier run has trained and validated, and that waits for a person."""
    asked = _asked(made.name, where)
    if asked is None:
        return None
    found = asked.read(where.vault)
    if found.candidate.dataset != made.root:
        return None
    return Learned(made, where.vault.local(found.candidate.ref), found, asked.document, learnt)


def generations(where: Place, subject: Subject) -> list[Manifest]:
    """The datasets that were learnt for a subject before, oldest first."""
    stem = _stem(subject)
    found = {
        int(one.name.rpartition("-")[2]): one
        for one in datasets.frozen(where.out, where.vault)
        if one.name.startswith(f"{stem}-") and one.name.removeprefix(f"{stem}-").isdigit()
    }
    return [found[number] for number in sorted(found)]


def _stem(subject: Subject) -> str:
    """Names of datasets have no capital letters, so two subjects could have one; a digest keeps them apart."""
    plain = "-".join(part for part in (subject.show, subject.id or "style") if part).casefold()
    plain = "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in plain).strip("-")[:40]
    return f"{plain}-{digest(str(subject))[:6]}-learnt"


def _distinct(found: Sequence[Taken], core: Manifest, where: Place) -> list[Taken]:
    """Without pictures that show nearly the same as one of the core set, or as another; of two the newer stays."""
    from flows.training.held_out import still

    prints = [fingerprint(still(each.ref, where.vault)) for each in core.works if not each.work.footage]
    kept: list[Taken] = []
    for one in reversed(found):
        its = fingerprint(one.still)
        if all((its ^ other).bit_count() > NEAR for other in prints):
            prints.append(its)
            kept.append(one)
    return kept[::-1]


def factor_of(new: int, usual: int, share: float) -> int:
    """How many times as often the core set is shown, so that ``new`` pictures are at most ``share`` of all showings."""
    return max(1, ceil(new * (1 - share) / (share * usual)))


def _frozen(
    order: Order, core: Manifest, new: Sequence[Taken], generation: int, approval: str
) -> tuple[Manifest, Learnt]:
    """The core set, shown often enough that the approved pictures are at most their share."""
    usual = sum(each.work.repeats for each in core.works)
    factor = factor_of(len(new), usual, order.share)
    if max(each.work.repeats for each in core.works) * factor > LIMIT:
        raise InputRefused(
            f"{len(new)} approved pictures beside {len(core.works)} of the core set are too many for a share of "
            f"{order.share:.0%}. Use fewer (--most), or add art to the core set."
        )
    works = [
        each.model_copy(update={"work": each.work.model_copy(update={"repeats": each.work.repeats * factor})})
        for each in core.works
    ]
    works += [_work(one, core, approval) for one in new]
    body = {
        "name": f"{_stem(order.subject)}-{generation}",
        "about": f"Generation {generation}: {core.name} and {len(new)} approved pictures",
        "show": order.subject.show,
        "showing": core.showing,
        "works": tuple(works),
        "seed": core.seed,
    }
    made = Manifest(root=digest(body), **body)
    share = len(new) / made.showings()
    return made, Learnt(generation=generation, takes=len(new), core=len(core.works), share=share)


def _work(one: Taken, core: Manifest, approval: str) -> FrozenWork:
    size = (one.still.shape[1], one.still.shape[0])
    work = Work(
        file=f"{one.take}.png",
        sha256=one.ref.sha256,
        size=size,
        caption=one.caption[:4000],
        caption_from="bible",
        rights=one.rights,
        layout=f"{one.take}.layout.png" if one.layout else "",
        layout_sha256=one.layout.sha256 if one.layout else "",
        take=one.take,
        approval=approval,
        approved_by=one.event,
    )
    return FrozenWork(work=work, ref=one.ref, layout=one.layout, bucket=bucket(size, core.showing))
