"""Ranks and alphas by pattern mean what they mean in peft, and cannot take long."""

import time

import pytest

from models import libraries
from models.training import patterns

NAMES = (
    "conv_in", "down_blocks.0.attentions.0.to_k", "down_blocks.10.attentions.0.to_k", "mid_block.attn.to_out.0",
    "single_transformer_blocks.1.attn.to_out", "up_blocks.1.my_to_k",
)  # fmt: skip


@pytest.mark.parametrize(
    "pattern", ["to_k", "to_k|to_v", "to_out.0", "to_out", r"down_blocks\.\d\..*", "^conv_in", "[ms].*to_out"]
)
def test_a_pattern_matches_the_modules_that_it_matches_in_peft(pattern):
    libraries.transformers()
    from peft.utils.other import get_pattern_key

    for name in NAMES:
        theirs = get_pattern_key([pattern], name)
        assert patterns.deciding(name, [pattern]) == (pattern if theirs == pattern else None), name


def test_the_first_of_several_patterns_decides():
    given = patterns.ranks(["down.*=4", "to_k|to_v=8"])

    assert given == {"down.*": 4, "to_k|to_v": 8}
    assert patterns.deciding("down_blocks.0.to_k", given) == "down.*"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("to_k", "PATTERN=NUMBER"),
        ("=4", "1 to 200"),
        ("to_k=four", "no number"),
        ("to_k=0", "outside of 1 to 512"),
        ("to_k=nan", "outside of"),
        ("to_k=1e9", "outside of"),
        ("to_k=2.5", "whole number"),
        ("to_k(=2", "no regular expression"),
        ("to k=2", "letters, digits"),
        ("to_k{9}=2", "letters, digits"),
        ("(a+)+=2", "repeats a group"),
        ("(?i)to_k=2", "has \\(\\?"),
        ("a" * 201 + "=2", "1 to 200"),
    ],
)
def test_a_text_that_cannot_be_is_refused_with_its_problem(text, problem):
    with pytest.raises(ValueError, match=problem):
        patterns.ranks([text])


def test_a_pattern_twice_is_refused():
    with pytest.raises(ValueError, match="given twice"):
        patterns.alphas(["to_k=1", "to_k=2"])


@pytest.mark.parametrize(
    "pattern", ["(.+)+x", "(.*)*x", ".*.*.*.*.*.*x", "(.|.)(.|.)(.|.)(.|.)(.|.)x", "a?a?a?a"]
)
def test_a_pattern_that_may_take_minutes_is_refused(pattern):
    """A form takes patterns, and Python's matcher cannot be stopped."""
    with pytest.raises(ValueError, match=r"simplify it|repeats a group"):
        patterns.ranks([f"{pattern}=2"])


def test_the_slowest_allowed_pattern_takes_milliseconds():
    pattern = next(iter(patterns.ranks([".*.*(.|.|.)(.|.|.)(.|.|.)(.|.|.)x=2"])))
    begun = time.perf_counter()

    assert patterns.deciding("transformer_blocks." * 4, [pattern]) is None
    assert time.perf_counter() - begun < 1
