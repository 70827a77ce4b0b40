"""The house Foley: effects by diffusion on the CPU, with weights that this repository trained on its own sounds.

In:  a name ('rain'), or a name and a manner ('rain: heavily'); seconds; a seed.
Out: stereo at 48 kHz, peak <= 0.9, at the level of the procedural recipe; nothing above 8 kHz.
Which sounds the model makes was measured and is listed (choice.yaml beside the weights); the procedural Foley
makes the others, and ``maker`` says which one.
"""

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

from pydantic import Field

from assets.errors import SetupMissing
from assets.matter import Sound
from models.card import Card
from models.foley.adapter import RATE, ProceduralFoley
from models.house import weights
from models.options import Options as Base
from models.torch_threads import one_thread

if TYPE_CHECKING:
    from models.house.foley.choice import Choice
    from models.house.foley.make import Maker

NAME = "foley"
Who = Literal["house", "desk"]


class HouseFoley:
    """Port Foley."""

    class Options(Base):
        steps: int = Field(default=12, ge=2, le=100, description="Diffusion steps")
        makes: Literal["chosen", "all"] = Field(
            default="chosen", description="chosen: what choice.yaml lists; all: every sound, for a comparison"
        )

    card: ClassVar[Card] = Card(
        name="house",
        port="foley",
        adapter_version=2,
        summary="Sound effects by diffusion where choice.yaml says so, the procedural desk's for the others; "
        "up to 8 kHz",
        licence="Apache-2.0",
        weights="assets/library/weights/foley",
        training_data="Effects synthesised by this repository (models/foley); nothing recorded or downloaded",
        data_class="owned",
        dialect="grammar",
    )

    def __init__(self, maker: "Maker", choice: "Choice", options: "HouseFoley.Options") -> None:
        self._maker, self._options = maker, options
        self._desk = ProceduralFoley.load("cpu")
        every = frozenset(self._desk.sounds()) - {"silence"}
        self._own = choice.house() if options.makes == "chosen" else every

    @classmethod
    def carded(cls, options: "HouseFoley.Options | None") -> Card:
        """The card with the weights' revision, and how many sounds they make."""
        told = _summary(weights.LIBRARY / NAME)
        summary = f"{cls.card.summary} ({told})" if told else cls.card.summary
        return cls.card.model_copy(update={"revision": weights.revision(NAME), "summary": summary})

    @classmethod
    def lacks(cls) -> str:
        """What is missing before it can be loaded; empty when nothing is."""
        if missing := [name for name in ("diffusers", "transformers") if not find_spec(name)]:
            return f"The house foley needs {', '.join(missing)}. `make install` brings it."
        return weights.lacks(NAME)

    @classmethod
    def load(cls, device: str, options: "HouseFoley.Options | None" = None) -> Self:
        """Check every hash, then load the weights; it always runs on the CPU."""
        if missing := cls.lacks():
            raise SetupMissing(missing)
        from models.house.foley import choice, net
        from models.house.foley.make import Maker

        folder = weights.folder(NAME)
        return cls(Maker(net.load(folder)), choice.read(folder), options or cls.Options())

    def unload(self) -> None:
        del self._maker

    def sounds(self) -> tuple[str, ...]:
        return self._desk.sounds()

    def ambiences(self) -> tuple[str, ...]:
        return self._desk.ambiences()

    def manners(self, sound: str) -> tuple[str, ...]:
        return self._desk.manners(sound)

    def maker(self, sound: str, seconds: float = 0.0) -> Who:
        """Which one makes an order of ``seconds``; 0 is its natural length."""
        from models.house.foley.choice import EVEN
        from models.house.foley.words import REACH

        recipe, _ = self._desk.understood(sound, seconds=seconds, seed=0)
        span = 0.0 if recipe.extent == "once" else seconds or recipe.seconds
        reaches = recipe.extent == "loop" or span <= REACH or recipe.name in EVEN
        return "house" if recipe.name in self._own and reaches else "desk"

    def make(self, sound: str, *, seconds: float, seed: int) -> Sound:
        """Make one effect; without a manner the seed chooses one."""
        from models.house.foley.player import play

        one_thread()
        recipe, manner = self._desk.understood(sound, seconds=seconds, seed=seed)
        if self.maker(sound, seconds) == "desk":
            return self._desk.make(sound, seconds=seconds, seed=seed)
        made: Any = play(self._maker, recipe, manner, seconds, seed, steps=self._options.steps)
        return Sound(made, RATE)


@cache
def _summary(folder: Path) -> str:
    from models.house.foley import choice

    if not (folder / choice.FILE).is_file():
        return ""
    chosen = choice.read(folder)
    return f"{len(chosen.house())} of {len(chosen.sounds)} by diffusion"
