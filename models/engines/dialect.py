"""What an engine is asked for, in no engine's protocol yet; and what every protocol file offers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, ClassVar, Protocol

from assets.matter import Still
from models.card import Accepted, Port
from models.connection import Call, Connection, read_object
from models.engines.options import RemoteOptions
from models.engines.work import Job, State
from models.ports import LoraWeights, Prompt


@dataclass(frozen=True)
class PictureAsked:
    """One picture. ``references`` are pictures to follow, in order."""

    prompt: Prompt
    size: tuple[int, int]
    seed: int
    references: tuple[Still, ...] = ()
    loras: tuple[LoraWeights, ...] = ()


@dataclass(frozen=True)
class ClipAsked:
    """One clip of ``frames`` at ``rate``, from ``first`` and, if given, to ``last``."""

    prompt: Prompt
    size: tuple[int, int]
    seed: int
    first: Still
    frames: int
    rate: Fraction
    last: Still | None = None
    loras: tuple[LoraWeights, ...] = ()


@dataclass(frozen=True)
class SoundAsked:
    """One sound, told in words."""

    text: str
    seconds: float
    seed: int


@dataclass(frozen=True)
class Facts:
    """What an engine says about itself.

    fields  names of the fields that its own schema lists, by path; empty where it publishes no schema
    """

    models: tuple[str, ...]
    version: str = ""
    fields: Mapping[str, frozenset[str]] = field(default_factory=dict)


class Dialect(Protocol):
    """One engine's protocol.

    honours  by port, what the protocol can say besides the cut
    newer    fields that older versions of the engine ignore without a word, by what they are for and path
    loras    most LoRAs of one request
    """

    honours: ClassVar[Mapping[Port, frozenset[Accepted]]]
    newer: ClassVar[Mapping[Accepted, tuple[str, str]]]
    loras: ClassVar[int]

    def __init__(self, connection: Connection, options: RemoteOptions) -> None: ...

    def facts(self) -> Facts: ...

    def picture(self, asked: PictureAsked) -> Job[bytes]: ...

    def clip(self, asked: ClipAsked) -> Job[bytes]: ...

    def sound(self, asked: SoundAsked) -> Job[bytes]: ...


class Direct:
    """A request whose answer is the result: nothing to watch or to cancel."""

    def __init__(self, ask: "Any") -> None:
        """``ask``: a function without parameters that returns the bytes."""
        self._ask, self._made = ask, b""

    def send(self) -> str:
        self._made = self._ask()
        return "answered"

    def look(self, id: str) -> State:
        return State("done", 1)

    def fetch(self, id: str) -> bytes:
        return self._made

    def cancel(self, id: str) -> None:
        """Do nothing: the request is over."""


def said(connection: Connection, path: str) -> dict[str, Any]:
    """The JSON object at ``path``; empty where the engine has no such page."""
    call = Call("GET", path, allowed=frozenset({404, 405}))
    return connection.send(call, lambda answer: {} if answer.status >= 400 else read_object(answer))


def fields_of(schema: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    """The fields of every POST of an OpenAPI document, by path."""
    found = {}
    for path, operations in schema.get("paths", {}).items():
        content = operations.get("post", {}).get("requestBody", {}).get("content", {})
        names: set[str] = set()
        for kind in content.values():
            names |= _properties(kind.get("schema", {}), schema)
        if names:
            found[path] = frozenset(names)
    return found


def _properties(of: Mapping[str, Any], schema: Mapping[str, Any]) -> set[str]:
    name = str(of.get("$ref", "")).rpartition("/")[2]
    shown = schema.get("components", {}).get("schemas", {}).get(name, of) if name else of
    names = set(shown.get("properties", {}))
    for part in (*shown.get("allOf", ()), *shown.get("anyOf", ())):
        names |= _properties(part, schema)
    return names
