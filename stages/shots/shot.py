"""Resolve a cut into the shot for a model, limited to what the model's card accepts.

In: a cut sheet, one of its cuts, the card.      Out: a Shot; the part of it that decides the bytes; the seed.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal

from assets.hashing import digest
from assets.media.picture import from_png
from assets.sheets.bible import Art, Lora, Reference
from assets.sheets.cutsheet import Cut, Cutsheet
from assets.sheets.production import Ref
from assets.vault import Vault
from models.card import Card
from models.ports import LoraWeights, ReferencePicture, Shot
from stages.shots.prompt import prompt_of

Role = Literal["character", "place", "style"]
Subject = tuple[Role, str, Art]


def shot(
    cutsheet: Cutsheet, cut: Cut, size: tuple[int, int], card: Card | None = None, note: str = ""
) -> Shot:
    """The cut as a picture: who speaks is included, what is said and its length are not.

    So a changed word or a longer recording needs no new drawing.

    card  of the model the shot is for; without a card there is no prompt and no note
    """
    staged = [item.character for item in cut.staged]
    cast = tuple(cutsheet.character(id) for id in dict.fromkeys(staged))
    bare = Shot(_silent(cut), cast, cutsheet.place(cut.place), size, cutsheet.rate)
    if card is None:
        return bare
    return replace(
        bare, prompt=prompt_of(cut, cutsheet, card, note=note), note=note if reads_notes(card) else ""
    )


def ingredients(of: Shot, cutsheet: Cutsheet, card: Card) -> dict[str, Any]:
    """What decides the bytes besides what the shot depicts: prompt, note, references and LoRAs by hash.

    Only what the card accepts, and nothing empty: so a model that reads no prompt keeps its recipes, and a note
    changes only results of a model that reads it.
    """
    found = {
        "prompt": [of.prompt.text, of.prompt.negative] if of.prompt.text else None,
        "note": of.note,
        "references": [[role, subject, art.sha256] for role, subject, art in _references(of, cutsheet, card)],
        "loras": [_told(lora) for *_, lora in _loras(of, cutsheet, card)],
    }
    return {name: value for name, value in found.items() if value}


def equipped(of: Shot, cutsheet: Cutsheet, card: Card, vault: Vault) -> Shot:
    """``of`` with the reference pictures and LoRAs that the card accepts, fetched from the vault."""
    references = tuple(
        ReferencePicture(role, subject, from_png(vault.get(_in_vault(art))), art.sha256)
        for role, subject, art in _references(of, cutsheet, card)
    )
    loras = tuple(
        LoraWeights(
            vault.local(_in_vault(lora)),
            lora.sha256,
            lora.strength,
            lora.trigger,
            lora.expert,
            id if role == "character" else "",
        )
        for role, id, lora in _loras(of, cutsheet, card)
    )
    return replace(of, references=references, loras=loras) if references or loras else of


def sheets_of(of: Shot) -> list[tuple[str, Reference]]:
    """The approved sheets of everybody in the shot that a judge compares with: front and face, by character."""
    return [
        (who.id, picture)
        for who in of.cast
        for picture in who.art.references
        if picture.approved is not None and picture.approved.view != "sheet"
    ]


def compared(of: Shot, vault: Vault) -> Shot:
    """``of`` with the approved sheets, for a judge."""
    references = tuple(
        ReferencePicture(
            "character",
            id,
            from_png(vault.get(_in_vault(art))),
            art.sha256,
            art.approved.view if art.approved else "",
        )
        for id, art in sheets_of(of)
    )
    return replace(of, references=references) if references else of


def lora_set(cut: Cut, cutsheet: Cutsheet, card: Card) -> tuple[str, ...]:
    """Which LoRAs a model has loaded for a cut, by hash; strengths change nothing about loading."""
    bare = shot(cutsheet, cut, (1, 1))
    return tuple(sorted({lora.sha256 or lora.file for *_, lora in _loras(bare, cutsheet, card)}))


def by_loras(cuts: Sequence[Cut], cutsheet: Cutsheet, card: Card) -> list[Cut]:
    """``cuts`` with equal LoRAs one after another, otherwise in their order: an exchange takes seconds."""
    sets = {cut.number: lora_set(cut, cutsheet, card) for cut in cuts}
    first = list(dict.fromkeys(sets.values()))
    return sorted(cuts, key=lambda cut: first.index(sets[cut.number]))


def seed_of(cut: str, attempt: int, seed: int) -> int:
    """A seed of its own for every attempt at every cut, 0 <= seed < 2**31.

    The episode's name is not in it: a script that is renamed or copied finds its pictures again.
    """
    return int(digest([cut, attempt, seed])[:8], 16) & 0x7FFFFFFF


def _subjects(of: Shot, cutsheet: Cutsheet) -> list[Subject]:
    """Everything in the shot that may have art in the bible, in the order models receive it."""
    people: list[Subject] = [("character", who.id, who.art) for who in of.cast]
    return [*people, ("place", of.place.id, of.place.art), ("style", "", cutsheet.style)]


def _references(of: Shot, cutsheet: Cutsheet, card: Card) -> list[tuple[Role, str, Reference]]:
    if "references" not in card.accepts:
        return []
    return [
        (role, id, picture)
        for role, id, art in _subjects(of, cutsheet)
        for picture in art.references
        # Measured only: a painter sees the front on the sheet, and few of them take many pictures.
        if picture.approved is None or picture.approved.view != "front"
    ]


def _loras(of: Shot, cutsheet: Cutsheet, card: Card) -> list[tuple[Role, str, Lora]]:
    if "loras" not in card.accepts:
        return []
    return [
        (role, id, lora)
        for role, id, art in _subjects(of, cutsheet)
        for lora in art.loras
        if lora.base == card.lora_base
    ]


def _told(lora: Lora) -> list[Any]:
    """What of a LoRA decides the bytes; the expert only where one is named, so that earlier recipes do not change."""
    return [lora.sha256, lora.strength, lora.trigger, *([lora.expert] if lora.expert else [])]


def _in_vault(file: Reference | Lora) -> Ref:
    return Ref(sha256=file.sha256, bytes=file.bytes, media_type=file.media_type)


def reads_notes(card: Card) -> bool:
    """Whether the words of a retake reach the model."""
    return "note" in card.accepts or card.dialect in ("tags", "prose")


def _silent(cut: Cut) -> Cut:
    lines = tuple(
        line.model_copy(update={"text": "", "manner": "", "part": "", "at": 0, "frames": 0, "source_line": 0})
        for line in cut.lines
    )
    return cut.model_copy(update={"lines": lines, "cues": (), "frames": 1, "hold": 0, "source": (0, 0)})
