"""Claims about a signed ledger that somebody changed: each kind of change is found, named, and its first event told."""

import importlib.util
import json
import random
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assets.errors import InputRefused, StorageFailed
from assets.hashing import canonical
from assets.signing import Signer
from assets.store import Store
from assets.store.checkpoints import signed_part
from assets.store.events import Event
from flows.upkeep.exporting import export, verifier

EVENTS = 12  # the first introduces the key, the eighth changes it; checkpoints at 1, 5, 8 and 12
TRIGGERS = ("ledger_keeps_updated", "ledger_keeps_deleted", "ledger_in_order")


def written(url: str, folder: Path) -> list[Signer]:
    """A ledger of ``EVENTS`` events at ``url``, and its two keys."""
    signers = [Signer.make(folder / "first.pem"), Signer.make(folder / "second.pem")]
    with Store.open(url) as store:
        chain = store.ledger
        for number in range(2, 6):
            if number == 2:
                chain.change_key(signers[0], None, by="ken")
                chain.checkpoint(signers[0], by="ken")
            chain.append("generation.completed", "yuzu/ep01", {"number": number, "what": "é\u2028\U0001f600"})
        chain.checkpoint(signers[0], by="ken")
        for number in (6, 7):
            chain.append("review.decided", "yuzu/ep01", {"number": number})
        chain.change_key(signers[1], signers[0], by="ken")
        chain.checkpoint(signers[1], by="ken")
        for number in range(9, EVENTS + 1):
            chain.append("generation.completed", "yuzu/ep02", {"number": number})
        chain.checkpoint(signers[1], by="ken")
    return signers


@pytest.fixture(scope="module")
def sound(tmp_path_factory) -> tuple[Path, list[Signer]]:
    folder = tmp_path_factory.mktemp("sound")
    signers = written(f"sqlite:///{folder}/sound.db", folder)
    with closing(sqlite3.connect(folder / "sound.db")) as driver:
        driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        for name in TRIGGERS:
            driver.execute(f"DROP TRIGGER {name}")
    return folder / "sound.db", signers


class Rows:
    """The ledger's rows, changed at will by somebody who can write to the database."""

    def __init__(self, execute, signers):
        self.do, self.signers = execute, signers

    def read(self, number):
        columns = "number, made_at, made_by, kind, subject, body, previous, hash"
        row = self.do(f"SELECT {columns} FROM ledger WHERE number = {number}").fetchone()
        plain = dict(zip(columns.split(", "), row, strict=True))
        return Event(**{**plain, "body": json.loads(plain["body"])})

    def put(self, event):
        self.do(f"DELETE FROM ledger WHERE number = {event.number}")
        body = canonical(event.body).decode().replace("'", "''")
        self.do(
            f"INSERT INTO ledger VALUES ({event.number}, '{event.made_at}', '{event.made_by}', '{event.kind}', "
            f"'{event.subject}', '{body}', '{event.previous}', '{event.hash}')"
        )

    def rewrite(self, start, change):
        """Change event ``start``, and chain everything after it anew, as a skilled forger would."""
        previous = self.read(start).previous
        last = self.do("SELECT max(number) FROM ledger").fetchone()[0]
        for number in range(start, last + 1):
            event = self.read(number).model_copy(update={"previous": previous})
            event = event.model_copy(update=change) if number == start else event
            event = event.model_copy(update={"hash": event.computed()})
            self.put(event)
            previous = event.hash


def changed(rows):
    rows.do("UPDATE ledger SET body = '{}' WHERE number = 3")


def deleted(rows):
    rows.do("DELETE FROM ledger WHERE number = 6")


def deleted_and_numbered_anew(rows):
    rows.do("DELETE FROM ledger WHERE number = 6")
    for number in range(7, EVENTS + 1):
        rows.do(f"UPDATE ledger SET number = {number - 1} WHERE number = {number}")


def inserted(rows):
    for number in range(EVENTS, 3, -1):
        rows.do(f"UPDATE ledger SET number = {number + 1} WHERE number = {number}")
    before = rows.read(3)
    forged = before.model_copy(update={"number": 4, "previous": before.hash, "made_by": "nobody"})
    rows.put(forged.model_copy(update={"hash": forged.computed()}))


def swapped(rows):
    for old, new in ((3, 99), (4, 3), (99, 4)):
        rows.do(f"UPDATE ledger SET number = {new} WHERE number = {old}")


def cut_off(rows):
    rows.do("DELETE FROM ledger WHERE number > 10")


def written_anew(rows):
    rows.rewrite(3, {"made_by": "nobody"})


def emptied(rows):
    rows.do("DELETE FROM ledger")


def root_changed(rows):
    rows.do(f"UPDATE checkpoints SET root = '{'a' * 64}' WHERE size = 5")


def checkpoints_swapped(rows):
    one, other = (rows.do(f"SELECT root FROM checkpoints WHERE size = {n}").fetchone()[0] for n in (5, 12))
    rows.do(f"UPDATE checkpoints SET root = '{other}' WHERE size = 5")
    rows.do(f"UPDATE checkpoints SET root = '{one}' WHERE size = 12")


