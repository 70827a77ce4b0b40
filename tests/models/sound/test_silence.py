import numpy as np

from models.sound import silence

RATE = 48_000


def test_trimming_leaves_less_than_a_tenth_of_a_second_at_each_end():
    word = 0.3 * np.sin(np.arange(RATE) / 20).astype(np.float32)
    quiet = np.zeros(RATE, np.float32)

    trimmed = silence.trim(np.concatenate([quiet, word, quiet]), RATE)

    loud = np.flatnonzero(np.abs(trimmed) > 0.03)
    assert loud[0] < 0.1 * RATE
    assert len(trimmed) - loud[-1] < 0.1 * RATE
    assert len(trimmed) >= len(word)


def test_a_trimmed_sound_begins_and_ends_at_zero():
    trimmed = silence.trim(np.full(RATE, 0.5, np.float32), RATE)

    assert abs(trimmed[0]) < 1e-3
    assert abs(trimmed[-1]) < 1e-3


def test_nothing_trims_to_nothing():
    assert len(silence.trim(np.zeros(RATE, np.float32), RATE)) == 0
    assert len(silence.trim(np.zeros(0, np.float32), RATE)) == 0


def test_phrases_are_joined_with_their_pauses_but_the_last():
    word = np.ones(100, np.float32)

    joined = silence.joined([(word, 0.5), (word, 9.0)], RATE)

    assert len(joined) == 200 + RATE // 2


def test_a_breath_has_one_length_and_depends_on_its_seed_alone():
    first, again, other = (silence.breath(RATE, seed=seed) for seed in (1, 1, 2))

    assert (first == again).all()
    assert len(first) == len(other) == round(silence.BREATH_SECONDS * RATE)
    assert (first != other).any()
    assert 0 < np.abs(first).max() <= silence.BREATH_PEAK + 1e-6
