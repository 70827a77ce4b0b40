"""What a person should know of how their script was read: one line each, with the script's line.

In: remarks, as the reading makes them.      Out: sentences for people.
Remarks of one kind are told once, with the lines they stand on.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from assets.plain import one_line, shortened

_MOST_LINES = 6
_QUOTED = 48  # characters of a line that are shown


@dataclass(frozen=True)
class Remark:
    """One thing that was read in another way than it is written, or not understood.

    about  the words of the script it is about
    told   a sentence in which ``{about}`` stands for the words; remarks with one sentence are told together
    """

    line: int
    about: str
    told: str


@dataclass
class Remarks:
    """All remarks on one script."""

    source: str
    found: list[Remark] = field(default_factory=list)

    def add(self, line: int, about: str, told: str) -> None:
        self.found.append(Remark(line, about, told))

    def sentences(self) -> tuple[str, ...]:
        """One line for each kind of remark, in the order of the script."""
        return tuple(self._sentences())

    def _sentences(self) -> Iterator[str]:
        kinds: dict[str, list[Remark]] = {}
        for remark in sorted(self.found, key=lambda remark: remark.line):
            kinds.setdefault(remark.told, []).append(remark)
        for told, same in kinds.items():
            quoted = shortened(one_line(same[0].about), _QUOTED)
            sentence = told.replace("{about}", quoted)
            yield f"{self.source or 'script'}:{same[0].line}: {sentence}{_also(same)}"


def _also(same: list[Remark]) -> str:
    lines = list(dict.fromkeys(remark.line for remark in same))[1:]
    if not lines:
        return ""
    shown = ", ".join(map(str, lines[:_MOST_LINES]))
    more = f" and {len(lines) - _MOST_LINES} more" if len(lines) > _MOST_LINES else ""
    return f" The same on line{'s' if len(lines) > 1 else ''} {shown}{more}."
