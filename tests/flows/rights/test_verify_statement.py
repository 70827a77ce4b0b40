"""Claims about the program that checks a statement without Sakuga: it agrees with us, and finds every change."""

import json
import re
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assets.rights.royalties.accounts import account
from assets.sheets.royalties import PARTS
from assets.store import Store
from flows.rights.royalties.books import counted
from flows.rights.royalties.checking import check
from flows.rights.royalties.issuing import issue
from flows.rights.royalties.rules import publish
from flows.upkeep.exporting import export
from tests.flows.rights.conftest import checked, deliver, generate, registered, rule, train

PROGRAM = Path(__file__).parents[3] / "deploy/verify_statement.py"


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
    said = [checked(program, issued / "ledger.jsonl", path) for path in found]

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
    statement.write_text(json.dumps(raw, ensure_ascii=False, indent=2) + "\n")
    code, said = run()
    assert code == 1
    assert re.search(r'line \d+ of P-aoi.json is +"amount": (\d+),.* and the ledger gives +"amount"', said)


def test_one_changed_byte_of_any_file_of_a_statement_differs(issued, program):
    statement = issued / "out/royalties/Q2/P-aoi.json"
    for path in sorted(statement.parent.glob("P-aoi.*")):
        sound = path.read_bytes()
        for place in Random(7).sample(range(len(sound)), 12):
            path.write_bytes(sound[:place] + bytes([sound[place] ^ 1]) + sound[place + 1 :])
            assert program.main(str(issued / "ledger.jsonl"), str(statement)) == 1, (path.name, place)
        path.write_bytes(sound)


def test_each_program_can_be_read_in_one_go():
    for path in PROGRAM.parent.glob("verify_*.py"):
        assert len(path.read_text().splitlines()) < 150, path.name


def shifted(text: str) -> str:
    return text.replace('": ', '" : ', 1)


def doubled(text: str) -> str:
    """A key twice: a reader of JSON shows the last one."""
    return text.replace('  "totals"', '  "totals": {"JPY": 9},\n  "totals"', 1)


def swapped(text: str) -> str:
    raw = json.loads(text)
    raw["owed"].reverse()
    return json.dumps(raw, ensure_ascii=False, indent=2) + "\n"


def shortened(text: str) -> str:
    raw = json.loads(text)
    raw["owed"][0]["steps"].pop()
    return json.dumps(raw, ensure_ascii=False, indent=2) + "\n"


def of_another(text: str) -> str:
    return text.replace('"payee": "P-aoi"', '"payee": "P-ren"', 1)


def of_nobody(text: str) -> str:
    return text.replace('"payee": "P-aoi"', '"payee": "P-max"', 1)


CHANGES = [shifted, doubled, swapped, shortened, of_another, of_nobody, lambda text: text + "\n",
           lambda text: text[:-1], lambda text: "", lambda text: "[]"]  # fmt: skip


def test_every_kind_of_change_of_a_statement_is_found(issued, program):
    statement = issued / "out/royalties/Q2/P-aoi.json"
    sound = statement.read_text()
    for number, change in enumerate(CHANGES):
        statement.write_text(change(sound))
        assert program.main(str(issued / "ledger.jsonl"), str(statement)) == 1, number


def test_one_changed_byte_of_the_ledger_is_found_with_the_statement(issued, program):
    ledger, statement = issued / "ledger.jsonl", issued / "out/royalties/Q2/P-aoi.json"
    sound = ledger.read_bytes()
    for place in Random(7).sample(range(len(sound)), 60):
        ledger.write_bytes(sound[:place] + bytes([sound[place] ^ 1]) + sound[place + 1 :])
        assert program.main(str(ledger), str(statement)) == 1, place


def test_a_line_of_the_ledger_that_is_left_out_doubled_or_moved_is_found_with_the_statement(issued, program):
    ledger, statement = issued / "ledger.jsonl", issued / "out/royalties/Q2/P-aoi.json"
    sound = ledger.read_text().splitlines(keepends=True)
    for place in range(len(sound) - 1):
        left_out = sound[:place] + sound[place + 1 :]
        doubled = [*sound[: place + 1], *sound[place:]]
        moved = [*sound[:place], sound[place + 1], sound[place], *sound[place + 2 :]]
        for lines in (left_out, doubled, moved, sound[: place + 1]):
            ledger.write_text("".join(lines))
            assert program.main(str(ledger), str(statement)) == 1, place


def test_many_statements_are_checked_at_once(issued, program, capsys):
    found = sorted((issued / "out/royalties").glob("*/*.json"))

    assert program.main(str(issued / "ledger.jsonl"), *map(str, found)) == 0
    assert len(capsys.readouterr().out.splitlines()) == 6


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
    theirs = [(pool.id, pool.total, pool.amounts)
              for pool in program.pools([entry.model_dump(mode="json") for entry in signed])]  # fmt: skip

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


@pytest.mark.slow
@pytest.mark.postgres
def test_a_season_on_postgresql_gives_the_statements_that_it_gives_on_sqlite(
    issued, postgres_url, program, tmp_path
):
    with Store.open(postgres_url) as store:
        store.rights.add(registered(), by="ken")
        publish(store, rule(), by="ken")
        train(store)
        generate(store, "a", "b")
        deliver(store, "a", "b")
        issue(store, "Q1", tmp_path / "postgres", by="ken")
        assert check(store, tmp_path / "postgres").files == 9
        export(store, tmp_path / "postgres.jsonl")

    for path in sorted((tmp_path / "postgres/royalties/Q1").glob("*.json")):
        other = json.loads((issued / "out/royalties/Q1" / path.name).read_text())
        assert json.loads(path.read_text())["totals"] == other["totals"]
        checked(program, tmp_path / "postgres.jsonl", path)
