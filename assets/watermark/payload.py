"""The bits of the watermark: an id with a checksum, as a code that corrects errors.

In: an id of 48 bits.      Out: coded bits; and back, from values that say how sure each bit is.
Convolutional code of rate 1/3 and constraint length 7, polynomials 133, 171, 165 (3GPP TS 36.212, 5.1.3.1), with tail
bits; decoded by the Viterbi algorithm.
"""

import hashlib
import secrets
from functools import cache

import numpy as np
from numpy.typing import NDArray

from assets.errors import InputRefused

MARK_BITS, CHECK_BITS = 48, 24
_POLYNOMIALS, _MEMORY = (0o133, 0o171, 0o165), 6
_STATES = 1 << _MEMORY
CODED = (MARK_BITS + CHECK_BITS + _MEMORY) * len(_POLYNOMIALS)
Soft = NDArray[np.float64]


def new_id() -> str:
    """A new id, 12 hexadecimal digits. 100,000 of them have two alike with a chance of 2 in 100,000."""
    return secrets.token_hex(MARK_BITS // 8)


def coded(id: str) -> NDArray[np.int8]:
    """``CODED`` values of +1 (bit 0) and -1 (bit 1)."""
    message = np.unpackbits(np.frombuffer(_raw(id) + _check(_raw(id)), np.uint8))
    state, bits = 0, []
    for bit in [*message.tolist(), *[0] * _MEMORY]:
        bits += _branches()[1][state, bit].tolist()
        state = _branches()[0][state, bit]
    return np.array(bits, np.int8)


def decoded(soft: Soft) -> str | None:
    """The id that fits ``soft`` best, or None where its checksum is wrong.

    soft  one value per coded bit: the sign says which, the size how sure. Noise passes once in 16 million times.
    """
    following, signs = _branches()
    cost = np.full(_STATES, -np.inf)
    cost[0] = 0.0
    came = np.zeros((CODED // 3, _STATES), np.int16)  # state and bit, as 2 * state + bit
    for step in range(CODED // 3):
        gained = (cost[:, None] + signs @ soft[3 * step : 3 * step + 3]).ravel()
        order = np.argsort(gained, kind="stable")  # the best comes last and overwrites
        cost = np.full(_STATES, -np.inf)
        cost[following.ravel()[order]] = gained[order]
        came[step, following.ravel()[order]] = order
    state, bits = 0, []
    for step in range(CODED // 3 - 1, -1, -1):
        state, bit = divmod(int(came[step, state]), 2)
        bits.append(bit)
    data = np.packbits(np.array(bits[::-1][: MARK_BITS + CHECK_BITS], np.uint8)).tobytes()
    raw, check = data[: MARK_BITS // 8], data[MARK_BITS // 8 :]
    return raw.hex() if check == _check(raw) else None


def _raw(id: str) -> bytes:
    try:
        raw = bytes.fromhex(id)
    except ValueError:
        raw = b""
    if len(raw) != MARK_BITS // 8 or raw.hex() != id:
        raise InputRefused(f"A watermark's id has {MARK_BITS // 4} digits of 0-9 and a-f; this is {id!r}.")
    return raw


def _check(raw: bytes) -> bytes:
    return hashlib.sha256(b"sakuga watermark 1" + raw).digest()[: CHECK_BITS // 8]


@cache
def _branches() -> tuple[NDArray[np.int64], NDArray[np.int8]]:
    """By state and bit: the following state, and the three coded bits."""
    following = np.zeros((_STATES, 2), np.int64)
    signs = np.zeros((_STATES, 2, len(_POLYNOMIALS)), np.int8)
    for state in range(_STATES):
        for bit in (0, 1):
            register = bit << _MEMORY | state
            following[state, bit] = register >> 1
            signs[state, bit] = [1 - 2 * ((register & one).bit_count() % 2) for one in _POLYNOMIALS]
    return following, signs
