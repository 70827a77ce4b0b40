"""Claims about every YAML file a person can hand over: a sheet, or a refusal with the file's name, within seconds.

Some 160 of 1,212 generated files were tracebacks, and one was read for ever.
"""

import copy
import json
import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from assets import show
from assets.errors import InputRefused, SakugaError
from assets.loader import parse_yaml
from assets.sheets.bible import Bible
from assets.sheets.cutsheet import Cutsheet
from assets.sheets.review import Decision
from assets.sheets.story import Story
from flows.deployments import deployment_file
from flows.episode.brief import Brief, RetakeOrder
from flows.episode.profile import LIBRARY, Profile

ROOT = Path(__file__).parents[3]
GOLDEN = ROOT / "tests" / "assets" / "golden"
KINDS: dict[str, tuple[Any, Path]] = {
    "bible": (Bible.read, show.LIBRARY / "clear-skies" / "bible.yaml"),
    "cutsheet": (Cutsheet.read, GOLDEN / "cutsheet.v1.yaml"),
    "profile": (Profile.read, LIBRARY / "house.yaml"),
    "story": (Story.read, GOLDEN / "story.v1.yaml"),
    "deployments": (deployment_file.read, ROOT / "prefect.yaml"),
}
# Fragments of YAML as people and attackers write them; each is set where a value belongs.
FRAGMENTS = [
    "!!int foo", "!!float x", "!!binary '%%%'", "!!timestamp nonsense", "!!null x", "!!set {a, b}", "!!omap [a: 1]",
    "!!python/object/apply:os.getcwd []", "!foo bar", "!", "{? [a] : c}", "{? {a: b} : c}", "[? a]", "&a [*a]",
    "*nobody", "<<", "{<<: {a: 1}}", "{a: 1, a: 2}", "2026-13-45", "2026-01-01", "2026-01-01 00:00:00 +99:99",
    "0o777", "0b111", "0x" + "f" * 5000, "1:30:00", "190:20:30.5", "1_000", "_", "=", "9" * 5000, "-" + "9" * 30,
    "99999999999999999999", "9223372036854775808", "1e999999999", "'1e999999999'", "'9e-999999999'", "'1/0'",
    "'" + "9" * 5000 + "/1'", "1.0e+999", ".nan", ".inf", "-.Inf", "nan", "inf", "'nan'", "'inf'", "1e400",
    "true", "yes", "on", "~", "null", "''", "' '", "'\u0660'", "\"\\0\"", "\"\\x1b[31m\"", "\"\\ud800\"",
    "\"\\U00110000\"", "\"\\u202e\"", "\ufeff", "\x85", "\u2028", "\t", "|\n  text", ">-\n  text", "'open", "[1, ", "{",
    "- - - a", "%", "@a", "`", "--- a", "...", "#", "&", "*", "!<tag:yaml.org,2002:int> x", "[" * 60,
    "'" + "a" * 100_000 + "'",
]  # fmt: skip
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | st.dates().map(str),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
CAREFUL = {"deadline": None, "suppress_health_check": [HealthCheck.function_scoped_fixture]}


