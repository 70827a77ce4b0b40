"""Claims about the ledger's key: made outside the project, changed with approval, used at the end of every run."""

import stat
from pathlib import Path

import pytest

from assets.errors import InputRefused
from assets.hashing import canonical
from assets.signing import Signer
from assets.store import Store
from assets.vault import Vault
from flows.rights.overrides import overridden, override
from flows.upkeep import signing
from flows.upkeep.anchoring import Anchoring, anchored

KEY = "show/ep01"


@pytest.fixture
def store(tmp_path):
    with Store.open(f"sqlite:///{tmp_path}/project/store.sqlite") as opened:
        yield opened


@pytest.fixture
def project(tmp_path, monkeypatch) -> Path:
    monkeypatch.delenv("SAKUGA_LEDGER_KEY", raising=False)
    return tmp_path / "project" / "episodes"


@pytest.fixture
def use(monkeypatch):
    """Set a key file for this process."""
    return lambda file: monkeypatch.setenv("SAKUGA_LEDGER_KEY", str(file))


def rotated(store, tmp_path, project, name):
    return signing.rotate(store, tmp_path / name, project, by="ken")[1]


def test_the_first_key_introduces_itself_and_only_its_owner_can_read_it(store, tmp_path, project):
    made = rotated(store, tmp_path, project, "one.pem")

    assert store.ledger.checkpoints.keys().publics == [made.public]
    assert stat.S_IMODE((tmp_path / "one.pem").stat().st_mode) == 0o600
    assert store.ledger.fault() is None


def test_a_new_key_is_approved_by_the_one_before_it_and_both_stay_in_the_ledger(
    store, tmp_path, project, use
):
    first = rotated(store, tmp_path, project, "one.pem")
    use(tmp_path / "one.pem")
    second = rotated(store, tmp_path, project, "two.pem")

    assert store.ledger.checkpoints.keys().publics == [first.public, second.public]
    assert [one.key for one in store.ledger.checkpoints.all()] == [first.public, second.public]
    assert store.ledger.fault() is None


@pytest.mark.parametrize("mine", ["", "other.pem"])
def test_nobody_without_the_ledgers_key_can_change_it(store, tmp_path, project, use, mine):
    rotated(store, tmp_path, project, "one.pem")
    if mine:
        Signer.make(tmp_path / mine)
        use(tmp_path / mine)

    with pytest.raises(InputRefused, match="only its owner can name the next one"):
        rotated(store, tmp_path, project, "two.pem")
    assert not (tmp_path / "two.pem").exists()


def test_a_key_inside_the_project_or_under_version_control_is_refused(store, tmp_path, project):
    (tmp_path / "repository" / ".git").mkdir(parents=True)

    for place in ("project/key.pem", "project/episodes/key.pem", "repository/key.pem"):
        with pytest.raises(InputRefused, match="kept outside the project"):
            rotated(store, tmp_path, project, place)
    assert store.ledger.last() is None


def test_a_folder_that_is_not_there_is_made_for_the_key_and_is_its_owners(store, tmp_path, project):
    """The guide's first command failed on a machine without ~/keys."""
    rotated(store, tmp_path, project, "keys/of/ledger.pem")

    assert stat.S_IMODE((tmp_path / "keys/of").stat().st_mode) == 0o700


def test_a_key_is_never_written_over(store, tmp_path, project):
    (tmp_path / "one.pem").write_text("mine")

    with pytest.raises(InputRefused, match="never written over"):
        rotated(store, tmp_path, project, "one.pem")
    assert (tmp_path / "one.pem").read_text() == "mine"


def test_the_end_of_a_run_is_signed_where_a_key_is_set(store, tmp_path, project, use):
    vault = Vault.open(tmp_path / "vault")
    store.ledger.append("episode.assembled", KEY, {})
    anchored(vault, store, KEY, "run", by="ken")
    assert store.ledger.checkpoints.all() == ()

    Signer.make(tmp_path / "one.pem")
    use(tmp_path / "one.pem")
    anchored(vault, store, KEY, "run", by="ken")

    (made,) = store.ledger.checkpoints.all()
    assert made.size == store.ledger.last().number


def test_a_wrong_key_stops_no_run(store, tmp_path, project, use, caplog):
    rotated(store, tmp_path, project, "one.pem")
    Signer.make(tmp_path / "other.pem")
    use(tmp_path / "other.pem")
    store.ledger.append("episode.assembled", KEY, {})

    signing.checkpointed(store, by="ken")

    assert "could not be signed" in caplog.text


def test_what_an_older_key_signed_still_counts_after_a_change(store, tmp_path, project, use):
    """After a change of the key, every override signed before it was refused."""
    vault = Vault.open(tmp_path / "vault")
    rotated(store, tmp_path, project, "one.pem")
    use(tmp_path / "one.pem")
    override(store, KEY, "painter/sdxl@1", reason="agreed with the client", by="ken")
    anchor = Anchoring.of(vault, store).write(KEY, "run", by="ken")

    rotated(store, tmp_path, project, "two.pem")
    use(tmp_path / "two.pem")

    assert list(overridden(store, KEY)) == ["painter/sdxl@1"]
    assert Anchoring.of(vault, store).is_ours(anchor)


def test_what_a_foreign_key_signed_does_not_count(store, tmp_path, project, use):
    thief = Signer.make(tmp_path / "thief.pem")
    said = {"key": "painter/sdxl@1", "reason": "because I want it", "by": "thief"}
    signed = {"public": thief.public, "signature": thief.sign(part(said))}
    store.ledger.append("rights.overridden", KEY, {**said, **signed})
    store.ledger.checkpoint(Signer.make(tmp_path / "one.pem"), by="ken")
    use(tmp_path / "one.pem")

    assert list(overridden(store, KEY)) == []
    use(tmp_path / "thief.pem")
    with pytest.raises(InputRefused, match="The ledger's key is"):
        override(store, KEY, "painter/sdxl@1", reason="because I want it", by="thief")


def part(said: dict[str, str]) -> bytes:
    """What the signature of an override covers."""
    return b"sakuga override\n" + canonical({"episode": KEY, **said})
