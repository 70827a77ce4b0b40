"""What a LoRA is measured on: cuts and art that it was not trained on.

In: a project's frozen datasets, a show with a script or an episode.      Out: the cuts to paint; or an InputRefused.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assets import show as shows
from assets.errors import InputRefused
from assets.hashing import digest
from assets.matter import Still
from assets.media.picture import from_art
from assets.script import read
from assets.sheets.cutsheet import Cut, Cutsheet
from assets.sheets.dataset import FrozenWork, Manifest, Showing
from assets.sheets.production import Ref
from assets.sheets.validation import Subject
from assets.store import Store
from assets.vault import Vault
from flows.training import datasets
from models.training.material import shown
from stages.breakdown import BreakdownOptions, break_down
from stages.continuity import pictured
from stages.dataset.intake import NEAR, fingerprint
from stages.shots import artwork
from stages.validation import columns as painting
from stages.validation import moving


@dataclass(frozen=True)
class Wanted:
    """Which cuts: of a script of the show, or of an episode that was produced; at most ``cuts`` of them."""

    show: str
    subject: Subject
    script: Path | None
    episode: str
    cuts: int


def trained_on(root: str, out: Path, vault: Vault, tell: Callable[[str], None]) -> Manifest | None:
    """The frozen dataset that the LoRA was trained on, if it is of this project."""
    found = next((one for one in datasets.frozen(out, vault) if one.root == root), None)
    if found is None:
        tell(
            "The dataset that this LoRA was trained on is not frozen here, so nobody can check that the held-out art "
            "was not part of it."
        )
    return found


def required_held_out(art: Manifest, trained: Manifest | None, vault: Vault) -> None:
    """Refuse art that the LoRA was trained on, also where it was exported again."""
    if trained is None:
        return
    if art.root == trained.root:
        raise InputRefused(
            f"{art.name} is the dataset that this LoRA was trained on. Measure it on art that it has not seen: freeze "
            "some of the artist's drawings as a dataset of their own."
        )
    hashes = {each.work.sha256 for each in trained.works}
    prints = [one for each in trained.works for one in _prints(each, trained, vault)]
    for each in art.works:
        same = each.work.sha256 in hashes
        near = not same and any(
            (own ^ one).bit_count() <= NEAR for own in _prints(each, art, vault) for one in prints
        )
        if same or near:
            raise InputRefused(
                f"{each.work.file} of {art.name} {'is' if same else 'shows nearly the same as'} a work of "
                f"{trained.name}, which this LoRA was trained on. Take it out of one of the two datasets."
            )


def still(ref: Ref, vault: Vault) -> Still:
    """(H, W, 3) uint8 sRGB: a picture of a dataset as it is shown to a model."""
    return from_art(vault.local(ref))


def frames(each: FrozenWork, showing: Showing, vault: Vault) -> list[Still]:
    """A picture as it is; a part of a video as frames a quarter of a second apart, in the size it is shown in."""
    if each.excerpt is None or showing.clips is None:
        return [still(each.ref, vault)]
    step = max(1, round(showing.clips.rate * moving.PAUSE))
    return list(shown(vault.local(each.ref), each, showing)[::step])


def spread(film: Sequence[Still]) -> list[Still]:
    """The frames of its strip, from the first to the last."""
    return [film[at] for at in sorted({round(at) for at in np.linspace(0, len(film) - 1, moving.STRIP)})]


def _prints(each: FrozenWork, of: Manifest, vault: Vault) -> list[int]:
    film = frames(each, of.showing, vault)
    return [fingerprint(one) for one in (film[0], film[len(film) // 2], film[-1])[: len(film)]]


def cutsheet_of(wanted: Wanted, options: BreakdownOptions, store: Store, vault: Vault) -> Cutsheet:
    """The cuts of a script or episode, with the art of the bible as it is now."""
    file = shows.located(wanted.show)
    bible = artwork.entered(shows.load(wanted.show), file.parent, vault)
    if wanted.script is not None:
        name = f"validation-{wanted.subject.show}"[:64]
        return break_down(read(wanted.script), bible, episode=name, language=None, options=options)
    stored = store.cutsheet(f"{bible.id}/{wanted.episode}")
    if stored is None:
        raise InputRefused(
            f"{bible.id} has no episode {wanted.episode!r} with a cut sheet here. Produce it, or give a script of the "
            "show: --script."
        )
    people, places = ({one.id: one for one in items} for items in (bible.characters, bible.places))
    return stored.model_copy(
        update={
            "cast": tuple(people.get(one.id, one) for one in stored.cast),
            "places": tuple(places.get(one.id, one) for one in stored.places),
            "style": bible.style,
        }
    )


def cuts_of(wanted: Wanted, cutsheet: Cutsheet, trained: Manifest | None, store: Store) -> tuple[Cut, ...]:
    """The cuts to paint: they show the subject, and none of their pictures was trained on."""
    seen = _trained_cuts(trained, store) if trained else frozenset()
    found = tuple(
        cut
        for cut in painting.showing(cutsheet, wanted.subject)
        if digest(pictured(cutsheet, cut)) not in seen
    )
    if not found:
        raise InputRefused(
            f"No cut of {cutsheet.title or cutsheet.episode} shows {wanted.subject.words} without having been trained "
            "on. Give another script or episode of the show."
        )
    return painting.spread(found, wanted.cuts)


def _trained_cuts(trained: Manifest, store: Store) -> frozenset[str]:
    """What the cuts depict whose pictures were trained on, whichever episode or script they are in now."""
    found = set()
    for take in {each.work.take.rpartition("/")[0] for each in trained.works if each.work.take}:
        episode, _, number = take.rpartition("/")
        sheet = store.cutsheet(episode)
        cut = next((one for one in sheet.cuts if one.number == number), None) if sheet else None
        if sheet is not None and cut is not None:
            found.add(digest(pictured(sheet, cut)))
    return frozenset(found)
