"""Put an approved LoRA into the bible, and take it back.

In: a validation that a person approved.      Out: the bible's file with the LoRA; an event with what was before.
The history is the ledger: every promotion says what it replaced, and a rollback restores exactly that.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assets import bible_text, files
from assets import show as shows
from assets.errors import InputRefused, NotApproved, PathRefused
from assets.hashing import canonical
from assets.loader import read_text
from assets.plain import one_line, typed
from assets.sheets.bible import Bible, Lora
from assets.sheets.validation import Subject, Validation
from assets.signing import MAKE, Signer
from assets.store import Event, Store
from assets.vault import Vault
from flows.episode import profile as profiles
from flows.rights.credentials import required_identity
from flows.rights.lineage import Lineage
from flows.rights.model_credentials import signed_if_set
from flows.settings import ledger_key
from flows.training import approvals, clearance
from flows.training.approvals import Standing
from flows.training.comparing import LORAS, as_loras
from flows.training.registering import register
from models.sealed import sha256

USUAL = "house"  # the profile of validations that were recorded without one


@dataclass(frozen=True)
class Shelf:
    """Where a show is, and where its history is kept."""

    show: str
    store: Store
    vault: Vault
    by: str

    @property
    def file(self) -> Path:
        """The bible, which must be the user's own."""
        file = shows.located(self.show)
        if file.is_relative_to(shows.LIBRARY):
            raise PathRefused(
                f"{self.show} belongs to Sakuga's library, which is not written to. Copy it into your project "
                f"(sakuga show copy {typed(self.show)} FOLDER), and give that folder as --show."
            )
        return file

    @property
    def bible(self) -> Bible:
        return shows.load(self.file)


@dataclass(frozen=True)
class Change:
    """What a promotion or rollback did to the bible. ``notes``: sentences about the LoRA's rights."""

    subject: Subject
    before: tuple[Lora, ...]
    after: tuple[Lora, ...]
    event: Event
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Wish:
    """How a LoRA is promoted.

    strength  empty: the approved one
    override  a reason to promote it without an approval: signed, in the ledger
    profile   whose rights policy it must pass; empty: the one that it was validated with
    """

    strength: float | None = None
    override: str | None = None
    profile: str = ""


def promote(shelf: Shelf, name: str, wish: Wish = Wish()) -> Change:
    """Write the LoRA into the bible at the approved strength.

    raises  NotApproved without approval and override; RightsRefused where the profile's policy refuses the LoRA or
            what it was made from; InputRefused for another show's LoRA
    """
    standing = approvals.named(shelf.store, name)
    made = standing.read(shelf.vault)
    bible, file = shelf.bible, shelf.file
    if made.subject.show != bible.id:
        raise InputRefused(
            f"{made.candidate.name} was validated for {made.subject.show}, and {file} is {bible.id}."
        )
    chosen = _strength(standing, made, wish.strength, overridden=wish.override is not None)
    notes = _cleared(shelf, standing, made, wish)
    required_identity()
    others, before = _split(bible_text.loras_in(bible, made.subject), made.candidate.base)
    loras = as_loras(made.candidate, chosen, _origin(standing, made))
    if [_facts(one) for one in before] == [_facts(one) for one in loras]:
        raise InputRefused(f"{name} is in the bible already, at strength {chosen:g}. Nothing was changed.")
    with shelf.store.batch():
        if wish.override is not None:
            _signed(shelf, standing, wish.override)
        body = {
            **_body(before, loras, made.candidate.base),
            "document": standing.document.sha256,
            "name": made.candidate.name,
        }
        event = shelf.store.ledger.append("lora.promoted", str(made.subject), body, by=shelf.by)
        for one, ref in zip(loras, made.candidate.files.values(), strict=True):
            files.copy(shelf.vault.local(ref), _place(file.parent, one))
        unregistered = register(made, shelf.store, by=shelf.by)
        _write(file, made.subject, (*others, *loras))
    unsigned = dict.fromkeys(_unsigned(_place(file.parent, one), shelf.store) for one in loras)
    told = (*notes, unregistered, *unsigned)
    return Change(made.subject, before, loras, event, tuple(filter(None, told)))


def rollback(shelf: Shelf, subject: Subject, *, reason: str, base: str | None = None) -> Change:
    """Restore what the last promotion of ``subject`` replaced. Again: what the one before it replaced.

    raises  InputRefused if there is none, or somebody changed the bible since
    """
    said = one_line(reason).strip()
    if len(said) < 3:
        raise InputRefused("Give a reason: it stays in the history.")
    standing = _standing(shelf.store, subject, base)
    if not standing:
        raise InputRefused(f"No LoRA of {subject.words} was promoted here, so there is nothing to take back.")
    last = standing[-1]
    family = str(last.body["base"])
    before, after = (_loras(last.body[key]) for key in ("before", "after"))
    file = shelf.file
    others, now = _split(bible_text.loras_in(shelf.bible, subject), family)
    if [_facts(one) for one in now] != [_facts(one) for one in after]:
        raise InputRefused(
            f"{file} was edited since event {last.number} promoted {last.body['name']}: it has other LoRAs of {family} "
            f"for {subject.words}. Change it by hand, or restore what was promoted first."
        )
    for one in before:
        _required_there(file.parent, one)
    with shelf.store.batch():
        body = {**_body(after, before, family), "promotion": last.number, "reason": said}
        event = shelf.store.ledger.append("lora.rolled_back", str(subject), body, by=shelf.by)
        _write(file, subject, (*others, *before))
    return Change(subject, after, before, event)


