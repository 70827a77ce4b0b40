"""Freeze a dataset: every file into the vault, every bucket decided, one hash for the whole.

In: a Dataset and its folder, a vault.      Out: a Manifest, which is kept in the vault and never changes.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

from assets.errors import BlobDamaged, InputRefused
from assets.hashing import digest
from assets.plain import typed
from assets.rights.licences import alternatives
from assets.sheets.dataset import Dataset, FrozenWork, Manifest, Work
from assets.sheets.production import Ref
from assets.vault import Vault
from models.sealed import sha256
from models.training.buckets import bucket
from stages.dataset.excerpts import excerpts
from stages.dataset.folder import refuse, unchanged

_TYPES = {
    ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".webp": "image/webp", ".mp4": "video/mp4",
}  # fmt: skip
MANIFEST_TYPE = "application/json"


def freeze(
    dataset: Dataset, folder: Path, vault: Vault, others: Sequence[Manifest] = (), seed: int = 0
) -> Manifest:
    """The frozen form of ``dataset``. The same files and settings give the same root.

    others  frozen datasets of other shows: their art is refused here
    raises  InputRefused with every file that changed since it was added, is another show's, has no caption, or one
            that nobody approved
    """
    refuse(problems(dataset, folder, others), folder)
    works = tuple(part for work in dataset.works for part in _frozen(work, folder, vault, dataset))
    body = {
        "name": dataset.name, "about": dataset.about, "show": dataset.show, "showing": dataset.showing,
        "works": works, "seed": seed,
    }  # fmt: skip
    return Manifest(root=_root(Manifest(root="0" * 64, **body)), **body)


def problems(dataset: Dataset, folder: Path, others: Sequence[Manifest] = ()) -> list[str]:
    """Everything for which ``freeze`` would refuse the works, as parts of sentences.

    raises  InputRefused for a dataset without any work
    """
    return [*_problems(dataset, folder, others), *_licences(dataset)]


def check_root(manifest: Manifest) -> None:
    """Refuse a manifest whose content is not what its root says."""
    if (found := _root(manifest)) != manifest.root:
        raise BlobDamaged(
            f"The manifest of {manifest.name} was changed after it was frozen: its root is {manifest.root}, its "
            f"content gives {found}. Take it from the vault again."
        )


def _root(manifest: Manifest) -> str:
    """The hash of the content. What is not there is left out: fields that came later do not change older roots."""
    return digest(manifest.model_dump(mode="json", exclude={"root"}, exclude_none=True))


def _problems(dataset: Dataset, folder: Path, others: Sequence[Manifest]) -> Iterable[str]:
    if not dataset.works:
        raise InputRefused(f"The dataset {dataset.name} holds no work. Add art with `sakuga dataset add`.")
    theirs = {
        each.work.sha256: other for other in others if other.show != dataset.show for each in other.works
    }
    proposes = f"sakuga dataset caption {typed(folder)}"
    for work in dataset.works:
        path = folder / work.file
        if (
            Path(work.file).is_absolute()
            or ".." in Path(work.file).parts
            or not path.is_file()
            or path.is_symlink()
        ):
            yield f"{path} is not there any more; put it back, or add the folder again"
        elif sha256(path) != work.sha256:
            yield f"{path} changed since it was added; add the folder again"
        elif work.layout and not unchanged(folder, work.layout, work.layout_sha256):
            yield f"{folder / work.layout} changed since it was added, or is not there; add the folder again"
        elif work.sha256 in theirs:
            other = theirs[work.sha256]
            yield f"{path} is art of {other.show or 'another show'} (dataset {other.name})"
        if not work.caption:
            yield f"{path} has no caption: write one, or let a model propose one: {proposes}"
        elif not work.approved:
            yield f"{path} has a proposed caption that nobody read: {work.caption[:60]!r}; approve it with --approve"


def _licences(dataset: Dataset) -> Iterable[str]:
    """Licences that somebody wrote into the file and that cannot be read; what was made here has its models' own."""
    for licence, work in {each.rights.licence: each for each in dataset.works if not each.take}.items():
        try:
            if licence:
                alternatives(licence)
        except InputRefused as refused:
            yield f"{work.file}: {str(refused).rstrip('.')}"


def _frozen(work: Work, folder: Path, vault: Vault, dataset: Dataset) -> Iterable[FrozenWork]:
    """The work; of a video each part that is shown."""
    made = FrozenWork(
        work=work,
        ref=_stored(folder / work.file, work.sha256, vault),
        bucket=bucket(work.size, dataset.showing),
        layout=_stored(folder / work.layout, work.layout_sha256, vault) if work.layout else None,
    )
    if work.footage is None:
        yield made
    elif dataset.showing.clips is None:
        raise InputRefused(
            f"{folder / work.file} is a video, and `clips` is missing in the dataset. Add the folder again."
        )
    else:
        for part in excerpts(work.footage, dataset.showing.clips):
            yield made.model_copy(update={"excerpt": part})


def _stored(path: Path, expected: str, vault: Vault) -> Ref:
    ref: Ref = vault.put_file(path, _TYPES[path.suffix.casefold()])
    vault.keep_ref(ref)
    if ref.sha256 != expected:
        raise InputRefused(f"{path} changed while it was frozen. Freeze again.")
    return ref
