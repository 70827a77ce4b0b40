"""Claims about folders of weights: nothing unlisted is beside them, and no header is believed unseen."""

import json
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.numpy import load_file, save_file

from assets.errors import SetupMissing
from models import smollm
from models.house import weights
from models.sealed import check_folder, check_safetensors, sha256

Change = Callable[[Path], object]


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """A library with one model, sound in every way."""
    place = tmp_path / "library" / "tiny"
    (place / "unet").mkdir(parents=True)
    save_file(
        {"a": np.zeros((2, 3), np.float16), "b": np.ones(4, np.float32)}, place / "unet" / "model.safetensors"
    )
    (place / "config.json").write_text("{}")
    weights.write_sums(place)
    return tmp_path / "library"


def linked(place: Path) -> None:
    path = place / "config.json"
    path.rename(place.parent / "config.json")
    path.symlink_to(place.parent / "config.json")


CHANGES: dict[str, tuple[Change, str]] = {
    "an unlisted file": (lambda p: (p / "more.safetensors").write_bytes(b"x"), r"more\.safetensors is not listed"),
    "unlisted code": (lambda p: (p / "modeling.py").write_text("boom"), r"modeling\.py is not listed"),
    "a pickle": (lambda p: (p / "unet" / "pytorch_model.bin").write_bytes(b"x"), "is a pickle"),
    "a checkpoint": (lambda p: (p / "last.CKPT").write_bytes(b"x"), "is a pickle"),
    "a link for a file": (linked, r"config\.json is a link"),
    "a link to a folder": (lambda p: (p / "more").symlink_to(p.parent, target_is_directory=True), "more is a link"),
    "a missing file": (lambda p: (p / "config.json").unlink(), r"config\.json is missing"),
    "a changed file": (lambda p: (p / "config.json").write_text("{ }"), r"config\.json is damaged or changed"),
    "an empty list": (lambda p: (p / weights.SUMS).write_text(""), "lists no files"),
    "a path that leaves": (lambda p: (p / weights.SUMS).write_text(f"{'0' * 64}  ../../etc/passwd\n"), "invalid entry"),
    "a path from the root": (lambda p: (p / weights.SUMS).write_text(f"{'0' * 64}  /etc/passwd\n"), "invalid entry"),
    "no digest": (lambda p: (p / weights.SUMS).write_text("abc  config.json\n"), "invalid entry"),
    "a list that is not text": (lambda p: (p / weights.SUMS).write_bytes(b"\xff\x00\xfe"), "invalid entry"),
    "a path twice": (
        lambda p: (p / weights.SUMS).write_text(f"{'0' * 64}  config.json\n{'1' * 64}  config.json\n"), "invalid entry",
    ),
}  # fmt: skip


def test_a_folder_that_is_what_its_list_says_is_taken(library: Path):
    assert weights.folder("tiny", library) == library / "tiny"


@pytest.mark.parametrize("change", CHANGES)
def test_a_folder_that_differs_from_its_list_is_refused_by_name(change: str, library: Path):
    make, said = CHANGES[change]
    make(library / "tiny")

    with pytest.raises(SetupMissing, match=said):
        weights.folder("tiny", library)


@pytest.mark.parametrize("name", ["model.bin", "model.pt", "link.json"])
def test_sums_are_not_written_over_a_pickle_or_a_link(name: str, library: Path):
    path = library / "tiny" / name
    path.symlink_to(library / "tiny" / "config.json") if name.startswith("link") else path.write_bytes(b"x")

    with pytest.raises(SetupMissing, match="link or a pickle"):
        weights.write_sums(library / "tiny")


def file_of(folder: Path, header: object, data: bytes = b"", length: int | None = None) -> Path:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    path = folder / "model.safetensors"
    path.write_bytes(struct.pack("<Q", len(text) if length is None else length) + text + data)
    return path


def tensor(dtype: str = "F32", shape: object = (1,), at: object = (0, 4)) -> dict[str, object]:
    return {"dtype": dtype, "shape": shape, "data_offsets": at}


