"""Take a show's own art into the vault: reference pictures and LoRAs, checked and known by their hash.

In: a bible and the folder it lies in, a vault.      Out: the same bible, every file with its SHA-256.
A file that is missing, damaged, outside the folder or not the one that was meant is refused with its name.
"""

from pathlib import Path
from typing import TypeVar

from assets.errors import InputRefused, PathRefused, SetupMissing
from assets.media.picture import from_png
from assets.sheets.bible import Art, Bible, Lora, Reference
from assets.vault import Vault
from models.sealed import check_safetensors, sha256

LARGEST_LORA = 4 * 2**30

File = TypeVar("File", Reference, Lora)
AnyArt = TypeVar("AnyArt", bound=Art)


def entered(bible: Bible, folder: Path, vault: Vault) -> Bible:
    """``bible`` with the hash of every art file, whose bytes rest in ``vault`` from now on.

    raises  InputRefused or PathRefused, before anything is put into the vault
    """
    for art in _all(bible):
        for picture in art.references:
            from_png(_inside(folder, picture.file))
        for lora in art.loras:
            _check_lora(_inside(folder, lora.file))
    characters = tuple(
        who.model_copy(update={"art": _kept(who.art, folder, vault)}) for who in bible.characters
    )
    places = tuple(
        place.model_copy(update={"art": _kept(place.art, folder, vault)}) for place in bible.places
    )
    style = _kept(bible.style, folder, vault)
    return bible.model_copy(update={"characters": characters, "places": places, "style": style})


def _check_lora(path: Path) -> None:
    """Refuse a file that is not a whole safetensors file, by its header and its size; no weight is read."""
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


def _kept(art: AnyArt, folder: Path, vault: Vault) -> AnyArt:
    references = tuple(_hashed(picture, folder, vault, "image/png") for picture in art.references)
    loras = tuple(_hashed(lora, folder, vault, "application/octet-stream") for lora in art.loras)
    return art.model_copy(update={"references": references, "loras": loras})


def _hashed(file: File, folder: Path, vault: Vault, media_type: str) -> File:
    path = _inside(folder, file.file)
    found = sha256(path)
    if file.sha256 and file.sha256 != found:
        raise InputRefused(
            f"{path} is another file than the bible means: its SHA-256 begins with {found[:12]}, the bible says "
            f"{file.sha256[:12]}. Put the right file there, or change sha256 in the bible."
        )
    ref = vault.put_file(path, media_type)
    return file.model_copy(update={"sha256": ref.sha256, "bytes": ref.bytes})


def _inside(folder: Path, name: str) -> Path:
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise PathRefused(f"The bible names {name!r}, which is outside {folder}. Art lies beside the bible.")
    if not path.is_file():
        raise InputRefused(f"The bible names {name!r}, and {path} is not there. Put the file there.")
    return path
