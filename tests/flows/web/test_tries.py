"""Guessing is slow, and costs nobody else anything."""

from flows.web.tries import FREE, PAUSE, REMEMBERED, Tries


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_after_some_wrong_guesses_there_is_one_for_every_pause():
    clock = Clock()
    tries, looked_at = Tries(clock), 0
    for _ in range(10_000):  # ten tries a second
        if not tries.wait("192.0.2.7"):
            looked_at += 1
            tries.wrong("192.0.2.7")
        clock.now += 0.1

    assert looked_at <= FREE + 1000 / PAUSE + 1


def test_others_are_looked_at_meanwhile():
    tries = Tries(Clock())
    for _ in range(100):
        tries.wrong("192.0.2.7")

    assert tries.wait("192.0.2.7") > 0
    assert tries.wait("192.0.2.8") == 0


def test_one_machine_s_many_ipv6_addresses_are_one():
    tries = Tries(Clock())
    for number in range(FREE):
        tries.wrong(f"2001:db8::{number:x}")

    assert tries.wait("2001:db8::ffff") > 0
    assert tries.wait("2001:db8:0:1::1") == 0


def test_no_number_of_addresses_fills_the_memory():
    tries = Tries(Clock())
    for number in range(REMEMBERED + 500):
        tries.wrong(f"2001:db8:0:{number:x}::1")

    assert len(tries._wrong) == REMEMBERED
