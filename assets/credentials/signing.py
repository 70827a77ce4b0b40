"""Sign files with content credentials, and read what signed files say.

In: a file, a Claim, an Identity.      Out: a signed copy; for formats without room for credentials a file beside it.
No request leaves this machine, except to the time-stamp server of an identity that names one: no remote manifest is
fetched. Such a server gets a hash of the signature, and never a part of the file.
"""

import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from assets import files
from assets.credentials.claim import MINING, PROVENANCE, WATERMARK, Claim
from assets.credentials.identity import Identity
from assets.errors import InputRefused, SetupMissing

EMBEDDED = {
    ".mp4": "video/mp4",
    ".mov": "video/quicktime",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
    ".wav": "audio/wav",
    ".flac": "audio/flac",
}
"""Formats that carry their credentials themselves."""
ANY = "application/octet-stream"
SIDECAR = ".c2pa"
LARGEST_SIDECAR = 16_000_000  # bytes of a manifest that is read


@dataclass(frozen=True)
class Credentials:
    """What a file says of itself, and whether it can be believed.

    state    "Trusted" (by the roots given), "Valid" (unchanged since it was signed by somebody unknown here), "Invalid"
    studio   name in the certificate; whoever signs can write any name, so it counts only when trusted
    faults   why it is invalid
    uses     of training and mining, by their names: allowed, notAllowed, constrained
    at       when it was signed, as a time-stamp server says; empty: nobody says
    stamped  whether that server is one of those trusted
    """

    state: str
    studio: str
    title: str
    manifest: dict[str, Any]
    faults: tuple[str, ...]
    uses: dict[str, str]
    at: str = ""
    stamped: bool = False

    @property
    def forbids_training(self) -> bool:
        return any(self.uses.get(name) == "notAllowed" for name in MINING if name.endswith("training"))

    @property
    def provenance(self) -> dict[str, str]:
        return next(self._assertions(PROVENANCE), {})

    @property
    def actions(self) -> list[tuple[str, str]]:
        """What was done, and the digital source type of what came of it (in full, as it was signed)."""
        told = next(self._assertions("c2pa.actions"), {}).get("actions", ())
        return [
            (str(one.get("action", "")), str(one["digitalSourceType"]))
            for one in told
            if "digitalSourceType" in one
        ]

    @property
    def watermark(self) -> str:
        """The id that our watermark in the picture has; empty where none is said."""
        for bound in self._assertions("c2pa.soft-binding"):
            if bound.get("alg") == WATERMARK:
                return next((str(block.get("value", "")) for block in bound.get("blocks", ())), "")
        return ""

    @property
    def disclosures(self) -> list[tuple[str, str]]:
        """The models that took part, and what people did."""
        return [
            (
                str(one.get("modelIdentifier") or one.get("modelName", "")),
                str(one.get("contentProfile", {}).get("humanOversightLevel", "")),
            )
            for one in self._assertions("c2pa.ai-disclosure")
        ]

    @property
    def ingredients(self) -> list[tuple[str, str, str]]:
        """What it was to the file, its name, and its SHA-256 where that was said."""
        return [
            (
                str(one.get("relationship", "")),
                str(one.get("title", "")),
                str(one.get("instance_id", "")).partition("urn:sha256:")[2],
            )
            for one in self.manifest.get("ingredients", ())
        ]

    def _assertions(self, label: str) -> Iterator[dict[str, Any]]:
        """Those of a label; a later one of the same label has a number behind it, a newer form a version."""
        for one in self.manifest.get("assertions", ()):
            if re.fullmatch(re.escape(label) + r"(\.v\d+)?(__\d+)?", str(one.get("label", ""))):
                yield dict(one.get("data", {}))


def sidecar_of(path: Path) -> Path:
    """Where the credentials of a file are that cannot carry them: beside it."""
    return path.with_name(path.name + SIDECAR)


def sign(source: Path, to: Path, claim: Claim, identity: Identity) -> Path:
    """Write a signed copy of ``source`` to ``to``; return the file that holds the credentials.

    raises  InputRefused when the library cannot read the file
    """
    media = EMBEDDED.get(to.suffix.lower(), ANY)
    if media == ANY:
        manifest = _beside(source, claim, identity)
        files.copy(source, to)
        files.write(sidecar_of(to), manifest)
        return sidecar_of(to)
    with source.open("rb") as given, files.replacing(to) as draft, draft.open("w+b") as made:
        _signed(source, (claim, media, identity), given, made)
    return to


def attach(path: Path, claim: Claim, identity: Identity) -> Path:
    """Write the credentials of a file beside it, and leave the file as it is; return where they are.

    raises  InputRefused for a format that carries its credentials itself
    """
    if path.suffix.lower() in EMBEDDED:
        raise InputRefused(f"{path} carries its credentials itself: a signed copy of it must be made.")
    files.write(sidecar_of(path), _beside(path, claim, identity))
    return sidecar_of(path)


