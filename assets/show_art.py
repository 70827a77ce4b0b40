"""Write approved reference pictures into a bible, and leave the rest of its text as a person wrote it.

In: the text of a bible, a character, references.      Out: the new text; refused where it cannot be edited safely.
The new text is read again and compared before it is returned, so comments and order survive and nothing else changes.
"""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from assets.errors import InputRefused
from assets.loader import parse_json, parse_yaml
from assets.sheets.bible import Bible, Reference


def with_references(text: str, file: Path, character: str, references: Sequence[Reference]) -> str:
    """``text`` of the bible ``file`` with ``references`` as all references of ``character``.

    raises  InputRefused for a character that is not in it, or text whose form cannot be edited
    """
    before = _bible(text, file)
    wanted = _changed(before, character, references)
    if file.suffix.casefold() == ".json":
        changed = wanted.to_json()
    else:
        changed = _edited(text, character, [_raw(one) for one in references])
    if _bible(changed, file) != wanted:
        lines = _block([_raw(one) for one in references], 0)
        raise InputRefused(
            f"{file} is written in a form that cannot be edited without touching the rest. Write these lines below "
            f"the art of {character} yourself, then run the same command again:\n{lines}"
        )
    return changed


def _bible(text: str, file: Path) -> Bible:
    parse = parse_json if file.suffix.casefold() == ".json" else parse_yaml
    return Bible.from_raw(parse(text, str(file)), str(file), text)


def _changed(bible: Bible, character: str, references: Sequence[Reference]) -> Bible:
    if character not in [who.id for who in bible.characters]:
        known = ", ".join(who.id for who in bible.characters) or "none"
        raise InputRefused(f"The bible has no character {character!r}. Its characters: {known}.")
    people = tuple(
        who.model_copy(update={"art": who.art.model_copy(update={"references": tuple(references)})})
        if who.id == character
        else who
        for who in bible.characters
    )
    return bible.model_copy(update={"characters": people})


def _raw(reference: Reference) -> dict[str, Any]:
    return reference.model_dump(mode="json", exclude_defaults=True)


def _edited(text: str, character: str, references: list[dict[str, Any]]) -> str:
    person = _person(yaml.compose(text, Loader=yaml.SafeLoader), character)
    art = _value(person, "art")
    if art is None:
        return _inserted(text, person, "art:\n", references)
    known = _value(art, "references") if isinstance(art, yaml.MappingNode) else None
    if known is None and isinstance(art, yaml.MappingNode) and not art.flow_style and art.value:
        return _inserted(text, art, "", references)
    if known is not None and isinstance(art, yaml.MappingNode) and not art.flow_style:
        key = _key(art, "references")
        return _replaced(text, key.end_mark.index, known, _block(references, key.start_mark.column + 2))
    key = _key(person, "art")
    kept = {} if not isinstance(art, yaml.MappingNode) else _plain(text, art)
    return _replaced(
        text, key.end_mark.index, art, _dumped({**kept, "references": references}, key.start_mark.column + 2)
    )


def _person(root: Any, character: str) -> yaml.MappingNode:
    people = _value(root, "characters")
    for node in people.value if isinstance(people, yaml.SequenceNode) else ():
        id = _value(node, "id")
        if isinstance(id, yaml.ScalarNode) and id.value == character and not node.flow_style:
            return node  # type: ignore[no-any-return]
    raise InputRefused(
        f"The bible writes {character} on one line, in braces. Write the character over several lines, one field on "
        "each, then run the same command again."
    )


def _value(node: Any, name: str) -> Any:
    pairs = node.value if isinstance(node, yaml.MappingNode) else ()
    return next((value for key, value in pairs if key.value == name), None)


def _key(node: yaml.MappingNode, name: str) -> Any:
    return next(key for key, _ in node.value if key.value == name)


def _plain(text: str, node: yaml.MappingNode) -> dict[str, Any]:
    found: Any = yaml.safe_load(text[node.start_mark.index : node.end_mark.index])
    return found if isinstance(found, dict) else {}


def _inserted(text: str, node: yaml.MappingNode, head: str, references: list[dict[str, Any]]) -> str:
    """The references as a new last field of ``node``; ``head`` opens the mapping they are in."""
    column: int = node.value[0][0].start_mark.column
    inner = column + 2 if head else column
    lines = " " * column + head if head else ""
    lines += " " * inner + "references:\n" + _block(references, inner + 2)
    at = _line_after(text, _end(node))
    start = text[:at] if text[:at].endswith("\n") else text[:at] + "\n"
    return start + lines + text[at:]


def _replaced(text: str, after_key: int, node: Any, block: str) -> str:
    """``block`` in the place of the value ``node``, from the line after its key on."""
    colon = text.index(":", after_key) + 1
    end = _line_after(text, _end(node))
    return f"{text[:colon]}\n{block}{text[end:]}"


def _end(node: Any) -> int:
    """Where the last value in ``node`` ends; the mark of a block itself lies after the comments that follow it."""
    while isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        node = last[1] if isinstance(last, tuple) else last
    return int(node.end_mark.index)


def _line_after(text: str, index: int) -> int:
    if index and text[index - 1] == "\n":
        return index
    found = re.compile(r"\n").search(text, index)
    return found.end() if found else len(text)


def _block(items: list[dict[str, Any]], column: int) -> str:
    return _dumped(items, column)


def _dumped(value: Any, column: int) -> str:
    """``value`` in block style, every line indented by ``column``."""
    dumped = yaml.safe_dump(
        json.loads(json.dumps(value)), allow_unicode=True, sort_keys=False, width=100 - min(column, 40)
    )
    return "".join(f"{' ' * column}{line}\n" for line in dumped.splitlines())
