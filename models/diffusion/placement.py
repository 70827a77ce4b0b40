"""Where a pipeline's weights are while it works: on the device, or waiting in main memory.

In: a loaded pipeline, a device, the options.      Out: a pipeline that is ready to draw, and can be moved again.
LoRAs are loaded while nothing is offloaded: loaded into an offloaded second expert they stay on the wrong device
(diffusers#12052). The VAE stays resident under group offload, because tiled decoding of an offloaded one fails
(diffusers#12096). ``record_stream`` is never used: it corrupts pictures (diffusers#12673).
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from models.diffusion.options import Offload

ORDER: tuple[Offload, ...] = ("none", "model", "group")
"""From fastest to smallest."""
RESIDENT = ("vae", "image_encoder")
BLOCKWISE = {"WanAnimate2Transformer3DModel"}
"""Denoisers that are offloaded by whole blocks and without streams.

This one takes its device from its first layer, which must be on the GPU by then: so no single layers. And without a
prompt it leaves out a block: with streams the block before it would fetch that one, and nothing the one after.
"""


class Placed:
    """A pipeline on its device."""

    def __init__(self, pipe: Any, device: str, offload: Offload = "none") -> None:
        self.pipe, self.device = pipe, device
        self.offload: Offload = "none"
        self.place(offload)

    @property
    def offers(self) -> tuple[Offload, ...]:
        """How this pipeline can be placed, from fastest to smallest."""
        if self.device == "cpu":
            return ("none",)
        whole = hasattr(self.pipe, "enable_model_cpu_offload")  # a modular pipeline has it not
        return tuple(one for one in ORDER if whole or one != "model")

    def place(self, offload: Offload) -> None:
        """Move the weights to where ``offload`` wants them. On a CPU there is nowhere to move them to."""
        self._clear()
        if self.device == "cpu" or offload == "none":
            self.pipe.to(self.device)
        elif offload == "model":
            self.pipe.enable_model_cpu_offload(device=self.device)
        else:
            _group(self.pipe, self.device)
        self.offload = offload

    @contextmanager
    def lifted(self) -> Iterator[None]:
        """No hooks of offloading inside; they are put back afterwards. For loading LoRAs."""
        offload = self.offload
        self._clear()
        try:
            yield
        finally:
            if offload != "none":
                self.place(offload)

    def _clear(self) -> None:
        offload, self.offload = self.offload, "none"
        if offload == "model":
            self.pipe.remove_all_hooks()
        elif offload == "group":
            _ungroup(self.pipe)


def works_on(part: Any) -> Any:
    """The device on which a part computes, also while its weights wait in main memory."""
    from diffusers.utils.torch_utils import get_module_execution_device

    return get_module_execution_device(part)


def forgotten(pipe: Any) -> None:
    """Empty the caches of denoisers: after a failed call they hold half a picture's steps."""
    for part in pipe.components.values():
        if hasattr(part, "_reset_stateful_cache"):
            part._reset_stateful_cache()


def freed(pipe: Any) -> None:
    """Give back the memory of a pipeline that is not used any more."""
    for name, part in list(getattr(pipe, "components", {}).items()):
        if part is not None and hasattr(pipe, name):
            setattr(pipe, name, None)
    collected()


def collected() -> None:
    """Return what nobody holds to the device."""
    gc.collect()
    import torch

    if torch.cuda.is_available():
        torch.cuda.empty_cache()


def described(pipe: Any) -> str:
    """Which parts hold how much memory, and where: for an error message."""
    parts = {name: part for name, part in pipe.components.items() if hasattr(part, "parameters")}
    held = []
    for name, part in parts.items():
        tensors = [*part.parameters(), *part.buffers()]
        size = sum(one.numel() * one.element_size() for one in tensors)
        where = sorted({one.device.type for one in tensors})
        held.append(f"{name} {size / 2**30:.1f} GiB ({' and '.join(where)})")
    return ", ".join(held) or "nothing"


def shares_layers(pipe: Any) -> bool:
    """Whether two parts of the pipeline hold the same layer, as a ControlNet may with its denoiser."""
    seen: set[int] = set()
    for part in pipe.components.values():
        layers = {id(module) for module in part.modules()} if hasattr(part, "modules") else set()
        if layers & seen:
            return True
        seen |= layers
    return False


def _group(pipe: Any, device: str) -> None:
    import torch

    how: dict[str, Any] = {
        "onload_device": torch.device(device),
        "offload_device": torch.device("cpu"),
        "offload_type": "leaf_level",
        # with streams each layer fetches the next; one order of layers cannot serve two parts that share some
        "use_stream": device.startswith("cuda") and not shares_layers(pipe),
        "record_stream": False,
    }
    stays = [name for name in RESIDENT if getattr(pipe, name, None) is not None]
    for name in stays:
        getattr(pipe, name).to(device)
    if hasattr(pipe, "enable_group_offload"):
        pipe.enable_group_offload(exclude_modules=stays, **how)
        return
    from diffusers.hooks.group_offloading import apply_group_offloading

    for name, part in pipe.components.items():  # a modular pipeline
        if name not in stays and isinstance(part, torch.nn.Module):
            apply_group_offloading(part, **{**how, **_own_way(part)})


def _own_way(part: Any) -> dict[str, Any]:
    if type(part).__name__ not in BLOCKWISE:
        return {}
    return {"offload_type": "block_level", "num_blocks_per_group": 1, "use_stream": False}


def _ungroup(pipe: Any) -> None:
    """Remove the hooks of group offload; the library itself offers no way."""
    from diffusers.hooks.hooks import HookRegistry

    for part in pipe.components.values():
        for module in part.modules() if hasattr(part, "modules") else ():
            registry = getattr(module, "_diffusers_hook", None)
            if isinstance(registry, HookRegistry):
                for hook in ("group_offloading", "lazy_prefetch_group_offloading", "layer_execution_tracker"):
                    registry.remove_hook(hook, recurse=False)
