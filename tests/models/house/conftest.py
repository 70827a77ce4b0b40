"""A little material for the house models: six scenes drawn for real, and what is trained on them for some steps."""

import pytest

from models.house import lessons, portraits, scenes
from models.training.loop import Run


@pytest.fixture(scope="session")
def material(tmp_path_factory):
    """A working folder with scenes, large pictures and the latents of an untrained autoencoder."""
    work = tmp_path_factory.mktemp("pictures")
    scenes.write_shard(work / "scenes", 0, shots=6)
    portraits.write_shard(work / "portraits", 0, sets=2)
    scenes.write_shard(work / "large", 0, first=scenes.LARGE_FROM, large=True, shots=4)
    return work


@pytest.fixture(scope="session")
def library(material, tmp_path_factory):
    """Weights of every house model after two steps each, shipped the way the real ones are."""
    place = tmp_path_factory.mktemp("weights")
    untrained = {"latents": lessons.encode, "painted": lessons.painted}
    for name in ("autoencoder", "latents", "painter", "painted", "finish", "animator", "traits", "people"):
        if name in untrained:
            untrained[name](material, place, "cpu", tell=lambda _: None)
        else:
            getattr(lessons, name)(material, place, a_run(material / name, 2), tell=lambda _: None)
    return place


def a_run(folder, steps, **changed):
    return Run(
        **{"folder": folder, "steps": steps, "warmup": 1, "save": 1, "look": 0, "precision": "no", **changed}
    )
