"""What is remembered of an episode: not what was refused; and a damaged note costs nothing but its rewriting."""

import shutil
from pathlib import Path

import pytest

from assets.errors import GateExpired, InputRefused, ModelFailed, SetupMissing, SheetRefused, StorageFailed
from assets.vault import Vault
from flows.episode import inputs
from flows.episode.brief import Brief
from flows.episode.produce import remembered
from flows.episode.workspace import open_episode
from flows.episode.writing import by_hand, sidecar
from flows.settings import settings

PRODUCE = ("produce", "kite.fountain", "--profile", "toy", "--quiet")


@pytest.fixture
def made(first_run: Path, tmp_path: Path) -> Path:
    """A folder with an episode that is finished."""
    shutil.copytree(first_run, tmp_path, dirs_exist_ok=True)
    return tmp_path


def run(folder: Path, seed: int, error: BaseException | None) -> None:
    """A run of the episode with another seed, which ends with ``error``."""
    out = folder / "episodes"
    brief = Brief(script=folder / "kite.fountain", profile="toy", out=out, seed=seed)
    with open_episode("kite", None, out, settings(out)) as where:
        if where.store.episodes() == ():
            where.store.upsert_episode(None, "kite", title="", script="0" * 64, by="rin")
        with inputs.entered(brief, where):
            if error is not None:
                raise error


@pytest.mark.parametrize(
    "error",
    [InputRefused("no"), SetupMissing("no"), SheetRefused("no"), ModelFailed("no"), ValueError("bug")],
)
def test_a_failed_brief_does_not_displace_the_one_before(made: Path, error: Exception):
    """`retake` used the brief of the run that had failed, and failed like it."""
    with pytest.raises(type(error)):
        run(made, 7, error)

    assert remembered("kite", made / "episodes").seed is None


def test_a_refused_first_brief_is_not_remembered(script: Path):
    with pytest.raises(InputRefused, match="refused"):
        run(script.parent, 7, InputRefused("refused"))

    with pytest.raises(InputRefused, match="There is no episode 'kite'"):
        remembered("kite", script.parent / "episodes")


@pytest.mark.parametrize("error", [KeyboardInterrupt(), GateExpired("nobody came"), SystemExit(143)])
def test_what_an_interrupted_run_needs_to_go_on_is_remembered(made: Path, error: BaseException):
    with pytest.raises(type(error)):
        run(made, 7, error)

    assert remembered("kite", made / "episodes").seed == 7


def test_a_first_run_whose_machine_failed_is_remembered(script: Path):
    with pytest.raises(ModelFailed):
        run(script.parent, 7, ModelFailed("out of memory"))

    assert remembered("kite", script.parent / "episodes").seed == 7


def test_another_machine_does_not_find_a_refused_brief(script: Path, monkeypatch, tmp_path: Path):
    monkeypatch.setenv("SAKUGA_STORE", f"sqlite:///{tmp_path / 'store.sqlite'}")
    monkeypatch.setenv("SAKUGA_VAULT", str(tmp_path / "vault"))
    with pytest.raises(InputRefused, match="refused"):
        run(script.parent, 7, InputRefused("refused"))

    with pytest.raises(InputRefused, match="There is no episode 'kite'"):
        remembered("kite", tmp_path / "ken" / "episodes")


def test_a_hand_edit_that_is_refused_leaves_the_earlier_brief(made: Path, sakuga):
    (made / "episodes/kite/cutsheet.yaml").write_text("sheet: cutsheet\nversion: 1\ncuts: nonsense\n")

    done = sakuga(*PRODUCE, "--seed", "7", check=False)

    assert done.returncode == 2
    assert remembered("kite", made / "episodes").seed is None


DAMAGE = {
    "empty": lambda data: b"",
    "cut short": lambda data: data[: len(data) // 2],
    "not UTF-8": lambda data: b"\xff\xfe" + data,
    "other JSON": lambda data: b'[{"key": 1}]',
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_note_is_written_again(made: Path, sakuga, damage: str):
    """A note that a full disk had cut short, or that was not UTF-8, crashed every later run."""
    behind = made / "episodes/.sakuga/episodes/kite"
    notes = [path for path in behind.iterdir() if path.is_file() and path.name != "lock"]
    for path in notes:
        path.write_bytes(DAMAGE[damage](path.read_bytes()))
    (behind / "journal.jsonl").write_bytes(b"\xff\xfe\n[1, 2]\n")
    episode = (made / "episodes/kite/episode.mp4").read_bytes()

    done = sakuga(*PRODUCE)

    assert {"brief.json", "papers.json", "episode.mp4.left"} <= {path.name for path in notes}
    assert "Traceback" not in done.stderr
    assert (made / "episodes/kite/episode.mp4").read_bytes() == episode
    assert remembered("kite", made / "episodes").profile == "toy"


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_brief_is_a_sentence_that_says_how_to_go_on(made: Path, damage: str):
    path = made / "episodes/.sakuga/episodes/kite/brief.json"
    path.write_bytes(DAMAGE[damage](path.read_bytes()))

    with pytest.raises(StorageFailed, match=r"Run `sakuga produce SCRIPT` once as before"):
        remembered("kite", made / "episodes")


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_note_of_the_vault_is_written_again(made: Path, damage: str):
    path = made / "episodes/.sakuga/vault/vault.json"
    whole = path.read_bytes()
    path.chmod(0o644)
    path.write_bytes(DAMAGE[damage](whole))

    found = Vault.open(made / "episodes/.sakuga/vault").verify()

    assert found.sound and found.commits > 0
    assert path.read_bytes() == whole


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_script_whose_record_is_damaged_counts_as_edited_by_hand(tmp_path: Path, damage: str):
    """It could not be told from an edited one, and every later `produce --premise` stopped at the record."""
    script = tmp_path / "a.fountain"
    script.write_text("EXT. HILL - DAY")
    sidecar(script).write_bytes(DAMAGE[damage](b'{"sheet": "story", "version": 1}'))

    assert by_hand(script)
