"""Paint held-out cuts without a LoRA and with it, exactly as the pipeline would.

In: a cut sheet, the subject of the LoRA, the models.      Out: one panel for each cut and column, in the vault.
A column is drawn by stages/storyboard.py from a cut sheet whose bible part differs only in the LoRAs of the subject.
So a panel that is approved here is found again by its recipe when an episode needs it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from assets.errors import InputRefused
from assets.sheets.bible import Art, Character, Lora, Place
from assets.sheets.cutsheet import Cut, Cutsheet
from assets.sheets.production import Done, Panel, Step
from assets.sheets.validation import Subject
from assets.vault import Vault
from stages.storyboard import PanelModels, PanelOrder, PanelPiece, StoryboardOptions, draw
from stages.work_cache import WorkCache
from stages.work_events import Watch

AnyArt = TypeVar("AnyArt", bound=Art)


@dataclass(frozen=True)
class Painting:
    """How held-out cuts are painted: what all columns share."""

    cutsheet: Cutsheet
    cuts: tuple[Cut, ...]
    size: tuple[int, int]
    models: PanelModels
    vault: Vault
    watch: Watch
    options: StoryboardOptions = field(default_factory=StoryboardOptions)


def column(given: Painting, subject: Subject, loras: Sequence[Lora], base: str) -> tuple[Panel, ...]:
    """The panels of every cut, with exactly ``loras`` of the family ``base`` for the subject."""
    sheet = with_loras(given.cutsheet, subject, loras, base)
    order = PanelOrder.of(sheet, given.size, given.options, given.models)
    # refresh: the columns depict the same, and an earlier one must not be kept in place of this one.
    cache = WorkCache(given.vault, None, calls=Uncounted(), watch=given.watch, refresh=True)
    return tuple(draw(PanelPiece(cut=cut.number), order, given.models, cache) for cut in given.cuts)


def panels(given: Painting) -> tuple[Panel, ...]:
    """The panels of every cut as an episode would have them, from the vault where one was painted already."""
    order = PanelOrder.of(given.cutsheet, given.size, given.options, given.models)
    cache = WorkCache(given.vault, None, calls=Uncounted(), watch=given.watch)
    return tuple(draw(PanelPiece(cut=cut.number), order, given.models, cache) for cut in given.cuts)


def showing(cutsheet: Cutsheet, subject: Subject) -> tuple[Cut, ...]:
    """The cuts in which the subject is seen: a style is seen in all of them."""
    return tuple(cut for cut in cutsheet.cuts if _shows(cut, subject))


def spread(cuts: Sequence[Cut], most: int) -> tuple[Cut, ...]:
    """At most ``most`` of them, evenly over the episode."""
    count = min(most, len(cuts))
    return tuple(cuts[(2 * number + 1) * len(cuts) // (2 * count)] for number in range(count))


def with_loras(cutsheet: Cutsheet, subject: Subject, loras: Sequence[Lora], base: str) -> Cutsheet:
    """``cutsheet`` in which the subject has these LoRAs of the family, and keeps those of other families."""

    def kept(art: AnyArt) -> AnyArt:
        others = tuple(lora for lora in art.loras if lora.base != base)
        return art.model_copy(update={"loras": (*others, *loras)})

    if subject.role == "style":
        return cutsheet.model_copy(update={"style": kept(cutsheet.style)})
    field_ = "cast" if subject.role == "character" else "places"
    items: tuple[Character | Place, ...] = getattr(cutsheet, field_)
    changed = tuple(
        item.model_copy(update={"art": kept(item.art)}) if item.id == subject.id else item for item in items
    )
    return cutsheet.model_copy(update={field_: changed})


def loras_of(cutsheet: Cutsheet, subject: Subject, base: str) -> tuple[Lora, ...]:
    """The subject's LoRAs of the family, as the bible has them."""
    if subject.role == "style":
        art: Art = cutsheet.style
    else:
        items: tuple[Character | Place, ...] = (
            cutsheet.cast if subject.role == "character" else cutsheet.places
        )
        found = next((item for item in items if item.id == subject.id), None)
        if found is None:
            raise InputRefused(f"{cutsheet.episode} has no {subject.role} {subject.id!r}.")
        art = found.art
    return tuple(lora for lora in art.loras if lora.base == base)


def _shows(cut: Cut, subject: Subject) -> bool:
    if subject.role == "style":
        return True
    if subject.role == "place":
        return cut.place == subject.id
    return any(staged.character == subject.id for staged in cut.staged)


class Uncounted:
    """Records no calls: a validation belongs to no run of an episode."""

    run = 0

    def begin(self, recipe: str, step: str, name: str) -> None: ...
    def finish(self, recipe: str, seconds: float) -> None: ...


class Unwatched:
    """Reports no progress."""

    def began(self, step: Step, total: int) -> None: ...
    def moved(self, step: Step, name: str, part: float) -> None: ...
    def done(self, done: Done) -> None: ...
