"""Prepare the JSON Schema for writers, and check answers against it.

In: a schema from a stage (draft 2020-12, pydantic's ``model_json_schema`` included).
Out: the same schema with references resolved, objects closed and every length limited, so that an answer must end.
What a grammar cannot express is refused before any model is called.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from assets.errors import AnswerUnusable, InputRefused

Schema = dict[str, Any]

LONGEST_STRING = 400  # characters, if the stage set no maxLength
LONGEST_ARRAY = 16
LARGEST_INTEGER = 999_999_999
# an answer is read by people and typeset: no line breaks or other control characters in a field
PROSE = r"^[^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$"
_NOTES = {"title", "description", "default", "examples", "$schema", "$id", "$comment", "$defs"}


def prepared(schema: Mapping[str, Any]) -> Schema:
    """``schema`` in the form for models; its answers are a subset of the original's."""
    if schema.get("type") != "object":
        raise _refused("schema", f"is of type {schema.get('type')!r}", "A writer answers with an object")
    return _walked(schema, "schema", schema.get("$defs", {}), ())


def read(text: str, schema: Mapping[str, Any], *, writer: str) -> dict[str, Any]:
    """The answer in ``text`` under a prepared schema; an AnswerUnusable says what is wrong, and where."""
    try:
        data = json.loads(text, parse_constant=_no_constant)
        text.encode()
        json.dumps(data, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise AnswerUnusable(
            f"{writer} answered {_shown(text)}, which is not JSON that can be stored ({error}). Ask again."
        ) from error
    broken = fault(data, schema)
    if broken:
        raise AnswerUnusable(f"{writer} answered outside the schema: {broken}. Ask again.")
    answer: dict[str, Any] = data
    return answer


def fault(data: object, schema: Mapping[str, Any]) -> str:
    """What in ``data`` violates ``schema``, and where; empty if nothing does."""
    from jsonschema import Draft202012Validator, validators

    extend: Any = validators.extend  # its stubs leave it untyped
    held = extend(Draft202012Validator, {"pattern": _pattern})
    found = next(iter(held(schema).iter_errors(data)), None)
    return f"at {found.json_path}, {_shown(found.message)}" if found else ""


def _pattern(validator: object, pattern: str, data: object, schema: object) -> Iterator[Exception]:
    """As the standard says: Python's ``$`` would allow one line break at the end."""
    from jsonschema import ValidationError

    whole = f"{pattern[:-1]}\\Z" if pattern.endswith("$") and not pattern.endswith("\\$") else pattern
    if isinstance(data, str) and not re.search(whole, data):
        yield ValidationError(f"{data[:100]!r} does not match {pattern!r}")


def _walked(node: Mapping[str, Any], where: str, defs: Mapping[str, Any], within: tuple[str, ...]) -> Schema:
    if "$ref" in node:
        return _referred(node, where, defs, within)
    kind = node.get("type")
    if isinstance(kind, list):
        return {"anyOf": [_walked({**node, "type": one}, where, defs, within) for one in kind]}
    if "const" in node or "enum" in node:
        return _fixed(node, where)
    if "anyOf" in node:
        _only(node, where, "anyOf")
        return {"anyOf": [_walked(one, where, defs, within) for one in node["anyOf"]]}
    if kind == "object":
        return _object(node, where, defs, within)
    if kind == "array":
        return _array(node, where, defs, within)
    plain = _PLAIN.get(str(kind))
    if plain is None:
        known = ", ".join(("object", "array", *_PLAIN))
        raise _refused(where, f"is of type {kind!r}", f"Known: {known}, enum, const, anyOf, $ref")
    return plain(node, where)


def _referred(
    node: Mapping[str, Any], where: str, defs: Mapping[str, Any], within: tuple[str, ...]
) -> Schema:
    target = str(node["$ref"])
    name = target.removeprefix("#/$defs/")
    if name == target or name not in defs:
        raise _refused(where, f"refers to {target}", "References go to #/$defs/NAME in the same schema")
    if name in within:
        raise _refused(where, f"contains itself through {name}", "An answer must end: unfold it to a depth")
    return _walked(defs[name], where, defs, (*within, name))


def _fixed(node: Mapping[str, Any], where: str) -> Schema:
    if "const" in node:
        _only(node, where, "const", "type")
        return {"const": node["const"]}
    _only(node, where, "enum", "type")
    if not node["enum"]:
        raise _refused(where, "has an empty enum", "Give at least one value")
    return {"enum": list(node["enum"])}


def _object(node: Mapping[str, Any], where: str, defs: Mapping[str, Any], within: tuple[str, ...]) -> Schema:
    _only(node, where, "type", "properties", "required", "additionalProperties")
    if node.get("additionalProperties"):
        raise _refused(where, "allows other keys", "Name every key under properties")
    properties, required = node.get("properties", {}), list(node.get("required", ()))
    unknown = [key for key in required if key not in properties]
    if unknown:
        raise _refused(where, f"requires {unknown[0]!r} and does not describe it", "Add it to properties")
    inner = {key: _walked(value, f"{where}.{key}", defs, within) for key, value in properties.items()}
    return {"type": "object", "properties": inner, "required": required, "additionalProperties": False}


def _array(node: Mapping[str, Any], where: str, defs: Mapping[str, Any], within: tuple[str, ...]) -> Schema:
    _only(node, where, "type", "items", "minItems", "maxItems")
    if "items" not in node:
        raise _refused(where, "does not say what it holds", "Add items")
    least = int(node.get("minItems", 0))
    most = int(node.get("maxItems", max(least, LONGEST_ARRAY)))
    _in_order(where, "minItems", least, "maxItems", most)
    items = _walked(node["items"], f"{where}[]", defs, within)
    return {"type": "array", "items": items, "minItems": least, "maxItems": most}


def _string(node: Mapping[str, Any], where: str) -> Schema:
    _only(node, where, "type", "minLength", "maxLength", "pattern")
    least = int(node.get("minLength", 0))
    most = int(node.get("maxLength", max(least, LONGEST_STRING)))
    _in_order(where, "minLength", least, "maxLength", most)
    return {"type": "string", "minLength": least, "maxLength": most, "pattern": node.get("pattern", PROSE)}


def _integer(node: Mapping[str, Any], where: str) -> Schema:
    _only(node, where, "type", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
    above, below = node.get("exclusiveMinimum"), node.get("exclusiveMaximum")
    least = node.get("minimum", -LARGEST_INTEGER) if above is None else above + 1
    most = node.get("maximum", LARGEST_INTEGER) if below is None else below - 1
    _in_order(where, "minimum", least, "maximum", most)
    return {"type": "integer", "minimum": least, "maximum": most}


def _bare(node: Mapping[str, Any], where: str) -> Schema:
    _only(node, where, "type")
    return {"type": node["type"]}


_PLAIN: dict[str, Callable[[Mapping[str, Any], str], Schema]] = {
    "string": _string,
    "integer": _integer,
    "boolean": _bare,
    "null": _bare,
}


def _only(node: Mapping[str, Any], where: str, *known: str) -> None:
    other = sorted(set(node) - set(known) - _NOTES)
    if other:
        raise _refused(where, f"uses {', '.join(other)}", f"Here a writer knows {', '.join(known)}")


def _in_order(where: str, low: str, least: int, high: str, most: int) -> None:
    if not least <= most:
        raise _refused(where, f"has {low} {least} above {high} {most}", "Nothing fits that")


def _refused(where: str, problem: str, remedy: str) -> InputRefused:
    return InputRefused(f"A writer cannot keep to this schema: {where} {problem}. {remedy}.")


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a JSON value")


def _shown(text: str) -> str:
    """The start of ``text``, safe to print and to quote in a prompt."""
    short = text if len(text) <= 200 else f"{text[:200]}... ({len(text)} characters)"
    return repr(short)
