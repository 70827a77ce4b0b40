"""Validate a trained LoRA: make held-out cuts without and with it, measure them, and lay the sheet before a person.

In: a LoRA or a pair, whose it is, a profile, held-out art.      Out: a Validation in the vault, a sheet as PNG, an
event in the ledger. Until somebody approves it (flows/training/approvals.py), nothing else uses the LoRA.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assets import files
from assets.matter import Still
from assets.media.picture import from_png, to_png
from assets.sheets.dataset import FrozenWork, Manifest
from assets.sheets.production import Ref
from assets.sheets.validation import Column, HeldOut, HeldOutCut, Learnt, Subject, Validation
from assets.store import Store
from assets.vault import Vault
from flows.episode import profile as profiles
from flows.episode.profile import Profile
from flows.training import candidates, clearance, comparing, datasets, held_out
from flows.training.candidates import Read
from flows.training.comparing import Compared, Shown
from models.card import Card
from models.lease import card_with
from models.ports import Shot
from models.sealed import sha256
from models.style import floor_of
from stages.shots.shot import seed_of
from stages.validation import moving, sheet
from stages.validation.measuring import Art, PictureReader, gains, proposed, readings

FOLDER, CLIPS = "validations", "clips"
DOCUMENT_TYPE = "application/json"
STRENGTHS = (0.4, 0.7, 1.0)
CUTS = 6
WORKS = 24
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Order:
    """What is validated, with what.

    lora, low  the file; of a pair the file for high noise and the one for low noise
    script     of the show: its cuts are painted; or ``episode``, one that was produced
    held_out   name of a frozen dataset; none of its works may have been trained on
    """

    lora: Path
    name: str
    subject: Subject
    show: str
    held_out: str
    profile: str = "house"
    script: Path | None = None
    episode: str = ""
    base: str = ""
    strengths: tuple[float, ...] = STRENGTHS
    cuts: int = CUTS
    judges: bool = True
    learnt: Learnt | None = None
    low: Path | None = None


@dataclass(frozen=True)
class Place:
    """Where it is done, and for whom.

    run  Prefect's id of the run that waits for the decision; empty: none waits
    """

    out: Path
    vault: Vault
    store: Store
    device: str = "cpu"
    by: str = "sakuga"
    run: str = ""
    tell: Tell = field(default=lambda line: None)


def validate(order: Order, where: Place) -> tuple[Validation, Ref]:
    """Paint, measure, draw the sheet, and ask for an approval. Returns the document and where it is in the vault.

    raises  RightsRefused where the profile's policy refuses the LoRA, what it was made from, or the painter;
            InputRefused, before anything is painted, for a LoRA or painter that do not fit, held-out art that was
            trained on, or a subject that no cut shows
    """
    profile = profiles.load(order.profile)
    read = candidates.read(order.lora, order.low, order.base, profile)
    _required_clear(order, read, profile, where)
    art = datasets.manifest(order.held_out, where.vault)
    trained = held_out.trained_on(read.dataset, where.out, where.vault, where.tell)
    held_out.required_held_out(art, trained, where.vault)
    wanted = held_out.Wanted(order.show, order.subject, order.script, order.episode, order.cuts)
    cutsheet = held_out.cutsheet_of(wanted, profile.breakdown, where.store, where.vault)
    cuts = held_out.cuts_of(wanted, cutsheet, trained, where.store)
    given = Compared(
        read.candidate(order.name, where.vault), order.subject, order.strengths, cutsheet, cuts, profile,
        where.vault, where.device, where.tell,
    )  # fmt: skip
    shown = comparing.moved(given) if read.port == "animator" else comparing.painted(given)
    made = _document(given, read, shown, art, _How(order, where))
    return made, _kept(made, order, where)


def _required_clear(order: Order, read: Read, profile: Profile, where: Place) -> None:
    loras = {
        sha256(file.path): f"{order.name}{expert and f', {expert} noise'}"
        for expert, file in read.files.items()
    }
    books = clearance.Books(where.store, where.vault)
    for note in clearance.required(loras, profile, _cards(read, profile), books):
        where.tell(note)


def _cards(read: Read, profile: Profile) -> list[Card]:
    """The models of the profile that the validation uses."""
    chosen = profile.machines
    drawing = [chosen.painter] if chosen.layout is None else [chosen.painter, chosen.layout]
    cards = [card_with("painter", one.name, one.options) for one in drawing]
    return [*cards, chosen.animator_card] if read.port == "animator" else cards


@dataclass(frozen=True)
class _How:
    order: Order
    where: Place

    @property
    def follows(self) -> bool:
        """Whether the painter keeps the rig's layout, so that it is known where a character is."""
        chosen = profiles.load(self.order.profile).machines
        return chosen.layout is not None or chosen.painter_card.dialect == "grammar"


@dataclass(frozen=True)
class _Art:
    """The held-out works as pictures to measure against, and as pictures to show; the motion of its clips."""

    measured: tuple[Still, ...]
    shown: tuple[Ref, ...]
    motion: float | None


