"""How long a large ledger takes to sign, verify and export, and how much memory; run with `make bench`."""

import json
import resource
import subprocess
import sys
from pathlib import Path
from time import perf_counter

import pytest
from sqlalchemy import insert

from assets.hashing import canonical, digest
from assets.signing import Signer
from assets.store import Store
from assets.store.events import now
from assets.store.tables import ledger
from flows.upkeep.exporting import export, verifier

pytestmark = [pytest.mark.bench, pytest.mark.timeout(3600)]
EVENTS, EVERY = 500_000, 50_000

CHILD = """
import resource, sys, time
from assets.store import Store
with Store.open(sys.argv[1]) as store:
    began = time.perf_counter()
    fault = store.ledger.fault()
    print(fault, round(time.perf_counter() - began, 1), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def filled(store: Store, signer: Signer) -> float:
    """Append ``EVENTS`` events like those of generations, in large transactions, with a checkpoint now and then."""
    store.ledger.checkpoint(signer, by="bench")
    last, began = store.ledger.last(), perf_counter()
    assert last is not None
    number, previous = last.number, last.hash
    while number < EVENTS:
        rows = []
        for _ in range(5_000):
            number += 1
            row = {"number": number, "made_at": now(), "made_by": "bench", "kind": "generation.completed",
                   "subject": f"show/ep{number // 2000}/take/C{number % 300}", "previous": previous}  # fmt: skip
            body = {
                "recipe": digest([number]),
                "step": "take",
                "outputs": [digest(number)],
                "model": {"name": "wan"},
            }
            previous = digest({**row, "body": body})
            rows.append({**row, "body": canonical(body).decode(), "hash": previous})
        with store.batch(), store._database.writing() as connection:
            connection.execute(insert(ledger), rows)
        if number % EVERY < 5_000:
            store.ledger.checkpoint(signer, by="bench")
    return perf_counter() - began


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_half_a_million_events(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url = (
        f"sqlite:///{tmp_path}/store.db" if kind == "sqlite" else str(request.getfixturevalue("postgres_url"))
    )
    signer = Signer.make(tmp_path / "key.pem")
    told: dict[str, object] = {"store": kind}
    with Store.open(url) as store:
        told["filled_s"] = round(filled(store, signer), 1)
        store.ledger.append("review.decided", "show/ep01", {})
    with Store.open(url) as store:  # as a new process would: nothing is in memory
        began = perf_counter()
        store.ledger.checkpoint(signer, by="bench")
        told["checkpoint_s"] = round(perf_counter() - began, 1)
        began = perf_counter()
        made = export(store, tmp_path / "ledger.jsonl")
        told["export_s"], told["export_mb"] = (
            round(perf_counter() - began, 1),
            made.path.stat().st_size // 10**6,
        )
    verified = subprocess.run([sys.executable, "-c", CHILD, url], capture_output=True, text=True, check=True)
    told["verify (fault, s, MiB)"] = verified.stdout.strip()
    began = perf_counter()
    subprocess.run([sys.executable, verifier(), made.path], check=True, capture_output=True)
    told["standalone_s"] = round(perf_counter() - began, 1)
    told["standalone_mib"] = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    with capsys.disabled():
        print(json.dumps(told))
