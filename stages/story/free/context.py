"""Build the prompts of the free path so that each begins with all of the one before: servers cache that beginning.

In: the order, what is settled so far.      Out: prompts from long to short, for writers that read little.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from assets.plots import limited_matters
from assets.prompts import prompt, quoted
from assets.sheets.bible import Bible, Language
from assets.sheets.story import Remembered

_LANGUAGES: dict[Language, str] = {"en": "English", "ja": "Japanese"}
_EARLIER = 12  # episodes in the prompt; the arcs of all others live on in the last
_LINES = 4  # of a neighbouring scene that a prompt shows


@dataclass(frozen=True)
class Context:
    """What every prompt of one story begins with."""

    head: str
    settled: tuple[tuple[str, Any], ...] = ()
    brief: tuple[tuple[str, Any], ...] = field(
        default=()
    )  # instead of ``settled``, where there is little room

    def settle(self, label: str, value: Any, *, briefly: Any = None) -> "Context":
        """Add what is decided. ``briefly``: what of it stays where there is little room."""
        brief = self.brief if briefly is None else (*self.brief, (label, briefly))
        return replace(self, settled=(*self.settled, (label, value)), brief=brief)

    def prompts(self, name: str, **slots: Any) -> tuple[str, ...]:
        """The prompt ``name`` after everything that is settled; then after the little that must be known."""
        task = prompt(name).fill(**slots)
        made = (self._with(self.settled, task), self._with(self.brief, task))
        return made[:1] if made[0] == made[1] else made

    def _with(self, settled: Sequence[tuple[str, Any]], task: str) -> str:
        told = "\n".join(f"{label}: {quoted(value)}" for label, value in settled)
        return "\n\n".join(part for part in (self.head, told, task) if part)


def opening(
    premise: str, language: Language, seconds: float, bible: Bible | None, earlier: Sequence[Remembered]
) -> Context:
    """The head of every prompt of one story."""
    head = prompt("free-head").fill(
        language=_LANGUAGES[language],
        premise=premise,
        seconds=round(seconds),
        show=_show(bible, language),
        earlier=[_episode(each, language) for each in earlier[-_EARLIER:]],
        limits=[*(bible.limits if bible else ()), *limited_matters()],
    )
    return Context(head.strip())


def numbered(said: Sequence[tuple[str, str, str]]) -> list[dict[str, Any]]:
    """Lines of a scene with their numbers: (who, how, text)."""
    return [
        {"line": at, **({"who": who} if who else {}), **({"how": how} if how else {}), "text": text}
        for at, (who, how, text) in enumerate(said, start=1)
    ]


def ending(said: Sequence[tuple[str, str, str]]) -> list[dict[str, Any]]:
    return numbered(said)[-_LINES:]


def beginning(said: Sequence[tuple[str, str, str]]) -> list[dict[str, Any]]:
    return numbered(said)[:_LINES]


def _show(bible: Bible | None, language: Language) -> dict[str, Any]:
    if bible is None:
        return {}
    people = {who.id: who.shown(language) for who in bible.characters}
    told = {
        "title": bible.title.get(language) or next(iter(bible.title.values()), ""),
        "about": bible.about,
        "tone": bible.tone,
        "people": [{"name": people[who.id], "about": who.about} for who in bible.characters],
        "places": [{"name": place.shown(language), "about": place.about} for place in bible.places],
        "relations": [
            {"between": [people[id] for id in one.between], "what": one.what} for one in bible.relations
        ],
    }
    return {name: value for name, value in told.items() if value}


def _episode(each: Remembered, language: Language) -> dict[str, Any]:
    told = {
        "title": each.title,
        "logline": each.logline,
        "what_happened": [fact.get(language) or fact.get("en", "") for fact in each.facts]
        or list(each.beats),
        "arcs": [arc.model_dump() for arc in each.arcs],
    }
    return {name: value for name, value in told.items() if value}
