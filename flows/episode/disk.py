"""Check the folders a run writes to: writable, enough free space, and no remains of killed runs.

In: the folders of a run, the cut sheet that was planned.      Out: nothing, or a StorageFailed before work begins.
"""

import shutil
import tempfile
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from assets import files
from assets.errors import StorageFailed
from assets.sheets.cutsheet import Cutsheet
from assets.vault import Vault
from flows.episode.profile import Profile

_PROBE = bytes(4096)  # an empty file can be created on a full disk too

# Bytes per second of film, measured on the sample episode (animatic, 1280x720, 65 s of cuts, 74 s with titles):
# vault took 97 MB (takes and panels 32, the film 22, sounds 42), its folder 45, temporary files at most 51.
_PIXELS = 1280 * 720
_TAKE = 500_000  # with its panel
_FILM = 300_000
_SOUNDS = 570_000  # voices, effects, music, stems
_STEMS = 280_000
_MIXING = 700_000
_TITLES_S = 10.0


def check(*folders: Path) -> None:
    """Refuse folders that cannot be written, and a system without a temporary folder."""
    for folder in folders:
        _probe(folder, f"{folder} cannot be written")
    with files.teaching("There is no temporary folder to write to (TMPDIR)"):
        temporary = Path(tempfile.gettempdir())
    _probe(temporary, f"The temporary folder {temporary} cannot be written (TMPDIR chooses another)")


def check_vault(vault: Vault) -> None:
    """Refuse a vault in a folder that cannot be written. Object storage reports this with its first answer."""
    folder = _folder_of(vault)
    if folder is not None:
        _probe(folder / "tmp", f"The vault at {folder} cannot be written")


def sweep(out: Path, home: Path) -> None:
    """Remove what dead processes left: this user's scratch folders, and drafts beside the episodes' files."""
    with suppress(FileNotFoundError):
        files.sweep(Path(tempfile.gettempdir()), prefix="sakuga-")
    files.sweep(out)
    files.sweep(home)
    for kept in ("episodes", "shows", "rushes", "stories", "up"):
        if not (home / kept).is_symlink():
            files.sweep(home / kept, deep=True)
    with suppress(OSError):
        for episode in (home / "episodes").iterdir():
            if not (out / episode.name).is_symlink():
                files.sweep(out / episode.name, deep=True)


@dataclass(frozen=True)
class Need:
    """Bytes that the run will write to one folder."""

    what: str
    folder: Path
    bytes: float

    @property
    def free(self) -> int:
        """Bytes that are free there, or where the folder will be made."""
        nearest = self.folder.absolute()
        while not nearest.exists() and nearest != nearest.parent:
            nearest = nearest.parent
        with files.teaching(f"{nearest} could not be inspected"):
            return shutil.disk_usage(nearest).free


def check_room(sheet: Cutsheet, made: Collection[str], profile: Profile, folder: Path, vault: Vault) -> None:
    """Refuse an episode that the disks have no room for, before the first model is loaded.

    made    cuts that have a take already; if all have one, the rest needs little space
    folder  the episode's folder
    """
    _refuse_full(needs(sheet, made, profile, folder, vault))


def needs(sheet: Cutsheet, made: Collection[str], profile: Profile, folder: Path, vault: Vault) -> list[Need]:
    """What the run will write where; nothing worth mentioning if every cut is in ``made``."""
    missing = sum(cut.frames for cut in sheet.cuts if cut.number not in made)
    if not missing:
        return []
    whole_s, missing_s = float(sheet.frames / sheet.rate) + _TITLES_S, float(missing / sheet.rate)
    return list(_needs(missing_s, whole_s, profile, folder, _folder_of(vault)))


def _needs(
    missing_s: float, whole_s: float, profile: Profile, folder: Path, vault: Path | None
) -> Iterator[Need]:
    width, height = profile.size
    scale = width * height / _PIXELS
    if vault is not None:
        takes = missing_s * _TAKE * profile.takes.count * scale
        yield Need("the vault", vault, takes + whole_s * (_FILM * scale + _SOUNDS))
    # The film, its stems, and copies of the clips and sounds for the timeline.
    copies = _TAKE * scale + _SOUNDS
    yield Need("the episode's folder", folder, whole_s * (_FILM * scale + _STEMS + copies))
    temporary = Path(tempfile.gettempdir())
    yield Need("temporary files", temporary, whole_s * _MIXING)


def _refuse_full(needs: list[Need]) -> None:
    by_disk: dict[int, list[Need]] = {}
    for need in needs:
        with files.teaching(f"{need.folder} could not be inspected"):
            by_disk.setdefault(need.folder.stat().st_dev, []).append(need)
    for shared in by_disk.values():
        needed = sum(need.bytes for need in shared)
        with files.teaching(f"{shared[0].folder} could not be inspected"):
            free = shutil.disk_usage(shared[0].folder).free
        if needed > free:
            parts = ", ".join(f"{need.what} {size(need.bytes)}" for need in shared)
            raise StorageFailed(
                f"The episode will take about {size(needed)} on the disk of {shared[0].folder} ({parts}), and "
                f"{size(free)} are free. Free some space, or choose another --out, SAKUGA_VAULT or TMPDIR."
            )


def size(count: float) -> str:
    """Bytes for people."""
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{max(1, round(count / 1e6))} MB"


def _folder_of(vault: Vault) -> Path | None:
    parts = urlsplit(vault.url)
    return Path(unquote(parts.path)) if parts.scheme == "file" else None


def _probe(folder: Path, problem: str) -> None:
    draft = folder / f".{files.mark()}.part"
    try:
        with files.teaching(problem):
            draft.write_bytes(_PROBE)
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
