"""Claims about the ledger: one chain that cannot be changed, and shows it when it was."""

import hashlib
import math
import sqlite3
from decimal import Decimal
from typing import get_args

import psycopg
import pytest
import rfc8785

from assets.errors import InputRefused, StorageFailed
from assets.store import Store
from assets.store.kinds import KINDS
from assets.store.ledger import Kind

TRIGGERS = ("ledger_keeps_updated", "ledger_keeps_deleted", "ledger_in_order")

COPIED = "made_at, made_by, kind, subject, body"


@pytest.fixture
def written(settled_url):
    """A store's URL, and the three events in its ledger."""
    with Store.open(settled_url) as store:
        events = [
            store.ledger.append("generation.completed", "yuzu/ep01", {"cut": f"C00{number}", "seed": number})
            for number in (1, 2, 3)
        ]
    return settled_url, events


@pytest.fixture
def unguarded(written, by_hand):
    """The same, after somebody took the guards away."""
    url, _ = written
    if url.startswith("sqlite"):
        by_hand(url, *(f"DROP TRIGGER {name}" for name in TRIGGERS))
    else:
        by_hand(url, "ALTER TABLE ledger DISABLE TRIGGER USER")
    return written


def test_each_event_follows_the_one_before_it(written):
    _, (first, second, third) = written

    assert [event.number for event in (first, second, third)] == [1, 2, 3]
    assert (first.previous, second.previous, third.previous) == ("0" * 64, first.hash, second.hash)


def test_a_hash_is_that_of_the_canonical_event(written):
    _, (_, event, _) = written
    content = {
        "number": 2,
        "made_at": event.made_at,
        "made_by": "sakuga",
        "kind": "generation.completed",
        "subject": "yuzu/ep01",
        "body": {"cut": "C002", "seed": 2},
        "previous": event.previous,
    }

    assert event.hash == hashlib.sha256(rfc8785.dumps(content)).hexdigest()


def test_events_come_back_as_they_were_appended(written):
    url, events = written

    with Store.open(url) as store:
        assert store.ledger.events() == tuple(events)
        assert store.ledger.last() == events[-1]


def test_events_are_found_by_kind_by_subject_and_by_number(store):
    made = store.ledger.append("generation.completed", "yuzu/ep01", {})
    decided = store.ledger.append("review.decided", "yuzu/ep01", {})
    other = store.ledger.append("generation.completed", "yuzu/ep02", {})

    assert store.ledger.events(kind="generation.completed") == (made, other)
    assert store.ledger.events(subject="yuzu/ep01") == (made, decided)
    assert store.ledger.events(after=1) == (decided, other)


def test_an_untouched_ledger_verifies(written):
    url, events = written

    with Store.open(url) as store:
        assert store.ledger.verify(known=events[1]) is None


def test_an_empty_ledger_verifies_and_has_no_last_event(store):
    assert store.ledger.verify() is None
    assert store.ledger.last() is None


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger SET body = '{}' WHERE number = 2",
        "UPDATE ledger SET made_by = made_by",
        "DELETE FROM ledger WHERE number = 3",
        "DELETE FROM ledger",
        f"INSERT INTO ledger SELECT 9, {COPIED}, hash, hash FROM ledger WHERE number = 3",
        f"INSERT INTO ledger SELECT 4, {COPIED}, previous, hash FROM ledger WHERE number = 3",
    ],
)
def test_the_database_itself_refuses_to_change_the_ledger(written, by_hand, statement):
    url, events = written

    with pytest.raises((sqlite3.IntegrityError, psycopg.errors.RaiseException), match="append"):
        by_hand(url, statement)
    with Store.open(url) as store:
        assert store.ledger.events() == tuple(events)


def test_sqlite_refuses_to_replace_an_event(tmp_path, by_hand):
    """INSERT OR REPLACE removes the old row without waking a DELETE trigger."""
    url = f"sqlite:///{tmp_path}/production.db"
    with Store.open(url) as store:
        event = store.ledger.append("episode.assembled", "yuzu/ep01", {})

    with pytest.raises(sqlite3.IntegrityError, match="append"):
        by_hand(url, "INSERT OR REPLACE INTO ledger SELECT 1,'','','','','{}',previous,hash FROM ledger")
    with Store.open(url) as store:
        assert store.ledger.events() == (event,)


