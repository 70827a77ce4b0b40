"""A page from another origin, in a real browser, against a whole studio: it reads, changes and runs nothing.

The fault: the server had no password, answered any Host header and allowed every origin, so that any web
page a producer had open could create a deployment with a shell step and have the worker run it.
"""

import http.server
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from flows.up.prefect_api import Api

ROOT = Path(__file__).parents[3]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = ["--no-sandbox", "--enable-unsafe-swiftshader", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync",
         # The attacker's own name, pointed at this machine: what DNS rebinding does.
         "--host-resolver-rules=MAP evil.test 127.0.0.1"]  # fmt: skip
PATIENCE = 600

# What an attacker's page does. `api` is the server's address; the answers say what worked.
READ = """async (api) => {
  const answer = await fetch(`${api}/flow_runs/filter`, {
    method: 'POST', headers: {'content-type': 'application/json'}, body: '{}' });
  return `${answer.status}: ${(await answer.text()).slice(0, 60)}`;
}"""
RUN = """async ([api, script]) => {
  const post = async (path, body) => {
    const answer = await fetch(`${api}${path}`, {
      method: 'POST', headers: {'content-type': 'application/json'}, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${answer.status}`);
    return answer.json();
  };
  const flow = await post('/flows/', { name: 'attack' });
  const deployment = await post('/deployments/', {
    name: 'attack', flow_id: flow.id, work_pool_name: 'cpu-pool', entrypoint: 'os.path.join',
    pull_steps: [{ 'prefect.deployments.steps.run_shell_script': { script } }] });
  const run = await post(`/deployments/${deployment.id}/create_flow_run`, {});
  return run.id;
}"""
# Without reading the answer: no preflight is asked for a body without a type, and the server took it as JSON.
BLIND = """async ([api, name]) => {
  await fetch(`${api}/flows/`, { method: 'POST', mode: 'no-cors', body: new Blob([JSON.stringify({ name })]) });
  return 'sent';
}"""
LISTEN = """async ([url, protocol]) => new Promise((resolve) => {
  const socket = protocol ? new WebSocket(url, protocol) : new WebSocket(url);
  socket.onopen = () => resolve('open');
  socket.onerror = () => resolve('refused');
  setTimeout(() => resolve('no answer'), 10000);
})"""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: `apt install chromium`, or any Chrome"),
]


class Studio:
    """What `sakuga up` started in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port, self.rushes = folder, free(), free()
        with (folder / "up.log").open("wb") as log:
            self.up = subprocess.Popen(
                [sys.executable, "-m", "flows.cli", "up", "--port", str(self.port), "--rushes-port", str(self.rushes),
                 "--gpu", "0"],
                cwd=folder, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=log, stderr=subprocess.STDOUT,
                start_new_session=True,
            )  # fmt: skip
        until(lambda: "The studio is up" in self.said or self.up.poll() is not None, "the studio is up")
        assert self.up.poll() is None, self.said

    @property
    def said(self) -> str:
        return (self.folder / "up.log").read_text(encoding="utf-8")

    @property
    def api(self) -> str:
        return f"http://127.0.0.1:{self.port}/api"

    def sakuga(self, *words: str) -> str:
        """What another terminal in the same folder is told."""
        done = subprocess.run(
            [sys.executable, "-m", "flows.cli", *words],
            cwd=self.folder, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout.strip()

    def ask(self, path: str, body: object = None) -> Any:
        """The API as its owner asks it."""
        known = Api(self.api, (self.folder / "episodes/.sakuga/up/auth").read_text())
        return known.get(path) if body is None else known.post(path, body)

    def stop(self) -> None:
        self.up.send_signal(signal.SIGTERM)
        self.up.wait(PATIENCE)


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    made = Studio(tmp_path_factory.mktemp("studio"))
    yield made
    made.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="pip install 'sakuga[dev]'")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    context = browser.new_context(viewport={"width": 1400, "height": 1000})
    page = context.new_page()
    page.set_default_timeout(120_000)
    yield page
    context.close()


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[int]:
    """The port of a web server that is not ours."""

    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/html")
            self.end_headers()
            self.wfile.write(b"<!doctype html><title>elsewhere</title>")

        def log_message(self, *args: object) -> None: ...

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def attempt(page: Any, script: str, given: object) -> str:
    """What became of it: the answer, or the browser's refusal."""
    try:
        return str(page.evaluate(script, given))
    except Exception as error:
        return f"failed: {str(error).splitlines()[0]}"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "evil.test"])
