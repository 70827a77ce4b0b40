"""`python -m tests.chaos.stub`: the guard of Prefect's server, on a real port, with a stub behind it.

In: user:password in PREFECT_SERVER_API_AUTH_STRING.      Out: a server that says what was reached behind the guard.
The real server takes half a minute to start; what the guard decides does not depend on it.
"""

import os
import socket
from contextlib import suppress

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from flows.up.guard import Guard
from flows.up.start import DOOR, Start
from flows.web.names import names_for
from flows.web.protocol import options, quiet
from flows.web.tickets import Tickets

REACHED_API, REACHED_UI = "the api was reached", "the ui was reached"
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
ROOM_SECRET = "the-room-s-token-of-some-length"
PATIENCE = 0.5  # seconds for the first message of a WebSocket


async def api(request: Request) -> PlainTextResponse:
    await request.body()
    return PlainTextResponse(REACHED_API)


async def ui(request: Request) -> PlainTextResponse:
    return PlainTextResponse(REACHED_UI)


async def echo(websocket: WebSocket) -> None:
    """What it hears first, back; as Prefect reads its first message, as JSON."""
    await websocket.accept()
    with suppress(WebSocketDisconnect, ValueError, KeyError):
        await websocket.send_text(str(await websocket.receive_json()))
        await websocket.close()


def main() -> None:
    auth = os.environ["PREFECT_SERVER_API_AUTH_STRING"]
    inside = Mount(
        "/api", routes=[WebSocketRoute("/events/in", echo), Route("/{path:path}", api, methods=METHODS)]
    )
    app = Starlette(routes=[inside, Route("/{path:path}", ui, methods=METHODS)])
    start = Start(auth, Tickets(auth, DOOR), "http://127.0.0.1:4300", ROOM_SECRET)
    guard = Guard(app, auth, names_for("127.0.0.1"), start, PATIENCE)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        print(f"http://127.0.0.1:{listening.getsockname()[1]}", flush=True)
        config = uvicorn.Config(guard, log_level="info", server_header=False, **options())
        quiet()
        uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    main()
