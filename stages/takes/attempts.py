"""As many takes of one cut as are wanted and can be afforded.

In: what a cut's takes are made from, the attempts it needs (data, from whoever knows the store), the models.
Out: takes.
Knows nothing about other cuts, which take is shown, or the store.
"""

from collections.abc import Sequence

from pydantic import Field

from assets.sheets.base import Part
from assets.sheets.production import Take
from stages.takes.shooting import Attempt, TakeInputs, TakeModels, TakeOrder, TakePiece, animate, work_of
from stages.work_cache import WorkCache


class AttemptPlan(Part):
    """The attempts one cut needs now.

    seconds  machine time they may cost together, counting what earlier ones cost when they were made
    orders   the retake orders they answer
    """

    attempts: tuple[Attempt, ...] = Field(min_length=1)
    seconds: float | None = None
    orders: tuple[int, ...] = ()


def shoot(
    given: TakeInputs, wanted: AttemptPlan, order: TakeOrder, models: TakeModels, cache: WorkCache
) -> tuple[Take, ...]:
    """The wanted takes of a cut in their order: the first in any case, the others within the budget.

    One that was made before costs nothing now and is always among them. Missing attempts are made first, so
    that a lookup raises Unmade at once.
    """

    def piece(attempt: Attempt) -> TakePiece:
        return TakePiece.of(given, attempt)

    taken: dict[int, Take | None] = {}
    spent: list[float] = []
    for attempt in wanted.attempts:
        found = cache.peek(work_of(piece(attempt), order, models))
        if found is not None:
            taken[attempt.number] = None
            spent.append(found.get("seconds", 0.0))
        elif not spent or (not attempt.extra and _affordable(spent, wanted.seconds)):
            take = taken[attempt.number] = animate(piece(attempt), order, models, cache)
            spent.append(take.seconds)
    attempts = [attempt for attempt in wanted.attempts if attempt.number in taken]
    return tuple(
        taken[attempt.number] or animate(piece(attempt), order, models, cache) for attempt in attempts
    )


def _affordable(spent: Sequence[float], seconds: float | None) -> bool:
    """Whether one more, as dear as the others were on average, stays within the budget."""
    return seconds is None or sum(spent) + sum(spent) / len(spent) <= seconds
