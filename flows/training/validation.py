"""Validate a trained LoRA: paint held-out cuts without and with it, measure them, and lay the sheet before a person.

In: a LoRA, whose it is, a painter, held-out art.      Out: a Validation in the vault, a sheet as PNG, an event in the
ledger. Until somebody approves it (flows/training/approvals.py), nothing else uses the LoRA.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assets import files
from assets.errors import InputRefused
from assets.matter import Still
from assets.media.picture import from_png, to_png
from assets.sheets.bible import Lora
from assets.sheets.dataset import Manifest
from assets.sheets.production import Panel, Ref
from assets.sheets.validation import Candidate, Column, HeldOut, HeldOutCut, Learnt, Subject, Validation
from assets.store import Store
from assets.vault import Vault
from flows.episode import profile as profiles
from flows.episode.profile import Profile
from flows.training import clearance, datasets, held_out
from models.card import Card
from models.diffusion import lorafile
from models.lease import card_with, lease
from models.ports import Painter, Shot
from models.sealed import sha256
from models.style import floor_of
from stages.shots.shot import seed_of, shot
from stages.storyboard import PanelModels
from stages.validation import columns as painting
from stages.validation import sheet
from stages.validation.measuring import Art, PictureReader, gains, proposed, readings

FOLDER = "validations"
DOCUMENT_TYPE = "application/json"
STRENGTHS = (0.4, 0.7, 1.0)
CUTS = 6
WORKS = 24
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Order:
    """What is validated, with what.

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
    file = lorafile.read(order.lora)
    base = _base(order, file, profile)
    _required_clear(order, profile, where)
    art = datasets.manifest(order.held_out, where.vault)
    dataset = file.metadata.get("sakuga.dataset", "")
    trained = held_out.trained_on(dataset, where.out, where.vault, where.tell)
    held_out.required_held_out(art, trained, where.vault)
    wanted = held_out.Wanted(order.show, order.subject, order.script, order.episode, order.cuts)
    cutsheet = held_out.cutsheet_of(wanted, profile.breakdown, where.store, where.vault)
    cuts = held_out.cuts_of(wanted, cutsheet, trained, where.store)
    with _models(profile, where.device) as models:
        given = painting.Painting(
            cutsheet, cuts, profile.size, models, where.vault, painting.Unwatched(), profile.storyboard
        )
        ref = where.vault.put_file(order.lora, Lora.media_type)
        candidate = Candidate(
            name=order.name,
            ref=ref,
            base=base,
            trigger=file.metadata.get("modelspec.trigger_phrase", ""),
            dataset=dataset,
        )
        panels = _painted(order, given, candidate, where.tell)
        models.painter.release()  # the judges need the memory
        follows = models.layout is not None or models.painter.card.dialect == "grammar"
        made = _document(order, given, candidate, panels, _Given(art, follows, where))
    return made, _kept(made, order, where)


def _required_clear(order: Order, profile: Profile, where: Place) -> None:
    cards = painters(profile)
    books = clearance.Books(where.store, where.vault)
    for note in clearance.required({sha256(order.lora): order.name}, profile, cards, books):
        where.tell(note)


def painters(profile: Profile) -> list[Card]:
    """The models of the profile that a validation uses."""
    chosen = profile.machines
    drawing = [chosen.painter] if chosen.layout is None else [chosen.painter, chosen.layout]
    return [card_with("painter", one.name, one.options) for one in drawing]


@dataclass(frozen=True)
class _Given:
    manifest: Manifest
    follows: bool
    where: Place


@dataclass(frozen=True)
class _Painted:
    """The panels of one column."""

    kind: Any
    strength: float
    panels: tuple[Panel, ...]


def _base(order: Order, file: lorafile.LoraFile, profile: Profile) -> str:
    """The family of the LoRA, which the profile's painter must accept."""
    card = profile.machines.painter_card
    base = order.base or file.metadata.get("sakuga.base", "") or file.family
    if not base:
        raise InputRefused(
            f"{order.lora} does not say which family of models it belongs to. Say it: --base sdxl."
        )
    if "loras" not in card.accepts or card.lora_base != base:
        accepts = f"LoRAs of {card.lora_base}" if "loras" in card.accepts else "no LoRAs"
        raise InputRefused(
            f"{order.lora.name} is a LoRA of {base}, and the painter {card.name} of the profile {profile.name} takes "
            f"{accepts}. Give a profile whose painter takes LoRAs of {base}: --profile."
        )
    return base


@contextmanager
def _models(profile: Profile, device: str) -> Iterator[PanelModels]:
    chosen = profile.machines
    device = profile.devices.get("painter", device)
    with lease(Painter, chosen.painter.name, device, options=chosen.painter.options) as painter:
        if chosen.layout is None:
            yield PanelModels(painter)
            return
        with lease(Painter, chosen.layout.name, device, options=chosen.layout.options) as layout:
            yield PanelModels(painter, layout)


