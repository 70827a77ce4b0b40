"""Claims about the vault: what is put in comes out, whole and verified, on a disk and in a bucket."""

import json
import os
import time
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assets.errors import BlobDamaged, BlobMissing, InputRefused, PathRefused, StorageFailed, StoreRefused
from assets.hashing import canonical, digest
from assets.sheets.production import Ref
from assets.vault import Vault
from assets.vault.cache import Cache
from assets.vault.naming import SUFFIXES

RECIPE = "a" * 64


@pytest.fixture(params=["folder", "bucket"])
def url(request, tmp_path):
    return str(tmp_path / "vault") if request.param == "folder" else f"memory://{uuid4().hex}"


@pytest.fixture
def vault(url, tmp_path):
    return Vault.open(url, cache=tmp_path / "cache")


@pytest.fixture
def folder(tmp_path):
    return Vault.open(tmp_path / "vault")


def overwrite(path: Path, data: bytes) -> None:
    path.chmod(0o644)
    path.write_bytes(data)


LOST = Ref(sha256="0" * 64, bytes=3, media_type="image/png")
"""What was never put."""


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=2000), media_type=st.sampled_from(sorted(SUFFIXES)))
def test_what_was_put_is_what_one_gets(vault, data, media_type):
    ref = vault.put(data, media_type)

    assert vault.get(ref) == data
    assert vault.local(ref).read_bytes() == data
    assert (ref.bytes, vault.has(ref)) == (len(data), True)


def test_a_file_that_was_put_is_what_one_gets(vault, tmp_path):
    file = tmp_path / "clip.mp4"
    file.write_bytes(b"frames" * 100_000)

    ref = vault.put_file(file, "video/mp4")

    assert vault.get(ref) == file.read_bytes()
    assert ref == vault.put(file.read_bytes(), "video/mp4")


def test_a_moved_file_is_gone_from_where_it_was(vault, tmp_path):
    for _ in range(2):  # the second time its bytes are there already
        file = tmp_path / "clip.mp4"
        file.write_bytes(b"frames")

        ref = vault.put_file(file, "video/mp4", move=True)

        assert (file.exists(), vault.get(ref)) == (False, b"frames")


def test_an_edit_of_a_file_that_was_copied_in_does_not_reach_the_vault(folder, tmp_path):
    file = tmp_path / "clip.mp4"
    file.write_bytes(b"frames")
    ref = folder.put_file(file, "video/mp4")

    file.write_bytes(b"edited")

    assert folder.get(ref) == b"frames"


def test_the_same_bytes_are_kept_once(vault):
    for _ in range(3):
        vault.put(b"cel", "image/png")

    assert vault.verify().blobs == 1


@pytest.mark.parametrize("media_type", ["image/png", "video/mp4", "audio/flac", "audio/wav", "audio/mp4"])
def test_a_local_file_has_the_suffix_its_type_is_known_by(vault, media_type):
    suffixes = {"image/png": ".png", "video/mp4": ".mp4", "audio/flac": ".flac", "audio/wav": ".wav"}

    path = vault.local(vault.put(b"x", media_type))

    assert path.suffix == suffixes.get(media_type, ".m4a")


def test_no_two_types_share_a_suffix():
    assert len(set(SUFFIXES.values())) == len(SUFFIXES)


@pytest.mark.parametrize("media_type", ["", "image/../../etc", "video/unheard-of"])
def test_a_type_nobody_knows_is_refused_with_those_known(vault, media_type):
    with pytest.raises(InputRefused, match="image/png"):
        vault.put(b"x", media_type)


def test_what_was_never_put_is_missing(vault):
    assert not vault.has(LOST)
    with pytest.raises(BlobMissing, match="is not in the vault"):
        vault.get(LOST)
    with pytest.raises(BlobMissing, match="is not in the vault"):
        vault.local(LOST)


@pytest.mark.parametrize("data", [b"eviL", b"evil and longer", b""])
@pytest.mark.parametrize("read", ["get", "local"])
def test_a_damaged_blob_is_set_aside_and_never_served(folder, tmp_path, data, read):
    ref = folder.put(b"good", "image/png")
    overwrite(folder.local(ref), data)

    with pytest.raises(BlobDamaged, match="no longer matches"):
        getattr(folder, read)(ref)

    (aside,) = (tmp_path / "vault" / "quarantine").iterdir()
    assert aside.read_bytes() == data
    assert not folder.has(ref)


