"""Claims about royalties from the ledger: paid once, under the rule of its time, found when one byte is changed."""

import json
import shutil
import sqlite3
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from assets.errors import InputRefused, StorageFailed
from assets.rights.royalties.accounts import account
from assets.sheets.rights import Rights
from assets.sheets.statement import Statement
from flows.rights.royalties.books import counted, issued
from flows.rights.royalties.checking import check
from flows.rights.royalties.issuing import issue
from flows.rights.royalties.payments import Payment, minor_of, open_amounts, record
from flows.rights.royalties.rules import publish, told
from tests.flows.rights.conftest import deliver, generate, hash_of, registered, rule, train


def amounts(store) -> dict[str, dict[str, int]]:
    """By kind of pool and payee; several pools of a kind are added up."""
    found: dict[str, dict[str, int]] = {}
    for pool in account(counted(store)).pools:
        mine = found.setdefault(pool.kind, {})
        for payee, amount in pool.shared.amounts.items():
            mine[payee] = mine.get(payee, 0) + amount
    return found


def test_a_training_pays_a_fee_by_exposures_and_a_delivery_a_royalty_by_seconds(studio):
    """600 pictures of an epoch of 40 are 15 epochs: 450 exposures of Aoi's works, 150 of Ren's. The delivery has ten
    seconds: 15,000 JPY, of which the table has no part for music to give."""
    found = amounts(studio)

    assert found["training"] == {"P-aoi": 11_500 * 3 // 4, "P-ren": 11_500 // 4}
    assert sum(found["usage"].values()) == 15_000
    whole = Fraction(15_000, 95)
    aoi = whole * (10 + 30 * Fraction(4, 5) * Fraction(3, 4))
    assert found["usage"]["P-aoi"] in (int(aoi), int(aoi) + 1)
    assert found["usage"]["F-artists"] in (int(whole * 40), int(whole * 40) + 1)


def test_the_same_clip_in_a_second_delivery_is_not_paid_twice(studio):
    deliver(studio, "a", "b")
    assert sum(amounts(studio)["usage"].values()) == 15_000

    generate(studio, "c")
    deliver(studio, "a", "c")
    assert sum(amounts(studio)["usage"].values()) == 22_500


def test_a_training_that_is_recorded_again_pays_only_what_it_showed_since(studio):
    train(studio, 600)
    assert sum(amounts(studio)["training"].values()) == 11_500

    train(studio, 1000)
    assert sum(amounts(studio)["training"].values()) == 11_500 + 10_000 + 1000


def test_a_cut_is_paid_under_the_rule_that_was_published_before_it_was_generated(studio):
    generate(studio, "early")
    publish(studio, rule(id="season-2", usage={"per_unit": "3000"}), by="ken")
    generate(studio, "late")
    deliver(studio, "early", "late", episode="koko/ep02")

    by_rule = {pool.published.rule.id: pool.shared.total for pool in account(counted(studio)).pools[2:]}
    assert by_rule == {"season-1": 7_500, "season-2": 15_000}


def test_a_rule_for_another_show_is_not_in_force(studio):
    publish(studio, rule(id="other", shows=["mono"], usage={"per_unit": "1"}), by="ken")
    generate(studio, "c")
    deliver(studio, "c", episode="koko/ep02")

    assert account(counted(studio)).pools[-1].published.rule.id == "season-1"


def test_what_was_generated_before_any_rule_is_told_and_paid_only_if_a_rule_covers_it(store, key):
    store.rights.add(registered(), by="ken")
    generate(store, "a")
    deliver(store, "a")
    publish(store, rule(), by="ken")
    with pytest.raises(
        InputRefused, match=r"no rule was published before these were generated: koko/ep01 C001"
    ):
        issue(store, "Q1", Path("nowhere"), by="ken")

    publish(store, rule(id="back", covers_earlier=True), by="ken")
    assert sum(amounts(store)["usage"].values()) == 7_500


def test_a_rule_that_nobody_signed_counts_for_nothing(studio):
    published = studio.ledger.events(kind="royalty.rule_set")[0]
    forged = json.loads(json.dumps(published.body))
    forged["rule"]["usage"]["per_unit"] = "999999"
    studio.ledger.append("royalty.rule_set", "forged", forged)
    generate(studio, "c")
    deliver(studio, "c", episode="koko/ep02")

    assert account(counted(studio)).pools[-1].shared.total == 7_500


def test_the_part_of_a_piece_whose_making_was_not_recorded_goes_to_the_fund(store, key):
    store.rights.add(registered(), by="ken")
    publish(store, rule(), by="ken")
    deliver(store, "a", used=(3,), unrecorded=["C001: take 1"])

    usage = amounts(store)["usage"]
    assert usage == {"F-artists": 5_455, "P-ren": 2_045}  # 40 and 15 of 55 parts


def test_a_lora_that_nobody_registered_pays_the_works_of_its_training(studio):
    """The ledger says what it was trained on, so its share is not lost with the registration."""
    works = studio.rights.registry().works["nagi-lora"].model_copy(update={"files": (hash_of("other"),)})
    studio.rights.add(Rights(works=(works,)), by="ken")

    usage = amounts(studio)["usage"]
    assert usage["P-aoi"] / usage["P-ren"] == pytest.approx((10 + 22.5) / (15 + 7.5), rel=1e-3)


def test_the_share_of_a_recorded_merge_goes_to_its_inputs_by_their_weights(studio):
    merged = {"output": hash_of("merge"), "inputs": [[hash_of("lora"), "-0.5"], [hash_of("two"), "1.5"]]}
    studio.ledger.append("model.merged", "mix", merged)
    pools = account(counted(studio)).pools
    from assets.rights.royalties.works import Works

    payees = Works.of(counted(studio)).payees(pools[0].published.rule)
    assert payees("loras", hash_of("merge")) == {
        "P-ren": Fraction(1, 4) * (Fraction(1, 5) + Fraction(4, 5) / 4),
        "P-aoi": Fraction(1, 4) * Fraction(4, 5) * Fraction(3, 4) + Fraction(3, 4),
    }


@pytest.fixture
def out(studio, tmp_path) -> Path:
    issue(studio, "2026-Q4", tmp_path / "out", by="ken")
    return tmp_path / "out"


def test_statements_are_issued_once_and_everything_later_is_in_the_next(studio, out):
    with pytest.raises(InputRefused, match="Nothing is owed"):
        issue(studio, "2027-Q1", out, by="ken")
    generate(studio, "c")
    deliver(studio, "c", episode="koko/ep02")

    issue(studio, "2027-Q1", out, by="ken")

    assert [sum(sum(event.body["totals"].values()) for event in period.events.values())
            for period in issued(studio).values()] == [26_500, 7_500]  # fmt: skip
    assert check(studio, out).statements == 6


def test_a_later_rule_or_registration_changes_no_issued_statement(studio, out):
    before = (out / "royalties/2026-Q4/P-aoi.json").read_bytes()
    publish(studio, rule(id="season-2", usage={"per_unit": "9000"}, covers_earlier=True), by="ken")
    stolen = (
        studio.rights.registry().works["sheets"].model_copy(update={"made_by": registered().works[1].made_by})
    )
    studio.rights.add(Rights(works=(stolen,)), by="ken")

    check(studio, out)
    (out / "royalties/2026-Q4/P-aoi.json").unlink()
    issue(studio, "2026-Q4", out, by="ken")

    assert (out / "royalties/2026-Q4/P-aoi.json").read_bytes() == before


def test_every_missing_file_is_written_again_as_it_was(studio, out):
    folder = out / "royalties/2026-Q4"
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert len(before) == 9
    shutil.rmtree(folder)
    assert len(check(studio, out).missing) == 9

    issue(studio, "2026-Q4", out, by="ken")

    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_a_statement_has_no_name_and_its_steps_add_up_to_its_amount(studio, out):
    path = out / "royalties/2026-Q4/P-aoi.json"
    statement = Statement.read(path)

    assert "青井" not in path.read_text() + path.with_suffix(".csv").read_text()
    for one in statement.owed:
        exact = one.total * sum(Fraction(step.share) for step in one.steps)
        assert abs(one.amount - exact) < 1
    assert sum(one.amount for one in statement.owed) == statement.totals["JPY"]


@pytest.mark.parametrize("suffix", ["json", "csv", "pdf"])
def test_one_changed_byte_of_a_statement_is_found(studio, out, suffix):
    path = out / f"royalties/2026-Q4/P-aoi.{suffix}"
    sound = path.read_bytes()
    for place in range(0, len(sound), max(1, len(sound) // 12)):
        path.write_bytes(sound[:place] + bytes([sound[place] ^ 1]) + sound[place + 1 :])
        with pytest.raises(StorageFailed, match=rf"P-aoi\.{suffix} was changed"):
            check(studio, out)
    path.write_bytes(sound)
    check(studio, out)


def test_the_first_line_that_differs_is_named(studio, out):
    path = out / "royalties/2026-Q4/P-aoi.csv"
    path.write_text(path.read_text().replace("training,", "gift,", 1))

    with pytest.raises(StorageFailed, match=r"line 2 is '\d+\.\d+,gift,.* and should be '\d+\.\d+,training,"):
        check(studio, out)


@pytest.mark.parametrize("change", ["totals", "signature", "pools"])
def test_an_event_of_a_statement_that_was_forged_is_found(studio, out, tmp_path, change):
    """Somebody appends a statement of their own for a person who has none, or for more money."""
    event = next(iter(issued(studio)["2026-Q4"].events.values()))
    body = json.loads(json.dumps(event.body))
    body[change] = {"totals": {"JPY": 10**9}, "signature": "00" * 64, "pools": ["7.7"]}[change]
    studio.ledger.append("royalty.statement_issued", event.subject, body)

    with pytest.raises(StorageFailed, match=rf"2026-Q4/{event.subject}"):
        check(studio, out)


def test_a_changed_amount_in_the_database_is_found(studio, out, tmp_path):
    with sqlite3.connect(tmp_path / "store.sqlite") as database:
        for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f"DROP TRIGGER {name}")
        database.execute(
            "UPDATE ledger SET body = replace(body, 'JPY\":', 'JPY\":1') WHERE subject = 'P-aoi'"
        )

    with pytest.raises(StorageFailed, match="was changed after it was written"):
        check(studio, out)


def test_payments_are_recorded_up_to_what_is_open(studio, out):
    left = open_amounts(studio, "2026-Q4", "P-aoi")["JPY"]
    paid = Payment("2026-Q4", "P-aoi", left - 100, "JPY", date(2027, 1, 15), "bank 1")
    record(studio, paid, by="ken")

    assert open_amounts(studio, "2026-Q4", "P-aoi") == {"JPY": 100}
    with pytest.raises(InputRefused, match="100 JPY of statement 2026-Q4/P-aoi are open"):
        record(studio, paid, by="ken")
    with pytest.raises(InputRefused, match=r"Periods: 2026-Q4"):
        open_amounts(studio, "2026-Q3", "P-aoi")


@pytest.mark.parametrize(
    ("text", "currency", "units"), [("1,234", "JPY", 1234), ("12.5", "USD", 1250), ("0.07", "EUR", 7)]
)
def test_a_typed_amount_is_read_in_minor_units(text, currency, units):
    assert minor_of(text, currency) == units


@pytest.mark.parametrize("text", ["", "-1", "1.5", "1e9", "²", "9" * 20, "nan", ".5"])
def test_text_that_is_no_amount_is_refused(text):
    with pytest.raises(InputRefused, match="The amount is"):
        minor_of(text, "JPY")


def test_a_rule_is_refused_without_a_key_for_unknown_owners_and_for_a_person_as_the_fund(
    store, monkeypatch, key
):
    with pytest.raises(InputRefused, match="work voice-ren as the owner of kokoro:jf_alpha"):
        publish(store, rule(), by="ken")
    store.rights.add(registered(), by="ken")
    with pytest.raises(InputRefused, match="registered person"):
        publish(store, rule(fund={"id": "P-aoi", "name": "Aoi"}), by="ken")
    monkeypatch.delenv("SAKUGA_LEDGER_KEY")
    with pytest.raises(InputRefused, match="openssl genpkey"):
        publish(store, rule(), by="ken")


def test_the_rule_is_told_in_full():
    said = "\n".join(told(rule(note="As agreed.", covers_earlier=True, shows=["koko"])))

    parts = ["10000 JPY and 2.5 JPY per exposure", "1500 JPY per second", "base 40/100", "keep 20 %", "原画家基金",
             "kokoro:jf_alpha belongs to work voice-ren", "shows koko", "before any rule", "As agreed."]  # fmt: skip
    for part in parts:
        assert part in said
