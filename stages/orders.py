"""Make one piece from its order alone, as another process is given it.

In: a step, what the pieces of a stage share, one piece, the models by name.      Out: the result, in the vault.
Knows nothing about where it runs or who asked.
"""

from collections.abc import Callable
from typing import Any

from assets.sheets.production import Step
from models.lease import Named
from stages.sound import effects, voices
from stages.storyboard import PanelModels, draw
from stages.takes.order import TakeModels
from stages.takes.shooting import animate
from stages.work_cache import WorkCache

Models = Callable[[Named | None], Any]
"""Returns the lease of a named model; None for None."""


def make(step: Step, order: Any, piece: Any, models: Models, cache: WorkCache) -> None:
    """Make ``piece`` with the models that ``order`` names. The classes of both belong to the step."""
    STEPS[step](order, piece, models, cache)


def first_model(order: Any) -> Named | None:
    """The model that a piece of ``order`` calls first.

    A painter comes before the animator: fresh keyframes are painted before anything moves.
    """
    found = (getattr(order, name, None) for name in ("painter", "animator", "speaker", "foley", "composer"))
    return next((model for model in found if model is not None), None)


def _panel(order: Any, piece: Any, models: Models, cache: WorkCache) -> None:
    upscaler = models(order.upscaler)
    draw(piece, order, PanelModels(models(order.painter), models(order.layout), upscaler), cache)


def _take(order: Any, piece: Any, models: Models, cache: WorkCache) -> None:
    animator, judge = models(order.animator), models(order.judge)
    given = TakeModels(animator, judge, models(order.upscaler), models(order.painter))
    animate(piece, order, given, cache)


def _voice(order: Any, piece: Any, models: Models, cache: WorkCache) -> None:
    sheet, speaker = order.cutsheet, models(order.speaker)
    voices.voice(piece.utterance(sheet), sheet, speaker=speaker, cache=cache, options=order.options)


def _effect(order: Any, piece: Any, models: Models, cache: WorkCache) -> None:
    foley = models(order.foley)
    effects.effect(piece.sound, seconds=piece.seconds, seed=piece.seed, foley=foley, cache=cache)


def _music(order: Any, piece: Any, models: Models, cache: WorkCache) -> None:
    effects.music(piece, composer=models(order.composer), cache=cache)


STEPS: dict[str, Callable[[Any, Any, Models, WorkCache], None]] = {
    "panel": _panel, "take": _take, "voice": _voice, "effect": _effect, "music": _music,
}  # fmt: skip
"""The steps that another process can make."""
