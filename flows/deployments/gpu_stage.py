"""The GPU worker's flow: one run is one worker's shift at one episode.

Its machine is loaded once and does piece after piece; the pieces come from the store, so several such
runs share an episode without waiting for one another.
"""

from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict
from typing import Any

from prefect import flow
from prefect.concurrency.sync import concurrency
from prefect.runtime import flow_run

from flows.batches.shift import work
from flows.batches.watch import LogWatch
from flows.deployments.tasks import PrefectTasks
from flows.episode.brief import Shift
from flows.settings import Settings, settings


def _titled() -> str:
    """How a run is listed: "GPU work at yuzu/ep01"."""
    shift: Shift = flow_run.get_parameters()["shift"]
    return f"GPU work at {shift.episode}"


@flow(name="gpu-stage", flow_run_name=_titled)
def gpu_stage(shift: Shift) -> dict[str, Any]:
    """Draw panels and move cuts of one episode, until there are none left to do.

    Runs of `make-episode` order this themselves. Start one more by hand to lend a further GPU to an episode
    that is being made.

    Args:
        shift: Which episode, and how long to wait for more work.
    """
    chosen = settings(shift.out)
    hand = str(flow_run.get_id())
    return asdict(work(shift, hand, chosen, PrefectTasks(), LogWatch(), slot=_slot(chosen)))


def _slot(chosen: Settings) -> AbstractContextManager[None]:
    """The GPU for the length of the shift; after kill -9 the server takes it back within a minute."""
    if not chosen.gpu:
        return nullcontext()
    return concurrency(chosen.gpu, occupy=1, strict=True, lease_duration=60)
