"""Check that a speaker marked as seen is in the frame.

In: cuts in order.      Out: notices.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from assets.sheets.cutsheet import Cut
from stages.filmgrammar.notice import Notice


def unseen_speaker(cuts: Sequence[Cut], rate: Fraction) -> Iterator[Notice]:
    """A line is marked 'on', but its speaker is not in the frame."""
    for cut in cuts:
        staged = {item.character for item in cut.staged}
        for who in dict.fromkeys(line.character for line in cut.lines if line.heard == "on"):
            if who not in staged:
                yield Notice(
                    cut=cut.number,
                    rule="unseen_speaker",
                    text=f"{who} speaks here but is not in the frame. Stage {who}, or set the line's "
                    "heard to off.",
                )
