"""`sakuga notices`: send notices for a server that was not started by `sakuga up`, which sends them itself."""

from pathlib import Path
from typing import Annotated

import typer

from flows.terminal.lines import say


def notices(
    server: Annotated[str, typer.Option(help="The server's API, such as http://studio:4200/api")],
    ui: Annotated[str, typer.Option(help="Where its UI is, for links: http://studio:4200/v2")] = "",
    memory: Annotated[Path, typer.Option(help="File that records which notices were sent")] = Path(
        "notices.json"
    ),
) -> None:
    """Call a webhook when a review is wanted, a run failed, or an episode is finished.

    The webhook is SAKUGA_WEBHOOK_URL (Slack and Discord are supported). With SAKUGA_WEBHOOK_SECRET every
    call is signed: X-Sakuga-Signature is sha256= and the HMAC of X-Sakuga-Timestamp, a dot and the body.
    One such process per server is enough. `sakuga up` starts it if the webhook is set.
    """
    from assets.errors import SetupMissing
    from flows.notices.sending import Receiver, checked
    from flows.notices.watching import Watched, run
    from flows.settings import api_key, client_auth, webhook
    from flows.terminal import arguments
    from flows.up.prefect_api import Api

    server, ui = arguments.address(server), arguments.address(ui, "--ui")
    arguments.path(memory, "--memory")
    found = webhook()
    if found is None:
        raise SetupMissing("No webhook is set. Set SAKUGA_WEBHOOK_URL to the address to call.")
    watched = Watched(Api(server, client_auth(), api_key()), ui)
    run(watched, checked(Receiver(*found)), memory, say=say)