@pytest.mark.postgres
def test_postgresql_refuses_to_empty_the_ledger(postgres_url, by_hand):
    with Store.open(postgres_url) as store:
        event = store.ledger.append("episode.assembled", "yuzu/ep01", {})

    with pytest.raises(psycopg.errors.RaiseException, match="append-only"):
        by_hand(postgres_url, "TRUNCATE ledger")
    with Store.open(postgres_url) as store:
        assert store.ledger.events() == (event,)


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ('UPDATE ledger SET body = \'{"cut":"C002","seed":7}\' WHERE number = 2', "event 2 was changed"),
        ("UPDATE ledger SET made_by = 'nobody' WHERE number = 1", "event 1 was changed"),
        ("UPDATE ledger SET previous = hash WHERE number = 3", "event 3 was changed"),
        ("DELETE FROM ledger WHERE number = 2", "event 2 is missing"),
        ("DELETE FROM ledger WHERE number = 1", "event 1 is missing"),
        ("UPDATE ledger SET body = 'gone' WHERE number = 2", "Event 2 .* cannot be read"),
    ],
)
def test_a_change_behind_our_back_is_found_and_its_event_named(unguarded, by_hand, statement, problem):
    url, _ = unguarded
    by_hand(url, statement)

    with Store.open(url) as store, pytest.raises(StorageFailed, match=problem):
        store.ledger.verify()


def test_an_end_that_was_cut_off_is_found_by_an_event_kept_elsewhere(unguarded, by_hand):
    url, events = unguarded
    by_hand(url, "DELETE FROM ledger WHERE number = 3")

    with Store.open(url) as store:
        assert store.ledger.verify() is None
        with pytest.raises(StorageFailed, match="event 3 is gone"):
            store.ledger.verify(known=events[2])


def test_a_chain_that_was_written_anew_is_found_by_an_event_kept_elsewhere(unguarded, by_hand):
    url, events = unguarded
    by_hand(url, "DELETE FROM ledger WHERE number = 3")

    with Store.open(url) as store:
        store.ledger.append("generation.completed", "yuzu/ep01", {"cut": "C003", "seed": 8})
        with pytest.raises(StorageFailed, match="event 3 is not the event that was kept"):
            store.ledger.verify(known=events[2])


def test_fractions_are_kept_as_decimal_strings(store):
    body = {"rate": Decimal("0.10"), "seconds": 1e-07, "parts": [Decimal("1E+3"), 2], "ok": True}

    event = store.ledger.append("royalty.rule_set", "yuzu/ep01", body)

    assert event.body == {"rate": "0.10", "seconds": "0.0000001", "parts": ["1000", 2], "ok": True}


@pytest.mark.parametrize("value", [math.nan, math.inf, Decimal("NaN")])
def test_what_is_no_number_is_refused(store, value):
    with pytest.raises(InputRefused, match="not a number"):
        store.ledger.append("royalty.rule_set", "yuzu/ep01", {"rate": value})


def test_every_kind_of_event_says_what_its_body_holds():
    """A new kind needs a line in assets/store/kinds.py."""
    assert set(KINDS) == set(get_args(Kind))


def test_a_kind_nobody_agreed_on_is_refused(store):
    with pytest.raises(InputRefused, match=r"no kind 'coffee\.drunk'.*review\.decided"):
        store.ledger.append("coffee.drunk", "yuzu/ep01", {})


def test_an_event_of_a_batch_that_failed_never_happened(store):
    class Stopped(Exception):
        pass

    with pytest.raises(Stopped), store.batch():
        store.ledger.append("episode.assembled", "yuzu/ep01", {})
        raise Stopped

    assert store.ledger.events() == ()


def test_processes_that_append_at_once_keep_one_chain(settled_url, at_once):
    def work(worker):
        with Store.open(settled_url) as mine:
            for number in range(20):
                mine.ledger.append("generation.completed", f"yuzu/ep{worker}", {"number": number})

    at_once(work, 1, 2, 3)

    with Store.open(settled_url) as store:
        assert store.ledger.verify() is None
        assert store.ledger.last().number == 60
