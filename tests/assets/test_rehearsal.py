"""Claims about a store and a vault to try things in: they show the real ones, and change nothing there."""

import hashlib
from pathlib import Path

import pytest

from assets.errors import StoreRefused
from assets.sheets.production import Ref
from assets.sqlite_url import url_of
from assets.store import Store
from assets.store.rehearsal import rehearsal
from assets.vault import Vault

RECIPE = "a" * 64


def entered(store: Store, episode: str) -> None:
    store.upsert_episode("yuzu", episode, title="", script="0" * 64, by="ken")


def ids(url: str) -> list[str]:
    with Store.open(url) as store:
        return [item.id for item in store.episodes()]


def files(folder: Path) -> dict[str, tuple[int, str]]:
    return {
        str(path): (path.stat().st_mtime_ns, hashlib.sha256(path.read_bytes()).hexdigest())
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.mark.parametrize("on", ["sqlite", "postgresql"])
def test_what_is_written_in_a_rehearsal_is_not_kept(on: str, tmp_path: Path, request: pytest.FixtureRequest):
    url = url_of(tmp_path / "a b.sqlite") if on == "sqlite" else request.getfixturevalue("postgres_url")
    with Store.open(url) as store:
        entered(store, "ep01")

    with rehearsal(url, tmp_path) as store:
        entered(store, "ep02")
        assert [item.id for item in store.episodes()] == ["ep01", "ep02"]

    assert ids(url) == ["ep01"]


def test_a_store_that_does_not_exist_is_tried_as_an_empty_one(tmp_path: Path):
    real = tmp_path / "real"

    with rehearsal(url_of(real / "store.sqlite"), tmp_path) as store:
        assert store.episodes() == ()

    assert not real.exists()


def test_an_empty_database_server_is_not_filled(postgres_url: str, tmp_path: Path):
    with (
        pytest.raises(StoreRefused, match="Run any command that makes something first"),
        rehearsal(postgres_url, tmp_path),
    ):
        pass


def test_no_file_appears_beside_a_store_that_is_tried(tmp_path: Path):
    """A reader of a database with a write-ahead log leaves two files beside it, and cannot remove them."""
    real, copy = tmp_path / "real", tmp_path / "copy"
    real.mkdir()
    copy.mkdir()
    with Store.open(url_of(real / "store.sqlite")) as store:
        entered(store, "ep01")
    before = files(real)

    with rehearsal(url_of(real / "store.sqlite"), copy) as store:
        assert len(store.episodes()) == 1

    assert files(real) == before


def test_a_store_that_another_process_writes_to_is_tried_with_its_newest_rows(tmp_path: Path):
    with Store.open(url_of(tmp_path / "store.sqlite")) as other:
        entered(other, "ep01")  # still in the log, beside the file

        (tmp_path / "copy").mkdir()
        with rehearsal(url_of(tmp_path / "store.sqlite"), tmp_path / "copy") as store:
            assert [item.id for item in store.episodes()] == ["ep01"]


def test_a_vault_is_read_and_never_written_in_a_rehearsal(tmp_path: Path):
    vault = Vault.open(tmp_path / "real")
    ref = vault.put(b"a picture", "image/png")
    vault.commit(RECIPE, {"image": ref})
    before = files(tmp_path / "real")

    tried = Vault.rehearsal(tmp_path / "real", tmp_path / "above")
    again, new = tried.put(b"a picture", "image/png"), tried.put(b"another", "image/png")
    tried.commit("b" * 64, {"image": new})

    assert tried.recall(RECIPE) == {"image": ref.model_dump(mode="json")}
    assert (again, tried.get(ref), tried.get(new)) == (ref, b"a picture", b"another")
    assert tried.recall("b" * 64) is not None
    assert {item.name for item in tried.items()} > {item.name for item in vault.items()}
    assert files(tmp_path / "real") == before


def test_a_damaged_blob_is_missing_in_a_rehearsal_and_stays_where_it_is(tmp_path: Path):
    vault = Vault.open(tmp_path / "real")
    ref = vault.put(b"a picture", "image/png")
    vault.commit(RECIPE, {"image": ref})
    [blob] = (tmp_path / "real/blobs").rglob("*.png")
    blob.chmod(0o644)
    blob.write_bytes(b"A picture")
    before = files(tmp_path / "real")

    tried = Vault.rehearsal(tmp_path / "real", tmp_path / "above")

    assert tried.recall(RECIPE) is None
    assert not tried.has(ref)
    assert files(tmp_path / "real") == before


def test_a_vault_that_does_not_exist_is_not_made_by_a_rehearsal(tmp_path: Path):
    tried = Vault.rehearsal(tmp_path / "real", tmp_path / "above")

    assert not tried.has(Ref(sha256="c" * 64, bytes=1, media_type="image/png"))
    assert not (tmp_path / "real").exists()
