"""A dataset: the art a model is trained on, whose it is, and how it is shown to the model.

In: dataset YAML beside the art; a frozen manifest in the vault.      Out: Dataset, Manifest.
A Dataset is work in progress in a folder of art. A Manifest is its frozen form: every file is in the vault under
its hash, and it never changes; a change is a new dataset with a new name.
"""

from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from assets.sheets.base import Part, Seed, Sheet
from assets.sheets.production import Ref
from assets.sheets.rights import DataClass

Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]
Colour = Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")]
Rate = Annotated[str, Field(pattern=r"^[1-9][0-9]{0,6}(/[1-9][0-9]{0,6})?$")]
CaptionSource = Literal["file", "bible", "class", "captioner", "person"]


class Rights(Part):
    """Whose a work is, and what allows its use."""

    creator: str = Field(min_length=1, max_length=200, description="Who made it")
    licence: str = Field(default="", max_length=200, description="SPDX expression, or the licence's own id")
    grant: str = Field(default="", max_length=64, description="Id of the signed grant in the rights registry")
    training_data: DataClass = "owned"

    @model_validator(mode="after")
    def _has_a_ground(self) -> "Rights":
        if not self.licence and not self.grant:
            raise ValueError("give a licence or the id of a grant")
        return self


class Footage(Part):
    """What a video file holds."""

    frames: int = Field(ge=1)
    rate: Rate = Field(description="Frames per second, such as 24 or 24000/1001")


class Excerpt(Part):
    """The part of a video that is shown at once, counted in frames at the rate of ``Clips``."""

    start: int = Field(ge=0)
    frames: int = Field(ge=1)


class Clips(Part):
    """Which parts of a video are shown. Frames are taken at ``rate``, whatever the rate of the file."""

    mode: Literal["head", "chunk", "uniform"] = Field(
        default="head",
        description="head: the start; chunk: all of it, one part after another; uniform: parts at equal distances",
    )
    frames: int = Field(default=33, ge=1, le=241, description="Length of a part: a multiple of 4, and 1 more")
    count: int = Field(default=2, ge=1, le=64, description="uniform: how many parts")
    rate: int = Field(default=16, ge=1, le=60, description="Frames per second the model is made for")

    @model_validator(mode="after")
    def _is_on_the_grid(self) -> "Clips":
        if self.frames % 4 != 1:
            below = (self.frames - 1) // 4 * 4 + 1
            raise ValueError(f"frames is a multiple of 4, and 1 more: {max(1, below)} or {below + 4}")
        return self


def _empty(value: object) -> bool:
    """Left out of the document, so that the roots of datasets that were frozen earlier do not change."""
    return not value


class Work(Part):
    """One picture or video of a dataset."""

    file: str = Field(min_length=1, max_length=400, description="Relative to the dataset's file")
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    size: tuple[int, int] = Field(description="Width and height, upright (after the EXIF turn)")
    caption: str = Field(max_length=4000, description="Empty: none yet; it cannot be frozen")
    caption_from: CaptionSource
    approved: bool = Field(
        default=True, description="Somebody read the caption; a proposed one is not approved yet"
    )
    captioner: str = Field(
        default="",
        max_length=500,
        exclude_if=_empty,
        description="Of a caption that a model proposed: captioner/name weights@revision",
    )
    character: str = Field(
        default="",
        max_length=64,
        exclude_if=_empty,
        description="Who is shown: id in the show's bible, which gives the caption where no file does",
    )
    rights: Rights
    repeats: int = Field(default=1, ge=1, le=1000, description="How often it is shown in one epoch")
    prior: bool = Field(
        default=False, description="Shows the class, not the subject: keeps what the base knows"
    )
    footage: Footage | None = Field(
        default=None, exclude_if=_empty, description="Of a video; none for a picture"
    )
    take: str = Field(
        default="",
        max_length=200,
        exclude_if=_empty,
        description="For a picture from production: show/episode/cut and panel or take",
    )
    approval: str = Field(
        default="",
        max_length=200,
        exclude_if=_empty,
        description="For such a picture: the client's approval to train on it",
    )
    approved_by: int = Field(
        default=0,
        ge=0,
        exclude_if=_empty,
        description="For such a picture: number of the ledger's event by which a person approved it",
    )
    layout: str = Field(
        default="",
        max_length=400,
        exclude_if=_empty,
        description="The rough it was drawn over, of the same shape: NAME.layout.png beside NAME",
    )
    layout_sha256: str = Field(
        default="", pattern=r"^([0-9a-f]{64})?$", exclude_if=_empty, description="Of the layout"
    )


class Showing(Part):
    """How the pictures of a dataset are shown to the model."""

    resolution: int = Field(
        default=1024, ge=64, le=4096, description="The square root of the pixels of a bucket"
    )
    bucket_step: int = Field(default=64, ge=8, le=256, description="Sides of buckets are multiples of this")
    bucket_no_upscale: bool = Field(
        default=False, description="Never enlarge a picture; use a smaller bucket"
    )
    ground: Colour = Field(default="#ffffff", description="Colour behind transparent pixels")
    trigger: str = Field(
        default="", max_length=200, description="Put before every caption that is not a prior's"
    )
    caption_dropout: float = Field(default=0.0, ge=0, le=1, description="Share of showings without a caption")
    tag_dropout: float = Field(default=0.0, ge=0, le=1, description="Share of tags left out of a showing")
    shuffle_tags: bool = False
    keep_tags: int = Field(
        default=0, ge=0, le=64, description="Tags at the start that stay when others are shuffled"
    )
    flip: bool = Field(
        default=False, description="Also show mirrored; wrong for anybody who is not symmetrical"
    )
    clips: Clips | None = Field(
        default=None, exclude_if=_empty, description="How videos are shown; none: there is no video"
    )


class Dataset(Sheet):
    """Art in a folder, not frozen yet."""

    sheet: ClassVar[str] = "dataset"
    version: ClassVar[int] = 1

    name: Name
    about: str = Field(default="", max_length=2000)
    show: str = Field(default="", max_length=64, description="Id of the show whose art this is")
    showing: Showing = Showing()
    works: tuple[Work, ...] = ()


class FrozenWork(Part):
    """One picture, or one part of a video, of a frozen dataset, with its bytes in the vault."""

    work: Work
    ref: Ref
    bucket: tuple[int, int] = Field(description="Width and height it is shown in")
    excerpt: Excerpt | None = Field(
        default=None, exclude_if=_empty, description="Of a video; none for a picture"
    )

    @property
    def frames(self) -> int:
        """How many are shown at once; 1 for a picture."""
        return self.excerpt.frames if self.excerpt else 1

    layout: Ref | None = Field(default=None, exclude_if=_empty, description="The rough it was drawn over")


class Manifest(Sheet):
    """A frozen dataset. ``root`` identifies it: the hash of everything else in it."""

    sheet: ClassVar[str] = "dataset-manifest"
    version: ClassVar[int] = 1

    name: Name
    about: str = ""
    show: str = ""
    showing: Showing
    works: tuple[FrozenWork, ...] = Field(min_length=1)
    seed: Seed = Field(default=0, description="Of the order and the dropouts")
    root: str = Field(pattern=r"^[0-9a-f]{64}$")

    def showings(self) -> int:
        """Pictures in one epoch."""
        return sum(each.work.repeats for each in self.works)
