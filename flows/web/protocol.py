"""HTTP connections with limits, so that they cannot be held open for nothing: a subclass of uvicorn's protocol.

In: connections.      Out: requests, from clients that send them completely and in time.
uvicorn limits neither the time a request may take to arrive nor the number of idle connections: a few thousand
half-open ones (slowloris) would use up the process's file descriptors. When there are too many, the one that
was idle for the longest time is closed, so that attackers do not lock out others.
"""

import asyncio
import logging
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol


class Bounded(H11Protocol):
    """One connection. The connections of a server are in the server's own set."""

    request_seconds = 20.0  # for a whole request to arrive, including its body
    stalled_seconds = 300.0  # time without reading; a paused player requests again afterwards
    most = 400  # connections; a process has 1,024 file descriptors by default

    _deadline: asyncio.TimerHandle | None = None
    _stalled: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._arm()
        if len(self.connections) > self.most:
            self._make_room()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.transport.get_protocol() is not self:  # a WebSocket now
            self._disarm()
        elif self.is_waited_for:
            if self._deadline is None:
                self._arm()
        else:
            self._disarm()

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        # The WebSocket library answers 500 or raises UnicodeEncodeError for these (RFC 6455: they are ASCII).
        if any(name.startswith(b"sec-websocket-") and not value.isascii() for name, value in self.headers):
            self.send_400_response("The WebSocket headers are not ASCII.")
            return
        super().handle_websocket_upgrade(event)

    def connection_lost(self, exc: Exception | None) -> None:
        self._disarm()
        self._moved()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._stalled = self.loop.call_later(self.stalled_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        self._moved()
        super().resume_writing()

    @property
    def is_waited_for(self) -> bool:
        """Whether the client must send next: a request has not arrived, or not completely."""
        return self.conn.their_state in (h11.IDLE, h11.SEND_BODY)

    @property
    def _timer(self) -> asyncio.TimerHandle | None:
        """The timer that closes this connection if nothing arrives; None while a request is served."""
        return self._deadline or self.timeout_keep_alive_task or self._stalled

    def _arm(self) -> None:
        self._deadline = self.loop.call_later(self.request_seconds, self.transport.abort)

    def _disarm(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _moved(self) -> None:
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None

    def _make_room(self) -> None:
        """Close the connection that has been idle longest; this one if all are being served."""
        waiting = [
            (timer.when(), other)
            for other in self.connections
            if isinstance(other, Bounded)
            and other is not self
            and (timer := other._deadline or other._stalled)
        ]
        longest = min(waiting, key=lambda pair: pair[0], default=(0.0, self))[1]
        self.connections.discard(longest)
        longest.transport.abort()


def quiet(logger: str = "uvicorn.error") -> None:
    """Keep messages about invalid requests out of the log: attackers could fill it with them."""
    logging.getLogger(logger).addFilter(_Noise())


class _Noise(logging.Filter):
    SAID = (
        "Invalid HTTP request received.",
        "Unsupported upgrade request.",
        "No supported WebSocket library",
    )

    def filter(self, record: logging.LogRecord) -> bool:
        return not str(record.msg).startswith(self.SAID)


def options() -> dict[str, Any]:
    """uvicorn's settings for a server with these limits."""
    return {"http": Bounded, "h11_max_incomplete_event_size": 32 * 1024, "timeout_keep_alive": 5}
