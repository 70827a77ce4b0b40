"""The lock file of a profile: every model it needs, at one commit, with each file's bytes and SHA-256.

NAME.lock.yaml lies beside NAME.yaml. `sakuga models pin` writes it; it belongs under version control.
"""

from pathlib import Path
from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from assets.errors import SheetRefused
from assets.sheets.base import Part, Sheet
from models.weights.choice import HUB_ID, REVISION, Weights
from models.weights.safe import is_inside, is_safe

LOCK = ".lock.yaml"
Commit = Annotated[str, Field(pattern=REVISION)]


class LockedFile(Part):
    """One file of a model. ``path`` is below the repository's root."""

    path: str
    bytes: int = Field(ge=0)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")

    @model_validator(mode="after")
    def _may_be_fetched(self) -> Self:
        if not is_safe(self.path):
            raise ValueError(
                "only safetensors, JSON, text and tokenizer files inside the repository are fetched"
            )
        return self


class LockedComponent(Part):
    """A part of a modular pipeline that lives in a repository of its own, which the lock lists too."""

    hub: str = Field(pattern=HUB_ID)
    revision: Commit
    files: tuple[str, ...] = ()
    variant: str = ""
    subfolder: str = ""

    @model_validator(mode="after")
    def _stays_inside(self) -> Self:
        if self.subfolder and not is_inside(self.subfolder):
            raise ValueError("subfolder is a folder inside the repository")
        return self

    @property
    def weights(self) -> Weights:
        return Weights(hub=self.hub, revision=self.revision, files=self.files, variant=self.variant)


class LockedModel(Part):
    """One model at one commit: all files that are fetched of it."""

    hub: str = Field(pattern=HUB_ID)
    revision: Commit
    variant: str = ""
    select: tuple[str, ...] = Field(default=(), description="The options' ``files``: which files are meant")
    licence: str = Field(description="SPDX expression, or LicenseRef-NAME")
    gated: bool = Field(default=False, description="The hub asks for an accepted licence and a token")
    components: dict[str, LockedComponent] = Field(default_factory=dict)
    files: tuple[LockedFile, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _every_file_once(self) -> Self:
        names = [file.path.casefold() for file in self.files]  # some disks do not tell A from a
        if len(set(names)) < len(names):
            raise ValueError("a file is listed twice")
        return self

    @property
    def weights(self) -> Weights:
        """The choice that this entry answers."""
        return Weights(hub=self.hub, revision=self.revision, files=self.select, variant=self.variant)

    @property
    def bytes(self) -> int:
        return sum(file.bytes for file in self.files)


class Lock(Sheet):
    """All models of one profile, the parts of modular pipelines included."""

    sheet: ClassVar[str] = "model-lock"
    version: ClassVar[int] = 1

    profile: str
    pinned_at: str = Field(default="", description="When the hub was asked, ISO 8601")
    models: tuple[LockedModel, ...] = ()

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        chosen = [model.weights.selection for model in self.models]
        if len(set(chosen)) < len(chosen):
            raise ValueError("a model is listed twice")
        for model in self.models:
            for name, part in model.components.items():
                held = self.entry(part.weights)
                if held is None or held.revision != part.revision:
                    raise ValueError(
                        f"{model.hub}: its component {name} ({part.hub}) is not among the models"
                    )
        return self

    def entry(self, weights: Weights) -> LockedModel | None:
        """The entry of ``weights``, whatever revision they name; None if there is none."""
        return next((one for one in self.models if one.weights.selection == weights.selection), None)


def lock_file(profile: Path) -> Path:
    """Where the lock of the profile file ``profile`` lies."""
    return profile.with_name(f"{profile.stem}{LOCK}")


def read_lock(profile: Path) -> Lock | None:
    """The lock beside ``profile``; None if there is none.

    raises  SheetRefused for a lock of another profile, or one that is damaged
    """
    path = lock_file(profile)
    if not path.exists():
        return None
    lock = Lock.read(path)
    if lock.profile != profile.stem:
        raise SheetRefused(
            f"{path}: it is the lock of the profile {lock.profile!r}. Pin this one: sakuga models pin."
        )
    return lock
