"""Tell whether one name may be another with a slip of the keys.

In: two names.      Out: whether one slip makes one of the other.
"""

from stages.breakdown.directions import normal

_SHORTEST = 4  # letters; RIN and REN are two names


def is_slip(one: str, other: str) -> bool:
    """Whether the names differ by one letter doubled, added, left out, replaced or swapped with the next.

    Names that differ in the first or the last letter are mostly two: HANNA and ANNA, MARIA and MARIO, MARI and MARIA.
    So are those that differ by a number: ROBOT 1 and ROBOT 2.
    """
    short, long = sorted((normal(one), normal(other)), key=len)
    if short == long or len(short) < _SHORTEST or len(long) - len(short) > 1:
        return False
    at = next((index for index, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    if at == 0 or any(sign.isdecimal() for sign in short[at : at + 1] + long[at : at + 1]):
        return False
    if len(short) < len(long):
        is_last = at == len(short)
        return long[at] == long[at - 1] if is_last else short[at:] == long[at + 1 :]
    swapped = short[at : at + 2] == long[at : at + 2][::-1] and short[at + 2 :] == long[at + 2 :]
    return swapped or (at < len(short) - 1 and short[at + 1 :] == long[at + 1 :])
