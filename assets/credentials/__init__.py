"""Content credentials (C2PA): who made a file, with what, and whether it may be trained on."""

from assets.credentials.claim import Claim, Made, Oversight, Part, Source, Training
from assets.credentials.identity import Identity, make, renew
from assets.credentials.signing import Credentials, read, sidecar_of, sign

__all__ = [
    "Claim",
    "Credentials",
    "Identity",
    "Made",
    "Oversight",
    "Part",
    "Source",
    "Training",
    "make",
    "read",
    "renew",
    "sidecar_of",
    "sign",
]
