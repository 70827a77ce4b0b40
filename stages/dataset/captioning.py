"""Propose captions for the art of a dataset that has none.

In: a Dataset and its folder, a Captioner.      Out: works with proposed captions, one after another.
A proposal is not approved: a person reads it before the dataset can be frozen. A caption that is there is never
replaced.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from assets.errors import AnswerUnusable, ModelFailed
from assets.hashing import digest
from assets.matter import Still
from assets.media import video
from assets.sheets.dataset import Dataset, Showing, Work
from models.lease import Leased
from models.ports import CaptionDialect, Captioner
from stages.dataset.folder import unchanged
from stages.dataset.intake import checked


@dataclass(frozen=True)
class Wish:
    """How captions are written. ``hint``: what a person knows about all of the art, such as who is shown."""

    dialect: CaptionDialect = "prose"
    hint: str = ""


@dataclass(frozen=True)
class Proposal:
    """The work with its proposed caption; or as it was, and why there is none."""

    work: Work
    problem: str = ""


def missing(dataset: Dataset) -> tuple[Work, ...]:
    """The works without a caption."""
    return tuple(work for work in dataset.works if not work.caption)


def propose(dataset: Dataset, folder: Path, captioner: Leased[Captioner], wish: Wish) -> Iterator[Proposal]:
    """A proposal for each work without a caption. Of a video the frame in its middle is described.

    raises  InputRefused for art that is damaged or forbids training; ModelFailed, with the file's name, if the model
            cannot be asked at all
    """
    works = missing(dataset)
    model = name(captioner) if works else ""
    for work in works:
        if not unchanged(folder, work.file, work.sha256):
            yield Proposal(work, "it changed since it was added, or is not there; add the folder again")
            continue
        still = _shown(folder / work.file, work, dataset.showing)
        try:
            text = captioner.model.caption(still, dialect=wish.dialect, hint=wish.hint)
        except AnswerUnusable as error:  # of this picture alone; the model may describe the others
            yield Proposal(work, str(error))
            continue
        except ModelFailed as error:
            raise ModelFailed(f"{folder / work.file}: {error}") from error
        told = {"caption": text, "caption_from": "captioner", "captioner": model, "approved": False}
        yield Proposal(work.model_copy(update=told))


def merged(dataset: Dataset, proposed: Mapping[str, Work]) -> Dataset:
    """``dataset`` with the proposals, by file, for works that are still without a caption and did not change."""

    def filled(work: Work) -> Work:
        found = proposed.get(work.file)
        if found is None or work.caption or found.sha256 != work.sha256:
            return work
        told = {"caption": found.caption, "caption_from": found.caption_from, "captioner": found.captioner}
        return work.model_copy(update={**told, "approved": False})

    return dataset.model_copy(update={"works": tuple(filled(work) for work in dataset.works)})


def name(captioner: Leased[Captioner]) -> str:
    """How the manifest names the model: captioner/name weights@revision.

    Weights without a revision, such as a local folder, are named by the hash of the recipe, which holds that of files.
    """
    card = captioner.card
    return f"captioner/{card.name} {card.weights}@{card.revision or digest(captioner.identity())[:16]}"[:500]


def _shown(path: Path, work: Work, showing: Showing) -> Still:
    still, footage = checked(path, showing)
    if footage is None or footage.frames < 3:
        return still
    [middle] = video.decode_some(path, [footage.frames // 2])
    return middle
