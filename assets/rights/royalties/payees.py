"""Who is paid for a work: those credited for it, and those whose works it derives from, at any depth.

In: works with credits and sources.      Out: for each, exact shares of 1 by person.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from assets.errors import InputRefused

Shares = Mapping[str, Fraction]
"""Parts of 1 by the id of a person or fund."""


@dataclass(frozen=True)
class Made:
    """One registered work: its makers with their parts, the works it derives from with their weights."""

    makers: Mapping[str, int] = field(default_factory=dict)
    sources: Mapping[str, Fraction | int] = field(default_factory=dict)


@dataclass(frozen=True)
class Payees:
    """Answers for every work.

    keep   what the makers of a derived work keep of its share, 0 to 1; the rest goes to its sources
    fund   gets what has neither makers nor sources, or is not registered
    """

    works: Mapping[str, Made]
    keep: Fraction
    fund: str
    _known: dict[str, Shares] = field(default_factory=dict, repr=False, compare=False)

    def of(self, work: str | None) -> Shares:
        """The shares of a work; they add up to 1."""
        if work is None or work not in self.works:
            return {self.fund: Fraction(1)}
        # Without recursion: a chain of merges may be longer than Python's stack.
        waiting, opened = [work], set()
        while waiting:
            id = waiting[-1]
            missing = [source for source in self._sources(id) if source not in self._known]
            if not missing:
                opened.discard(waiting.pop())
                self._known.setdefault(id, self._joined(self.works[id]))
            elif id in opened:
                raise InputRefused(f"Work {id} derives from itself, so nobody can be paid for it.")
            else:
                opened.add(id)
                waiting += missing
        return self._known[work]

    def _sources(self, work: str) -> Iterator[str]:
        return (id for id in self.works[work].sources if id in self.works)

    def _joined(self, made: Made) -> Shares:
        """The shares of one work whose sources are known."""
        parts: dict[str, Fraction] = {}
        kept = Fraction(1) if not made.sources else self.keep if made.makers else Fraction(0)
        if not made.makers and not made.sources:
            return {self.fund: Fraction(1)}
        for person, credit in made.makers.items():
            _add(parts, person, kept * Fraction(credit, sum(made.makers.values())))
        for source, weight in made.sources.items():
            part = (1 - kept) * Fraction(weight) / sum(made.sources.values())
            for person, share in self._known.get(source, {self.fund: Fraction(1)}).items():
                _add(parts, person, part * share)
        return {person: share for person, share in parts.items() if share}


def _add(parts: dict[str, Fraction], person: str, share: Fraction) -> None:
    parts[person] = parts.get(person, Fraction(0)) + share
