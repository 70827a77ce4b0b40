"""Direction: a writer enriches the cut sheet the rules wrote, within a closed grammar.

    menu       what may be chosen for this cut, as a JSON schema: never its words, order or length
    asking     the prompt: this scene, this cut, the choices for the cut before
    choices    read the answer strictly, or refuse it with a reason that the writer can act on
    applying   put the answer on the sheet, and check that nothing else changed

If the writer fails, only its choice is lost: the rules' choice stays, and a warning says so.
"""

from stages.direction.choices import Direction
from stages.direction.directing import Directed, direct
from stages.direction.options import DirectionOptions

__all__ = ["Directed", "Direction", "DirectionOptions", "direct"]
