"""What a producer sees in Prefect's own page, in a real browser against a real server."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.flows.deployments.real_server import RealServer, until

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(900)]
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run")
SHOTS = os.environ.get("SAKUGA_TEST_SHOTS", "")


@pytest.fixture
def page() -> Iterator[Any]:
    if CHROMIUM is None:
        pytest.skip("no Chromium here: install the package 'chromium'")
    sync = pytest.importorskip("playwright.sync_api", reason="pip install 'sakuga[dev]'")
    with sync.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        page.set_default_timeout(60_000)
        # Prefect's page asks strangers for fonts and statistics; nothing leaves this machine.
        page.route(
            "**/*", lambda route: route.continue_() if "//127.0.0.1" in route.request.url else route.abort()
        )
        yield page
        browser.close()


def look(page: Any, name: str) -> None:
    """Keep a screenshot where somebody asked for them."""
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"))


def test_the_form_offers_the_project_s_scripts_and_the_resumed_run_shows_what_is_cached(
    server: RealServer, page: Any
):
    server.brief("kite")
    server.sakuga("register")
    ui, deployment = (
        f"http://127.0.0.1:{server.port}/v2",
        server.ask("deployments/name/make-episode/make-episode")["id"],
    )

    page.goto(f"{ui}/deployments/deployment/{deployment}/run", wait_until="domcontentloaded")
    page.get_by_text("A script of the project").wait_for()
    tops = [
        page.get_by_text(name, exact=True).first.bounding_box()["y"] for name in ("Script", "Show (Optional)")
    ]
    tops += [
        page.get_by_text(f"{name} (Optional)", exact=True).first.bounding_box()["y"]
        for name in ("Gates", "Profile", "More")
    ]
    page.get_by_role("button", name="Select").first.click()
    look(page, "form")
    page.get_by_role("option", name="kite.fountain").click()
    with page.expect_response("**/create_flow_run"):
        page.get_by_role("button", name="Submit").click()
    run = until(lambda: ordered(server), "the form was taken")
    server.ask(f"flow_runs/{run}/set_state", {"state": {"type": "CANCELLED"}, "force": True})

    made = server.order("make-episode", {"brief": server.brief("kite", gates=["takes"])})
    server.came_to(made, "PAUSED")
    page.goto(f"{ui}/runs/flow-run/{made}", wait_until="domcontentloaded")
    page.get_by_text("Take review, round 1").first.wait_for()
    look(page, "gate")
    server.sakuga("review", "kite", "--approve")
    server.came_to(made, "COMPLETED")
    page.goto(f"{ui}/runs/flow-run/{made}", wait_until="domcontentloaded")
    page.get_by_role("tab", name="Task Runs").click()
    page.get_by_placeholder("Search by run name").fill("panel C001")
    page.get_by_text("Cached", exact=True).first.wait_for()
    look(page, "cached")

    assert tops == sorted(tops)


def ordered(server: RealServer) -> str:
    """The run that the form ordered: its order has the group of the other fields."""
    for run in server.ask("flow_runs/filter", {"limit": 50}):
        brief = run["parameters"].get("brief", {})
        if brief.get("script") == "kite.fountain" and "more" in brief:
            return str(run["id"])
    return ""
