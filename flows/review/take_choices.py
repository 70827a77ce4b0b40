"""A person's decisions about the takes of a cut outside any gate: choose, unlock, go back.

In: the store, a cut, who decides, why.      Out: the take that is shown now; or a refusal, and no change.
Every decision is kept in the cut's history and in the ledger. If two people choose different takes, the
first wins and the other is told who it was. Only the person who locked a take can replace it, or anyone
after an unlock.
"""

from typing import Literal

from assets.errors import InputRefused
from assets.plain import clean
from assets.sheets.production import Take
from assets.store import Store
from assets.store.records import SelectedTake


def choose(store: Store, episode: str, cut: str, number: int, *, by: str, reason: str) -> SelectedTake:
    """Show take ``number`` of ``cut`` and lock it: no ranking and no run replaces it.

    raises  LockHeld when somebody else locked another take
    """
    reason = clean(reason)
    with store.batch():
        before = store.selected(episode, cut)
        if before is not None:
            _required_size(store.takes(episode, cut), number, before.take)
        shown = store.choose(episode, cut, number, by=by, reason=reason)
        if before is None or (before.take.number, before.locked) != (number, True):
            _enter(store, "take.chosen", episode, shown)
    return shown


def unlock(store: Store, episode: str, cut: str, *, by: str, reason: str) -> SelectedTake:
    """Unlock the cut for the ranking. Its take stays shown until a run finds a better one."""
    reason = clean(reason)
    if not reason.strip():
        raise InputRefused(f"{cut} needs a reason to be unlocked. Give one: `--reason`.")
    with store.batch():
        before = store.selected(episode, cut)
        if before is not None and not before.locked:
            raise InputRefused(f"{cut} is not locked: take {before.take.number} can be replaced already.")
        freed = store.unlock(episode, cut, by=by, reason=reason)
        _enter(store, "take.unlocked", episode, freed)
    return freed


def roll_back(store: Store, episode: str, cut: str, *, by: str, reason: str = "") -> SelectedTake:
    """Show and lock the previous take. Calling it again undoes it."""
    with store.batch():
        history = store.history(episode, cut)
        if not history:
            raise InputRefused(f"{cut} shows no take yet, so it has no previous take.")
        now = history[-1].take
        before = next((entry.take for entry in reversed(history) if entry.take != now), None)
        if before is None:
            raise InputRefused(f"{cut} has shown take {now} only; it has no previous take.")
        why = f"back from take {now} to take {before}" + (f": {reason.strip()}" if reason.strip() else "")
        return choose(store, episode, cut, before, by=by, reason=why)


def _required_size(takes: tuple[Take, ...], number: int, shown: Take) -> None:
    take = next((take for take in takes if take.number == number), None)
    if take is not None and take.size != shown.size:
        wide, high = take.size
        raise InputRefused(
            f"Take {number} of {take.cut} is {wide}x{high}, the episode {shown.size[0]}x{shown.size[1]}: it was "
            "made in another profile. Produce with that profile first, or choose another take."
        )


def _enter(
    store: Store, kind: Literal["take.chosen", "take.unlocked"], episode: str, shown: SelectedTake
) -> None:
    take = shown.take
    store.ledger.append(
        kind,
        f"{episode}/{take.cut}/{take.number}",
        {"clip": take.clip.sha256, "locked": shown.locked, "reason": shown.reason},
        by=shown.made_by,
    )
