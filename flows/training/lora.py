"""Train a LoRA on a frozen dataset: rights first, then the training, then the file with its record.

In: a dataset's name, the base model's folder, how to train.      Out: a LoRA in safetensors, a record beside it.
A stopped training goes on from its last checkpoint when the same command runs again.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assets import files
from assets.errors import InputRefused
from assets.hashing import digest
from assets.rights.clearance import policy
from assets.rights.registry import Registry
from assets.sheets.dataset import Manifest
from assets.vault import Vault
from flows.rights.credentials import required_identity
from flows.training import clearance, datasets
from flows.training.order import Order
from models.memory import required_device
from models.training import patterns
from models.training.families import family

if TYPE_CHECKING:
    from models.training.lesson import LoraLesson
    from models.training.loop import Run

RECORD = 2  # version of the record; 1 had no version, and no ranks or alphas by pattern


@dataclass(frozen=True)
class Talk:
    """Whom a training tells its progress, and who may stop it."""

    tell: Callable[[Any], object]
    stop: Callable[[], bool] = lambda: False


@dataclass(frozen=True)
class Holdings:
    """The art of a project, and what is registered of it."""

    vault: Vault
    registry: Registry


@dataclass(frozen=True)
class Trained:
    """A training that was completed.

    run    what it is identified by
    shown  how many works it has shown since its first step
    first  whether this is the first of its processes: only that one wrote the file
    """

    order: Order
    manifest: Manifest
    path: Path
    run: str
    shown: int
    first: bool


def train(order: Order, art: Holdings, out: Path, device: str, talk: Talk) -> Trained:
    """Train, and write the LoRA.

    out     the file
    device  of this process
    raises  RightsRefused if the base or a work may not be trained on; InputRefused for captions that would be cut;
            RunStopped where ``talk`` says so, and what was trained is kept
    """
    family(order.family)
    required_device(device)
    if out.suffix != ".safetensors":
        raise InputRefused(f"{out} does not end in .safetensors, and a LoRA is written as nothing else.")
    manifest = datasets.manifest(order.dataset, art.vault)
    clearance.training(_base(order), manifest, policy(order.policy), art.registry)
    required_identity()
    from models.lora import writers
    from models.training import loop

    first, processes = loop.process(device)
    decides = digest(decisive(order, manifest, device, processes))
    run = _run(order, out.parent / ".training" / order.name / decides[:16], device)
    tell = talk.tell if first else _silent
    lesson = _lesson(order, manifest, art.vault, run, processes, tell)
    loop.train(lesson, run, tell=tell, stop=talk.stop)
    shown = order.steps * order.batch * order.accumulate * processes
    made = Trained(order, manifest, out, decides, shown, first)
    if not first:
        return made
    write = writers.kohya if order.style == "comfyui" else writers.diffusers
    write(out, lesson.factors(), _about(order, manifest, run, lesson.about()))
    files.write(
        out.with_suffix(".training.json"), json.dumps(_record(order, manifest, device), indent=2) + "\n"
    )
    return made


def _silent(said: object) -> None:
    """The other processes of a training would say everything again."""


def decisive(order: Order, manifest: Manifest, device: str, processes: int) -> dict[str, Any]:
    """Everything that decides the weights of a training, but its length: what it is identified by."""
    return order.decides() | {"root": manifest.root, "device": device, "processes": processes}


def _run(order: Order, folder: Path, device: str) -> "Run":
    """The run; its folder is named after all that decides the weights, but the number of steps."""
    from models.training.loop import Run

    return Run(
        folder=folder,
        steps=order.steps,
        rate=order.peak,
        warmup=min(100, order.steps),
        save=50,
        look=max(1, order.steps // 4),
        device=device,
        precision="no" if device == "cpu" else "bf16",
        optimizer=order.optimizer,
        accumulate=order.accumulate,
    )


def _lesson(
    order: Order, manifest: Manifest, vault: Vault, run: "Run", processes: int, tell: Callable[[Any], object]
) -> "LoraLesson":
    from models.training.families import Art, prepared
    from models.training.lesson import Task
    from models.training.lora import LoraShape

    task = Task(
        LoraShape(
            order.rank,
            order.alpha,
            ranks=patterns.ranks(order.rank_of),
            alphas=patterns.alphas(order.alpha_of),
        ),
        batch=order.batch,
        prior=order.prior,
        checkpointing=run.device != "cpu",
        expert=order.expert,
    )
    art = Art(manifest, lambda each: vault.local(each.ref), run.folder.parent / "encoded")
    batches = run.steps * run.accumulate * processes
    return prepared(family(order.family), (order.base, run.device), art, task, batches, tell)


def _base(order: Order) -> clearance.Base:
    return clearance.Base(order.base.name, str(order.base), order.family, order.licence, order.data)


def _about(order: Order, manifest: Manifest, run: "Run", part: dict[str, str]) -> Any:
    from models.lora.writers import About

    return About(
        family=order.family,
        title=order.name,
        licence=order.licence,
        trigger=manifest.showing.trigger,
        resolution=str(manifest.showing.resolution),
        more={
            "sakuga.dataset": manifest.root, "ss_steps": str(order.steps), "ss_network_dim": str(order.rank),
            "ss_network_alpha": f"{order.alpha:g}", "ss_seed": str(run.seed),
            "ss_optimizer": order.optimizer, "sakuga.rank_of": " ".join(order.rank_of),
            "sakuga.alpha_of": " ".join(order.alpha_of), **part,
        },
    )  # fmt: skip


def _record(order: Order, manifest: Manifest, device: str) -> dict[str, Any]:
    told = order.model_dump(mode="json") | {"rate": order.peak, "device": device}
    return {"version": RECORD, "order": told, "dataset": {"name": manifest.name, "root": manifest.root}}
