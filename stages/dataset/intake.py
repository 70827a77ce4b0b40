"""Make a dataset of a folder of art: hashes, sizes, captions and rights, checked as a whole.

In: a folder, whose art it is, how it is shown.      Out: a Dataset; or one InputRefused with everything wrong.
Art is measured as it is shown: turned upright by EXIF, alpha over the declared ground. Art whose own metadata
forbids training is refused (IPTC PLUS data mining property, plus:DataMining; C2PA's training-mining assertion).
"""

import re
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from pydantic import ValidationError

from assets.credentials import read
from assets.errors import InputRefused
from assets.matter import Still
from assets.media import picture, video
from assets.sheets.base import readable
from assets.sheets.bible import Character
from assets.sheets.dataset import CaptionSource, Dataset, Footage, Rights, Showing, Work
from models.sealed import sha256
from models.training.buckets import bucket
from stages.dataset.bible_captions import BibleCaptions
from stages.dataset.folder import VIDEOS, Picture, pictures, refuse

NEAR = 4
"""Bits of 64 in which two pictures may differ and still count as one drawing exported twice."""
SMALLEST = 64
SHAPE = 0.01
"""Share by which the ratio of a layout's sides may differ from its art's."""
_FORBIDS = re.compile(rb"DMI-PROHIBITED[A-Z-]*")


@dataclass(frozen=True)
class Intake:
    """What a person says about a folder of art.

    bible    captions pictures without a caption file, each by the character it shows
    caption  for pictures without a caption file, such as the tags of the bible
    later    list a picture without any caption, to be captioned later; without it such a picture is an error
    """

    name: str
    rights: Rights
    showing: Showing = field(default_factory=Showing)
    show: str = ""
    about: str = ""
    caption: str = ""
    prior: bool = False
    later: bool = False
    bible: BibleCaptions | None = None


def take_in(folder: Path, told: Intake, before: Dataset | None = None) -> Dataset:
    """The dataset of a folder; works that ``before`` already lists keep their rights, caption and repeats.

    raises  InputRefused with every picture that cannot be used, and why
    """
    problems: list[str] = []
    known = {work.file: work for work in before.works} if before else {}
    works: list[Work] = []
    seen: list[tuple[int, Path]] = []
    for each in pictures(folder):
        name = each.path.relative_to(folder).as_posix()
        try:
            still, footage = checked(each.path, told.showing)
            if each.layout is not None:
                _check_layout(each.layout, checked(each.layout, told.showing)[0], still)
            who = _character(each, folder, told, known.get(name))
            made = _work(each, name, (still, footage), _told_of(who, told))
        except InputRefused as error:
            problems.append(str(error).rstrip("."))
            continue
        problems += _twins(each.path, still, seen)
        listed = known.get(name)
        new = made.model_copy(update={"character": who.id if who else ""})
        work = _kept(_with_layout(new, each, folder), listed, each)
        already = listed is not None and not listed.caption and listed.sha256 == work.sha256
        if not work.caption and not told.later and not already:
            by_folder = "put it into a folder named after its character, " if told.bible else ""
            problems.append(
                f"{each.path} has no caption: put {each.path.stem}.txt beside it, give --caption, {by_folder}or list "
                "it with --caption-later and let a model propose one"
            )
        else:
            works.append(work)
    refuse(problems, folder)
    return Dataset(name=told.name, about=told.about, show=told.show, showing=told.showing, works=tuple(works))


def checked(path: Path, showing: Showing) -> tuple[Still, Footage | None]:
    """One picture as it is shown, (H, W, 3) uint8; of a video its first frame, and what the file holds.

    raises  InputRefused if it is unreadable, too small, of an extreme ratio, or forbids training
    """
    found = _FORBIDS.search(path.read_bytes())
    if found:
        raise InputRefused(
            f"{path} says in its metadata that it must not be used for training ({found[0].decode()}). "
            "Ask its creator for a grant and a file without that mark"
        )
    _check_credentials(path)
    if path.suffix.casefold() in VIDEOS:
        still, footage = _filmed(path, showing)
    else:
        still, footage = picture.from_art(path, ground=_rgb(showing.ground)), None
    height, width = still.shape[:2]
    if min(height, width) < SMALLEST:
        raise InputRefused(f"{path} is {width}x{height} pixels; art has at least {SMALLEST} on each side")
    try:
        bucket((width, height), showing)
    except InputRefused as error:
        raise InputRefused(f"{path}: {error}") from error
    return still, footage