def test_damage_in_a_bucket_is_found_when_the_blob_is_read_and_its_work_forgotten(tmp_path):
    url = f"memory://{uuid4().hex}"
    ref = Vault.open(url, cache=tmp_path / "maker").put(b"good", "image/png")
    vault = Vault.open(url, cache=tmp_path / "reader")
    vault.commit(RECIPE, {"image": ref})
    vault._shelf.write(f"blobs/{ref.sha256[:2]}/{ref.sha256[2:]}.png", b"evil")

    with pytest.raises(BlobDamaged):
        vault.local(ref)
    assert vault.recall(RECIPE) is None


def test_putting_the_right_bytes_mends_a_damaged_blob(folder):
    ref = folder.put(b"good", "image/png")
    overwrite(folder.local(ref), b"evil")

    folder.put(b"good", "image/png")

    assert folder.get(ref) == b"good"


def test_damage_of_an_earlier_process_is_found(folder, tmp_path):
    ref = folder.put(b"good", "image/png")
    path = folder.local(ref)
    stamp = path.stat().st_mtime_ns
    overwrite(path, b"evil")
    os.utime(path, ns=(stamp, stamp))

    with pytest.raises(BlobDamaged):
        Vault.open(tmp_path / "vault").local(ref)


def test_a_file_is_not_read_again_while_nothing_touched_it(folder):
    """The promise of ``local``: size, mtime and inode stand for the bytes within one process."""
    ref = folder.put(b"good", "image/png")
    path = folder.local(ref)
    stamp = path.stat().st_mtime_ns
    overwrite(path, b"evil")
    os.utime(path, ns=(stamp, stamp))

    assert folder.local(ref) == path
    assert folder.verify().damaged == (path.relative_to(path.parents[2]).as_posix(),)


def test_a_blob_is_not_writable(folder):
    path = folder.local(folder.put(b"good", "image/png"))

    assert path.stat().st_mode & 0o222 == 0


def test_a_finished_recipe_is_recalled_with_its_references(vault):
    result = {"image": vault.put(b"cel", "image/png"), "frames": 24, "notes": ["ok", None, 0.5]}

    vault.commit(RECIPE, result)

    recalled = vault.recall(RECIPE)
    assert Ref.model_validate(recalled["image"]) == result["image"]
    assert (recalled["frames"], recalled["notes"]) == (24, ["ok", None, 0.5])


def test_an_unknown_recipe_is_recalled_as_nothing_without_a_warning(vault):
    assert vault.recall(RECIPE) is None
    assert vault.warnings == []


def test_a_recipe_committed_again_has_its_last_result(vault):
    for frames in (24, 36):
        vault.commit(RECIPE, {"frames": frames})

    assert vault.recall(RECIPE) == {"frames": 36}


def test_a_recipe_cannot_be_finished_with_what_is_not_there(vault):
    with pytest.raises(BlobMissing):
        vault.commit(RECIPE, {"deep": [{"inside": LOST}]})
    assert vault.recall(RECIPE) is None


@pytest.mark.parametrize("recipe", ["", "../../etc/passwd", "A" * 64, "a" * 63])
def test_a_recipe_that_is_none_is_refused(vault, recipe):
    with pytest.raises(InputRefused, match="64 hex digits"):
        vault.commit(recipe, {})
    with pytest.raises(InputRefused, match="64 hex digits"):
        vault.recall(recipe)


