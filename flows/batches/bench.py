"""The bench: one machine set up once, and errand after errand done on it.

In: an errand and what its stage shares.      Out: how it went; the result is in the vault.
A machine stays loaded while errands ask for it, and goes before another stage's machine comes: on one
device both would hardly fit. Several lanes may use a bench: they take turns at the machine, and none
changes it under another. Knows nothing of Prefect or of who else works.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from threading import Condition
from types import TracebackType
from typing import Any, Self, cast

from assets.errors import InputRefused
from assets.hashing import digest
from assets.sheets.base import Sheet
from assets.sheets.production import Ref
from assets.store import Errand, Settled, Store
from assets.vault import Vault
from flows.batches.turn import InTurn, Turn
from flows.episode.workspace import CallBook
from models.lease import Leased, Named, lease
from models.ports import PROTOCOLS
from stages.storyboard import PanelModels, PanelOrder, PanelPiece, draw
from stages.takes.shooting import TakeModels, TakeOrder, TakePiece, animate
from stages.work_cache import Watch, WorkCache

ORDERS: dict[str, type[Sheet]] = {"panel": PanelOrder, "take": TakeOrder}
"""The stages whose work can be sent out; every other stage works where the run is."""


class Bench:
    """Holds the machines of one stage at a time."""

    def __init__(self, vault: Vault, store: Store, watch: Watch, device: str) -> None:
        self._vault, self._store, self._watch, self._device = vault, store, watch, device
        self.turn = Turn()
        self._common: tuple[Ref, Sheet] | None = None
        self._users, self._free = 0, Condition()
        self._leased: dict[str, Leased[Any]] = {}
        self._leases = ExitStack()
        self._gone: Counter[str] = Counter()

    def do(self, errand: Errand) -> Settled:
        """Do one errand: made now, or found because somebody finished it before being killed."""
        waited = self.turn.waited_s
        book = _Book(self._store, errand.run, self.turn)
        cache = WorkCache(self._vault, None, calls=book, watch=self._watch)
        with self._set_up(errand) as order:
            if isinstance(order, PanelOrder):
                self._draw(order, PanelPiece.model_validate(errand.piece), cache)
            elif isinstance(order, TakeOrder):
                self._animate(order, TakePiece.model_validate(errand.piece), cache)
        [done] = cache.done
        outcome = "made" if done.outcome == "made" else "reused"
        seconds = max(0.0, done.seconds - (self.turn.waited_s - waited)) if outcome == "made" else 0.0
        return Settled(outcome=outcome, seconds=seconds, machine_seconds=cache.machine_seconds)

    @property
    def loads(self) -> dict[str, int]:
        """How often each machine was loaded, by port and name."""
        held = Counter({_called(one): one.loads for one in self._leased.values()})
        return {name: count for name, count in (self._gone + held).items() if count}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._clear()

    def _draw(self, order: PanelOrder, piece: PanelPiece, cache: WorkCache) -> None:
        models = PanelModels(
            self._machine(order.painter),
            layout=self._machine(order.layout) if order.layout else None,
            upscaler=self._machine(order.upscaler) if order.upscaler else None,
        )
        draw(piece, order, models, cache)

    def _animate(self, order: TakeOrder, piece: TakePiece, cache: WorkCache) -> None:
        models = TakeModels(
            self._machine(order.animator),
            judge=self._machine(order.judge) if order.judge else None,
            upscaler=self._machine(order.upscaler) if order.upscaler else None,
            painter=self._machine(order.painter) if order.painter else None,
        )
        animate(piece, order, models, cache)

    @contextmanager
    def _set_up(self, errand: Errand) -> Iterator[Sheet]:
        """The errand's order, its machines at hand; whoever works by another order finishes first."""
        ref = Ref.model_validate(errand.common)
        with self._free:
            while self._users and self._common is not None and self._common[0] != ref:
                self.turn.give_back()  # they may need it to finish
                self._free.wait()
            if self._common is None or self._common[0] != ref:
                order = self._order(errand, ref)
                self._keep(order)
                self._common = (ref, order)
            order = self._common[1]
            self._users += 1
        try:
            yield order
        finally:
            with self._free:
                self._users -= 1
                self._free.notify_all()

    def _order(self, errand: Errand, ref: Ref) -> Sheet:
        kind = ORDERS.get(errand.step)
        if kind is None:
            raise InputRefused(
                f"{errand.step} {errand.name} was sent to a GPU worker, which does {', '.join(ORDERS)} only. "
                "A newer release sent it: bring the workers up to date."
            )
        return kind.from_json(self._vault.get(ref).decode(), f"{errand.step} order {ref.sha256[:12]}")

    def _keep(self, order: Sheet) -> None:
        """Give back every machine that ``order`` does not use."""
        used = {digest(value) for _, value in order if isinstance(value, Named)}
        if not self._leased.keys() <= used:
            self._clear()

    def _machine(self, named: Named) -> Leased[Any]:
        """Leased once. Only what needs no GPU memory is used out of turn: measuring a picture, for one."""
        key = digest(named)
        with self._free:
            if key not in self._leased:
                port: type[Any] = PROTOCOLS[named.port]
                lent = lease(port, named.name, self._device, options=named.options)
                self._leased[key] = self._leases.enter_context(lent)
        leased = self._leased[key]
        if named.port == "judge" and not leased.card.vram_gb:
            return leased
        return cast(Leased[Any], InTurn(leased, self.turn))

    def _clear(self) -> None:
        self._gone.update({_called(one): one.loads for one in self._leased.values()})
        self._leased.clear()
        self._leases.close()


class _Book(CallBook):
    """The book of calls, without the time a lane stood waiting for the machine."""

    def __init__(self, store: Store, run: int, turn: Turn) -> None:
        super().__init__(store, run)
        self._turn, self._before = turn, 0.0

    def begin(self, recipe: str, step: str, name: str) -> None:
        self._before = self._turn.waited_s
        super().begin(recipe, step, name)

    def finish(self, recipe: str, seconds: float) -> None:
        super().finish(recipe, max(0.0, seconds - (self._turn.waited_s - self._before)))


def _called(leased: Leased[Any]) -> str:
    return f"{leased.card.port} {leased.card.name}"
