"""What every sheet shares: frozen, strict, named, versioned, readable by people.

In: YAML or JSON text.      Out: a validated sheet, or a SheetRefused that says where and why.
On disk a sheet opens with its ``sheet`` name and integer ``version``.
"""

import json
from pathlib import Path
from typing import Any, ClassVar, Self

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from assets.errors import SheetRefused

MAX_BYTES = 4_000_000
MAX_DEPTH = 40


class Part(BaseModel):
    """A piece of a sheet: frozen, and refuses keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Sheet(Part):
    """A document that rests on disk under a name and a version.

    A subclass sets ``sheet`` and ``version``; to read an older file it overrides
    ``upgraded``, which receives the raw mapping and the version found in it.
    """

    sheet: ClassVar[str]
    version: ClassVar[int] = 1

    @classmethod
    def upgraded(cls, raw: dict[str, Any], version: int) -> dict[str, Any]:
        """Bring ``raw`` from an older ``version`` to this one; by default there is none."""
        raise SheetRefused(
            f"{cls.sheet} version {version} cannot be read by this Sakuga, which knows "
            f"version {cls.version}. Open it with the release that wrote it."
        )

    @classmethod
    def from_raw(cls, raw: object, origin: str) -> Self:
        if not isinstance(raw, dict):
            raise SheetRefused(f"{origin}: a {cls.sheet} sheet is a mapping; found {type(raw).__name__}.")
        body = {str(key): value for key, value in raw.items()}
        name, version = body.pop("sheet", cls.sheet), body.pop("version", cls.version)
        if name != cls.sheet:
            raise SheetRefused(f"{origin}: this is a {name!r} sheet; a {cls.sheet!r} sheet is wanted here.")
        if not isinstance(version, int):
            raise SheetRefused(f"{origin}: version is {version!r}; it must be a whole number.")
        if version != cls.version:
            body = cls.upgraded(body, version)
        try:
            return cls.model_validate(body)
        except ValidationError as error:
            raise SheetRefused(f"{origin}: {_readable(error)}") from error

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read from ``.yaml``, ``.yml`` or ``.json``; bounded in size, aliases refused."""
        try:
            size = path.stat().st_size
            text = path.read_text(encoding="utf-8-sig")
        except OSError as error:
            raise SheetRefused(f"{path}: cannot be read ({error.strerror}).") from error
        except UnicodeDecodeError as error:
            raise SheetRefused(
                f"{path}: is not UTF-8 text (byte {error.start}). Save it as UTF-8."
            ) from error
        if size > MAX_BYTES:
            raise SheetRefused(f"{path}: {size:,} bytes; a sheet is at most {MAX_BYTES:,}.")
        return cls.from_raw(parse_yaml(text, str(path)), str(path))

    @classmethod
    def from_json(cls, text: str, origin: str) -> Self:
        """Read what ``to_json`` wrote, of any size: JSON neither unfolds nor needs a bound."""
        try:
            raw = json.loads(text)
        except ValueError as error:
            raise SheetRefused(f"{origin}: this is not JSON: {error}.") from error
        return cls.from_raw(raw, origin)

    def raw(self) -> dict[str, Any]:
        return {"sheet": self.sheet, "version": self.version, **self.model_dump(mode="json")}

    def to_json(self) -> str:
        return json.dumps(self.raw(), ensure_ascii=False, indent=2) + "\n"

    def to_yaml(self) -> str:
        # The Python dumper: libyaml folds Japanese at other places, and sheets are compared as text.
        return yaml.safe_dump(self.raw(), allow_unicode=True, sort_keys=False, width=100)


# libyaml parses eight times faster than the Python parser; both build the same data.
_Safe: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _StrictLoader(_Safe):  # type: ignore[misc]
    """A SafeLoader that refuses repeated keys."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key.value!r} stands here twice", key.start_mark
                )
            seen.add(key.value)
        mapping: dict[Any, Any] = super().construct_mapping(node, deep)
        return mapping


def _refuse_bombs(text: str) -> None:
    """A small file must stay small and shallow: aliases unfold without end, and depth breaks the composer."""
    depth = 0
    for event in yaml.parse(text, Loader=_Safe):
        mark: Any = event.start_mark
        if isinstance(event, yaml.events.AliasEvent):
            raise yaml.composer.ComposerError(None, None, "aliases are not allowed", mark)
        depth += isinstance(event, yaml.events.CollectionStartEvent)
        depth -= isinstance(event, yaml.events.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise yaml.composer.ComposerError(None, None, f"nested more than {MAX_DEPTH} deep", mark)


def parse_yaml(text: str, origin: str) -> object:
    """YAML (and so JSON) as plain data, or a SheetRefused with line and column."""
    try:
        _refuse_bombs(text)
        return yaml.load(text, _StrictLoader)  # noqa: S506 - a SafeLoader made stricter
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{origin}:{mark.line + 1}:{mark.column + 1}" if mark else origin
        problem = getattr(error, "problem", None) or str(error)
        raise SheetRefused(f"{where}: this is not YAML that can be used here: {problem}.") from error


def _readable(error: ValidationError) -> str:
    lines = []
    for item in error.errors(include_url=False)[:8]:
        where = ".".join(str(part) for part in item["loc"]) or "(top)"
        came = item.get("input")
        shown = "" if isinstance(came, dict | list | tuple) else f" (found {came!r:.60})"
        lines.append(f"{where}: {item['msg']}{shown}")
    more = error.error_count() - len(lines)
    return "; ".join(lines) + (f"; and {more} more" if more > 0 else "")
