"""Read a file that a person gave: a regular file, of limited size, in UTF-8."""

import os
import stat
from pathlib import Path

from assets.errors import SheetRefused
from assets.loader.bounds import MAX_BYTES, shown


def read_text(path: Path, what: str = "a sheet") -> str:
    """The text of ``path``, or a SheetRefused; never waits for a pipe or a device."""
    try:
        data = _bytes(path, what)
    except ValueError as error:  # a NUL in the path
        raise SheetRefused(f"'{shown(str(path))}' cannot be the name of a file. Check the path.") from error
    except OSError as error:
        raise SheetRefused(f"{path}: cannot be read ({error.strerror}). Check the path.") from error
    if len(data) > MAX_BYTES:
        raise SheetRefused(f"{path}: larger than {MAX_BYTES:,} bytes, which is the most for {what}.")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise SheetRefused(f"{path}: is UTF-16, not UTF-8 text. Save it as UTF-8.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SheetRefused(f"{path}: is not UTF-8 text (byte {error.start}). Save it as UTF-8.") from error


def _bytes(path: Path, what: str) -> bytes:
    with open(path, "rb", opener=_at_once) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise SheetRefused(f"{path}: is not a regular file. Save {what} as a file.")
        return file.read(MAX_BYTES + 1)


def _at_once(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK)  # do not wait for a pipe without a writer
