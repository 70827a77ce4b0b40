"""The families of models that LoRAs are trained for, by name. A family is imported when it is asked for.

In: a family's name, a base, frozen art.      Out: a lesson with all of its art and captions encoded.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from assets.errors import InputRefused
from assets.sheets.dataset import FrozenWork, Manifest
from models import registry
from models.card import Card, Port
from models.diffusion import placement
from models.training import lora
from models.training.lesson import Family, LoraLesson, Task
from models.training.material import Material
from models.training.order import Order

FAMILIES = ("house", "sdxl", "klein", "wan")
_USERS: dict[str, tuple[Port, str]] = {"wan": ("animator", "wan")}  # the others are painters of that name


@dataclass(frozen=True)
class Art:
    """A frozen dataset, the local file of each work, and a folder for what is encoded once."""

    manifest: Manifest
    file: Callable[[FrozenWork], Path]
    cache: Path


def prepared(
    of: Family, base: tuple[Path, str], art: Art, task: Task, steps: int, tell: Callable[[str], object]
) -> LoraLesson:
    """The lesson of ``task``, on its device.

    base    folder of the base model, device
    steps   batches that will be shown: their art and captions are encoded here, and the text encoders are freed
    raises  InputRefused before anything is encoded, for art or captions that the model cannot be shown, and for
            ranks of modules that it does not have
    """
    folder, device = base
    pipe = of.load(folder, device)
    of.check(pipe, art.manifest)
    shape = replace(task.shape, targets=task.shape.targets or of.targets(pipe))
    lora.check(of.network(pipe, task), shape)
    material = Material(art.manifest, art.file, of.encoders(pipe, folder), art.cache)
    readers = [name for name in of.readers if getattr(pipe, name, None) is not None]
    for name in ("vae", *readers):
        getattr(pipe, name).to(device)
    material.encode(Order(art.manifest, task.batch).until(steps), ("", *task.prompts), tell)
    for name in readers:
        setattr(pipe, name, None)
    placement.collected()
    pipe.to(device)
    return of.lesson(pipe, material, replace(task, shape=shape))


def card(name: str) -> Card:
    """The card of the model that uses LoRAs of a family: it says how captions are written.

    raises  InputRefused for a family that is not trained here
    """
    _check(name)
    return registry.card(*_USERS.get(name, ("painter", name)))


def family(name: str) -> Family:
    """How LoRAs of ``name`` are trained.

    raises  InputRefused for a family that is not trained here
    """
    _check(name)
    if name == "house":
        from models.training import house

        return house.FAMILY
    if name == "sdxl":
        from models.training import sdxl

        return sdxl.FAMILY
    if name == "klein":
        from models.training import klein

        return klein.FAMILY
    from models.training import wan

    return wan.FAMILY


def _check(name: str) -> None:
    if name not in FAMILIES:
        raise InputRefused(f"LoRAs of {name!r} are not trained here yet. Families: {', '.join(FAMILIES)}.")
