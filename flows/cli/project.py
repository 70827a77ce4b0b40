"""The project's file `sakuga.toml`: what commands use for an option that is not given.

In: the current folder and those above it.      Out: defaults of the commands, for Click.
Only four keys are known. Paths are relative to the file, and stay inside its folder.
"""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

FILE = "sakuga.toml"
KEYS = ("show", "profile", "gates", "out")
LARGEST = 64_000  # bytes
OF: Mapping[str, Mapping[str, str]] = {
    "produce": {"show": "show", "profile": "profile", "gates": "gates", "out": "out"},
    "breakdown": {"show": "show", "profile": "profile", "out": "out"},
    "write": {"show": "show", "profile": "profile", "episodes": "out"},
}
"""By command: its parameter, and the key that gives its default. Every other command takes `out` where it has it."""
HERE_ONLY = ("up",)  # it serves the folder it is started in


def defaults(commands: Mapping[str, Any], start: Path) -> dict[str, Any]:
    """The default of every option that the project's file gives, as Click's default map; empty without a file.

    commands  the commands by their names, as Click knows them
    raises    InputRefused for a file that cannot be used
    """
    file = found(start)
    if file is None:
        return {}
    values = read(file, start)
    return {
        name: part
        for name, command in commands.items()
        if (part := _part(name, command, values, file, start))
    }


def found(start: Path) -> Path | None:
    """The file of the nearest folder that has one."""
    return next((folder / FILE for folder in (start, *start.parents) if (folder / FILE).is_file()), None)


def read(file: Path, start: Path) -> dict[str, Any]:
    """Its values; a path is given from ``start`` on."""
    from assets.errors import InputRefused
    from assets.files import teaching

    with teaching(f"{file} could not be read"):
        if file.stat().st_size > LARGEST:
            raise InputRefused(f"{file} is larger than {LARGEST:,} bytes. Keep only {', '.join(KEYS)} in it.")
        data = file.read_bytes()
    return checked(data, file, start)


def checked(data: bytes, file: Path, start: Path) -> dict[str, Any]:
    """The values that ``data`` gives as the content of ``file``."""
    import tomllib

    from assets.errors import InputRefused

    try:
        raw = tomllib.loads(data.decode())
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise InputRefused(f'{file} is not TOML: {error}. Write lines such as profile = "house".') from error
    unknown = [key for key in raw if key not in KEYS]
    if unknown:
        raise InputRefused(f"{file}: {unknown[0]!r} is not known. Allowed are {', '.join(KEYS)}.")
    return {key: _value(key, value, file, start) for key, value in raw.items()}


def _value(key: str, value: object, file: Path, start: Path) -> Any:
    from assets.errors import InputRefused
    from assets.sheets.review import GateKind
    from flows.terminal.arguments import several

    if key == "gates":
        given = [gate for gate in value if isinstance(gate, str)] if isinstance(value, list) else []
        if given != value:
            raise InputRefused(f'{file}: gates is a list such as ["storyboard", "takes"].')
        return ",".join(several(",".join(given), get_args(GateKind), f"{file}: gates")) if given else None
    if not isinstance(value, str) or not value.strip():
        raise InputRefused(f'{file}: {key} is a text in quotes, such as {key} = "{_EXAMPLES[key]}".')
    is_path = (
        key == "out"
        or value.endswith((".yaml", ".yml"))
        or (key == "show" and (file.parent / value).exists())
    )
    return _inside(key, value, file, start) if is_path or "/" in value or "\\" in value else value


_EXAMPLES = {"show": "clear-skies", "profile": "house", "out": "episodes"}


def _inside(key: str, value: str, file: Path, start: Path) -> str:
    from assets.errors import InputRefused, PathRefused
    from flows.terminal.arguments import path

    try:
        whole, limit = path(file.parent / value, key).resolve(), file.parent.resolve()
    except (InputRefused, OSError, RuntimeError) as error:
        raise InputRefused(f"{file}: {key} cannot be used as a path: {error}") from error
    if not whole.is_relative_to(limit):
        raise PathRefused(
            f"{file}: {key} is {value!r}, which is outside {file.parent}. Name a place inside it."
        )
    return os.path.relpath(file.parent / value, start)


def _part(name: str, command: Any, values: Mapping[str, Any], file: Path, start: Path) -> dict[str, Any]:
    """The defaults of one command; of a group, by the names of its commands."""
    if name in HERE_ONLY and file.parent != start:
        return {}
    inner: Mapping[str, Any] = getattr(command, "commands", None) or {}
    if inner:
        parts = ((below, _part("", one, values, file, start)) for below, one in inner.items())
        return {below: part for below, part in parts if part}
    keys = OF.get(name) or dict(_out(command))
    return {option: values[key] for option, key in keys.items() if values.get(key) is not None}


def _out(command: Any) -> Iterator[tuple[str, str]]:
    """The parameter that names the folder of the episodes: the one whose own default is `episodes`."""
    for parameter in command.params:
        if parameter.name in ("out", "episodes") and parameter.default == Path("episodes"):
            yield parameter.name, "out"
