"""Claims about damage: any row, any byte of the store and of the files gives a sentence, never a traceback."""

import json
import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from assets.errors import SakugaError, StorageFailed
from assets.sheets.casting import Candidate, CastBoard, Maker, SheetPicture
from assets.sheets.production import Ref
from assets.sheets.review import Board, CutRemark, Decision, Reason, Shown
from assets.sheets.rights import Person, Rights
from assets.signing import Signer
from assets.store import Store
from assets.store.ledger import now
from assets.store.records import Refusal
from assets.store.tables import metadata
from assets.timing import Span
from flows.cli import status, takes_table
from flows.episode import inputs
from flows.episode.brief import Brief
from flows.episode.produce import produce
from flows.episode.workspace import open_vault
from flows.review.boards import as_it_stands
from flows.review.rules import Reviewer
from flows.review.service import decide
from flows.rushes.archive import Archive
from flows.settings import settings
from flows.upkeep import repairing
from flows.upkeep.repairing import Rooms

KEY = "_/kite"
_LEFT_OUT = ("holds", "identity")
TABLES = [table for table in metadata.sorted_tables if table.name not in _LEFT_OUT]
COLUMNS = [(table.name, column.name) for table in TABLES for column in table.columns]
ENTRY = json.dumps({"recipe": "1" * 64, "basis": "", "fits": "", "maker": "", "ingredients": {}})
GARBAGE = [
    None, "", "zzz", b"\xff\xfe\x00", 2**62, -1, 1e308, "{", "[]", "null", '{"a": 1}', "[" * 9000, "9" * 5000,
    "a\x00b", b"\x80",
]  # fmt: skip