def _document(
    given: Compared, read: Read, shown: Sequence[Shown], manifest: Manifest, how: _How
) -> Validation:
    """Measure every column against the held-out art, and draw the sheet."""
    where, works = how.where, manifest.works[:WORKS]
    where.tell("Measuring.")
    held = _held(works, manifest, read, where.vault)
    art = Art(held.measured, given.subject, how.follows, _reader(where.device) if how.order.judges else None)
    columns = tuple(
        Column(
            kind=one.kind,
            strength=one.strength,
            pictures=one.pictures,
            clips=one.clips,
            readings=readings(one.seen, art, one.motion),
        )
        for one in shown
    )
    cuts = tuple(
        HeldOutCut(
            cut=cut.number,
            episode=given.cutsheet.episode,
            action=cut.action,
            seed=seed_of(cut.number, 1, given.profile.storyboard.seed),
        )
        for cut in given.cuts
    )
    floor = floor_of(held.measured)
    made = Validation(
        candidate=given.candidate,
        subject=given.subject,
        painter=given.profile.machines.painter.name,
        animator=given.profile.machines.animator.name if read.port == "animator" else "",
        size=given.profile.size,
        cuts=cuts,
        columns=columns,
        held_out=HeldOut(
            dataset=manifest.name, root=manifest.root, works=held.shown, floor=floor, motion=held.motion
        ),
        proposed=proposed(columns),
        learnt=how.order.learnt,
        picture=held.shown[0],  # until it is drawn
    )
    return made.model_copy(update={"picture": _sheet(made, works, where.vault)})


def _held(works: Sequence[FrozenWork], manifest: Manifest, read: Read, vault: Vault) -> _Art:
    films = [held_out.frames(each, manifest.showing, vault) for each in works]
    moves = read.port == "animator"
    measured = [frame for film in films for frame in (film if moves else film[:1])]
    shown = tuple(
        each.ref if len(film) == 1 else vault.put(to_png(moving.strip(held_out.spread(film))), "image/png")
        for each, film in zip(works, films, strict=True)
    )
    return _Art(tuple(measured), shown, moving.motion(films) if moves else None)


def _sheet(made: Validation, works: Sequence[FrozenWork], vault: Vault) -> Ref:
    creators = ", ".join(dict.fromkeys(each.work.rights.creator for each in works))
    hashes = " and ".join(ref.sha256[:12] for ref in made.candidate.files.values())
    mover = f" · animator {made.animator}" if made.animator else ""
    told = sheet.Told(
        title=f"{made.candidate.name}: a LoRA of {made.subject.words}",
        about=f"painter {made.painter}{mover} · base {made.candidate.base} · "
        f"trigger {made.candidate.trigger or 'none'} · hash {hashes} · "
        f"dataset {made.candidate.dataset[:12] or 'unknown'}",
        art=f"{made.held_out.dataset}, {len(works)} works by {creators}",
        floor=made.held_out.floor,
        proposed=made.proposed,
        gains=gains(made.columns, made.held_out.floor),
        motion=made.held_out.motion,
    )
    pictures = [[from_png(vault.get(ref)) for ref in one.pictures] for one in made.columns]
    art = [held_out.still(ref, vault) for ref in made.held_out.works]
    return vault.keep(to_png(sheet.drawn(told, made.cuts, made.columns, pictures, art)), "image/png")


def _kept(made: Validation, order: Order, where: Place) -> Ref:
    """Keep document, pictures and LoRA in the vault, copies for people beside the episodes, and open the gate."""
    own = (*made.candidate.files.values(), made.picture, *made.held_out.works)
    for ref in (*own, *(ref for one in made.columns for ref in (*one.pictures, *one.clips))):
        where.vault.keep_ref(ref)
    ref = where.vault.keep(made.to_json().encode(), DOCUMENT_TYPE)
    folder = files.folder_in(where.out, FOLDER, order.name)
    files.write(folder / "validation.json", made.to_json())
    files.write(folder / "sheet.png", where.vault.get(made.picture))
    _clips(made, folder, where.vault)
    known = where.store.ledger.events(kind="lora.validated", subject=str(made.subject))
    if not any(Ref.model_validate(event.body["document"]).sha256 == ref.sha256 for event in known):
        body = {
            "document": ref.model_dump(),
            "name": made.candidate.name,
            "lora": made.candidate.ref.sha256,
            "base": made.candidate.base,
            "dataset": made.candidate.dataset,
            "profile": order.profile,
            **({"low": made.candidate.low.sha256} if made.candidate.low else {}),
            **({"run": where.run} if where.run else {}),
        }
        where.store.ledger.append("lora.validated", str(made.subject), body, by=where.by)
    return ref


def _clips(made: Validation, folder: Path, vault: Vault) -> None:
    """Copies of the clips: a strip does not show how something moves."""
    for one in made.columns:
        for cut, ref in zip(made.cuts, one.clips, strict=False):
            name = one.kind if one.kind != "candidate" else f"{one.strength:g}"
            files.copy(vault.local(ref), files.folder_in(folder, CLIPS) / f"{cut.cut}-{name}.mp4")


def _reader(device: str) -> PictureReader:
    """The house judges. They ship with the program, and judge pictures of any painter."""
    from models.house.judge import Judge

    return _HouseReader(Judge.load(device))


@dataclass(frozen=True)
class _HouseReader:
    """The house judges of scene and people; heads are where the rig's layout has them."""

    judge: Any

    def legible(self, picture: Still, shot: Shot) -> float:
        from models.house.layout import Layouts

        heads = Layouts(shot, seed=0, frames=shot.cut.frames).heads()
        return float(self.judge.legible(picture, shot, heads))

    def features(self, pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
        found: NDArray[np.float32] = self.judge.scene.features(pictures)
        return found


def read(ref: Ref, vault: Vault) -> Validation:
    """A validation from the vault."""
    return Validation.from_json(vault.get(ref).decode(), f"the validation {ref.sha256[:12]}")


def dump(made: Validation) -> dict[str, Any]:
    return dict(json.loads(made.to_json()))