def places(raw: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every value."""
    yield path
    for key, value in (
        raw.items() if isinstance(raw, dict) else enumerate(raw) if isinstance(raw, list) else ()
    ):
        yield from places(value, (*path, key))


def with_value(raw: Any, path: tuple[Any, ...], value: object) -> Any:
    changed = copy.deepcopy(raw)
    if not path:
        return value
    inner = changed
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    return changed


def loads_or_refuses(read: Any, path: Path, text: str | bytes, within: float = 10) -> bool:
    """Whether it was read; anything but a sheet and a sentence is an error of the test."""
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))
    began = time.perf_counter()
    try:
        read(path)
    except InputRefused as refused:
        said = str(refused)
        assert path.name in said
        assert len(said) < 6000
        return False
    finally:
        assert time.perf_counter() - began < within
    return True


@pytest.mark.parametrize("kind", KINDS)
def test_a_fragment_of_yaml_in_any_field_is_read_or_refused(kind: str, tmp_path: Path):
    read, shipped = KINDS[kind]
    raw = parse_yaml(shipped.read_text(encoding="utf-8"), shipped.name)
    chance = random.Random(20261127)
    paths = list(places(raw))
    tried = [(path, fragment) for fragment in FRAGMENTS for path in chance.sample(paths, min(4, len(paths)))]
    path = tmp_path / "given.yaml"

    read_well = 0
    for place, fragment in tried:
        text = json.dumps(with_value(raw, place, "@@")).replace('"@@"', fragment, 1)
        read_well += loads_or_refuses(read, path, text)

    assert loads_or_refuses(read, path, json.dumps(raw))
    assert read_well < len(tried) / 2


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=60, **CAREFUL)
@given(data=st.data())
def test_any_value_in_any_field_is_read_or_refused(kind: str, data: st.DataObject, tmp_path: Path):
    read, shipped = KINDS[kind]
    raw = parse_yaml(shipped.read_text(encoding="utf-8"), shipped.name)
    place = data.draw(st.sampled_from(list(places(raw))))
    value = data.draw(VALUES)

    loads_or_refuses(read, tmp_path / "given.yaml", json.dumps(with_value(raw, place, value)))


@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_copy_of_a_shipped_file_is_read_or_refused(kind: str, tmp_path: Path):
    read, shipped = KINDS[kind]
    whole, chance = shipped.read_bytes(), random.Random(20261127)

    for _ in range(60):
        data = bytearray(whole)
        for _ in range(chance.randint(1, 6)):
            at = chance.randrange(len(data))
            change = chance.choice(("byte", "cut", "double", "sign"))
            if change == "byte":
                data[at] = chance.randrange(256)
            elif change == "cut":
                del data[at : at + chance.randint(1, 40)]
            elif change == "double":
                data[at:at] = data[at : at + chance.randint(1, 40)]
            else:
                data[at:at] = chance.choice(
                    (b":", b"\t", b"- ", b"&a ", b"*a", b"!", b"{", b"]", b"'", b"\n", b"? ")
                )
        loads_or_refuses(read, tmp_path / "given.yaml", bytes(data))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("yaml-date.yaml", ""),
        ("yaml-key.yaml", ":5:11: "),
        ("yaml-int.yaml", ":5:8: "),
        ("yaml-rate-hang.yaml", ":5: rate: this is not a rate between 1 and 120"),
    ],
)
def test_the_files_that_were_tracebacks_are_read_or_refused_with_their_line(
    name: str, said: str, tmp_path: Path
):
    begin = "sheet: bible\nversion: 1\nid: show\ntitle: {en: T}\n"
    ends = {
        "yaml-date.yaml": "about: 2026-13-45\n",
        "yaml-key.yaml": "about: {? [a] : c}\n",
        "yaml-int.yaml": "about: !!int foo\n",
        "yaml-rate-hang.yaml": 'rate: "1e999999999"\n',
    }
    path = tmp_path / name
    path.write_text(begin + ends[name])

    if said:
        with pytest.raises(InputRefused) as refused:
            Bible.read(path)
        assert f"{name}{said}" in str(refused.value)
    else:
        assert Bible.read(path).about == "2026-13-45"


@given(
    st.text(max_size=40) | st.from_regex(r"[0-9]{1,40}([./e][0-9]{1,12})?", fullmatch=True) | st.integers()
)
@example("1e999999999")
@example("1/0")
@example("9" * 5000)
@example(10**5000)
def test_any_rate_is_exact_or_refused_at_once(rate: object):
    began = time.perf_counter()
    try:
        Bible.from_raw({"id": "x", "title": {"en": "X"}, "rate": rate}, "here")
    except SakugaError as refused:
        assert "rate" in str(refused)
    assert time.perf_counter() - began < 1


def unbounded(schema: Any, path: tuple[str, ...] = ()) -> Iterator[str]:
    if isinstance(schema, dict):
        if schema.get("type") in ("integer", "number") and not (
            {"maximum", "exclusiveMaximum"} & schema.keys()
            and {"minimum", "exclusiveMinimum"} & schema.keys()
        ):
            yield ".".join(path)
        for key, value in schema.items():
            yield from unbounded(value, (*path, key))
    elif isinstance(schema, list):
        for index, value in enumerate(schema):
            yield from unbounded(value, (*path, str(index)))


@pytest.mark.parametrize("kind", [Bible, Cutsheet, Profile, Brief, RetakeOrder, Decision])
def test_every_number_a_person_can_give_has_a_least_and_a_most(kind: type[BaseModel]):
    free = [path for path in unbounded(kind.model_json_schema()) if not path.startswith("properties.rate")]

    assert free == []