@pytest.mark.parametrize("damage", [lambda path: overwrite(path, b"evil"), lambda path: path.unlink()])
def test_work_whose_blob_was_lost_is_forgotten_with_a_warning(folder, damage):
    ref = folder.put(b"good", "image/png")
    folder.commit(RECIPE, {"deep": [{"image": ref}]})
    damage(folder.local(ref))

    assert folder.recall(RECIPE) is None
    (warning,) = folder.warnings
    assert "done again" in warning


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[1]",
        b"\xff\xfe",
        canonical({"recipe": RECIPE, "result": {"frames": 25}, "sha256": digest({"frames": 24})}),
        canonical({"recipe": "b" * 64, "result": {"frames": 24}, "sha256": digest({"frames": 24})}),
    ],
)
def test_a_damaged_commit_is_forgotten_with_a_warning(folder, tmp_path, data):
    folder.commit(RECIPE, {"frames": 24})
    overwrite(tmp_path / "vault" / "commits" / "aa" / f"{'a' * 62}.json", data)

    assert folder.recall(RECIPE) is None
    assert "quarantine" in folder.warnings[0]
    assert folder.recall(RECIPE) is None


def test_an_inspection_names_everything_that_is_wrong(folder, tmp_path):
    sound, damaged, gone = (folder.put(data, "image/png") for data in (b"sound", b"damaged", b"gone"))
    folder.commit(RECIPE, {"image": sound})
    folder.commit("b" * 64, {"image": gone})
    overwrite(folder.local(damaged), b"DAMAGED")
    folder.local(gone).unlink()
    (tmp_path / "vault" / "blobs" / "notes.txt").write_text("mine")

    found = folder.verify()

    assert (found.blobs, found.bytes, found.commits, found.sound) == (1, 5, 2, False)
    assert found.damaged == (f"blobs/{damaged.sha256[:2]}/{damaged.sha256[2:]}.png",)
    assert found.incomplete == ("b" * 64,)
    assert found.strange == ("blobs/notes.txt",)


def test_a_sound_vault_inspects_as_sound(vault):
    vault.commit(RECIPE, {"image": vault.put(b"cel", "image/png")})

    assert vault.verify().sound


def test_collecting_removes_only_what_nothing_refers_to(vault):
    used, kept, idle = (vault.put(data, "image/png") for data in (b"used", b"kept", b"idle"))
    vault.commit(RECIPE, {"images": [used]})

    freed = vault.collect([kept], older_than_s=-1)

    assert (freed, vault.has(used), vault.has(kept), vault.has(idle)) == (4, True, True, False)
    assert vault.recall(RECIPE)["images"][0]["sha256"] == used.sha256


def test_collecting_leaves_what_was_put_just_now(vault):
    ref = vault.put(b"about to be committed", "image/png")

    assert vault.collect() == 0
    assert vault.has(ref)


def test_putting_old_bytes_again_keeps_them_from_being_collected(folder):
    ref = folder.put(b"old", "image/png")
    os.utime(folder.local(ref), (1, 1))

    folder.put(b"old", "image/png")

    assert folder.collect() == 0


def test_commits_are_forgotten_only_when_told(vault):
    for recipe, data in ((RECIPE, b"first"), ("b" * 64, b"second")):
        vault.commit(recipe, {"image": vault.put(data, "image/png")})

    freed = vault.collect([RECIPE], forget=True, older_than_s=-1)

    assert freed == len(b"second")
    assert vault.recall(RECIPE)["image"]["bytes"] == len(b"first")
    assert vault.recall("b" * 64) is None


def test_collecting_clears_away_drafts_of_killed_writers(folder, tmp_path):
    draft = tmp_path / "vault" / "tmp" / "123-abc"
    draft.write_bytes(b"half")
    os.utime(draft, (1, 1))

    assert folder.collect() == 4
    assert not draft.exists()


def test_a_vault_opened_again_holds_what_was_put(url, vault, tmp_path):
    ref = vault.put(b"cel", "image/png")

    assert Vault.open(url, cache=tmp_path / "cache").get(ref) == b"cel"


def test_a_file_url_is_the_folder_it_names(tmp_path):
    ref = Vault.open(f"file://{tmp_path}/my%20vault").put(b"cel", "image/png")

    assert Vault.open(tmp_path / "my vault").get(ref) == b"cel"


@pytest.mark.parametrize("version", [2, "1", None])
def test_a_layout_this_release_does_not_know_is_refused(url, vault, version):
    vault._shelf.write("vault.json", json.dumps({"version": version}).encode())

    with pytest.raises(StoreRefused, match="knows layout 1"):
        Vault.open(url)


