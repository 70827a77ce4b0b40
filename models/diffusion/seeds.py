"""Random numbers of a picture.

In: a seed.      Out: a generator on the CPU. Pipelines draw noise where the generator is and then move it, so that
CPU and CUDA start from the same noise.
"""

from typing import Any


def generator(seed: int) -> Any:
    """A torch.Generator. Make a new one for every call: it changes as it is drawn from."""
    import torch

    return torch.Generator("cpu").manual_seed(seed)
