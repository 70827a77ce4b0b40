"""The weights this repository carries: where they are, and that they are whole.

In: a model's name.      Out: its folder, every file of it checked against SHA256SUMS.
Better weights are a drop-in: put the files there and write SHA256SUMS anew (``write_sums``).
"""

import hashlib
from functools import lru_cache
from pathlib import Path

from assets import files
from assets.errors import SetupMissing

LIBRARY = Path(__file__).parents[2] / "assets" / "library" / "weights"
SUMS = "SHA256SUMS"
LARGEST = 15_000_000  # bytes of one file: what a repository carries without special storage
_POINTER = b"version https://git-lfs"


def folder(name: str, library: Path = LIBRARY) -> Path:
    """The checked folder of a model's weights.

    raises  SetupMissing when a file is missing or is not what SHA256SUMS says
    """
    return _checked(library / name)


def revision(name: str, library: Path = LIBRARY) -> str:
    """What identifies the weights in a recipe: a digest of their SHA256SUMS; empty when there are none.

    Without the lines of cards: a sentence said better must not make every panel anew.
    """
    sums = library / name / SUMS
    if not sums.exists():
        return ""
    lines = [line for line in sums.read_text(encoding="utf-8").splitlines() if not line.endswith(".md")]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def revisions(*names: str) -> str:
    """One digest for several models used together; empty where one of them is missing."""
    found = [revision(name) for name in names]
    return hashlib.sha256("".join(found).encode()).hexdigest() if all(found) else ""


def lacks(*names: str) -> str:
    """What is wrong with the weights that ship, in a sentence; empty when all are there and whole."""
    for name in names:
        try:
            folder(name, LIBRARY)
        except SetupMissing as missing:
            return str(missing)
    return ""


def write_sums(place: Path) -> Path:
    """Write SHA256SUMS over every file below ``place``."""
    listed = sorted(path for path in place.rglob("*") if path.is_file() and path.name != SUMS)
    for path in listed:
        if path.stat().st_size > LARGEST:
            raise SetupMissing(
                f"{path.name} has {path.stat().st_size} bytes; shipped files have {LARGEST} at most."
            )
    lines = [f"{_digest(path)}  {path.relative_to(place).as_posix()}\n" for path in listed]
    files.write(place / SUMS, "".join(lines))
    return place / SUMS


@lru_cache
def _checked(place: Path) -> Path:
    sums = place / SUMS
    if not sums.is_file():
        raise SetupMissing(
            f"The house weights {place.name!r} are not at {place}. They come with the repository; "
            "check it out whole, or train them: `python -m flows.train_house --help`."
        )
    for line in sums.read_text(encoding="utf-8").splitlines():
        wanted, _, name = line.partition("  ")
        path = place / name
        if not path.is_file():
            raise SetupMissing(
                f"{path} is missing. Check the repository out again: `git checkout -- {path}`."
            )
        if _digest(path) != wanted:
            pointer = path.open("rb").read(len(_POINTER)) == _POINTER
            why = "is a pointer of a large-file store" if pointer else "is damaged or changed"
            raise SetupMissing(
                f"{path} {why}: its SHA-256 is not the one in {SUMS}. Check the repository out again, or, "
                "after training new weights, write the sums anew."
            )
    return place


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
