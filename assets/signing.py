"""Sign and verify with Ed25519.

In: a private key in a PEM file, bytes.      Out: public key and signature, as hex.
"""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from assets.errors import InputRefused

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

MAKE = "openssl genpkey -algorithm ed25519 -out ledger.pem"


class Signer:
    """One private key."""

    def __init__(self, key: "Ed25519PrivateKey") -> None:
        self._key = key

    @classmethod
    def read(cls, path: Path) -> "Signer":
        """The private key in a PEM file without a password."""
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        try:
            key = load_pem_private_key(path.read_bytes(), password=None)
        except OSError as error:
            raise InputRefused(
                f"The ledger's key {path} cannot be read ({error.strerror}). Correct SAKUGA_LEDGER_KEY, or unset it."
            ) from error
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise InputRefused(
                f"{path} holds no private key in PEM without a password. Make one: {MAKE}"
            ) from error
        if not isinstance(key, Ed25519PrivateKey):
            raise InputRefused(
                f"The key in {path} is a {type(key).__name__}; Ed25519 is required. Make one: {MAKE}"
            )
        return cls(key)

    @classmethod
    def make(cls, path: Path) -> "Signer":
        """A new private key, kept in a new file that only its owner may read; so is a folder made for it."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

        key = Ed25519PrivateKey.generate()
        text = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(text)
        except OSError as error:
            if isinstance(error, FileExistsError) and path.exists():
                raise InputRefused(
                    f"{path} exists, and a key is never written over. Name another file."
                ) from error
            raise InputRefused(
                f"The key {path} cannot be written ({error.strerror}). Name a file in a folder that you may write to."
            ) from error
        return cls(key)

    @property
    def public(self) -> str:
        return self._key.public_key().public_bytes_raw().hex()

    def sign(self, data: bytes) -> str:
        return self._key.sign(data).hex()


def is_signed(data: bytes, *, public: str, signature: str) -> bool:
    """Whether ``signature`` is a signature of ``data`` by the owner of ``public``."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(bytes.fromhex(signature), data)
    except (InvalidSignature, ValueError):
        return False
    return True
