"""A connection to a server that may be slow, busy, broken or hostile.

In: one request.      Out: what its answer means to the caller, read within limits of time, size and attempts.
Handles HTTP, waiting and limits; knows nothing about what is asked. The key is never in a message.
"""

import json
import os
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from typing import Annotated, Any, TypeVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from assets.errors import ModelFailed, SetupMissing
from assets.sheets.base import Part

T = TypeVar("T")
BUSY = frozenset({408, 425, 429, 500, 502, 503, 504, 529})
ADVICE: Mapping[int, str] = {
    401: "Check the key in the variable that key_from names.",
    403: "Check what the key may do.",
    404: "Check the address in the profile.",
}


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


@dataclass(frozen=True)
class Call:
    """One request. ``json`` or ``fields`` with ``files`` (a multipart form) is its body; none is sent without them.

    files    (field, file name, bytes, media type)
    allowed  statuses besides 200 to 299 that are an answer and not a failure
    """

    method: str
    path: str
    json: Any = None
    fields: Mapping[str, str] | None = None
    files: Sequence[tuple[str, str, bytes, str]] = ()
    allowed: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Answer:
    """A complete answer."""

    status: int
    body: bytes
    media_type: str = ""


class Retry(Exception):
    """Worth another attempt, after ``wait`` seconds if the server asked for that."""

    def __init__(self, problem: str, wait: float | None = None) -> None:
        super().__init__(problem)
        self.wait = wait


class Connection:
    """One client, kept open while a lease lasts."""

    def __init__(
        self, base_url: str, *, key: str, direct: bool, patience: Patience, advice: Mapping[int, str] = ADVICE
    ) -> None:
        """``direct`` ignores proxies of the environment, for a server on this computer."""
        import httpx

        self.base_url, self._patience, self._advice = base_url, patience, advice
        # no compression: a small answer that unpacks into gigabytes would exceed the limit in one step
        headers = {"Accept-Encoding": "identity", **({"Authorization": f"Bearer {key}"} if key else {})}
        timeout = httpx.Timeout(patience.answer_s, connect=patience.connect_s)
        self._client = httpx.Client(
            headers=headers, timeout=timeout, follow_redirects=False, trust_env=not direct
        )

    def close(self) -> None:
        self._client.close()

    def headers(self) -> dict[str, str]:
        """What another kind of connection to the same server has to send: the key, if there is one."""
        key = self._client.headers.get("authorization")
        return {"Authorization": key} if key else {}

    def send(
        self, call: Call, read: Callable[[Answer], T], *, seed: int = 0, attempts: int | None = None
    ) -> T:
        """Send the request until ``read`` accepts an answer or the attempts are used up.

        read   may raise Retry for an answer that is broken
        seed   of the random part of the pauses
        """
        chance, problems = random.Random(seed), list[str]()
        allowed = attempts or self._patience.attempts
        for attempt in range(allowed):
            try:
                return read(self._once(call))
            except Retry as again:
                problems.append(str(again))
                if attempt + 1 < allowed:
                    time.sleep(self._pause(again, attempt, chance))
        raise ModelFailed(
            f"{self.base_url} gave no answer in {len(problems)} attempts: {'; '.join(problems)}. Check that the server "
            "is up and not overloaded; patience in the profile says how long to wait."
        )

    def json(self, call: Call, *, seed: int = 0, attempts: int | None = None) -> dict[str, Any]:
        """Send the request; the answer is a JSON object."""
        return self.send(call, read_object, seed=seed, attempts=attempts)

    def _pause(self, again: Retry, attempt: int, chance: random.Random) -> float:
        if again.wait is None:
            pause = self._patience.first_wait_s * float(1 << attempt) * chance.uniform(0.5, 1)
            return min(pause, self._patience.wait_s)
        if again.wait > self._patience.wait_s:
            raise ModelFailed(
                f"{self.base_url} asks to wait {again.wait:.0f} s ({again}); the profile's patience is "
                f"{self._patience.wait_s:.0f} s. Run again later, or raise wait_s."
            )
        return again.wait

    def _once(self, call: Call) -> Answer:
        files = [(field, (name, data, media)) for field, name, data, media in call.files]
        if call.fields is not None and not files:  # httpx sends a form without files url-encoded
            files = [(field, (None, value.encode(), None)) for field, value in call.fields.items()]  # type: ignore[misc]
        body = {"json": call.json} if call.json is not None else {}
        with (
            self._named(),
            self._client.stream(
                call.method, self.base_url + call.path, data=call.fields if call.files else None,
                files=files or None, **body,
            ) as response,
        ):  # fmt: skip
            data = self._body(response)
            media_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        status = response.status_code
        if status in call.allowed or 200 <= status < 300:
            return Answer(status, data, media_type)
        if status in BUSY:
            raise Retry(
                f"HTTP {status}{self._reason(data)}", _asked_wait(response.headers.get("retry-after", ""))
            )
        raise self._failure(status, data)

    def _body(self, response: Any) -> bytes:
        """Read within the limits of size and time: a server may send very slowly or very much."""
        limit, ends = int(self._patience.megabytes * 1e6), time.monotonic() + self._patience.answer_s
        body = bytearray()
        for (
            piece
        ) in response.iter_raw():  # as it arrives: with a size it would wait until that much has arrived
            body += piece
            self._arrived(piece)
            if len(body) > limit:
                raise ModelFailed(
                    f"{self.base_url} answered with more than {self._patience.megabytes:g} MB and was cut off. "
                    "Lower max_tokens, or raise patience.megabytes."
                )
            if time.monotonic() > ends:
                raise Retry(f"no whole answer within {self._patience.answer_s:g} s")
        return bytes(body)

    def _arrived(self, piece: bytes) -> None:
        """Called with every piece of an answer; nothing is done with it here."""

    def _failure(self, status: int, body: bytes) -> ModelFailed:
        """The error of an answer with a status that is none."""
        return ModelFailed(self._refusal(status, body))

    @contextmanager
    def _named(self) -> Iterator[None]:
        """Replace the client's errors without their text, which may quote headers."""
        import httpx

        try:
            yield
        except httpx.TimeoutException as error:
            raise Retry(f"{type(error).__name__} after {self._patience.answer_s:g} s") from None
        except httpx.TransportError as error:
            raise Retry(f"{type(error).__name__}") from None
        except httpx.HTTPError as error:
            raise ModelFailed(f"{self.base_url} cannot be asked: {type(error).__name__}.") from None

    def _reason(self, body: bytes) -> str:
        """The server's reason for a temporary failure, if it is JSON: a page of HTML says nothing."""
        return f" {self._quoted(body)}" if body[:1] == b"{" and len(body) > 2 else ""

    def _refusal(self, status: int, body: bytes) -> str:
        otherwise = (
            "Check the address in the profile." if 300 <= status < 400 else "Look into the server's log."
        )
        return f"{self.base_url} answered HTTP {status}: {self._quoted(body)} {self._advice.get(status, otherwise)}"

    def _quoted(self, body: bytes) -> str:
        """The start of the answer, without our key: some servers repeat it."""
        said = body[:2000].decode(errors="replace")
        key = self._client.headers.get("authorization", "").removeprefix("Bearer ")
        return repr((said.replace(key, "(key)") if key else said)[:200])