def checkpoint_of_a_foreign_key(rows):
    thief = rows.thief
    root, made_at = rows.do("SELECT root, made_at FROM checkpoints WHERE size = 12").fetchone()
    signature = thief.sign(signed_part(rows.store, 12, root, made_at))
    rows.do(f"UPDATE checkpoints SET key = '{thief.public}', signature = '{signature}' WHERE size = 12")


def checkpoint_of_the_old_key(rows):
    old = rows.signers[0]
    root, made_at = rows.do("SELECT root, made_at FROM checkpoints WHERE size = 12").fetchone()
    signature = old.sign(signed_part(rows.store, 12, root, made_at))
    rows.do(f"UPDATE checkpoints SET key = '{old.public}', signature = '{signature}' WHERE size = 12")


def key_swapped(rows):
    """The second key's event replaced by a thief's own, everything after it chained and signed anew."""
    body = {**rows.read(8).body, "public": rows.thief.public}
    rows.do("DELETE FROM checkpoints WHERE size > 5")
    rows.rewrite(8, {"body": body})


TAMPERINGS = [
    (changed, "changed", 3),
    (deleted, "missing", 6),
    (deleted_and_numbered_anew, "moved", 6),
    (inserted, "inserted", 4),
    (swapped, "moved", 3),
    (cut_off, "truncated", 11),
    (emptied, "truncated", 1),
    (written_anew, "checkpoint", 5),
    (root_changed, "checkpoint", 5),
    (checkpoints_swapped, "checkpoint", 5),
    (checkpoint_of_a_foreign_key, "checkpoint", 12),
    (checkpoint_of_the_old_key, "checkpoint", 12),
    (key_swapped, "key", 8),
]
EVERY = pytest.mark.parametrize(
    ("tamper", "kind", "number"), TAMPERINGS, ids=lambda one: getattr(one, "__name__", "")
)


def tampered(sound, folder: Path, tamper) -> Path:
    path = folder / "copy.db"
    shutil.copy(sound[0], path)
    with closing(sqlite3.connect(path)) as driver, driver:
        rows = Rows(driver.execute, sound[1])
        rows.thief = Signer.make(folder / "thief.pem")
        rows.store = driver.execute("SELECT id FROM identity").fetchone()[0]
        tamper(rows)
    return path


def fault_of(url: str):
    with Store.open(url) as store:
        return store.ledger.fault()


def test_a_ledger_that_nobody_touched_is_whole(sound):
    assert fault_of(f"sqlite:///{sound[0]}") is None


@EVERY
def test_every_kind_of_tampering_is_found_and_named(sound, tmp_path, tamper, kind, number):
    found = fault_of(f"sqlite:///{tampered(sound, tmp_path, tamper)}")

    assert (found.kind, found.number) == (kind, number)


@pytest.mark.slow
@pytest.mark.postgres
def test_every_kind_of_tampering_is_found_on_postgresql_too(postgres_url, tmp_path):
    import psycopg

    signers = written(postgres_url, tmp_path)
    told = []
    for tamper, _, _ in TAMPERINGS:
        with psycopg.connect(postgres_url, autocommit=True) as connection:
            connection.execute("ALTER TABLE ledger DISABLE TRIGGER USER")
            for table in ("ledger", "checkpoints"):
                connection.execute(f"CREATE TABLE kept_{table} AS SELECT * FROM {table}")
            rows = Rows(connection.execute, signers)
            rows.thief = Signer.make(tmp_path / f"{tamper.__name__}.pem")
            rows.store = connection.execute("SELECT id FROM identity").fetchone()[0]
            tamper(rows)
            found = fault_of(postgres_url)
            told.append((tamper, found.kind, found.number))
            for table in ("ledger", "checkpoints"):
                connection.execute(f"DELETE FROM {table}")
                connection.execute(f"INSERT INTO {table} SELECT * FROM kept_{table}")
                connection.execute(f"DROP TABLE kept_{table}")

    assert told == TAMPERINGS


def test_a_ledger_that_was_rewritten_with_a_key_of_its_own_is_found_by_the_key_that_is_trusted(
    sound, tmp_path
):
    """Whoever can write everything can also begin a ledger of their own; only what others kept shows it."""
    url = f"sqlite:///{tmp_path}/forged.db"
    written(url, tmp_path)

    with Store.open(url) as store:
        assert store.ledger.fault() is None
        found = store.ledger.fault(trusted=sound[1][1].public)
    assert (found.kind, found.number) == ("key", EVENTS)


def test_a_ledger_that_was_changed_is_not_signed_again(sound, tmp_path):
    url = f"sqlite:///{tampered(sound, tmp_path, written_anew)}"

    with Store.open(url) as store:
        store.ledger.append("review.decided", "yuzu/ep01", {})
        with pytest.raises(StorageFailed, match="an event up to 5 was changed"):
            store.ledger.checkpoint(sound[1][1], by="ken")


