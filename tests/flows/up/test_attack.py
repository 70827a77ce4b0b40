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

import pytest

ROOT = Path(__file__).parents[3]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync",
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


def free() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


def until(true: Callable[[], object], what: str, seconds: float = PATIENCE) -> None:
    ends = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < ends, f"it never came about that {what}"
        time.sleep(0.3)
