"""Read the TOML configuration that users of kohya's trainers have, into our own settings.

In: a TOML file.      Out: Subsets: folders with repeats and captions, and how they are shown.
A key that means something and is not supported is an error with its name; it is never ignored.
Source of the names: sd-scripts 0.10, docs/config_README-en.md.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from assets.errors import InputRefused
from assets.loader import read_text
from assets.sheets.base import readable
from assets.sheets.dataset import Showing

_SHOWING = {
    "resolution": "resolution", "bucket_reso_steps": "bucket_step", "bucket_no_upscale": "bucket_no_upscale",
    "caption_dropout_rate": "caption_dropout", "caption_tag_dropout_rate": "tag_dropout",
    "shuffle_caption": "shuffle_tags", "keep_tokens": "keep_tags", "flip_aug": "flip", "caption_prefix": "trigger",
}  # fmt: skip
_SUBSET = {"image_dir", "num_repeats", "class_tokens", "is_reg", "caption_extension"}
_WITHOUT_EFFECT = {"batch_size", "enable_bucket", "min_bucket_reso", "max_bucket_reso"}


@dataclass(frozen=True)
class Subset:
    """One folder of art. ``caption`` is for pictures that have none."""

    folder: Path
    repeats: int
    caption: str
    prior: bool
    showing: Showing


def read(path: Path) -> tuple[Subset, ...]:
    """The subsets of a configuration; settings of `general` hold unless a dataset or subset says otherwise."""
    try:
        raw = tomllib.loads(read_text(path, "a dataset configuration"))
    except tomllib.TOMLDecodeError as error:
        raise InputRefused(f"{path} is not valid TOML: {error}.") from error
    unknown = set(raw) - {"general", "datasets"}
    if unknown:
        raise InputRefused(f"{path} has {_list(unknown)}; it may have [general] and [[datasets]].")
    found = []
    for dataset in raw.get("datasets", ()):
        for subset in dataset.get("subsets", ()):
            its = {key: value for key, value in dataset.items() if key != "subsets"}
            found.append(_subset(path, {**raw.get("general", {}), **its, **subset}))
    if not found:
        raise InputRefused(f"{path} names no [[datasets.subsets]] with an image_dir.")
    return tuple(found)


def _subset(path: Path, given: dict[str, Any]) -> Subset:
    unknown = set(given) - set(_SHOWING) - _SUBSET - _WITHOUT_EFFECT
    if unknown:
        raise InputRefused(
            f"{path} sets {_list(unknown)}, which is not supported here. Remove it, or set what is: "
            f"{_list(set(_SHOWING) | _SUBSET)}."
        )
    if given.get("enable_bucket") is False:
        raise InputRefused(
            f"{path} switches buckets off; here every picture has one, and none is cut to a square."
        )
    if given.get("caption_extension", ".txt") not in (".txt", ".caption"):
        raise InputRefused(
            f"{path}: caption_extension is {given['caption_extension']!r}; it is .txt or .caption."
        )
    if not given.get("image_dir"):
        raise InputRefused(f"{path} has a subset without image_dir.")
    settings = {_SHOWING[key]: value for key, value in given.items() if key in _SHOWING}
    if isinstance(settings.get("resolution"), list):
        width, height = settings["resolution"]
        settings["resolution"] = round((width * height) ** 0.5)
    try:
        showing = Showing.model_validate(settings)
    except ValidationError as error:
        raise InputRefused(readable(error, str(path))) from error
    folder = path.parent / given["image_dir"]
    return Subset(
        folder,
        int(given.get("num_repeats", 1)),
        str(given.get("class_tokens", "")),
        bool(given.get("is_reg")),
        showing,
    )


def _list(names: set[str]) -> str:
    return ", ".join(sorted(names))
