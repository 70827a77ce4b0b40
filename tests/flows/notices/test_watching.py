"""Who is told what, once, signed, and only at a webhook."""

import hashlib
import hmac
import json
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from assets.errors import InputRefused
from flows.notices.notice import Notice, body
from flows.notices.sending import Receiver, checked, send
from flows.notices.watching import Watched, once
from flows.up.prefect_api import Api

NOW = datetime(2026, 11, 25, 22, 0, tzinfo=UTC)
NOTICE = Notice(
    kind="failed",
    run="make ep01 (animatic)",
    flow="make-episode",
    url="http://ui/1",
    message="no space",
    at="now",
)


class Stand(HTTPServer):
    """Plays a Prefect server and a receiver, and remembers what the receiver was sent."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.events: list[dict[str, object]] = []
        self.states: dict[str, str] = {}
        self.taken: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[int] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def happened(
        self, run: str, event: str, at: datetime = NOW, *, flow: str = "make-episode", state: str
    ) -> None:
        self.states[run] = state
        self.events.append(
            {
                "id": f"{run} {event} {at}",
                "event": f"prefect.flow-run.{event}",
                "occurred": at.isoformat(),
                "resource": {"prefect.resource.id": f"prefect.flow-run.{run}"},
                "related": [{"prefect.resource.role": "flow", "prefect.resource.name": flow}],
            }
        )

    def waits(self, run: str, *, state: str) -> None:
        self.states[run] = state
        related = [
            {"prefect.resource.role": "flow-run", "prefect.resource.id": f"prefect.flow-run.{run}"},
            {"prefect.resource.role": "flow", "prefect.resource.name": "make-episode"},
        ]
        self.events.append(
            {
                "id": f"{run} waits",
                "event": "sakuga.gate.opened",
                "occurred": NOW.isoformat(),
                "resource": {"prefect.resource.id": "sakuga.episode._/kite"},
                "related": related,
            }
        )

    @property
    def told(self) -> list[str]:
        return [json.loads(sent)["text"] for _, sent in self.taken]


class Answers(BaseHTTPRequestHandler):
    server: Stand

    def do_GET(self) -> None:
        run = self.path.rpartition("/")[2]
        state = {"type": self.server.states[run], "message": "the disk is full"}
        self.reply(200, {"id": run, "name": f"make {run}", "state": state})

    def do_POST(self) -> None:
        sent = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/api/events/filter":
            since = json.loads(sent)["filter"]["occurred"]["since"]
            found = [event for event in self.server.events if str(event["occurred"]) >= since]
            self.reply(200, {"events": found, "next_page": None})
            return
        code = self.server.answers.pop(0) if self.server.answers else 200
        if code == 200:
            self.server.taken.append((dict(self.headers), sent))
        self.reply(code, {})

    def reply(self, code: int, told: object) -> None:
        answer = json.dumps(told).encode()
        self.send_response(code)
        if code == 302:
            self.send_header("Location", f"{self.server.url}/inside")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def stand():
    with Stand() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def tell(stand: Stand, memory: Path, *, at: datetime = NOW) -> None:
    receiver = Receiver(f"{stand.url}/hook")
    once(Watched(Api(f"{stand.url}/api"), "http://ui/v2"), receiver, memory, say=lambda _: None, now=at)


@pytest.fixture
def memory(stand: Stand, tmp_path: Path) -> Path:
    """Of a teller that has looked once before."""
    tell(stand, tmp_path / "notices.json", at=NOW - timedelta(seconds=30))
    return tmp_path / "notices.json"


def test_a_review_a_failure_and_an_end_are_told_in_a_sentence_with_a_link(stand: Stand, memory: Path):
    stand.waits("one", state="PAUSED")
    stand.happened("two", "Crashed", state="CRASHED")
    stand.happened("three", "Completed", state="COMPLETED")

    tell(stand, memory)

    assert stand.told == [
        "Review needed: make one. the disk is full http://ui/v2/runs/flow-run/one",
        "Failed: make two. the disk is full http://ui/v2/runs/flow-run/two",
        "Finished: make three. http://ui/v2/runs/flow-run/three",
    ]


def test_nothing_is_told_twice_and_nothing_that_came_in_late_is_missed(stand: Stand, memory: Path):
    stand.happened("one", "Completed", state="COMPLETED")
    tell(stand, memory)
    stand.happened("late", "Completed", NOW - timedelta(seconds=10), state="COMPLETED")

    tell(stand, memory)
    tell(stand, memory)

    assert [text.split(".")[0] for text in stand.told] == ["Finished: make one", "Finished: make late"]


def test_a_run_that_has_gone_on_since_is_no_news(stand: Stand, memory: Path):
    stand.happened("one", "Crashed", state="SCHEDULED")
    stand.waits("two", state="RUNNING")

    tell(stand, memory)

    assert stand.told == []


def test_a_flow_of_somebody_else_is_no_news(stand: Stand, memory: Path):
    stand.happened("one", "Failed", flow="their-own", state="FAILED")

    tell(stand, memory)

    assert stand.told == []


def test_what_a_receiver_could_not_take_is_told_when_it_is_back(
    stand: Stand, memory: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("time.sleep", lambda _: None)
    stand.happened("one", "Completed", state="COMPLETED")
    stand.answers = [503, 503, 503, 503]
    tell(stand, memory)
    missed = list(stand.told)

    tell(stand, memory)

    assert missed == []
    assert len(stand.told) == 1


def test_what_happened_before_anybody_was_told_stays_untold(stand: Stand, tmp_path: Path):
    stand.happened("old", "Completed", NOW - timedelta(hours=1), state="COMPLETED")

    tell(stand, tmp_path / "notices.json")

    assert stand.told == []


@pytest.mark.parametrize(
    "damaged", [b"", b"{", b"\xff\xfe{}", b"[1]", b'{"since": "yesterday"}', b"[" * 100_000]
)
def test_a_damaged_memory_is_said_once_and_begun_anew(stand: Stand, memory: Path, damaged: bytes):
    """It was begun anew without a word."""
    memory.write_bytes(damaged)
    said: list[str] = []
    receiver = Receiver(f"{stand.url}/hook")

    for _ in range(2):
        once(Watched(Api(f"{stand.url}/api"), "http://ui/v2"), receiver, memory, say=said.append, now=NOW)

    assert len(said) == 1 and f"{memory} is damaged" in said[0]


def test_a_stumbling_receiver_is_asked_again_with_growing_rests(stand: Stand):
    stand.answers, rests = [500, 429], []

    outcome = send(Receiver(f"{stand.url}/hook"), b"{}", rest=rests.append)

    assert (outcome, rests) == ("taken", [1.0, 2.0])


def test_a_redirect_is_not_followed_and_a_refusal_stands(stand: Stand):
    stand.answers = [302, 404]
    receiver = Receiver(f"{stand.url}/hook")

    assert [send(receiver, b"{}", rest=lambda _: None) for _ in range(2)] == ["refused", "refused"]
    assert stand.taken == []


def test_the_signature_is_that_of_the_time_and_the_body(stand: Stand):
    send(Receiver(f"{stand.url}/hook", "hush"), b'{"text": "x"}')

    headers, sent = stand.taken[0]
    signed = hmac.new(
        b"hush", headers["X-Sakuga-Timestamp"].encode() + b"." + sent, hashlib.sha256
    ).hexdigest()
    assert headers["X-Sakuga-Signature"] == f"sha256={signed}"


@pytest.mark.parametrize(
    "url", ["http://169.254.169.254/latest", "http://[fe80::1]/x", "http://1.1.1.1/clear"]
)
def test_a_cloud_s_metadata_and_the_open_net_in_the_clear_are_never_called(url: str):
    assert send(Receiver(url), b"{}", rest=lambda _: None) == "refused"


@pytest.mark.parametrize("url", ["file:///etc/passwd", "hooks.example", "https://me:hush@hooks.example/x"])
def test_an_address_that_is_no_webhook_is_refused_without_repeating_it(url: str):
    with pytest.raises(InputRefused) as refused:
        checked(Receiver(url))

    assert url not in str(refused.value) and "hush" not in str(refused.value)


def test_each_receiver_gets_the_field_it_reads():
    slack, discord, own = (
        json.loads(body(NOTICE, url))
        for url in (
            "https://hooks.slack.com/services/x",
            "https://discord.com/api/webhooks/x",
            "https://own/x",
        )
    )

    assert slack == {"text": NOTICE.text}
    assert discord == {"content": NOTICE.text, "allowed_mentions": {"parse": []}}
    assert own["kind"] == "failed" and own["text"] == NOTICE.text
