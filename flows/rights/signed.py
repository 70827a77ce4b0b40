"""What the signed files of an episode say, for people: who signed, whether that is believed, what was made with what.

In: the store, the episode's folder, the roots to believe.      Out: a SignedEpisode.
Files are found by the ledger's event of the signature; nothing else in the folder is read.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field

from assets.credentials import Credentials, Oversight, Source, read
from assets.credentials.identity import TRUST
from assets.errors import InputRefused
from assets.sheets.base import Part
from assets.store import Event, Store
from flows.rights.credentials import EVENT, SIGNED
from flows.rights.delivered import usages
from flows.settings import credentials_folder

State = Literal["trusted", "unknown", "changed", "missing", "unsigned"]


class Named(Part):
    """An ingredient."""

    relation: str
    name: str
    sha256: str = ""


class SignedPiece(Part):
    """One signed file, or one that should be there."""

    name: str
    state: State
    studio: str = ""
    at: str = Field(default="", description="By a time-stamp server; empty: nobody says when")
    actions: tuple[tuple[str, str], ...] = Field(default=(), description="Action, digital source type")
    disclosures: tuple[tuple[str, str], ...] = Field(default=(), description="Model, human oversight")
    uses: dict[str, str] = Field(default_factory=dict, description="Training and mining: allowed or not")
    ingredients: tuple[Named, ...] = ()
    faults: tuple[str, ...] = ()


class SignedEpisode(Part):
    """The newest delivery of an episode, and its signed files.

    event     number of the ledger's event of the signature; 0: it is not signed
    earlier   whether an earlier delivery was signed
    rooted    whether there is a root certificate to believe
    """

    episode: str
    event: int = 0
    at: str = ""
    earlier: bool = False
    rooted: bool = False
    pieces: tuple[SignedPiece, ...] = ()

    def of_cut(self, number: str) -> tuple[SignedPiece, ...]:
        return tuple(one for one in self.pieces if Path(one.name).stem == number)


def studio_root() -> str:
    """The root certificate of the studio that signs here; empty where there is none."""
    folder = credentials_folder()
    path = folder / TRUST if folder else None
    return path.read_text(encoding="utf-8") if path and path.is_file() else ""


def signed_episode(store: Store, key: str, folder: Path, trust: str) -> SignedEpisode:
    """The newest delivery; with no piece where it is not signed.

    raises  InputRefused for an episode that was not delivered
    """
    delivered = usages(store, key)
    if not delivered:
        raise InputRefused(
            f"No delivery of {key} is recorded, so that nothing is signed. Make it with `sakuga produce`."
        )
    newest, usage = delivered[-1]
    told = store.ledger.events(kind=EVENT, subject=key)
    mine = [event for event in told if event.body.get("delivery") == newest.hash]
    if not mine:
        return SignedEpisode(episode=key, earlier=bool(told), rooted=bool(trust))
    cuts = [segment.name for segment in usage.segments if segment.take]
    return SignedEpisode(
        episode=key,
        event=mine[-1].number,
        at=mine[-1].made_at,
        earlier=len(told) > len(mine),
        rooted=bool(trust),
        pieces=tuple(_pieces(mine[-1], cuts, folder / SIGNED, trust)),
    )


def _pieces(event: Event, cuts: list[str], folder: Path, trust: str) -> Iterator[SignedPiece]:
    """Every file that the event names, and every cut whose take it does not name."""
    names, there = event.body.get("files", {}), _there(event, folder)
    for name in names:
        yield _piece(name, there[name], trust) if name in there else SignedPiece(name=name, state="missing")
    signed = {Path(name).stem for name in names if name.startswith("takes/")}
    yield from (SignedPiece(name=f"takes/{cut}", state="unsigned") for cut in cuts if cut not in signed)


def located(store: Store, key: str, folder: Path, name: str) -> Path | None:
    """A signed file of an episode by its name in the ledger; None where there is no such file here."""
    told = store.ledger.events(kind=EVENT, subject=key)
    return _there(told[-1], folder / SIGNED).get(name) if told else None


def _there(event: Event, folder: Path) -> dict[str, Path]:
    """Those files of an event that are on this machine, by name."""
    names: Mapping[str, object] = event.body.get("files", {})
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if _plain(path, folder)}
    return {name: path for name, path in found.items() if name in names}


def _plain(path: Path, folder: Path) -> bool:
    """A file of its own: a link could lead anywhere."""
    parts = [path, *path.parents]
    return path.is_file() and not any(one.is_symlink() for one in parts[: parts.index(folder) + 1])


def _piece(name: str, path: Path, trust: str) -> SignedPiece:
    about = path.stat()
    try:
        said = _read(path, about.st_size, about.st_mtime_ns, trust)
    except InputRefused as refused:
        return SignedPiece(name=name, state="changed", faults=(str(refused),))
    if said is None:
        return SignedPiece(name=name, state="changed", faults=("Its credentials were removed.",))
    states: dict[str, State] = {"Trusted": "trusted", "Valid": "unknown"}
    return SignedPiece(
        name=name,
        state=states.get(said.state, "changed"),
        studio=said.studio,
        at=said.at,
        actions=tuple(said.actions),
        disclosures=tuple(said.disclosures),
        uses=said.uses,
        ingredients=tuple(
            Named(relation=what, name=one, sha256=hash) for what, one, hash in said.ingredients
        ),
        faults=said.faults,
    )


@lru_cache(maxsize=2048)
def _read(path: Path, size: int, time: int, trust: str) -> Credentials | None:
    """A page with 300 cuts is read again and again; a file is, when its size or time has changed."""
    return read(path, trust)


@dataclass(frozen=True)
class Words:
    """The closed words of credentials, in sentences."""

    source: Mapping[str, str]
    oversight: Mapping[str, str]


PLAIN = Words(
    {
        Source.GENERATED.uri: "generated by AI",
        Source.COMPOSED.uri: "put together from parts, some of them generated by AI",
        Source.COMPUTED.uri: "computed by rules, by no trained model",
        Source.TRAINED.uri: "trained or merged weights",
        Source.COLLECTED.uri: "a collection of works",
    },
    {
        Oversight.AUTONOMOUS: "no person took part",
        Oversight.PROMPTED: "people wrote the script and the settings; nobody approved the result",
        Oversight.VALIDATED: "a person approved the takes or the finished episode",
    },
)


def in_words(word: str, known: Mapping[str, str]) -> str:
    """A signed word as a sentence, and one that is none of ours as it is: the library checks no word."""
    told = known.get(word)
    return f"{told} ({word.rpartition('/')[2]})" if told else f"{word!r}, a word that Sakuga does not know"