@pytest.mark.parametrize(
    ("header", "data", "length", "said"),
    [
        ({"a": tensor()}, b"1234", 2**63, "header would be"),
        ({"a": tensor()}, b"1234", 10**9, "header would be"),
        ({"a": tensor()}, b"1234", 0, "header would be"),
        (b"{", b"", None, "header would be"),
        (b"nonsense", b"", None, "valid safetensors"),
        (b"[" * 100_000, b"", None, "valid safetensors"),
        (b"\xff\xff\xff", b"", None, "valid safetensors"),
        ([1], b"", None, "not a list of at most"),
        ({"a": 1}, b"", None, "no known dtype"),
        ({"a": tensor("F4096")}, b"1234", None, "no known dtype"),
        ({"a": tensor(shape="x")}, b"1234", None, "invalid shape or place"),
        ({"a": tensor(shape=[10**30])}, b"1234", None, "invalid shape or place"),
        ({"a": tensor(shape=[-1])}, b"1234", None, "invalid shape or place"),
        ({"a": tensor(shape=[1.5])}, b"1234", None, "invalid shape or place"),
        ({"a": tensor(shape=[1] * 40)}, b"1234", None, "invalid shape or place"),
        ({"a": tensor(shape=[2**20, 2**20])}, b"1234", None, "its shape asks for others"),
        ({"a": tensor(at=[0, 2**40])}, b"1234", None, "its shape asks for others"),
        ({"a": tensor(), "b": tensor()}, b"1234", None, "overlap or leave a gap"),
        ({"a": tensor(at=[4, 8])}, b"12345678", None, "overlap or leave a gap"),
        ({"a": tensor()}, b"12345678", None, "end at byte 4 of 8"),
        ({"a": tensor()}, b"12", None, "end at byte 4 of 2"),
    ],
)  # fmt: skip
def test_a_header_that_does_not_describe_its_file_is_refused(
    header: object, data: bytes, length: int | None, said: str, tmp_path: Path
):
    path = file_of(tmp_path, header, data, length)

    with pytest.raises(SetupMissing, match=said):
        check_safetensors(path)


def test_a_sound_file_is_taken(tmp_path: Path):
    path = tmp_path / "model.safetensors"
    save_file(
        {"a": np.zeros((0, 3), np.int64), "b": np.ones((2, 2), np.float16)}, path, metadata={"format": "pt"}
    )

    check_safetensors(path)


@given(changes=st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), min_size=1, max_size=4))
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_file_that_is_taken_can_be_loaded(changes: list[tuple[int, int]], tmp_path: Path):
    path = tmp_path / "model.safetensors"
    save_file({"a": np.zeros((4, 3), np.float16), "b": np.ones(4, np.float32)}, path)
    data = bytearray(path.read_bytes())
    for at, byte in changes:
        data[at % len(data)] = byte
    path.write_bytes(bytes(data))

    try:
        check_safetensors(path)
    except SetupMissing as refused:
        assert str(path) in str(refused)
    else:
        load_file(path)


def test_every_shipped_folder_is_sound():
    shipped = {sums.parent.name: sums.parent for sums in weights.LIBRARY.glob(f"*/{weights.SUMS}")}

    assert {"autoencoder", "painter", "animator", "traits", "people", "foley"} <= set(shipped)
    assert {name: weights.folder(name) for name in shipped} == shipped


def test_an_unpacked_writer_with_an_empty_list_or_a_file_too_many_is_not_whole(tmp_path: Path):
    """all() over an empty list is true: an empty folder was opened as weights."""
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / smollm.HASHES).write_text(json.dumps({"config.json": sha256(tmp_path / "config.json")}))
    assert smollm.whole(tmp_path)

    (tmp_path / "more.json").write_text("{}")
    assert not smollm.whole(tmp_path)

    (tmp_path / "more.json").unlink()
    for listed in ("{}", "[]", "1", '{"config.json": 1}', '{"../x": "' + "0" * 64 + '"}'):
        (tmp_path / smollm.HASHES).write_text(listed)
        assert not smollm.whole(tmp_path)


def test_a_list_is_asked_for_only_once_it_is_sound(tmp_path: Path):
    with pytest.raises(SetupMissing, match="lists no files"):
        check_folder(tmp_path, {}, "Fetch it again.", aside=())
