"""Give the studio's secrets to its own processes, to a browser, and to another terminal.

In: a Studio.      Out: secrets; a link; lines for a shell.
"""

import os
import shlex
from pathlib import Path

from assets.errors import SetupMissing
from flows.settings import adopt, client_auth, rushes_token, server_auth, settings
from flows.up import instance
from flows.up.options import Studio
from flows.up.services import Secrets
from flows.up.start import link as start_link
from flows.web.secret import CLUSTER, GUEST, PRODUCER, checked, kept, known


def secrets(studio: Studio) -> Secrets:
    """The secrets for a studio that starts: from the settings, else from its folder."""
    given = None if studio.server else server_auth()
    auth = checked(given, "SAKUGA_SERVER_AUTH") if given else kept(studio.auth, PRODUCER)
    if studio.gpu:
        kept(studio.ray_auth, CLUSTER)
    room = rushes_token() or kept(studio.room_auth, GUEST).partition(":")[2]
    return Secrets(client_auth() if studio.server else auth, room)


def known_auth(studio: Studio) -> str | None:
    """The password of the server of this studio, for anybody who may read its folder."""
    now = instance.last(studio)
    if now is not None and not now.own_server:
        return client_auth()
    return server_auth() or known(studio.auth)


def link(studio: Studio) -> str:
    """Another link to the running studio."""
    now, auth = _up(studio), known_auth(studio)
    if not now.own_server or auth is None:
        raise SetupMissing(f"The server is not one of this studio's: open {now.ui} and log in there.")
    return start_link(now.ui.removesuffix("/v2"), auth)


def exports(studio: Studio) -> str:
    """Lines for a shell: what `prefect` needs in another terminal."""
    return "\n".join(f"export {name}={shlex.quote(value)}" for name, value in _variables(studio).items())


def use(out: Path) -> None:
    """Point Prefect's client in this process to the running studio over ``out``, unless it is configured already."""
    home = settings(out).home
    studio = Studio(project=Path.cwd(), home=home, out=out.absolute())
    if not os.access(studio.state_folder, os.R_OK | os.W_OK | os.X_OK):
        return  # there is none, or it belongs to another user
    if instance.is_up(studio) and instance.last(studio) is not None:
        adopt(_variables(studio))


def _variables(studio: Studio) -> dict[str, str]:
    now, auth = _up(studio), known_auth(studio)
    return {"PREFECT_API_URL": now.near_api} | ({"PREFECT_API_AUTH_STRING": auth} if auth else {})


def _up(studio: Studio) -> instance.Standing:
    now = instance.last(studio)
    if (found := instance.damage(studio)) and instance.is_up(studio):
        raise SetupMissing(f"{found} Stop it with Ctrl-C where it runs, and start it again with `sakuga up`.")
    if now is None or not instance.is_up(studio):
        raise SetupMissing(f"No studio is up in {studio.home}. Start it with `sakuga up`.")
    return now
