"""The house Foley against the desk that taught it: named rightly, how far apart, how fast. Judges nothing.

SHEETS=FOLDER keeps a sheet: the desk's sounds above, the model's for the same orders below.
"""

import json
import os
from pathlib import Path

import numpy as np
import pytest

from models.house import weights
from models.house.foley import audition, choice, data, listener, measure, net, sheet
from models.house.foley.make import STEPS, Maker
from models.house.foley.words import NAMES
from models.registry import lacks

pytestmark = pytest.mark.bench


@pytest.fixture(scope="module")
def shipped():
    if missing := lacks("foley", "house"):
        pytest.skip(missing)
    import torch

    torch.set_num_threads(1)
    return weights.folder("foley")


@pytest.mark.timeout(3600)
def test_the_model_beside_the_desk_sound_by_sound(shipped, record_property):
    taught = json.loads((shipped / "recipe.json").read_text())["taught"]
    maker, ear = Maker(net.load(shipped)), listener.load(shipped)

    chosen, figures = audition.held(maker, ear, taught, steps=STEPS, tell=print)
    print(json.dumps(figures, indent=2))
    for name in taught:
        print(f"{name:16}", chosen.sounds[name].model_dump())
    record_property("house foley", figures)
    assert chosen.sounds.keys() == choice.read(shipped).sounds.keys()


@pytest.mark.timeout(3600)
def test_the_listener_on_sounds_and_captions_it_never_heard(shipped):
    ear = listener.load(shipped)
    for split, count in (("seen", 264), ("unseen", 128)):
        lessons = [data.order(split, index) for index in range(count)]
        guesses, _ = listener.classified(ear, np.stack([data.picture(lesson) for lesson in lessons]))
        right = np.mean([NAMES[guess] == lesson.name for guess, lesson in zip(guesses, lessons, strict=True)])
        print(f"{split}: {right:.3f} of {count}")


@pytest.mark.timeout(3600)
def test_trained_and_untrained_pictures_beside_real_ones(shipped):
    ear, taught = listener.load(shipped), json.loads((shipped / "recipe.json").read_text())["taught"]
    lessons = [
        data.order("seen", NAMES.index(name) + turn * len(NAMES)) for name in taught for turn in range(4)
    ]
    _, real = listener.classified(ear, np.stack([data.picture(lesson) for lesson in lessons]))
    rows = [np.stack([data.picture(lesson) for lesson in lessons[::4]]) / 127.5 - 1]
    for called, parts in (("trained", net.load(shipped)), ("untrained", net.fresh())):
        for module in (parts.unet, parts.reader):
            module.train(False).requires_grad_(False)
        made = np.concatenate([Maker(parts).pictures([one.caption], seed=one.seed) for one in lessons])
        _, features = listener.classified(ear, np.rint((made + 1) * 127.5).astype(np.uint8))
        print(f"{called}: Frechet distance {measure.frechet(features, real):.2f}")
        rows.append(made[::4])
    if "SHEETS" in os.environ:
        lines = [row[start : start + 6] for start in range(0, len(rows[0]), 6) for row in rows[:2]]
        sheet.draw([line for line in lines if len(line) == 6], Path(os.environ["SHEETS"]) / "house-foley.png")
