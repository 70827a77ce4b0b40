"""What is typed at the terminal, as the one document every door sends.

In: the options of `sakuga review`.      Out: a Decision, or a sentence about what cannot be read.
A cut to do again is written CUT[@FRAMES][:CODES[:NOTE]], such as C004@24-48:timing,motion:"sooner".
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assets.errors import DecisionRefused
from assets.sheets.review import Choice, CutRemark, Decision, Lock, Reason, Verdict
from assets.timing import Span

_CUT = r"(?P<cut>C[0-9]{3,4}[A-Z]{0,2})"
_RETAKE = re.compile(
    rf"^{_CUT}(?:@(?P<start>\d+)-(?P<stop>\d+))?(?::(?P<codes>[^:]*))?(?::(?P<note>.*))?$", re.S
)
_CHOICE = re.compile(rf"^{_CUT}=(?P<take>\d+)$")
_NUMBER = re.compile(rf"^{_CUT}$")
_FORM = 'CUT[@FRAMES][:CODES[:NOTE]], such as C004 or C004@24-48:timing,motion:"look up sooner"'


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

    @property
    def given(self) -> bool:
        """Whether anything was decided."""
        return bool(self.approve or self.stop or self.retake or self.choose or self.lock or self.unlock)


def decision_of(flags: Flags) -> Decision:
    """The decision the options stand for."""
    verdict = _verdict(flags)
    remarks = tuple(remark(text, flags.reason, flags.note) for text in flags.retake)
    choices = tuple(_choice(text) for text in flags.choose)
    locks = tuple(
        Lock(cut=_number(cut, option), locked=locked)
        for option, cuts, locked in (("--lock", flags.lock, True), ("--unlock", flags.unlock, False))
        for cut in cuts
    )
    return Decision(verdict=verdict, remarks=remarks, choices=choices, locks=locks, note=flags.note)


def remark(text: str, reasons: Sequence[str] = (), note: str = "") -> CutRemark:
    """One cut to do again. What it does not say itself is taken from ``reasons`` and ``note``."""
    found = _RETAKE.match(text.strip())
    if found is None:
        raise DecisionRefused(f"--retake {text!r} cannot be read. Write {_FORM}.")
    start, stop = found["start"], found["stop"]
    if start and int(start) >= int(stop):
        raise DecisionRefused(
            f"--retake {text!r}: frames {start}-{stop} run backwards or are none. START-STOP, from 0."
        )
    codes = [code for code in re.split(r"[,\s]+", found["codes"] or "") if code] or list(reasons)
    return CutRemark(
        cut=found["cut"],
        reasons=tuple(dict.fromkeys(_reason(code) for code in codes)),
        note=(found["note"] or note).strip(),
        frames=Span(start=int(start), stop=int(stop)) if start else None,
    )


def _verdict(flags: Flags) -> Verdict:
    said: dict[Verdict, bool] = {"approve": flags.approve, "retake": bool(flags.retake), "stop": flags.stop}
    named = [verdict for verdict, meant in said.items() if meant]
    if len(named) == 1:
        return named[0]
    if named:
        raise DecisionRefused(f"{' and '.join(f'--{word}' for word in named)}: decide for one of them.")
    raise DecisionRefused(
        "A take was chosen or locked, but nothing was decided. Add --approve, --retake CUT or --stop."
    )


def _choice(text: str) -> Choice:
    found = _CHOICE.match(text.strip())
    if found is None or int(found["take"]) < 1:
        raise DecisionRefused(f"--choose {text!r} cannot be read. Write CUT=TAKE, such as C004=2.")
    return Choice(cut=found["cut"], take=int(found["take"]))


def _number(text: str, option: str) -> str:
    if not _NUMBER.match(text.strip()):
        raise DecisionRefused(f"{option} {text!r} is no cut number. Write one such as C004.")
    return text.strip()


def _reason(code: str) -> Reason:
    try:
        return Reason(code.strip().lower().replace("-", "_"))
    except ValueError:
        raise DecisionRefused(f"{code!r} is no reason. Reasons are: {', '.join(Reason)}.") from None
