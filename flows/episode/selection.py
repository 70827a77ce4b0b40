"""Decide which take a cut shows, and which takes must be made now.

In: a cut, what the store knows of it.      Out: the take, made if needed, recorded and selected.
An approved (locked) take is never redone automatically, and the ranking never replaces a person's choice.
What a cut needs is read from the store here; making it does not use the store (stages/takes/shooting.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from assets.errors import BlobMissing, InputRefused, LockHeld
from assets.hashing import digest
from assets.sheets.cutsheet import Cut, Cutsheet
from assets.sheets.production import Done, Take
from assets.store.records import Chosen, Retake, SelectedTake
from assets.timing import Span
from flows.episode.brief import RetakeOrder
from flows.episode.profile import Profile
from flows.episode.workspace import EpisodeWorkspace
from flows.settings import user
from models.lease import Leased
from models.ports import Animator
from stages.continuity import basis
from stages.shots.shot import seed_of
from stages.takes.attempts import AttemptPlan, shoot
from stages.takes.order import Attempt, TakeInputs, TakeModels, TakeOrder
from stages.takes.ranking import Ranked, rank
from stages.work import Found
from stages.work_cache import WorkCache

RANKING = "sakuga"  # recorded as the chooser when no person chose


def order_retake(order: RetakeOrder, cutsheet: Cutsheet, workspace: EpisodeWorkspace) -> None:
    """Record the order. Refused when the cut does not exist or its take is approved."""
    cut = next((cut for cut in cutsheet.cuts if cut.number == order.cut), None)
    if cut is None:
        numbers = ", ".join(cut.number for cut in cutsheet.cuts)
        raise InputRefused(f"There is no cut {order.cut} in {workspace.episode}. Its cuts are {numbers}.")
    selected = workspace.store.selected(workspace.key, cut.number)
    frames = _range(order, cut, selected)
    if selected is not None and selected.locked:
        if not order.unlock:
            raise LockHeld(
                f"Take {selected.take.number} of {cut.number} is approved by {selected.made_by}. "
                "Add --unlock to redo it anyway."
            )
        workspace.store.unlock(workspace.key, cut.number, by=user(), reason=order.reason)
    workspace.store.order_retake(workspace.key, cut.number, reason=order.reason, by=user(), frames=frames)


@dataclass(frozen=True)
class Shooting:
    """What all takes of one episode share: the order, the models, and where takes are recorded."""

    order: TakeOrder
    models: TakeModels
    cache: WorkCache
    workspace: EpisodeWorkspace
    profile: Profile


def take_of(cut: Cut, given: TakeInputs, plan: AttemptPlan | None, shared: Shooting) -> Take:
    """The take that ``cut`` shows from now on; ``plan`` is the result of ``plan_attempts``."""
    if plan is None:
        return _locked(cut, shared.cache, shared.workspace)
    taken = shoot(given, plan, shared.order, shared.models, shared.cache)
    return settle(cut, taken, plan, shared.models.animator, shared.workspace, shared.profile)


def plan_attempts(
    cut: Cut, cutsheet: Cutsheet, workspace: EpisodeWorkspace, profile: Profile, *, refresh: bool
) -> AttemptPlan | None:
    """The attempts that ``cut`` needs now, from the store alone; None when its take is locked."""
    selected = workspace.store.selected(workspace.key, cut.number)
    orders = [order for order in workspace.store.open_retakes(workspace.key) if order.cut == cut.number]
    if selected is not None and selected.locked:
        return None
    earlier = workspace.store.takes(workspace.key, cut.number)
    if orders:
        attempts = _retaken(orders[-1], cut, selected, len(earlier), profile)
    else:
        attempts = _continued(cut, cutsheet, None if refresh else selected, earlier, profile)
    seconds = profile.takes.budget.of(cut.frames, cutsheet.frames)
    return AttemptPlan(attempts=attempts, seconds=seconds, orders=tuple(order.id for order in orders))


def settle(
    cut: Cut,
    taken: Sequence[Take],
    plan: AttemptPlan,
    maker: Leased[Animator],
    workspace: EpisodeWorkspace,
    profile: Profile,
) -> Take:
    """Record the takes, close the orders, and select the best take unless a person has chosen.

    One transaction: a choice or a lock made meanwhile is seen and is kept.
    """
    store = workspace.store
    with store.batch():
        entered = _entered(taken, plan, maker, workspace)
        ranked = rank(cut, entered, profile.takes.ranking)
        for order in plan.orders:
            store.close_retake(order, take=ranked[0].take.number)
        selected = store.selected(workspace.key, cut.number)
        if selected is not None and _stays(cut, selected, plan, entered, workspace):
            return selected.take
        why = _reason(ranked, taken[0].reason)
        store.select(workspace.key, cut.number, ranked[0].take.number, by=RANKING, reason=why)
    return ranked[0].take


def chosen_by_a_person(history: Sequence[Chosen]) -> bool:
    """Whether a person made the last choice for a cut. It counts until the person takes it back."""
    if not history:
        return False
    last = history[-1]
    taken_back = len(history) > 1 and history[-2].locked and not last.locked
    return last.locked or not (taken_back or last.made_by == RANKING)


def _locked(cut: Cut, cache: WorkCache, workspace: EpisodeWorkspace) -> Take:
    selected = workspace.store.selected(workspace.key, cut.number)
    if selected is None:
        raise InputRefused(
            f"{cut.number} of {workspace.episode} lost its take while it was looked at; run again."
        )
    if not workspace.vault.has(selected.take.clip):
        # An approved take is never made again automatically: another run of a model may give another picture.
        raise BlobMissing(
            f"The approved take {selected.take.number} of {cut.number} is not in the vault at {workspace.vault.url}, "
            "and an approved take is never made again by itself. `sakuga vault repair` looks for it elsewhere; or "
            f'order it again: sakuga retake {workspace.episode} {cut.number} --unlock --reason "its clip was lost"'
        )
    why = f"approved, but stale: {selected.why_stale}" if selected.stale else "approved"
    done = Done(step="take", name=cut.number, outcome="locked", why=why)
    cache.record(done, Found(selected.take.recipe, {"clip": selected.take.clip.model_dump()}))
    return selected.take


def _retaken(
    order: Retake, cut: Cut, selected: SelectedTake | None, before: int, profile: Profile
) -> tuple[Attempt, ...]:
    """The attempts of a retake, a new round: the earlier takes were rejected."""
    over = None
    if order.frames is not None and selected is not None and selected.take.frames == cut.frames:
        over = selected.take.clip
    return tuple(
        Attempt(
            seed=seed_of(cut.number, before + number, profile.takes.seed),
            number=number,
            anew=True,
            reason=order.reason,
            order=order.id,
            redone=order.frames if over else None,
            over=over,
        )
        for number in range(1, profile.takes.count + 1)
    )


def _continued(
    cut: Cut, cutsheet: Cutsheet, selected: SelectedTake | None, earlier: Sequence[Take], profile: Profile
) -> tuple[Attempt, ...]:
    """The round of the shown take: the attempts already made and the attempts that are still missing."""
    seed, count = profile.takes.seed, profile.takes.count
    if selected is None:
        return tuple(
            Attempt(seed=seed_of(cut.number, number, seed), number=number) for number in range(1, count + 1)
        )
    # Keep a retake's result: its seeds, and its frame range while the length is the same.
    shown = selected.take
    known = {take.attempt: take for take in (*earlier, shown) if _round(take) == _round(shown)}
    before = min(take.number for take in known.values()) - 1 if shown.order is not None else 0
    same_length = shown.frames == cut.frames and shown.size == profile.size
    attempts = []
    for number in sorted({*range(1, count + 1), *known}):
        take = known.get(number)
        if number > count and (take is None or not _still_of(take, cut, cutsheet, profile)):
            continue
        attempts.append(
            Attempt(
                seed=take.seed if take else seed_of(cut.number, before + number, seed),
                number=number,
                reason=shown.reason,
                order=shown.order,
                redone=shown.redone if same_length else None,
                over=shown.over if same_length else None,
                extra=number > count,
            )
        )
    return tuple(attempts)


def _round(take: Take) -> tuple[int | None, str]:
    """The key of a round; its takes compete. Takes from before orders were numbered are grouped by their reason."""
    return take.order, take.reason


def _still_of(take: Take, cut: Cut, cutsheet: Cutsheet, profile: Profile) -> bool:
    fits = take.frames == cut.frames and take.size == profile.size
    return fits and take.basis == digest(basis(cutsheet, cut))


def _entered(
    taken: Sequence[Take], plan: AttemptPlan, maker: Leased[Animator], workspace: EpisodeWorkspace
) -> list[Take]:
    """The store's entry of each take. A take with the same result as an earlier one is that earlier one."""
    store, entered = workspace.store, {}
    earlier = store.takes(workspace.key, taken[0].cut)
    known = {} if plan.orders else {(take.clip.sha256, take.basis): take for take in earlier}
    recipes = {take.recipe for take in earlier}
    for take in taken:
        kept = known.get((take.clip.sha256, take.basis))
        if kept is None:
            kept = store.add_take(workspace.key, take)
            known[take.clip.sha256, take.basis] = kept
            if take.recipe not in recipes:
                _record(take, kept.number, maker, workspace)
        if kept.measures != take.measures:
            store.measure(workspace.key, kept.cut, kept.number, take.measures)
            kept = kept.model_copy(update={"measures": take.measures})
        entered[kept.number] = kept
    return list(entered.values())