def read_object(answer: Answer) -> dict[str, Any]:
    """The JSON object of an answer; anything else is worth another attempt."""
    try:
        reply = json.loads(answer.body)
    except (ValueError, RecursionError):
        raise Retry(f"an answer of {len(answer.body)} bytes that is not JSON") from None
    if not isinstance(reply, dict):
        raise Retry(f"a JSON {type(reply).__name__} instead of an object")
    return reply


def key_in(variable: str, of: str) -> str:
    """The key in an environment variable: a secret must not pass through sheets.

    of  whose key it is, for the message, such as "the openai writer"
    """
    key = os.environ.get(variable, "").strip()
    if key and (not key.isascii() or not key.isprintable() or " " in key):
        raise SetupMissing(
            f"The value of {variable} is not a key: it has spaces or special characters. Set it again."
        )
    if not key:
        raise SetupMissing(
            f"{of[0].upper()}{of[1:]}'s key is expected in {variable}, which is not set. "
            f"`export {variable}=...` before the run, or remove key_from for a server without keys."
        )
    return key


def server_address(value: str) -> str:
    """The address of a server, without a slash at its end.

    raises  ValueError if it is no http address, or holds more than an address, such as a password
    """
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("not an http or https address")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("an address without user, password, ? or #; a key belongs in a variable: key_from")
    return value.rstrip("/")


ServerAddress = Annotated[str, AfterValidator(server_address)]
"""An option that names a server."""


def is_here(host: str) -> bool:
    """Whether ``host`` is this computer."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


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
