import pytest

from models import progress


def test_progress_reaches_whoever_listens_within_0_and_1():
    heard = []
    with progress.heard_by(heard.append):
        for share in (-1, 0.5, 2):
            progress.made(share)

    assert heard == [0, 0.5, 1]


def test_nobody_listens_after_the_block_or_without_one():
    heard = []
    with progress.heard_by(heard.append):
        pass
    progress.made(0.5)

    assert heard == []


def test_a_whole_call_that_is_one_of_several_parts_fills_its_part():
    heard = []
    with progress.heard_by(heard.append):
        for number in range(4):
            with progress.part(number, 4):
                progress.made(0.5)
                progress.made(1)

    assert heard == [pytest.approx(share / 8) for share in range(1, 9)]


def test_a_listener_can_stop_the_call():
    def stop(share):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), progress.heard_by(stop):
        progress.made(0.1)