def _check_credentials(path: Path) -> None:
    """Refuse art whose content credentials forbid training, whoever signed them."""
    said = read(path)
    if said is not None and said.forbids_training:
        raise InputRefused(
            f"{path} has content credentials of {said.studio or 'somebody unnamed'} that forbid training. Ask its "
            "creator for a grant and a file without that mark"
        )


def _filmed(path: Path, showing: Showing) -> tuple[Still, Footage]:
    if showing.clips is None:
        raise InputRefused(
            f"{path} is a video, and nothing says how videos are shown: give --set clips.mode=head, chunk or uniform, "
            "and --set clips.rate=16 or 24, as the model wants it"
        )
    info = video.probe(path)
    [first] = video.decode_some(path, [0])
    return first, Footage(frames=info.frames, rate=str(info.rate))


def _work(each: Picture, name: str, shown: tuple[Still, Footage | None], told: Intake) -> Work:
    still, footage = shown
    options: tuple[tuple[str, CaptionSource], ...] = (
        (each.caption, "file"),
        (told.caption, "bible"),
        (each.class_words, "class"),
    )
    caption, source = next(((text, source) for text, source in options if text), ("", "captioner"))
    try:
        return Work(
            file=name,
            sha256=sha256(each.path),
            size=(still.shape[1], still.shape[0]),
            caption=caption,
            caption_from=source,
            approved=source == "file",
            rights=told.rights,
            repeats=each.repeats,
            prior=told.prior,
            footage=footage,
        )
    except ValidationError as error:
        raise InputRefused(readable(error, str(each.path))) from error


def _character(each: Picture, folder: Path, told: Intake, before: Work | None) -> Character | None:
    """Who is shown, for the bible's caption. A picture with a caption file needs none, but a wrong name is refused."""
    named = before.character if before else ""
    if told.bible is None or told.prior or (each.caption and not named):
        return None
    return told.bible.shown(each.path, folder, named)


def _told_of(who: Character | None, told: Intake) -> Intake:
    """With the caption of the character in the place of one for all."""
    return replace(told, caption=told.bible.caption(who)) if told.bible and who else told


def _with_layout(work: Work, each: Picture, folder: Path) -> Work:
    if each.layout is None:
        return work
    told = {"layout": each.layout.relative_to(folder).as_posix(), "layout_sha256": sha256(each.layout)}
    return work.model_copy(update=told)


def _check_layout(path: Path, layout: Still, art: Still) -> None:
    """Refuse a layout of another shape: its places would not be those of the art."""
    (high, wide), (rows, columns) = layout.shape[:2], art.shape[:2]
    if abs(wide / high - columns / rows) > SHAPE * columns / rows:
        raise InputRefused(
            f"{path} is {wide}x{high}, and its art {columns}x{rows}; a layout has the shape of what is drawn over it"
        )


def _kept(work: Work, before: Work | None, each: Picture) -> Work:
    """What a person said about this very file stays; a changed file is a new work.

    An empty caption there is written anew, and so are the words of a folder for a character of the bible.
    """
    if before is None or before.sha256 != work.sha256:
        return work
    kept = {"rights": before.rights, "repeats": before.repeats, "prior": before.prior}
    if before.character:
        kept |= {"character": before.character}
    removed = before.caption_from == "file" and not work.caption  # the file that held it is gone
    old_words = work.character and (before.caption, before.caption_from) == (each.class_words, "class")
    if work.caption_from != "file" and before.caption and not removed and not old_words:
        kept |= {name: getattr(before, name) for name in ("caption", "caption_from", "captioner", "approved")}
    return work.model_copy(update=kept)


def _twins(path: Path, still: Still, seen: list[tuple[int, Path]]) -> list[str]:
    print_ = fingerprint(still)
    twin = next((other for its, other in seen if (its ^ print_).bit_count() <= NEAR), None)
    seen.append((print_, path))
    return [f"{path} shows nearly the same as {twin.name}; keep one, or raise its repeats"] if twin else []


def fingerprint(still: Still) -> int:
    """64 bits that stay when a picture is scaled or compressed: is each of 9 by 8 areas brighter than the next?

    Source: difference hash, as in the ImageHash library.
    """
    grey = picture.resized(still, (9, 8)).astype(np.int32) @ np.array([299, 587, 114])
    return int.from_bytes(np.packbits(grey[:, 1:] > grey[:, :-1]).tobytes(), "big")


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
