"""`sakuga register`: register the deployments on an existing Prefect server; `sakuga up` uses it too."""

import asyncio
import subprocess
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from assets import files
from assets.errors import SetupMissing
from flows.terminal.lines import say


def register(
    server: Annotated[
        str,
        typer.Option(
            help="The server's API, such as http://studio:4200/api. Default: Prefect's own settings"
        ),
    ] = "",
    nightly: Annotated[
        str, typer.Option(help="When nightly-rushes runs: a cron such as '0 4 * * *', or off")
    ] = "",
    webhook: Annotated[
        str, typer.Option(help="Address that two example automations call: a review waits, an episode failed")
    ] = "",
    check: Annotated[
        bool, typer.Option("--check", help="Only check prefect.yaml; no server is asked")
    ] = False,
) -> None:
    """Put deployments, the work pool and the rule about dead runs on a Prefect server.

    Safe to repeat: what people set on a deployment stays (its schedules first of all; --nightly sets the one of
    nightly-rushes). Run it in the project's folder: runs take place there, on every worker. Then start
    workers: `sakuga up --server`, or one by one:
    python -m flows.up.worker worker start --pool cpu-pool --type process

    Example: sakuga register --server http://studio:4200/api
    """
    from flows.deployments.deployment_file import place, read, with_nightly_time
    from flows.terminal import arguments

    server = arguments.address(server)
    raw = read(place())
    if nightly:
        raw = with_nightly_time(raw, nightly)
    if check:
        say(f"{place()}: {len(raw['deployments'])} deployments, nothing wrong.")
        return
    from prefect.settings import PREFECT_API_URL, get_current_settings, temporary_settings

    with temporary_settings({PREFECT_API_URL: server} if server else {}):
        url = get_current_settings().api.url
        if not url:
            raise SetupMissing(
                "No Prefect server is named. Give --server http://host:4200/api, set PREFECT_API_URL, "
                "or have everything on this machine with `sakuga up`."
            )
        from flows.deployments.kept import as_set_there, set_night, with_studio_defaults
        from flows.deployments.server_setup import prepared

        asyncio.run(prepared(arguments.address(webhook, "--webhook")))
        _deployed(asyncio.run(with_studio_defaults(asyncio.run(as_set_there(raw)))), url)
        if nightly:
            asyncio.run(set_night(raw))
    say(f"{len(raw['deployments'])} deployments are on {url}.")


def _deployed(raw: dict[str, Any], url: str) -> None:
    """Use Prefect's own command, so that `prefect.yaml` is the only source."""
    import yaml

    from flows.settings import REGISTERING, surroundings

    with files.scratch() as folder:
        file = Path(folder) / "prefect.yaml"
        file.write_text(yaml.safe_dump(raw, allow_unicode=True, sort_keys=False), encoding="utf-8")
        argv = [
            sys.executable,
            "-m",
            "prefect",
            "--no-prompt",
            "deploy",
            "--all",
            "--prefect-file",
            str(file),
        ]
        done = subprocess.run(
            argv,
            env={**surroundings(), **REGISTERING, "PREFECT_API_URL": url},
            capture_output=True,
            text=True,
            timeout=300,
        )
    # It may print "failed" and still exit with 0, so its output is checked too.
    if done.returncode != 0 or done.stdout.count("successfully created") < len(raw["deployments"]):
        raise SetupMissing(f"Prefect could not deploy: {done.stdout[-3000:]}{done.stderr[-3000:]}")
