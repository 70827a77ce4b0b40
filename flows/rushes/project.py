"""The project a room belongs to: its scripts, its shows, the looks there are. Paths stay inside it.

In: the folder of the project and of its episodes.      Out: what a page lists; a script that was sent, as a file.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assets import files
from assets import script as scripts
from assets import show as shows
from assets.errors import InputRefused, PathRefused, SakugaError
from assets.fountain import MAX_BYTES
from assets.plain import visible
from flows.episode import inputs
from flows.episode.profile import LIBRARY, load
from flows.rushes.archive import Archive
from flows.settings import settings

SUFFIXES = (".fountain", ".spmd", ".fdx")
SENT = (*SUFFIXES, ".txt", ".md")  # what may be dropped; a project's own .txt and .md are rarely scripts
DEEPEST = 3  # folders below the project
MOST = 300
_NAME = re.compile(r"[^\x00-\x1f/\\:*?\"<>|]{1,120}")
_SKIPPED = {"node_modules", "__pycache__", "venv"}


@dataclass(frozen=True)
class Project:
    """Where scripts lie, and the archive of what was made of them."""

    folder: Path
    archive: Archive
    _titles: dict[tuple[str, int, int], tuple[str, str]] = field(default_factory=dict)

    def scripts(self) -> list[dict[str, Any]]:
        """Every script with its title and the episode made from it, the newest first."""
        made = self._episodes()
        found = sorted(self._found(SUFFIXES), key=lambda path: path.stat().st_mtime, reverse=True)
        listed = []
        for path in found[:MOST]:
            title, problem = self._title(path)
            listed.append(
                {
                    "path": self.named(path),
                    "title": title,
                    "problem": problem,
                    "episode": made.get(path.absolute()),
                }
            )
        return listed

    def shows(self) -> list[dict[str, str]]:
        """The library's shows, and the project's own bibles."""
        own = sorted(self.named(path.parent) for path in self._found((".yaml",)) if path.name == shows.BIBLE)
        return [
            *({"ref": ref, "from": "project"} for ref in own if ref != "."),
            *({"ref": ref, "from": "library"} for ref in shows.library()),
        ]

    def looks(self) -> list[dict[str, Any]]:
        """The library's profiles and the project's own, and what of each is missing on this computer."""
        names = [path.stem for path in sorted(LIBRARY.glob("*.yaml"))]
        own = [self.named(path) for path in self._found((".yaml", ".yml")) if _is_profile(path)]
        return [self._look(name, own=name in own) for name in (*names, *sorted(own))]

    def script(self, named: str) -> Path:
        """A script of the project.

        raises  PathRefused for a path that leaves the project, InputRefused where there is no such file
        """
        path = self._inside(named)
        if path.suffix.casefold() not in SENT or not path.is_file():
            raise InputRefused(
                f"There is no script {visible(named)!r} in the project. Choose one of the list."
            )
        return path

    def show(self, named: str) -> str | None:
        """A show as a brief names it; None: the bible beside the script."""
        if not named:
            return None
        if named in shows.library():
            return named
        return str(shows.located(self._inside(named), self.folder))

    def look(self, named: str) -> str:
        """A profile as a brief names it: one of the library, or a file of the project."""
        if Path(named).suffix in (".yaml", ".yml"):
            return str(self._inside(named))
        if named not in [path.stem for path in LIBRARY.glob("*.yaml")]:
            raise InputRefused(
                f"There is no profile {visible(named)!r} in the library. Choose one of the list."
            )
        return named

    def look_called(self, name: str) -> str:
        """The profile that calls itself so: one of the library, else the file of the project that does."""
        if name in [path.stem for path in LIBRARY.glob("*.yaml")]:
            return name
        for path in self._found((".yaml", ".yml")):
            if _is_profile(path) and _called(path) == name:
                return str(path)
        raise InputRefused(
            f"No profile of the library or the project is called {visible(name)!r} any more. Name the file of the one "
            "to draw with: sakuga cast CHARACTER --show SHOW --profile FILE"
        )

    def keep(self, name: str, data: bytes, *, replace: bool) -> Path:
        """Write a script that was sent, once it can be read.

        raises  ScriptRefused with its line; InputRefused for a name that is taken by another script
        """
        plain = Path(name).name
        if plain != name or not _NAME.fullmatch(name) or visible(name) != name or name.startswith("."):
            raise InputRefused(
                f"A script's file name has no folders and no control characters; this is {visible(name)!r}."
            )
        if Path(name).suffix.casefold() not in SENT:
            raise InputRefused(f"{name} is not a script: it ends in none of {', '.join(SENT)}.")
        if not data:
            raise InputRefused(f"{name} is empty.")
        folder = self.folder / "scripts"
        path = (folder if folder.is_dir() and not folder.is_symlink() else self.folder) / name
        if path.exists() and path.read_bytes() != data and not replace:
            raise InputRefused(
                f"{self.named(path)} exists and is another script. Replace it, or rename the file."
            )
        self._required_readable(name, data)
        files.write(path, data)
        return path

    def named(self, path: Path) -> str:
        """A path as people see it: from the project on."""
        return os.path.relpath(path.absolute(), self.folder.absolute())

    def _required_readable(self, name: str, data: bytes) -> None:
        draft = files.folder_in(settings(self.archive.out).home, "rushes", "sent") / name
        files.write(draft, data)
        try:
            scripts.read(draft)
        except SakugaError as refused:
            raise InputRefused(str(refused).replace(str(draft), name)) from refused
        finally:
            draft.unlink(missing_ok=True)

    def _inside(self, named: str) -> Path:
        path = self.folder / named
        whole, root = path.resolve(), self.folder.resolve()
        if "\x00" in named or not whole.is_relative_to(root):
            raise PathRefused(f"{visible(named)!r} is not inside the project. Choose a file of the list.")
        return path

    def _found(self, suffixes: tuple[str, ...]) -> Iterator[Path]:
        skipped = {self.archive.out.absolute()}
        for where, folders, names in os.walk(self.folder):
            here = Path(where)
            depth = len(here.relative_to(self.folder).parts)
            folders[:] = sorted(
                name
                for name in folders
                if not name.startswith(".")
                and name not in _SKIPPED
                and depth < DEEPEST
                and (here / name).absolute() not in skipped
            )
            for name in sorted(names):
                path = here / name
                if path.suffix.casefold() in suffixes and not name.startswith(".") and not path.is_symlink():
                    yield path

    def _title(self, path: Path) -> tuple[str, str]:
        """Its title, or why it cannot be read; read once for each state of the file."""
        about = path.stat()
        key = (str(path), about.st_mtime_ns, about.st_size)
        if key not in self._titles:
            try:
                if about.st_size > MAX_BYTES:
                    raise InputRefused(f"{path.name} is larger than a script can be.")
                self._titles[key] = scripts.read(path).episode_title(path.stem), ""
            except SakugaError as refused:
                self._titles[key] = path.stem, str(refused).replace(str(path), path.name)
        return self._titles[key]

    def _episodes(self) -> dict[Path, dict[str, Any]]:
        """The episodes by the script they were made from last."""
        chosen, made = settings(self.archive.out), {}
        for item in reversed(self.archive.listed()):
            try:
                script = inputs.remembered(item.id, self.archive.out, chosen).script
            except SakugaError:
                continue  # its brief is on another machine, or damaged: the script is listed without it
            cuts = len(self.archive.store.bases(self.archive.find(item.id).key))
            shown = {"id": item.id, "cuts": cuts, "worked_at": item.worked_at, "outcome": item.outcome}
            made[Path(os.path.normpath(script.absolute()))] = shown
        return made

    def _look(self, name: str, *, own: bool) -> dict[str, Any]:
        try:
            profile = load(str(self.folder / name) if own else name)
        except SakugaError as refused:
            return {"ref": name, "name": name, "about": "", "own": own, "problem": str(refused)}
        problem = ""
        try:
            profile.machines.check(next(iter(profile.machines.voices)), name)
        except SakugaError as missing:
            problem = str(missing)
        size = f"{profile.size[0]}x{profile.size[1]}"
        about = {"about": profile.about, "size": size, "takes": profile.takes.count}
        return {"ref": name, "name": profile.name, "own": own, "problem": problem, **about}


def _is_profile(path: Path) -> bool:
    with path.open("rb") as file:
        return b"sheet: profile" in file.read(2000)


def _called(path: Path) -> str:
    try:
        return load(str(path)).name
    except SakugaError:
        return ""  # a damaged profile is not the one that drew