def _painted(
    order: Order, given: painting.Painting, candidate: Candidate, tell: Tell
) -> tuple[_Painted, ...]:
    """Every column: without, as the bible has it now, and the candidate at each strength."""
    subject, base = order.subject, candidate.base
    now = painting.loras_of(given.cutsheet, subject, base)
    tell(f"Painting {len(given.cuts)} cuts without the LoRA.")
    found = [_Painted("without", 0.0, painting.column(given, subject, (), base))]
    if now and now[0].sha256 != candidate.ref.sha256:
        tell("Painting them with the LoRA that is in the bible now.")
        found.append(_Painted("now", now[0].strength, painting.column(given, subject, now, base)))
    for strength in sorted(set(order.strengths)):
        tell(f"Painting them at strength {strength:g}.")
        lora = as_lora(candidate, strength)
        found.append(_Painted("candidate", strength, painting.column(given, subject, (lora,), base)))
    return tuple(found)


def as_lora(candidate: Candidate, strength: float, file: str = "", origin: str = "") -> Lora:
    """The candidate as a bible names it."""
    return Lora(
        file=file or f"{candidate.name}.safetensors",
        base=candidate.base,
        sha256=candidate.ref.sha256,
        bytes=candidate.ref.bytes,
        strength=strength,
        trigger=candidate.trigger,
        origin=origin,
    )


def _document(
    order: Order, given: painting.Painting, candidate: Candidate, painted: Sequence[_Painted], how: _Given
) -> Validation:
    where, works = how.where, how.manifest.works[:WORKS]
    stills = tuple(held_out.still(each.ref, where.vault) for each in works)
    shots = [shot(given.cutsheet, cut, given.size) for cut in given.cuts]
    art = Art(stills, order.subject, how.follows, _reader(where.device) if order.judges else None)
    pictures = [[from_png(where.vault.get(panel.image)) for panel in one.panels] for one in painted]
    where.tell("Measuring.")
    columns = tuple(
        Column(
            kind=one.kind,
            strength=one.strength,
            pictures=tuple(panel.image for panel in one.panels),
            readings=readings(found, shots, art),
        )
        for one, found in zip(painted, pictures, strict=True)
    )
    cuts = tuple(
        HeldOutCut(
            cut=cut.number,
            episode=given.cutsheet.episode,
            action=cut.action,
            seed=seed_of(cut.number, 1, given.options.seed),
        )
        for cut in given.cuts
    )
    floor, strength = floor_of(stills), proposed(columns)
    creators = ", ".join(dict.fromkeys(each.work.rights.creator for each in works))
    told = sheet.Told(
        title=f"{candidate.name}: a LoRA of {order.subject.words}",
        about=f"painter {given.models.painter.card.name} · base {candidate.base} · "
        f"trigger {candidate.trigger or 'none'} · hash {candidate.ref.sha256[:12]} · "
        f"dataset {candidate.dataset[:12] or 'unknown'}",
        art=f"{how.manifest.name}, {len(works)} works by {creators}",
        floor=floor,
        proposed=strength,
        gains=gains(columns, floor),
    )
    drawn = sheet.drawn(told, cuts, columns, pictures, stills)
    return Validation(
        candidate=candidate,
        subject=order.subject,
        painter=given.models.painter.card.name,
        size=given.size,
        cuts=cuts,
        columns=columns,
        held_out=HeldOut(
            dataset=how.manifest.name,
            root=how.manifest.root,
            works=tuple(each.ref for each in works),
            floor=floor,
        ),
        proposed=strength,
        learnt=order.learnt,
        picture=where.vault.keep(to_png(drawn), "image/png"),
    )


def _kept(made: Validation, order: Order, where: Place) -> Ref:
    """Keep document, pictures and LoRA in the vault, copies for people beside the episodes, and open the gate."""
    for ref in (made.candidate.ref, made.picture, *(ref for one in made.columns for ref in one.pictures)):
        where.vault.keep_ref(ref)
    ref = where.vault.keep(made.to_json().encode(), DOCUMENT_TYPE)
    folder = files.folder_in(where.out, FOLDER, order.name)
    files.write(folder / "validation.json", made.to_json())
    files.write(folder / "sheet.png", where.vault.get(made.picture))
    known = where.store.ledger.events(kind="lora.validated", subject=str(made.subject))
    if not any(Ref.model_validate(event.body["document"]).sha256 == ref.sha256 for event in known):
        body = {
            "document": ref.model_dump(),
            "name": made.candidate.name,
            "lora": made.candidate.ref.sha256,
            "base": made.candidate.base,
            "dataset": made.candidate.dataset,
            "profile": order.profile,
            **({"run": where.run} if where.run else {}),
        }
        where.store.ledger.append("lora.validated", str(made.subject), body, by=where.by)
    return ref


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
