"""Find the shipped weights, and check that they are complete and unchanged.

In: a model's name.      Out: its folder, with every file checked against SHA256SUMS.
To use better weights, put the files there and write SHA256SUMS again (``write_sums``).
"""

import hashlib
from functools import lru_cache
from pathlib import Path

from assets import files
from assets.errors import SetupMissing
from models.sealed import PICKLED, check_folder, sha256

LIBRARY = Path(__file__).parents[2] / "assets" / "library" / "weights"
SUMS = "SHA256SUMS"
LARGEST = 15_000_000  # bytes of one file, so that a repository needs no special storage
REMEDY = "Check the repository out again, or, after training new weights, write the sums anew."


def folder(name: str, library: Path = LIBRARY) -> Path:
    """The checked folder of a model's weights.

    raises  SetupMissing when a file is missing or is not what SHA256SUMS says
    """
    return _checked(library / name)


def revision(name: str, library: Path = LIBRARY) -> str:
    """The identity of the weights in a recipe: a digest of their SHA256SUMS; empty when there are none.

    Without the lines of cards: rewording a model card must not invalidate every panel.
    """
    sums = library / name / SUMS
    if not sums.exists():
        return ""
    lines = [line for line in sums.read_text("utf-8", "replace").splitlines() if not line.endswith(".md")]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def revisions(*names: str) -> str:
    """One digest for several models used together; empty if one of them is missing."""
    found = [revision(name) for name in names]
    return hashlib.sha256("".join(found).encode()).hexdigest() if all(found) else ""


def lacks(*names: str, library: Path = LIBRARY) -> str:
    """What is wrong with the shipped weights, as a sentence; empty when all are present and unchanged."""
    for name in names:
        try:
            folder(name, library)
        except SetupMissing as missing:
            return str(missing)
    return ""


def write_sums(place: Path) -> Path:
    """Write SHA256SUMS over every file below ``place``."""
    listed = sorted(path for path in place.rglob("*") if path.is_file() and path.name != SUMS)
    for path in listed:
        if path.is_symlink() or path.suffix.casefold() in PICKLED:
            raise SetupMissing(f"{path} is a link or a pickle; weights are safetensors files of their own.")
        if path.stat().st_size > LARGEST:
            raise SetupMissing(
                f"{path.name} has {path.stat().st_size} bytes; shipped files have {LARGEST} at most."
            )
    lines = [f"{sha256(path)}  {path.relative_to(place).as_posix()}\n" for path in listed]
    files.write(place / SUMS, "".join(lines))
    return place / SUMS


@lru_cache
def _checked(place: Path) -> Path:
    sums = place / SUMS
    if not sums.is_file():
        raise SetupMissing(
            f"The house weights {place.name!r} are not at {place}. They come with the repository; "
            "check it out whole, or train them: `python -m flows.training --help`."
        )
    check_folder(place, _listed(sums), REMEDY, aside={SUMS})
    return place


def _listed(sums: Path) -> dict[str, str]:
    """Path -> digest. A path that occurs twice is an invalid entry."""
    lines = [line.partition("  ") for line in sums.read_text(encoding="utf-8", errors="replace").splitlines()]
    listed = {name: digest for digest, _, name in lines}
    return listed if len(listed) == len(lines) else {"": ""}
