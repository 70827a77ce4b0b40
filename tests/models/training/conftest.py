"""A frozen dataset of small drawings, and the loop's settings for a few steps."""

import numpy as np
import pytest
from PIL import Image

from assets.sheets.dataset import FrozenWork, Manifest, Rights, Showing, Work
from assets.sheets.production import Ref
from models.sealed import sha256
from models.training.buckets import bucket
from models.training.loop import Run


@pytest.fixture
def drawings(tmp_path):
    """A manifest of flat pictures, one colour each, and their folder."""

    def make(
        count=3, size=(64, 64), repeats=1, colours=((200, 40, 40), (40, 200, 40), (40, 40, 200)), **showing
    ):
        rules = Showing(**{"resolution": 64, "bucket_step": 16, **showing})
        works = []
        for number in range(count):
            path = tmp_path / "art" / f"{number}.png"
            path.parent.mkdir(exist_ok=True)
            Image.fromarray(np.full((size[1], size[0], 3), colours[number % len(colours)], np.uint8)).save(
                path
            )
            work = Work(
                file=path.name, sha256=sha256(path), size=size, caption=f"drawing {number}", caption_from="file",
                rights=Rights(creator="A", grant="G"), repeats=repeats,
            )  # fmt: skip
            ref = Ref(sha256=work.sha256, bytes=path.stat().st_size, media_type="image/png")
            works.append(FrozenWork(work=work, ref=ref, bucket=bucket(size, rules)))
        return Manifest(name="m", showing=rules, works=tuple(works), root="0" * 64)

    return make


@pytest.fixture
def art(tmp_path):
    return lambda each: tmp_path / "art" / each.work.file


def run(folder, steps, **changed):
    given = {
        "folder": folder,
        "steps": steps,
        "warmup": 1,
        "save": 1,
        "look": 0,
        "precision": "no",
        "rate": 1e-3,
    }
    return Run(**(given | changed))
