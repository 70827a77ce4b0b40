"""Read YAML or JSON that a person wrote: plain data, or a SheetRefused with file, line and column.

In: a file, or text and the name of its file.      Out: mappings with string keys, lists, strings, numbers,
booleans, None. Every limit (bounds.py) is checked before a value is built.
"""

from assets.loader.bounds import MAX_BYTES, MAX_DEPTH, MAX_DIGITS, MAX_KEY, MAX_NODES, shown
from assets.loader.file import read_text
from assets.loader.jsontext import parse_json
from assets.loader.yamltext import lines_of, parse_yaml

__all__ = [
    "MAX_BYTES",
    "MAX_DEPTH",
    "MAX_DIGITS",
    "MAX_KEY",
    "MAX_NODES",
    "lines_of",
    "parse_json",
    "parse_yaml",
    "read_text",
    "shown",
]
