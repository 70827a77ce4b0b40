"""How much of an episode a run makes: until which stage, and which cuts.

In: words such as "storyboard" and "C003-C007".      Out: a Scope; the cuts of a sheet that it names.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, get_args

from assets.errors import InputRefused
from assets.sheets.cutsheet import Cutsheet
from assets.sheets.production import Panel, Take
from flows.terminal import arguments

Stage = Literal["script", "voices", "storyboard", "takes", "final"]
STAGES: tuple[Stage, ...] = get_args(Stage)


@dataclass(frozen=True)
class Scope:
    """until  the last stage that is made; final is the whole episode
    cuts   first and last cut of each range; empty: all cuts
    """

    until: Stage = "final"
    cuts: tuple[tuple[str, str], ...] = ()

    @property
    def is_whole(self) -> bool:
        return self.until == "final" and not self.cuts

    @property
    def last(self) -> Stage:
        """The last stage of this run: a film is not joined from some cuts."""
        return "takes" if self.cuts and self.until == "final" else self.until

    def numbers(self, sheet: Cutsheet) -> tuple[str, ...]:
        """The cuts of the sheet that are made, in their order.

        raises  InputRefused for a cut that is not in the sheet, naming those that are
        """
        known = [cut.number for cut in sheet.cuts]
        if not self.cuts:
            return tuple(known)
        named: set[str] = set()
        for first, last in self.cuts:
            for number in (first, last):
                if number not in known:
                    raise InputRefused(f"--cuts: there is no cut {number}. The cuts are {', '.join(known)}.")
            start, stop = known.index(first), known.index(last)
            if start > stop:
                raise InputRefused(f"--cuts: {first} comes after {last}. Write the earlier one first.")
            named |= set(known[start : stop + 1])
        return tuple(number for number in known if number in named)


WHOLE = Scope()


@dataclass
class Reached(Exception):
    """A run has made what its scope asks for, and ends.

    cuts    the cuts that it was asked for
    voiced  the lines that are recorded
    files   what was laid out for people in ``folder``, by name
    notes   what people should know of how the script was read
    """

    stage: Stage
    sheet: Cutsheet
    cuts: tuple[str, ...]
    voiced: int = 0
    panels: Mapping[str, Panel] = field(default_factory=dict)
    takes: Mapping[str, Take] = field(default_factory=dict)
    files: dict[str, Path] = field(default_factory=dict)
    folder: Path = Path()
    notes: tuple[str, ...] = ()


def scope_of(until: str | None, cuts: str | None) -> Scope:
    """The scope that the options --until and --cuts name."""
    stage = "final" if until is None else arguments.chosen(until, STAGES, "--until")
    last = next(one for one in STAGES if one == stage)
    return Scope(last, () if cuts is None else arguments.cut_ranges(cuts))
