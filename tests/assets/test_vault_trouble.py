"""Claims about the vault in trouble: killed, crowded, full, read-only."""

import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

from assets.hashing import digest
from assets.vault import Vault

ROOT = Path(__file__).parents[2]


def test_a_kill_at_any_moment_leaves_nothing_half_visible_and_forgets_nothing_finished(
    tmp_path, killed_at_random
):
    def write(seed):
        vault, chance = Vault.open(tmp_path / "vault"), random.Random(seed)
        file = tmp_path / f"{seed}.mp4"
        while True:
            data = chance.randbytes(chance.randrange(400_000))
            file.write_bytes(data)
            refs = [vault.put(data, "image/png"), vault.put_file(file, "video/mp4", move=True)]
            recipe = digest(chance.random())
            vault.commit(recipe, {"refs": refs})
            with (tmp_path / "finished").open("a") as told:
                told.write(recipe + "\n")
            yield

    killed_at_random(write, times=20)

    vault = Vault.open(tmp_path / "vault")
    finished = (tmp_path / "finished").read_text().split()
    assert len(finished) >= 10
    assert all(vault.recall(recipe) for recipe in finished)
    assert vault.verify().sound


def test_processes_that_put_the_same_bytes_at_once_do_not_disturb_each_other(tmp_path, at_once):
    blobs = [bytes([number]) * 200_000 for number in range(20)]

    def work(_):
        vault = Vault.open(tmp_path / "vault")
        for data in blobs:
            assert vault.get(vault.put(data, "image/png")) == data
            vault.commit("a" * 64, {"image": vault.put(data, "image/png")})

    at_once(work, 1, 2, 3)

    found = Vault.open(tmp_path / "vault").verify()
    assert (found.sound, found.blobs, found.commits) == (True, 20, 1)


def told_by(script: str, *arguments: str) -> str:
    """What a StorageFailed said in a process that is in the trouble ``script`` makes."""
    body = f"""
import os, resource, sys
from pathlib import Path
from assets.errors import StorageFailed
from assets.vault import Vault
try:
{script}
except StorageFailed as failed:
    print(failed)
"""
    done = subprocess.run([sys.executable, "-c", body, *arguments], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_disk_that_takes_no_more_is_told_with_a_remedy_and_leaves_no_half_blob(tmp_path):
    told = told_by(
        "    vault = Vault.open(sys.argv[1])\n"
        "    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "    vault.put(bytes(5000), 'image/png')",
        str(tmp_path / "vault"),
    )

    assert "could not write" in told
    assert "ulimit" in told
    assert list((tmp_path / "vault" / "tmp").iterdir()) == []
    assert Vault.open(tmp_path / "vault").verify().blobs == 0


def test_a_folder_one_may_not_write_to_is_told_with_a_remedy():
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o555)
        told = told_by(
            "    if os.geteuid() == 0: os.setegid(65534); os.seteuid(65534)\n"
            "    Vault.open(Path(sys.argv[1]) / 'vault')",
            folder,
        )

    assert "may not write there" in told


def test_a_file_in_the_folders_place_is_told_with_a_remedy(tmp_path):
    (tmp_path / "vault").write_text("in the way")

    told = told_by("    Vault.open(sys.argv[1])", str(tmp_path / "vault"))

    assert "A file stands where a folder is needed" in told


def test_a_file_one_may_not_read_is_told_by_its_name():
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o777)
        (Path(folder) / "secret.mp4").touch(mode=0o000)
        told = told_by(
            "    vault = Vault.open(Path(sys.argv[1]) / 'vault')\n"
            "    if os.geteuid() == 0: os.setegid(65534); os.seteuid(65534)\n"
            "    vault.put_file(Path(sys.argv[1]) / 'secret.mp4', 'video/mp4')",
            folder,
        )

    assert "secret.mp4 cannot be put into the vault: Permission denied" in told


def test_a_reader_never_sees_a_blob_before_it_is_whole(tmp_path, at_once):
    data = os.urandom(3_000_000)
    ref = Vault.open(tmp_path / "vault").put(data, "image/png")
    Vault.open(tmp_path / "vault").local(ref).unlink()

    def work(worker):
        vault = Vault.open(tmp_path / "vault")
        for _ in range(30):
            if worker == 1:
                vault.put(data, "image/png")
                vault.local(ref).unlink()
            elif vault._shelf.read(f"blobs/{ref.sha256[:2]}/{ref.sha256[2:]}.png") not in (None, data):
                raise AssertionError("half a blob was seen")

    at_once(work, 1, 2)

    assert Vault.open(tmp_path / "vault").verify().sound
