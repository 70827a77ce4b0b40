"""A show's own art: checked, hashed, in the vault; and nothing that is not what it seems."""

import hashlib
import json

import numpy as np
import pytest

from assets.errors import SakugaError
from assets.media.picture import to_png
from assets.sheets.bible import Art, Bible, Character, Lora, Reference
from assets.vault import Vault
from stages import artwork


def safetensors(values: bytes = b"\0" * 8, *, stated: int | None = None) -> bytes:
    length = len(values) if stated is None else stated
    header = json.dumps({"up": {"dtype": "F32", "shape": [2], "data_offsets": [0, length]}}).encode()
    return len(header).to_bytes(8, "little") + header + values


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "aoi.png").write_bytes(to_png(np.full((8, 8, 3), 90, np.uint8)))
    (tmp_path / "aoi.safetensors").write_bytes(safetensors())
    return tmp_path


@pytest.fixture
def vault(tmp_path):
    return Vault.open(tmp_path / "vault")


def bible(art: Art) -> Bible:
    return Bible(id="yuzu", title={"en": "Yuzu"}, characters=(Character(id="aoi", names=("AOI",), art=art),))


WHOLE = Art(
    references=(Reference(file="aoi.png", origin="drawn by Ken"),),
    loras=(Lora(file="aoi.safetensors", base="sdxl"),),
)


def test_art_is_known_by_its_hash_and_rests_in_the_vault(folder, vault):
    art = artwork.entered(bible(WHOLE), folder, vault).characters[0].art

    for file in (*art.references, *art.loras):
        assert file.sha256 == hashlib.sha256((folder / file.file).read_bytes()).hexdigest()
        assert file.bytes == (folder / file.file).stat().st_size
    assert art.references[0].origin == "drawn by Ken"


def test_entering_it_twice_is_the_same(folder, vault):
    once = artwork.entered(bible(WHOLE), folder, vault)

    assert artwork.entered(once, folder, vault) == once


@pytest.mark.parametrize(
    ("art", "said"),
    [
        (Art(references=(Reference(file="gone.png"),)), "is not there"),
        (Art(references=(Reference(file="../aoi.png"),)), "outside"),
        (Art(references=(Reference(file="aoi.safetensors"),)), "not a PNG"),
        (Art(references=(Reference(file="aoi.png", sha256="1" * 64),)), "another file than the bible means"),
        (Art(loras=(Lora(file="aoi.png", base="sdxl"),)), "not a .safetensors file"),
        (Art(loras=(Lora(file="cut.safetensors", base="sdxl"),)), "no sound safetensors file"),
        (Art(loras=(Lora(file="pickle.safetensors", base="sdxl"),)), "no sound safetensors file"),
        (Art(loras=(Lora(file="empty.safetensors", base="sdxl"),)), "no sound safetensors file"),
        (Art(loras=(Lora(file="list.safetensors", base="sdxl"),)), "no sound safetensors file"),
    ],
)
def test_a_file_that_is_not_what_it_seems_is_refused_by_name(folder, vault, art, said):
    (folder / "cut.safetensors").write_bytes(safetensors()[:-4])
    (folder / "pickle.safetensors").write_bytes(b"\x80\x04\x95" + b"x" * 60)
    (folder / "empty.safetensors").write_bytes(b"")
    (folder / "list.safetensors").write_bytes((4).to_bytes(8, "little") + b"[[]]")

    with pytest.raises(SakugaError, match=said):
        artwork.entered(bible(art), folder, vault)
