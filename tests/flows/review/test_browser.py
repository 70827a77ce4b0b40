"""A producer at the real thing: Prefect's own server and page, a served deployment, a real Chromium.

It presses the buttons a producer presses. The pictures of each step lie in the test's folder, and in
SAKUGA_SCREENSHOTS when that names one.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest

from assets.store import Store

ROOT = Path(__file__).parents[3]
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
PATIENCE_S = 600  # of a machine that does much else
SCRIPT = """\
Title: The Kite
Language: en

EXT. HILLTOP - DAY

Wind moves the tall grass. MIKA holds a red kite. WHOOSH.

INT. KITCHEN - NIGHT

Bou pours two cups of tea.
"""
SERVE = """
from prefect.deployments.runner import EntrypointType
from flows.deployments.episodes import make_episode
if __name__ == "__main__":  # each run's process imports this file again
    make_episode.serve(name="reviewed", entrypoint_type=EntrypointType.MODULE_PATH, pause_on_shutdown=False)
"""

pytestmark = [pytest.mark.slow, pytest.mark.browser]


@dataclass
class Studio:
    """A Prefect server on a port of its own, and a process that serves `make-episode`."""

    folder: Path
    port: int
    processes: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def surroundings(self) -> dict[str, str]:
        return {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "PREFECT_HOME": str(self.folder / "prefect"),
            "PREFECT_API_URL": f"{self.url}/api",
            "PREFECT_UI_URL": f"{self.url}/v2",
            "PREFECT_UI_API_URL": f"{self.url}/api",
            "PREFECT_SERVER_API_PORT": str(self.port),
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "200",
            "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_FLUSH_INTERVAL": "1",
            "PREFECT_RUNNER_POLL_FREQUENCY": "2",
            "SAKUGA_USER": "ken",
        }

    def start(self, name: str, *argv: str) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, *argv],
                cwd=self.folder, env=self.surroundings, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip

    def start_server(self) -> None:
        port = str(self.port)
        self.start("server", "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", port)
        self.until(lambda: self.ask("/health") is True, "the server answers")

    def stop(self, name: str) -> None:
        process = self.processes.pop(name)
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(30)

    def ask(self, path: str, body: object = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = Request(f"{self.url}/api{path}", data, {"content-type": "application/json"})
        try:
            with urlopen(request, timeout=30) as answer:
                return json.loads(answer.read() or b"null")
        except (URLError, OSError):
            return None

    def until(self, true, what: str) -> Any:
        ends = time.monotonic() + PATIENCE_S
        while time.monotonic() < ends:
            found = true()
            if found:
                return found
            time.sleep(1)
        logs = "\n".join(path.read_text()[-3000:] for path in self.folder.glob("*.log"))
        raise AssertionError(f"it never came about that {what}\n{logs}")

    def order(self, brief: dict[str, Any]) -> str:
        deployment = self.until(
            lambda: self.ask("/deployments/name/make-episode/reviewed"), "the deployment is registered"
        )
        run = self.ask(f"/deployments/{deployment['id']}/create_flow_run", {"parameters": {"brief": brief}})
        return str(run["id"])

    def waits(self, run: str, kind: str, round: int) -> None:
        def there() -> bool:
            state = (self.ask(f"/flow_runs/{run}") or {}).get("state", {}).get("name")
            assert state not in ("Failed", "Crashed", "Cancelled"), (self.folder / "serve.log").read_text()[
                -4000:
            ]
            return str(state).endswith(f"review, round {round}") and any(
                (gate.kind, gate.round) == (kind, round) for gate in self.gates()
            )

        self.until(there, f"it waits at the {kind} gate, round {round}")

    def gates(self) -> list[Any]:
        file = self.folder / "episodes/.sakuga/store.sqlite"
        if not file.exists():
            return []
        with Store.open(f"sqlite:///{file}") as store:
            return list(store.open_gates())


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    if CHROMIUM is None:
        pytest.skip("no Chromium here: install the package 'chromium'")
    pytest.importorskip("playwright", reason="playwright drives the browser: pip install 'sakuga[dev]'")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        made = Studio(tmp_path, int(os.environ.get("SAKUGA_TEST_PORT") or free.getsockname()[1]))
    (tmp_path / "kite.fountain").write_text(SCRIPT, encoding="utf-8")
    (tmp_path / "serve_it.py").write_text(SERVE, encoding="utf-8")
    try:
        made.start_server()
        made.start("serve", "serve_it.py")
        yield made
    finally:
        for name in list(made.processes):
            made.stop(name)


class Producer:
    """Somebody in front of Prefect's page of one run."""

    def __init__(self, studio: Studio, page: Any, late: type[Exception]) -> None:
        self._studio, self._page, self._late, self._shots = studio, page, late, 0

    def open(self, run: str) -> Any:
        """Go to the run and open what its menu calls Resume; once more where the econte came after the form."""
        # Prefect stores the form and its text one after the other, when the run is suspended already.
        for _ in range(4):
            dialog = self._opened(run)
            if "review, round" in dialog.inner_text():
                break
        self.look("econte")
        return dialog

    def _opened(self, run: str) -> Any:
        self._page.goto(f"{self._studio.url}/v2/runs/flow-run/{run}", wait_until="domcontentloaded")
        self._page.get_by_role("button", name="Open menu").click()
        self._page.get_by_role("menuitem", name="Resume").click()
        dialog = self._page.get_by_role("dialog")
        dialog.get_by_text("1. Your verdict").wait_for()
        return dialog

    def see_finished(self, run: str) -> None:
        self._page.goto(f"{self._studio.url}/v2/runs/flow-run/{run}", wait_until="domcontentloaded")
        self._page.get_by_text("Completed").first.wait_for()
        self.look("finished")

    def decide(self, dialog: Any, verdict: str, name: str) -> None:
        dialog.get_by_role("button", name="Select 1. Your verdict").click()
        self._page.get_by_role("option", name=verdict, exact=True).click()
        dialog.get_by_label("2. Your name").fill(name)

    def send_back(self, dialog: Any, index: int, cut: str, reason: str, note: str) -> None:
        dialog.get_by_role("button", name="Add item").first.click()
        dialog.get_by_role("button", name="Select Cut").nth(index).click()
        self._page.get_by_role("option", name=cut, exact=True).click()
        dialog.get_by_role("button", name="Select What is wrong").nth(index).click()
        self._page.get_by_role("option", name=reason, exact=True).click()
        self._page.keyboard.press("Escape")
        dialog.get_by_label("What you want to see").nth(index).fill(note)

    def send(self, dialog: Any) -> None:
        self.look("filled")
        resumed = self._page.get_by_text("Flow run resumed")
        for _ in range(4):
            # A busy server may say "database is locked"; the dialog stays, and one presses again.
            dialog.get_by_role("button", name="Resume").click()
            try:
                resumed.wait_for(timeout=30_000)
                return
            except self._late:
                continue
        raise AssertionError("it could not be sent")

    def look(self, what: str) -> None:
        self._shots += 1
        path = self._studio.folder / f"{self._shots:02d}-{what}.png"
        self._page.screenshot(path=path)
        if folder := os.environ.get("SAKUGA_SCREENSHOTS"):
            Path(folder).mkdir(parents=True, exist_ok=True)
            shutil.copy(path, Path(folder) / path.name)


