"""Claims about `sakuga vault`: whatever can be opened stays; what is lost is found elsewhere or made again."""

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assets.errors import SakugaError
from assets.sheets.production import Ref
from assets.store import Store
from assets.vault.naming import blob_name
from flows.cli.application import app
from flows.episode.workspace import open_vault
from flows.settings import settings
from flows.upkeep import repairing
from flows.upkeep.repairing import Rooms


@pytest.fixture
def copied(first_run: Path, tmp_path: Path) -> Path:
    """A folder with an episode that was produced."""
    shutil.copytree(first_run, tmp_path, dirs_exist_ok=True)
    return tmp_path


@pytest.fixture
def rooms(copied: Path) -> Iterator[Rooms]:
    out = copied / "episodes"
    chosen = settings(out)
    with Store.open(chosen.store) as store:
        yield Rooms(open_vault(chosen), store, out, chosen)


def kept(rooms: Rooms) -> list[Ref]:
    return [one.ref for one in rooms.store.references()]


def path_of(rooms: Rooms, ref: Ref) -> Path:
    return rooms.settings.home / "vault" / blob_name(ref)


def faults(rooms: Rooms) -> list[tuple[str, str]]:
    found = repairing.examined(rooms, lambda done, total: None).faults
    return [(fault.kind, fault.name) for fault in found]


def mended(rooms: Rooms) -> repairing.Repaired:
    return repairing.repair(rooms, repairing.examined(rooms, lambda done, total: None))


def test_the_old_clean_up_frees_nothing_that_can_be_opened(rooms):
    """The timeline was stored without a commit: `collect` freed it, and the rushes room broke for good."""
    before = {item.name for item in rooms.vault.items()}

    assert rooms.vault.collect(older_than_s=-60) == 0
    assert {item.name for item in rooms.vault.items()} == before
    assert all(rooms.vault.has(ref) for ref in kept(rooms))


def test_a_run_puts_a_freed_timeline_back(rooms, copied, sakuga):
    """Documents were not written again while nothing in them had changed, whatever the vault had lost."""
    path_of(rooms, rooms.store.papers("_/kite")["timeline"].ref).unlink()

    sakuga("produce", "kite.fountain", "--profile", "toy")

    assert path_of(rooms, rooms.store.papers("_/kite")["timeline"].ref).exists()
    assert open_vault(rooms.settings).collect(older_than_s=-60) == 0


def test_a_note_that_is_not_utf8_means_that_documents_are_written_again(rooms, copied, sakuga):
    """Notes of a run on a full disk were cut short; every later run was a traceback."""
    behind = rooms.settings.home / "episodes" / "kite"
    for note in (*behind.glob("*.left"), behind / "papers.json"):
        note.write_bytes(b"\xff\xfe{")

    done = sakuga("produce", "kite.fountain", "--profile", "toy", check=False)

    assert (done.returncode, done.stderr.count("Traceback")) == (0, 0)


def test_verify_names_what_is_changed_and_what_is_missing(rooms):
    timeline, script = (rooms.store.papers("_/kite")[name].ref for name in ("timeline", "script"))
    path_of(rooms, timeline).unlink()
    path_of(rooms, script).chmod(0o644)
    path_of(rooms, script).write_bytes(b"changed")

    assert sorted(faults(rooms)) == [("changed", blob_name(script)), ("missing", blob_name(timeline))]
    assert path_of(rooms, script).read_bytes() == b"changed"


def test_repair_finds_what_the_output_folder_and_the_quarantine_still_have(rooms):
    papers = rooms.store.papers("_/kite")
    names = ("timeline", "script", "cutsheet", "brief")
    for name in names[:3]:
        path_of(rooms, papers[name].ref).unlink()
    shutil.copy(
        "kite.fountain" if Path("kite.fountain").exists() else rooms.out.parent / "kite.fountain",
        rooms.out / "kite" / "notes.txt",
    )

    done = mended(rooms)

    assert sorted(done.put_back) == sorted(blob_name(papers[name].ref) for name in names[:3])
    assert faults(rooms) == []


def test_repair_puts_the_delivered_film_back_where_the_vault_lost_it(rooms):
    episode = next(
        item
        for item in rooms.vault.items()
        if item.name.endswith(".mp4") and item.bytes == (rooms.out / "kite" / "episode.mp4").stat().st_size
    )
    (rooms.settings.home / "vault" / episode.name).unlink()

    mended(rooms)

    assert (rooms.settings.home / "vault" / episode.name).exists()


