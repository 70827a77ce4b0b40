"""Claims about the klein painter, on a tiny pipeline."""

from dataclasses import replace

import numpy as np
import pytest

from assets.errors import InputRefused
from models.klein import KleinOptions, KleinPainter
from models.ports import Prompt
from models.weights import Weights
from tests.models.tiny.shots import picture, referred, shot


@pytest.fixture(scope="module")
def painter(tinies):
    return KleinPainter.load("cpu", KleinOptions(weights=Weights(path=tinies("klein")), steps=1))


def test_the_result_has_our_size_whatever_the_references_have(painter):
    """The pipeline takes its output size from the first reference unless told."""
    for size in ((48, 200), (300, 80), (1100, 1000)):
        one = referred(shot("aoi", size=(136, 72)), "aoi", size=size)
        assert painter.paint(one, seed=1).shape == (72, 136, 3)


def test_the_order_of_references_is_ours_and_each_one_counts(painter):
    one = shot("aoi", "ren")
    made = [
        painter.paint(referred(one, *names), seed=1).tobytes()
        for names in ((), ("aoi",), ("ren",), ("aoi", "ren"))
    ]

    assert len(set(made)) == 4


def test_a_layout_comes_first_and_lies_on_the_canvas_of_the_result(painter):
    seen = []
    pipe = painter._placed.pipe
    hook = pipe.vae.encoder.register_forward_pre_hook(lambda _, given: seen.append(given[0].shape[-2:]))

    painter.paint(referred(shot("aoi", size=(130, 70)), "aoi"), seed=1, layout=picture(3, (130, 70)))
    hook.remove()

    assert seen[0] == (96, 160)


def test_a_prompt_that_would_be_cut_off_is_refused_before_anything_is_painted(painter):
    """The library reads 512 tokens and drops the rest without a word."""
    with pytest.raises(InputRefused, match="reads 512"):
        painter.paint(replace(shot("aoi"), prompt=Prompt("word " * 400)), seed=1)


def test_weights_of_the_other_kind_are_refused(tinies):
    """Distilled weights ignore guidance, with a warning only."""
    with pytest.raises(InputRefused, match="distilled: true"):
        KleinPainter.load("cpu", KleinOptions(weights=Weights(path=tinies("klein")), distilled=False))


def test_the_same_text_is_encoded_once(painter):
    before = painter._texts.encoded
    for seed in (1, 2, 3):
        painter.paint(shot("aoi", text="a text of its own"), seed=seed)

    assert painter._texts.encoded == before + 1
    assert np.ptp(painter.paint(shot("aoi"), seed=5)) > 0
