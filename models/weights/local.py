"""A local folder of weights: checked before it is read, and identified by the hash over its files."""

import hashlib
from functools import lru_cache
from pathlib import Path

from assets.errors import SetupMissing
from models.sealed import check_safetensors, sha256
from models.weights.safe import is_safe


def checked(folder: Path) -> Path:
    """``folder`` if every file in it may be read.

    raises  SetupMissing for a pickle, code, a link, or a file that is not a valid safetensors file
    """
    for path in files_in(folder):
        if path.suffix.casefold() == ".safetensors":
            check_safetensors(path)
    return folder


def folder_digest(folder: Path) -> str:
    """SHA-256 over the names and bytes of every file. Read again only where a size or time has changed."""
    return _over(files_in(folder), folder)


def weights_digest(folder: Path) -> str:
    """The same over the safetensors files only, whatever lies beside them; empty where there are none."""
    found = sorted(path for path in folder.rglob("*.safetensors") if path.is_file())
    return _over(found, folder) if found else ""


def _over(found: list[Path], folder: Path) -> str:
    state = [(path, path.stat()) for path in found]
    lines = (
        f"{_digest(path, about.st_size, about.st_mtime_ns)}  {path.relative_to(folder).as_posix()}\n"
        for path, about in state
    )
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def files_in(folder: Path) -> list[Path]:
    """Every file below ``folder``, sorted; refuses what must not be read, and an empty folder."""
    if not folder.is_dir():
        raise SetupMissing(f"{folder} is not a folder. Give path: the folder that holds the model's files.")
    found = []
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            raise SetupMissing(f"{path} is a link; weights are files of their own. Copy its target there.")
        if path.is_dir():
            continue
        if not is_safe(name):
            raise SetupMissing(
                f"{path} is neither safetensors nor JSON nor text. Such files can run code when they are read: "
                "remove it, and convert weights to safetensors."
            )
        found.append(path)
    if not any(path.suffix.casefold() == ".safetensors" for path in found):
        raise SetupMissing(f"{folder} holds no safetensors file. Give path: the folder of a saved model.")
    return found


@lru_cache(maxsize=4096)
def _digest(path: Path, size: int, time: int) -> str:
    return sha256(path)
