"""Fixtures of a real browser over a room, and how a test waits for its pages."""

import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--autoplay-policy=no-user-gesture-required"]  # fmt: skip
# A page with its data.
THERE = "#list .episodes, #list > p, .picture, .scripts li, .scripts p, .playing li, .candidate, .sheet-of"
TOKEN = "a-token-long-enough-to-hold"


@pytest.fixture(scope="module")
def chromium() -> Iterator[object]:
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def address(room) -> Iterator[str]:
    """The room of the other tests, served on a free port."""
    with serving(room.client.app) as found:
        yield found


@contextmanager
def serving(app) -> Iterator[str]:
    """An application on a free port, for the length of the block."""
    import uvicorn

    with socket.create_server(("127.0.0.1", 0)) as listening:
        config = uvicorn.Config(app, log_level="error", access_log=False, lifespan="off", ws="none",
                                timeout_graceful_shutdown=1)  # fmt: skip
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join(10)


@pytest.fixture
def visit(chromium, address: str) -> Iterator[Callable[..., object]]:
    """Open the episode's page; problems the browser reports fail the test."""
    with visiting(chromium, address) as go:
        yield go


@contextmanager
def visiting(chromium, address: str) -> Iterator[Callable[..., object]]:
    """Open pages of a room, each in a browser of its own."""
    contexts, problems = [], []

    def go(to: str = "/episodes/kite", **options: object):
        options = {"viewport": {"width": 1440, "height": 900}, "locale": "en-GB", **options}
        contexts.append(chromium.new_context(**options))
        page = contexts[-1].new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda message: message.type == "error" and problems.append(message.text))
        path, _, spot = to.partition("#")
        page.goto(f"{address}{path}?token={TOKEN}" + (f"#{spot}" if spot else ""))
        until(page, f"() => document.querySelector('{THERE}') !== null")
        return page

    yield go
    for context in contexts:
        context.close()
    assert [problem for problem in problems if "status of 422" not in problem] == []


def until(page, condition: str, seconds: float = 30.0) -> None:
    """Wait for a condition of the page (its policy forbids the driver's own way, which evaluates text)."""
    ends = time.monotonic() + seconds
    while not evaluated(page, condition):
        assert time.monotonic() < ends, f"never became true: {condition}"
        page.wait_for_timeout(50)


def evaluated(page, condition: str) -> object:
    """False in the moment between two pages: entering with a ticket loads the page again."""
    try:
        return page.evaluate(condition)
    except Exception as error:
        if "Execution context was destroyed" in str(error):
            return False
        raise
