"""The example automations are created and fire, on a real server and a real webhook."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from flows.deployments import automations
from tests.flows.deployments.real_server import RealServer, until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


class Receiver(HTTPServer):
    """A webhook that remembers what it was told."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Hook)
        self.told: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/hook"


class Hook(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.told.append(json.loads(body)["text"])
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as made:
        threading.Thread(target=made.serve_forever, daemon=True).start()
        yield made
        made.shutdown()


def test_a_webhook_is_told_of_a_review_and_of_a_failure(server: RealServer, receiver: Receiver):
    server.sakuga("register", "--webhook", receiver.url)
    name = 'the "kite"'

    server.came_to(
        server.order("make-episode", {"brief": server.brief("kite", gates=["storyboard"])}), "PAUSED"
    )
    (server.folder / f"{name}.fountain").write_text("\n", encoding="utf-8")
    server.came_to(server.order("make-episode", {"brief": {"script": f"{name}.fountain"}}), "FAILED")
    until(lambda: len(receiver.told) >= 2, "the webhook was called twice")
    server.sakuga("review", "kite", "--approve", "--by", "aya")
    decided = until(lambda: events(server, "sakuga.gate.decided"), "the decision is an event")
    until(lambda: events(server, "sakuga.episode.finished"), "the end is an event")

    assert any(told.startswith("Review needed: kite: ") and "UTC" in told for told in receiver.told)
    assert any(
        told.startswith(f"Failed: {name}: ") and "the script is empty" in told for told in receiver.told
    )
    assert decided[0]["payload"]["verdict"] == "approve"


def test_a_rule_that_somebody_switched_off_stays_off(server: RealServer):
    """Every start of the studio registers the rules again."""
    [rule] = [rule for rule in rules(server) if rule["name"] == automations.RESUME]
    server.ask(f"automations/{rule['id']}", {"enabled": False}, "PATCH")

    server.sakuga("register")

    assert [found["enabled"] for found in rules(server) if found["name"] == automations.RESUME] == [False]


def rules(server: RealServer) -> list[dict[str, object]]:
    return list(server.ask("automations/filter", {}))


def events(server: RealServer, name: str) -> list[dict[str, dict[str, str]]]:
    return list(server.ask("events/filter", {"filter": {"event": {"name": [name]}}})["events"])
