"""As many takes of one cut as are wanted and can be afforded.

In: a cut, the attempts it needs (data, from whoever knows the store), an animator.      Out: takes.
Knows nothing about other cuts, which take is shown, or the store.
"""

from collections.abc import Mapping, Sequence

from pydantic import Field

from assets.sheets.base import Part
from assets.sheets.cutsheet import Cut, Cutsheet
from assets.sheets.production import Panel, Take, Voiced
from models.lease import Leased
from stages.desk import Desk
from stages.takes import Attempt, TakeOptions, animate, work_of


class Wanted(Part):
    """The attempts one cut needs now.

    seconds  machine time they may cost together, counting what earlier ones cost when they were made
    orders   the retake orders they answer
    """

    attempts: tuple[Attempt, ...] = Field(min_length=1)
    seconds: float | None = None
    orders: tuple[int, ...] = ()


def shoot(
    cut: Cut,
    panel: Panel,
    voiced: Mapping[int, Voiced],
    cutsheet: Cutsheet,
    *,
    animator: Leased,
    judge: Leased | None,
    desk: Desk,
    size: tuple[int, int],
    options: TakeOptions,
    wanted: Wanted,
) -> tuple[Take, ...]:
    """The wanted takes of ``cut`` in their order: the first in any case, the others within the budget.

    One that was made before costs nothing now and is always among them. What is missing is made before
    what is there is told of, so that one who only looks is sent for it at once.
    """

    def move(attempt: Attempt) -> Take:
        return animate(
            cut,
            panel,
            voiced,
            cutsheet,
            animator=animator,
            judge=judge,
            desk=desk,
            size=size,
            options=options,
            attempt=attempt,
        )

    taken: dict[int, Take | None] = {}
    spent: list[float] = []
    for attempt in wanted.attempts:
        work = work_of(
            cut, panel, voiced, cutsheet, animator=animator, size=size, options=options, attempt=attempt
        )
        found = desk.peek(work)
        if found is not None:
            taken[attempt.number] = None
            spent.append(found.get("seconds", 0.0))
        elif not spent or (not attempt.extra and _affordable(spent, wanted.seconds)):
            take = taken[attempt.number] = move(attempt)
            spent.append(take.seconds)
    attempts = [attempt for attempt in wanted.attempts if attempt.number in taken]
    return tuple(taken[attempt.number] or move(attempt) for attempt in attempts)


def _affordable(spent: Sequence[float], seconds: float | None) -> bool:
    """Whether one more, as dear as the others were on average, stays within the budget."""
    return seconds is None or sum(spent) + sum(spent) / len(spent) <= seconds
