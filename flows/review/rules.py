"""Check a decision before it is recorded; all the messages a reviewer may get are here.

In: a decision and the board it is about.      Out: nothing, or a DecisionRefused with every fault.
Knows neither the store nor where the decision came from.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from assets.errors import DecisionRefused
from assets.plain import one_line
from assets.sheets.review import Board, CutRemark, Decision, Door, Reason, Shown

MOST_FAULTS = 5  # most faults in one message


@dataclass(frozen=True)
class Reviewer:
    """Who decides.

    door   how the decision came
    seen   hash of what they saw: ``seen`` of the gate or the casting at that time
    """

    name: str
    door: Door
    seen: str


def named(by: str) -> str:
    """Check the reviewer's name: one line, with at least one visible character."""
    name = one_line(by)
    kinds = {unicodedata.category(letter) for letter in name}
    if not any(kind[0] in "LNPS" for kind in kinds):
        raise DecisionRefused("This review has no name. Give the name of the person who decides.")
    if {unicodedata.category(letter) for letter in " ".join(by.split())} & {"Cc", "Cs"}:
        raise DecisionRefused("The name has characters that cannot be stored. Type it again.")
    return name


def check(decision: Decision, board: Board) -> None:
    """Refuse a decision that cannot be carried out, with all its faults at once."""
    faults = list(dict.fromkeys(_faults(decision, board)))
    if faults:
        more = [f"And {len(faults) - MOST_FAULTS} more like these."] if len(faults) > MOST_FAULTS else []
        raise DecisionRefused(" ".join((*faults[:MOST_FAULTS], *more)))


def _faults(decision: Decision, board: Board) -> Iterator[str]:
    known = {cut.cut: cut for cut in board.cuts}
    yield from _named_once(decision, known)
    if (
        decision.verdict == "retake"
        and not decision.remarks
        and not (board.kind == "script" and decision.note)
    ):
        yield (
            "A retake was asked for, but no cut was named. "
            "Name at least one, with a reason; or approve; or stop."
        )
    unlocked = {lock.cut for lock in decision.locks if not lock.locked}
    for remark in decision.remarks:
        if remark.cut in known:
            yield from _remark(remark, known[remark.cut], decision, board, unlocked)
    for choice in decision.choices:
        if choice.cut in known:
            yield from _choice(known[choice.cut], choice.take, unlocked)
    for lock in decision.locks:
        if lock.cut in known and known[lock.cut].selected is None:
            yield f"{lock.cut} has no take yet, so there is none to {'lock' if lock.locked else 'unlock'}."


def _named_once(decision: Decision, known: dict[str, Shown]) -> Iterator[str]:
    for word, items in (
        ("remarked on", decision.remarks),
        ("given a take", decision.choices),
        ("locked or unlocked", decision.locks),
    ):
        numbers = Counter(item.cut for item in items)
        for number, times in numbers.items():
            if number not in known:
                yield f"There is no cut {number} here. Cuts are {_listed(list(known))}."
            if times > 1:
                yield f"{number} was {word} {times} times. Name it once, with everything."


def _remark(
    remark: CutRemark, cut: Shown, decision: Decision, board: Board, unlocked: set[str]
) -> Iterator[str]:
    if decision.verdict == "retake" and not remark.reasons:
        codes = ", ".join(Reason)
        yield f"{cut.cut} has no reason for its retake. Choose one or more of: {codes}."
    elif not remark.describe():
        yield f"{cut.cut} was named without a remark. Give a reason, a note or a pin, or leave it out."
    if remark.frames is not None:
        if board.kind == "storyboard":
            yield f"{cut.cut}: a panel is redrawn as a whole. Leave out its frames."
        elif not 0 <= remark.frames.start < remark.frames.stop <= cut.frames:
            given = f"{remark.frames.start}-{remark.frames.stop}"
            yield f"{cut.cut} has the frames 0-{cut.frames}; the range {given} is not inside it."
    for pin in remark.pins:
        if pin.frame >= cut.frames:
            yield f"{cut.cut} has {cut.frames} frames, 0-{cut.frames - 1}; a pin is on frame {pin.frame}."
    for stroke in remark.strokes:
        if stroke.frame >= cut.frames:
            yield f"{cut.cut} has {cut.frames} frames, 0-{cut.frames - 1}; something is drawn on frame {stroke.frame}."
    redone = decision.verdict == "retake" and board.kind in ("takes", "final")
    if redone and cut.locked and cut.cut not in unlocked:
        yield f"Take {cut.selected} of {cut.cut} is locked. Unlock it in the same decision to have it redone."


def _choice(cut: Shown, number: int, unlocked: set[str]) -> Iterator[str]:
    take = next((take for take in cut.takes if take.number == number), None)
    if take is None:
        has = _listed([str(take.number) for take in cut.takes])
        yield f"{cut.cut} has no take {number}. Takes it has: {has or 'none'}."
        return
    if take.frames != cut.frames:
        yield (
            f"Take {number} of {cut.cut} is {take.frames} frames long and the cut {cut.frames} now; "
            "it cannot be shown."
        )
    if cut.locked and cut.selected != number and cut.cut not in unlocked:
        yield f"Take {cut.selected} of {cut.cut} is locked. Unlock it in the same decision to show another."


def _listed(words: list[str]) -> str:
    return ", ".join(words) if len(words) <= 12 else f"{words[0]} to {words[-1]}"
