"""The casting of a character: candidates for a character sheet, and what a person decides about them.

In: nothing.      Out: a CastBoard to look at; a CastDecision about it.
Knows nothing about painters, or where an approved sheet goes.
"""

from typing import Literal

from pydantic import Field

from assets.hashing import digest
from assets.sheets.base import Part, Seed, Typed
from assets.sheets.bible import Id
from assets.sheets.production import Digest, Ref

View = Literal["front", "three_quarter", "profile", "back", "face", "happy", "angry", "sad", "surprised"]
"""The pictures of a character sheet: the body from four sides, the face, and four expressions."""

BODIES: tuple[View, ...] = ("front", "three_quarter", "profile", "back")

CastVerdict = Literal["approve", "again", "stop"]


class SheetPicture(Part):
    """One view of a candidate."""

    view: View
    image: Ref
    recipe: Digest
    prompt: str = Field(default="", description="What the painter was sent; empty for one that does not read")


class Candidate(Part):
    """One character sheet that can be approved."""

    number: int = Field(ge=1)
    seed: Seed
    sheet: Ref = Field(description="All its pictures on one page")
    pictures: tuple[SheetPicture, ...] = Field(min_length=1)

    def picture(self, view: View) -> SheetPicture | None:
        return next((picture for picture in self.pictures if picture.view == view), None)

    @property
    def recipe(self) -> str:
        """What decided the whole sheet: the recipes of its pictures."""
        return digest({picture.view: picture.recipe for picture in self.pictures})


class Maker(Part):
    """The painter of the candidates, as its card states it."""

    name: str
    weights: str = ""
    revision: str = ""
    licence: str = ""
    data: str = Field(default="undisclosed", description="The class of its training data")


class CastBoard(Part):
    """What is shown of one round: the candidates side by side."""

    character: Id
    title: Typed = Field(description="The character's name, as people read it")
    about: Typed = ""
    profile: str
    maker: Maker
    basis: Digest = Field(description="Of the description the candidates were drawn from")
    ingredients: tuple[Digest, ...] = Field(
        default=(), description="Reference pictures and LoRAs they were drawn with"
    )
    candidates: tuple[Candidate, ...] = Field(min_length=1, max_length=16)
    left_out: tuple[str, ...] = Field(default=(), description="What the painter did not draw, and why")
    reads: bool = Field(default=True, description="Whether the painter reads the note of another round")
    note: Typed = Field(default="", max_length=2000, description="Why the round before was sent back")

    @property
    def seen(self) -> str:
        """SHA-256 of what is asked about: the pictures."""
        return digest([[one.number, one.sheet.sha256] for one in self.candidates])

    def candidate(self, number: int) -> Candidate | None:
        return next((one for one in self.candidates if one.number == number), None)


class CastDecision(Part):
    """What a person decides about a round."""

    verdict: CastVerdict
    candidate: int = Field(default=0, ge=0, le=16, description="The approved one; 0: none")
    note: Typed = Field(default="", max_length=2000)
