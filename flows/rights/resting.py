"""Find what rests on a grant: works that derive from what it covers, and datasets, takes and episodes that used them.

In: a grant, the registry, the store.      Out: works, datasets, episodes and takes, by name.
Reads every version of every cut sheet: a take of an older version may still be shown.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from assets.rights.registry import Registry
from assets.sheets.bible import Art
from assets.sheets.cutsheet import Cut, Cutsheet
from assets.sheets.rights import Grant
from assets.store import Store


@dataclass(frozen=True)
class Resting:
    """Names in order; a take is show/episode/cut/number."""

    works: tuple[str, ...]
    episodes: tuple[str, ...]
    takes: tuple[str, ...]
    datasets: tuple[str, ...] = ()


def resting_on(store: Store, registry: Registry, grant: Grant) -> Resting:
    """Everything that the end of ``grant`` touches."""
    works = registry.derived(id for id in grant.works if id in registry.works)
    files = {sha256 for work in works.values() for sha256 in work.files}
    episodes, takes = [], []
    for episode in store.episodes():
        cuts = {number for sheet in _versions(store, episode.key) for number in _using(sheet, files)}
        if cuts:
            episodes.append(episode.key)
            known = store.takes_by_cut(episode.key)
            takes += [
                f"{episode.key}/{cut}/{take.number}" for cut in sorted(cuts) for take in known.get(cut, ())
            ]
    return Resting(tuple(works), tuple(episodes), tuple(takes), tuple(_datasets(store, files)))


def _datasets(store: Store, files: set[str]) -> dict[str, None]:
    """The frozen datasets that hold one of the files."""
    frozen = store.ledger.events(kind="dataset.frozen")
    return dict.fromkeys(
        event.subject for event in frozen if any(sha256 in files for sha256, _ in event.body["works"])
    )


def art_of(sheet: Cutsheet, cut: Cut) -> set[str]:
    """The hashes of every picture and LoRA that belongs to what the cut shows."""
    people = {item.character for item in cut.staged}
    shown: list[Art] = [who.art for who in sheet.cast if who.id in people]
    shown += [sheet.place(cut.place).art, sheet.style]
    pictures = {picture.sha256 for art in shown for picture in art.references}
    return (pictures | {lora.sha256 for art in shown for lora in art.loras}) - {""}


def _using(sheet: Cutsheet, files: set[str]) -> Iterator[str]:
    return (cut.number for cut in sheet.cuts if art_of(sheet, cut) & files)


def _versions(store: Store, episode: str) -> Iterator[Cutsheet]:
    version = 1
    while (sheet := store.cutsheet(episode, version)) is not None:
        yield sheet
        version += 1