@pytest.fixture
def producer(studio: Studio) -> Iterator[Producer]:
    from playwright.sync_api import TimeoutError, sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        page.set_default_timeout(240_000)
        # Prefect's page asks strangers for fonts and statistics; nothing leaves this machine.
        page.route(
            "**/*",
            lambda route: route.continue_() if route.request.url.startswith(studio.url) else route.abort(),
        )
        yield Producer(studio, page, TimeoutError)
        browser.close()


@pytest.mark.timeout(3000)
def test_a_deployed_episode_is_reviewed_in_prefect_s_own_page(studio: Studio, producer: Producer):
    brief = {
        "script": str(studio.folder / "kite.fountain"),
        "out": str(studio.folder / "episodes"),
        "profile": os.environ.get("SAKUGA_TEST_PROFILE") or "toy",
        "gates": ["storyboard", "takes"],
    }
    run = studio.order(brief)

    studio.waits(run, "storyboard", 1)
    dialog = producer.open(run)
    shown = dialog.inner_text()
    pictures = dialog.locator("img[src^='data:image/webp']").count()
    producer.decide(dialog, "retake", "Aya")
    producer.send_back(dialog, 0, "C001", "layout", "closer")
    producer.send_back(dialog, 1, "C002", "layout", "closer")
    producer.send(dialog)

    studio.waits(run, "storyboard", 2)
    studio.stop("server")  # in the middle of a review
    studio.start_server()
    dialog = producer.open(run)
    second = dialog.inner_text()
    producer.decide(dialog, "retake", "Aya")  # and names no cut: refused
    producer.send(dialog)
    studio.until(lambda: studio.gates() and studio.gates()[0].refusals, "the answer is refused")
    studio.waits(run, "storyboard", 2)
    dialog = producer.open(run)
    third = dialog.inner_text()
    producer.decide(dialog, "approve", "Aya")
    producer.send(dialog)

    studio.waits(run, "takes", 1)
    dialog = producer.open(run)
    producer.decide(dialog, "approve", "Ken")
    producer.send(dialog)
    studio.until(
        lambda: (studio.ask(f"/flow_runs/{run}") or {}).get("state", {}).get("name") == "Completed",
        "the episode is finished",
    )
    producer.see_finished(run)

    assert "storyboard review, round 1" in shown and "Wind moves the tall grass" in shown
    assert pictures == 2
    assert "round 2" in second and "drawn anew" in second
    assert "nothing was changed" in third and "no cut was named" in third
    assert (studio.folder / "episodes/kite/episode.mp4").exists()
    with Store.open(f"sqlite:///{studio.folder / 'episodes/.sakuga/store.sqlite'}") as store:
        (episode,) = store.episodes()
        said = [
            (item.gate, item.round, item.verdict, item.made_by, item.door)
            for item in store.reviews(episode.key)
        ]
        assert said == [
            ("storyboard", 1, "retake", "Aya", "prefect"),
            ("storyboard", 2, "approve", "Aya", "prefect"),
            ("takes", 1, "approve", "Ken", "prefect"),
        ]
        assert {held.locked for held in store.selections(episode.key).values()} == {True}
        # Played again from the top at every answer, and no finished call was repeated.
        calls = [call for made in store.runs(episode.key) for call in store.calls(made.id)]
        assert len({call.recipe for call in calls}) == len(calls)
