"""Kinds that misbehave on purpose: the harness must count each as what it is."""

import os
import subprocess
import sys
import time
from random import Random

from assets.errors import InputRefused
from tests.chaos.case import Kind, Place, Verdict, Wrong
from tests.chaos.commands import Ended, judged


def _well(chance: Random, place: Place) -> Verdict:
    return "ok"


def _refused(chance: Random, place: Place) -> Verdict:
    raise InputRefused("This cannot be used. Write another one.")


def _raising(chance: Random, place: Place) -> Verdict:
    raise KeyError("planted")


def _dying(chance: Random, place: Place) -> Verdict:
    os.abort()


def _printing_a_traceback(chance: Random, place: Place) -> Verdict:
    return judged(Ended(("show",), 1, "", "Traceback (most recent call last):\nKeyError: 'planted'\n"))


def _telling_a_fault_of_ours(chance: Random, place: Place) -> Verdict:
    said = "sakuga: this is an error in Sakuga itself (KeyError: 'planted'). The traceback could not be written.\n"
    return judged(Ended(("show",), 1, "", said))


def _with_an_unknown_exit_code(chance: Random, place: Place) -> Verdict:
    return judged(Ended(("show",), 42, "", "sakuga: no\n"))


def _computing_for_ever(chance: Random, place: Place) -> Verdict:
    while True:
        pass


def _waiting_for_ever(chance: Random, place: Place) -> Verdict:
    time.sleep(600)
    return "ok"


def _untrue(chance: Random, place: Place) -> Verdict:
    raise Wrong("the episode has other bytes")


def _leaving_a_process(chance: Random, place: Place) -> Verdict:
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
    return "ok"


def _colouring(chance: Random, place: Place) -> Verdict:
    return judged(Ended(("show",), 0, "\x1b[31mred", ""))


def _talking_without_end(chance: Random, place: Place) -> Verdict:
    raise InputRefused("\n".join(["x" * 1000] * 100))  # one long line would be shortened


def _random(chance: Random, place: Place) -> Verdict:
    raise Wrong(f"drew {'abcdefghijklmnopqrstuvwxyz'[chance.randrange(26)] * 8}")


EXPECTED = {
    "well": ("ok", _well), "refused": ("refused", _refused), "raising": ("crash", _raising), "dying": ("crash", _dying),
    "traceback": ("crash", _printing_a_traceback), "code": ("crash", _with_an_unknown_exit_code),
    "ours": ("crash", _telling_a_fault_of_ours),
    "computing": ("hang", _computing_for_ever), "waiting": ("hang", _waiting_for_ever), "untrue": ("wrong", _untrue),
    "leaving": ("wrong", _leaving_a_process), "colouring": ("wrong", _colouring),
    "talking": ("wrong", _talking_without_end),
}  # fmt: skip
KINDS = {
    **{name: Kind(name, name, 1, play, 1) for name, (_, play) in EXPECTED.items()},
    "random": Kind("random", "random", 6, _random, 1),
}
