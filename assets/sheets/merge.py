"""The recipe of a merge: which models, by which formula, with which weights.

In: merge recipe YAML.      Out: a MergeRecipe. Knows no formula: it names one (models/merging/definitions.py).
A finished merge writes its recipe again with every hash filled in; running that recipe gives the same bytes.
"""

from pathlib import PurePosixPath
from typing import ClassVar, Literal, Self

from pydantic import Field, field_validator, model_validator

from assets.sheets.base import Part, Seed, Sheet
from assets.sheets.rights import DataClass

Sha256 = str
Kind = Literal["checkpoint", "lora", "lora-into-base"]
Precision = Literal["fp32", "fp16", "bf16"]


class MergeInput(Part):
    """One model that goes into a merge."""

    path: str = Field(description="A .safetensors file, or a folder of them; relative to the recipe")
    weight: float = Field(default=1.0, ge=-16, le=16)
    licence: str = Field(min_length=1, description="SPDX expression, or the licence's own id")
    training_data: DataClass = Field(
        default="undisclosed", description="The origin of what it was trained on"
    )
    tensors_sha256: Sha256 = Field(
        default="",
        pattern=r"^([0-9a-f]{64})?$",
        description="Of the weights' bytes, without headers; empty: unknown",
    )

    @field_validator("path")
    @classmethod
    def _plain(cls, path: str) -> str:
        if not path or ".." in PurePosixPath(path).parts:
            raise ValueError("give a path without '..'")
        return path


class MergeRecipe(Sheet):
    """How one merged model is made.

    A ``checkpoint`` merge combines whole models of one architecture. ``lora`` makes one LoRA of several.
    ``lora-into-base`` adds LoRAs to the weights of ``base``.
    """

    sheet: ClassVar[str] = "merge-recipe"
    version: ClassVar[int] = 1

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")
    kind: Kind = "checkpoint"
    method: str = Field(description="The formula with its version, such as weighted-sum-1")
    inputs: tuple[MergeInput, ...] = Field(min_length=1, max_length=64)
    base: MergeInput | None = None
    density: float = Field(
        default=1.0, gt=0, le=1, description="TIES and DARE: share of each change that is kept"
    )
    scale: float = Field(default=1.0, ge=-16, le=16, description="Factor of the merged change")
    rank: int = Field(default=0, ge=0, le=1024, description="svd-1: rank of the new LoRA")
    blocks: dict[str, float] = Field(
        default_factory=dict,
        max_length=256,
        description="Weight of the second input in a block: BASE, IN00-08, M00, OUT00-08, or a pattern of key names",
    )
    dtype: Precision = Field(default="bf16", description="Of the file; everything is added up in fp32")
    seed: Seed = 0
    output_sha256: Sha256 = Field(
        default="",
        pattern=r"^([0-9a-f]{64})?$",
        description="Of the merged weights' bytes; empty: not made yet",
    )

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.kind == "lora-into-base" and self.base is None:
            raise ValueError("a lora-into-base merge needs a base")
        if self.kind == "lora" and self.base is not None:
            raise ValueError("a lora merge has no base: its inputs are changes already")
        return self
