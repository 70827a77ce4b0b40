"""What people set on a deployment stays when it is registered again, as every `sakuga up` does.

In: the file of deployments, a server.      Out: the file as it may be deployed there; the night's schedule.
A deployment that is not on the server yet gets all of the file. On one that is there, schedules are people's:
those they added stay, those they switched off, moved or deleted stay so. Of everything else the file decides
what it names; what it does not name (parameters, a limit, job variables, pause, further tags) stays.
"""

from importlib import import_module
from typing import Any, cast

from prefect import Flow, get_client
from prefect.client.schemas.actions import DeploymentScheduleCreate
from prefect.client.schemas.objects import DeploymentSchedule
from prefect.client.schemas.responses import DeploymentResponse
from prefect.client.schemas.schedules import CronSchedule
from prefect.exceptions import ObjectNotFound
from prefect.variables import Variable

from flows.deployments import defaults
from flows.deployments.deployment_file import EPISODE, NIGHTLY
from flows.episode.forms import flat, in_groups


async def as_set_there(raw: dict[str, Any]) -> dict[str, Any]:
    """The file, holding what people set on the deployments that are on the server already."""
    async with get_client() as client:
        deployments = []
        for item in raw["deployments"]:
            try:
                found = await client.read_deployment_by_name(_name(item))
            except ObjectNotFound:
                deployments.append(item)
            else:
                deployments.append(_kept(item, found))
    return {**raw, "deployments": deployments}


async def with_studio_defaults(raw: dict[str, Any]) -> dict[str, Any]:
    """The file, with the studio's defaults filled in where people start an episode."""
    given = defaults.checked(await cast(Any, Variable).aget(defaults.NAME, default=None))
    if not given:
        return raw
    deployments = []
    for item in raw["deployments"]:
        if item["entrypoint"] == EPISODE:
            parameters = dict(item.get("parameters") or {})
            brief = in_groups({**flat(parameters.get("brief") or {}), **given})
            item = {**item, "parameters": {**parameters, "brief": brief}}
        deployments.append(item)
    return {**raw, "deployments": deployments}


async def set_night(raw: dict[str, Any]) -> None:
    """Set the night's schedule to what ``raw`` says: somebody has just asked for it by name."""
    item = next(item for item in raw["deployments"] if item["entrypoint"] == NIGHTLY)
    wanted = item["schedules"][0]
    schedule = CronSchedule(cron=wanted["cron"], timezone=wanted["timezone"])
    async with get_client() as client:
        found = await client.read_deployment_by_name(_name(item))
        known = next((one for one in found.schedules if _slug(one) == wanted["slug"]), None)
        if known is not None and wanted["active"]:
            await client.update_deployment_schedule(found.id, known.id, active=True, schedule=schedule)
        elif known is not None:
            await client.update_deployment_schedule(found.id, known.id, active=False)
        elif wanted["active"]:
            fresh = DeploymentScheduleCreate(schedule=schedule, active=True, slug=wanted["slug"])
            await client.create_deployment_schedules(found.id, [fresh])


def _kept(item: dict[str, Any], found: DeploymentResponse) -> dict[str, Any]:
    """``schedules`` is left out: Prefect keeps those there are only where the file names none."""
    kept: dict[str, Any] = {"parameters": found.parameters, "paused": found.paused}
    limit, options = found.global_concurrency_limit, found.concurrency_options
    if limit is not None:
        told = options.model_dump(mode="json", exclude_none=True) if options else {}
        kept["concurrency_limit"] = {"limit": limit.limit, **told} if told else limit.limit
    pool = {"job_variables": found.job_variables, **item["work_pool"]}
    tags = list(dict.fromkeys([*item.get("tags", ()), *found.tags]))
    named = {name: value for name, value in item.items() if name != "schedules"}
    return {**kept, **named, "work_pool": pool, "tags": tags}


def _slug(schedule: DeploymentSchedule) -> str:
    return str(getattr(schedule, "slug", None) or "")


def _name(item: dict[str, Any]) -> str:
    module, _, name = str(item["entrypoint"]).rpartition(".")
    flow: Flow[..., Any] = getattr(import_module(module), name)
    return f"{flow.name}/{item['name']}"
