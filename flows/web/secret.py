"""The studio's passwords: each is generated once, and kept in a file that only its owner can read.

In: a file in the studio's own folder.      Out: ``user:password``.
Processes get it by environment or from this file, never by arguments, which every user can list.
"""

import os
import secrets
from contextlib import suppress
from pathlib import Path

from assets import files
from assets.errors import InputRefused, SetupMissing

PRODUCER, GUEST, CLUSTER = "producer", "guest", "ray"
SHORTEST = 16


def kept(path: Path, user: str) -> str:
    """The content of the file; generated and written now if there is none."""
    found = known(path)
    if found is not None:
        return found
    with files.teaching(f"{path} could not be written"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.parent.chmod(0o700)
        _make(path, f"{user}:{secrets.token_urlsafe(24)}")
    return known(path) or ""


def _make(path: Path, text: str) -> None:
    """Write the file unless another process is first: both then use that one."""
    draft = path.with_name(f".{path.name}.{files.mark()}.part")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        files.sync(draft)
        # Not a rename: a link fails if the other process's file exists already.
        with suppress(FileExistsError):
            os.link(draft, path)
        if not known(path):
            draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def known(path: Path) -> str | None:
    """The content of the file; None if there is no such file, or if it is empty."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise SetupMissing(
            f"The password in {path} cannot be read ({error.strerror}). {_mend(path)}"
        ) from error
    with os.fdopen(descriptor, "rb") as file:
        if os.fstat(descriptor).st_mode & 0o077:
            os.fchmod(descriptor, 0o600)
        text = file.read(4096)
    try:
        return checked(text.decode("ascii").strip(), str(path)) if text.strip() else None
    except UnicodeDecodeError:
        raise SetupMissing(f"The password in {path} cannot be read. {_mend(path)}") from None


def checked(auth: str, origin: str) -> str:
    """Refuse a value that is not ``user:password``, or that can be guessed. The message does not repeat it."""
    user, _, password = auth.partition(":")
    if not user or len(password) < SHORTEST or not auth.isprintable() or not auth.isascii():
        raise InputRefused(
            f"{origin} is not user:password with at least {SHORTEST} characters in the password (plain ASCII). "
            "Leave it out, and one is generated."
        )
    return auth


def _mend(path: Path) -> str:
    return f"Delete it, and a new one is generated: rm {path}"
