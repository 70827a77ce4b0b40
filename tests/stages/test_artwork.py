"""A show's own art: checked, hashed, in the vault; and nothing that is not what it seems."""

import hashlib
import json

import numpy as np
import pytest

from assets.errors import SakugaError
from assets.media.picture import to_png
from assets.sheets.bible import Art, Bible, Character, Lora, Reference
from assets.vault import Vault
from stages.shots import artwork


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


def test_a_lora_has_the_suffix_of_its_format_in_the_vault(folder, vault):
    """It was .bin, which libraries read as a pickle: the one thing that only safetensors rules out."""
    known = artwork.files_of(artwork.entered(bible(WHOLE), folder, vault))

    assert vault.local(known["aoi.safetensors"]).suffix == ".safetensors"


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
        (Art(loras=(Lora(file="cut.safetensors", base="sdxl"),)), "not a valid safetensors file"),
        (Art(loras=(Lora(file="pickle.safetensors", base="sdxl"),)), "not a valid safetensors file"),
        (Art(loras=(Lora(file="empty.safetensors", base="sdxl"),)), "not a valid safetensors file"),
        (Art(loras=(Lora(file="list.safetensors", base="sdxl"),)), "not a valid safetensors file"),
    ],
)
def test_a_file_that_is_not_what_it_seems_is_refused_by_name(folder, vault, art, said):
    (folder / "cut.safetensors").write_bytes(safetensors()[:-4])
    (folder / "pickle.safetensors").write_bytes(b"\x80\x04\x95" + b"x" * 60)
    (folder / "empty.safetensors").write_bytes(b"")
    (folder / "list.safetensors").write_bytes((4).to_bytes(8, "little") + b"[[]]")

    with pytest.raises(SakugaError, match=said):
        artwork.entered(bible(art), folder, vault)


def test_a_file_that_is_not_here_is_taken_from_the_vault_by_its_hash(folder, vault):
    once = artwork.entered(bible(WHOLE), folder, vault)
    (folder / "elsewhere").mkdir()

    by_name = artwork.entered(bible(WHOLE), folder / "elsewhere", vault, artwork.files_of(once))

    assert by_name == once
    assert artwork.entered(once, folder / "elsewhere", vault) == once


def test_a_file_in_the_vault_that_is_not_the_one_that_was_meant_is_not_taken(folder, vault):
    known = artwork.files_of(artwork.entered(bible(WHOLE), folder, vault))
    other = bible(Art(references=(Reference(file="aoi.png", sha256="1" * 64),)))
    (folder / "elsewhere").mkdir()

    with pytest.raises(SakugaError, match="is not there"):
        artwork.entered(other, folder / "elsewhere", vault, known)
    with pytest.raises(SakugaError, match="is not there"):
        artwork.entered(bible(WHOLE), folder / "elsewhere", Vault.open(folder / "other"), known)


def test_the_file_beside_the_bible_comes_before_the_one_in_the_vault(folder, vault):
    known = artwork.files_of(artwork.entered(bible(WHOLE), folder, vault))
    (folder / "aoi.png").write_bytes(to_png(np.full((8, 8, 3), 9, np.uint8)))

    assert artwork.files_of(artwork.entered(bible(WHOLE), folder, vault, known)) != known
