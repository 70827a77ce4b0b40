"""Claims about rights in the store: kept by version, bound by the ledger, revoked for good, erased without a gap."""

import json
from hashlib import sha256

import pytest

from assets.errors import InputRefused, StorageFailed
from assets.sheets.rights import Rights
from assets.store import Store


@pytest.fixture
def sheet():
    return Rights.model_validate(
        {
            "people": [{"id": "P-aoi", "name": "青井 葵", "contact": "aoi@example.jp"}],
            "works": [{"id": "sheet", "title": "Sheet of Aoi", "kind": "picture",
                       "files": [sha256(b"sheet").hexdigest()], "made_by": [{"person": "P-aoi"}]}],
            "grants": [{"id": "G1", "by": "P-aoi", "works": ["sheet"], "licence": "LicenseRef-c1",
                        "data_class": "licensed", "scope": ["generate"], "revocable": True,
                        "exclusive_to": "Secret Client", "duties": ["Credit Aoi"]},
                       {"id": "G2", "by": "P-aoi", "works": ["sheet"], "licence": "MIT", "data_class": "licensed",
                        "scope": ["train"], "ends": "2029-03-31"}],
        }
    )  # fmt: skip


@pytest.fixture
def entered(store, sheet):
    store.rights.add(sheet, by="ken")
    return store


def test_what_was_added_is_in_the_registry_of_the_next_process(settled_url, sheet):
    with Store.open(settled_url) as first:
        assert first.rights.add(sheet, by="ken") == {"person": 1, "work": 1, "grant": 2}

    with Store.open(settled_url) as second:
        registry = second.rights.registry()
        assert registry.people["P-aoi"].name == "青井 葵"
        assert list(registry.grants) == ["G1", "G2"]


def test_the_same_sheet_again_enters_nothing(entered, sheet):
    events = entered.ledger.last().number

    assert not entered.rights.add(sheet, by="ken")
    assert entered.ledger.last().number == events


def test_a_changed_record_is_a_new_version(entered, sheet):
    longer = sheet.grants[1].model_copy(update={"ends": None})

    entered.rights.add(Rights(grants=(longer,)), by="ken")

    assert entered.rights.registry().grants["G2"].ends is None
    assert [event.body["version"] for event in entered.ledger.events(subject="G2")] == [1, 2]


def test_a_sheet_with_one_fault_enters_nothing(store, sheet):
    with pytest.raises(InputRefused):
        store.rights.add(sheet.model_copy(update={"people": ()}), by="ken")

    assert store.ledger.last() is None


def test_the_ledger_has_no_name_contact_client_title_or_wording(entered):
    written = json.dumps([event.model_dump() for event in entered.ledger.events()], ensure_ascii=False)

    assert not any(
        word in written for word in ("青井", "example.jp", "Secret Client", "Sheet of", "Credit Aoi")
    )


def test_a_revoked_grant_stays_revoked_and_is_refused_a_second_time(entered):
    entered.rights.revoke("G1", reason="moved to another studio", by="ken")

    assert entered.rights.registry().revoked == {"G1": "moved to another studio"}
    with pytest.raises(InputRefused, match="revoked already"):
        entered.rights.revoke("G1", reason="again", by="ken")


def test_a_grant_that_cannot_be_revoked_says_when_it_ends(entered):
    with pytest.raises(InputRefused, match=r"cannot be revoked\. It ends on 2029-03-31"):
        entered.rights.revoke("G2", reason="changed my mind", by="ken")


def test_a_revoked_grant_is_not_entered_again_under_its_id(entered, sheet):
    entered.rights.revoke("G1", reason="moved", by="ken")

    with pytest.raises(InputRefused, match="give a new grant its own id"):
        entered.rights.add(Rights(grants=(sheet.grants[0].model_copy(update={"duties": ()}),)), by="ken")


def test_an_erased_person_has_no_name_left_and_the_chain_holds(entered, settled_url):
    entered.rights.erase("P-aoi", reason="asked", by="ken")

    entered.ledger.verify()
    registry = entered.rights.registry()
    assert (registry.people["P-aoi"].name, registry.erased) == ("(erased)", {"P-aoi"})
    assert "G1" in registry.grants


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE rights SET sheet = replace(sheet, '\"revocable\":true', '\"revocable\":false') WHERE id = 'G1'",
        "DELETE FROM rights WHERE id = 'G1'",
        "UPDATE rights SET sheet = NULL WHERE id = 'P-aoi'",
        "INSERT INTO rights SELECT kind, 'G9', version, digest, sheet, made_at, made_by FROM rights WHERE id = 'G1'",
        "UPDATE rights SET id = 'G9' WHERE id = 'G1'",
    ],
)
def test_a_record_that_was_changed_outside_is_refused_by_name(entered, settled_url, by_hand, statement):
    by_hand(settled_url, statement)

    with pytest.raises(StorageFailed, match="is not what the ledger says"):
        entered.rights.registry()
