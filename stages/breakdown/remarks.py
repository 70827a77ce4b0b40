"""Remarks for the writer about how the script was read: one sentence each, with the line in the script.

In: remarks, as the reading makes them.      Out: sentences for people.
Remarks of one kind are told once, with the lines they stand on.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from assets.plain import listed, one_line, shortened

_MOST_LINES = 6
_QUOTED = 48  # characters of a line that are shown
_READINGS = {
    "action": '"{about}" is read as action, not as a name. Write @ before it if somebody is called so.',
    "cast": '"{about}" is read as a list of the cast; it is not filmed.',
    "cue": '"{about}" begins a speech though no empty line stands before it.',
    "data": '"{about}" is about the script; it is not filmed. Put it on a title page: "Draft date: ...".',
    "furniture": '"{about}" belongs to a printed page, not to the film; it is left out.',
    "intercut": '"{about}" does not cut to and fro by itself: write the cuts in their order.',
    "maybe cue": '"{about}" is said, for no empty line stands before it; put one there if it is a name.',
    "maybe said": '"{about}" is read as action. If it is said, put the name on a line of its own, in capitals.',
    "montage": '"{about}" is not shown by itself; what stands under it is filmed in order.',
    "name": '"{about}" begins a speech though it is not written in capitals.',
    "place": '"{about}" says no place. Write a heading: INT. KITCHEN - DAY.',
    "revision": '"{about}" has a mark of revision at its end; it is left out.',
    "remark": '"{about}" is read as a note and not filmed.',
    "structure": '"{about}" is read as the name of a part of the script; it is not filmed.',
    "title": '"{about}" is read as a title and not filmed; write "Title:" or "Episode:" at the top.',
}


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

    def read_as(self, what: str, line: int, about: str) -> None:
        """Remark that a line is read in another way than it is written; ``what`` is a key of the table above."""
        self.add(line, about, _READINGS[what])

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
    shown = listed([str(line) for line in lines], _MOST_LINES)
    return f" The same on line{'s' if len(lines) > 1 else ''} {shown}."
