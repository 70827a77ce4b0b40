"""Claims about what a second machine finds: papers, settled work, and who holds an episode."""

import os
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from assets.errors import InputRefused, StorageFailed
from assets.sheets.production import Ref
from assets.store import Store
from assets.store.connection import Database


def ref(mark: str) -> Ref:
    return Ref(sha256=mark * 64, bytes=9, media_type="application/yaml")


def test_the_newest_paper_of_each_name_is_found(store, episode):
    store.keep_paper(episode, "cutsheet", ref("a"), by="ken")
    store.keep_paper(episode, "cutsheet", ref("b"), by="rin")
    store.keep_paper(episode, "brief", ref("c"))

    found = store.papers(episode)

    assert {name: paper.ref for name, paper in found.items()} == {"brief": ref("c"), "cutsheet": ref("b")}
    assert (found["cutsheet"].version, found["cutsheet"].made_by) == (2, "rin")


def test_every_version_of_a_paper_is_kept_the_newest_first(store, episode):
    for mark, name in (("a", "ken"), ("b", "rin"), ("a", "aoi")):
        store.keep_paper(episode, "cutsheet", ref(mark), by=name)

    found = store.paper_versions(episode, "cutsheet")

    assert [(paper.version, paper.ref, paper.made_by) for paper in found] == [
        (3, ref("a"), "aoi"),
        (2, ref("b"), "rin"),
        (1, ref("a"), "ken"),
    ]


def test_the_same_paper_again_is_no_new_version(store, episode):
    for _ in range(3):
        kept = store.keep_paper(episode, "brief", ref("a"))

    assert kept.version == 1


def test_a_paper_that_went_and_came_back_is_the_newest(store, episode):
    for mark in "aba":
        store.keep_paper(episode, "cutsheet", ref(mark))

    assert (store.papers(episode)["cutsheet"].ref, store.papers(episode)["cutsheet"].version) == (ref("a"), 3)


def test_papers_of_one_episode_are_not_found_in_another(store, episode):
    other = store.upsert_episode("yuzu", "ep02", title="", script="0" * 64, by="ken").key

    store.keep_paper(episode, "brief", ref("a"))

    assert store.papers(other) == {}


def test_a_paper_of_an_unknown_episode_is_refused(store):
    with pytest.raises(InputRefused, match="no episode 'yuzu/nothing'"):
        store.keep_paper("yuzu/nothing", "brief", ref("a"))


def test_work_is_remembered_as_it_was_settled_last(store, episode):
    store.settle(episode, "take", "C001", {"recipe": "old"})
    store.settle(episode, "take", "C001", {"recipe": "new", "ingredients": {"seed": "7"}})
    store.settle(episode, "panel", "C001", {"recipe": "p"})

    found = store.settled(episode)

    assert found["take", "C001"] == {"recipe": "new", "ingredients": {"seed": "7"}}
    assert found["panel", "C001"] == {"recipe": "p"}


@pytest.mark.postgres
def test_many_machines_settle_work_at_once(postgres_url, sheet_of):
    with Store.open(postgres_url) as store:
        key = store.upsert_episode(None, "ep01", title="", script="0" * 64, by="ken").key

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda n: store.settle(key, "take", f"C{n % 5:03}", {"by": n}), range(40)))

        assert set(store.settled(key)) == {("take", f"C{n:03}") for n in range(5)}


@pytest.mark.postgres
def test_an_episode_has_one_machine_at_a_time(postgres_url):
    with Store.open(postgres_url) as here, Store.open(postgres_url) as there:
        with here.alone("_/ep01", "rin@board") as mine, there.alone("_/ep01", "ken@desk") as theirs:
            assert (mine, theirs) == ("", "rin@board")
            with there.alone("_/ep02", "ken@desk") as another:
                assert another == ""

        with there.alone("_/ep01", "ken@desk") as afterwards:
            assert afterwards == ""


@pytest.mark.postgres
def test_a_name_in_any_script_may_hold_an_episode(postgres_url):
    with Store.open(postgres_url) as here, here.alone("_/ep01", "凛'; DROP TABLE takes; --@机"):
        with Store.open(postgres_url) as there, there.alone("_/ep01", "ken") as holder:
            pass

        assert holder
        assert here.episodes() == ()


@pytest.mark.postgres
def test_an_episode_is_free_again_when_its_holder_is_killed(postgres_url):
    code = (
        "import sys, time\nfrom assets.store import Store\n"
        "with Store.open(sys.argv[1]) as store, store.alone('_/ep01', 'killed'):\n"
        "    print('held', flush=True)\n    time.sleep(60)\n"
    )
    root = Path(__file__).parents[2]
    process = subprocess.Popen(
        [sys.executable, "-c", code, postgres_url],
        cwd=root, env={**os.environ, "PYTHONPATH": str(root)}, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    with Store.open(postgres_url) as store, process:
        assert process.stdout and process.stdout.readline() == "held\n"
        with store.alone("_/ep01", "ken") as while_it_lives:
            pass
        process.send_signal(signal.SIGKILL)
        process.wait(10)

        holder, ends = "killed", time.monotonic() + 5
        while holder and time.monotonic() < ends:
            with store.alone("_/ep01", "ken") as holder:
                time.sleep(0.02)

        assert (while_it_lives, holder) == ("killed", "")


def test_a_database_that_never_answers_is_told_in_seconds():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"postgresql://sakuga@127.0.0.1:{silent.getsockname()[1]}/production"
        started = time.monotonic()

        with pytest.raises(StorageFailed, match=r"127\.0\.0\.1"), Database(url, busy_s=2).reading():
            pass

    assert time.monotonic() - started < 20


def test_sqlite_leaves_being_alone_to_the_lock_file(tmp_path):
    with Store.open(f"sqlite:///{tmp_path / 's.db'}") as store:
        with store.alone("_/ep01", "a") as first, store.alone("_/ep01", "b") as second:
            pass

        assert (first, second) == ("", "")
