"""A connection to a server that may be slow, busy, broken or hostile.

In: a path and a request.      Out: the JSON object of the answer, and the time it took.
Handles HTTP, waiting and limits; knows nothing about prompts or schemas. The key is never in a message.
"""

import json
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from pydantic import Field

from assets.errors import ModelFailed
from assets.sheets.base import Part

BUSY = frozenset({408, 425, 429, 500, 502, 503, 504, 529})


class Patience(Part):
    """Time limits, number of attempts, size limit."""

    attempts: int = Field(default=4, ge=1, le=20, description="Most attempts for one request")
    connect_s: float = Field(default=10, gt=0, le=600)
    answer_s: float = Field(default=300, gt=0, le=86_400, description="For one complete answer")
    wait_s: float = Field(default=60, ge=0, le=3600, description="Longest pause between two attempts")
    first_wait_s: float = Field(
        default=0.5, gt=0, le=60, description="First pause; each next is twice as long"
    )
    megabytes: float = Field(default=4, gt=0, le=256, description="Largest answer that is read")


class _Retry(Exception):
    """Worth another attempt, after ``wait`` seconds if the server asked for that."""

    def __init__(self, problem: str, wait: float | None = None) -> None:
        super().__init__(problem)
        self.wait = wait


class Line:
    """One client, kept open while a lease lasts."""

    def __init__(self, base_url: str, *, key: str, direct: bool, patience: Patience) -> None:
        """``direct`` ignores proxies of the environment, for a server on this machine."""
        import httpx

        self._where, self._patience = base_url, patience
        # no compression: a small answer that unpacks into gigabytes would exceed the limit in one step
        headers = {"Accept-Encoding": "identity", **({"Authorization": f"Bearer {key}"} if key else {})}
        timeout = httpx.Timeout(patience.answer_s, connect=patience.connect_s)
        self._client = httpx.Client(
            headers=headers, timeout=timeout, follow_redirects=False, trust_env=not direct
        )

    def close(self) -> None:
        self._client.close()

    def post(self, path: str, question: dict[str, Any], *, seed: int) -> tuple[dict[str, Any], float]:
        """Send the request until it is answered or the attempts are used up."""
        started, chance = time.perf_counter(), random.Random(seed)
        problems: list[str] = []
        for attempt in range(self._patience.attempts):
            try:
                return self._once(path, question), time.perf_counter() - started
            except _Retry as again:
                problems.append(str(again))
                if attempt + 1 < self._patience.attempts:
                    time.sleep(self._pause(again, attempt, chance))
        raise ModelFailed(
            f"{self._where} gave no answer in {len(problems)} attempts: {'; '.join(problems)}. Check that the server "
            "is up and not overloaded; patience in the profile says how long to wait."
        )

    def _pause(self, again: _Retry, attempt: int, chance: random.Random) -> float:
        if again.wait is None:
            pause = self._patience.first_wait_s * float(1 << attempt) * chance.uniform(0.5, 1)
            return min(pause, self._patience.wait_s)
        if again.wait > self._patience.wait_s:
            raise ModelFailed(
                f"{self._where} asks to wait {again.wait:.0f} s ({again}); the profile's patience is "
                f"{self._patience.wait_s:.0f} s. Run again later, or raise wait_s."
            )
        return again.wait

    def _once(self, path: str, question: dict[str, Any]) -> dict[str, Any]:
        with self._named(), self._client.stream("POST", self._where + path, json=question) as response:
            body = self._body(response)
        if response.status_code in BUSY:
            raise _Retry(f"HTTP {response.status_code}", _asked_wait(response.headers.get("retry-after", "")))
        if response.status_code != 200:
            raise ModelFailed(self._refusal(response.status_code, body))
        try:
            reply = json.loads(body)
        except (ValueError, RecursionError):
            raise _Retry(f"an answer of {len(body)} bytes that is not JSON") from None
        if not isinstance(reply, dict):
            raise _Retry(f"a JSON {type(reply).__name__} instead of an object")
        return reply

    def _body(self, response: Any) -> bytes:
        """Read within the limits of size and time: a server may send very slowly or very much."""
        limit, ends = int(self._patience.megabytes * 1e6), time.monotonic() + self._patience.answer_s
        body = bytearray()
        for (
            piece
        ) in response.iter_raw():  # as it arrives: with a size it would wait until that much has arrived
            body += piece
            if len(body) > limit:
                raise ModelFailed(
                    f"{self._where} answered with more than {self._patience.megabytes:g} MB and was cut off. "
                    "Lower max_tokens, or raise patience.megabytes."
                )
            if time.monotonic() > ends:
                raise _Retry(f"no whole answer within {self._patience.answer_s:g} s")
        return bytes(body)

    @contextmanager
    def _named(self) -> Iterator[None]:
        """Replace the client's errors without their text, which may quote headers."""
        import httpx

        try:
            yield
        except httpx.TimeoutException as error:
            raise _Retry(f"{type(error).__name__} after {self._patience.answer_s:g} s") from None
        except httpx.TransportError as error:
            raise _Retry(f"{type(error).__name__}") from None
        except httpx.HTTPError as error:
            raise ModelFailed(f"{self._where} cannot be asked: {type(error).__name__}.") from None

    def _refusal(self, status: int, body: bytes) -> str:
        advice = {
            400: "The server does not take this question: try another held_by in the profile.",
            401: "Check the key in the variable that key_from names.",
            403: "Check what the key may do.",
            404: "Check base_url (it usually ends in /v1) and the model's name.",
            413: "Shorten the prompt.",
            422: "The server does not take this question: try another held_by in the profile.",
        }.get(status, "Check base_url." if 300 <= status < 400 else "Look into the server's log.")
        return f"{self._where} answered HTTP {status}: {self._quoted(body)} {advice}"

    def _quoted(self, body: bytes) -> str:
        """The start of the answer, without our key: some servers repeat it."""
        said = body[:2000].decode(errors="replace")
        key = self._client.headers.get("authorization", "").removeprefix("Bearer ")
        return repr((said.replace(key, "(key)") if key else said)[:200])


def _asked_wait(header: str) -> float | None:
    """Retry-After, in seconds or as a date."""
    if not header:
        return None
    try:
        return max(0.0, float(header))
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(header) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None
