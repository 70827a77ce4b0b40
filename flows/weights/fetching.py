"""Pin, pull and verify the models of a profile.

In: the needs of a profile, a hub or a mirror folder.      Out: a lock file, a filled store, or what is wrong with it.
"""

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from assets import files
from assets.errors import InputRefused
from flows.settings import model_hub
from flows.weights.needs import Needs
from models.connection import is_here
from models.weights.hub import Hub
from models.weights.lock import Lock, LockedModel, lock_file
from models.weights.mirror import Mirror
from models.weights.pinning import pin
from models.weights.pulling import Moved, Source, pull
from models.weights.store import stored_models, verify

HEAD = (
    "# Written by `sakuga models pin`: every model of this profile at one commit, with each file's SHA-256.\n"
    "# Keep it under version control; `sakuga models pull` fetches exactly this, `sakuga models verify` checks it.\n"
)


def hub(address: str | None = None) -> Hub:
    """The hub to ask: as given, else as the settings say.

    raises  InputRefused for an address that is none, or that a token would reach unencrypted
    """
    set_address, token = model_hub()
    chosen = address or set_address
    parts = urlsplit(chosen)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.query:
        raise InputRefused(
            f"{chosen!r} is not the address of a hub. Write it like https://huggingface.co or "
            "http://models.studio:8090 (--hub or SAKUGA_HUB)."
        )
    if token and parts.scheme == "http" and not is_here(parts.hostname):
        raise InputRefused(
            f"SAKUGA_HUB_TOKEN would travel unencrypted to {chosen}. Use https, or unset the token."
        )
    return Hub(chosen, token)


def source(address: str | None, folder: Path | None) -> Source:
    """Where files come from: a folder, else a hub."""
    if folder is not None and address is not None:
        raise InputRefused("--from and --hub were both given. Fetch from a folder or from a hub.")
    return Mirror(folder) if folder is not None else hub(address)


def pin_profile(found: Needs, asked: Hub, *, renew: bool = False) -> tuple[Path, Lock]:
    """Ask the hub and write the lock file beside the profile."""
    lock = pin(found.file.stem, found.weights, asked, found.lock, renew=renew)
    path = lock_file(found.file)
    with files.teaching(
        f"{path} could not be written; copy the profile to a folder of yours and pin it there"
    ):
        path.parent.mkdir(parents=True, exist_ok=True)
    files.write(path, HEAD + lock.to_yaml())
    return path, lock


def pull_models(models: Sequence[LockedModel], where: Source, moved: Moved) -> None:
    for model in models:
        pull(model, where, moved)


def damaged(found: Needs | None) -> list[str]:
    """What is wrong with the models of a profile, or with everything in the store. Reads every byte."""
    if found is None:
        return [fault for stored in stored_models() for fault in verify(stored.model)]
    return [fault for model in found.locked() for fault in verify(model)]
