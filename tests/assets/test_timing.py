"""Claims about time: whole frames at exact rates, and sound that is never cut off."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from assets.timing import Rate, Span, frames_covering, koma, nearest_frames, seconds_of

RATES = st.sampled_from([Fraction(24), Fraction(25), Fraction(24000, 1001), Fraction(30000, 1001)])
FRAMES = st.integers(0, 500_000)
RATE = TypeAdapter(Rate)


@given(seconds=st.floats(0, 7200), rate=RATES)
def test_the_covering_frames_are_the_fewest_that_cut_nothing_off(seconds, rate):
    frames = frames_covering(seconds, rate)

    # A millionth of a second: what the exact fraction of a float is rounded to.
    assert Fraction(seconds) <= frames / rate + Fraction(1, 1_000_000)
    assert frames == 0 or (frames - 1) / rate < Fraction(seconds) + Fraction(1, 1_000_000)


@given(frames=FRAMES, rate=RATES)
def test_frames_survive_the_way_through_seconds(frames, rate):
    assert nearest_frames(seconds_of(frames, rate), rate) == frames


@given(frames=FRAMES, rate=RATES)
def test_a_length_of_whole_frames_is_covered_by_just_those(frames, rate):
    assert frames_covering(seconds_of(frames, rate), rate) == frames


def test_a_negative_length_covers_no_frame():
    assert frames_covering(-1.0, Fraction(24)) == 0


@pytest.mark.parametrize(("frames", "shown"), [(0, "0+00"), (23, "0+23"), (24, "1+00"), (61, "2+13")])
def test_an_econte_counts_seconds_and_frames(frames, shown):
    assert koma(frames, Fraction(24)) == shown


@pytest.mark.parametrize(
    ("written", "rate"), [(24, Fraction(24)), ("24", Fraction(24)), ("24000/1001", Fraction(24000, 1001))]
)
def test_a_rate_is_exact_and_comes_back_as_it_was_written(written, rate):
    assert RATE.validate_python(written) == rate
    assert RATE.dump_python(rate) == str(written)


@pytest.mark.parametrize("written", [23.976, 0, 121, -24, None, "fast", "24/0", True, "nan"])
def test_a_rate_that_is_inexact_or_impossible_is_refused(written):
    with pytest.raises(ValidationError, match=r"not a rate between 1 and 120|not exact"):
        RATE.validate_python(written)


def test_a_span_excludes_its_end():
    assert Span(start=4, stop=9).frames == 5


@pytest.mark.parametrize(("start", "stop"), [(-1, 4), (0, -1), (9, 4)])
def test_a_span_runs_forwards_from_the_first_frame_on(start, stop):
    with pytest.raises(ValidationError):
        Span(start=start, stop=stop)
