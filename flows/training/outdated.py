"""Find the cuts that were made with other LoRAs than the bible has now.

In: a store, a bible.      Out: for each episode of the show, the cuts that would come out in another way.
Only cuts in which the subject of a changed LoRA is seen; a style is seen in all of them. An approved panel or take
stays as it is until a person orders it again.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from assets.plain import listed
from assets.sheets.bible import Art, Bible
from assets.sheets.cutsheet import Cut, Cutsheet
from assets.store import Store


@dataclass(frozen=True)
class Outdated:
    """The cuts of one episode, and how many it has."""

    episode: str
    cuts: tuple[str, ...]
    of: int

    def __str__(self) -> str:
        shown = listed(self.cuts, 12)
        return f"{self.episode}: {len(self.cuts)} of {self.of} cuts were made with other LoRAs: {shown}"


def outdated(store: Store, bible: Bible, families: frozenset[str]) -> Iterator[Outdated]:
    """Every episode of the show with such cuts.

    families  the families of LoRAs that changed
    """
    for episode in store.episodes():
        sheet = store.cutsheet(episode.key) if episode.show == bible.id else None
        if sheet is None:
            continue
        cuts = tuple(cut.number for cut in sheet.cuts if _differs(cut, sheet, bible, families))
        if cuts:
            yield Outdated(episode.id, cuts, len(sheet.cuts))


def _differs(cut: Cut, sheet: Cutsheet, bible: Bible, families: frozenset[str]) -> bool:
    was = {**{who.id: who.art for who in sheet.cast}, **{f"place {one.id}": one.art for one in sheet.places}}
    now = {
        **{who.id: who.art for who in bible.characters},
        **{f"place {one.id}": one.art for one in bible.places},
    }
    seen = [*(staged.character for staged in cut.staged), f"place {cut.place}"]
    if _told(sheet.style, families) != _told(bible.style, families):
        return True
    return any(_of(was, name, families) != _of(now, name, families) for name in seen if name in now)


def _of(arts: Mapping[str, Art], name: str, families: frozenset[str]) -> Any:
    return _told(arts[name], families) if name in arts else []


def _told(art: Art, families: frozenset[str]) -> list[tuple[str, float, str]]:
    return [(one.sha256, one.strength, one.trigger) for one in art.loras if one.base in families]
