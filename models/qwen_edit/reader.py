"""Prompt and pictures as the text encoder of Qwen-Image-Edit reads them.

In: texts with one <|image_pad|> for each picture, pictures.      Out: token ids, pixels, grids.
It stands in for the library's Qwen2VLProcessor, which cannot be built without torchvision: its parts for video are
not needed here. The picture part is the library's own, in its form without torchvision.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

PAD = "<|image_pad|>"


class Reader:
    """Called like a Qwen2VLProcessor."""

    def __init__(self, tokenizer: Any, pictures: Any) -> None:
        self.tokenizer, self.pictures = tokenizer, pictures

    @classmethod
    def load(cls, folder: Path, tokenizer: Any) -> Self:
        """With the sizes that the model's own processor folder gives."""
        from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil

        place = folder / "processor"
        found = (
            Qwen2VLImageProcessorPil.from_pretrained(place, local_files_only=True) if place.is_dir() else None
        )
        return cls(tokenizer, found or Qwen2VLImageProcessorPil())

    def __call__(
        self, *, text: Sequence[str], images: Sequence[Any], padding: bool = True, return_tensors: str = "pt"
    ) -> Any:
        from transformers import BatchFeature

        seen = self.pictures(images=list(images), return_tensors=return_tensors)
        counts = [int(grid.prod()) // self.pictures.merge_size**2 for grid in seen["image_grid_thw"]]
        ids = self.tokenizer(
            [expanded(one, counts) for one in text], padding=padding, return_tensors=return_tensors
        )
        return BatchFeature(data={**ids, **seen})


def expanded(text: str, counts: Sequence[int]) -> str:
    """``text`` with each mark of a picture repeated as often as the encoder has tokens for that picture."""
    parts = text.split(PAD)
    marks = [PAD * count for count in counts]
    return "".join(part + mark for part, mark in zip(parts, [*marks, ""], strict=True))
