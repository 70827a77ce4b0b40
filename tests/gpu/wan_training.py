"""Training a LoRA of Wan, ours against a plain loop: the place for it. Until models/training has one it is absent."""

from importlib.util import find_spec

from tests.gpu.part import Absent, Findings, Place


def wan(place: Place) -> Findings:
    """As tests/gpu/training.py measures SDXL: the same findings, through ``judged`` and ``plain_loop``."""
    if find_spec("models.training.wan") is None:
        raise Absent("models/training has no trainer for Wan yet")
    raise Absent("models/training/wan.py is not measured here yet")
    yield
