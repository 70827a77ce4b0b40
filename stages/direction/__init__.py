"""Direction: a writer enriches the cut sheet the rules wrote, within a closed grammar.

    menu       what may be chosen for this cut, as a JSON schema: never its words, order or length
    asking     what the writer is told: this scene, this cut, what was chosen just before
    choices    the answer, read strictly, or refused in a sentence the writer can mend
    applying   the answer on the sheet, and the seal that everything else is what it was

A writer that fails costs nothing but its own choice: the rules' stands, and a warning says so.
"""

from stages.direction.choices import Direction
from stages.direction.directing import Directed, direct
from stages.direction.options import DirectionOptions

__all__ = ["Directed", "Direction", "DirectionOptions", "direct"]
