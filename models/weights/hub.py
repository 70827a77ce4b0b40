"""A hub over HTTP: what is in a repository at one commit, and its files, resumed where a fetch stopped.

In: hub id, revision.      Out: a Repository, or bytes in a file; every failure as a sentence of ours.
The wire protocol is huggingface_hub's. A token goes only to the hub it was meant for.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import sleep
from typing import Any

from assets.errors import InputRefused, SetupMissing
from assets.rights import licences
from models.weights.choice import UNSTATED

PUBLIC = "https://huggingface.co"
TRIES = 3  # of one file whose server fails; huggingface_hub itself goes on after a cut connection
PAUSE_S = 0.5
Told = Callable[[int], None]
"""Receives the number of bytes that arrived; negative when some have to be fetched again."""


@dataclass(frozen=True)
class Wanted:
    """A file of a hub's repository at one commit; ``size`` in bytes."""

    hub: str
    revision: str
    path: str
    size: int


@dataclass(frozen=True)
class RemoteFile:
    """``sha256`` is known for large files; of the others the hub knows the git hash ``blob``."""

    bytes: int
    sha256: str = ""
    blob: str = ""


@dataclass(frozen=True)
class Repository:
    hub: str
    revision: str
    licence: str
    gated: bool
    files: Mapping[str, RemoteFile]


class Hub:
    """``token``: None for the one that `hf auth login` keeps, which only the public hub is shown."""

    def __init__(self, endpoint: str = PUBLIC, token: str | None = None) -> None:
        self.endpoint = endpoint.rstrip("/")
        self._token: str | bool | None = token or (None if self.endpoint == PUBLIC else False)

    def repository(self, hub: str, revision: str | None = None) -> Repository:
        """What the repository holds at ``revision``, or at its newest commit."""
        from huggingface_hub import HfApi

        with self._explained(hub, revision):
            about = HfApi(endpoint=self.endpoint, token=self._token).model_info(
                hub, revision=revision, files_metadata=True, timeout=60
            )
        if not about.sha or len(about.sha) != 40 or (revision and about.sha != revision):
            raise SetupMissing(
                f"{self.endpoint} answered for {hub} with the commit {about.sha!r} where {revision or 'one'} was asked "
                "for. Nothing of it was used. Check the revision, or use another hub (SAKUGA_HUB)."
            )
        found = {
            one.rfilename: RemoteFile(
                one.lfs.size if one.lfs else one.size or 0,
                one.lfs.sha256 if one.lfs else "",
                one.blob_id or "",
            )
            for one in about.siblings or ()
        }
        return Repository(hub, about.sha, _licence(about), bool(about.gated), found)

    def fetch(self, file: Wanted, into: Path, told: Told) -> None:
        """Write one file to ``into``, from the byte at which it ends now."""
        from huggingface_hub import hf_hub_url
        from huggingface_hub.errors import HfHubHTTPError
        from huggingface_hub.file_download import http_get
        from huggingface_hub.utils import build_hf_headers  # type: ignore[attr-defined]

        url = hf_hub_url(file.hub, file.path, revision=file.revision, endpoint=self.endpoint)
        headers = {**build_hf_headers(token=self._token), "Accept-Encoding": "identity"}
        for tried in range(1, TRIES + 1):
            try:
                with self._explained(file.hub, file.revision, file.path), into.open("ab") as opened:
                    have = into.stat().st_size
                    http_get(
                        url, opened, resume_size=have, headers=headers, expected_size=file.size,
                        displayed_filename=file.path, tqdm_class=_bar(told, have),
                    )  # fmt: skip
                return
            except SetupMissing as error:
                cause = error.__cause__
                failed = isinstance(cause, HfHubHTTPError) and cause.response.status_code >= 500
                if not failed or tried == TRIES:
                    raise
                sleep(PAUSE_S * tried)

    @contextmanager
    def _explained(self, hub: str, revision: str | None, path: str = "") -> Iterator[None]:
        """Turn the library's errors into sentences that say what to do."""
        import httpx2
        from huggingface_hub import errors

        what = f"{hub}{f' at {revision[:12]}' if revision else ''}{f', {path}' if path else ''}"
        try:
            yield
        except errors.OfflineModeIsEnabled as error:
            raise SetupMissing(
                f"{what}: HF_HUB_OFFLINE is set, so no hub is asked. Unset it, or fetch from a folder: --from."
            ) from error
        except errors.GatedRepoError as error:
            raise SetupMissing(
                f"{what}: its makers ask for consent first. Accept the licence at {self.endpoint}/{hub}, then "
                "`hf auth login` (or set SAKUGA_HUB_TOKEN) and try again."
            ) from error
        except errors.RevisionNotFoundError as error:
            raise InputRefused(
                f"{what}: {self.endpoint} has no such commit. Give another revision, or null and pin again."
            ) from error
        except errors.RepositoryNotFoundError as error:
            raise InputRefused(
                f"{what}: {self.endpoint} shows no such model. Check its name; for a private one, `hf auth login` "
                "or set SAKUGA_HUB_TOKEN."
            ) from error
        except errors.EntryNotFoundError as error:
            raise SetupMissing(
                f"{what}: {self.endpoint} does not have this file. Pin the profile again."
            ) from error
        except errors.HfHubHTTPError as error:
            code = error.response.status_code
            why = (
                "It wants a token: `hf auth login`, or SAKUGA_HUB_TOKEN."
                if code in (401, 403)
                else "Try later."
            )
            raise SetupMissing(f"{what}: {self.endpoint} answered with HTTP status {code}. {why}") from error
        except httpx2.HTTPError as error:
            raise SetupMissing(
                f"{what}: {self.endpoint} cannot be reached ({type(error).__name__}). What has arrived is kept. Check "
                "the network, or fetch from a folder: --from."
            ) from error
        except OSError as error:
            if error.errno is not None:  # of the disk
                raise
            raise SetupMissing(
                f"{what}: {self.endpoint} sent fewer or more bytes than it announced. Run the command again."
            ) from error


def git_blob(data: bytes) -> str:
    """The git hash of a file, which the hub states for its small files."""
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def _licence(about: Any) -> str:
    """As the model's page states it; the hub writes licences in lower case."""
    card = about.card_data
    stated = getattr(card, "license", None) if card else None
    named = getattr(card, "license_name", None) if card else None
    text = named if stated == "other" and named else stated
    text = text[0] if isinstance(text, list) and text else text
    if not isinstance(text, str) or not text:
        return UNSTATED
    own = "".join(sign if sign.isalnum() else "-" for sign in text)
    return licences.named(text) or _GPL.get(text) or f"{licences.OWN}{own[:60]}"


_GPL = {"gpl-3.0": "GPL-3.0-only", "agpl-3.0": "AGPL-3.0-only"}  # no policy knows them; SPDX does


def _bar(told: Told, have: int) -> Any:
    """A class in the place of a progress bar: http_get makes one and reports what arrives.

    have  bytes that were there; a server that cannot resume makes them arrive again
    """

    class Bar:
        def __init__(self, **about: Any) -> None:
            if about.get("initial", 0) < have:
                told(about.get("initial", 0) - have)

        def update(self, count: int) -> None:
            told(int(count))

        def close(self) -> None: ...

        def __enter__(self) -> "Bar":
            return self

        def __exit__(self, *raised: object) -> None: ...

    return Bar
