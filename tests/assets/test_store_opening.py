"""Claims about opening a store: made, migrated, refused, shared; and never telling a password."""

import subprocess
import sys
import traceback
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from assets.errors import InputRefused, SakugaError, StorageFailed, StoreRefused
from assets.store import Store
from assets.store.connection import Database
from assets.store.schema import HEAD, MIGRATIONS, REVISIONS, VERSION_TABLE, settle
from assets.store.tables import metadata


def older(url):
    """A store as an earlier release left it, with one episode in it."""
    database = Database(url)
    settle(database, to=REVISIONS[0])
    Store(database).upsert_episode("yuzu", "ep01", title="Kept", script="0" * 64, by="ken")
    database.close()


def test_a_new_store_is_made_with_its_folder(tmp_path):
    with Store.open(f"sqlite:///{tmp_path}/new/folder/production.db") as store:
        assert store.episodes() == ()


def test_a_store_that_is_opened_again_holds_what_was_entered(store_url):
    with Store.open(store_url) as first:
        entered = first.upsert_episode("yuzu", "ep01", title="One", script="0" * 64, by="ken")

    with Store.open(store_url) as second:
        assert second.episodes() == (entered,)


def test_an_older_store_is_migrated_and_keeps_what_it_held(store_url):
    older(store_url)

    with Store.open(store_url) as store:
        assert [found.title for found in store.episodes()] == ["Kept"]
        assert store.ledger.append("episode.assembled", "yuzu/ep01", {}).number == 1


def test_a_sqlite_store_is_copied_before_it_is_migrated(tmp_path):
    older(f"sqlite:///{tmp_path}/production.db")

    Store.open(f"sqlite:///{tmp_path}/production.db").close()

    (copy,) = tmp_path.glob("production.db.before-*")
    copied = Database(f"sqlite:///{copy}")
    assert [found.title for found in Store(copied).episodes()] == ["Kept"]
    with pytest.raises(StorageFailed, match="no such table: ledger"):
        Store(copied).ledger.events()


def test_a_store_at_head_is_not_copied(tmp_path):
    for _ in range(2):
        Store.open(f"sqlite:///{tmp_path}/production.db").close()

    assert list(tmp_path.glob("*.before-*")) == []


def test_a_newer_store_is_refused_every_time(settled_url, by_hand):
    by_hand(settled_url, f"UPDATE {VERSION_TABLE} SET version_num = '9999'")

    for _ in range(2):
        with pytest.raises(StoreRefused, match=r"'9999'.*newer release"):
            Store.open(settled_url)


def test_a_database_of_somebody_else_is_refused(store_url, by_hand):
    by_hand(store_url, "CREATE TABLE invoices (id INTEGER)")

    with pytest.raises(StoreRefused, match=r"invoices.*database of its own"):
        Store.open(store_url)


@pytest.mark.parametrize(
    "content", [b"not a database at all, just words " * 40, b"SQLite format 3\0" + b"\xff" * 8000]
)
def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path, content):
    file = tmp_path / "production.db"
    file.write_bytes(content)

    with pytest.raises(StoreRefused, match="put a backup in its place"):
        Store.open(f"sqlite:///{file}")
    assert file.read_bytes() == content


def test_a_database_that_lost_its_pages_is_refused(tmp_path):
    url = f"sqlite:///{tmp_path}/production.db"
    with Store.open(url) as store:
        for number in range(200):
            store.upsert_episode("yuzu", f"ep{number}", title="x" * 200, script="0" * 64, by="ken")
    file = tmp_path / "production.db"
    whole = file.read_bytes()
    file.write_bytes(whole[: 4096 * 2] + b"\0" * (len(whole) - 4096 * 2))

    with pytest.raises(StoreRefused, match="put a backup in its place"):
        Store.open(url).episodes()


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://ken:hunter2@127.0.0.1:1/production",
        "postgresql://ken@127.0.0.1:1/production?password=hunter2",
        "mysql://ken:hunter2@127.0.0.1/production",
        "ken:hunter2@127.0.0.1",
        "postgresql://ken:hunter2@127.0.0.1:port/production",
    ],
)
def test_a_password_is_never_told(url):
    with pytest.raises(SakugaError) as refused:
        Store.open(url)

    assert "hunter2" not in "".join(traceback.format_exception(refused.value))


@pytest.mark.parametrize(
    "url", ["sqlite://", "sqlite:///:memory:", "sqlite:///x?mode=ro", "production.db", "mysql://host/x", ""]
)
def test_what_cannot_be_a_store_is_refused_with_what_can(url):
    with pytest.raises(InputRefused, match="sqlite:///path"):
        Store.open(url)


