"""The documents of a delivered episode: what `sakuga why` and data sheets read about it.

In: a workspace, or a store and a vault.      Out: the timeline, the cut sheet and the script, as they were delivered.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from assets.errors import BlobDamaged, BlobMissing, InputRefused, SheetRefused, StorageFailed
from assets.media.sound import reading
from assets.sheets.cutsheet import Cutsheet
from assets.sheets.production import Placed, Ref, Timeline
from assets.sheets.usage import Usage
from assets.store import Event, Paper, Store
from assets.timing import frames_covering
from assets.vault import Vault

TIMELINE, CUTSHEET, SCRIPT = "delivered.timeline", "delivered.cutsheet", "delivered.script"


@dataclass(frozen=True)
class DeliveredEpisode:
    """One delivery. ``event`` is the ledger's record of it."""

    key: str
    event: Event
    usage: Usage
    timeline: Timeline
    cutsheet: Cutsheet
    script: str


def heard(timeline: Timeline, vault: Vault) -> Timeline:
    """The timeline with every sound as long as it is heard: one that is not repeated ends with its recording."""
    lengths: dict[str, float] = {}

    def seconds(ref: Ref) -> float:
        if ref.sha256 not in lengths:
            with reading(vault.local(ref)) as file:
                lengths[ref.sha256] = file.frames / file.samplerate
        return lengths[ref.sha256]

    def ended(sound: Placed) -> Placed:
        if sound.loop:
            return sound
        frames = max(1, min(sound.frames, frames_covering(seconds(sound.sound), timeline.rate)))
        return sound.model_copy(update={"frames": frames})

    return timeline.model_copy(update={"sounds": tuple(map(ended, timeline.sounds))})


def keep(timeline: Timeline, cutsheet: Cutsheet, store: Store, vault: Vault, key: str, *, by: str) -> None:
    """Keep the documents of a delivery, for as long as the store has it."""
    script = store.papers(key).get("script")
    for name, text in ((TIMELINE, timeline.to_json()), (CUTSHEET, cutsheet.to_json())):
        store.keep_paper(key, name, vault.keep(text.encode(), "application/json"), by=by)
    if script is not None:
        store.keep_paper(key, SCRIPT, script.ref, by=by)


def usages(store: Store, key: str) -> list[tuple[Event, Usage]]:
    """Every delivery of an episode, the newest last. Raises StorageFailed for one that cannot be read."""
    found = []
    for event in store.ledger.events(kind="delivery.completed", subject=key):
        try:
            found.append((event, Usage.from_raw(event.body, f"event {event.number} of the ledger")))
        except SheetRefused as error:
            raise StorageFailed(f"{error} Run `sakuga ledger verify`.") from error
    return found


def last(store: Store, vault: Vault, key: str) -> DeliveredEpisode:
    """The newest delivery of an episode.

    raises  InputRefused if it was never delivered since deliveries are recorded
    """
    told, papers = usages(store, key), store.papers(key)
    if not told or TIMELINE not in papers or CUTSHEET not in papers:
        raise InputRefused(
            f"No delivery of {key} is recorded. Make it with its `sakuga produce` command: finished work is not made "
            "again, and what it was made with is recorded then."
        )
    event, usage = told[-1]
    try:
        timeline = Timeline.from_json(_text(TIMELINE, papers, vault), "the delivered timeline")
        cutsheet = Cutsheet.from_json(_text(CUTSHEET, papers, vault), "the delivered cut sheet")
        script = _text(SCRIPT, papers, vault) if SCRIPT in papers else ""
    except (BlobMissing, BlobDamaged, SheetRefused) as error:
        raise StorageFailed(
            f"The documents of the delivery of {key} cannot be read: {error} Make the episode again: finished work is "
            "not made again."
        ) from error
    return DeliveredEpisode(key, event, usage, timeline, cutsheet, script)


def _text(name: str, papers: Mapping[str, Paper], vault: Vault) -> str:
    return vault.get(papers[name].ref).decode("utf-8", "replace")
