"""Folders of small drawings."""

import numpy as np
import pytest
from PIL import Image


@pytest.fixture
def draw(tmp_path):
    """Write one picture that looks like no other, and its caption."""

    def make(name, *, size=(96, 64), seed=None, caption="a drawing", mode="RGB", **saving):
        path = tmp_path / "art" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        rng = np.random.default_rng(int.from_bytes(name.encode()[-8:], "big") if seed is None else seed)
        coarse = rng.integers(0, 255, (8, 12, 3), dtype=np.uint8)
        Image.fromarray(coarse).resize(size, Image.Resampling.NEAREST).convert(mode).save(path, **saving)
        if caption:
            path.with_suffix(".txt").write_text(caption, "utf-8")
        return path

    return make


@pytest.fixture
def art(tmp_path):
    return tmp_path / "art"
