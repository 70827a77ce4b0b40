"""A training is asked to stop by a signal, and the handlers of before come back."""

import signal
import time

import pytest

from flows.training import stopping


@pytest.fixture(autouse=True)
def usual_handlers():
    """A shell starts a job in the background with SIGINT ignored, and these tests are about what is not."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def test_the_first_signal_only_asks_and_the_handlers_come_back():
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]

    with stopping.asked() as stop:
        assert not stop()
        signal.raise_signal(signal.SIGTERM)
        assert stop()

    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before


def test_a_second_signal_has_its_usual_effect_and_a_copy_by_a_launcher_has_none():
    """`accelerate launch` sends Ctrl-C on to processes that have it already: they ended before they kept the step."""
    with stopping.asked() as stop:
        for _ in range(2):
            signal.raise_signal(signal.SIGINT)
        assert stop()
    with pytest.raises(KeyboardInterrupt), stopping.asked(repeated_s=0):
        signal.raise_signal(signal.SIGINT)
        time.sleep(0.01)
        signal.raise_signal(signal.SIGINT)


def test_a_signal_that_is_ignored_stays_ignored():
    """`nohup` ignores signals, and a handler of ours would end the run with the terminal."""
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        with stopping.asked() as stop:
            signal.raise_signal(signal.SIGTERM)
            assert not stop()
    finally:
        signal.signal(signal.SIGTERM, before)
