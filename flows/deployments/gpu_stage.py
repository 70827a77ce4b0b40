"""The GPU worker's flow: one run works on the panels and takes of one episode.

Its models are loaded once for all pieces of work. The pieces come from the store, so several such runs share
an episode without waiting for each other.
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


def _run_name() -> str:
    """The name of a run in Prefect: "GPU work at yuzu/ep01"."""
    shift: Shift = flow_run.get_parameters()["shift"]
    return f"GPU work at {shift.episode}"


@flow(name="gpu-stage", flow_run_name=_run_name)
def gpu_stage(shift: Shift) -> dict[str, Any]:
    """Draw panels and animate cuts of one episode until no work is left.

    Runs of `make-episode` start this themselves. Start one more by hand to use another GPU for an episode that
    is being made.

    Args:
        shift: Which episode, and how long to wait for more work.
    """
    chosen = settings(shift.out)
    hand = str(flow_run.get_id())
    return asdict(work(shift, hand, chosen, PrefectTasks(), LogWatch(), slot=_slot(chosen)))


def _slot(chosen: Settings) -> AbstractContextManager[None]:
    """Hold the GPU's slot while this run works; after kill -9 the server frees it within a minute."""
    if not chosen.gpu:
        return nullcontext()
    return concurrency(chosen.gpu, occupy=1, strict=True, lease_duration=60)
