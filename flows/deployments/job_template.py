"""What a run may be given besides its parameters: the base job template of our work pools.

In: Prefect's own template.      Out: one in which nothing decides what is executed.
With the stock template whoever starts a run may set its command, folder and environment. Here those are no
variables, and a name that is no variable is refused by the server with 422.
"""

from copy import deepcopy
from typing import Any

KEPT = ("name", "labels", "stream_output")


def stock() -> dict[str, Any]:
    """Prefect's own for a process pool, in this version."""
    from prefect.workers.process import ProcessWorker

    return ProcessWorker.get_default_base_job_template()


def closed() -> dict[str, Any]:
    """Ours."""
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
    """Whether nobody changed it: the same variables as Prefect's, with no default of a person's own.

    Words differ between Prefect's versions, so names, references and defaults are compared.
    """
    return _bones(template) == _bones(stock()) or not template


def _bones(template: dict[str, Any]) -> Any:
    variables = template.get("variables", {})
    return (
        template.get("job_configuration"),
        sorted(variables),
        {name: item.get("default") for name, item in variables.get("properties", {}).items()},
        variables.get("additionalProperties"),
    )