def test_a_folder_with_other_things_in_it_does_not_become_a_vault(tmp_path):
    (tmp_path / "holiday.jpg").write_bytes(b"photo")

    with pytest.raises(StoreRefused, match=r"holiday\.jpg"):
        Vault.open(tmp_path)


@pytest.mark.parametrize("url", ["", "  ", "http://host/vault", "ftp://host/vault", "file://elsewhere/vault"])
def test_a_place_that_can_be_no_vault_is_refused(url):
    with pytest.raises(InputRefused):
        Vault.open(url)


def test_secrets_in_a_url_are_never_told(tmp_path):
    with pytest.raises(InputRefused) as refused:
        Vault.open("https://ken:hunter2@host/vault?token=hunter2", cache=tmp_path)
    assert "hunter2" not in str(refused.value)


def test_a_vault_may_be_reached_through_a_link(tmp_path):
    (tmp_path / "disk").mkdir()
    (tmp_path / "vault").symlink_to(tmp_path / "disk")

    ref = Vault.open(tmp_path / "vault").put(b"cel", "image/png")

    assert Vault.open(tmp_path / "disk").get(ref) == b"cel"


@pytest.mark.parametrize("name", ["tmp", "commits", "blobs", "blobs/{first}", "blobs/{first}/{rest}.png"])
def test_a_link_inside_the_vault_is_refused(folder, tmp_path, name):
    ref = folder.put(b"cel", "image/png")
    link = tmp_path / "vault" / name.format(first=ref.sha256[:2], rest=ref.sha256[2:])
    outside = tmp_path / "outside"
    if link.exists():
        link.rename(outside)
    else:
        outside.mkdir()
    link.symlink_to(outside)

    with pytest.raises(PathRefused, match="is a link"):
        again = Vault.open(tmp_path / "vault")
        again.local(ref)
        again.recall(RECIPE)


def test_a_link_is_not_put_into_the_vault(folder, tmp_path):
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "clip.mp4").symlink_to(tmp_path / "secret")

    with pytest.raises(PathRefused, match="plain files only"):
        folder.put_file(tmp_path / "clip.mp4", "video/mp4")


def test_a_file_that_is_not_there_cannot_be_put(folder, tmp_path):
    with pytest.raises(StorageFailed, match="No such file"):
        folder.put_file(tmp_path / "none.mp4", "video/mp4")


def test_a_file_that_changes_while_it_is_put_is_refused_and_nothing_wrong_is_kept(folder, tmp_path):
    """A shelf that is slow enough for the writer of the file to go on writing."""
    file = tmp_path / "clip.mp4"
    file.write_bytes(b"first half")
    adopt = folder._shelf.adopt

    class Slow(type(folder._shelf)):
        def adopt(self, name, path, sha256, *, move):
            path.write_bytes(b"first half and second half")
            adopt(name, path, sha256, move=move)

    slow = Vault(Slow(tmp_path / "vault"), "slow")

    with pytest.raises(StorageFailed, match="changed while"):
        slow.put_file(file, "video/mp4")
    assert folder.verify().blobs == 0


def test_a_cache_drops_what_was_wanted_longest_ago_and_fetches_it_again(tmp_path):
    vault = Vault.open(f"memory://{uuid4().hex}", cache=tmp_path / "cache", cache_bytes=2500)
    old, older = (vault.put(bytes([n]) * 1000, "image/png") for n in range(2))
    long_ago = time.time() - 2 * Cache.IN_HANDS_S
    paths = {}
    for ref, wanted in ((old, long_ago + 1), (older, long_ago)):
        paths[ref.sha256] = vault.local(ref)
        os.utime(paths[ref.sha256], (wanted, paths[ref.sha256].stat().st_mtime))

    vault.put(bytes([2]) * 1000, "image/png")

    assert [paths[ref.sha256].exists() for ref in (old, older)] == [True, False]
    assert vault.local(older).read_bytes() == bytes([1]) * 1000


def test_a_cache_keeps_what_may_be_in_somebodys_hands(tmp_path):
    vault = Vault.open(f"memory://{uuid4().hex}", cache=tmp_path / "cache", cache_bytes=10)

    paths = [vault.local(vault.put(bytes([n]) * 1000, "image/png")) for n in range(3)]

    assert all(path.exists() for path in paths)
