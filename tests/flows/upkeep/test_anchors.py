"""Claims about anchors: a store that was emptied, replaced or cut short is noticed, and can be rebuilt."""

import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from assets.errors import InputRefused, StorageFailed, StoreRefused
from assets.signing import Signer
from assets.store import Store
from assets.vault import Vault
from flows.upkeep.anchoring import Anchoring

KEY = "yuzu/ep01"


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault.open(tmp_path / "vault")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(f"sqlite:///{tmp_path}/store.sqlite") as opened:
        entered(opened)
        yield opened


@pytest.fixture
def another(tmp_path: Path) -> Iterator[Store]:
    """A new store in the place of the old one."""
    with Store.open(f"sqlite:///{tmp_path}/another.sqlite") as opened:
        yield opened


@pytest.fixture
def key(tmp_path: Path) -> Path:
    subprocess.run(
        ["openssl", "genpkey", "-algorithm", "ed25519", "-out", tmp_path / "ledger.pem"], check=True
    )
    return tmp_path / "ledger.pem"


def entered(store: Store, events: int = 3) -> None:
    store.upsert_episode("yuzu", "ep01", title="Paper Planes", script="0" * 64, by="ken")
    for number in range(events):
        store.ledger.append("generation.completed", f"{KEY}/C001/{number + 1}", {"clip": "c" * 64})


def cut_off(store: Store, statement: str = "DELETE FROM ledger WHERE number = 3") -> None:
    """Change the database behind Sakuga's back."""
    with closing(sqlite3.connect(store.url.removeprefix("sqlite:///"))) as driver, driver:
        for (name,) in driver.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            driver.execute(f"DROP TRIGGER {name}")
        driver.execute(statement)


def test_a_store_that_was_never_anchored_opens_as_before(vault, store):
    assert Anchoring(vault, store).problem(KEY) == ""


def test_what_was_anchored_agrees_until_it_is_changed(vault, store):
    anchoring = Anchoring(vault, store)
    anchor = anchoring.write(KEY, "run", by="ken")

    assert (anchor.number, anchor.hash) == (3, store.ledger.last().hash)
    assert anchoring.write(KEY, "run", by="ken") is None
    entered(store, 1)
    assert anchoring.problem(KEY) == ""


def test_a_ledger_whose_end_was_deleted_is_refused(vault, store):
    """Its chain is whole, so nothing noticed."""
    anchoring = Anchoring(vault, store)
    anchoring.write(KEY, "run", by="ken")
    cut_off(store)

    assert store.ledger.verify() is None
    with pytest.raises(StoreRefused, match=r"ends before event 3, anchored by ken.*vault rebuild ep01"):
        anchoring.required(KEY)
    assert "ends before event 3" in next(anchoring.disagreements())


def test_a_ledger_that_was_written_anew_is_refused(vault, store):
    anchoring = Anchoring(vault, store)
    anchoring.write(KEY, "run", by="ken")
    cut_off(store)
    entered(store, 1)

    with pytest.raises(StoreRefused, match=r"event 3, .* is not the event that was anchored"):
        anchoring.required(KEY)


def test_a_replaced_store_is_refused_and_told_what_to_do(vault, store, another):
    """Every approval was lost without a word."""
    Anchoring(vault, store).write(KEY, "run", by="ken")

    with pytest.raises(StoreRefused, match=r"emptied or replaced.*vault rebuild ep01.*vault accept ep01"):
        Anchoring(vault, another).required(KEY)


def test_an_emptied_store_without_anchors_is_noticed_by_what_lies_beside_it(vault, another, tmp_path):
    with pytest.raises(StoreRefused, match=r"brief\.json says that yuzu/ep01 was made here before"):
        Anchoring(vault, another).required(KEY, tmp_path / "brief.json")


def test_a_studio_with_the_same_vault_and_a_store_of_its_own_is_left_in_peace(vault, store, another):
    """Two stores may share a vault: each is bound by its own anchors."""
    Anchoring(vault, store).write(KEY, "run", by="ken")
    entered(another)
    Anchoring(vault, another).accept(KEY, by="rin", reason="another project")

    assert Anchoring(vault, store).problem(KEY) == Anchoring(vault, another).problem(KEY) == ""


