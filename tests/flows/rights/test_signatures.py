"""Claims about signatures of rules, statements and redactions: only the ledger's own keys count.

Before, anybody who could append to the ledger could publish a rule with a key made for it, and was paid by it.
"""

import importlib.util
import json
from datetime import date
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from assets.errors import InputRefused, StorageFailed
from assets.rights.royalties.accounts import account, signed_part
from assets.rights.royalties.statements import issued_part
from assets.signing import Signer
from flows.rights.erasure import erase
from flows.rights.royalties.books import counted, issued
from flows.rights.royalties.checking import check
from flows.rights.royalties.issuing import issue
from flows.rights.royalties.payments import Payment, record
from flows.rights.royalties.rules import publish
from flows.rights.royalties.signatures import redacted_part
from flows.upkeep.exporting import export
from flows.upkeep.signing import rotate
from tests.flows.rights.conftest import deliver, generate, rule

PROGRAM = Path(__file__).parents[3] / "deploy/verify_statement.py"
STRANGER = Signer(Ed25519PrivateKey.from_private_bytes(b"2" * 32))


@pytest.fixture(scope="module")
def program():
    spec = importlib.util.spec_from_file_location("verify_statement", PROGRAM)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def out(studio, tmp_path) -> Path:
    issue(studio, "Q1", tmp_path / "out", by="ken")
    return tmp_path / "out"


def _append(store, kind, subject, body, part) -> None:
    signed = {"public": STRANGER.public, "signature": STRANGER.sign(part)}
    store.ledger.append(kind, subject, {**body, **signed})


def forged_rule(store) -> None:
    body = {"rule": rule(id="mine", usage={"per_unit": "999999"}).raw()}
    _append(store, "royalty.rule_set", "mine", body, signed_part(body))


def forged_statement(store) -> None:
    true = issued(store)["Q1"].events["P-ren"].body
    body = {key: value for key, value in true.items() if key not in ("public", "signature")}
    body = json.loads(json.dumps(body)) | {"totals": {"JPY": 10**9}}
    _append(store, "royalty.statement_issued", "P-ren", body, issued_part("P-ren", body))


def forged_redaction(store) -> None:
    body = {"period": "Q1", "pdf": "ab" * 32}
    _append(store, "royalty.statement_redacted", "P-ren", body, redacted_part("P-ren", body))


@pytest.mark.parametrize(
    ("forge", "named"),
    [(forged_rule, "Rule mine"), (forged_statement, "Statement Q1/P-ren"), (forged_redaction, "Q1/P-ren")],
)
def test_what_a_stranger_signed_is_refused_with_its_key_wherever_money_is_decided(
    studio, out, program, forge, named
):
    forge(studio)
    paid = Payment("Q1", "P-ren", 1, "JPY", date(2027, 1, 15), "bank")
    said = rf"{named}.* is signed by key {STRANGER.public}, which is none of the keys.*SAKUGA_LEDGER_KEY"

    with pytest.raises(StorageFailed, match=said):
        check(studio, out)
    with pytest.raises(StorageFailed, match=said):
        issue(studio, "Q2", out, by="ken")
    with pytest.raises(StorageFailed, match=said):
        record(studio, paid, by="ken")
    export(studio, out / "ledger.jsonl")
    with pytest.raises(program.Differs, match=f"is signed by key {STRANGER.public}, which is none of"):
        program.check(out / "ledger.jsonl", out / "royalties/Q1/P-aoi.json")


def test_a_stranger_s_rule_pays_nobody_and_is_left_out_once_the_studio_published_its_id(studio, out, program):
    forged_rule(studio)
    generate(studio, "c")
    deliver(studio, "c", episode="koko/ep02")
    assert account(counted(studio)).pools[-1].published.rule.id == "season-1"

    publish(studio, rule(id="mine"), by="ken")
    issue(studio, "Q2", out, by="ken")

    check(studio, out)
    export(studio, out / "ledger.jsonl")
    for path in sorted((out / "royalties").glob("*/*.json")):
        program.check(out / "ledger.jsonl", path)


def test_what_a_key_signed_counts_after_it_was_changed(studio, out, tmp_path_factory, monkeypatch, program):
    keys = tmp_path_factory.mktemp("keys")
    _, new = rotate(studio, keys / "new.pem", out, by="ken")
    monkeypatch.setenv("SAKUGA_LEDGER_KEY", str(keys / "new.pem"))
    erase(studio, "P-aoi", out, reason="asked by mail", by="ken")
    generate(studio, "c")
    deliver(studio, "c", episode="koko/ep02")
    issue(studio, "Q2", out, by="ken")

    found = check(studio, out)

    assert len(found.keys) == 2 and found.keys[-1] == new.public
    export(studio, out / "ledger.jsonl")
    for path in sorted((out / "royalties").glob("*/*.json")):
        assert ".pdf" in program.check(out / "ledger.jsonl", path)


def test_somebody_without_a_key_checks_with_the_ledger_s_own(studio, out, monkeypatch):
    monkeypatch.delenv("SAKUGA_LEDGER_KEY")

    assert check(studio, out).statements == 3


def test_a_rule_is_not_published_with_a_key_that_is_not_the_ledger_s(studio, tmp_path, monkeypatch):
    Signer.make(tmp_path / "other.pem")
    monkeypatch.setenv("SAKUGA_LEDGER_KEY", str(tmp_path / "other.pem"))

    with pytest.raises(InputRefused, match="The ledger's key is"):
        publish(studio, rule(id="season-2"), by="ken")


def test_a_ledger_that_has_no_key_yet_still_opens_with_the_key_that_signed_it(
    store, key, tmp_path, monkeypatch
):
    """Earlier releases signed a rule without entering its key into the ledger."""
    mine = Signer.read(key)
    body = {"rule": rule(owners=[]).raw()}
    signed = {"public": mine.public, "signature": mine.sign(signed_part(body))}
    store.ledger.append("royalty.rule_set", "season-1", {**body, **signed})
    check(store, tmp_path)

    monkeypatch.delenv("SAKUGA_LEDGER_KEY")
    with pytest.raises(StorageFailed, match=r"names a key.*sakuga ledger checkpoint"):
        check(store, tmp_path)


def test_an_unsigned_redaction_of_an_earlier_release_is_signed_by_erasing_again(studio, out):
    path = out / "royalties/Q1/P-aoi.pdf"
    erase(studio, "P-aoi", out, reason="asked by mail", by="ken")
    sound = path.read_bytes()
    studio.ledger.append("royalty.statement_redacted", "P-aoi", {"period": "Q1", "pdf": "cd" * 32})

    check(studio, out)
    path.write_bytes(sound + b" ")
    with pytest.raises(StorageFailed, match="rights erase P-aoi"):
        check(studio, out)
    erase(studio, "P-aoi", out, reason="asked by mail", by="ken")

    check(studio, out)