@pytest.fixture(scope="session")
def full(first_run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An episode with a row in every table."""
    folder = tmp_path_factory.mktemp("full")
    shutil.copytree(first_run, folder, dirs_exist_ok=True)
    with rooms_of(folder) as rooms:
        store = rooms.store
        sheet = rooms.vault.keep(store.cutsheet(KEY).to_json().encode(), "application/json")
        board = as_it_stands(Board(kind="takes", sheet=sheet, cuts=cuts_of(store)), KEY, store)
        gate = store.open_gate(KEY, "takes", 1, board=board, until="2099-01-01T00:00:00.000Z")
        store.keep_refusal(gate.id, Refusal(by="aya", door="terminal", at=now(), why="no", typed="{}"))
        said = Decision(verdict="retake", remarks=(CutRemark(cut="C001", reasons=(Reason.TIMING,)),))
        decide(rooms, gate.id, said, Reviewer("aya", "terminal", board.seen))
        store.open_gate(KEY, "takes", 2, board=board, until="2099-01-01T00:00:00.000Z")
        store.order_retake(KEY, "C002", reason="softer", by="aya", frames=Span(start=0, stop=2))
        store.lock(KEY, "C003", by="aya")
        store.rights.add(Rights(people=(Person(id="mori", name="A. Mori"),)), by="aya")
        store.open_casting(
            "mori", 1, board=cast_board(sheet), until="2099-01-01T00:00:00.000Z", bible="bible.yaml"
        )
        store.ledger.checkpoint(Signer.make(folder / "key.pem"), by="aya")
    with closing(sqlite3.connect(store_of(folder))) as driver, driver:
        unguarded(driver)
    return folder


def cast_board(picture: Ref) -> CastBoard:
    front = SheetPicture(view="front", image=picture, recipe="1" * 64)
    candidate = Candidate(number=1, seed=1, sheet=picture, pictures=(front,))
    return CastBoard(
        character="mori",
        title="Mori",
        profile="toy",
        maker=Maker(name="toy"),
        basis="2" * 64,
        candidates=(candidate,),
    )


def cuts_of(store: Store) -> tuple[Shown, ...]:
    bases = store.bases(KEY)
    return tuple(Shown(cut=number, frames=24, basis=basis) for number, basis in bases.items())


def unguarded(driver: sqlite3.Connection) -> None:
    """Every table without NOT NULL, foreign keys and triggers, so that nearly anything can be written into it."""
    for (name,) in driver.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        driver.execute(f"DROP TRIGGER {name}")
    driver.execute("PRAGMA writable_schema = ON")
    driver.execute("UPDATE sqlite_master SET sql = replace(sql, ' NOT NULL', '') WHERE type = 'table'")
    driver.execute("PRAGMA writable_schema = OFF")


def store_of(folder: Path) -> Path:
    return folder / "episodes" / ".sakuga" / "store.sqlite"


@contextmanager
def rooms_of(folder: Path) -> Iterator[Rooms]:
    out = folder / "episodes"
    chosen = settings(out)
    with Store.open(chosen.store) as store:
        yield Rooms(open_vault(chosen), store, out, chosen)


@pytest.fixture
def damaged(full: Path, tmp_path: Path) -> Path:
    """A copy to be damaged."""
    shutil.copytree(full, tmp_path, dirs_exist_ok=True)
    return tmp_path


def shown(folder: Path) -> None:
    status.tell(None, folder / "episodes")
    status.tell("kite", folder / "episodes")


def tabled(folder: Path) -> None:
    with rooms_of(folder) as rooms:
        brief = inputs.remembered("kite", rooms.out, rooms.settings)
        takes_table.show(rooms.store, KEY, brief, None)
        for number in ("C001", "C003"):
            takes_table.show_history(rooms.store, KEY, number)


def watched(folder: Path) -> None:
    with rooms_of(folder) as rooms:
        archive = Archive(rooms.store, rooms.vault, rooms.out)
        archive.listed()
        archive.page("kite")


def reviewed(folder: Path) -> None:
    with rooms_of(folder) as rooms:
        for gate in rooms.store.open_gates():
            decide(rooms, gate.id, Decision(verdict="approve"), Reviewer("ken", "terminal", gate.seen))


def kept(folder: Path) -> None:
    with rooms_of(folder) as rooms:
        rooms.store.references(), rooms.store.recipes(), rooms.store.packed(KEY)
        [rooms.store.calls(run.id) for run in rooms.store.runs(KEY)]
        rooms.store.ledger.verify()
        rooms.store.rights.registry()
        repairing.examined(rooms, lambda done, total: None)


def made(folder: Path) -> None:
    produce(Brief(script=folder / "kite.fountain", profile="toy", out=folder / "episodes"), quiet=True)


READING: tuple[Callable[[Path], None], ...] = (shown, tabled, watched, reviewed, kept)


def spoiled(folder: Path, table_name: str, column: str, value: object) -> bool:
    """Write ``value`` into the newest row; False where the database itself refuses it."""
    mark = "CAST(? AS TEXT)" if isinstance(value, bytes) else "?"
    with closing(sqlite3.connect(store_of(folder))) as driver, driver:
        rowid = driver.execute(f'SELECT max(rowid) FROM "{table_name}"').fetchone()[0]
        assert rowid is not None, f"{table_name} has no row to damage"
        try:
            driver.execute(f'UPDATE "{table_name}" SET "{column}" = {mark} WHERE rowid = {rowid}', (value,))
        except sqlite3.IntegrityError:
            return False
    return True


def put_in_place(folder: Path, database: bytes) -> None:
    """A new file, not the old one written over: a connection that is still open keeps its own."""
    for file in store_of(folder).parent.glob("store.sqlite*"):
        file.unlink()
    store_of(folder).write_bytes(database)


def tried(folder: Path, *commands: Callable[[Path], None]) -> list[str]:
    """What the commands said; anything but a sentence of ours fails the test."""
    said = []
    for command in commands:
        try:
            command(folder)
        except SakugaError as error:
            said.append(str(error))
    return said


@pytest.mark.slow
@pytest.mark.parametrize(("table_name", "column"), COLUMNS)
def test_whatever_stands_in_a_column_is_read_or_told_in_a_sentence(
    damaged: Path, table_name: str, column: str, capsys: pytest.CaptureFixture[str]
):
    """Garbage in a row was a traceback in nearly every command."""
    chance = random.Random(f"{table_name}.{column}")
    intact = store_of(damaged).read_bytes()

    for value in chance.sample(GARBAGE, 2):
        put_in_place(damaged, intact)
        if spoiled(damaged, table_name, column, value):
            tried(damaged, *READING)


def test_one_column_of_every_table_may_hold_garbage(damaged: Path, capsys: pytest.CaptureFixture[str]):
    """As above, fast: seeded."""
    chance, intact = random.Random(11), store_of(damaged).read_bytes()

    for known in TABLES:
        put_in_place(damaged, intact)
        if spoiled(damaged, known.name, chance.choice(known.columns.keys()), chance.choice(GARBAGE)):
            tried(damaged, *READING)


@pytest.mark.slow
@pytest.mark.parametrize("value", GARBAGE, ids=lambda value: repr(value)[:12])
def test_a_run_on_a_damaged_store_is_made_or_refused_in_a_sentence(damaged: Path, value: object):
    intact, chance = store_of(damaged).read_bytes(), random.Random(repr(value))

    for table_name, column in chance.sample(COLUMNS, 12):
        put_in_place(damaged, intact)
        if spoiled(damaged, table_name, column, value):
            tried(damaged, *READING, made)


@pytest.mark.parametrize(
    ("table_name", "column", "value", "words"),
    [
        ("takes", "sheet", "{", r"table takes, row .*'C00\d', number 1: sheet cannot be read"),
        ("takes", "number", "zzz", r"table takes, row .*: number is 'zzz', not a whole number"),
        ("choices", "locked", "zzz", "table choices, row id .*: locked is 'zzz', neither true nor false"),
        ("gates", "state", "ajar", "table gates, row id 2: state is 'ajar'; it is one of open, decided"),
        ("gates", "board", "[]", "table gates, row id 2: board cannot be read"),
        ("reviews", "remarks", b"\xff", "table reviews, row id 1: remarks is not UTF-8"),
        ("cuts", "basis", None, r"table cuts, row .*: basis is empty, and may not be"),
        ("settled", "entry", "{}", "table settled, row .*: entry cannot be read"),
        (
            "settled",
            "entry",
            ENTRY.replace("ingredients", "ingretients"),
            "table settled, row .*: entry cannot be read",
        ),
        ("papers", "bytes", -1, "table papers, row .*: cannot be read"),
    ],
)
def test_the_sentence_names_table_row_and_column(damaged, table_name, column, value, words):
    spoiled(damaged, table_name, column, value)

    with rooms_of(damaged) as rooms, pytest.raises(StorageFailed, match=words):
        rooms.store.required_sound(KEY)


def test_a_run_tells_the_entry_of_finished_work_that_it_cannot_read(damaged: Path):
    """One changed letter in the name of a field ended the run as an error in Sakuga itself."""
    assert spoiled(damaged, "settled", "entry", ENTRY.replace("ingredients", "ingretients"))

    [said] = tried(damaged, made)

    assert "table settled, row" in said and "entry cannot be read" in said


def test_a_row_that_refers_to_one_that_is_gone_is_told(first_run, tmp_path):
    shutil.copytree(first_run, tmp_path, dirs_exist_ok=True)
    with closing(sqlite3.connect(store_of(tmp_path))) as driver, driver:
        driver.execute("DELETE FROM takes WHERE cut = 'C002'")

    said = tried(tmp_path, shown, tabled, watched, made)

    assert any(
        "table choices" in sentence and "a row of takes that is not there" in sentence for sentence in said
    )


def test_flipped_bytes_in_the_store_are_read_or_told_in_a_sentence(damaged: Path, capsys):
    """Seeded: 20 copies of the file, each with up to eight bytes changed."""
    chance, intact = random.Random(19), store_of(damaged).read_bytes()
    for _ in range(20):
        broken = bytearray(intact)
        for _ in range(chance.randint(1, 8)):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        put_in_place(damaged, bytes(broken))
        tried(damaged, *READING)


def files_of(folder: Path) -> list[Path]:
    behind = folder / "episodes" / ".sakuga"
    return [
        folder / "episodes" / "kite" / "cutsheet.yaml",
        folder / "episodes" / "kite" / "report.json",
        folder / "episodes" / "kite" / "timeline.otio",
        *(behind / "episodes" / "kite").glob("*.json*"),
        *(behind / "episodes" / "kite").glob("*.left"),
        behind / "vault" / "vault.json",
        *sorted((behind / "vault" / "commits").rglob("*.json")),
        *sorted((behind / "vault" / "blobs").rglob("*.*")),
        *sorted((behind / "vault" / "anchors").rglob("*.json")),
    ]


@pytest.mark.slow
@pytest.mark.parametrize("how", ["cut", "flip", "empty", "not UTF-8"])
def test_a_damaged_file_is_mended_or_told_in_a_sentence(first_run, tmp_path, how, capsys):
    chance = random.Random(how)
    shutil.copytree(first_run, tmp_path, dirs_exist_ok=True)
    files = files_of(tmp_path)

    for path in [*files[:9], *chance.sample(files[9:], 6)]:
        intact = path.read_bytes()
        path.chmod(0o644)
        path.write_bytes(harmed(intact, how, chance))
        tried(tmp_path, shown, tabled, watched, made)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        path.write_bytes(intact)


def harmed(data: bytes, how: str, chance: random.Random) -> bytes:
    if how == "cut":
        return data[: len(data) // 2]
    if how == "empty" or not data:
        return b""
    if how == "not UTF-8":
        return b"\xff\xfe" + data
    at = chance.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << chance.randrange(8)]) + data[at + 1 :]
