"""How fast the vault and the store are; printed with ``-s``, judged by nobody.

One episode's worth: 300 clips of 1 MB, 300 commits, 300 cuts and takes.
"""

import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter

import pytest

from assets.hashing import digest
from assets.sheets.bible import Place
from assets.sheets.cutsheet import Cut, Cutsheet
from assets.sheets.production import Ref, Take
from assets.store import Store
from assets.vault import Vault

pytestmark = pytest.mark.bench
CUTS = 300
MEGABYTE = 1_000_000
ROOT = Path(__file__).parents[2]


@pytest.fixture
def clock() -> Callable[[str, int], object]:
    @contextmanager
    def timed(what: str, times: int) -> Iterator[None]:
        started = perf_counter()
        yield
        spent = perf_counter() - started
        print(f"\n{what}: {spent:.3f} s, {spent / times * 1000:.3f} ms each", end="")

    return timed


def test_vault_bench(tmp_path, clock):
    vault, chance = Vault.open(tmp_path / "vault"), random.Random(7)
    clips = [chance.randbytes(MEGABYTE) for _ in range(CUTS)]

    with clock("put 1 MB", CUTS):
        refs = [vault.put(clip, "video/mp4") for clip in clips]
    with clock("put it again", CUTS):
        for clip in clips:
            vault.put(clip, "video/mp4")
    with clock("commit", CUTS):
        for ref in refs:
            vault.commit(digest(ref.sha256), {"clip": ref})
    cold = Vault.open(tmp_path / "vault")
    with clock("recall in a new process (hashes once)", CUTS):
        for ref in refs:
            cold.recall(digest(ref.sha256))
    with clock("recall again", CUTS):
        for ref in refs:
            cold.recall(digest(ref.sha256))
    with clock("local, verified before", CUTS):
        for ref in refs:
            cold.local(ref)
    file = tmp_path / "big.mp4"
    file.write_bytes(b"".join(clips))
    with clock(f"put_file with move, {CUTS} MB", 1):
        vault.put_file(file, "video/mp4", move=True)

    assert vault.verify().blobs == CUTS + 1


def test_store_bench(tmp_path, clock):
    url = f"sqlite:///{tmp_path / 'production.db'}"
    with clock("open a new store (alembic)", 1):
        store = Store.open(url)
    with clock("open it at head", 1):
        Store.open(url).close()
    key = store.upsert_episode("yuzu", "ep01", title="", script="0" * 64, by="bench").key
    place = Place(id="roof", names=("Roof",))
    cuts = tuple(Cut(number=f"C{n:03d}", scene="S01", place="roof", frames=24) for n in range(1, CUTS + 1))
    sheet = Cutsheet(episode="ep01", places=(place,), cuts=cuts)

    with clock("record a cut sheet", CUTS):
        store.record_cutsheet(key, sheet, {cut.number: "b" * 64 for cut in cuts})
    with clock("add takes in a batch", CUTS), store.batch():
        for cut in cuts:
            store.add_take(key, take(cut.number))
    with clock("select them in a batch", CUTS), store.batch():
        for cut in cuts:
            store.select(key, cut.number, 1, by="bench")
    with clock("read every selection at once", CUTS):
        found = store.selections(key)
    run = store.begin_run(key, "bench")
    with clock("begin and finish a call, each a transaction", CUTS):
        for cut in cuts:
            store.begin_call(run, digest(cut.number), "take", cut.number)
            store.finish_call(run, digest(cut.number), 1.0)
    with clock("append to the ledger", CUTS):
        for cut in cuts:
            store.ledger.append("generation.completed", key, {"cut": cut.number})
    with clock("verify the ledger", CUTS):
        store.ledger.verify()
    store.close()

    assert len(found) == CUTS


def test_import_bench(clock):
    for module in ("assets.vault", "assets.store"):
        with clock(f"python -c 'import {module}'", 1):
            done = subprocess.run([sys.executable, "-c", f"import {module}"], cwd=ROOT)

        assert done.returncode == 0


def take(cut: str) -> Take:
    clip = Ref(sha256="c" * 64, bytes=9, media_type="video/mp4")
    return Take(
        cut=cut, number=1, clip=clip, frames=24, size=(1280, 720), recipe=digest(cut), basis="b" * 64, seed=7
    )
