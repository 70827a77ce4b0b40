"""The base job template of our work pools: what a run may be given besides its parameters.

In: Prefect's own template.      Out: a template in which a run cannot decide what is executed.
With the stock template, whoever starts a run can set its command, folder and environment. Here these are not
variables, and the server refuses unknown variables with 422.
"""

from copy import deepcopy
from typing import Any

KEPT = ("name", "labels", "stream_output")


def stock() -> dict[str, Any]:
    """Prefect's template for a process pool, in this version."""
    from prefect.workers.process import ProcessWorker

    return ProcessWorker.get_default_base_job_template()


def closed() -> dict[str, Any]:
    """Our template."""
    template = deepcopy(stock())
    template["job_configuration"] = {name: template["job_configuration"][name] for name in KEPT}
    properties = template["variables"]["properties"]
    template["variables"] = {
        "type": "object",
        "description": "What decides which code runs (command, folder, environment) is set on the worker.",
        "properties": {name: properties[name] for name in KEPT},
        "additionalProperties": False,
    }
    return template


def is_stock(template: dict[str, Any]) -> bool:
    """Whether nobody changed the template: the same variables as Prefect's, and no default set by a person.

    Descriptions differ between Prefect's versions, so only names, references and defaults are compared.
    """
    return _structure(template) == _structure(stock()) or not template


def _structure(template: dict[str, Any]) -> Any:
    variables = template.get("variables", {})
    return (
        template.get("job_configuration"),
        sorted(variables),
        {name: item.get("default") for name, item in variables.get("properties", {}).items()},
        variables.get("additionalProperties"),
    )
