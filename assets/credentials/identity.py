"""The certificates of a studio: a root that is kept offline, and a leaf that signs files.

In: the studio's name, a folder outside the project.      Out: ``root.key`` ``trust.pem`` ``leaf.key`` ``chain.pem``.
Readers trust a file when they are given ``trust.pem``: that is studio-trusted, not trusted by the C2PA's own list.
Source: C2PA 2.2, certificate profile (ES256, EKU emailProtection and c2pa-kp-claimSigning, AuthorityKeyIdentifier).
"""

import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

from assets import files
from assets.errors import InputRefused, SetupMissing
from assets.plain import one_line, typed

ROOT_DAYS, LEAF_DAYS = 3650, 398
CLAIM_SIGNING = ObjectIdentifier("1.3.6.1.4.1.62558.2.1")
ROOT_KEY, TRUST, LEAF_KEY, CHAIN = "root.key", "trust.pem", "leaf.key", "chain.pem"
LONGEST_NAME = 64  # of an X.509 name
LONGEST_ADDRESS = 2000
_CLOCKS = timedelta(minutes=5)  # another machine's clock may be behind
_PEM = serialization.Encoding.PEM


@dataclass(frozen=True)
class Identity:
    """What files are signed with.

    chain       certificates in PEM: the leaf, then the root
    key         the leaf's private key in PEM
    timestamps  address of the time-stamp server (RFC 3161) that every signature is sent to; empty: none is asked
    """

    studio: str
    chain: str
    key: bytes
    until: datetime
    timestamps: str = ""

    @classmethod
    def read(cls, folder: Path, timestamps: str = "") -> "Identity":
        """Raises SetupMissing where the folder holds no usable identity, its leaf has ended, or the address is none."""
        _check_address(timestamps)
        try:
            chain, key = (folder / CHAIN).read_bytes(), (folder / LEAF_KEY).read_bytes()
            leaf = x509.load_pem_x509_certificates(chain)[0]
        except (OSError, ValueError, IndexError) as error:
            raise SetupMissing(
                f"{folder} holds no identity that can sign ({error}). Make one: sakuga credentials studio FOLDER"
            ) from error
        until = leaf.not_valid_after_utc
        if until <= datetime.now(UTC):
            raise SetupMissing(
                f"The certificate in {folder} ended on {until:%Y-%m-%d}. Renew it: "
                f"sakuga credentials renew {typed(folder)}"
            )
        named = leaf.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
        return cls(str(named[0].value) if named else "", chain.decode(), key, until, timestamps)


def _check_address(timestamps: str) -> None:
    """Only the web's two protocols, and no password: the address is told in errors."""
    try:
        parts = urlsplit(timestamps)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    plain = timestamps.isascii() and timestamps.isprintable() and " " not in timestamps
    if timestamps and not (usable and plain and "@" not in timestamps and len(timestamps) <= LONGEST_ADDRESS):
        given = timestamps.rpartition("@")[2][:200]
        raise SetupMissing(
            f"The time-stamp server is {given!r}. Give an address that begins with http:// or https:// and has no "
            f"password, of at most {LONGEST_ADDRESS} characters (SAKUGA_TIMESTAMPS), or unset it: files are signed "
            "without a time then."
        )


def make(folder: Path, studio: str) -> Identity:
    """Make a root and its first leaf in ``folder``.

    raises  InputRefused when the folder has one already: files signed with it would no longer be trusted
    """
    name = one_line(studio)
    if not name or len(name) > LONGEST_NAME:
        raise InputRefused(
            f"The studio's name is {studio!r}; give one line of 1 to {LONGEST_NAME} characters."
        )
    if any((folder / one).exists() for one in (ROOT_KEY, TRUST, CHAIN, LEAF_KEY)):
        raise InputRefused(f"{folder} has an identity already. Renew its leaf, or name another folder.")
    key = ec.generate_private_key(ec.SECP256R1())
    subject = _named(name, "root of content credentials")
    own = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    root = (
        _certificate(subject, subject, key.public_key(), ROOT_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(own, critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(own), critical=False)
        .sign(key, hashes.SHA256())
    )
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    _secret(folder / ROOT_KEY, _private(key))
    files.write(folder / TRUST, root.public_bytes(_PEM).decode())
    return renew(folder, folder / ROOT_KEY)


def renew(folder: Path, root_key: Path) -> Identity:
    """A new leaf, signed by the root whose key is at ``root_key``; files signed earlier stay as they are."""
    try:
        root = x509.load_pem_x509_certificate((folder / TRUST).read_bytes())
        key = serialization.load_pem_private_key(root_key.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as error:
        raise SetupMissing(
            f"The root of {folder} cannot be read ({error}). Name its key: --root FILE; it may lie on another disk."
        ) from error
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.public_key() != root.public_key():
        raise InputRefused(f"{root_key} is not the key of {folder / TRUST}. Name the root's own key.")
    leaf_key = ec.generate_private_key(ec.SECP256R1())
    issuer = root.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    studio = str(root.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)[0].value)
    leaf = (
        _certificate(_named(studio, "content credentials"), root.subject, leaf_key.public_key(), LEAF_DAYS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION, CLAIM_SIGNING]), critical=False
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(leaf_key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(issuer), critical=False)
        .sign(key, hashes.SHA256())
    )
    _secret(folder / LEAF_KEY, _private(leaf_key))
    files.write(folder / CHAIN, (leaf.public_bytes(_PEM) + root.public_bytes(_PEM)).decode())
    return Identity.read(folder)


def _certificate(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, days: int
) -> x509.CertificateBuilder:
    begins = datetime.now(UTC) - _CLOCKS
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(days=days))
    )


def _named(studio: str, what: str) -> x509.Name:
    return x509.Name(
        [x509.NameAttribute(NameOID.ORGANIZATION_NAME, studio), x509.NameAttribute(NameOID.COMMON_NAME, what)]
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _private(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(_PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


def _secret(path: Path, text: bytes) -> None:
    """Write a key that only its owner may read; never readable by others in between."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(text)
