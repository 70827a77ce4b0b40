"""Order a run of a deployment on the configured server: an episode, or a casting.

In: a brief, or an order to cast.      Out: a scheduled run that one of the studio's workers makes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import httpx
from prefect import get_client
from prefect.client.schemas.objects import StateType
from prefect.exceptions import ObjectNotFound

from assets.errors import SetupMissing, StorageFailed
from assets.plain import one_line
from assets.sheets.base import Part
from flows.cast.drawing_note import Ordered
from flows.cast.order import CastOrder
from flows.episode.brief import Brief, run_name

Given = TypeVar("Given", bound=Part)
EPISODES = "make-episode/make-episode"
CASTINGS = "cast-character/cast-character"
WAITING = {StateType.SCHEDULED, StateType.PENDING}
OVER = {StateType.FAILED, StateType.CRASHED, StateType.CANCELLED}
NO_WORKER = (
    "The run waits on the Prefect server for one of the studio's workers. If none takes it, `sakuga up` or a worker of "
    "cpu-pool is not running."
)


@dataclass(frozen=True)
class OnServer:
    """Runs of deployments; the studio's workers make them."""

    project: Path
    _castings: dict[str, UUID] = field(default_factory=dict)

    def start(self, episode: str, brief: Brief) -> None:
        given = self._here(brief, ("script", "out", "show", "profile")).model_dump(
            mode="json", exclude_defaults=True
        )
        _ordered(EPISODES, {"brief": given}, run_name(brief))

    def cast(self, name: str, order: CastOrder) -> None:
        given = self._here(order, ("out", "show", "profile")).model_dump(mode="json", exclude_defaults=True)
        named = one_line(f"cast {order.character} ({order.profile})")
        self._castings[name] = _ordered(CASTINGS, {"order": given}, named)

    def casting(self, name: str) -> Ordered | None:
        run = self._castings.get(name)
        if run is None:
            return None
        try:
            with get_client(sync_client=True) as client:
                state = client.read_flow_run(run).state
        except ObjectNotFound:
            return None  # somebody deleted the run
        except httpx.HTTPError as error:
            return Ordered(waits=f"The Prefect server does not answer ({type(error).__name__}).")
        if state is None or state.type in WAITING:
            return Ordered(waits=NO_WORKER)
        if state.type in OVER:
            return Ordered(problem=state.message or f"The run ended as {state.name}.")
        return Ordered() if state.type == StateType.RUNNING else None

    def _here(self, order: Given, paths: tuple[str, ...]) -> Given:
        """The order with paths from the project on, as the workers see them."""
        root, changed = self.project.absolute(), {}
        for name in paths:
            value = getattr(order, name)
            path = Path(value) if isinstance(value, Path) or (value and "/" in value) else None
            if path is not None and path.absolute().is_relative_to(root):
                here = path.absolute().relative_to(root)
                changed[name] = here if isinstance(value, Path) else str(here)
        return order.model_copy(update=changed)

    def problem(self, episode: str) -> str:
        return ""  # the run's page on the server tells it

    def close(self) -> None:
        """The server keeps its runs."""


def _ordered(deployment: str, parameters: Mapping[str, Any], name: str) -> UUID:
    try:
        with get_client(sync_client=True) as client:
            found = client.read_deployment_by_name(deployment)
            return client.create_flow_run_from_deployment(found.id, parameters=dict(parameters), name=name).id
    except ObjectNotFound as error:
        raise SetupMissing(
            f"The Prefect server has no deployment {deployment}. Register it: sakuga register"
        ) from error
    except Exception as error:  # anything between here and the server can fail
        raise StorageFailed(
            f"The Prefect server did not take the run ({type(error).__name__}: {error}). Try again; "
            "`sakuga doctor` says whether it answers."
        ) from error
