"""Write LoRAs into the text of a bible, and leave every other line as a person wrote it.

In: the YAML or JSON text, whose LoRAs, the LoRAs.      Out: the text to write.
YAML is edited at the positions that its parser gives, so comments and order stay. The result is read again and
compared; what cannot be edited in this way is refused, with the lines to write by hand.
"""

from typing import Any

import yaml

from assets.errors import InputRefused
from assets.loader import parse_json, parse_yaml
from assets.sheets.bible import Bible, Lora
from assets.sheets.validation import Subject

_SECTIONS = {"character": "characters", "place": "places"}


def with_loras(text: str, name: str, subject: Subject, loras: tuple[Lora, ...]) -> str:
    """``text`` with exactly these LoRAs of ``subject``.

    name    of the file, for messages; its end says whether it is YAML or JSON
    raises  InputRefused for a subject that is not in the bible, or a text that cannot be edited
    """
    is_json = name.casefold().endswith(".json")
    parse = parse_json if is_json else parse_yaml
    wanted = changed(Bible.from_raw(parse(text, name), name, text), subject, loras)
    if is_json:
        return wanted.to_json()
    edited = _edited(text, subject, loras)
    try:
        sound = Bible.from_raw(parse_yaml(edited, name), name, edited) == wanted
    except InputRefused:
        sound = False
    if not sound:
        raise InputRefused(
            f"{name} is written in a way that cannot be edited without losing something. Write this by hand, under "
            f"{_where(subject)}: loras: {_flow(loras)}"
        )
    return edited


def changed(bible: Bible, subject: Subject, loras: tuple[Lora, ...]) -> Bible:
    """``bible`` with exactly these LoRAs of ``subject``."""
    if subject.role == "style":
        return bible.model_copy(update={"style": bible.style.model_copy(update={"loras": loras})})
    section = _SECTIONS[subject.role]
    items = getattr(bible, section)
    if subject.id not in [item.id for item in items]:
        known = ", ".join(item.id for item in items) or "none"
        raise InputRefused(f"{bible.id} has no {subject.role} {subject.id!r}. There are: {known}.")
    new = tuple(
        item.model_copy(update={"art": item.art.model_copy(update={"loras": loras})})
        if item.id == subject.id
        else item
        for item in items
    )
    return bible.model_copy(update={section: new})


def loras_in(bible: Bible, subject: Subject) -> tuple[Lora, ...]:
    """The LoRAs that ``subject`` has now."""
    if subject.role == "style":
        return bible.style.loras
    changed(bible, subject, ())  # refuses an unknown one
    items = bible.characters if subject.role == "character" else bible.places
    return next(item.art.loras for item in items if item.id == subject.id)


def _where(subject: Subject) -> str:
    return "style" if subject.role == "style" else f"{_SECTIONS[subject.role]}, {subject.id}, art"


def _edited(text: str, subject: Subject, loras: tuple[Lora, ...]) -> str:
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    text, root = _newest_version(text, root)
    if subject.role == "style":
        style = _value(root, "style")
        if style is None:
            return _with_key(text, root, f"style: {{loras: {_flow(loras)}}}")
        return _with_list(text, style, loras)
    items = _value(root, _SECTIONS[subject.role])
    owner = next(item for item in items.value if _id(item) == subject.id)
    art = _value(owner, "art")
    if art is None:
        return _with_key(text, owner, f"art: {{loras: {_flow(loras)}}}")
    return _with_list(text, art, loras)


def _newest_version(text: str, root: Any) -> tuple[str, Any]:
    """A bible of version 1 holds no LoRAs for the releases that wrote it."""
    version = _value(root, "version")
    if version is None or version.value != "1":
        return text, root
    text = f"{text[: version.start_mark.index]}{Bible.version}{text[version.end_mark.index :]}"
    return text, yaml.compose(text, Loader=yaml.SafeLoader)


def _with_list(text: str, art: Any, loras: tuple[Lora, ...]) -> str:
    """The mapping of the art with this list of LoRAs, in place of the one that it has."""
    for key, value in art.value:
        if key.value == "loras":
            return f"{text[: key.end_mark.index]}: {_flow(loras)}{text[_end(value) :]}"
    return _with_key(text, art, f"loras: {_flow(loras)}")


def _with_key(text: str, mapping: Any, line: str) -> str:
    """The mapping with one more line at its end; in a flow mapping at its start."""
    if mapping.flow_style or not mapping.value:
        at = mapping.start_mark.index + 1
        return f"{text[:at]}{line}{', ' if mapping.value else ''}{text[at:]}"
    indent = " " * mapping.value[0][0].start_mark.column
    end = _end(mapping)
    newline = text.find("\n", end)
    if text[end - 1 : end] == "\n":  # a block of text ends with its line
        newline = end - 1
    if newline < 0:
        return f"{text}\n{indent}{line}\n"
    return f"{text[: newline + 1]}{indent}{line}\n{text[newline + 1 :]}"


def _end(node: Any) -> int:
    """Where the last character of a value is; a block collection's own mark lies at the next token."""
    if isinstance(node, yaml.ScalarNode) or node.flow_style or not node.value:
        return int(node.end_mark.index)
    last = node.value[-1]
    return _end(last[1] if isinstance(node, yaml.MappingNode) else last)


def _value(mapping: Any, name: str) -> Any:
    return next((value for key, value in mapping.value if key.value == name), None)


def _id(item: Any) -> str:
    found = _value(item, "id")
    return "" if found is None else str(found.value)


def _flow(loras: tuple[Lora, ...]) -> str:
    """The list on one line; only what differs from the defaults."""
    raw = [lora.model_dump(mode="json", exclude_defaults=True) for lora in loras]
    return yaml.safe_dump(
        raw, default_flow_style=True, allow_unicode=True, sort_keys=False, width=100_000
    ).strip()