def test_going_on_deliberately_is_written_down(vault, store):
    anchoring = Anchoring(vault, store)
    anchoring.write(KEY, "run", by="ken")
    cut_off(store)

    anchoring.accept(KEY, by="ken", reason="the old disk is gone")

    assert anchoring.problem(KEY) == "" and list(anchoring.disagreements()) == []
    assert store.ledger.last().body == {"reason": "the old disk is gone"}


def test_an_anchor_is_found_in_spite_of_one_that_was_damaged(vault, store):
    anchoring = Anchoring(vault, store)
    anchoring.write(KEY, "run", by="ken")
    entered(store, 1)
    anchoring.write(KEY, "run", by="ken")
    newest = Path(vault.url.removeprefix("file://")) / vault.anchors.names(KEY)[-1]
    newest.chmod(0o644)
    newest.write_bytes(newest.read_bytes()[:-9])

    assert vault.anchors.newest(KEY).number == 3


def test_signed_anchors_bind_though_an_unsigned_one_was_put_after_them(vault, store, key):
    """Who can write into the vault could anchor a shorter ledger."""
    signing = Anchoring(vault, store, Signer.read(key))
    signing.write(KEY, "run", by="ken")
    cut_off(store)
    Anchoring(vault, store).accept(KEY, by="mallory", reason="nothing happened")

    with pytest.raises(StoreRefused, match="event 3, anchored by ken"):
        signing.required(KEY)


def test_a_signature_that_was_changed_is_found(vault, store, key):
    anchor = Anchoring(vault, store, Signer.read(key)).write(KEY, "run", by="ken")
    vault.anchors.write(anchor.model_copy(update={"made_by": "mallory"}))

    assert any("is not its key's" in wrong for wrong in Anchoring(vault, store).disagreements())


@pytest.mark.parametrize(
    "text", ["", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "\0\xff"]
)
def test_a_key_that_is_none_is_refused_with_a_sentence(tmp_path, text):
    (tmp_path / "key.pem").write_text(text)

    with pytest.raises(InputRefused, match="openssl genpkey -algorithm ed25519"):
        Signer.read(tmp_path / "key.pem")
    with pytest.raises(InputRefused, match="cannot be read"):
        Signer.read(tmp_path / "no.pem")


def test_packed_records_that_were_changed_are_not_restored(store, another):
    import gzip

    packed = gzip.decompress(store.packed(KEY)).replace(b'"seed"', b'"seeds"').replace(b"C001/1", b"C001/9")

    with pytest.raises(StorageFailed, match="does not match its hash"):
        another.restore(gzip.compress(packed), origin="a test", by="ken")
    with pytest.raises(StorageFailed, match="cannot be read"):
        another.restore(packed[:50], origin="a test", by="ken")
    assert another.episodes() == ()


def test_clean_up_keeps_what_anchors_name(vault, store):
    anchor = Anchoring(vault, store).write(KEY, "run", by="ken")

    vault.collect(older_than_s=-60)

    assert vault.has(anchor.state)


@pytest.fixture
def reviewed(first_run: Path, tmp_path: Path, sakuga) -> Path:
    """An episode with reviews at a gate, a take chosen and locked, and a retake."""
    shutil.copytree(first_run, tmp_path, dirs_exist_ok=True)
    sakuga("produce", "kite.fountain", "--profile", "toy", "--gates", "storyboard", "--approve", "auto")
    sakuga("takes", "kite", "--choose", "C002=1", "--reason", "her eyes follow the kite")
    return tmp_path


def told(process: subprocess.CompletedProcess[str]) -> str:
    return " ".join((process.stdout + process.stderr).split())


def facts(folder: Path) -> dict[str, object]:
    with Store.open(f"sqlite:///{folder}/episodes/.sakuga/store.sqlite") as store:
        return {
            "takes": store.takes_by_cut("_/kite"),
            "shown": store.selections("_/kite"),
            "history": store.history("_/kite", "C002"),
            "reviews": [review.model_copy(update={"id": 0}) for review in store.reviews("_/kite")],
            "gates": [(gate.kind, gate.round, gate.state, gate.seen) for gate in store.gates("_/kite")],
            "papers": store.papers("_/kite"),
        }


