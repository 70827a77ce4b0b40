"""The Prefect flow that trains a LoRA: a form, a progress bar, and a state that says how it ended.

A cancelled run keeps the step at work; Retry in its menu, or the same order again, goes on from there.
"""

from pathlib import Path
from time import monotonic
from typing import cast
from uuid import UUID

from prefect import State, flow, get_run_logger
from prefect.artifacts import create_progress_artifact, update_progress_artifact
from prefect.runtime import flow_run
from prefect.states import Cancelled

from assets.errors import RunStopped, SakugaError
from assets.plain import one_line
from assets.store import Store
from flows.deployments import problem
from flows.deployments.keys import key_for
from flows.deployments.progress import PAUSE
from flows.episode.workspace import open_vault
from flows.rights.model_credentials import signed_if_set
from flows.settings import settings, user
from flows.training import lora, recording, stopping
from flows.training.order import Order
from models.training.loop import Progress

Result = dict[str, str] | State[dict[str, str]]


def _run_name() -> str:
    order: Order = flow_run.get_parameters()["order"]
    return one_line(f"train {order.name} on {order.dataset}{f' ({order.expert})' if order.expert else ''}")


@flow(name="train-lora", flow_run_name=_run_name, persist_result=True, result_serializer="json")
def train_lora(order: Order, out: Path = Path("episodes")) -> Result:
    """Train a LoRA of a character, a style or a place on a frozen dataset.

    Safe to repeat: a run that was stopped goes on from its last checkpoint, with the same result.

    Args:
        order: The dataset, the base model, and how to train.
        out: Folder of the project, on the machine that runs this.
    """
    bar = _Bar(order)
    with problem.without_tracebacks():
        try:
            made = _trained(order, out, bar)
        except RunStopped as stopped:
            bar.show(str(stopped))
            return Cancelled(message=str(stopped))
        except SakugaError as error:
            bar.show(str(error))
            return problem.ended(error, _run_name())
    bar.finished(f"Wrote {made.path.name}")
    return {"LoRA": str(made.path), "dataset": made.manifest.name, "shown": str(made.shown)}


def _trained(order: Order, out: Path, bar: "_Bar") -> lora.Trained:
    chosen = settings(out)
    file = out / "loras" / f"{order.name}.safetensors"
    with Store.open(chosen.store) as store:
        art = lora.Holdings(open_vault(chosen), store.rights.registry())
    with stopping.asked() as stop:
        made = lora.train(order, art, file, order.device or chosen.device, lora.Talk(bar.told, stop))
    with Store.open(chosen.store) as store:
        recording.trained(store, made, by=user())
        signed_if_set(made.path, store)
    return made


class _Bar:
    """The progress of one training on its run's page; the log has a line for each 50 steps."""

    def __init__(self, order: Order) -> None:
        self._log = get_run_logger()
        key = key_for("training", order.name)
        made = create_progress_artifact(progress=0.0, key=key, description="Encoding the art")
        self._artifact, self._share, self._at = cast(UUID, made), 0.0, 0.0

    def told(self, said: object) -> None:
        self._log.info("%s", said)
        if isinstance(said, Progress):
            self._share = round(min(99.0, 100 * said.step / said.steps), 1)
        if monotonic() - self._at >= PAUSE:
            self.show(str(said))

    def show(self, text: str) -> None:
        self._at = monotonic()
        update_progress_artifact(self._artifact, progress=self._share, description=one_line(text)[:300])

    def finished(self, text: str) -> None:
        self._share = 100.0
        self.show(text)
