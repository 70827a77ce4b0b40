"""The few API calls of `sakuga up`, over plain HTTP: Prefect's client is too large to keep loaded.

In: the API's address.      Out: health, workers, counts of runs, runs sent back to the queue.
"""

import json
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from uuid import uuid4

from flows.settings import RESUMES

if TYPE_CHECKING:
    import httpx

SECONDS = 10.0
TRIES = 5


@dataclass(frozen=True)
class Api:
    """A Prefect server."""

    url: str
    auth: str | None = field(default=None, repr=False)
    key: str | None = field(default=None, repr=False)  # for a hosted server
    # The token of a server with CSRF protection; fetched when the server asks for it.
    _csrf: dict[str, str] = field(default_factory=dict, repr=False, compare=False)

    def get(self, path: str) -> Any:
        return self._asked("GET", path, None)

    def post(self, path: str, body: object) -> Any:
        return self._asked("POST", path, body)

    def _asked(self, method: str, path: str, body: object) -> Any:
        answer = self._sent(method, path, body)
        if answer.status_code == 403 and "CSRF" in answer.text:
            self._csrf.update(self._csrf_headers())
            answer = self._sent(method, path, body)
        answer.raise_for_status()
        return json.loads(answer.content or b"null")

    def _sent(self, method: str, path: str, body: object) -> "httpx.Response":
        import httpx

        user, _, password = (self.auth or "").partition(":")
        headers = self._csrf | ({"Authorization": f"Bearer {self.key}"} if self.key else {})
        turn = 0
        while True:
            answer = httpx.request(
                method, f"{self.url}{path}", json=body, timeout=SECONDS, headers=headers,
                auth=(user, password) if self.auth else None, trust_env=False,
            )  # fmt: skip
            turn += 1
            # The answer of a server on SQLite that is too busy to write: nothing was changed, so retry.
            if answer.status_code != 503 or turn == TRIES:
                return answer
            time.sleep(0.5 * 2 ** (turn - 1))

    def _csrf_headers(self) -> dict[str, str]:
        client = str(uuid4())
        answer = self._sent("GET", f"/csrf-token?client={client}", None)
        answer.raise_for_status()
        return {"Prefect-Csrf-Token": str(answer.json()["token"]), "Prefect-Csrf-Client": client}

    def healthy(self) -> bool:
        return bool(self.get("/health"))

    def run(self, id: str) -> dict[str, Any] | None:
        """One flow run; None when it was deleted."""
        import httpx

        try:
            found: dict[str, Any] = self.get(f"/flow_runs/{quote(id)}")
        except httpx.HTTPStatusError as error:
            if error.response.status_code == 404:
                return None
            raise
        return found

    def worker_online(self, pool: str, name: str, since: datetime) -> bool:
        """Whether this worker has sent a heartbeat since then."""
        found = self.post(f"/work_pools/{quote(pool)}/workers/filter", {"workers": {}})
        return any(
            worker["name"] == name
            and worker["status"] == "ONLINE"
            and datetime.fromisoformat(worker["last_heartbeat_time"]) >= since
            for worker in found
        )

    def counted(self) -> dict[str, int]:
        """The number of runs in each state a producer needs to know."""
        states = {"running": ["RUNNING"], "waiting for a person": ["PAUSED"], "failed": ["FAILED", "CRASHED"]}
        return {
            word: int(self.post("/flow_runs/count", {"flow_runs": {"state": {"type": {"any_": types}}}}))
            for word, types in states.items()
        }


def trouble() -> tuple[type[Exception], ...]:
    """The exceptions when a server is down or not ready."""
    import httpx

    return (httpx.HTTPError, ValueError)


def again(api: Api, runs: Iterable[str], *, say: Callable[[str], None]) -> None:
    """Send runs that were stopped back to the queue: the next worker continues them."""
    back = 0
    for run in dict.fromkeys(runs):
        try:
            back += _sent_back(api, run)
        except trouble() as error:
            say(
                f"Run {run} could not be sent back to the queue ({type(error).__name__}); start it again by hand."
            )
    if back:
        many = back != 1
        say(
            f"{back} run{'s' * many} will continue where {'they were' if many else 'it was'} after the next start."
        )


def _sent_back(api: Api, run: str) -> bool:
    now = api.get(f"/flow_runs/{run}")
    if (now["state"]["type"], now["state"]["name"]) == ("SCHEDULED", RESUMES):
        return True  # the server's own rule was first
    # Leave a run that finished in the last moment, was cancelled, or waits for a person.
    if now["state"]["type"] not in ("RUNNING", "PENDING", "CRASHED") or now["deployment_id"] is None:
        return False
    state = {
        "type": "SCHEDULED",
        "name": "AwaitingStudio",
        "message": "The studio was stopped while this ran. It continues when the studio is up again.",
        "state_details": {"scheduled_time": datetime.now(UTC).isoformat()},
    }
    api.post(f"/flow_runs/{run}/set_state", {"state": state, "force": True})
    return True