def test_a_folder_that_cannot_be_made_is_refused(tmp_path):
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(StorageFailed, match="Choose a folder"):
        Store.open(f"sqlite:///{tmp_path}/file/production.db")


def test_the_migrations_make_the_tables_the_code_sees(settled_url):
    engine = create_engine(settled_url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
        differences = compare_metadata(context, metadata)
    engine.dispose()

    assert differences == []


def test_every_migration_is_known_by_its_revision():
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    shipped = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]

    assert tuple(reversed(shipped)) == REVISIONS
    assert shipped[0] == HEAD


def test_opening_a_store_at_head_does_not_load_alembic(tmp_path):
    url = f"sqlite:///{tmp_path}/production.db"
    Store.open(url).close()
    script = (
        f"import sys; from assets.store import Store; Store.open({url!r}); print('alembic' in sys.modules)"
    )

    told = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, cwd=Path(__file__).parents[2]
    )

    assert told.stdout.strip() == "False", told.stderr


def test_processes_that_open_the_same_new_store_at_once_all_get_it(store_url, at_once):
    at_once(lambda _: Store.open(store_url).close(), 1, 2, 3, 4, 5)

    with Store.open(store_url) as store:
        assert store.episodes() == ()


def test_processes_that_add_takes_at_once_get_different_numbers(settled_url, at_once, sheet_of, take_of):
    with Store.open(settled_url) as store:
        key = store.upsert_episode("yuzu", "ep01", title="", script="0" * 64, by="ken").key
        store.record_cutsheet(key, sheet_of("C001"), {"C001": "b" * 64})

    def work(worker):
        with Store.open(settled_url) as mine:
            for number in range(15):
                mine.add_take(key, take_of("C001", f"{worker}{number:02d}"))

    at_once(work, 1, 2, 3)

    with Store.open(settled_url) as store:
        assert [take.number for take in store.takes(key, "C001")] == list(range(1, 46))


def test_a_writer_that_waited_too_long_says_so(settled_url):
    holder, waiter = Database(settled_url), Database(settled_url, busy_s=0.2)

    with holder.batch(), pytest.raises(StorageFailed, match="held by another writer"):
        Store(waiter).upsert_episode("yuzu", "ep01", title="", script="0" * 64, by="ken")

    assert Store(waiter).upsert_episode("yuzu", "ep01", title="", script="0" * 64, by="ken").id == "ep01"
    holder.close()
    waiter.close()


def test_a_reader_does_not_wait_for_a_writer(settled_url):
    with Store.open(settled_url) as writer, Store.open(settled_url) as reader, writer.batch():
        writer.upsert_episode("yuzu", "ep01", title="", script="0" * 64, by="ken")

        assert reader.episodes() == ()


def test_a_kill_at_any_moment_leaves_each_batch_whole_or_undone(store_url, killed_at_random):
    def write(seed):
        with Store.open(store_url) as mine:
            for number in range(10_000):
                key = f"ep{seed}-{number}"
                with mine.batch():
                    entered = mine.upsert_episode("yuzu", key, title="", script="0" * 64, by="ken")
                    mine.ledger.append("episode.assembled", entered.key, {})
                yield

    killed_at_random(write, times=20)

    with Store.open(store_url) as store:
        assert store.ledger.verify() is None
        assert {found.key for found in store.episodes()} == {event.subject for event in store.ledger.events()}
        assert len(store.episodes()) >= 10


def test_a_store_with_work_sent_out_under_the_old_queue_is_migrated_and_keeps_the_rest(tmp_path, by_hand):
    """Errands and hands were the queue of GPU workers before Ray; open ones are asked for anew by the next run."""
    url = f"sqlite:///{tmp_path}/production.db"
    database = Database(url)
    settle(database, to="0007")
    store = Store(database)
    store.upsert_episode("yuzu", "ep01", title="Kept", script="0" * 64, by="ken")
    run = store.begin_run("yuzu/ep01", profile="toy", by="ken")
    store.begin_call(run, "a" * 64, "take", "C001")
    database.close()
    for state in ("open", "taken", "done"):
        by_hand(
            url,
            f"INSERT INTO errands VALUES ('yuzu/ep01', '{state:0<64}', 'take', 'C001', 'S01', 48, {run}, '{{}}', "
            f"'{{}}', '{state}', 1, 'hand', 9e9, '', '2026-11-26T00:00:00.000Z', NULL, NULL)",
        )
    by_hand(url, "INSERT INTO hands VALUES ('hand', 'yuzu/ep01', 'here', 'now', 9e9, NULL, 0, 0, '{}', 0)")

    with Store.open(url) as opened:
        assert [found.title for found in opened.episodes()] == ["Kept"]
        assert [call.name for call in opened.calls(run)] == ["C001"]
