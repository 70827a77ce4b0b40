"""Read the LoRA that is to be validated: of which family it is, and for which model of the profile.

In: one file, or a pair for a model with two experts; a profile.      Out: a Read; or an InputRefused.
A pair is given in order, high noise first: exchanged, both files load, and the clips are wrong (diffusers 12074).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from assets.errors import InputRefused
from assets.sheets.bible import Expert, Lora
from assets.sheets.validation import Candidate
from assets.vault import Vault
from flows.episode.profile import Profile
from models.card import Card
from models.diffusion import lorafile
from models.diffusion.lorafile import LoraFile
from models.wan import experts

HIGH: Expert = "high"
LOW: Expert = "low"


@dataclass(frozen=True)
class Read:
    """What its files say.

    port    which model of the profile it is for
    files   by expert; one file alone is for ""
    """

    port: Literal["painter", "animator"]
    base: str
    files: Mapping[Expert, LoraFile]
    trigger: str
    dataset: str

    def candidate(self, name: str, vault: Vault) -> Candidate:
        """The LoRA in the vault, under a name."""
        refs = {expert: vault.put_file(file.path, Lora.media_type) for expert, file in self.files.items()}
        return Candidate(
            name=name,
            ref=refs.get(HIGH) or refs[""],
            low=refs.get(LOW),
            base=self.base,
            trigger=self.trigger,
            dataset=self.dataset,
        )


def read(path: Path, low: Path | None, base: str, profile: Profile) -> Read:
    """The LoRA at ``path``, and with ``low`` a pair.

    raises  InputRefused for a family that no model of the profile takes, half of a pair, or an exchanged one
    """
    found = [lorafile.read(one) for one in (path, low) if one is not None]
    family = base or found[0].metadata.get("sakuga.base", "") or found[0].family
    if not family:
        raise InputRefused(f"{path} does not say which family of models it belongs to. Say it: --base sdxl.")
    port, card = _taken_by(path, family, profile)
    if any(file.family not in ("", family) for file in found):
        raise InputRefused(f"{path.name} and its pair are of two families. Give both files of one training.")
    return Read(
        port, family, _by_expert(found, card), _said(found, "modelspec.trigger_phrase"), _dataset(found)
    )


def _taken_by(path: Path, family: str, profile: Profile) -> tuple[Literal["painter", "animator"], Card]:
    painter, animator = profile.machines.painter_card, profile.machines.animator_card
    if _takes(painter, family):
        return "painter", painter
    if _takes(animator, family):
        return "animator", animator
    raise InputRefused(
        f"{path.name} is a LoRA of {family}. In the profile {profile.name} the painter {painter.name} takes "
        f"{_told(painter)}, and the animator {animator.name} {_told(animator)}. Give a profile with a model that takes "
        f"LoRAs of {family}: --profile."
    )


def _takes(card: Card, family: str) -> bool:
    return "loras" in card.accepts and card.lora_base == family


def _told(card: Card) -> str:
    return f"LoRAs of {card.lora_base}" if "loras" in card.accepts else "no LoRAs"


def _by_expert(found: list[LoraFile], card: Card) -> dict[Expert, LoraFile]:
    first, said = found[0], [experts.said(file) for file in found]
    if card.experts < 2:
        if len(found) > 1:
            raise InputRefused(
                f"{card.name} of this profile has one network, and a LoRA for it is one file; two were given."
            )
        if said[0]:
            raise InputRefused(
                f"{first.path.name} is for the {said[0]}-noise expert of a model with two, and {card.name} of this "
                "profile has one. Choose form: i2v-a14b in the profile."
            )
        return {"": first}
    if len(found) < 2:
        missing = HIGH if said[0] == LOW else LOW
        raise InputRefused(
            f"{card.name} of this profile has two experts, and {first.path.name} is one LoRA. Give the pair, high "
            f"noise first; the file for {missing} noise is missing: sakuga train --expert {missing}."
        )
    if said[0] == LOW or said[1] == HIGH:
        raise InputRefused(_wrong_order(found, said))
    return {HIGH: found[0], LOW: found[1]}


def _wrong_order(found: list[LoraFile], said: list[Expert]) -> str:
    names = [file.path.name for file in found]
    if said[0] == said[1]:
        return f"{names[0]} and {names[1]} are both for the {said[0]}-noise expert. Give one file for each."
    return (
        f"The pair is swapped: {names[0]} is given for high noise and {names[1]} for low noise, and their files say "
        f"the opposite. Give {names[1]} first."
    )


def _dataset(found: list[LoraFile]) -> str:
    roots = {file.metadata.get("sakuga.dataset", "") for file in found} - {""}
    if len(roots) > 1:
        raise InputRefused(
            f"{found[0].path.name} and {found[1].path.name} were trained on two datasets, so they are no pair. Give "
            "both files of one training."
        )
    return next(iter(roots), "")


def _said(found: list[LoraFile], key: str) -> str:
    return next((file.metadata[key] for file in found if file.metadata.get(key)), "")
