"""Prefect's process worker, limited to our own deployments.

In: the arguments of `prefect worker start`.      Out: a worker of type `process` that refuses unknown runs.
In Prefect a deployment may name any code, and shell commands as pull steps; no setting of the server forbids
this. So the worker checks each run before it starts a process for it. A person's own deployments need a pool
and a worker of their own: `prefect worker start --pool mine`.
"""

import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prefect.workers.process import ProcessJobConfiguration, ProcessWorker

from assets.errors import InputRefused
from flows.deployments.deployment_file import entrypoints
from flows.deployments.job_template import RunVariables
from flows.settings import project

if TYPE_CHECKING:
    from prefect.client.schemas.objects import FlowRun
    from prefect.client.schemas.responses import DeploymentResponse

FOLDER_STEP = "prefect.deployments.steps.set_working_directory"
# Our runs never set these: each decides which code is executed.
CLOSED = ("command", "env", "working_dir")


class OwnRuns(ProcessJobConfiguration, RunVariables):
    """The process of one run, after a check of what it would execute."""

    def prepare_for_flow_run(
        self, flow_run: "FlowRun", deployment: "DeploymentResponse | None" = None, *args: Any, **kwargs: Any
    ) -> None:
        if deployment is None:
            raise InputRefused(f"{flow_run.name} has no deployment, so this worker does not run it.")
        check(deployment, {**(deployment.job_variables or {}), **(flow_run.job_variables or {})})
        self.env = {**self.env, **RunVariables.model_validate(dict(self)).environment()}
        super().prepare_for_flow_run(flow_run, deployment, *args, **kwargs)


def check(deployment: "DeploymentResponse", job_variables: dict[str, Any]) -> None:
    """Refuse anything that is not one of our deployments as registered."""
    if deployment.entrypoint not in entrypoints():
        raise InputRefused(
            f"{deployment.name!r} would run {deployment.entrypoint!r}. This worker runs {', '.join(entrypoints())}; "
            "give other deployments a pool and a worker of their own."
        )
    for step in deployment.pull_steps or ():
        _check_step(deployment.name, step)
    if closed := sorted({name.partition(".")[0] for name in job_variables} & set(CLOSED)):
        raise InputRefused(
            f"{deployment.name!r} sets {', '.join(closed)}, which decides what is executed. "
            "Set that on the worker, not on a deployment or a run."
        )


def _check_step(name: str, step: dict[str, Any]) -> None:
    here = project()
    folder = step.get(FOLDER_STEP)
    if set(step) != {FOLDER_STEP} or not isinstance(folder, dict) or set(folder) != {"directory"}:
        raise InputRefused(
            f"{name!r} has the pull step {', '.join(step)}. The only one this worker takes is {FOLDER_STEP} "
            "with a directory. Register the deployments again: sakuga register"
        )
    if here and Path(str(folder["directory"])).resolve() != Path(here).resolve():
        raise InputRefused(
            f"{name!r} would run in {folder['directory']}; this studio works in {here}. "
            "Register the deployments again, in that folder: sakuga register"
        )


with warnings.catch_warnings():
    # Prefect's class has the same type and warns that it is replaced. The replacement is intended.
    warnings.simplefilter("ignore")

    class OwnWorker(ProcessWorker):
        """Replaces Prefect's process worker in this process."""

        type = "process"
        job_configuration = OwnRuns


def main() -> None:
    from prefect.cli import app

    sys.argv[0] = "prefect"
    app()


if __name__ == "__main__":
    main()
