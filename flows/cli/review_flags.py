"""Convert the options of `sakuga review` to a Decision.

In: the options of `sakuga review`.      Out: a Decision, or a sentence about what cannot be read.
A cut to do again is written CUT[@FRAMES][:CODES[:NOTE]], such as C004:layout:"closer" or C004@24-48:timing.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assets.errors import DecisionRefused, InputRefused
from assets.sheets.review import Choice, CutRemark, Decision, Lock, Reason, Verdict
from assets.timing import Span
from flows.terminal import arguments

_RETAKE = re.compile(
    r"(?P<cut>[^@:]*)(?:@(?P<start>[0-9]{1,9})-(?P<stop>[0-9]{1,9}))?(?::(?P<codes>[^:]*))?(?::(?P<note>.*))?",
    re.S,
)
_FORM = 'CUT[@FRAMES][:CODES[:NOTE]], such as C004:layout:"closer" or C004@24-48:timing'


@dataclass(frozen=True)
class Flags:
    """The options as they were typed."""

    approve: bool = False
    stop: bool = False
    retake: Sequence[str] = ()
    reason: Sequence[str] = ()
    choose: Sequence[str] = ()
    lock: Sequence[str] = ()
    unlock: Sequence[str] = ()
    note: str = ""
    anyway: bool = False

    @property
    def given(self) -> bool:
        """Whether any decision was given."""
        return bool(self.approve or self.stop or self.retake or self.choose or self.lock or self.unlock)


def decision_of(flags: Flags) -> Decision:
    """The decision that the options describe."""
    try:
        return _decision(flags)
    except DecisionRefused:
        raise
    except InputRefused as refused:
        raise DecisionRefused(str(refused)) from refused


def _decision(flags: Flags) -> Decision:
    verdict = _verdict(flags)
    remarks = tuple(remark(text, flags.reason, flags.note) for text in flags.retake)
    choices = tuple(_choice(text) for text in flags.choose)
    locks = tuple(
        Lock(cut=arguments.cut(cut, option), locked=locked)
        for option, cuts, locked in (("--lock", flags.lock, True), ("--unlock", flags.unlock, False))
        for cut in cuts
    )
    return arguments.build(
        Decision, verdict=verdict, remarks=remarks, choices=choices, locks=locks, note=flags.note.strip()
    )


def remark(text: str, reasons: Sequence[str] = (), note: str = "") -> CutRemark:
    """One cut to do again. ``reasons`` and ``note`` apply where ``text`` gives none."""
    found = _RETAKE.fullmatch(text.strip())
    if found is None or not arguments.is_cut(found["cut"]):
        raise DecisionRefused(f"--retake {text!r} cannot be read. Write {_FORM}.")
    start, stop = found["start"], found["stop"]
    if start and int(start) >= int(stop):
        raise DecisionRefused(
            f"--retake {text!r}: frames {start}-{stop} are empty or run backwards. Write START-STOP, from 0."
        )
    codes = [code for code in re.split(r"[,\s]+", found["codes"] or "") if code] or list(reasons)
    return arguments.build(
        CutRemark,
        cut=found["cut"],
        reasons=tuple(dict.fromkeys(_reason(code) for code in codes)),
        note=(found["note"] or note).strip(),
        frames=Span(start=int(start), stop=int(stop)) if start else None,
    )


def _verdict(flags: Flags) -> Verdict:
    asked_for: dict[Verdict, bool] = {
        "approve": flags.approve,
        "retake": bool(flags.retake),
        "stop": flags.stop,
    }
    named = [verdict for verdict, meant in asked_for.items() if meant]
    if len(named) == 1:
        return named[0]
    if named:
        raise DecisionRefused(f"{' and '.join(f'--{word}' for word in named)}: give only one of them.")
    raise DecisionRefused(
        "A take was chosen or locked, but nothing was decided. Add --approve, --retake CUT or --stop."
    )


def _choice(text: str) -> Choice:
    cut, take = arguments.take(text)
    return arguments.build(Choice, cut=cut, take=take)


def _reason(code: str) -> Reason:
    try:
        return Reason(code.strip().lower().replace("-", "_"))
    except ValueError:
        raise DecisionRefused(
            f"{code!r} is not a reason. Write CUT:CODES:NOTE, such as C004:layout:closer. "
            f"The codes are: {', '.join(Reason)}."
        ) from None
