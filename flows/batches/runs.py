"""The GPU runs of one episode on the Prefect server: how many there are, starting more, sending them home.

In: an episode, how many hands are wanted.      Out: runs of the deployment ``gpu-stage/gpu``.
Who is there is asked of the server every time: a run that begins again finds the hands it had.
"""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from uuid import UUID

from prefect import Flow, State
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import FlowRunFilter
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.deployments import run_deployment
from prefect.exceptions import ObjectNotFound
from prefect.states import Cancelled, Cancelling, Crashed

from assets.errors import SetupMissing
from flows.episode.brief import Shift

DEPLOYMENT = "gpu-stage/gpu"
_WAITING = (StateType.SCHEDULED, StateType.PENDING)
_LIVE = (*_WAITING, StateType.RUNNING)
MOST = 200  # runs of one answer, the server's own bound


@dataclass(frozen=True)
class GpuRuns:
    """The runs of one episode, known by their tag."""

    episode: str
    out: Path

    @property
    def tags(self) -> list[str]:
        return ["sakuga", "gpu-stage", f"episode:{self.episode}"]

    def required(self) -> None:
        """Refuse before anything is asked for when this server cannot start a GPU run."""
        with get_client(sync_client=True) as client:
            try:
                client.read_deployment_by_name(DEPLOYMENT)
            except ObjectNotFound as error:
                raise SetupMissing(
                    f"The brief asks for GPU workers, but this Prefect server has no deployment {DEPLOYMENT!r}. "
                    "Register it (`sakuga up` does; deploy/prefect.yaml has it), or set workers to 0 in the brief."
                ) from error

    def live(self) -> list[FlowRun]:
        """Those that wait for a worker, start or run."""
        with get_client(sync_client=True) as client:
            return _found(client, self.tags, _LIVE)

    def start(self, count: int) -> list[UUID]:
        """Ask for ``count`` more, as children of the run that asks."""
        shift = Shift(episode=self.episode, out=self.out.absolute())
        parameters = {"shift": shift.model_dump(mode="json")}
        asked = (
            run_deployment(DEPLOYMENT, parameters=parameters, timeout=0, tags=self.tags) for _ in range(count)
        )
        return [cast(FlowRun, run).id for run in asked]

    def ended(self, ids: Collection[UUID]) -> list[FlowRun]:
        """Of these runs, the ones that failed or crashed."""
        wanted: dict[str, Any] = {
            "id": {"any_": list(ids)},
            "state": {"type": {"any_": [StateType.FAILED, StateType.CRASHED]}},
        }
        with get_client(sync_client=True) as client:
            return client.read_flow_runs(flow_run_filter=FlowRunFilter.model_validate(wanted), limit=MOST)

    def given_up(self, run: FlowRun, why: str) -> None:
        """Say on the run's page that it is dead: whoever ran it can no longer."""
        with get_client(sync_client=True) as client:
            client.set_flow_run_state(run.id, Crashed(message=why), force=True)

    def cancel(self, *, waiting_only: bool = False) -> int:
        """Stop them. Those that no worker has taken end at once; a worker stops the others."""
        with get_client(sync_client=True) as client:
            return _cancelled(client, _found(client, self.tags, _WAITING if waiting_only else _LIVE))


def call_off(flow: Flow[..., Any], flow_run: FlowRun, state: State[Any]) -> None:
    """A cancelled run's hook: stop the GPU runs it asked for. It may have been killed before it could."""
    wanted: dict[str, Any] = {
        "parent_flow_run_id": {"any_": [flow_run.id]},
        "state": {"type": {"any_": list(_LIVE)}},
    }
    with get_client(sync_client=True) as client:
        runs = client.read_flow_runs(flow_run_filter=FlowRunFilter.model_validate(wanted), limit=MOST)
        _cancelled(client, [run for run in runs if "gpu-stage" in run.tags])


def _found(client: SyncPrefectClient, tags: list[str], states: Collection[StateType]) -> list[FlowRun]:
    wanted: dict[str, Any] = {"tags": {"all_": tags}, "state": {"type": {"any_": list(states)}}}
    return client.read_flow_runs(flow_run_filter=FlowRunFilter.model_validate(wanted), limit=MOST)


def _cancelled(client: SyncPrefectClient, runs: Collection[FlowRun]) -> int:
    for run in runs:
        waits = run.state is not None and run.state.type == StateType.SCHEDULED
        client.set_flow_run_state(run.id, Cancelled() if waits else Cancelling())
    return len(runs)
