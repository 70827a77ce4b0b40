"""A folder in place of a hub: a disk with models, another machine's store, or a cache of the hub's library.

In: hub id, commit, path.      Out: the file on that disk, if it is there. Every file is checked against the lock
after it is copied, so links inside the mirror do no harm.
"""

from pathlib import Path

from assets import files
from assets.errors import InputRefused, SetupMissing
from models.weights.hub import Told, Wanted

CHUNK = 8_000_000


class Mirror:
    """Layouts: HUB--NAME/COMMIT/ (our store), HUB/NAME/COMMIT/, HUB/NAME/, models--HUB--NAME/snapshots/COMMIT/."""

    def __init__(self, folder: Path) -> None:
        if not folder.is_dir():
            raise InputRefused(f"{folder} is not a folder. Give --from: the folder that holds the models.")
        self.folder = folder

    def fetch(self, file: Wanted, into: Path, told: Told) -> None:
        """Append the file to ``into``, from the byte at which that ends now."""
        found = next((each for each in self._places(file) if each.is_file()), None)
        if found is None:
            raise SetupMissing(
                f"{file.path} of {file.hub} at {file.revision[:12]} is not in {self.folder}. It may lie there as "
                f"{file.hub}/{file.revision}/{file.path}, or as the hub's library keeps it."
            )
        with (
            files.teaching(f"{into} could not be written"),
            found.open("rb") as source,
            into.open("ab") as opened,
        ):
            source.seek(opened.tell())
            while chunk := source.read(CHUNK):
                opened.write(chunk)
                told(len(chunk))

    def _places(self, file: Wanted) -> list[Path]:
        hub, revision = file.hub, file.revision
        flat = hub.replace("/", "--")
        ours = sorted((self.folder / flat).glob(f"{revision}*"))
        whole = [
            self.folder / hub / revision,
            self.folder / hub,
            self.folder / f"models--{flat}/snapshots/{revision}",
        ]
        return [place / file.path for place in (*ours, *whole)]
