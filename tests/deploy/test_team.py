"""The whole team set-up for real: the services of the compose file on PostgreSQL, Redis and S3.

Their commands and variables are taken from deploy/compose.yaml itself; only host names become ports of
this machine. Containers, networks and images are what this cannot show.
"""

import hashlib
import json
import re
import signal
import subprocess
import time

import httpx
import psutil
import psycopg
import pytest

from assets.store import Store

pytestmark = [pytest.mark.slow, pytest.mark.postgres]

SCRIPT = """\
Title: The Kite
Language: en

EXT. HILLTOP - DAY

Wind moves the tall grass. MIKA holds a red kite.

MIKA
It will fly today.

INT. KITCHEN - NIGHT

BOU
All right. You win.
"""
BRIEF = {"script": "scripts/kite.fountain", "profile": "toy", "workers": 1}


@pytest.mark.timeout(1200)
def test_an_episode_is_made_by_the_team_and_found_again_by_another_machine(studio, capsys):
    (studio.folder / "scripts").mkdir()
    (studio.folder / "scripts/kite.fountain").write_text(SCRIPT)
    took: dict[str, float] = {}

    began = time.monotonic()
    studio.ended("prepare")
    took["prepare"] = time.monotonic() - began
    studio.start("server"), studio.start("services")
    took["server"] = studio.healthy("server")
    began = time.monotonic()
    studio.ended("register")
    took["register"] = time.monotonic() - began
    studio.start("ray")
    studio.start("gpu-worker")  # on the CPU here; it shares the vault with the other, and no folder
    studio.start("cpu-worker")
    took["workers"] = studio.healthy("cpu-worker")
    began = time.monotonic()
    order = [
        "prefect",
        "deployment",
        "run",
        "make-episode/make-episode",
        "--param",
        f"brief={json.dumps(BRIEF)}",
    ]
    held = {name: studio.memory(name) for name in ("server", "services", "cpu-worker")}
    small = sizes(studio)
    said = studio.ended("register", *order, "--watch", seconds=900)
    took["episode"] = time.monotonic() - began
    grown = {name: size - small[name] for name, size in sizes(studio).items()}

    assert "finished successfully in 'Completed'" in said, said + studio.told("cpu-worker")
    assert (studio.folder / "episodes/kite/episode.mp4").stat().st_size > 10_000

    assert "take C001 is made on" in studio.told("cpu-worker", 100_000), studio.told("cpu-worker")
    for name in ("server", "services"):
        assert "Traceback" not in studio.told(name), studio.told(name)

    # Another machine: the same vault and store, nothing else.
    elsewhere = studio.ended(
        "rushes", "sakuga", "produce", "scripts/kite.fountain", "-p", "toy", "-o", "here"
    )
    report = json.loads((studio.folder / "here/kite/report.json").read_text())
    outcomes = {done["outcome"] for done in report["work"] if done["step"] != "document"}
    assert outcomes == {"reused"}, elsewhere
    made, found = (studio.folder / place / "kite/episode.mp4" for place in ("episodes", "here"))
    assert made.read_bytes() == found.read_bytes()
    # And a third, which never saw the script.
    studio.ended("register", "sakuga", "retake", "kite", "C001", "--reason", "more wind", "-o", "third")
    report = json.loads((studio.folder / "third/kite/report.json").read_text())
    assert [
        done["name"] for done in report["work"] if done["step"] == "take" and done["outcome"] == "made"
    ] == ["C001"]

    look_in(studio, (studio.folder / "third/kite/episode.mp4").read_bytes())

    children = [child.pid for child in psutil.Process().children(recursive=True)]
    ends = studio.stop()
    assert None not in ends.values(), {name: studio.told(name) for name, end in ends.items() if end is None}
    left = [
        pid
        for pid in children
        if psutil.pid_exists(pid) and "prefect" in " ".join(psutil.Process(pid).cmdline())
    ]
    assert left == []
    with capsys.disabled():
        print("\nseconds", {name: round(value, 1) for name, value in took.items()})
        print("MiB", {name: round(value / 2**20) for name, value in held.items()})
        print("kB more in the databases", {name: round(value / 1000) for name, value in grown.items()})


def look_in(studio, episode: bytes) -> None:
    """The rushes room shows what lies in S3, in ranges, to who has the token."""
    studio.start("rushes")
    studio.healthy("rushes")
    room = f"http://{studio.places['127.0.0.1:4300']}"
    token = {"Authorization": f"Bearer {studio.environment('rushes')['SAKUGA_RUSHES_TOKEN']}"}
    clip = f"{room}/episodes/kite/media/{hashlib.sha256(episode).hexdigest()}"

    shut, listed = httpx.get(f"{room}/api/episodes"), httpx.get(f"{room}/api/episodes", headers=token)
    part = httpx.get(clip, headers={**token, "Range": "bytes=100-199"}, timeout=30)

    assert (shut.status_code, listed.status_code) == (401, 200)
    assert [item["id"] for item in listed.json()["episodes"]] == ["kite"]
    assert (part.status_code, part.content) == (206, episode[100:200]), part.text


@pytest.mark.timeout(600)
def test_a_run_that_was_killed_on_one_machine_is_finished_by_another(studio):
    """And no finished call is made again, though the two share nothing but vault and store."""
    (studio.folder / "scripts").mkdir()
    (studio.folder / "scripts/kite.fountain").write_text(SCRIPT)
    studio.ended("register", "python", "-c", "import s3fs; s3fs.S3FileSystem().makedirs('sakuga')")
    command = ["sakuga", "produce", "scripts/kite.fountain", "-p", "toy", "-o"]
    first = subprocess.Popen([*command, "a"], cwd=studio.folder, env=studio.environment("cpu-worker"))
    with Store.open(studio.environment("register")["SAKUGA_STORE"]) as store:
        while first.poll() is None and len(finished(store)) < 4:
            time.sleep(0.05)
        first.send_signal(signal.SIGKILL)
        assert first.wait(20) == -signal.SIGKILL, "it ended before it was killed"
        before = finished(store)

        studio.ended("register", *command, "b")

        last = store.runs("_/kite")[0]
        assert last.outcome == "finished"
        assert before & {call.recipe for call in store.calls(last.id)} == set()
        assert (studio.folder / "b/kite/episode.mp4").stat().st_size > 10_000


def sizes(studio) -> dict[str, int]:
    """Bytes of both databases."""
    found = {}
    for name, variable in (("prefect", "PREFECT_API_DATABASE_CONNECTION_URL"), ("sakuga", "SAKUGA_STORE")):
        url = re.sub(r"^postgresql\+\w+", "postgresql", studio.environment("prepare")[variable])
        with psycopg.connect(url) as connection:
            row = connection.execute("SELECT pg_database_size(current_database())").fetchone()
        found[name] = int(row[0]) if row else 0
    return found


def finished(store: Store) -> set[str]:
    """Recipes of the calls that ended, of every run."""
    runs = store.runs("_/kite")
    return {call.recipe for run in runs for call in store.calls(run.id) if call.seconds is not None}
