"""A house Foley of a few thousand random weights."""

import pytest


@pytest.fixture(scope="session", autouse=True)
def one_thread():
    """Two torch threads on a loaded two-core machine wait for each other: 20 times slower was seen."""
    from models import libraries

    libraries.torchaudio()
    import torch

    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def tiny(one_thread):
    import torch

    from models.house.foley import net

    torch.manual_seed(0)
    parts = net.fresh(net.TINY)
    for module in (parts.unet, parts.reader):
        module.train(False).requires_grad_(False)
    return parts
