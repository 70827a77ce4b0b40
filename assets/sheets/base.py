"""The base of all sheets: frozen, strict, named, versioned, readable by people.

In: YAML or JSON text.      Out: a validated sheet, or a SheetRefused that says where and why.
On disk a sheet begins with its ``sheet`` name and integer ``version``.
"""

import json
import re
from pathlib import Path
from typing import Annotated, Any, ClassVar, Self

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from assets.errors import SheetRefused
from assets.loader import lines_of, parse_json, parse_yaml, read_text, shown
from assets.plain import clean
from assets.sheets.problems import problem_in_words

MOST_PROBLEMS = 8


Side = Annotated[int, Field(ge=16, le=4320)]
"""Pixels along one side of a picture."""

Seed = Annotated[int, Field(ge=0, lt=2**63)]
"""What chance is drawn from; every random generator takes 63 bits."""


def _typed(text: object) -> object:
    return clean(text) if isinstance(text, str) else text


Typed = Annotated[str, BeforeValidator(_typed)]
"""Text that a person typed, such as a note or a reason, without control and invisible characters."""


class Part(BaseModel):
    """A piece of a sheet: frozen, and refuses unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Sheet(Part):
    """A document on disk with a name and a version.

    A subclass sets ``sheet`` and ``version``; to read an older file it overrides
    ``upgraded``, which receives the raw mapping and the version found in it.
    """

    sheet: ClassVar[str]
    version: ClassVar[int] = 1

    @classmethod
    def upgraded(cls, raw: dict[str, Any], version: int) -> dict[str, Any]:
        """Convert ``raw`` from an older ``version`` to this one; by default there is none."""
        raise SheetRefused(
            f"{cls.sheet} version {version} cannot be read by this Sakuga, which knows "
            f"version {cls.version}. Open it with the release that wrote it."
        )

    @classmethod
    def from_raw(cls, raw: object, origin: str, text: str = "") -> Self:
        """Check plain data.

        text  the text it was read from; with it, a refusal names the line
        """
        if not isinstance(raw, dict):
            raise SheetRefused(f"{origin}: a {cls.sheet} sheet is a mapping; found {_called(raw)}.")
        body = {str(key): value for key, value in raw.items()}
        name, version = body.pop("sheet", cls.sheet), body.pop("version", cls.version)
        if name != cls.sheet:
            raise SheetRefused(
                f"{origin}: this is a {shown(name)!r} sheet; a {cls.sheet!r} sheet is required here."
            )
        if not isinstance(version, int) or isinstance(version, bool):
            raise SheetRefused(f"{origin}: version is {shown(version)!r}; it must be a whole number.")
        if version != cls.version:
            try:
                body = cls.upgraded(body, version)
            except SheetRefused as refused:
                raise SheetRefused(f"{origin}: {refused}") from refused
        try:
            return cls.model_validate(_cleaned(body))
        except ValidationError as error:
            raise SheetRefused(readable(error, origin, text)) from error

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read from ``.yaml``, ``.yml`` or ``.json``; bounded in size, aliases refused."""
        text = read_text(path, f"a {cls.sheet} sheet")
        parse = parse_json if path.suffix.casefold() == ".json" else parse_yaml
        return cls.from_raw(parse(text, str(path)), str(path), text)

    @classmethod
    def from_json(cls, text: str, origin: str) -> Self:
        """Read the output of ``to_json``, of any size: JSON has no aliases, so it needs no limit."""
        try:
            raw = json.loads(text)
        except ValueError as error:
            raise SheetRefused(f"{origin}: this is not JSON: {error}.") from error
        return cls.from_raw(raw, origin)

    def raw(self) -> dict[str, Any]:
        return {"sheet": self.sheet, "version": self.version, **self.model_dump(mode="json")}

    def to_json(self) -> str:
        return json.dumps(self.raw(), ensure_ascii=False, indent=2) + "\n"

    @classmethod
    def file_schema(cls) -> str:
        """The JSON schema of the file, for editors: they complete its words and mark the wrong ones."""
        schema = cls.model_json_schema()
        name = {"const": cls.sheet, "description": "What kind of file this is"}
        version = {"type": "integer", "maximum": cls.version}
        schema["properties"] = {"sheet": name, "version": version, **schema["properties"]}
        return json.dumps(schema, ensure_ascii=False, indent=1) + "\n"

    def to_yaml(self) -> str:
        # The Python dumper: libyaml breaks Japanese lines at other places, and sheets are compared as text.
        return yaml.dump(self.raw(), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=100)


def _cleaned(value: Any) -> Any:
    """Plain data with every text cleaned: a sheet may come from a person, a database or another program."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {_cleaned(key): _cleaned(item) for key, item in value.items()}
    return [_cleaned(item) for item in value] if isinstance(value, list) else value


class _Dumper(yaml.SafeDumper):
    """A SafeDumper that quotes characters that YAML 1.1 would read as a line end."""


def _represent(dumper: _Dumper, text: str) -> yaml.Node:
    style = '"' if _LINE_ENDS.search(text) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_LINE_ENDS = re.compile("[\r\x85\u2028\u2029]")
_Dumper.add_representer(str, _represent)


def readable(error: ValidationError, origin: str, text: str = "") -> str:
    """pydantic's errors in sentences: where, what, and the value.

    text  the text the data was read from; with it, each problem names its line
    """
    problems = error.errors(include_url=False)[:MOST_PROBLEMS]
    lines = lines_of(text, [problem["loc"] for problem in problems]) if text else [0] * len(problems)
    told = [_sentence(problem) for problem in problems]
    first = f"{origin}:{lines[0]}: {told[0]}" if lines[0] else f"{origin}: {told[0]}"
    others = [
        f"line {line}: {said}" if line else said for line, said in zip(lines[1:], told[1:], strict=True)
    ]
    more = error.error_count() - len(told)
    return "; ".join([first, *others]) + (f"; and {more} more" if more > 0 else "") + "."


def _sentence(problem: Any) -> str:
    where = ".".join(shown(str(part)) for part in problem["loc"])
    came = problem.get("input")
    found = "" if isinstance(came, dict | list | tuple | Part) else f" (found {_quoted(came)})"
    said = f"{shown(problem_in_words(problem), 400)}{found}"
    return f"{where}: {said}" if where else said


def _quoted(value: object) -> str:
    return f"'{shown(value)}'" if isinstance(value, str) else shown(value)


def _called(raw: object) -> str:
    """The kind of a value in YAML's terms."""
    names: dict[type, str] = {list: "a list", str: "text", bool: "a boolean", type(None): "nothing"}
    return names.get(type(raw), "a number")