def test_a_page_from_another_origin_reads_changes_and_runs_nothing(
    studio: Studio, page: Any, elsewhere: int, host: str, tmp_path: Path
):
    struck = tmp_path / "struck"
    page.goto(f"http://{host}:{elsewhere}/")

    read = attempt(page, READ, studio.api)
    ran = attempt(page, RUN, [studio.api, f"touch {struck}"])
    if not ran.startswith("failed"):
        until(struck.exists, "the worker ran the shell step", 120)
    blind = attempt(page, BLIND, [studio.api, f"blind-{host}"])
    sockets = [
        attempt(page, LISTEN, [studio.api.replace("http", "ws") + path, protocol])
        for path in ("/events/in", "/events/out", "/logs/out")
        for protocol in ("", "prefect")
    ]
    print(f"\nfrom {host}:{elsewhere}: read {read!r}, run {ran!r}, blind {blind!r}, sockets {sockets},",
          f"shell step ran: {struck.exists()}")  # fmt: skip

    assert read.startswith("failed") and ran.startswith("failed")
    assert not struck.exists()
    assert sockets == ["refused"] * 6
    names = {flow["name"] for flow in studio.ask("/flows/filter", {})}
    assert {"make-episode", "retake", "nightly-rushes", "train-lora"} <= names


@pytest.mark.parametrize("what", ["server", "rushes room"])
def test_a_name_that_was_pointed_at_this_machine_is_not_answered(
    studio: Studio, page: Any, what: str, tmp_path: Path
):
    struck, port = tmp_path / "struck", studio.port if what == "server" else studio.rushes
    answer = page.goto(f"http://evil.test:{port}/")

    read = attempt(page, READ, "/api")
    ran = attempt(page, RUN, ["/api", f"touch {struck}"])
    print(f"\nrebound to the {what}: page {answer.status}, read {read!r}, run {ran!r}")

    assert answer.status == 421
    assert not read.startswith("200") and ran.startswith("failed")


def test_another_user_of_the_machine_gets_nowhere_without_the_password(studio: Studio):
    """A process without the password, as any user may start one."""
    room = f"http://127.0.0.1:{studio.rushes}"
    asked = [
        ("POST", f"{studio.api}/flow_runs/filter", {}, 401),
        ("POST", f"{studio.api}/flows/", {"name": "attack"}, 401),
        ("GET", f"{studio.api}/work_pools/cpu-pool", None, 401),
        ("GET", f"{studio.api}/health", None, 200),
        ("GET", f"{room}/", None, 401),
        ("GET", f"{room}/api/episodes", None, 401),
        ("GET", f"{room}/healthz", None, 200),
    ]

    statuses = [httpx.request(how, where, json=body).status_code for how, where, body, _ in asked]

    assert statuses == [status for *_, status in asked]


@pytest.mark.parametrize("door", ["auth", "rushes-auth"])
def test_no_password_is_in_an_argument_or_in_a_log(studio: Studio, door: str):
    password = (studio.folder / "episodes/.sakuga/up" / door).read_text().partition(":")[2]
    logs = [studio.folder / "up.log", *(studio.folder / "episodes/.sakuga/up").rglob("*.log"),
            studio.folder / "episodes/.sakuga/up/standing.json"]  # fmt: skip

    assert len(logs) > 5
    assert not [path for path in logs if password in path.read_text(errors="replace")]
    assert "/sakuga/start#" not in studio.said
    assert not [process.pid for process in psutil.process_iter() if password in " ".join(arguments(process))]


