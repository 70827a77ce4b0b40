"""Every kind of event: the version of its body, what it records, and what its body says.

A body of a higher version is added to; a kind or a key that was ever stored is never removed. Bodies have ids, hashes
and counts, no names of people. A body that is a sheet carries its own version too.
"""

from collections.abc import Mapping
from typing import NamedTuple

from assets.store.ledger import Kind


class About(NamedTuple):
    """One kind of event."""

    version: int
    records: str
    body: str


KINDS: Mapping[Kind, About] = {
    "person.entered": About(1, "a rights holder", "record (salted hash), version"),
    "person.erased": About(1, "name and contact of a person were erased", "versions"),
    "asset.ingested": About(1, "a work", "record, version, kind, files, made_by, sources"),
    "rights.granted": About(1, "a grant", "record, version and the terms of the grant"),
    "rights.revoked": About(1, "a grant ended for every later use", "reason, record"),
    "rights.overridden": About(1, "something refused was let pass", "key, reason, by, public, signature"),
    "dataset.frozen": About(1, "a dataset that never changes", "root, show, works: [sha256, repeats]"),
    "training.completed": About(3, "a model was trained", "dataset (root), run, shown, output, base with weights"),
    "model.merged": About(1, "a model was mixed of others", "output, inputs: [sha256, weight], method, weights"),
    "lora.validated": About(1, "a LoRA was measured on held-out cuts", "assets/sheets/validation.py"),
    "lora.decided": About(1, "a person judged a LoRA", "assets/sheets/validation.py"),
    "lora.promoted": About(1, "a LoRA is used from now on", "assets/sheets/validation.py"),
    "lora.rolled_back": About(1, "an earlier LoRA is used again", "assets/sheets/validation.py"),
    "lora.overridden": About(1, "a LoRA was let pass", "with public and signature"),
    "generation.completed": About(
        2, "a model made a piece", "assets/sheets/usage.py: Generation. Version 1: recipe, basis, clip, seed, model"
    ),
    "take.entered": About(1, "a take got its number", "recipe, basis, clip, seed, model"),
    "take.chosen": About(1, "a person chose a take", "take, reason"),
    "take.unlocked": About(1, "a person gave a take free", "take, reason"),
    "review.decided": About(1, "a decision at a gate", "review, gate, verdict, seen, remarks, choices, locks, note"),
    "sheet.decided": About(1, "a person decided about a character's sheet", "assets/sheets/casting.py"),
    "episode.assembled": About(1, "an episode was put together", "episode, profile, frames, segments, sound, models"),
    "delivery.completed": About(1, "what every cut of a delivery rests on", "assets/sheets/usage.py: Usage"),
    "delivery.signed": About(1, "content credentials of a delivery", "episode, delivery, studio, training, files"),
    "watermark.issued": About(1, "an episode got the id of its watermark", "id: 12 hexadecimal digits"),
    "royalty.rule_set": About(1, "a published rule", "assets/sheets/royalties.py"),
    "royalty.statement_issued": About(1, "a statement for a person", "assets/sheets/statement.py"),
    "royalty.statement_redacted": About(2, "a name was taken out of a statement", "period, pdf, public, signature"),
    "payment.recorded": About(1, "a payment", "flows/rights/royalties"),
    "access.given": About(1, "a person may read their own data", "sha256 of the token"),
    "access.ended": About(1, "a person may not any more", "flows/rights/access.py"),
    "record.rebuilt": About(1, "an event was entered again from the vault", "origin, event"),
    "store.accepted": About(1, "a person accepted this store as it is", "reason"),
    "key.changed": About(1, "the key that signs the ledger", "assets/store/keys.py"),
}  # fmt: skip
