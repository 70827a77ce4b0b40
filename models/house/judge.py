"""How well a cut can be read on a picture, scene and people together: what chooses among candidates.

In: a picture, its shot, where heads are.      Out: one number, nearer 0 the better it is read.
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
    """Both judges at one desk."""

    scene: TraitJudge
    people: PeopleJudge

    @classmethod
    def load(cls, device: str, *, library: Path = weights.LIBRARY) -> Self:
        return cls(TraitJudge.load(device, library=library), PeopleJudge.load(device, library=library))

    def legible(self, picture: Still, shot: Shot, spots: Mapping[str, Spot]) -> float:
        """Mean log-likelihood of every trait of the shot that can be seen."""
        found = [*self.scene.likely(picture, shot), *self.people.likely(picture, shot, spots)]
        return float(np.mean(found))
