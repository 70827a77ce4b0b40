"""Training that stops goes on with the same bytes."""

import json

import numpy as np
import pytest

from models.house.foley import learn, listener, net
from models.house.foley.course import Plan

PICTURES = np.random.default_rng(0).integers(0, 256, (6, 64, 256), np.uint8)
CAPTIONS = ["rain falling lightly", "a slap", "knocking on a door softly, short"] * 2
RINGS = np.array([True, False, False] * 2)


def plan(steps: int, **other) -> Plan:
    return Plan(steps=steps, warmup=2, decay=0, keep_every=2, precision="no", **other)


def taught(folder, steps: int) -> dict[str, bytes]:
    parts = learn.train(
        learn.Examples(PICTURES, CAPTIONS, RINGS), folder, plan=plan(steps), size=net.TINY, batch=3
    )
    return {
        f"{part}.{name}": weight.numpy().tobytes()
        for part, module in (("unet", parts.unet), ("reader", parts.reader))
        for name, weight in module.state_dict().items()
    }


def test_two_steps_a_stop_and_two_more_are_four_steps_to_the_byte(tmp_path):
    whole = taught(tmp_path / "whole", 4)

    taught(tmp_path / "halves", 2)
    assert taught(tmp_path / "halves", 4) == whole


def test_training_changes_the_weights_and_a_finished_course_changes_nothing(tmp_path):
    once = taught(tmp_path, 2)

    assert taught(tmp_path, 2) == once != taught(tmp_path, 4)


def test_a_course_leaves_a_sheet_before_the_first_step_and_at_every_checkpoint(tmp_path):
    taught(tmp_path, 4)

    assert [path.name for path in sorted(tmp_path.glob("sheet-*.png"))] == [
        f"sheet-{step:05d}.png" for step in (0, 2, 4)
    ]


def test_the_log_tells_the_loss_every_fifty_steps(tmp_path):
    names = ["rain", "slap", "knock"] * 2

    listener.train(PICTURES, names, tmp_path, plan=plan(50, rate=1e-3), batch=2)

    line = json.loads((tmp_path / "log.jsonl").read_text())
    assert line["step"] == 50 and line["loss"] > 0


@pytest.mark.parametrize(("step", "share"), [(0, 0.1), (9, 1.0), (50, 1.0), (95, 0.5), (99, 0.1)])
def test_the_learning_rate_rises_stays_and_falls(step, share):
    assert Plan(steps=100, rate=1.0, warmup=10, decay=10).speed(step) == pytest.approx(share)
