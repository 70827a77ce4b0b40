"""Breakdown: a screenplay becomes a cut sheet, by rules and word lists alone.

    scenes -> people, places -> acting, talking (what is seen while something is done or said)
           -> framing, staging, listening (how near, where they stand, what is heard) -> cuts

Deterministic; the words it knows are data in ``assets/library/grammar``.
"""

from stages.breakdown.directing import Breakdown, break_down, break_down_with_notices
from stages.breakdown.durations import retime
from stages.breakdown.options import BreakdownOptions
from stages.breakdown.places import unknown_places

__all__ = [
    "Breakdown",
    "BreakdownOptions",
    "break_down",
    "break_down_with_notices",
    "retime",
    "unknown_places",
]
