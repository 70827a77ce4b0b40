"""Claims about signatures of rules, statements and redactions: only the ledger's own keys count.

Before, anybody who could append to the ledger could publish a rule with a key made for it, and was paid by it.
"""

import json
import os
from datetime import date
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from assets.errors import InputRefused, StorageFailed
from assets.hashing import canonical
from assets.rights.royalties.accounts import account, signed_part
from assets.rights.royalties.statements import issued_part
from assets.signing import Signer
from flows.rights.erasure import erase
from flows.rights.overrides import overridden, override
from flows.rights.royalties.books import counted, issued
from flows.rights.royalties.checking import check
from flows.rights.royalties.issuing import issue
from flows.rights.royalties.payments import Payment, record
from flows.rights.royalties.rules import publish
from flows.rights.royalties.signatures import redacted_part
from flows.upkeep.exporting import export
from flows.upkeep.signing import rotate
from tests.flows.rights.conftest import checked, deliver, generate, rule

STRANGER = Signer(Ed25519PrivateKey.from_private_bytes(b"2" * 32))


@pytest.fixture
def out(studio, tmp_path) -> Path:
    issue(studio, "Q1", tmp_path / "out", by="ken")
    return tmp_path / "out"


def _append(store, kind, subject, body, part, signer) -> None:
    signed = {"public": signer.public, "signature": signer.sign(part)}
    store.ledger.append(kind, subject, {**body, **signed})


def forged_rule(store, signer=STRANGER) -> None:
    body = {"rule": rule(id="mine", usage={"per_unit": "999999"}).raw()}
    _append(store, "royalty.rule_set", "mine", body, signed_part(body), signer)


def forged_statement(store, signer=STRANGER) -> None:
    true = issued(store)["Q1"].events["P-ren"].body
    body = {key: value for key, value in true.items() if key not in ("public", "signature")}
    body = json.loads(json.dumps(body)) | {"totals": {"JPY": 10**9}}
    _append(store, "royalty.statement_issued", "P-ren", body, issued_part("P-ren", body), signer)


def forged_redaction(store, signer=STRANGER) -> None:
    body = {"period": "Q1", "pdf": "ab" * 32}
    _append(store, "royalty.statement_redacted", "P-ren", body, redacted_part("P-ren", body), signer)


FORGED = [
    (forged_rule, "Rule mine"),
    (forged_statement, "Statement Q1/P-ren"),
    (forged_redaction, "Q1/P-ren"),
]


@pytest.mark.parametrize(("forge", "named"), FORGED)
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
    with pytest.raises(
        program.Broken, match=f"is signed by key {STRANGER.public}, which was not the ledger's"
    ):
        checked(program, out / "ledger.jsonl", out / "royalties/Q1/P-aoi.json")


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
        checked(program, out / "ledger.jsonl", path)


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
        assert ".pdf" in checked(program, out / "ledger.jsonl", path)


@pytest.mark.parametrize(
    ("forge", "named", "key_is_set"), [(*one, True) for one in FORGED] + [(*FORGED[0], False)]
)
def test_what_a_replaced_key_signs_after_its_time_is_refused(
    studio, out, key, tmp_path_factory, monkeypatch, program, forge, named, key_is_set
):
    """Whoever found the old private key could publish a rule with it: it counted like one of the ledger's key."""
    old, keys = Signer.read(key), tmp_path_factory.mktemp("keys")
    event, _ = rotate(studio, keys / "new.pem", out, by="ken")
    if key_is_set:
        monkeypatch.setenv("SAKUGA_LEDGER_KEY", str(keys / "new.pem"))
    else:
        monkeypatch.delenv("SAKUGA_LEDGER_KEY")
    check(studio, out)

    forge(studio, old)

    with pytest.raises(StorageFailed, match=rf"{named}.* only before event {event.number}"):
        check(studio, out)
    assert "mine" not in {pool.published.rule.id for pool in account(counted(studio)).pools}
    export(studio, out / "ledger.jsonl")
    with pytest.raises(program.Broken, match=f"signed by key {old.public}, which was not the ledger's"):
        checked(program, out / "ledger.jsonl", out / "royalties/Q1/P-aoi.json")


def test_a_new_key_does_not_sign_for_the_time_before_it(studio, out, tmp_path_factory, program):
    """A rule that the next key had signed in advance would count as soon as the key is the ledger's."""
    file = tmp_path_factory.mktemp("keys") / "new.pem"
    new = Signer.make(file)
    forged_rule(studio, new)
    studio.ledger.change_key(new, Signer.read(Path(os.environ["SAKUGA_LEDGER_KEY"])), by="ken")

    with pytest.raises(StorageFailed, match="Rule mine"):
        check(studio, out)
    export(studio, out / "ledger.jsonl")
    with pytest.raises(program.Broken, match="which was not the ledger's"):
        checked(program, out / "ledger.jsonl", out / "royalties/Q1/P-aoi.json")


def test_an_override_of_a_replaced_key_counts_only_if_it_was_given_before(
    studio, out, key, tmp_path_factory, monkeypatch
):
    override(studio, "koko/ep01", "voice/x@1", reason="The client agreed by letter", by="ken")
    keys = tmp_path_factory.mktemp("keys")
    rotate(studio, keys / "new.pem", out, by="ken")
    with pytest.raises(InputRefused, match="The ledger's key is"):
        override(studio, "koko/ep01", "voice/y@1", reason="The client agreed by letter", by="ken")
    body = {"key": "voice/y@1", "reason": "The client agreed by letter", "by": "ken"}
    part = b"sakuga override\n" + canonical({"episode": "koko/ep01", **body})
    _append(studio, "rights.overridden", "koko/ep01", body, part, Signer.read(key))
    monkeypatch.setenv("SAKUGA_LEDGER_KEY", str(keys / "new.pem"))

    assert list(overridden(studio, "koko/ep01")) == ["voice/x@1"]


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