def test_an_emptied_store_is_refused_and_rebuilt_with_every_approval(reviewed, sakuga):
    """A run on an emptied store made everything anew and showed other takes than those approved."""
    before = facts(reviewed)
    assert "Nothing is missing" in told(
        sakuga("vault", "rebuild", "kite")
    )  # it said: Add --yes to enter its records
    for file in (reviewed / "episodes" / ".sakuga").glob("store.sqlite*"):
        file.unlink()

    refused = sakuga("produce", "kite.fountain", "--profile", "toy", check=False)
    assert refused.returncode == 4 and "sakuga vault rebuild kite" in told(refused)
    assert "Add --yes" in told(sakuga("vault", "rebuild", "kite"))
    assert "marked as rebuilt" in told(sakuga("vault", "rebuild", "kite", "--yes"))

    assert facts(reviewed) == before
    with Store.open(f"sqlite:///{reviewed}/episodes/.sakuga/store.sqlite") as store:
        rebuilt = store.ledger.events(kind="record.rebuilt")
        assert [event.body["event"]["kind"] for event in rebuilt].count("take.chosen") == 1
        assert store.selected("_/kite", "C002").locked
    done = sakuga("produce", "kite.fountain", "--profile", "toy")
    assert "Traceback" not in done.stderr
    assert "agree with it" in told(sakuga("ledger", "verify"))
    assert "nothing was missing" in told(sakuga("vault", "rebuild", "kite", "--yes"))


def test_a_backup_from_before_an_approval_is_refused_and_brought_up_to_date(reviewed, sakuga, first_run):
    """An older copy of the store knows less; its chain is whole."""
    before = facts(reviewed)
    home = reviewed / "episodes" / ".sakuga"
    for file in home.glob("store.sqlite*"):
        file.unlink()
    for file in (first_run / "episodes" / ".sakuga").glob("store.sqlite*"):
        shutil.copy(file, home)

    refused = sakuga("produce", "kite.fountain", "--profile", "toy", check=False)
    sakuga("vault", "rebuild", "kite", "--yes")

    assert refused.returncode == 4 and "by an older copy" in told(refused)
    assert facts(reviewed)["shown"] == before["shown"]
    assert facts(reviewed)["reviews"] == before["reviews"]


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE retakes SET reason = 'no reason'", "row 1 of table retakes has another reason"),
        (
            "UPDATE choices SET take = 1, locked = 0 WHERE made_by != 'sakuga'",
            "table choices has another locked",
        ),
        ("DELETE FROM choices WHERE made_by != 'sakuga'", "table choices is gone"),
        ("UPDATE reviews SET verdict = 'stop'", "row 1 of table reviews has another verdict"),
    ],
)
def test_a_decision_that_was_written_over_is_refused_and_can_be_accepted(reviewed, sakuga, statement, said):
    """A run went on with words and approvals that nobody gave, and the doctor found the store in order."""
    sakuga("retake", "kite", "C003", "--reason", "the light is wrong")
    with Store.open(f"sqlite:///{reviewed}/episodes/.sakuga/store.sqlite") as store:
        cut_off(store, statement)

    refused = sakuga("produce", "kite.fountain", "--profile", "toy", check=False)
    sakuga("vault", "accept", "kite", "--reason", "corrected by hand")

    assert refused.returncode == 4 and said in told(refused)
    assert "Traceback" not in sakuga("produce", "kite.fountain", "--profile", "toy").stderr


def test_a_retake_that_was_answered_since_is_no_change(reviewed, sakuga):
    sakuga("retake", "kite", "C003", "--reason", "the light is wrong")
    sakuga("produce", "kite.fountain", "--profile", "toy")

    with Store.open(f"sqlite:///{reviewed}/episodes/.sakuga/store.sqlite") as store:
        (order,) = store.retakes("_/kite")
    assert order.closed_at is not None


def test_a_decision_is_anchored_as_soon_as_it_is_recorded(reviewed, sakuga):
    with Store.open(f"sqlite:///{reviewed}/episodes/.sakuga/store.sqlite") as store:
        last = store.ledger.last()

    anchor = Vault.open(reviewed / "episodes" / ".sakuga" / "vault").anchors.newest("_/kite")

    assert last.kind == "take.chosen"
    assert (anchor.kind, anchor.number, anchor.hash) == ("review", last.number, last.hash)


def test_a_run_with_a_key_signs_its_anchor(first_run, tmp_path, key, sakuga, monkeypatch):
    monkeypatch.setenv("SAKUGA_LEDGER_KEY", str(key))
    (tmp_path / "kite.fountain").write_bytes((first_run / "kite.fountain").read_bytes())
    sakuga("produce", "kite.fountain", "--profile", "toy")

    assert "1 anchors agree with it (1 signed)" in told(sakuga("ledger", "verify"))
