"""The base job template of our work pools: what a run may be given besides its parameters.

In: Prefect's own template.      Out: a template in which a run cannot decide what is executed.
With the stock template, whoever starts a run can set its command, folder and environment. Here these are not
variables, and the server refuses unknown variables with 422.
"""

from copy import deepcopy
from typing import Any

from pydantic import BaseModel, Field

from flows.episode.forms import as_form

KEPT = ("name", "labels", "stream_output")
# Our own variables, with the setting that each becomes for the run; their types are in ``RunVariables``.
SETTINGS = {"lanes": "SAKUGA_LANES", "device": "SAKUGA_DEVICE", "cache_gb": "SAKUGA_CACHE_GB"}


class RunVariables(BaseModel):
    """What a deployment or a run may say about how it runs, besides its parameters."""

    lanes: int | None = Field(
        default=None, ge=1, le=64, description="Pieces made side by side. Empty: the worker's own setting"
    )
    device: str | None = Field(
        default=None, pattern=r"^(cpu|mps|cuda(:[0-9]{1,2})?)$", description="Where models are loaded"
    )
    cache_gb: float | None = Field(
        default=None, gt=0, le=100_000, description="Local copies of the vault, in gigabytes"
    )

    def environment(self) -> dict[str, str]:
        """The settings of the variables that are given."""
        given = self.model_dump(exclude_none=True)
        return {
            SETTINGS[name]: f"{value:g}" if isinstance(value, float) else str(value)
            for name, value in given.items()
        }


def stock() -> dict[str, Any]:
    """Prefect's template for a process pool, in this version."""
    from prefect.workers.process import ProcessWorker

    return ProcessWorker.get_default_base_job_template()


def closed() -> dict[str, Any]:
    """Our template."""
    template = deepcopy(stock())
    stock_jobs, properties = template["job_configuration"], template["variables"]["properties"]
    template["job_configuration"] = {name: stock_jobs[name] for name in KEPT} | {
        name: f"{{{{ {name} }}}}" for name in SETTINGS
    }
    template["variables"] = {
        "type": "object",
        "description": "What decides which code runs (command, folder, environment) is set on the worker.",
        "properties": {name: properties[name] for name in KEPT} | _typed(),
        "additionalProperties": False,
    }
    return template


def is_stock(template: dict[str, Any]) -> bool:
    """Whether nobody changed the template: the same variables as Prefect's, and no default set by a person.

    Descriptions differ between Prefect's versions, so only names, references and defaults are compared.
    """
    return _structure(template) == _structure(stock()) or not template


def is_earlier(template: dict[str, Any]) -> bool:
    """Whether this is our template of an earlier release, which had no variables of our own."""
    return (
        set(template.get("job_configuration", {}))
        == set(KEPT)
        == set(template.get("variables", {}).get("properties", {}))
    )


def _typed() -> dict[str, Any]:
    """The JSON schema of our variables, each without a question about None."""
    properties: dict[str, Any] = RunVariables.model_json_schema()["properties"]
    as_form({"properties": properties})
    return properties


def _structure(template: dict[str, Any]) -> Any:
    variables = template.get("variables", {})
    return (
        template.get("job_configuration"),
        sorted(variables),
        {name: item.get("default") for name, item in variables.get("properties", {}).items()},
        variables.get("additionalProperties"),
    )
