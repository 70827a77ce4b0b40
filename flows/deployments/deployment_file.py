"""Read and check `prefect.yaml` before a server is asked, more strictly than Prefect does.

In: the file.      Out: its content, checked; or a SheetRefused with the deployment and the reason.
Prefect ignores keys it does not know, and finds a bad cron or entrypoint only when a run is due.
"""

from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError, model_validator

from assets.errors import SetupMissing, SheetRefused
from assets.loader import lines_of, parse_yaml, read_text, shown
from assets.sheets.base import MOST_PROBLEMS, Part

Collision = Literal["ENQUEUE", "CANCEL_NEW"]


class Pool(Part):
    """The work pool of a deployment."""

    name: Literal["cpu-pool"]
    work_queue_name: str | None = None
    job_variables: dict[str, Any] = Field(default_factory=dict)


class Schedule(Part):
    """When a deployment runs automatically: one of cron, interval (seconds) and rrule."""

    cron: str | None = None
    interval: int | None = Field(default=None, ge=1, le=366 * 86_400)
    rrule: str | None = None
    timezone: str | None = None
    anchor_date: str | None = None
    day_or: bool | None = None
    active: bool = True
    slug: str | None = None
    parameters: dict[str, Any] = Field(default_factory=dict)
    max_scheduled_runs: int | None = Field(default=None, ge=1, le=10_000)

    @model_validator(mode="after")
    def _can_be_scheduled(self) -> "Schedule":
        from prefect.client.schemas.schedules import CronSchedule, IntervalSchedule, RRuleSchedule

        given = [name for name in ("cron", "interval", "rrule") if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"a schedule is one of cron, interval and rrule; this one has {given or 'none'}")
        zone = {"timezone": self.timezone} if self.timezone else {}
        if self.cron is not None:
            if not self.timezone:
                raise ValueError(
                    "a cron needs a timezone, such as Asia/Tokyo: 4 o'clock is another moment in each timezone"
                )
            CronSchedule(cron=self.cron, **zone)
        elif self.interval is not None:
            IntervalSchedule.model_validate({"interval": self.interval, **zone})
        else:
            RRuleSchedule.model_validate({"rrule": self.rrule, **zone})
        return self


class Limit(Part):
    """How many runs of one deployment run at a time, and what happens to the next."""

    limit: int = Field(ge=1, le=10_000)
    collision_strategy: Collision = "ENQUEUE"
    grace_period_seconds: int | None = Field(default=None, ge=0, le=86_400)


class Deployment(Part):
    """One entry of the file."""

    name: str = Field(pattern=r"^[a-z][a-z0-9-]{0,60}$")
    entrypoint: str = Field(
        pattern=r"^[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)+$", description="Dotted: module.flow"
    )
    description: str = Field(min_length=1)
    tags: tuple[str, ...] = ()
    parameters: dict[str, Any] = Field(default_factory=dict)
    enforce_parameter_schema: bool = True
    work_pool: Pool
    schedules: tuple[Schedule, ...] = ()
    concurrency_limit: Limit | None = None
    paused: bool = False
    version: str | None = None

    @model_validator(mode="after")
    def _check_parameters(self) -> "Deployment":
        known = _parameters(self.entrypoint)
        for given in (self.parameters, *(schedule.parameters for schedule in self.schedules)):
            if strange := sorted(given.keys() - known):
                raise ValueError(
                    f"{self.entrypoint} takes no {', '.join(strange)}; it takes {', '.join(sorted(known))}"
                )
        return self


class DeploymentFile(Part):
    """The whole file."""

    name: str = "sakuga"
    prefect_version: str = Field(default="", alias="prefect-version")
    deployments: tuple[Deployment, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _check_unique(self) -> "DeploymentFile":
        every = [f"{item.entrypoint}/{item.name}" for item in self.deployments]
        if twice := sorted({name for name in every if every.count(name) > 1}):
            raise ValueError(f"deployments are named twice: {', '.join(twice)}")
        return self


def place() -> Path:
    """Path of the file: in the repository, or inside the installed package."""
    here = Path(__file__)
    for path in (here.parents[2] / "prefect.yaml", here.parent / "prefect.yaml"):
        if path.is_file():
            return path
    raise SetupMissing("prefect.yaml is missing from this installation. Install sakuga again.")


def read(path: Path) -> dict[str, Any]:
    """The content of the file as written, after it was checked."""
    text = read_text(path, "a list of deployments")
    raw = parse_yaml(text, str(path))
    try:
        DeploymentFile.model_validate(raw)
    except ValidationError as error:
        [line] = lines_of(text, [error.errors()[0]["loc"]])
        raise SheetRefused(f"{path}:{line}: {_readable(error, raw)}") from error
    assert isinstance(raw, dict)  # noqa: S101, Paper is a mapping
    return raw


@cache
def entrypoints() -> tuple[str, ...]:
    """The entrypoints of our deployments. Imports nothing."""
    return tuple(str(item["entrypoint"]) for item in read(place())["deployments"])


def with_nightly_time(raw: dict[str, Any], when: str) -> dict[str, Any]:
    """The content with another time for nightly-rushes: ``0 4 * * *``, with or without a timezone, or ``off``."""
    words = when.split()
    cron, zone = " ".join(words[:5]), " ".join(words[5:])
    deployments = []
    for item in raw["deployments"]:
        if item["entrypoint"] == NIGHTLY:
            schedule = dict(item["schedules"][0])
            changed = (
                {"active": False} if when == "off" else {"cron": cron, **({"timezone": zone} if zone else {})}
            )
            item = {**item, "schedules": [schedule | changed]}
        deployments.append(item)
    changed_file = {**raw, "deployments": deployments}
    try:
        DeploymentFile.model_validate(changed_file)
    except ValidationError as error:
        raise SheetRefused(
            f"--nightly {when!r} cannot be used: {_readable(error, changed_file)} "
            "Write a cron such as '0 4 * * *' or '0 4 * * * Europe/Berlin', or off."
        ) from error
    return changed_file


EPISODE = "flows.deployments.episodes.make_episode"
NIGHTLY = "flows.deployments.nightly.nightly_rushes"


def _parameters(entrypoint: str) -> set[str]:
    from prefect import Flow

    module, _, name = entrypoint.rpartition(".")
    try:
        found = getattr(import_module(module), name, None)
    except ImportError as error:
        raise ValueError(f"{entrypoint} cannot be imported: {error}") from error
    if not isinstance(found, Flow):
        raise ValueError(f"{entrypoint} is not a flow")
    return set(found.parameters.properties)


def _readable(error: ValidationError, raw: object) -> str:
    problems = []
    for problem in error.errors()[:MOST_PROBLEMS]:
        spot = ".".join(map(str, problem["loc"])) or "the file"
        if problem["loc"][:1] == ("deployments",) and len(problem["loc"]) > 1 and isinstance(raw, dict):
            item = raw["deployments"][problem["loc"][1]]
            name = item.get("entrypoint", spot) if isinstance(item, dict) else spot
            spot = ".".join([str(name), *map(str, problem["loc"][2:])])
        problems.append(f"{shown(spot, 200)}: {shown(problem['msg'].removeprefix('Value error, '), 400)}")
    return "; ".join(problems) + "."
