"""Claims about the program that checks a statement without Sakuga: it agrees with us, and finds every change."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assets.rights.royalties.accounts import account
from assets.sheets.royalties import PARTS
from flows.rights.royalties.books import counted
from flows.rights.royalties.issuing import issue
from flows.rights.royalties.rules import publish
from flows.upkeep.exporting import export
from tests.flows.rights.conftest import deliver, generate, rule, train

PROGRAM = Path(__file__).parents[3] / "deploy/verify_statement.py"


@pytest.fixture(scope="module")
def program():
    spec = importlib.util.spec_from_file_location("verify_statement", PROGRAM)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def issued(studio, tmp_path):
    """Two periods under two rules, and the ledger's export."""
    issue(studio, "Q1", tmp_path / "out", by="ken")
    generate(studio, "c")
    publish(studio, rule(id="season-2", absent="fund", currency="USD", usage={"per_unit": "0.37"}), by="ken")
    generate(studio, "d")
    deliver(studio, "a", "c", "d", "d", unrecorded=["C002: take 1"])
    train(studio, 1000)
    issue(studio, "Q2", tmp_path / "out", by="ken")
    export(studio, tmp_path / "ledger.jsonl")
    return tmp_path


def test_every_statement_is_what_the_program_computes_from_the_export_alone(issued, program):
    found = sorted((issued / "out/royalties").glob("*/*.json"))
    said = [program.check(issued / "ledger.jsonl", path) for path in found]

    assert len(said) == 6
    for path, sentence in zip(found, said, strict=True):
        assert sentence.endswith(f"{path.stem}.csv, {path.stem}.json, {path.stem}.pdf.")


def test_it_runs_alone_and_says_in_its_exit_code_whether_a_statement_is_true(issued):
    def run() -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "-I", str(PROGRAM), str(issued / "ledger.jsonl"), str(statement)],
            cwd=issued, capture_output=True, text=True, timeout=60,
        )  # fmt: skip
        return done.returncode, done.stdout

    statement = issued / "out/royalties/Q2/P-aoi.json"
    assert run()[0] == 0
    raw = json.loads(statement.read_text())
    raw["owed"][0]["amount"] += 1
    statement.write_text(json.dumps(raw))
    code, said = run()
    assert code == 1
    assert "statement.owed[0].amount is" in said and "and the ledger gives" in said


def test_one_changed_byte_of_any_file_of_a_statement_differs(issued, program):
    statement = issued / "out/royalties/Q2/P-aoi.json"
    for path in sorted(statement.parent.glob("P-aoi.*")):
        sound = path.read_bytes()
        for place in Random(7).sample(range(len(sound)), 12):
            path.write_bytes(sound[:place] + bytes([sound[place] ^ 1]) + sound[place + 1 :])
            assert program.main(str(issued / "ledger.jsonl"), str(statement)) == 1, (path.name, place)
        path.write_bytes(sound)


per_exposure = st.sampled_from(["0", "0.333", "7"])
tables = st.lists(st.integers(0, 9), min_size=5, max_size=5).filter(any)
rules = st.fixed_dictionaries({
    "currency": st.sampled_from(["JPY", "USD", "KWD"]),
    "training": st.fixed_dictionaries({"fixed": st.integers(0, 9999), "per_unit": per_exposure}),
    "usage": st.fixed_dictionaries({"per_unit": st.integers(0, 999), "most": st.none() | st.integers(0, 9999)}),
    "split": tables.map(lambda table: dict(zip(PARTS, table, strict=True))),
    "absent": st.sampled_from(["shared", "fund"]), "makers_keep": st.integers(0, 100),
})  # fmt: skip


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=rules)
def test_two_programs_that_know_nothing_of_each_other_share_out_alike(issued_ledger, program, changes):
    """The other program has the arithmetic of its own, so a fault would have to be in both."""
    entries = [entry.model_copy(update={"body": {**entry.body, "rule": rule(**changes).raw()}})
               if entry.kind == "royalty.rule_set" else entry for entry in issued_ledger]  # fmt: skip
    signed = [_Signed.of(entry) for entry in entries]

    ours = [(pool.id, pool.shared.total, pool.shared.amounts) for pool in account(signed).pools]
    theirs = [(pool["id"], pool["total"], pool["amounts"])
              for _, _, pool in program.pools([entry.model_dump(mode="json") for entry in signed])]  # fmt: skip

    assert ours == theirs


@pytest.fixture
def issued_ledger(studio):
    deliver(studio, "a", "c", "d", unrecorded=["C002: take 1"], used=(0, 1, 3))
    train(studio, 1000)
    return counted(studio)


class _Signed:
    """Signs a changed rule again, with a key of its own."""

    @staticmethod
    def of(entry):
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        from assets.rights.royalties.accounts import signed_part
        from assets.signing import Signer

        if entry.kind != "royalty.rule_set":
            return entry
        signer = Signer(Ed25519PrivateKey.from_private_bytes(b"1" * 32))
        body = {**entry.body, "public": signer.public, "signature": signer.sign(signed_part(entry.body))}
        return entry.model_copy(update={"body": body})
