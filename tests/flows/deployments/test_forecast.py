"""How far an episode is and how long it will take, from what its watch hears."""

from hypothesis import given
from hypothesis import strategies as st

from assets.sheets.production import Done
from flows.deployments.forecast import SECONDS, Forecast, in_short

steps = st.sampled_from(sorted(SECONDS))


def done(step: str, outcome: str = "made", seconds: float = 0.0) -> Done:
    return Done(step=step, name="C001", outcome=outcome, seconds=seconds)


def test_nothing_is_said_about_the_time_before_anything_was_made():
    forecast = Forecast()
    forecast.began("panel", 4)
    forecast.done(done("panel", "reused"))

    assert forecast.seconds_left is None
    assert forecast.describe() == "Storyboard: 1 of 4"


def test_a_machine_that_is_twice_as_slow_needs_twice_the_time():
    quick, slow = Forecast(), Forecast()
    for forecast, seconds in ((quick, 1.0), (slow, 2.0)):
        forecast.began("panel", 10)
        forecast.done(done("panel", seconds=seconds))

    assert slow.seconds_left == 2 * quick.seconds_left


def test_stages_that_are_yet_to_come_count():
    forecast = Forecast()
    forecast.began("panel", 2)
    forecast.done(done("panel", seconds=0.4))
    forecast.done(done("panel", seconds=0.4))

    assert forecast.share < 0.2
    assert forecast.seconds_left > 2 * SECONDS["take"] * 0.9


@given(st.lists(st.tuples(steps, st.integers(0, 30))), st.lists(st.tuples(steps, st.booleans())))
def test_a_share_is_never_less_than_nothing_nor_more_than_all(begun, ended):
    forecast = Forecast()
    for step, total in begun:
        forecast.began(step, total)
    for step, made in ended:
        forecast.done(done(step, "made" if made else "reused", 0.5))

    assert 0.0 <= forecast.share <= 1.0
    assert forecast.seconds_left is None or forecast.seconds_left >= 0.0


def test_times_are_short():
    assert [in_short(seconds) for seconds in (0.2, 80, 200, 7500)] == ["1 s", "80 s", "3 min", "2 h 5 min"]
