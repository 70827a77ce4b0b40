"""Give a frozen network small trainable factors (LoRA, arXiv 2106.09685), and take them out again.

In: a network of torch modules, a LoraShape.      Out: the same network with LoRA layers; its Factors by module.
The layers are peft's. Imports torch and peft when used.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from assets.errors import InputRefused, SetupMissing
from models import libraries
from models.lora.factors import Factors
from models.training import patterns

if TYPE_CHECKING:
    import torch

ADAPTER = "default"
ATTENTION = ("to_q", "to_k", "to_v", "to_out.0")


@dataclass(frozen=True)
class LoraShape:
    """Which modules get factors, and of which rank.

    targets   ends of module names; none: those of the model's family
    ranks     rank by pattern, where it is not ``rank``; the same for ``alphas``. Patterns: models/training/patterns.py
    """

    rank: int = 16
    alpha: float = 16.0
    targets: tuple[str, ...] = ()
    ranks: dict[str, int] = field(default_factory=dict)
    alphas: dict[str, float] = field(default_factory=dict)


def inject(network: "torch.nn.Module", shape: LoraShape, *, seed: int) -> int:
    """Freeze ``network``, add the factors, and return the number of trained weights.

    ``up`` starts at zero, so the network computes the same as before.
    raises  InputRefused if a target or a pattern fits no module: it would be ignored silently
    """
    import torch

    peft = _peft()
    check(network, shape)
    network.requires_grad_(False)
    config = peft.LoraConfig(
        r=shape.rank,
        lora_alpha=shape.alpha,
        target_modules=list(shape.targets),
        rank_pattern=dict(shape.ranks),
        alpha_pattern=dict(shape.alphas),
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        peft.inject_adapter_in_model(config, network, adapter_name=ADAPTER)
    trained = [weight for weight in network.parameters() if weight.requires_grad]
    for weight in trained:
        weight.data = weight.data.float()
    return sum(weight.numel() for weight in trained)


def factors(network: "torch.nn.Module", prefix: str) -> dict[str, Factors]:
    """The factors of every module, float32 copies; names are ``prefix.`` and the module's name before the injection."""
    found = {}
    for name, module in network.named_modules():
        down = getattr(module, "lora_A", None)
        if down is None or ADAPTER not in down:
            continue
        layers: Any = module
        found[f"{prefix}.{name}"] = Factors(
            layers.lora_A[ADAPTER].weight.detach().float().cpu().clone(),
            layers.lora_B[ADAPTER].weight.detach().float().cpu().clone(),
            float(layers.lora_alpha[ADAPTER]),
        )
    if not found:
        raise InputRefused("The network has no LoRA to export. Inject one before it is trained.")
    return found


def check(network: "torch.nn.Module", shape: LoraShape) -> None:
    """Refuse a target or a pattern that fits no module, and a pattern that never decides.

    raises  InputRefused with the names there are
    """
    if not shape.targets:
        raise InputRefused(f"No target is named. The attention of most models is {', '.join(ATTENTION)}.")
    names = [name for name, _ in network.named_modules()]
    for target in shape.targets:
        if not any(_ends(name, target) for name in names):
            linear = sorted(
                {name.rpartition(".")[2] for name in names if name.endswith(("to_q", "to_k", "proj", "to_v"))}
            )
            raise InputRefused(
                f"No module of the network is called {target!r}. Some that are: {', '.join(linear)}."
            )
    taught = [name for name in names if any(_ends(name, target) for target in shape.targets)]
    _check_patterns("rank", shape.ranks, taught)
    _check_patterns("alpha", shape.alphas, taught)


def _check_patterns(what: str, given: Mapping[str, float], taught: Sequence[str]) -> None:
    for pattern in given:
        if not any(patterns.deciding(name, [pattern]) for name in taught):
            some = [*taught[:: max(1, len(taught) // 8)][:8]]
            raise InputRefused(
                f"The pattern {pattern!r} for the {what} matches none of the {len(taught)} modules that get factors. "
                f"It matches the end of a name, from a dot on. Last parts: {', '.join(_last_parts(taught))}. "
                f"Some whole names: {', '.join(some)}."
            )
        if not any(patterns.deciding(name, given) == pattern for name in taught):
            raise InputRefused(
                f"The pattern {pattern!r} for the {what} decides for no module: patterns before it match all of its "
                "modules, and the first one decides. Put it first, or remove it."
            )


def _last_parts(names: Iterable[str]) -> list[str]:
    """to_q, to_out.0, …: a number alone says nothing."""
    parts = (re.search(r"[^.]+(\.\d+)*$", name) for name in names)
    return list(dict.fromkeys(part[0] for part in parts if part))[:16]


def _ends(name: str, target: str) -> bool:
    return name == target or name.endswith(f".{target}")


def _peft() -> Any:
    libraries.transformers()
    try:
        import peft
    except ModuleNotFoundError as error:
        raise SetupMissing("Training a LoRA needs peft: `pip install 'sakuga[studio]'`.") from error
    return peft
