"""Draw the candidates of a round, and open it for a decision.

In: an order, the store, the vault.      Out: a Casting: open, or decided earlier.
Safe to repeat: the same order finds every picture by its recipe, and an open round stays the same round.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from assets.errors import SetupMissing
from assets.sheets.bible import Character, Lora, Reference
from assets.sheets.casting import Candidate, CastBoard, Maker
from assets.store import Store
from assets.store.ledger import moment
from assets.store.records import Casting
from assets.vault import Vault
from flows.cast.drawing_note import noted
from flows.cast.order import CastOrder, Show, character_of, show_of
from flows.episode.choices import for_profile
from flows.episode.profile import Profile, load
from flows.episode.workspace import open_vault
from flows.rights import clearance
from flows.rights.clearance import Production
from flows.settings import Settings, models_folder, settings, stay_offline
from models.lease import lease
from models.memory import DeviceMemory, required_device
from models.options import options_for
from models.ports import Painter
from models.registry import adapter, lacks_with
from models.weights.store import use_store
from stages.cast.drawing import SheetModels, SheetOrder, candidate, without_approved
from stages.shots import artwork
from stages.shots.shot import reads_notes
from stages.work_events import Watch


@dataclass(frozen=True)
class Studio:
    """The store and vault that a casting is kept in, and the folder of the episodes."""

    store: Store
    vault: Vault
    out: Path


@contextmanager
def studio(out: Path) -> Iterator[Studio]:
    chosen = settings(out)
    with Store.open(chosen.store) as store:
        yield Studio(store, open_vault(chosen), out)


def latest(order: CastOrder, where: Studio) -> Casting | None:
    """The newest round of the character, whatever its state; an open one is about the bible that is named now."""
    show = show_of(order)
    rounds = where.store.castings(show.bible.id, character_of(show.bible, order.character).id)
    last = rounds[-1] if rounds else None
    if last is None or last.state != "open" or last.bible == show.beside(where.out):
        return last
    return where.store.open_casting(
        last.show, last.round, board=last.shows, until=last.until, bible=show.beside(where.out), run=last.run
    )


def asked(order: CastOrder, where: Studio, watch: Watch, *, run: str = "") -> Casting:
    """The round that waits for a decision, drawn now where pictures are missing; or the approved one.

    run  Prefect's id of the run that waits
    """
    show = show_of(order)
    who = character_of(show.bible, order.character)
    rounds = where.store.castings(show.bible.id, who.id)
    last = rounds[-1] if rounds else None
    if last is not None and last.verdict == "approve" and order.again is None:
        return last
    number, note = _next(last, order)
    with noted(show.bible.id, who.id, settings(order.out), watch) as told:
        board = _drawn(order, _Round(show, who, _shown_before(rounds), note), where, told)
    if last is not None and last.state == "open" and _is_other(last, board):
        where.store.close_casting(last.id, "expired" if _is_over(last) else "withdrawn")
        number = last.round + 1
    until = moment(datetime.now(UTC) + timedelta(hours=order.review_hours))
    return where.store.open_casting(
        show.bible.id, number, board=board, until=until, bible=show.beside(where.out), run=run
    )


def _next(last: Casting | None, order: CastOrder) -> tuple[int, str]:
    """The round to draw, and why the round before it was sent back."""
    if last is None:
        return 1, ""
    if last.state == "open":
        return last.round, last.shows.note
    return last.round + 1, (last.note if last.verdict == "again" else order.again or "")


def _is_over(casting: Casting) -> bool:
    return casting.until <= moment(datetime.now(UTC))


def _is_other(last: Casting, board: CastBoard) -> bool:
    return last.seen != board.seen or _is_over(last)


def _shown_before(rounds: Sequence[Casting]) -> list[Candidate]:
    """The candidates that a person has decided about: another round has other seeds."""
    return [one for item in rounds if item.verdict in ("again", "approve") for one in item.shows.candidates]


@dataclass(frozen=True)
class _Round:
    """Whom a round shows, the candidates before it, and why they were sent back."""

    show: Show
    who: Character
    before: Sequence[Candidate]
    note: str


def _drawn(order: CastOrder, of: _Round, where: Studio, watch: Watch) -> CastBoard:
    show, who = of.show, of.who
    profile = load(order.profile)
    chosen = settings(order.out)
    required(profile, order, chosen)
    bible = artwork.entered(show.bible, show.file.parent, where.vault)
    clearance.required(Production(profile, None, bible), where.store, "", "run")
    character = without_approved(character_of(bible, who.id))
    wanted = SheetOrder(
        character=character, style=bible.style, size=profile.storyboard.size or profile.size,
        views=order.views, seed=order.seed, note=of.note,
    )  # fmt: skip
    with _leased(profile, chosen) as models:
        found, left_out = _candidates(order.count, of.before, wanted, models, where.vault, watch)
        card = models.painter.card
    art: tuple[Reference | Lora, ...] = (
        *character.art.references,
        *character.art.loras,
        *bible.style.references,
        *bible.style.loras,
    )
    return CastBoard(
        character=who.id,
        title=who.shown("ja" if "ja" in who.title and "en" not in who.title else "en"),
        about=who.about,
        profile=profile.name,
        maker=Maker(
            name=card.name, weights=card.weights, revision=card.revision, licence=card.licence, data=card.data
        ),
        basis=who.basis,
        ingredients=tuple(sorted({one.sha256 for one in art if one.sha256})),
        candidates=tuple(found),
        left_out=tuple(left_out),
        reads=reads_notes(card),
        note=of.note,
    )


def _candidates(
    count: int,
    before: Sequence[Candidate],
    order: SheetOrder,
    models: SheetModels,
    vault: Vault,
    watch: Watch,
) -> tuple[list[Candidate], list[str]]:
    """Up to ``count`` candidates; fewer where the painter draws the same with every seed."""
    watch.began("sheet", len(order.views) * count)
    found: list[Candidate] = []
    notes: dict[str, None] = {}
    for number in range(1, count + 1):
        drawn, left_out = candidate(len(before) + number, order, models, vault, watch.done)
        notes |= dict.fromkeys(left_out)
        if any(one.sheet == drawn.sheet for one in found):
            notes[_same(models, "with every seed, so there is one candidate")] = None
            break
        if any(one.sheet == drawn.sheet for one in before):
            notes[_same(models, "as in an earlier round")] = None
        found.append(drawn.model_copy(update={"number": number}))
    return found, list(notes)


def _same(models: SheetModels, when: str) -> str:
    return (
        f"The painter {models.painter.card.name} draws the same {when}: it follows the character's look in the bible. "
        "Change the look to see another sheet."
    )


@contextmanager
def _leased(profile: Profile, chosen: Settings) -> Iterator[SheetModels]:
    machines = profile.machines
    device = profile.devices.get("painter", chosen.device)
    memory = DeviceMemory(device)
    with lease(
        Painter, machines.painter.name, device, options=machines.painter.options, memory=memory
    ) as painter:
        if machines.layout is None:
            yield SheetModels(painter)
            return
        layout = machines.layout
        with lease(Painter, layout.name, device, options=layout.options, memory=memory) as guide:
            yield SheetModels(painter, guide)


def required(profile: Profile, order: CastOrder, chosen: Settings) -> None:
    """Refuse a painter that cannot be loaded here, before anything is drawn."""
    stay_offline()
    use_store(models_folder())
    required_device(profile.devices.get("painter", chosen.device))
    choices = [profile.machines.painter, *([profile.machines.layout] if profile.machines.layout else [])]
    for choice in choices:
        options_for(adapter("painter", choice.name), choice.options)
    lacking = dict.fromkeys(lacks_with("painter", choice.name, choice.options) for choice in choices)
    if missing := " ".join(sentence for sentence in lacking if sentence):
        raise SetupMissing(for_profile(missing, order.profile))