def test_who_has_the_password_still_has_no_shell_by_a_pull_step_or_a_job_variable(
    studio: Studio, tmp_path: Path
):
    """Prefect lets a deployment bring commands; our pools and workers do not."""
    struck = tmp_path / "struck"
    flow = studio.ask("/flows/", {"name": "attack"})["id"]
    pull = [{"prefect.deployments.steps.run_shell_script": {"script": f"touch {struck}"}}]
    made = {
        "name": "attack",
        "flow_id": flow,
        "work_pool_name": "cpu-pool",
        "entrypoint": "flows.deployments.episodes.make_episode",
        "pull_steps": pull,
    }
    run = studio.ask(f"/deployments/{studio.ask('/deployments/', made)['id']}/create_flow_run", {})["id"]
    until(
        lambda: studio.ask(f"/flow_runs/{run}")["state"]["type"] == "CRASHED",
        "the worker refused the run",
        120,
    )
    ours = studio.ask("/deployments/name/retake/retake")["id"]
    given = {"episode": "none", "order": {"cut": "C001", "reason": "x"}}

    assert "run_shell_script" in studio.ask(f"/flow_runs/{run}")["state"]["message"]
    for variables in (
        {"command": f"touch {struck}"},
        {"working_dir": "/tmp"},
        {"env": {"PYTHONPATH": "/tmp"}},
    ):
        with pytest.raises(httpx.HTTPStatusError, match="422"):
            studio.ask(
                f"/deployments/{ours}/create_flow_run", {"parameters": given, "job_variables": variables}
            )
    assert not struck.exists()


def test_the_start_link_opens_the_ui_and_the_room_without_typing(studio: Studio, page: Any):
    link = studio.sakuga("up", "--link")
    page.goto(link)
    page.wait_for_url("**/v2/deployments")
    page.get_by_role("link", name="make-episode").first.click()
    look(page, studio, "1-logged-in")
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Custom run").click()
    page.get_by_label("Script").wait_for()
    look(page, studio, "2-run-form")
    page.goto(f"http://127.0.0.1:{studio.rushes}/")
    page.get_by_text("Nothing has been produced here yet").wait_for()
    look(page, studio, "3-rushes-room")
    page.goto(f"http://127.0.0.1:{studio.port}/sakuga/start#{link.partition('#')[2]}")
    page.wait_for_url("**/v2/deployments")  # it is in already; the used link does no harm

    assert "#" not in page.evaluate("location.href")


def test_the_graph_of_a_run_is_drawn_under_our_content_policy(studio: Studio, page: Any):
    """A policy without unsafe-eval left it blank."""
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    deployment = studio.ask("/deployments/name/retake/retake")["id"]
    given = {"episode": "none", "order": {"cut": "C001", "reason": "x"}}
    run = studio.ask(f"/deployments/{deployment}/create_flow_run", {"parameters": given})["id"]
    until(
        lambda: studio.ask(f"/flow_runs/{run}")["state"]["type"] in ("FAILED", "CRASHED"),
        "the run has ended",
        120,
    )

    page.goto(studio.sakuga("up", "--link"))
    page.wait_for_url("**/v2/deployments")
    page.goto(f"http://127.0.0.1:{studio.port}/v2/runs/flow-run/{run}")
    page.locator("canvas").first.wait_for()
    look(page, studio, "5-graph")

    assert problems == []


def test_a_used_link_opens_nothing_in_another_browser(studio: Studio, browser: Any):
    link = studio.sakuga("up", "--link")
    for said in (None, "This link was used already, or is older than an hour."):
        context = browser.new_context()
        page = context.new_page()
        page.goto(link)
        if said is None:
            page.wait_for_url("**/v2/deployments")
        else:
            page.get_by_text(said).wait_for()
            look(page, studio, "4-used-link")
            assert page.evaluate("localStorage.length") == 0
            assert "#" not in page.url
        context.close()


def test_prefect_s_own_commands_work_in_another_terminal(studio: Studio):
    lines = studio.sakuga("up", "--env")
    shell = f"{lines}\nexec {sys.executable} -m prefect work-pool ls"
    done = subprocess.run(
        ["sh", "-c", shell], capture_output=True, text=True, env={**os.environ, "COLUMNS": "200"}
    )

    assert done.returncode == 0 and "cpu-pool" in done.stdout, done.stdout + done.stderr


def arguments(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def look(page: Any, studio: Studio, what: str) -> None:
    path = studio.folder / f"{what}.png"
    page.wait_for_timeout(1500)
    page.screenshot(path=path)
    if folder := os.environ.get("SAKUGA_SCREENSHOTS"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        shutil.copy(path, folder)


def free() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


def until(true: Callable[[], object], what: str, seconds: float = PATIENCE) -> None:
    ends = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < ends, f"it never came about that {what}"
        time.sleep(0.3)
