"""Claims about step counts and noise levels."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.diffusion.steps import levels, over_a_picture


@given(run=st.integers(1, 60), strength=st.floats(0.02, 1))
def test_painting_over_runs_as_many_steps_as_meant_whatever_the_strength(run, strength):
    """With few steps and a small strength img2img ran none, and failed inside the library."""
    asked = over_a_picture(run, strength)

    assert int(asked * strength) >= run
    assert int((asked - 1) * strength) < run


@given(run=st.integers(1, 60), strength=st.floats(0.02, 1))
def test_a_flow_model_begins_at_the_strength_and_takes_every_step(run, strength):
    """With few steps the library rounded the strength up to 1, and the layout was ignored."""
    found = levels(run, strength)

    assert len(found) == run
    assert found[0] == strength
    assert all(one > other > 0 for one, other in pairwise(found))
    assert found[-1] == pytest.approx(strength / run)
