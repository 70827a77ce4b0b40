"""Which take a cut shows, and what has to happen to it now.

In: a cut, what the store knows of it.      Out: the take, made if need be, entered and selected.
An approved (locked) take is never redone by itself.
"""

from collections.abc import Mapping
from dataclasses import replace

from assets.errors import InputRefused, LockHeld
from assets.sheets.cutsheet import Cut, Cutsheet
from assets.sheets.production import Done, Panel, Take, Voiced
from assets.store.records import Retake, SelectedTake
from assets.timing import Span
from flows.brief import RetakeOrder
from flows.profile import Profile
from flows.settings import user
from flows.studio import Office
from models.lease import Leased
from stages.desk import Desk
from stages.shots import seed_of
from stages.takes import Attempt, animate


def order_retake(order: RetakeOrder, cutsheet: Cutsheet, office: Office) -> None:
    """Write the order down; refused when there is no such cut, or its take is approved."""
    cut = next((cut for cut in cutsheet.cuts if cut.number == order.cut), None)
    if cut is None:
        numbers = ", ".join(cut.number for cut in cutsheet.cuts)
        raise InputRefused(f"There is no cut {order.cut} in {office.episode}. Its cuts are {numbers}.")
    selected = office.store.selected(office.key, cut.number)
    frames = _range(order, cut, selected)
    if selected is not None and selected.locked:
        if not order.unlock:
            raise LockHeld(
                f"Take {selected.take.number} of {cut.number} is approved by {selected.made_by}. "
                "Add --unlock to redo it all the same."
            )
        office.store.unlock(office.key, cut.number, by=user(), reason=order.reason)
    office.store.order_retake(office.key, cut.number, reason=order.reason, by=user(), frames=frames)


def take_of(
    cut: Cut,
    panel: Panel,
    voiced: Mapping[int, Voiced],
    cutsheet: Cutsheet,
    *,
    animator: Leased,
    judge: Leased | None,
    desk: Desk,
    office: Office,
    profile: Profile,
    refresh: bool,
) -> Take:
    """The take ``cut`` shows from now on."""
    selected = office.store.selected(office.key, cut.number)
    orders = [order for order in office.store.open_retakes(office.key) if order.cut == cut.number]
    if selected is not None and selected.locked:
        why = "approved, but stale: the cut depicts something else now" if selected.stale else "approved"
        desk.tell(Done(step="take", name=cut.number, outcome="locked", why=why))
        return selected.take
    attempt = _attempt(cut, cutsheet, selected, orders, office, profile, refresh=refresh)
    take = animate(
        cut,
        panel,
        voiced,
        cutsheet,
        animator=animator,
        judge=judge,
        desk=desk,
        size=profile.size,
        options=profile.takes,
        attempt=attempt,
    )
    return _entered(take, attempt, selected, orders, animator, office)


def _attempt(
    cut: Cut,
    cutsheet: Cutsheet,
    selected: SelectedTake | None,
    orders: list[Retake],
    office: Office,
    profile: Profile,
    *,
    refresh: bool,
) -> Attempt:
    seed = profile.takes.seed
    if orders:
        order = orders[-1]
        count = len(office.store.takes(office.key, cut.number))
        fresh = seed_of(cutsheet.episode, cut.number, count + 1, seed)
        attempt = Attempt(seed=fresh, anew=True, reason=order.reason)
        if order.frames is not None and selected is not None and selected.take.frames == cut.frames:
            return replace(attempt, redone=order.frames, over=selected.take.clip)
        return attempt
    if selected is None or refresh:
        return Attempt(seed=seed_of(cutsheet.episode, cut.number, 1, seed))
    # What a retake brought stays: the same seed, and the same frames while the length is the same.
    take = selected.take
    same_length = take.frames == cut.frames and take.size == profile.size
    return Attempt(
        seed=take.seed,
        reason=take.reason,
        redone=take.redone if same_length else None,
        over=take.over if same_length else None,
    )


def _entered(
    take: Take,
    attempt: Attempt,
    selected: SelectedTake | None,
    orders: list[Retake],
    animator: Leased,
    office: Office,
) -> Take:
    if selected is not None and not orders and selected.take.clip == take.clip:
        return selected.take
    store = office.store
    with store.batch():
        known = {earlier.recipe for earlier in store.takes(office.key, take.cut)}
        entered = store.add_take(office.key, take)
        store.select(office.key, take.cut, entered.number, by=user(), reason=attempt.reason)
        for order in orders:
            store.close_retake(order.id, take=entered.number)
        if take.recipe not in known:
            store.ledger.append(
                "generation.completed",
                f"{office.key}/{take.cut}/{entered.number}",
                {
                    "recipe": take.recipe,
                    "basis": take.basis,
                    "clip": take.clip.sha256,
                    "seed": take.seed,
                    "model": animator.card.identity(),
                },
            )
    return entered


def _range(order: RetakeOrder, cut: Cut, selected: SelectedTake | None) -> Span | None:
    if order.start is None and order.stop is None:
        return None
    start, stop = order.start or 0, order.stop if order.stop is not None else cut.frames
    if not 0 <= start < stop <= cut.frames:
        raise InputRefused(
            f"{cut.number} has the frames 0-{cut.frames}; the range {start}-{stop} is not inside it."
        )
    if selected is None:
        raise InputRefused(f"{cut.number} has no take yet whose other frames could stay; leave out --frames.")
    if selected.take.frames != cut.frames:
        raise InputRefused(
            f"{cut.number} has {cut.frames} frames now and its take {selected.take.frames}, so there are no other "
            "frames to keep. Leave out --frames and redo all of it."
        )
    return Span(start=start, stop=stop)
