"""What made a piece, and what a delivered episode rests on: the bodies of two kinds of ledger events.

``generation.completed``  one Generation per piece a model made: a panel, a take, a line, an effect, a piece of music
``delivery.completed``    one Usage per delivered content of an episode: the last one of an episode counts

Both are sheets with a version. Numbers with a fraction are decimal strings, so that sums stay exact.
"""

from collections.abc import Iterator
from typing import Any, ClassVar, Literal

from pydantic import Field

from assets.sheets.base import Part, Sheet
from assets.sheets.production import Digest, Step
from assets.timing import Rate

IngredientKind = Literal["model", "lora", "reference", "voice"]
Role = Literal[
    "words", "picture", "layout", "keyframes", "movement", "enlarging", "speech", "effect", "music", "option",
]  # fmt: skip
"""What an ingredient did. option: weights named in a model's options beside its own, such as a ControlNet."""

Decimal = str
DECIMAL = r"^-?\d+(\.\d+)?$"


class Ingredient(Part):
    """One thing that a piece was made with.

    key   model: ``port/name@revision``, as in a report's clearance (a local folder: the digest of its files)
          lora, reference: SHA-256 of the file, as works are registered
          voice: ``model:voice``, a voice of a speech model by its own name
    """

    kind: IngredientKind
    key: str = Field(min_length=1, max_length=400)
    role: Role
    strength: Decimal = Field(
        default="1", pattern=DECIMAL, max_length=40, description="lora: as it was applied; may be negative"
    )


class Origin(Part):
    """An earlier piece that this one was made from."""

    sha256: Digest
    part: Literal["panel", "last", "over"] = Field(
        description="Its first picture, the picture it arrives at, or the clip whose other frames it keeps"
    )


class Generation(Sheet):
    """One piece that a model made. What decided its bytes is in the recipe; this names what it was made with."""

    sheet: ClassVar[str] = "generation"

    step: Step
    name: str = Field(max_length=300, description="A cut, a line of a cut, or a sound")
    recipe: Digest
    basis: str = Field(
        default="", pattern=r"^([0-9a-f]{64})?$", description="What it depicts; empty: a sound"
    )
    outputs: tuple[Digest, ...] = Field(description="SHA-256 of the files that came of it")
    model: dict[str, Any] = Field(description="Adapter, version, weights, revision, and its options")
    ingredients: tuple[Ingredient, ...] = Field(description="The model first")
    origins: tuple[Origin, ...] = ()


class Use(Part):
    """For how long an ingredient is seen or heard in a segment."""

    ingredient: int = Field(ge=0, description="Its place in the list of ingredients, from 0")
    frames: int = Field(ge=0)


class SegmentUsage(Part):
    """One delivered stretch of picture, and everything seen or heard in it."""

    name: str = Field(max_length=300, description="A cut number, 'opening' or 'credits'")
    frames: int = Field(ge=1)
    take: int = Field(default=0, ge=0, description="The take of the cut that is shown; 0: no cut")
    clip: str = Field(
        default="",
        pattern=r"^([0-9a-f]{64})?$",
        description="SHA-256 of that take, or of the panel that a title shows",
    )
    uses: tuple[Use, ...] = ()


class Usage(Sheet):
    """A delivered episode, stretch by stretch: seconds are ``frames / rate``."""

    sheet: ClassVar[str] = "usage"

    episode: Digest = Field(description="SHA-256 of the delivered file")
    profile: str
    policy: str = Field(default="", description="Under which it was cleared; empty: before policies existed")
    rate: Rate
    frames: int = Field(ge=1)
    ingredients: tuple[Ingredient, ...]
    segments: tuple[SegmentUsage, ...]
    unrecorded: tuple[str, ...] = Field(
        default=(),
        description="Pieces whose making an older Sakuga did not record: their ingredients are unknown",
    )

    def each(self) -> Iterator[tuple[SegmentUsage, Ingredient, int]]:
        """Every use: the segment, what is used, for how many frames."""
        for segment in self.segments:
            for use in segment.uses:
                yield segment, self.ingredients[use.ingredient], use.frames
