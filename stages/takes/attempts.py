"""Make the takes of one cut that the plan asks for and the budget allows.

In: the inputs of a cut's takes, the attempts it needs (as data, read from the store by the caller), the models.
Out: takes.
Knows nothing about other cuts, which take is shown, or the store.
"""

from collections.abc import Sequence

from pydantic import Field

from assets.sheets.base import Part
from assets.sheets.production import Take
from stages.takes.order import Attempt, TakeInputs, TakeModels, TakeOrder, TakePiece
from stages.takes.shooting import animate, work_of
from stages.work_cache import WorkCache


class AttemptPlan(Part):
    """The attempts that one cut needs now.

    seconds  model time they may cost together; earlier attempts count with their original cost
    orders   the retake orders that they answer
    """

    attempts: tuple[Attempt, ...] = Field(min_length=1)
    seconds: float | None = None
    orders: tuple[int, ...] = ()


def shoot(
    given: TakeInputs, plan: AttemptPlan, order: TakeOrder, models: TakeModels, cache: WorkCache
) -> tuple[Take, ...]:
    """The takes of a cut in their order: the first always, the others within the budget.

    An existing take costs nothing now and is always included. Missing attempts are made first, so that a lookup
    raises Unmade at once.
    """

    def piece(attempt: Attempt) -> TakePiece:
        return TakePiece.of(given, attempt)

    taken: dict[int, Take | None] = {}
    spent: list[float] = []
    for attempt in plan.attempts:
        found = cache.peek(work_of(piece(attempt), order, models))
        if found is not None:
            taken[attempt.number] = None
            spent.append(found.get("seconds", 0.0))
        elif not spent or (not attempt.extra and _affordable(spent, plan.seconds)):
            take = taken[attempt.number] = animate(piece(attempt), order, models, cache)
            spent.append(take.seconds)
    attempts = [attempt for attempt in plan.attempts if attempt.number in taken]
    return tuple(
        taken[attempt.number] or animate(piece(attempt), order, models, cache) for attempt in attempts
    )


def _affordable(spent: Sequence[float], seconds: float | None) -> bool:
    """Whether one more attempt, at the average cost so far, stays within the budget."""
    return seconds is None or sum(spent) + sum(spent) / len(spent) <= seconds
