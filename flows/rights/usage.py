"""What a delivered episode rests on: for every segment, the ingredients seen or heard in it, and for how long.

In: what is delivered, the events of its generations.      Out: a Usage for the ledger.
Decides nothing about money. An ingredient's frames are those in which it is seen or sounds, each counted once.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from assets.errors import SheetRefused, StorageFailed
from assets.sheets.production import Panel, Placed, Segment, Take, Timeline
from assets.sheets.usage import Generation, Ingredient, SegmentUsage, Usage, Use
from assets.store import Event, Store

Frames = frozenset[int]


@dataclass(frozen=True)
class Shown:
    """What a delivered episode shows.

    episode  SHA-256 of the delivered file
    beside   segment without a cut (title, credits) -> the cut whose panel it shows
    """

    episode: str
    profile: str
    policy: str
    timeline: Timeline
    takes: Mapping[str, Take]
    panels: Mapping[str, Panel]
    beside: Mapping[str, str] = field(default_factory=dict)


class Generations:
    """The recorded generations of an episode, by recipe and by the hash of what came of them."""

    def __init__(self, made: Iterable[Generation]) -> None:
        self._by_recipe: dict[str, Generation] = {}
        self._by_output: dict[str, Generation] = {}
        for one in made:
            self._by_recipe[one.recipe] = one
            self._by_output |= dict.fromkeys(one.outputs, one)

    @classmethod
    def of(cls, store: Store, episode: str) -> "Generations":
        return cls(made for _, made in recorded(store, episode))

    def found(self, sha256: str, recipe: str = "") -> Generation | None:
        """The generation of a file; of several with the same result, the one with ``recipe``."""
        exact = self._by_recipe.get(recipe)
        return exact if exact is not None and sha256 in exact.outputs else self._by_output.get(sha256)


def recorded(store: Store, episode: str) -> list[tuple[Event, Generation]]:
    """Every generation of an episode with its event. Raises StorageFailed for one that cannot be read."""
    made = []
    for event in store.ledger.events(kind="generation.completed", within=episode):
        if "ingredients" not in event.body:
            continue  # an older Sakuga recorded no ingredients
        try:
            made.append((event, Generation.from_raw(event.body, f"event {event.number} of the ledger")))
        except SheetRefused as error:
            raise StorageFailed(f"{error} Run `sakuga ledger verify`.") from error
    return made


def usage(shown: Shown, known: Generations) -> Usage:
    """What every segment of the timeline rests on."""
    table: dict[Ingredient, int] = {}
    missing: dict[str, None] = {}
    segments = []
    for segment in shown.timeline.segments:
        account = _Account(known)
        _add_picture(account, segment, shown)
        for sound in shown.timeline.sounds:
            _add_sound(account, segment, sound)
        uses = tuple(
            Use(ingredient=table.setdefault(one, len(table)), frames=len(frames))
            for one, frames in account.used.items()
        )
        missing |= {f"{segment.name}: {what}": None for what in account.missing}
        take, panel = shown.takes.get(segment.name), _panel(segment, shown)
        segments.append(
            SegmentUsage(
                name=segment.name,
                frames=segment.span.frames,
                take=take.number if take else 0,
                clip=take.clip.sha256 if take else panel.image.sha256 if panel else "",
                uses=uses,
            )
        )
    return Usage(
        episode=shown.episode,
        profile=shown.profile,
        policy=shown.policy,
        rate=shown.timeline.rate,
        frames=shown.timeline.frames,
        ingredients=tuple(table),
        segments=tuple(segments),
        unrecorded=tuple(missing),
    )


def sounding(segment: Segment, sound: Placed) -> Frames:
    """The frames of the segment, from its own start, in which the sound was placed."""
    start = max(segment.span.start, sound.at)
    stop = min(segment.span.stop, sound.at + sound.frames)
    return frozenset(range(start - segment.span.start, stop - segment.span.start))


class _Account:
    """The frames in which each ingredient of one segment is used."""

    def __init__(self, known: Generations) -> None:
        self._known = known
        self.used: dict[Ingredient, Frames] = {}
        self.missing: dict[str, None] = {}

    def add(self, what: str, sha256: str, frames: Frames, recipe: str = "") -> Generation | None:
        """Count what the file was made with, and what those files were made from."""
        if not frames:
            return None
        made = self._known.found(sha256, recipe)
        if made is None:
            self.missing[what] = None
            return None
        for one in made.ingredients:
            self.used[one] = self.used.get(one, frozenset()) | frames
        for origin in made.origins:
            if origin.part != "over":
                self.add(f"the panel of {what}", origin.sha256, frames)
        return made


def _add_picture(account: _Account, segment: Segment, shown: Shown) -> None:
    everywhere = frozenset(range(segment.span.frames))
    take = shown.takes.get(segment.name)
    if take is None:
        panel = _panel(segment, shown)
        if panel is not None:
            account.add(f"the panel of {panel.cut}", panel.image.sha256, everywhere, panel.recipe)
        return
    for made, frames in _pieces(take, everywhere):
        account.add(f"take {take.number}", made, frames, take.recipe)


def _panel(segment: Segment, shown: Shown) -> Panel | None:
    """The panel behind a title."""
    return shown.panels.get(shown.beside.get(segment.name, ""))


def _pieces(take: Take, frames: Frames) -> Iterator[tuple[str, Frames]]:
    """The clips whose frames the take shows: itself, and the one around a range that was redone."""
    if take.redone is None or take.over is None:
        yield take.clip.sha256, frames
        return
    anew = frames & frozenset(range(take.redone.start, take.redone.stop))
    yield take.clip.sha256, anew
    yield take.over.sha256, frames - anew


def _add_sound(account: _Account, segment: Segment, sound: Placed) -> None:
    account.add(f"{sound.stem} {sound.name}", sound.sound.sha256, sounding(segment, sound))