def test_what_repair_cannot_find_is_named_with_the_command_that_makes_it(rooms, copied, sakuga):
    take = rooms.store.selected("_/kite", "C001").take
    path_of(rooms, take.clip).unlink()
    shutil.rmtree(copied / "episodes" / "kite" / "media")  # the timeline's copies, where repair would find it

    done = mended(rooms)
    [sentence] = repairing.commands(done.gone, rooms)

    assert "take 1 of C001" in sentence and "sakuga produce" in sentence
    sakuga("produce", "kite.fountain", "--profile", "toy")
    assert faults(rooms) == []


def test_an_approved_take_that_is_gone_is_told_with_its_own_command(rooms, copied, sakuga):
    """No run makes an approved take again by itself: the old sentence said to run the same command for ever."""
    rooms.store.lock("_/kite", "C001", by="aya")
    path_of(rooms, rooms.store.selected("_/kite", "C001").take.clip).unlink()
    shutil.rmtree(copied / "episodes" / "kite" / "media")  # the timeline's copies, where repair would find it

    done = sakuga("produce", "kite.fountain", "--profile", "toy", check=False)
    said = " ".join(done.stderr.split())

    assert done.returncode == 4 and "Traceback" not in said
    assert "sakuga retake kite C001 --unlock" in said
    assert any("--unlock" in sentence for sentence in repairing.commands(mended(rooms).gone, rooms))


def test_a_damaged_commit_stops_collect_until_it_is_repaired(rooms):
    """Its blobs would look as if nobody referred to them, and would be freed."""
    take = rooms.store.selected("_/kite", "C001").take
    commit = rooms.settings.home / "vault" / "commits" / take.recipe[:2] / f"{take.recipe[2:]}.json"
    commit.chmod(0o644)
    commit.write_bytes(commit.read_bytes()[:40])

    with pytest.raises(SakugaError, match=r"nothing was removed.*vault repair"):
        rooms.vault.collect(kept(rooms), older_than_s=-60)
    done = mended(rooms)

    assert done.committed == 1
    assert rooms.vault.recall(take.recipe)["clip"]["sha256"] == take.clip.sha256
    assert rooms.vault.collect(kept(rooms), older_than_s=-60) == 0


def test_what_a_gate_shows_is_kept_and_made_again_from_the_cut_sheet(rooms, copied, sakuga):
    sakuga("produce", "kite.fountain", "--profile", "toy", "--gates", "storyboard", "--approve", "auto")
    [gate] = rooms.store.gates("_/kite")
    path_of(rooms, gate.shows.sheet).unlink()

    done = mended(rooms)

    assert blob_name(gate.shows.sheet) in done.put_back
    assert rooms.vault.collect(older_than_s=-60) == 0


def test_collect_leaves_what_was_put_again_while_it_looked(rooms):
    """A run at work may put the very bytes again that are about to be removed."""
    ref = rooms.vault.put(b"left over", "text/plain")
    os.utime(path_of(rooms, ref), (1, 1))
    shelf = rooms.vault._shelf
    before = time.time() - 3600
    assert [item.name for item in rooms.vault.unreferenced((), older_than_s=3600)] == [blob_name(ref)]
    open_vault(rooms.settings).put(b"left over", "text/plain")

    assert not shelf.remove_older(blob_name(ref), before)
    assert rooms.vault.get(ref) == b"left over"


def test_the_commands_say_first_and_do_only_when_told(rooms, copied, sakuga):
    ref = rooms.vault.put(b"left over", "text/plain")
    os.utime(path_of(rooms, ref), (1, 1))

    asked = sakuga("vault", "collect")
    assert "1 blob," in asked.stdout and "--yes" in asked.stdout and path_of(rooms, ref).exists()
    assert sakuga("vault", "verify").stdout.count("unreferenced") == 1
    assert "were freed" in sakuga("vault", "collect", "--yes").stdout
    assert not path_of(rooms, ref).exists()
    path_of(rooms, rooms.store.papers("_/kite")["timeline"].ref).unlink()
    assert sakuga("vault", "verify", check=False).returncode == 4
    assert "1 blob restored" in sakuga("vault", "repair").stdout


def test_a_store_without_an_episode_is_told_as_empty(tmp_path):
    """`sakuga vault status` ended in an internal error where no episode had a document yet."""
    with Store.open(settings(tmp_path).store):
        pass

    told = CliRunner().invoke(app, ["vault", "status", "--out", str(tmp_path)])

    assert told.exit_code == 0, told.exception
    assert "0 episodes" in told.output