def _cleared(shelf: Shelf, standing: Standing, made: Validation, wish: Wish) -> list[str]:
    """Sentences about how the LoRA passed the policy."""
    profile = profiles.load(wish.profile or str(standing.asked.body.get("profile", USUAL)))
    books = clearance.Books(shelf.store, shelf.vault)
    names = {ref.sha256: made.candidate.name for ref in made.candidate.files.values()}
    return clearance.required(names, profile, (), books)


def history(store: Store, show: str) -> tuple[Event, ...]:
    """Every promotion and rollback of a show, in order."""
    events = (*store.ledger.events(kind="lora.promoted"), *store.ledger.events(kind="lora.rolled_back"))
    of_show = (event for event in events if event.subject.partition("/")[0] == show)
    return tuple(sorted(of_show, key=lambda event: event.number))


def in_force(store: Store, subject: Subject, base: str) -> Event | None:
    """The promotion that counts now."""
    found = _standing(store, subject, base)
    return found[-1] if found else None


def _standing(store: Store, subject: Subject, base: str | None) -> list[Event]:
    """The promotions of ``subject`` that were not taken back, oldest first."""
    found: list[Event] = []
    for event in history(store, subject.show):
        if event.subject != str(subject) or base not in (None, event.body["base"]):
            continue
        if event.kind == "lora.promoted":
            found.append(event)
        else:
            found = [one for one in found if one.number != event.body["promotion"]]
    return found


def _strength(standing: Standing, made: Validation, strength: float | None, *, overridden: bool) -> float:
    if overridden:
        return made.proposed if strength is None else strength
    if standing.state != "approved" or standing.strength is None:
        raise NotApproved(
            f"{standing.name} {standing.words}: only what a person approved comes into the bible. Look at its sheet "
            f"and decide: sakuga lora review {typed(standing.name)}"
        )
    if strength not in (None, standing.strength):
        raise NotApproved(
            f"{standing.name} was approved at strength {standing.strength:g}, not at {strength:g}. Leave --strength "
            "out, or have another strength approved."
        )
    return standing.strength


def _signed(shelf: Shelf, standing: Standing, reason: str) -> Event:
    """The event of an override: signed, with its reason."""
    said = one_line(reason).strip()
    if len(said) < 10:
        raise InputRefused("Give a reason of at least ten characters; it stays in the ledger.")
    key = ledger_key()
    if key is None:
        raise InputRefused(
            f"An override is signed, and SAKUGA_LEDGER_KEY names no key. Make one outside the project: {MAKE}"
        )
    signer = Signer.read(key)
    body = {"document": standing.document.sha256, "reason": said, "by": shelf.by}
    data = b"sakuga lora override\n" + canonical({"subject": standing.subject, **body})
    signed = {"public": signer.public, "signature": signer.sign(data)}
    return shelf.store.ledger.append("lora.overridden", standing.subject, {**body, **signed}, by=shelf.by)


def _unsigned(path: Path, store: Store) -> str:
    """Sign the promoted file where the studio signs; a sentence where nobody knows what it was made of."""
    if required_identity() and not Lineage.of(store).event(sha256(path)):
        return "The LoRA has no content credentials: the ledger has no training or merge that made it."
    signed_if_set(path, store)
    return ""


def _origin(standing: Standing, made: Validation) -> str:
    by = f"approved by {standing.decided.made_by}" if standing.decided else "not approved"
    trained = f"trained on dataset {made.candidate.dataset[:12]}, " if made.candidate.dataset else ""
    return f"{trained}{by} (validation {standing.document.sha256[:12]})"


def _split(loras: tuple[Lora, ...], base: str) -> tuple[tuple[Lora, ...], tuple[Lora, ...]]:
    """Those of other families, and those of this one."""
    return tuple(one for one in loras if one.base != base), tuple(one for one in loras if one.base == base)


def _facts(lora: Lora) -> tuple[Any, ...]:
    return (lora.file, lora.base, lora.strength, lora.trigger, lora.expert)


def _body(before: tuple[Lora, ...], after: tuple[Lora, ...], base: str) -> Mapping[str, Any]:
    # As JSON numbers would, the ledger turns fractions into text, which Lora reads again.
    return {
        "base": base,
        "before": [one.model_dump(mode="json") for one in before],
        "after": [one.model_dump(mode="json") for one in after],
    }


def _loras(raw: Any) -> tuple[Lora, ...]:
    return tuple(Lora.model_validate(one) for one in raw)


def _place(folder: Path, lora: Lora) -> Path:
    return files.folder_in(folder, LORAS) / Path(lora.file).name


def _required_there(folder: Path, lora: Lora) -> None:
    path = folder / lora.file
    if not path.is_file() or (lora.sha256 and sha256(path) != lora.sha256):
        raise InputRefused(
            f"{path} is not the file that the bible named before. Put it back, then roll back again."
        )


def _write(file: Path, subject: Subject, loras: tuple[Lora, ...]) -> None:
    text = read_text(file, "a bible")
    files.write(file, bible_text.with_loras(text, str(file), subject, loras))


def told(event: Event) -> Iterator[str]:
    """An event of the history, for people."""
    names = [f"{Path(one['file']).name} at {float(one['strength']):g}" for one in event.body["after"]]
    what = "promoted" if event.kind == "lora.promoted" else "rolled back to"
    why = f": {event.body['reason']}" if event.body.get("reason") else ""
    yield (
        f"{event.number}  {event.made_at[:16].replace('T', ' ')}  {event.subject}  {what} "
        f"{', '.join(names) or 'no LoRA'}  by {event.made_by}{why}"
    )
