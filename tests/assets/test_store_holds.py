"""Claims about holds: one process at a time, and one that lost its hold writes nothing more."""

import threading

import psycopg
import pytest

from assets.errors import InputRefused, LockHeld
from assets.store import Store

KEY = "yuzu/ep01"


def entered(store, title="One"):
    return store.upsert_episode("yuzu", "ep01", title=title, script="0" * 64, by="ken")


def cut_off(url):
    """End every connection that holds an advisory lock as a session, as a network or a server does."""
    with psycopg.connect(url, autocommit=True) as admin:
        ended = admin.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_locks WHERE locktype = 'advisory' AND granted"
        ).fetchone()
    assert ended[0] >= 1


@pytest.mark.postgres
def test_a_lock_whose_connection_was_cut_is_taken_again(postgres_url):
    """A dropped connection freed the episode's lock, and the run went on without knowing it."""
    with (
        Store.open(postgres_url) as first,
        Store.open(postgres_url) as second,
        first.hold(KEY, "rin@board (process 1)") as hold,
    ):
        cut_off(postgres_url)
        hold.keep()
        entered(first)

        with (
            pytest.raises(InputRefused, match=r"worked on by rin@board \(process 1\)"),
            second.hold(KEY, "ken@desk (process 2)"),
        ):
            pass


@pytest.mark.postgres
def test_a_lock_that_was_cut_is_taken_again_in_the_background(postgres_url):
    with (
        Store.open(postgres_url) as first,
        Store.open(postgres_url) as second,
        first.hold(KEY, "rin@board (process 1)"),
    ):
        cut_off(postgres_url)
        for _ in range(40):
            with second.alone(KEY, "ken@desk (process 2)") as holder:
                if holder:
                    break
            threading.Event().wait(0.25)

        assert holder == "rin@board (process 1)"


@pytest.mark.postgres
def test_who_lost_its_lock_to_another_writes_nothing_more(postgres_url):
    """Two machines worked on at one episode: fourteen pieces of work were made twice."""
    with (
        Store.open(postgres_url) as first,
        Store.open(postgres_url) as second,
        first.hold(KEY, "rin@board (process 1)") as hold,
    ):
        entered(first)
        cut_off(postgres_url)
        with second.hold(KEY, "ken@desk (process 2)"):
            entered(second, "Theirs")
            with pytest.raises(LockHeld, match=r"taken over by ken@desk \(process 2\)"):
                entered(first, "Mine")
            with pytest.raises(LockHeld, match="taken over by ken@desk"):
                hold.check()
            assert second.episode(KEY).title == "Theirs"


def test_a_hold_that_was_lost_is_noticed_after_the_other_has_ended(settled_url):
    """The lock is free again by then: only the token tells."""
    with Store.open(settled_url) as first, Store.open(settled_url) as second:
        lock = Free()
        with first.hold(KEY, "rin@board (process 1)", (lock,)) as hold:
            if not settled_url.startswith("sqlite"):
                cut_off(settled_url)
            with second.hold(KEY, "ken@desk (process 2)"):
                entered(second)

            with pytest.raises(LockHeld, match="ken@desk"):
                hold.check()


def test_a_batch_of_who_lost_the_hold_is_undone_as_a_whole(settled_url):
    with Store.open(settled_url) as first, Store.open(settled_url) as second:
        if settled_url.startswith("sqlite"):
            with first.hold(KEY, "rin"):
                with second.hold(KEY, "ken"):
                    entered(second)
                with pytest.raises(LockHeld), first.batch():
                    entered(first, "Mine")
                assert second.episode(KEY).title == "One"


def test_how_a_run_ended_is_written_though_its_hold_is_lost(settled_url):
    with Store.open(settled_url) as first, Store.open(settled_url) as second:
        with first.hold(KEY, "rin"):
            entered(first)
            run = first.begin_run(KEY, "toy")
            if not settled_url.startswith("sqlite"):
                cut_off(settled_url)
            with second.hold(KEY, "ken"), first.unfenced():
                first.finish_run(run, "failed")

        assert [found.outcome for found in second.runs(KEY)] == ["failed"]


def test_after_a_hold_its_store_writes_as_before(store):
    with store.hold(KEY, "rin"):
        entered(store)

    assert entered(store, "Two").title == "Two"


class Free:
    """A lock that is always held."""

    def keep(self):
        return ""
