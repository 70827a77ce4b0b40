"""Train a LoRA on a frozen dataset: rights first, then the training, then the file with its record.

In: a dataset's name, the base model's folder, how to train.      Out: a LoRA in safetensors, a record beside it.
A stopped training goes on from its last checkpoint when the same command runs again.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from assets import files
from assets.errors import InputRefused
from assets.hashing import digest
from assets.rights.clearance import Used, clear, policy
from assets.rights.licences import alternatives
from assets.rights.terms import Terms
from assets.sheets.bible import Expert
from assets.sheets.dataset import Manifest
from assets.sheets.rights import DataClass
from assets.vault import Vault
from models.house.painter import HousePainter
from models.house.weights import LIBRARY
from models.training.families import family

if TYPE_CHECKING:
    from models.training.lesson import LoraLesson
    from models.training.loop import Run

Style = Literal["diffusers", "comfyui"]
USUAL: dict[str, dict[str, Any]] = {
    "house": {
        "base": LIBRARY, "licence": HousePainter.card.licence, "data": HousePainter.card.data, "rank": 8, "alpha": 8.0,
        "batch": 4, "rate": 2e-3,
    }
}  # fmt: skip
"""What an order has for a family where nothing else is said."""
_DECIDE = ("base", "family", "rank", "alpha", "batch", "rate", "device", "expert", "prior")


@dataclass(frozen=True)
class Order:
    """What to train.

    base      folder of the base model, as diffusers saves it
    licence   of the base model; SPDX expression or the licence's own id
    data      the origin of what the base model was trained on
    expert    which of two experts the LoRA is for; empty for a base that has one
    prior     weight of the works that show the class and not the subject
    """

    name: str
    dataset: str
    base: Path
    licence: str
    data: DataClass
    family: str = "sdxl"
    rank: int = 16
    alpha: float = 16.0
    batch: int = 1
    steps: int = 1000
    rate: float = 1e-4
    device: str = "cpu"
    style: Style = "diffusers"
    policy: str = "own-or-licensed"
    expert: Expert = ""
    prior: float = 1.0


def train(order: Order, manifest: Manifest, vault: Vault, out: Path, tell: Callable[[str], None]) -> Path:
    """Train, and write the LoRA.

    raises  RightsRefused if the base or a work may not be trained on; InputRefused for captions that would be cut
    """
    family(order.family)
    if out.suffix != ".safetensors":
        raise InputRefused(f"{out} does not end in .safetensors, and a LoRA is written as nothing else.")
    clear([_base(order), *_works(manifest)], policy(order.policy), "train", on=date.today())
    from models.lora import writers
    from models.training.loop import train as loop

    lesson, run = _prepared(order, manifest, vault, out.parent / ".training" / order.name, tell)
    loop(lesson, run, tell=tell)
    write = writers.kohya if order.style == "comfyui" else writers.diffusers
    path = write(out, lesson.factors(), _about(order, manifest, run, lesson.about()))
    files.write(out.with_suffix(".training.json"), json.dumps(_record(order, manifest), indent=2) + "\n")
    return path


def decisive(order: Order, manifest: Manifest) -> dict[str, Any]:
    """Everything that decides the weights of a training, but its length: what it is identified by."""
    return {key: value for key, value in _plain(order).items() if key in _DECIDE} | {"root": manifest.root}


def _prepared(
    order: Order, manifest: Manifest, vault: Vault, work: Path, tell: Callable[[str], None]
) -> "tuple[LoraLesson, Run]":
    """The lesson and the run; the folder of the run is named after all that decides its weights, but its length."""
    from models.training.families import Art, prepared
    from models.training.lesson import Task
    from models.training.loop import Run
    from models.training.lora import LoraShape

    on_cpu = order.device == "cpu"
    run = Run(
        folder=work / digest(decisive(order, manifest))[:16],
        steps=order.steps,
        rate=order.rate,
        warmup=min(100, order.steps),
        save=50,
        look=max(1, order.steps // 4),
        device=order.device,
        precision="no" if on_cpu else "bf16",
    )
    task = Task(
        LoraShape(order.rank, order.alpha),
        batch=order.batch,
        prior=order.prior,
        checkpointing=not on_cpu,
        expert=order.expert,
    )
    art = Art(manifest, lambda each: vault.local(each.ref), work / "encoded")
    return prepared(family(order.family), (order.base, order.device), art, task, order.steps, tell), run


def _base(order: Order) -> Used:
    terms = Terms(data_class=order.data, licences=alternatives(order.licence))
    return Used(f"the base model {order.base.name}", str(order.base), terms, frozenset({order.base.name}))


def _works(manifest: Manifest) -> list[Used]:
    return [
        Used(
            f"the work {each.work.file} by {each.work.rights.creator}",
            each.work.sha256,
            Terms(
                data_class=each.work.rights.training_data,
                licences=alternatives(each.work.rights.licence or f"LicenseRef-{each.work.rights.grant}"),
                grants=frozenset({each.work.rights.grant} if each.work.rights.grant else ()),
            ),
        )
        for each in manifest.works
    ]


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
            "ss_network_alpha": f"{order.alpha:g}", "ss_seed": str(run.seed), **part,
        },
    )  # fmt: skip


def _record(order: Order, manifest: Manifest) -> dict[str, Any]:
    return {"order": _plain(order), "dataset": {"name": manifest.name, "root": manifest.root}}


def _plain(order: Order) -> dict[str, Any]:
    return {key: str(value) if isinstance(value, Path) else value for key, value in asdict(order).items()}
