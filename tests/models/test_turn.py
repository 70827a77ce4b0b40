"""Lanes taking turns at one machine."""

import time
from threading import Event, Thread

from models.turn import InTurn, Turn


class Slow:
    """A machine that notes how many are at it at once."""

    def __init__(self):
        self.there, self.most = 0, 0

    def paint(self) -> None:
        self.there += 1
        self.most = max(self.most, self.there)
        time.sleep(0.02)
        self.there -= 1


class Lease:
    def __init__(self):
        self.model, self.card = Slow(), "its card"


def together(*lanes) -> None:
    threads = [Thread(target=lane) for lane in lanes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert not any(thread.is_alive() for thread in threads), "a lane waits for ever"


def test_one_lane_at_a_time_is_at_the_machine_and_the_turn_comes_back_after_each_call():
    lease, turn = Lease(), Turn()
    mine, held = InTurn(lease, turn), []

    def lane() -> None:
        for _ in range(4):
            mine.model.paint()
            held.append(turn.held)

    together(lane, lane, lane)

    assert held == [False] * 12
    assert lease.model.most == 1


def test_a_machine_that_fails_gives_the_turn_back():
    turn, held = Turn(), []

    class Failing:
        class model:  # noqa: N801
            @staticmethod
            def paint() -> None:
                raise ZeroDivisionError

    def lane() -> None:
        try:
            InTurn(Failing, turn).model.paint()
        except ZeroDivisionError:
            held.append(turn.held)

    together(lane, lane)

    assert held == [False, False]


def test_a_lane_knows_how_long_it_has_waited_and_the_other_has_not():
    turn, waited, taken = Turn(), {}, Event()

    def first() -> None:
        with turn:
            taken.set()
            time.sleep(0.1)
        waited["first"] = turn.waited_s

    def second() -> None:
        taken.wait(10)
        with turn:
            waited["second"] = turn.waited_s

    together(first, second)

    assert waited["first"] < 0.02 < waited["second"] < 10


def test_a_lease_in_turn_is_the_lease_in_all_else():
    assert InTurn(Lease(), Turn()).card == "its card"
