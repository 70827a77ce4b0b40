"""A day in a studio that one command started: Prefect's page, the rushes room and the terminal, one review.

The pictures of each step lie in the test's folder, and in SAKUGA_SCREENSHOTS when that names one.
"""

import base64
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from assets.store import Store

ROOT = Path(__file__).parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip
PATIENCE_S = 600
FILMED = """() => [...document.querySelectorAll('.screen video')].some((one) => !one.hidden && one.readyState >= 2)"""
SCRIPT = """\
Title: {title}
Language: en

EXT. HILLTOP - DAY

Wind moves the tall grass. MIKA holds a red kite. WHOOSH.

INT. KITCHEN - NIGHT

Bou pours two cups of tea.
"""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: `apt install chromium`, or any Chrome"),
]


class Studio:
    """What `sakuga up` started in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port, self.rushes = folder, free(), free()
        self.env = {**os.environ, "PYTHONPATH": str(ROOT), "SAKUGA_USER": "ken", "SAKUGA_RAY": "local"}
        for title in ("kite", "tea"):
            (folder / f"{title}.fountain").write_text(SCRIPT.format(title=title.title()), encoding="utf-8")
        with (folder / "up.log").open("wb") as log:
            self.up = subprocess.Popen(
                [sys.executable, "-m", "flows.cli", "up", "--port", str(self.port), "--rushes-port", str(self.rushes)],
                cwd=folder, env=self.env, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        until(lambda: "The studio is up" in self.said or self.up.poll() is not None, "the studio is up")
        assert self.up.poll() is None, self.said

    @property
    def said(self) -> str:
        return (self.folder / "up.log").read_text(encoding="utf-8")

    def ask(self, path: str, body: object = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        url = f"http://127.0.0.1:{self.port}/api/{path}"
        request = urllib.request.Request(url, data=data, headers=self.headers(csrf=data is not None))
        for _ in range(30):
            try:
                with urllib.request.urlopen(request, timeout=60) as answer:
                    return json.loads(answer.read() or b"null")
            except urllib.error.HTTPError as error:
                if error.code != 503:  # SQLite was too busy to write
                    raise
                time.sleep(1)
        raise AssertionError(f"{path}: the server stayed busy")

    def headers(self, *, csrf: bool) -> dict[str, str]:
        """What the server wants to see: its password, and with a change its CSRF token."""
        auth = (self.folder / "episodes/.sakuga/up/auth").read_bytes()
        known = {
            "Content-Type": "application/json",
            "Authorization": f"Basic {base64.b64encode(auth).decode()}",
        }
        if csrf:
            url = f"http://127.0.0.1:{self.port}/api/csrf-token?client=test"
            with urllib.request.urlopen(urllib.request.Request(url, headers=known), timeout=60) as answer:
                known |= {"Prefect-Csrf-Token": json.load(answer)["token"], "Prefect-Csrf-Client": "test"}
        return known

    def order(self, title: str, workers: int = 0) -> str:
        deployment = self.ask("deployments/name/make-episode/make-episode")["id"]
        profile = os.environ.get("SAKUGA_TEST_PROFILE") or "toy"
        brief = {
            "script": f"{title}.fountain", "profile": profile, "gates": ["storyboard", "takes"], "workers": workers
        }  # fmt: skip
        made = self.ask(f"deployments/{deployment}/create_flow_run", {"parameters": {"brief": brief}})
        return str(made["id"])

    def state(self, run: str) -> str:
        return str(self.ask(f"flow_runs/{run}")["state"]["name"])

    def waits(self, run: str, kind: str, round: int) -> None:
        def there() -> bool:
            assert self.state(run) not in ("Failed", "Crashed", "Cancelled"), self.ask(f"flow_runs/{run}")[
                "state"
            ]
            return self.state(run).endswith(f"review, round {round}") and (kind, round) in self.gates()

        until(there, f"the run waits at the {kind} gate, round {round}")

    def gates(self) -> list[tuple[str, int]]:
        with self.store() as store:
            return [(gate.kind, gate.round) for gate in store.open_gates()]

    def store(self) -> Store:
        return Store.open(f"sqlite:///{self.folder / 'episodes/.sakuga/store.sqlite'}")

    def sakuga(self, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "flows.cli", *words],
            cwd=self.folder,
            env=self.env,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def stop(self) -> None:
        self.up.send_signal(signal.SIGTERM)
        self.up.wait(PATIENCE_S)


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    made = Studio(tmp_path_factory.mktemp("studio"))
    yield made
    made.stop()


@pytest.fixture
def page(studio: Studio) -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="pip install 'sakuga[dev]'")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        page.set_default_timeout(240_000)
        ours = (f"http://127.0.0.1:{studio.port}", f"http://127.0.0.1:{studio.rushes}")
        page.route(
            "**/*", lambda asked: asked.continue_() if asked.request.url.startswith(ours) else asked.abort()
        )
        page.goto(studio.sakuga("up", "--link").strip())
        page.wait_for_url("**/v2/deployments")
        yield page
        browser.close()


@pytest.mark.timeout(3000)
def test_retakes_in_prefect_approval_there_and_the_takes_in_the_rushes_room(studio: Studio, page: Any):
    run = studio.order("kite", workers=1)
    studio.waits(run, "storyboard", 1)
    dialog = opened(page, studio, run, "1-storyboard")
    verdict(page, dialog, "retake", "Aya")
    for index, (cut, reason) in enumerate((("C001", "layout"), ("C002", "camera"))):
        dialog.get_by_role("button", name="Add item").first.click()
        pick(page, dialog.get_by_role("button", name="Select Cut").nth(index), cut)
        pick(page, dialog.get_by_role("button", name="Select What is wrong").nth(index), reason)
        page.keyboard.press("Escape")
        dialog.get_by_label("What you want to see").nth(index).fill("closer")
    sent(page, dialog, studio, "2-two-retakes")
    studio.waits(run, "storyboard", 2)
    dialog = opened(page, studio, run, "3-second-round")
    verdict(page, dialog, "approve", "Aya")
    changed(page, dialog, "C001", {"Time of day": "night", "Shot size": "close"})
    sent(page, dialog, studio, "4-changed-and-approved")
    studio.waits(run, "storyboard", 3)
    dialog = opened(page, studio, run, "4b-third-round")
    verdict(page, dialog, "approve", "Aya")
    sent(page, dialog, studio, "4c-approved")
    studio.waits(run, "takes", 1)

    page.goto(f"http://127.0.0.1:{studio.rushes}/episodes/kite#C001", wait_until="domcontentloaded")
    page.wait_for_function(FILMED)
    page.keyboard.press("a")
    page.wait_for_function("() => document.querySelector('.picture').dataset.cut === 'C002'")
    page.wait_for_function(FILMED)
    page.keyboard.press("a")
    look(page, studio, "5-rushes-room")
    page.keyboard.press("Control+Enter")
    page.fill("dialog input", "Ren")
    page.click("[data-act=record]")
    until(lambda: studio.state(run) == "Completed", "the suspended run was woken and has finished")
    page.goto(f"http://127.0.0.1:{studio.port}/v2/runs/flow-run/{run}", wait_until="domcontentloaded")
    page.get_by_text("Completed").first.wait_for()
    look(page, studio, "6-finished")

    assert (studio.folder / "episodes/kite/episode.mp4").exists()
    assert decided(studio, "_/kite") == [
        ("storyboard", 1, "retake", "Aya", "prefect"),
        ("storyboard", 2, "approve", "Aya", "prefect"),
        ("storyboard", 3, "approve", "Aya", "prefect"),
        ("takes", 1, "approve", "Ren", "rushes"),
    ]
    with studio.store() as store:
        assert {held.locked for held in store.selections("_/kite").values()} == {True}


@pytest.mark.timeout(3000)
def test_the_same_day_at_the_terminal(studio: Studio):
    run = studio.order("tea")
    studio.waits(run, "storyboard", 1)
    studio.sakuga("review", "tea", "--retake", "C001:layout", "--retake", "C002:color:warmer", "--anyway")
    studio.waits(run, "storyboard", 2)
    studio.sakuga("review", "tea", "--approve")
    studio.waits(run, "takes", 1)
    studio.sakuga("review", "tea", "--approve", "--note", "lovely")
    until(lambda: studio.state(run) == "Completed", "the suspended run was woken and has finished")

    assert decided(studio, "_/tea") == [
        ("storyboard", 1, "retake", "ken", "terminal"),
        ("storyboard", 2, "approve", "ken", "terminal"),
        ("takes", 1, "approve", "ken", "terminal"),
    ]


@pytest.mark.timeout(3000)
def test_an_episode_started_in_the_room_is_a_run_on_the_server(studio: Studio, page: Any, tmp_path: Path):
    script = tmp_path / "rain.fountain"
    script.write_text(SCRIPT.format(title="Rain"), encoding="utf-8")
    page.goto(f"http://127.0.0.1:{studio.rushes}/new", wait_until="domcontentloaded")
    page.wait_for_selector(".drop input", state="attached")
    page.set_input_files(".drop input", script)
    page.wait_for_selector("[data-act=start]")
    page.check(f"[data-look={os.environ.get('SAKUGA_TEST_PROFILE') or 'toy'}] input")
    page.check("[data-gate=storyboard]")
    page.wait_for_selector("[data-act=start]")
    look(page, studio, "7-new-in-the-room")
    page.click("[data-act=start]")
    page.wait_for_selector(".gate.waiting")
    look(page, studio, "8-waits-in-the-room")
    [run] = studio.ask("flow_runs/filter", {"flow_runs": {"tags": {"all_": ["episode:rain"]}}})
    assert run["state"]["name"] == "Storyboard review, round 1"
    assert run["deployment_id"], "a run of the deployment, which a worker carries out"
    studio.sakuga("review", "rain", "--approve")
    until(lambda: studio.state(run["id"]) == "Completed", "the run of the room has finished")

    assert (studio.folder / "episodes/rain/episode.mp4").exists()


def decided(studio: Studio, episode: str) -> list[tuple[str, int | None, str, str, str]]:
    with studio.store() as store:
        return [(one.gate, one.round, one.verdict, one.made_by, one.door) for one in store.reviews(episode)]


def opened(page: Any, studio: Studio, run: str, what: str) -> Any:
    page.goto(f"http://127.0.0.1:{studio.port}/v2/runs/flow-run/{run}", wait_until="domcontentloaded")
    page.get_by_role("button", name="Open menu").click()
    page.get_by_role("menuitem", name="Resume").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("1. Your verdict").wait_for()
    look(page, studio, what)
    return dialog


def verdict(page: Any, dialog: Any, word: str, name: str) -> None:
    pick(page, dialog.get_by_role("button", name="Select 1. Your verdict"), word)
    dialog.get_by_label("2. Your name").fill(name)


def changed(page: Any, dialog: Any, cut: str, values: dict[str, str]) -> None:
    """Fill one entry of the list of changes in the cut sheet."""
    dialog.get_by_role("button", name="Add item").last.click()
    pick(page, dialog.get_by_role("button", name="Select Cut").last, cut)
    for title, word in values.items():
        pick(page, dialog.get_by_role("button", name=f"Select {title}"), word)


def pick(page: Any, button: Any, word: str) -> None:
    button.click()
    page.get_by_role("option", name=word, exact=True).click()


def sent(page: Any, dialog: Any, studio: Studio, what: str) -> None:
    look(page, studio, what)
    resumed = page.get_by_text("Flow run resumed")
    for _ in range(4):  # a busy server may say "database is locked"; one presses again
        dialog.get_by_role("button", name="Resume").click()
        try:
            resumed.wait_for(timeout=30_000)
            return
        except Exception:
            continue
    raise AssertionError("the form could not be sent")


def look(page: Any, studio: Studio, what: str) -> None:
    path = studio.folder / f"{what}.png"
    page.screenshot(path=path)
    if folder := os.environ.get("SAKUGA_SCREENSHOTS"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        shutil.copy(path, folder)


def free() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


def until(true: Callable[[], object], what: str) -> None:
    ends = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < ends, f"it never came about that {what}"
        time.sleep(0.5)
