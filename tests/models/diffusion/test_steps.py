"""Claims about step counts."""

from hypothesis import given
from hypothesis import strategies as st

from models.diffusion.steps import over_a_picture


@given(run=st.integers(1, 60), strength=st.floats(0.02, 1))
def test_painting_over_runs_as_many_steps_as_meant_whatever_the_strength(run, strength):
    """With few steps and a small strength img2img ran none, and failed inside the library."""
    asked = over_a_picture(run, strength)

    assert int(asked * strength) >= run
    assert int((asked - 1) * strength) < run
