"""Prefect's process worker, that runs our own deployments and nothing else.

In: the arguments of `prefect worker start`.      Out: a worker of the type `process` that refuses strange runs.
Prefect lets a deployment name any code, and shell commands as pull steps; no setting of the server forbids
it. So the worker looks at each run before it starts a process for it. Own deployments of a person go to a
pool and a worker of their own: `prefect worker start --pool mine`.
"""

import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prefect.workers.process import ProcessJobConfiguration, ProcessWorker

from assets.errors import InputRefused
from flows.deployments.deployment_file import entrypoints
from flows.settings import project

if TYPE_CHECKING:
    from prefect.client.schemas.objects import FlowRun
    from prefect.client.schemas.responses import DeploymentResponse

FOLDER_STEP = "prefect.deployments.steps.set_working_directory"
# What a run of ours never sets: each of them decides which code is executed.
CLOSED = ("command", "env", "working_dir")


class OwnRuns(ProcessJobConfiguration):
    """The process of one run, after a look at what it would execute."""

    def prepare_for_flow_run(
        self, flow_run: "FlowRun", deployment: "DeploymentResponse | None" = None, *args: Any, **kwargs: Any
    ) -> None:
        if deployment is None:
            raise InputRefused(
                f"{flow_run.name} has no deployment, so there is nothing this worker knows to run."
            )
        check(deployment, {**(deployment.job_variables or {}), **(flow_run.job_variables or {})})
        super().prepare_for_flow_run(flow_run, deployment, *args, **kwargs)


def check(deployment: "DeploymentResponse", job_variables: dict[str, Any]) -> None:
    """Refuse what is not one of our deployments, as they are registered."""
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
    # Prefect's own class goes by the same type, and says that it is replaced. That is meant.
    warnings.simplefilter("ignore")

    class OwnWorker(ProcessWorker):
        """Takes the place of Prefect's process worker in this process."""

        type = "process"
        job_configuration = OwnRuns


def main() -> None:
    from prefect.cli import app

    sys.argv[0] = "prefect"
    app()


if __name__ == "__main__":
    main()
