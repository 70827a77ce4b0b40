"""How long one drawing takes on one core; measured, never judged."""

import time

import pytest
import skia

from assets.sheets.look import Look
from models.cel.figure import FigureState, anchors, draw
from models.cel.light import DAYLIGHT


@pytest.mark.bench
@pytest.mark.parametrize(("framing", "height"), (("full", 640.0), ("medium", 1500.0), ("close", 3600.0)))
def test_milliseconds_of_one_drawing_at_1280_by_720(framing: str, height: float) -> None:
    state = FigureState(Look(hair="long", outfit="sailor"), expression="happy", turn=0.3)
    head = anchors(state, feet=(0, 0), height=height).head
    canvas = skia.Surface(1280, 720).getCanvas()

    started = time.process_time()
    for _ in range(40):
        draw(canvas, state, feet=(640 - head[0], 300 - head[1]), height=height, light=DAYLIGHT)
    print(f"{framing}: {(time.process_time() - started) / 40 * 1000:.1f} ms")
