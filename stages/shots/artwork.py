"""Take a show's own art into the vault: reference pictures and LoRAs, checked and identified by hash.

In: a bible and its folder, a vault.      Out: the same bible, every file with its SHA-256.
A file that is not in the folder is taken from the vault if its hash is known: another machine put it there.
A file that is missing, damaged, outside the folder or not the expected one is refused with its name.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from assets.errors import InputRefused, PathRefused, SetupMissing
from assets.media.picture import from_png
from assets.sheets.bible import Art, Bible, Lora, Reference
from assets.sheets.production import Ref
from assets.vault import Vault
from models.sealed import check_safetensors, sha256

LARGEST_LORA = 4 * 2**30

File = TypeVar("File", Reference, Lora)
AnyArt = TypeVar("AnyArt", bound=Art)


def entered(bible: Bible, folder: Path, vault: Vault, known: Mapping[str, Ref] | None = None) -> Bible:
    """``bible`` with the hash of every art file; the bytes are in ``vault`` afterwards.

    known   files by name that an earlier run put into the vault; used where ``folder`` has none
    raises  InputRefused or PathRefused, before anything is put into the vault
    """
    source = _Source(folder, vault, known or {})
    for art in _all(bible):
        for picture in art.references:
            from_png(source.path(picture))
        for lora in art.loras:
            _check_lora(source.path(lora))
    characters = tuple(who.model_copy(update={"art": _kept(who.art, source)}) for who in bible.characters)
    places = tuple(place.model_copy(update={"art": _kept(place.art, source)}) for place in bible.places)
    style = _kept(bible.style, source)
    return bible.model_copy(update={"characters": characters, "places": places, "style": style})


def files_of(bible: Bible) -> dict[str, Ref]:
    """Every art file of an entered bible, by its name."""
    found: dict[str, Ref] = {}
    for art in _all(bible):
        files: tuple[Reference | Lora, ...] = (*art.references, *art.loras)
        found |= {file.file: _ref(file) for file in files}
    return found


@dataclass(frozen=True)
class _Source:
    """Reads art files beside the bible, else from the vault."""

    folder: Path
    vault: Vault
    known: Mapping[str, Ref]

    def path(self, file: Reference | Lora) -> Path:
        path = _inside(self.folder, file.file)
        if path.is_file():
            return path
        ref = self._elsewhere(file)
        if ref is None or not self.vault.has(ref):
            raise InputRefused(f"The bible names {file.file!r}, and {path} is not there. Put the file there.")
        return self.vault.local(ref)

    def ref(self, file: Reference | Lora) -> Ref:
        """The file in the vault; put there now if it is missing."""
        if not _inside(self.folder, file.file).is_file() and (ref := self._elsewhere(file)) is not None:
            return ref
        path = self.path(file)
        found = sha256(path)
        if file.sha256 and file.sha256 != found:
            raise InputRefused(
                f"{path} is another file than the bible means: its SHA-256 begins with {found[:12]}, the bible says "
                f"{file.sha256[:12]}. Put the right file there, or change sha256 in the bible."
            )
        return self.vault.put_file(path, file.media_type)

    def _elsewhere(self, file: Reference | Lora) -> Ref | None:
        """The vault's reference: from the bible, or from an earlier run."""
        if file.sha256 and file.bytes:
            return _ref(file)
        ref = self.known.get(file.file)
        return ref if ref is not None and file.sha256 in ("", ref.sha256) else None


def _check_lora(path: Path) -> None:
    """Refuse a file that is not a complete safetensors file, by its header and size; reads no weights."""
    if path.suffix != ".safetensors" or path.stat().st_size > LARGEST_LORA:
        raise InputRefused(
            f"{path} is not a .safetensors file of at most {LARGEST_LORA >> 30} GiB. Convert it: other formats can "
            "run code when they are loaded."
        )
    try:
        check_safetensors(path)
    except SetupMissing as error:
        raise InputRefused(str(error)) from error


def _all(bible: Bible) -> list[Art]:
    return [*(who.art for who in bible.characters), *(place.art for place in bible.places), bible.style]


def _kept(art: AnyArt, source: _Source) -> AnyArt:
    references = tuple(_hashed(picture, source) for picture in art.references)
    loras = tuple(_hashed(lora, source) for lora in art.loras)
    return art.model_copy(update={"references": references, "loras": loras})


def _hashed(file: File, source: _Source) -> File:
    ref = source.ref(file)
    return file.model_copy(update={"sha256": ref.sha256, "bytes": ref.bytes})


def _ref(file: Reference | Lora) -> Ref:
    return Ref(sha256=file.sha256, bytes=file.bytes, media_type=file.media_type)


def _inside(folder: Path, name: str) -> Path:
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise PathRefused(f"The bible names {name!r}, which is outside {folder}. Art lies beside the bible.")
    return path
