"""One stage's pieces on their way: looked up, asked for where they are missing, settled when they are there.

In: the pieces, what is done with each here.      Out: their outcomes, in their order.
No worker is asked for what is finished. The store is the truth: a run that was killed and begins again
finds what it had posted, what is in work and what is done.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from typing import Generic, TypeVar

from assets.errors import ModelFailed, StorageFailed
from assets.hashing import canonical
from assets.sheets.base import Part, Sheet
from assets.sheets.production import Ref
from assets.store import Errand, Progress
from flows.batches.hands import Hands
from flows.episode.workspace import EpisodeWorkspace
from stages.work_cache import Unmade, WorkCache

Piece = TypeVar("Piece")
Outcome = TypeVar("Outcome")

LOOKS_S = 0.2


class Sending(Generic[Piece, Outcome]):
    """One go at one stage."""

    def __init__(
        self,
        pieces: Sequence[Piece],
        work: Callable[[Piece], Outcome],
        workspace: EpisodeWorkspace,
        cache: WorkCache,
        hands: Hands,
    ) -> None:
        self._pieces, self._work, self._workspace, self._cache, self._hands = (
            pieces,
            work,
            workspace,
            cache,
            hands,
        )
        self._outcomes: dict[int, Outcome] = {}
        self._waiting: dict[str, list[int]] = {}
        self._done: dict[str, Progress] = {}
        self._failed: list[Progress] = []
        self._common: tuple[Part, Ref] | None = None

    def all(self) -> list[Outcome]:
        """Every outcome, or an error that names what is missing; whatever was made is kept."""
        store, key = self._workspace.store, self._workspace.key
        self._look(range(len(self._pieces)))
        while self._waiting:
            ended = store.ended_errands(key, self._waiting)
            if ended:
                self._look([index for progress in ended for index in self._settled(progress)])
                continue
            self._hands.see_to_it(self._waiting)
            time.sleep(LOOKS_S)
        if self._failed:
            raise self._missing()
        return [self._outcomes[index] for index in range(len(self._pieces))]

    def _look(self, indices: Iterable[int]) -> None:
        """Settle what is there, and post what is not."""
        posted: list[Errand] = []
        for index in indices:
            try:
                with self._cache.lookup_only():
                    self._outcomes[index] = self._work(self._pieces[index])
            except Unmade as unmade:
                posted.append(self._errand(unmade))
                self._waiting.setdefault(unmade.recipe, []).append(index)
        if posted:
            self._hands.required()
            self._workspace.store.post_errands(self._workspace.key, posted)

    def _errand(self, unmade: Unmade) -> Errand:
        earlier = self._done.get(unmade.recipe)
        if earlier is not None:
            place = earlier.outcome.place if earlier.outcome else "a worker"
            raise StorageFailed(
                f"{place} says that {earlier.step} {earlier.name} is finished, but it is not in the vault at "
                f"{self._workspace.vault.url}. Give every worker the vault of this run (SAKUGA_VAULT)."
            )
        work, order = unmade.work, unmade.order
        return Errand(
            recipe=unmade.recipe,
            step=work.step,
            name=work.name,
            scene=order.scene,
            weight=order.weight,
            run=self._cache.run,
            common=self._kept(order.common).model_dump(mode="json"),
            piece=order.piece.model_dump(mode="json"),
        )

    def _kept(self, common: Part) -> Ref:
        """What the pieces share, in the vault: once, not with each piece."""
        if self._common is None or self._common[0] != common:
            data = common.raw() if isinstance(common, Sheet) else common
            self._common = (common, self._workspace.vault.keep(canonical(data), "application/json"))
        return self._common[1]

    def _settled(self, progress: Progress) -> list[int]:
        """Note how one errand ended; the pieces to look at now."""
        indices = self._waiting.pop(progress.recipe)
        outcome = progress.outcome
        if progress.state != "done" or outcome is None:
            self._failed.append(progress)
            return []
        self._done[progress.recipe] = progress
        if outcome.outcome == "made":
            self._cache.made_elsewhere(progress.recipe, outcome.seconds, outcome.machine_seconds)
        return indices

    def _missing(self) -> ModelFailed:
        told = [f"{one.name} ({one.outcome.error if one.outcome else one.state})" for one in self._failed[:5]]
        more = f" and {len(self._failed) - len(told)} more" if len(self._failed) > len(told) else ""
        return ModelFailed(
            f"{len(self._failed)} of {len(self._pieces)} {self._failed[0].step}s could not be made: "
            f"{'; '.join(told)}{more}. The others are kept; run the same again and only these are tried."
        )
