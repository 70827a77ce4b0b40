"""The story room: a premise becomes an ordinary Fountain script.

    premise -> company (who) -> plotting (plot, places, beats) -> length (the requested length)
              -> pen (every line, chosen or written, scored and checked) -> script (Fountain)

A writer that is large enough writes everything itself instead (stages/story/free).

The plots, phrases and names are data in ``assets/library/stories``; recall holds a show's memory.
"""

from stages.story.free import Budget, WriterClient, propose, revise
from stages.story.free import parsed as parsed_budget
from stages.story.options import StoryOptions
from stages.story.order import Order, Tools, Written
from stages.story.recall import before, remember
from stages.story.writing import is_free, write

__all__ = [
    "Budget",
    "Order",
    "StoryOptions",
    "Tools",
    "WriterClient",
    "Written",
    "before",
    "is_free",
    "parsed_budget",
    "propose",
    "remember",
    "revise",
    "write",
]
