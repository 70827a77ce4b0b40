"""A model's card: what it is, where its weights come from, what it may be used for."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field

from assets.sheets.base import Part
from assets.sheets.rights import DataClass
from assets.timing import Rate

Port = Literal[
    "writer", "painter", "animator", "voice", "foley", "composer", "upscaler", "judge", "captioner"
]


Accepted = Literal["layout", "last_frame", "mouths", "loras", "references", "mask", "negative_prompt", "note"]
"""mask: which frames of a clip are made again (ports.Redrawer); the others are kept to the byte."""


class Card(Part):
    """The data of one adapter for a producer, a lawyer and a scheduler."""

    name: str = Field(pattern=r"^[a-z0-9-]{1,64}$", description="As the profile names it")
    port: Port
    adapter_version: int = Field(ge=1, description="Raised when the same inputs give other bytes")
    summary: str
    licence: str = Field(description="SPDX expression of the weights, or of the code when there are none")
    weights: str = Field(default="none", description="Where the weights come from: package, hub id, file")
    revision: str = Field(default="", description="Pinned revision, version or SHA-256 of the weights")
    training_data: str = Field(default="none: procedural", description="What it was trained on, and by whom")
    data_class: DataClass | None = Field(default=None, description="Of the training data; empty: see `data`")
    concurrent: bool = Field(
        default=False, description="Its calls may run side by side in threads of one process"
    )
    vram_gb: float = Field(default=0, ge=0)
    gpu_share: float = Field(
        default=1,
        ge=0,
        le=8,
        description="GPUs that one copy takes on a cluster: 0.5 shares one, 0 works on the CPU",
    )
    side_step: int = Field(default=1, ge=1, description="Picture sides are multiples of this")
    smallest: tuple[int, int] | None = Field(default=None, description="Width and height; none: no limit")
    largest: tuple[int, int] | None = Field(default=None, description="Width and height; none: no limit")
    frame_step: int = Field(default=1, ge=1, description="Clips have k * frame_step + 1 frames")
    max_frames: int = Field(default=0, ge=0, description="0: no limit")
    rates: tuple[Rate, ...] = Field(
        default=(), description="animator: frames per second it was trained at; empty: any rate"
    )
    starts_from: Literal["any", "own_panel"] = Field(
        default="any", description="animator: which first pictures it can continue from"
    )
    ends_at: Literal["any", "own_layout"] = Field(
        default="any",
        description="animator that accepts a last frame: any picture, or only one of its own layout of the cut's end",
    )
    dialect: Literal["none", "tags", "prose", "grammar"] = Field(
        default="none", description="How its prompts are written; grammar: by its own adapter, from the cut"
    )
    accepts: frozenset[Accepted] = Field(default=frozenset(), description="What it takes besides the cut")
    quality_tags: str = Field(default="", description="What its makers put into every prompt of tags")
    quality_at: Literal["first", "last"] = Field(default="last", description="Where its makers put them")
    negative: str = Field(default="", description="The negative prompt of a show that has none of its own")
    lora_base: str = Field(default="", description="The family of LoRAs it can load; empty: none")
    experts: int = Field(
        default=1, ge=1, le=2, description="animator: networks that each take a LoRA of their own"
    )
    languages: tuple[str, ...] = ()
    writes_freely: bool = Field(
        default=False,
        description="writer: large enough to write whole scenes; others fill the library's plots",
    )

    @property
    def data(self) -> DataClass:
        """The class of its training data: undisclosed unless it is stated, or there are no weights."""
        if self.data_class is not None:
            return self.data_class
        untrained = self.weights == "none" and self.training_data.startswith("none")
        return "owned" if untrained else "undisclosed"


def model_key(identity: Mapping[str, Any]) -> str:
    """How clearances and the ledger name a model: its port, name and revision (or where its weights come from)."""
    return f"{identity['port']}/{identity['name']}@{identity['revision'] or identity['weights']}"
