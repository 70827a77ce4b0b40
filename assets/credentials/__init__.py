"""Content credentials (C2PA): who made a file, with what, and whether it may be trained on."""

from assets.credentials.claim import Claim, Kind, Made, Oversight, Part, Relation, Source, Training
from assets.credentials.identity import Identity, make, renew
from assets.credentials.signing import Credentials, attach, read, sidecar_of, sign

__all__ = [
    "Claim",
    "Credentials",
    "Identity",
    "Kind",
    "Made",
    "Oversight",
    "Part",
    "Relation",
    "Source",
    "Training",
    "attach",
    "make",
    "read",
    "renew",
    "sidecar_of",
    "sign",
]