def _beside(source: Path, claim: Claim, identity: Identity) -> bytes:
    with source.open("rb") as given:
        return _signed(source, (claim, ANY, identity), given, io.BytesIO())


def _signed(source: Path, order: tuple[Claim, str, Identity], given: IO[bytes], made: IO[bytes]) -> bytes:
    import c2pa

    claim, media, identity = order
    try:
        asked = identity.timestamps.encode() or None
        info = c2pa.C2paSignerInfo(b"es256", identity.chain.encode(), identity.key, asked)
        signer = c2pa.Signer.from_info(info)
        builder = c2pa.Builder(claim.manifest(media, _version()), _context(""))
        if media == ANY:
            builder.set_no_embed()
        return bytes(builder.sign(signer, media, given, made))
    except c2pa.C2paError as error:
        if identity.timestamps and isinstance(error, c2pa.C2paError.Signature):
            raise SetupMissing(
                f"The time-stamp server {identity.timestamps} gave no time for {source.name}, which stays unsigned: "
                f"{error} Sign it later (sakuga credentials sign), or unset SAKUGA_TIMESTAMPS: files are signed "
                "without a time then."
            ) from error
        raise InputRefused(f"{source} cannot be given credentials: {error}") from error


def read(path: Path, trust: str = "") -> Credentials | None:
    """The credentials of a file; None where it has none.

    trust  certificates in PEM of the roots to believe
    raises  InputRefused when what is there is no credential that can be read
    """
    if not _may_have(path):
        return None
    import c2pa

    try:
        found = _reader(path, _context(trust))
        if found is None:
            return None
        manifest = found.get_active_manifest() or {}
        results = found.get_validation_results() or {}
        state = found.get_validation_state() or "Invalid"
    except (c2pa.C2paError, json.JSONDecodeError, OSError) as error:
        raise InputRefused(f"The credentials of {path} cannot be read: {error}") from error
    return Credentials(
        state=state,
        studio=str(manifest.get("signature_info", {}).get("issuer", "")),
        title=str(manifest.get("title", "")),
        manifest=manifest,
        faults=_faults(results),
        uses=_uses(manifest),
        at=str(manifest.get("signature_info", {}).get("time") or ""),
        stamped="timeStamp.trusted" in _codes(results, "success"),
    )


def _may_have(path: Path) -> bool:
    """Whether the library need be loaded at all: every embedded manifest has its own name in it."""
    return sidecar_of(path).is_file() or (
        path.suffix.lower() in EMBEDDED and any(b"c2pa" in part for part in _parts(path))
    )


def _parts(path: Path) -> Iterator[bytes]:
    """The file in parts that overlap by the length of the name."""
    with path.open("rb") as file:
        tail = b""
        while chunk := file.read(1 << 22):
            yield tail + chunk
            tail = chunk[-4:]


def _reader(path: Path, context: Any) -> Any:
    import c2pa

    beside = sidecar_of(path)
    if beside.is_file():
        if beside.stat().st_size > LARGEST_SIDECAR:
            raise InputRefused(
                f"{beside} has {beside.stat().st_size:,} bytes; credentials have {LARGEST_SIDECAR:,}."
            )
        with path.open("rb") as file:
            return c2pa.Reader(ANY, file, beside.read_bytes(), context=context)
    media = EMBEDDED.get(path.suffix.lower())
    if media is None:
        return None
    with path.open("rb") as file:
        return c2pa.Reader.try_create(media, file, context=context)


def _context(trust: str) -> Any:
    import c2pa

    settings: dict[str, Any] = {
        "version": 1,
        "builder": {"thumbnail": {"enabled": False}},  # 600 kB each
        "verify": {"remote_manifest_fetch": False, "ocsp_fetch": False},
    }
    if trust:
        settings["trust"] = {"trust_anchors": trust}
    return c2pa.Context.from_dict(settings)


def _faults(results: dict[str, Any]) -> tuple[str, ...]:
    failed = results.get("activeManifest", {}).get("failure", ())
    told = (
        f"{one.get('code', '')}: {one.get('explanation', '')}"
        for one in failed
        if one.get("code") != "signingCredential.untrusted"  # that is what the state "Valid" says
    )
    return tuple(dict.fromkeys(told))


def _codes(results: dict[str, Any], kind: str) -> set[str]:
    return {str(one.get("code", "")) for one in results.get("activeManifest", {}).get(kind, ())}


def _uses(manifest: dict[str, Any]) -> dict[str, str]:
    for one in manifest.get("assertions", ()):
        if str(one.get("label", "")).startswith(("cawg.training-mining", "c2pa.training-mining")):
            entries = one.get("data", {}).get("entries", {})
            return {
                str(name).replace("c2pa.", "cawg.", 1): str(entry.get("use", ""))
                for name, entry in entries.items()
                if isinstance(entry, dict)
            }
    return {}


def _version() -> str:
    from importlib.metadata import version

    return version("sakuga")
