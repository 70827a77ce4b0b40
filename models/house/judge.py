"""Score how well scene and people of a cut can be recognised in a picture; used to choose among candidates.

In: a picture, its shot, the positions of heads.      Out: one number, nearer 0 is better.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np

from assets.matter import Still
from models.house import weights
from models.house.people import PeopleJudge, Spot
from models.house.traits import TraitJudge
from models.ports import Shot


@dataclass(frozen=True)
class Judge:
    """The judges of scene and people together."""

    scene: TraitJudge
    people: PeopleJudge

    @classmethod
    def load(cls, device: str, *, library: Path = weights.LIBRARY) -> Self:
        return cls(TraitJudge.load(device, library=library), PeopleJudge.load(device, library=library))

    def legible(self, picture: Still, shot: Shot, spots: Mapping[str, Spot]) -> float:
        """Mean log-likelihood of every visible trait of the shot."""
        found = [*self.scene.likely(picture, shot), *self.people.likely(picture, shot, spots)]
        return float(np.mean(found))
