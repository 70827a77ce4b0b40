"""Give a frozen network small trainable factors (LoRA, arXiv 2106.09685), and take them out again.

In: a network of torch modules, a LoraShape.      Out: the same network with LoRA layers; its Factors by module.
The layers are peft's. Imports torch and peft when used.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from assets.errors import InputRefused, SetupMissing
from models.house import door
from models.lora.factors import Factors

if TYPE_CHECKING:
    import torch

ADAPTER = "default"
ATTENTION = ("to_q", "to_k", "to_v", "to_out.0")


@dataclass(frozen=True)
class LoraShape:
    """Which modules get factors, and of which rank.

    targets   ends of module names; none: those of the model's family
    ranks     rank by the end of a module's name, where it is not ``rank``; the same for ``alphas``
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
    _check(network, shape)
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


def _check(network: "torch.nn.Module", shape: LoraShape) -> None:
    if not shape.targets:
        raise InputRefused(f"No target is named. The attention of most models is {', '.join(ATTENTION)}.")
    names = [name for name, _ in network.named_modules()]
    for pattern in (*shape.targets, *shape.ranks, *shape.alphas):
        if not any(name == pattern or name.endswith(f".{pattern}") for name in names):
            linear = sorted(
                {name.rpartition(".")[2] for name in names if name.endswith(("to_q", "to_k", "proj", "to_v"))}
            )
            raise InputRefused(
                f"No module of the network is called {pattern!r}. Some that are: {', '.join(linear)}."
            )


def _peft() -> Any:
    door.transformers()
    try:
        import peft
    except ModuleNotFoundError as error:
        raise SetupMissing("Training a LoRA needs peft: `pip install 'sakuga[studio]'`.") from error
    return peft
