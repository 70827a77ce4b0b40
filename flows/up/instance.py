"""The running studio of a home: a lock, and a note of what it runs and what it did when it was cut off.

In: a Studio.      Out: a lock while it runs, and a small file that others may read.
"""

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, Annotated

from pydantic import AfterValidator, Field, ValidationError

from assets import files
from assets.errors import InputRefused
from assets.sheets.base import Part
from flows.up.options import Studio


def _moment(text: str) -> str:
    if datetime.fromisoformat(text).tzinfo is None:
        raise ValueError("a time without its zone")
    return text


class Standing(Part):
    """The note of a running studio."""

    pid: int
    since: Annotated[str, AfterValidator(_moment)]
    ui: str
    rushes: str
    api: str
    near_api: str
    own_server: bool = True
    parts: dict[str, int] = Field(default_factory=dict)
    devices: dict[str, str] = Field(default_factory=dict)
    runs: tuple[str, ...] = ()


@contextmanager
def alone(studio: Studio) -> Iterator[IO[str]]:
    """Lock the home; a second studio in it is told where the first one is."""
    studio.state_folder.mkdir(parents=True, exist_ok=True)
    studio.state_folder.chmod(0o700)
    with (studio.state_folder / "lock").open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InputRefused(_taken(studio)) from None
        yield file


def noted(studio: Studio, standing: Standing) -> None:
    files.write(_note(studio), standing.model_dump_json(indent=1))


def last(studio: Studio) -> Standing | None:
    """The studio that runs here, or that was cut off here; None after a clean end, or if the note is damaged."""
    path = _note(studio)
    if not path.exists():
        return None
    try:
        return Standing.model_validate(json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, ValidationError, RecursionError):
        return None


def damage(studio: Studio) -> str:
    """What is wrong with the note, as a sentence; empty if it is intact or there is none."""
    if last(studio) is not None or not _note(studio).exists():
        return ""
    return f"{_note(studio)} is damaged: what it says of the studio here cannot be read."


def forgotten(studio: Studio) -> None:
    _note(studio).unlink(missing_ok=True)


def is_up(studio: Studio) -> bool:
    """Whether some process holds the lock."""
    path = studio.state_folder / "lock"
    if not path.exists():
        return False
    with path.open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def _taken(studio: Studio) -> str:
    standing = last(studio)
    if found := damage(studio):
        return f"A studio in {studio.home} is up already. {found} Stop it with Ctrl-C where it runs, then try again."
    if standing is None:
        return f"A studio in {studio.home} is starting or ending right now. Wait a moment, then try again."
    return (
        f"The studio in {studio.home} is up already (process {standing.pid}, since {standing.since}): "
        f"{standing.ui} and {standing.rushes or 'no rushes room'}. Use that one, or stop it with Ctrl-C first; "
        "`sakuga up --status` says what it does."
    )


def _note(studio: Studio) -> Path:
    return studio.state_folder / "standing.json"
