"""Who made which work, and what may be done with it.

In: YAML or JSON of people, works and grants.      Out: a Rights sheet.
Knows nothing about policies: it records what was agreed, not whether that is enough.
"""

from collections import Counter
from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from assets.sheets.base import Part, Sheet, Typed
from assets.sheets.bible import Id
from assets.sheets.production import Digest
from assets.sheets.territories import WORLDWIDE

DataClass = Literal["owned", "licensed", "public-domain", "opt-in", "opt-out", "scraped", "undisclosed"]
"""Where training data, or a work itself, came from; ordered from the safest to the least safe.

owned          made by the studio, or for it
licensed       used under a contract or an open licence of the rights holder
public-domain  no rights exist, or they were waived (CC0)
opt-in         contributed by people who agreed to this use
opt-out        taken from people who did not object
scraped        taken without asking
undisclosed    nobody has said, or not all of it
"""

Scope = Literal["generate", "train", "merge", "voice", "likeness"]
"""A use that needs a grant: to show a model the work, to train on it, to merge its weights, to speak with a
person's voice, to show a person's face."""

Territory = Annotated[
    str,
    Field(
        pattern=rf"^([A-Z]{{2}}|{WORLDWIDE})$", description="ISO 3166-1 alpha-2, such as JP; EU; worldwide"
    ),
]
Bound = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9_-]{1,64}/[A-Za-z0-9_-]{1,64}$",
        description="A show and a character of it: koko/mio",
    ),
]
WorkKind = Literal[
    "picture", "voice", "likeness", "music", "sound", "text", "font", "dataset", "lora", "model"
]
"""voice, likeness: of a person, who consents to its use by a grant with that scope."""


class Person(Part):
    """A rights holder. Name and contact can be erased; the ledger has only a salted hash of them."""

    id: Id = Field(description="Not the name: it stays in the ledger after an erasure")
    name: Typed = Field(min_length=1, max_length=200)
    contact: Typed = Field(default="", max_length=500)
    salt: str = Field(
        default="",
        pattern=r"^([0-9a-f]{32})?$",
        description="Random; hides name and contact in the hash. Empty: made when the person is added",
    )


class Credit(Part):
    """One person's part of a work."""

    person: Id
    share: int = Field(default=1, ge=1, le=1_000_000, description="Parts of the work's income")


class Source(Part):
    """A work that another one derives from."""

    work: Id
    weight: int = Field(
        default=1,
        ge=1,
        le=10**12,
        description="Its part: exposures (repeats x epochs) in training, the absolute weight in a merge",
    )


class Work(Part):
    """Something that somebody made, by the hashes of its files; or that was trained on or merged from other works.

    A voice or likeness may be bound to characters: they may use it, nobody else, and only while its grant lasts.
    """

    id: Id
    title: Typed = Field(min_length=1, max_length=300)
    kind: WorkKind
    files: tuple[Digest, ...] = Field(default=(), max_length=100_000, description="SHA-256 of every file")
    made_by: tuple[Credit, ...] = Field(default=(), max_length=1000)
    sources: tuple[Source, ...] = Field(
        default=(), max_length=100_000, description="It inherits their terms, and pays their makers"
    )
    portrays: tuple[Bound, ...] = Field(
        default=(),
        max_length=1000,
        exclude_if=lambda bound: not bound,  # so that earlier records keep their hash
        description="Of a voice or likeness: the only characters that may have it",
    )
    named: tuple[Annotated[str, Field(min_length=1, max_length=300)], ...] = Field(
        default=(),
        max_length=1000,
        exclude_if=lambda named: not named,
        description="How models name it, such as kokoro:jf_alpha: it is cleared and paid wherever that speaks",
    )

    @model_validator(mode="after")
    def _only_people_are_bound(self) -> "Work":
        if self.portrays and self.kind not in ("voice", "likeness"):
            raise ValueError(
                f"work {self.id} is a {self.kind}; only a voice or a likeness portrays a character"
            )
        return self


class Grant(Part):
    """What the holder of the rights in some works allows."""

    id: Id
    by: Id = Field(description="The person who signed")
    works: tuple[Id, ...] = Field(min_length=1, max_length=100_000)
    licence: str = Field(
        min_length=1, max_length=500, description="SPDX expression, or LicenseRef-… for a contract"
    )
    data_class: DataClass
    scope: tuple[Scope, ...] = Field(min_length=1)
    territories: tuple[Territory, ...] = Field(default=(), description="Empty: worldwide")
    begins: date | None = Field(default=None, description="First day; empty: at once")
    ends: date | None = Field(default=None, description="Last day; empty: without an end")
    revocable: bool = False
    exclusive_to: str = Field(
        default="",
        max_length=200,
        description="The only client whose productions may use it; empty: anybody's",
    )
    duties: tuple[Typed, ...] = Field(default=(), max_length=20, description="Such as a name in the credits")
    paper: str = Field(
        default="",
        pattern=r"^([0-9a-f]{64})?$",
        description="SHA-256 of the signed document; the document itself stays outside",
    )

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> "Grant":
        if self.begins and self.ends and self.ends < self.begins:
            raise ValueError(f"the grant ends on {self.ends}, before it begins on {self.begins}")
        return self


class Rights(Sheet):
    """People, works and grants, as `sakuga rights add` reads them."""

    sheet: ClassVar[str] = "rights"

    people: tuple[Person, ...] = ()
    works: tuple[Work, ...] = ()
    grants: tuple[Grant, ...] = ()

    @model_validator(mode="after")
    def _ids_are_used_once(self) -> "Rights":
        for what, items in (("person", self.people), ("work", self.works), ("grant", self.grants)):
            twice = [id for id, count in Counter(item.id for item in items).items() if count > 1]
            if twice:
                raise ValueError(f"the {what} id {twice[0]!r} is used twice")
        return self
