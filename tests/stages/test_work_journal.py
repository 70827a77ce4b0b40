"""The journal of finished work: what a later run reads of it."""

import pytest

from stages.work import Work
from stages.work_journal import Entry, Journal


def work(*, frames=24, seed=1):
    return Work("take", "C001", None, {"seed": seed}, depicts={"sight": "a roof"}, fits={"frames": frames})


@pytest.fixture
def path(tmp_path):
    return tmp_path / "journal.jsonl"


def test_the_last_entry_of_a_name_wins_in_a_later_run(path):
    journal = Journal(path)
    journal.write("take", "C001", Entry.of(work(seed=1), "first"))
    journal.write("take", "C001", Entry.of(work(seed=2), "second"))

    assert Journal(path).last("take", "C001") == Entry.of(work(seed=2), "second")


def test_a_journal_torn_by_a_kill_is_read_as_far_as_it_goes(path):
    """An incomplete line of an earlier kill must not swallow the next one."""
    earlier, later = Entry.of(work(seed=1), "first"), Entry.of(work(seed=2), "second")
    Journal(path).write("take", "C001", earlier)
    path.write_text(path.read_text(encoding="utf-8") + '["take", "C002", {"reci', encoding="utf-8")

    torn = Journal(path)
    torn.write("take", "C003", later)
    reread = Journal(path)

    assert torn.last("take", "C001") == earlier
    assert torn.last("take", "C002") is None
    assert reread.last("take", "C003") == later


def test_an_entry_serves_other_work_that_depicts_and_fits_the_same_and_says_what_changed():
    entry = Entry.of(work(seed=1), "first")

    assert entry.serves(work(seed=2))
    assert not entry.serves(work(frames=48))
    assert entry.changes(work(seed=2)) == "changed: seed"
    assert entry.changes(work(seed=1)) == "its stored result was gone"
