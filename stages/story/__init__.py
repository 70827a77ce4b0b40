"""The story room: a premise becomes an ordinary Fountain script.

    premise -> company (who) -> plotting (plot, places, beats) -> length (as long as wanted)
            -> pen (every word, chosen or written, weighed and checked) -> script (Fountain)

The plots, phrases and names are data in ``assets/library/stories``; recall keeps what a show remembers.
"""

from stages.story.options import StoryOptions
from stages.story.recall import before, remember
from stages.story.writing import Order, Written, write

__all__ = ["Order", "StoryOptions", "Written", "before", "remember", "write"]
