"""The last word of a run's process: it is at rest now, and its silence means nothing.

In: the run that is played here.      Out: one event when its process ends by itself.
A run that suspends tells so a moment before its process ends, and in that moment one more sign of life may
go out. The rule about dead runs would then wait for the next one, and call a run crashed that waits for a
person. A process that is killed says no last word: of that the rule rightly hears nothing.
"""

import atexit

from prefect.events import emit_event
from prefect.runtime import flow_run

WORD = "prefect.flow-run.at-rest"


def last_word() -> None:
    """Have it said when this process ends."""
    run = flow_run.get_id()
    # By now Prefect's own sender of events runs, so that it is emptied after this was said.
    atexit.register(emit_event, WORD, {"prefect.resource.id": f"prefect.flow-run.{run}"})
