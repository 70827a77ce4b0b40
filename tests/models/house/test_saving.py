"""What training saves on a full disk: a sentence of ours, and the file of before."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from assets.errors import StorageFailed
from models.house import latents
from models.house.foley import listener
from models.training import checkpoints


@contextmanager
def a_full_disk() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def save_checkpoint(folder: Path) -> None:
    import torch

    network = torch.nn.Linear(64, 64)
    optimizer = torch.optim.AdamW(network.parameters())
    checkpoints.save(folder, 1, network, optimizer, checkpoints.Average(network, 0.9))


def save_prior(folder: Path) -> None:
    import torch

    latents.Prior(torch.zeros(5, 64), torch.zeros(5, 64), torch.ones(5, 64)).save(folder)


def save_listener(folder: Path) -> None:
    import torch

    listener.save(torch.nn.Linear(64, 64), folder)


@pytest.mark.parametrize("save", [save_checkpoint, save_prior, save_listener])
def test_a_full_disk_is_told_in_a_sentence_and_leaves_the_old_file(tmp_path: Path, save):
    """It was an error of safetensors' own, and what was there before was gone."""
    save(tmp_path)
    (path,) = tmp_path.iterdir()
    before = path.read_bytes()

    with (
        a_full_disk(),
        pytest.raises(StorageFailed, match=r"safetensors could not be written: File too large"),
    ):
        save(tmp_path)

    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]