def test_a_key_that_is_not_the_ledgers_signs_nothing(sound, tmp_path):
    url = f"sqlite:///{tampered(sound, tmp_path, lambda rows: None)}"

    with Store.open(url) as store:
        store.ledger.append("review.decided", "yuzu/ep01", {})
        with pytest.raises(InputRefused, match="sakuga ledger keys rotate"):
            store.ledger.checkpoint(sound[1][0], by="ken")


def test_nothing_is_signed_twice(sound, tmp_path):
    url = f"sqlite:///{tampered(sound, tmp_path, lambda rows: None)}"

    with Store.open(url) as store:
        assert store.ledger.checkpoint(sound[1][1], by="ken") is None


def test_processes_that_append_and_sign_at_once_leave_a_whole_ledger(settled_url, at_once, tmp_path):
    Signer.make(tmp_path / "key.pem")

    def work(worker):
        mine = Signer.read(tmp_path / "key.pem")
        with Store.open(settled_url) as store:
            for number in range(12):
                store.ledger.append("generation.completed", f"yuzu/ep{worker}", {"number": number})
                if number % 4 == worker:
                    store.ledger.checkpoint(mine, by="ken")

    at_once(work, 1, 2, 3)

    with Store.open(settled_url) as store:
        assert store.ledger.fault() is None
        assert store.ledger.last().number == 37
        assert len(store.ledger.checkpoints.all()) >= 3


# --- the export, and the verifier that knows nothing of Sakuga ---


@pytest.fixture(scope="module")
def standalone():
    spec = importlib.util.spec_from_file_location("verify_ledger", verifier())
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def lines(sound, tmp_path_factory) -> list[str]:
    path = tmp_path_factory.mktemp("export") / "ledger.jsonl"
    with Store.open(f"sqlite:///{sound[0]}") as store:
        made = export(store, path)
    assert (made.events, made.checkpoints) == (EVENTS, 4)
    return [f"{line}\n" for line in path.read_text(encoding="utf-8").split("\n")[:-1]]


def test_the_verifier_is_one_short_file(standalone):
    assert len(verifier().read_text().splitlines()) < 150


def test_the_verifier_asked_wrongly_says_how_to_ask(standalone, tmp_path, capsys):
    """Without a file it ended in a TypeError, with a folder in an IsADirectoryError."""
    assert standalone.main() == standalone.main("a", "b", "c") == 2
    assert "python verify_ledger.py LEDGER.jsonl" in capsys.readouterr().out
    assert standalone.main(str(tmp_path)) == standalone.main(str(tmp_path / "missing.jsonl")) == 2
    said = capsys.readouterr().out
    assert "Is a directory" in said and "No such file" in said and "BROKEN" not in said


def test_the_export_of_a_whole_ledger_verifies(standalone, lines, sound):
    found = standalone.verify(iter(lines), sound[1][1].public)

    assert (found.number, found.checkpoints) == (EVENTS, 4)
    assert found.keys == [signer.public for signer in sound[1]]


def test_an_export_of_another_key_is_refused(standalone, lines):
    with pytest.raises(standalone.Broken, match="none of the ledger's keys"):
        standalone.verify(iter(lines), "a" * 64)


@EVERY
def test_the_verifier_finds_every_kind_of_tampering_in_the_export(
    standalone, sound, tmp_path, tamper, kind, number
):
    with Store.open(f"sqlite:///{tampered(sound, tmp_path, tamper)}") as store:
        export(store, tmp_path / "ledger.jsonl")

    with pytest.raises(standalone.Broken) as broken, (tmp_path / "ledger.jsonl").open(newline="\n") as file:
        standalone.verify(file)
    # It looks at one event at a time: an inserted event is told by the one after it, a lost end by its checkpoint.
    told = {"inserted": 5, "truncated": EVENTS if number > 1 else 1}.get(kind, number)
    assert str(broken.value).startswith(f"event {told} ")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(where=st.floats(0, 1, exclude_max=True), value=st.integers(0, 255))
def test_one_byte_changed_anywhere_in_the_export_is_found(standalone, lines, tmp_path, where, value):
    data = bytearray("".join(lines).encode())
    at = int(where * len(data))
    path = tmp_path / "ledger.jsonl"
    if data[at] == value:
        value ^= 1
    data[at] = value
    path.write_bytes(data)

    assert standalone.main(str(path)) == 1


def test_lines_that_are_left_out_doubled_or_exchanged_are_found(standalone, lines):
    chance = random.Random(7)
    for _ in range(100):
        forged = list(lines)
        one, other = sorted(chance.sample(range(len(lines)), 2))
        match chance.randrange(3):
            case 0:
                del forged[one]
            case 1:
                forged.insert(other, forged[one])
            case _:
                forged[one], forged[other] = forged[other], forged[one]
        if forged != lines:
            with pytest.raises((standalone.Broken, *standalone.UNREADABLE)):
                standalone.verify(iter(forged))
