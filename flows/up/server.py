"""Run Prefect's server behind our guard: `python -m flows.up.server --host HOST --port PORT`.

In: Prefect's own settings, and the password in PREFECT_SERVER_API_AUTH_STRING.      Out: API, UI, start page.
Does what `prefect server start` does in the foreground, with the same settings.
"""

import argparse
import sys
from typing import Any

from assets.errors import InputRefused, SakugaError
from flows.settings import media_url, rushes_token, ui_url
from flows.up.guard import Guard
from flows.up.start import DOOR, Start
from flows.web.names import names_for
from flows.web.protocol import options, quiet
from flows.web.secret import checked
from flows.web.tickets import Tickets


def main() -> None:
    asked = _arguments(sys.argv[1:])
    try:
        app = guarded(asked.host, asked.name, webserver_only=asked.no_services)
    except SakugaError as error:
        sys.exit(f"sakuga: {error}")
    _serve(app, asked.host, asked.port)


def guarded(host: str, names: list[str], *, webserver_only: bool = False) -> Guard:
    """Prefect's application behind the guard."""
    from urllib.parse import urlsplit

    from prefect.server.api.server import create_app
    from prefect.settings import get_current_settings

    secret = get_current_settings().server.api.auth_string
    if secret is None:
        raise InputRefused("The server has no password: set PREFECT_SERVER_API_AUTH_STRING to user:password.")
    auth = checked(secret.get_secret_value(), "PREFECT_SERVER_API_AUTH_STRING")
    start = Start(auth, Tickets(auth, DOOR), media_url() if rushes_token() else "", rushes_token())
    called = urlsplit(ui_url()).hostname or ""
    return Guard(
        create_app(final=True, webserver_only=webserver_only), auth, names_for(host, [called, *names]), start
    )


def _serve(app: Guard, host: str, port: int) -> None:
    import uvicorn
    from prefect.settings import get_current_settings

    chosen = get_current_settings().server
    level = chosen.logging_level.lower()
    limits: dict[str, Any] = options() | {"timeout_keep_alive": chosen.api.keepalive_timeout}
    config = uvicorn.Config(
        app, host=host, port=port, log_level=level, server_header=False, ws_max_size=16 * 1024 * 1024,
        ws_ping_interval=chosen.api.websocket_ping_interval, ws_ping_timeout=chosen.api.websocket_ping_timeout,
        **limits,
    )  # fmt: skip
    quiet()
    uvicorn.Server(config).run()


def _arguments(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m flows.up.server", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=4200)
    parser.add_argument("--name", action="append", default=[], help="a host name that browsers use for it")
    parser.add_argument(
        "--no-services", action="store_true", help="only the web server, no background services"
    )
    return parser.parse_args(argv)


if __name__ == "__main__":
    main()
