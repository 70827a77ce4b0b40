"""The shipped files of the house Foley: whole, or a clear error before any is opened.

In:  a folder.      Out: the folder, once every file has the SHA-256 its manifest states.
Better weights are a drop-in: replace the folder, manifest included; no hash stands in code.
"""

import hashlib
import json
from pathlib import Path

from assets.errors import SetupMissing

HOME = Path(__file__).parents[3] / "assets" / "library" / "weights" / "foley"
LIST = "manifest.json"
REMEDY = "Reinstall Sakuga, or train them again: python -m flows.train_house foley."


def checked(folder: Path = HOME) -> Path:
    """``folder``, if every listed file is there as it was written."""
    for name, digest in sorted(listed(folder).items()):
        path = folder / name
        if not path.is_file():
            raise SetupMissing(f"The house foley's {name} is not in {folder}. {REMEDY}")
        found = path.read_bytes()
        if found.startswith(b"version https://git-lfs"):
            raise SetupMissing(f"{path} is a git LFS pointer, not the file itself. Run `git lfs pull`.")
        if hashlib.sha256(found).hexdigest() != digest:
            raise SetupMissing(
                f"{path} is damaged: it has SHA-256 {hashlib.sha256(found).hexdigest()[:12]}, "
                f"its manifest says {digest[:12]}. {REMEDY}"
            )
    return folder


def listed(folder: Path = HOME) -> dict[str, str]:
    """Every file's SHA-256, from the manifest."""
    path = folder / LIST
    if not path.is_file():
        raise SetupMissing(f"The house foley's weights are not in {folder}. {REMEDY}")
    try:
        files: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))["files"]
    except (ValueError, KeyError, TypeError) as error:
        raise SetupMissing(f"{path} cannot be read as a manifest. {REMEDY}") from error
    return files


def revision(folder: Path = HOME) -> str:
    """One hash over all of them; empty where there are none."""
    path = folder / LIST
    return f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}" if path.is_file() else ""


def seal(folder: Path, **said: object) -> None:
    """Write the manifest over what lies in ``folder``; ``said`` is kept beside the hashes."""
    files = {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in (LIST, "CARD.md")
    }
    (folder / LIST).write_text(json.dumps({**said, "files": files}, indent=2) + "\n", encoding="utf-8")