def _record(take: Take, number: int, maker: Leased[Animator], workspace: EpisodeWorkspace) -> None:
    """Say in the ledger which recipe the numbered take has; the cache has recorded what made it."""
    workspace.store.ledger.append(
        "take.entered",
        f"{workspace.key}/{take.cut}/{number}",
        {
            "recipe": take.recipe,
            "basis": take.basis,
            "clip": take.clip.sha256,
            "seed": take.seed,
            "model": maker.identity(),
        },
    )


def _stays(
    cut: Cut, selected: SelectedTake, plan: AttemptPlan, entered: Sequence[Take], workspace: EpisodeWorkspace
) -> bool:
    """Whether the shown take must stay: it was locked meanwhile, or a person chose it and it still fits."""
    if selected.locked:
        return True
    if plan.orders or selected.stale or selected.take.frames != cut.frames:
        return False
    if selected.take.size != entered[0].size or selected.take.panel not in (None, entered[0].panel):
        return False
    if selected.take.ends not in (None, entered[0].ends):
        return False
    return chosen_by_a_person(workspace.store.history(workspace.key, cut.number))


def _reason(ranked: Sequence[Ranked], ordered: str) -> str:
    """Why the best take is shown: the retake's reason, if any, and the ranking's reason."""
    said = f"best of {len(ranked)}: {ranked[0].why}" if len(ranked) > 1 else ""
    return "; ".join(part for part in (ordered, said) if part)


def _range(order: RetakeOrder, cut: Cut, selected: SelectedTake | None) -> Span | None:
    if order.start is None and order.stop is None:
        return None
    start, stop = order.start or 0, order.stop if order.stop is not None else cut.frames
    if not 0 <= start < stop <= cut.frames:
        raise InputRefused(
            f"{cut.number} has {cut.frames} frames, from 0 to {cut.frames - 1}. The range {start}-{stop} is not inside "
            f"0-{cut.frames}: its second number is the first frame after it."
        )
    if selected is None:
        raise InputRefused(f"{cut.number} has no take yet whose other frames could stay; leave out --frames.")
    if selected.take.frames != cut.frames:
        raise InputRefused(
            f"{cut.number} has {cut.frames} frames now and its take {selected.take.frames}, so there are no other "
            "frames to keep. Leave out --frames and redo all of it."
        )
    return Span(start=start, stop=stop)
