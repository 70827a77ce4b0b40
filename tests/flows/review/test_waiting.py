"""Claims about waiting in a terminal."""

from pathlib import Path

import pytest

from flows.review.waiting import AtTerminal, in_words


class Told:
    """What was shown."""

    def __init__(self) -> None:
        self.said: list[tuple[str, str, str]] = []
        self.over = 0

    def waits(self, what: str, how: str, left: str) -> None:
        self.said.append((what, how, left))

    def goes_on(self) -> None:
        self.over += 1


def test_it_waits_until_the_store_says_otherwise_and_tells_how_to_review(room, gate_of):
    gate, told, slept = gate_of("takes", round=2), Told(), []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 3:
            room.store.close_gate(gate.id, "withdrawn")

    AtTerminal(room.store, told, Path("episodes"), sleep=sleep).wait(gate)

    assert slept == [2.0, 2.0, 2.0]
    assert told.said[0][:2] == ("Take gate, round 2", "sakuga review ep01")
    assert told.over == 1


def test_it_names_the_folder_where_it_is_not_the_usual_one(room, gate_of):
    told = Told()
    gate = gate_of("takes")

    waiting = AtTerminal(
        room.store,
        told,
        Path("elsewhere"),
        sleep=lambda _: room.store.close_gate(gate.id, "withdrawn") and None,
    )
    waiting.wait(gate)

    assert told.said[0][1] == "sakuga review ep01 --out elsewhere"


def test_it_does_not_wait_longer_than_the_gate_is_open(room, gate_of):
    told = Told()

    AtTerminal(room.store, told, Path("episodes")).wait(gate_of("takes", until="2001-01-01T00:00:00.000Z"))

    assert (told.said, told.over) == ([], 1)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (259199, "2 d 23 h"),
        (86400, "24 h 0 min"),
        (12000, "3 h 20 min"),
        (240, "4 min"),
        (30, "30 s"),
        (-5, "0 s"),
    ],
)
def test_lengths_of_waiting_are_for_people(seconds, words):
    assert in_words(seconds) == words
