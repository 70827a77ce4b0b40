"""The story room: a premise becomes an ordinary Fountain script.

    premise -> company (who) -> plotting (plot, places, beats) -> length (the requested length)
              -> pen (every line, chosen or written, scored and checked) -> script (Fountain)

The plots, phrases and names are data in ``assets/library/stories``; recall holds a show's memory.
"""

from stages.story.options import StoryOptions
from stages.story.recall import before, remember
from stages.story.writing import Order, Written, write

__all__ = ["Order", "StoryOptions", "Written", "before", "remember", "write"]
