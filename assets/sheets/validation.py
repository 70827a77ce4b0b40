"""A validation: what a trained LoRA does to held-out cuts, measured beside held-out art.

In: pictures that were painted without and with the LoRA, or clips.      Out: a Validation, which a person approves or
refuses. A clip is a strip of its frames here, from the first at the top to the last.
Knows nothing about who decides. An approval names the hash of this document, and through it the hash of the LoRA.
"""

from typing import ClassVar, Literal

from pydantic import Field, model_validator

from assets.sheets.base import Part, Seed, Sheet
from assets.sheets.bible import Expert, Id
from assets.sheets.cutsheet import CutNumber
from assets.sheets.dataset import Name
from assets.sheets.production import Digest, Ref

Role = Literal["character", "place", "style"]


class Subject(Part):
    """What a LoRA teaches: one character or place of a show, or the style of all of it."""

    show: Id
    role: Role
    id: str = Field(default="", pattern=r"^([A-Za-z0-9_-]{1,64})?$", description="Empty for the style")

    @model_validator(mode="after")
    def _is_named_where_it_must_be(self) -> "Subject":
        if bool(self.id) == (self.role == "style"):
            raise ValueError("a character or place has an id; the style has none")
        return self

    def __str__(self) -> str:
        """As it is named in the ledger."""
        return "/".join(part for part in (self.show, self.role, self.id) if part)

    @property
    def words(self) -> str:
        return f"the {self.role} {self.id}".rstrip() + f" of {self.show}"


def _unset(value: object) -> bool:
    """Left out of the document, so that those of earlier releases do not change."""
    return not value


class Candidate(Part):
    """The LoRA that is validated; for a model with two experts a pair of files."""

    name: Name
    ref: Ref = Field(description="The file; of a pair the one for high noise")
    low: Ref | None = Field(default=None, exclude_if=_unset, description="Of a pair: the file for low noise")
    base: str = Field(pattern=r"^[a-z0-9.-]{1,64}$", description="Family of models it belongs to")
    trigger: str = Field(default="", max_length=200)
    dataset: str = Field(
        default="", pattern=r"^([0-9a-f]{64})?$", description="Root of the dataset it was trained on"
    )

    @property
    def files(self) -> dict[Expert, Ref]:
        """Every file, by the expert it is for."""
        return {"": self.ref} if self.low is None else {"high": self.ref, "low": self.low}


class Learnt(Part):
    """How the candidate came from approved takes: which generation it is, and how much of its data is art."""

    generation: int = Field(ge=1)
    takes: int = Field(ge=0, description="Pictures from approved takes and panels")
    core: int = Field(ge=1, description="Pictures of the core set")
    share: float = Field(ge=0, le=1, description="Showings of approved takes in one epoch, of all showings")


class Readings(Part):
    """What was measured on the pictures of one column."""

    style: float = Field(
        ge=0, description="Frechet distance of colours, lines and shading to the held-out art; 0 is the same"
    )
    features: float | None = Field(
        default=None, ge=0, description="Frechet distance of the house judge's features to the held-out art"
    )
    identity: float | None = Field(
        default=None, ge=0, le=1, description="Likeness of the character's colours to the held-out art"
    )
    legible: float | None = Field(
        default=None, ge=0, le=1, description="How well the house judges read scene and people of the cuts"
    )
    motion: float | None = Field(
        default=None,
        ge=0,
        le=255,
        exclude_if=lambda motion: motion is None,
        description="Of clips: mean change of lightness in a quarter of a second, of 255",
    )


class Column(Part):
    """All held-out cuts, painted in one way."""

    kind: Literal["without", "now", "candidate"] = Field(
        description="Without a LoRA of the subject; with the one that is in the bible; with the candidate"
    )
    strength: float = Field(default=0, ge=-2, le=2)
    pictures: tuple[Ref, ...] = Field(min_length=1, description="One for each cut; of a clip, its strip")
    clips: tuple[Ref, ...] = Field(default=(), exclude_if=_unset, description="The clip of each cut")
    readings: Readings


class HeldOutCut(Part):
    """A cut that was painted in every column."""

    cut: CutNumber
    episode: Id
    action: str = ""
    seed: Seed


class HeldOut(Part):
    """The art that the pictures are compared with; none of it was trained on."""

    dataset: Name
    root: Digest
    works: tuple[Ref, ...] = Field(min_length=2)
    floor: float = Field(
        ge=0, description="Style distance between two halves of this art: no picture can be expected below it"
    )
    motion: float | None = Field(
        default=None, ge=0, le=255, exclude_if=lambda motion: motion is None, description="Of its clips"
    )


class Validation(Sheet):
    """One LoRA, validated with one painter."""

    sheet: ClassVar[str] = "lora-validation"
    version: ClassVar[int] = 1

    candidate: Candidate
    subject: Subject
    painter: str = Field(pattern=r"^[a-z0-9-]{1,64}$")
    animator: str = Field(
        default="",
        pattern=r"^([a-z0-9-]{1,64})?$",
        exclude_if=_unset,
        description="Whose LoRA it is, where it moves panels of the painter; else it is the painter's",
    )
    size: tuple[int, int]
    cuts: tuple[HeldOutCut, ...] = Field(min_length=1, max_length=32)
    columns: tuple[Column, ...] = Field(min_length=2, max_length=12)
    held_out: HeldOut
    proposed: float = Field(ge=-2, le=2, description="The strength that the readings speak for")
    learnt: Learnt | None = None
    picture: Ref = Field(description="The sheet, as a PNG")

    @model_validator(mode="after")
    def _every_column_shows_every_cut(self) -> "Validation":
        for column in self.columns:
            if len(column.pictures) != len(self.cuts):
                raise ValueError(f"a column has {len(column.pictures)} pictures for {len(self.cuts)} cuts")
        return self

    @property
    def strengths(self) -> tuple[float, ...]:
        """Those the candidate was painted with."""
        return tuple(column.strength for column in self.columns if column.kind == "candidate")

    def column(self, strength: float) -> Column | None:
        """The candidate at this strength."""
        found = (one for one in self.columns if one.kind == "candidate" and one.strength == strength)
        return next(found, None)
