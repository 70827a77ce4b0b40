"""The LoRAs of a pipeline: load, check that every weight arrived at its strength, choose them cut by cut.

In: the LoRAs of a shot.      Out: the pipeline draws with exactly these.
The library ignores a LoRA whose keys it does not know, and tells it in a warning that nobody reads. So what is in the
model afterwards is compared with the file: the number of its matrices, and their size with alpha and rank.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from assets.errors import InputRefused
from models.diffusion import lorafile
from models.diffusion.lorafile import LoraFile
from models.ports import LoraWeights

HEADER = "lora_adapter_metadata"  # where diffusers writes rank and alpha of every module
MOST = 8  # LoRAs kept loaded for later cuts; the least recently used one is deleted first
TOLERANCE = 0.02  # of the squared size: weights are stored in half precision

Extra = Callable[[LoraFile], Mapping[str, Any]]


class Rack:
    """The LoRAs loaded into one pipeline, by their hash."""

    def __init__(
        self,
        pipe: Any,
        family: str,
        *,
        extra: Extra = lambda file: {},
        hotswap_rank: int = 0,
        lifted: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:
        """
        extra         further arguments of ``load_lora_weights`` for a file, such as the expert it belongs to
        hotswap_rank  exchange LoRAs in place, in as many slots as cuts use at once; 0: load and delete
        lifted        a context in which the pipeline's weights are not offloaded
        """
        self._pipe, self._family, self._extra, self._lifted = pipe, family, extra, lifted
        self._hotswap = hotswap_rank
        self._names: list[str] = []  # least recently used first
        self._slots: dict[str, str] = {}  # adapter name of the library -> our name
        if hotswap_rank:
            pipe.enable_lora_hotswap(target_rank=hotswap_rank, check_compiled="ignore")

    @property
    def loaded(self) -> tuple[str, ...]:
        return tuple(self._names)

    def use(self, wanted: Sequence[LoraWeights]) -> None:
        """Draw with exactly ``wanted``, each at its strength.

        raises  InputRefused for a file of another base, or one that does not arrive whole
        """
        distinct = {_name(one): one for one in wanted if one.strength}
        if not distinct:
            if self._names:
                self._pipe.disable_lora()
            return
        for name, one in distinct.items():
            if name not in self._names:
                self._load(name, one, keep=distinct.keys())
        self._names = [name for name in self._names if name not in distinct] + list(distinct)
        self._pipe.enable_lora()
        activate(self._pipe, {self._adapter(name): one.strength for name, one in distinct.items()})

    def _adapter(self, name: str) -> str:
        return next((slot for slot, held in self._slots.items() if held == name), name)

    def _load(self, name: str, one: LoraWeights, keep: Any) -> None:
        file = lorafile.read(one.path)
        spare = [held for held in self._names if held not in keep]
        with self._lifted():
            if self._hotswap:
                self._swap(name, file, spare)
            else:
                if len(self._names) >= MOST and spare:
                    self._pipe.delete_adapters(spare[0])
                    self._names.remove(spare[0])
                load(self._pipe, file, name, self._family, **self._extra(file))
        self._names.append(name)

    def _swap(self, name: str, file: LoraFile, spare: Sequence[str]) -> None:
        """Into the slot of a LoRA that this cut does not use; into a new slot when there is none."""
        if file.rank > self._hotswap:
            raise InputRefused(
                f"The LoRA {file.path.name} has rank {file.rank}; hotswap_rank is {self._hotswap}. Raise it in the "
                "profile to the largest rank of the show, or set it to 0."
            )
        if not spare:
            slot = f"slot{len(self._slots)}"
            load(self._pipe, file, slot, self._family, **self._extra(file))
        else:
            slot = self._adapter(spare[0])
            load(self._pipe, file, slot, self._family, hotswap=True, **self._extra(file))
            self._names.remove(spare[0])
        self._slots[slot] = name


def load(pipe: Any, file: LoraFile, adapter: str, family: str, **extra: Any) -> tuple[str, ...]:
    """Load one file as ``adapter``, checked; returns the parts of the pipeline that hold it."""
    lorafile.check_family(file, family)
    try:
        pipe.load_lora_weights(
            str(file.path.parent),
            weight_name=file.path.name,
            adapter_name=adapter,
            use_safetensors=True,
            local_files_only=True,
            **extra,
        )
    except (ValueError, KeyError, RuntimeError, IndexError, AttributeError, TypeError, OSError) as error:
        raise InputRefused(_misfit(file, family, error)) from error
    holders = holding(pipe, adapter)
    if not holders:
        raise InputRefused(
            f"The LoRA {file.path.name} has no weights for any part of {type(pipe).__name__}: none of its "
            f"{len(file.shapes)} tensors was taken, such as {next(iter(file.shapes))}. It is of another base model."
        )
    try:
        check_arrived(pipe, file, adapter, holders)
    except InputRefused:
        if not extra.get("hotswap"):
            pipe.delete_adapters(adapter)
        raise
    return holders


def activate(pipe: Any, strengths: Mapping[str, float]) -> None:
    """Make exactly these adapters active.

    A dictionary of its own for each: with one for several, the library runs all but the first at 1.0.
    """
    weights = [
        dict.fromkeys(holding(pipe, adapter), float(strength)) for adapter, strength in strengths.items()
    ]
    pipe.set_adapters(list(strengths), weights)


def holding(pipe: Any, adapter: str) -> tuple[str, ...]:
    """The parts of the pipeline that hold weights of ``adapter``."""
    return tuple(part for part, adapters in pipe.get_list_adapters().items() if adapter in adapters)


def check_arrived(pipe: Any, file: LoraFile, adapter: str, holders: Sequence[str]) -> None:
    """Refuse a LoRA of which a matrix, or the alpha, did not reach the model."""
    if not file.pairs:
        return  # LoKr has other tensors
    # a file with a header of its own says its alphas there, and the library reads them: then matrices are compared
    scaled = HEADER not in file.metadata
    wanted = _size_in_file(file, scaled)
    if wanted == 0:
        raise InputRefused(
            f"The LoRA {file.path.name} is empty: all its changes are zero. Train it, then use it."
        )
    there = sum(_size_in_model(getattr(pipe, part), adapter, scaled) for part in holders)
    if abs(there - wanted) > TOLERANCE * wanted:
        share = (there / wanted) ** 0.5
        raise InputRefused(
            f"The LoRA {file.path.name} did not arrive whole: {share:.0%} of its effect is in the model. Some of its "
            f"{len(file.pairs)} modules do not exist in {type(pipe).__name__}, or its alpha was not read. Use a file "
            "of this base model in the diffusers or kohya format."
        )


def _size_in_file(file: LoraFile, scaled: bool) -> float:
    """The sum of the squares of all changes: up @ down, with ``scaled`` times alpha / rank, in float64."""
    from safetensors import safe_open

    total = 0.0
    with safe_open(file.path, framework="pt") as tensors:
        for module, (down, up) in file.pairs.items():
            alpha = next(
                (key for key in (f"{module}.alpha", f"{module}.lora.alpha") if key in file.shapes), None
            )
            rank = file.shapes[down][0]
            scale = float(tensors.get_tensor(alpha)) / rank if alpha and scaled else 1.0
            total += scale**2 * _square(tensors.get_tensor(down), tensors.get_tensor(up))
    return total


def _size_in_model(part: Any, adapter: str, scaled: bool) -> float:
    """The same sum over the layers of ``part`` that hold ``adapter``."""
    total = 0.0
    for layer in part.modules():
        if not hasattr(layer, "lora_A") or adapter not in layer.lora_A:
            continue
        scale = layer.lora_alpha[adapter] / layer.r[adapter] if scaled else 1.0
        down, up = layer.lora_A[adapter].weight, layer.lora_B[adapter].weight
        total += scale**2 * _square(down, up)
    return total


def _square(down: Any, up: Any) -> float:
    """The sum of squares of ``up @ down``, from two small matrices: it never makes the large one."""
    import torch

    a, b = down.detach().flatten(1).to("cpu", torch.float64), up.detach().flatten(1).to("cpu", torch.float64)
    return float(torch.trace((b.T @ b) @ (a @ a.T)))


def _name(one: LoraWeights) -> str:
    return f"lora_{one.sha256[:16]}"


def _misfit(file: LoraFile, family: str, error: Exception) -> str:
    first = next((line for line in str(error).splitlines() if line.strip()), type(error).__name__)
    return (
        f"The LoRA {file.path.name} does not fit this model ({family}): {first.strip()[:240]}. Use one that was "
        "trained on this base model."
    )
