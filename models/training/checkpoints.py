"""The checkpoint of a training, and the average of the weights that it holds beside them.

In: a network, its optimizer, the average.      Out: one safetensors file; and all of them as they were.
A checkpoint of a LoRA leaves out the base, which is in files of its own. Imports torch when used.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from assets import files
from assets.errors import InputRefused
from models.sealed import check_safetensors
from models.training import optimizers

if TYPE_CHECKING:
    import torch


class Average:
    """The exponential moving average of the trained weights, with a warm-up so that early steps weigh less."""

    def __init__(self, network: "torch.nn.Module", decay: float) -> None:
        self.decay, self.taken = decay, 0
        self.held = {
            name: weight.detach().clone().float()
            for name, weight in network.named_parameters()
            if weight.requires_grad
        }

    def to(self, device: "torch.device") -> None:
        self.held = {name: weight.to(device) for name, weight in self.held.items()}

    def take(self, network: "torch.nn.Module") -> None:
        import torch

        self.taken += 1
        decay = min(self.decay, (1 + self.taken) / (10 + self.taken)) if self.decay else 0.0
        names = list(self.held)
        weights = dict(network.named_parameters())
        torch._foreach_lerp_(
            [self.held[name] for name in names], [weights[name].detach().float() for name in names], 1 - decay
        )

    def lend(self, network: "torch.nn.Module") -> dict[str, "torch.Tensor"]:
        """Put the average into the network; return the weights that were there."""
        import torch

        before = {}
        with torch.no_grad():
            for name, weight in network.named_parameters():
                if name in self.held:
                    before[name] = weight.detach().clone()
                    weight.copy_(self.held[name])
        return before


def save(folder: Path, step: int, network: Any, optimizer: Any, average: Average) -> Path:
    """One safetensors file with everything a resume needs, replaced atomically."""
    from safetensors import torch as stored

    tensors: dict[str, Any] = {
        f"network/{name}": weight.contiguous() for name, weight in _kept(network).items()
    }
    tensors |= {f"average/{name}": weight.contiguous() for name, weight in average.held.items()}
    tensors |= {f"optimizer/{name}": value for name, value in optimizers.tensors(optimizer).items()}
    path = folder / "checkpoint.safetensors"
    # Copies: safetensors refuses tensors that share memory.
    copies = {name: tensor.detach().cpu().contiguous().clone() for name, tensor in tensors.items()}
    # Not save_file: on a full disk it raises an error of its own.
    told = {"step": str(step), "taken": str(average.taken), "optimizer": optimizers.plain(optimizer)}
    files.write(path, stored.save(copies, metadata=told))
    return path


def load(folder: Path, network: Any, optimizer: Any, average: Average) -> int:
    """Restore the last checkpoint; return the next step, 0 if there is none."""
    path = folder / "checkpoint.safetensors"
    if not path.exists():
        return 0
    check_safetensors(path)
    from safetensors import safe_open

    parts: dict[str, dict[str, Any]] = {"network": {}, "average": {}, "optimizer": {}}
    with safe_open(path, framework="pt") as held:
        told = held.metadata()
        for key in held.keys():  # noqa: SIM118 - a safetensors file is not a mapping
            part, _, name = key.partition("/")
            parts[part][name] = held.get_tensor(key)
    _restore(network, parts["network"], path)
    average.held, average.taken = parts["average"], int(told["taken"])
    optimizers.restore(optimizer, parts["optimizer"], told.get("optimizer", ""))
    return int(told["step"])


def _kept(network: Any) -> dict[str, Any]:
    """The state that a checkpoint holds: of a network with LoRA layers what is trained, of any other all of it.

    The base of a LoRA is in files of its own. Other frozen weights may change: distillation moves its target.
    """
    state: dict[str, Any] = network.state_dict()
    if not any("lora_" in name for name in state):
        return state
    frozen = {name for name, weight in network.named_parameters() if not weight.requires_grad}
    return {name: weight for name, weight in state.items() if name not in frozen}


def _restore(network: Any, saved: dict[str, Any], path: Path) -> None:
    """Load what ``_kept`` saved.

    raises  InputRefused for a checkpoint of another network: another rank, or another base
    """
    own = _kept(network)
    # A checkpoint of an earlier release also holds the frozen weights.
    saved = {
        name: weight for name, weight in saved.items() if name in own or name not in network.state_dict()
    }
    differing = sorted(set(own) ^ set(saved)) or sorted(
        name for name, weight in saved.items() if weight.shape != own[name].shape
    )
    if differing:
        raise InputRefused(
            f"{path} is a checkpoint of another network: {len(differing)} weights differ, such as {differing[0]}. "
            "Train in another folder, or with the settings of that run."
        )
    network.load_state_dict(saved, strict=False)
