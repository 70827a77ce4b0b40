"""Hostile YAML where people write it: bible, cut sheet and profile, through the commands that read them."""

from pathlib import Path
from random import Random
from typing import Any

import yaml

from tests.chaos import episode, words
from tests.chaos.case import Place, Verdict
from tests.chaos.commands import ROOT, judged, sakuga

LIBRARY = ROOT / "assets/library"
# Values that stand behind a key; YAML of their own, so no quotes are put around them.
VALUES = (
    "", "~", "null", "true", "yes", "1", "-1", "0", "1.5", "1e999999999", '"1e999999999"', '"1/0"',
    '"1e-999999999"', "0x7fffffffffffffffffff", "9" * 400, "9" * 5000, '"' + "9" * 5000 + '"', ".inf",
    "-.inf", ".nan", "1_000", "0o7", "190:20:30", "2026-13-45", "2026-02-30", "2026-11-27",
    "2026-11-27 25:61:61", "!!int foo", "!!float foo", "!!bool foo", "!!null foo", "!!timestamp foo",
    "!!binary foo", "!!binary AAECAw==", "!!set {a, b}", "!!omap [a: 1]", "!!pairs [a: 1]", "!!str {a: 1}",
    "!!python/object/apply:os.system ['true']", "!!map [a]", "!!seq {a: 1}", "!unknown x",
    "!<tag:yaml.org,2002:int> 08", "{? [a] : c}", "{? {a: b} : c}", "{[a, b]: c}", "{a: 1, a: 2}",
    "{1: a, '1': b}", "{null: a}", "{2026-11-27: a}", "{1.5: a}", "[]", "{}", "[[[[]]]]", "[1, a, {b: c}]",
    "{a: {b: {c: d}}}", "&a [*a]", "&a x", "*a", "<<: {a: b}", "{<<: {a: b}}", "{<<: 1}", "{<<: [1]}",
    "|\n  a\n  b", ">-\n  a", "'it''s'", '"\\x1b[31m"', '"\\0"', '"\\uD800"', '"\\U0010FFFF"', '"\\u202e"',
    "@", "`", "%", "- a", "? a", ":", ": :", "a: b: c", "[", "]", "{", "}", "'", '"', "---", "...", "#", "\t",
    "\x00", "\x07", "\x85", "\ufeff", "{ja: [a], en: 1}", "[24]", '"24"', '"24000/1001"', '"0/1"', '"121"',
    '"١٢"', '"²⁴"', "'1_0'", '" 24 "', '"24.000000000000000000001"', "[" * 45 + "]" * 45, "[" * 2000,
    "{a: " * 2000, "- " * 2000 + "x", '"' + "x" * 100_000 + '"', "C001", "c001", "[C001, C001]",
    "{x: 1, y: 2}", "[320, 180]", "[1e9, 1e9]", "[319, 181]", "[-2, 4]", "[144, 144]",
)  # fmt: skip
SHAPES = (
    "", " ", "\n\n", "---\n", "--- \n...\n", "a", "- a\n- b", "1", "null", "!!binary x", "a: &a [x]\nb: *a\n",
    "\ufeffsheet: bible\n", "\x00", "%YAML 9.9\n---\na: b\n", "%TAG ! tag:x,2000:\n---\na: !b c\n",
    "a: 1\na: 2\n", "? [a]\n: b\n", "? {a: b}\n: c\n", "sheet: [bible]\n", "sheet: bible\nversion: 1.5\n",
    "sheet: bible\nversion: 99\n", "sheet: bible\nversion: true\n", "sheet: bible\nversion: -1\n",
    "version: 2026-11-27\n", "sheet: bible\nversion: " + "9" * 5000,
    "a:\n" + "".join(" " * depth + f"a{depth}:\n" for depth in range(1, 900)), "[" * 100_000, "- " * 50_000,
    "a: " + "x" * 4_000_001, "{" * 10_000 + "}" * 10_000, "\n".join(f"k{n}: v" for n in range(20_000)),
    "!" * 1000, "&a " * 100, "a: !!int '" + "9" * 4400 + "'",
    "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c]\n",
)  # fmt: skip


def play(chance: Random, place: Place) -> Verdict:
    """One hostile sheet: a bible, a profile, a cut sheet, or the story's sidecar."""
    how = chance.random()
    if how < 0.5:
        return _bible(chance, place)
    return _profile(chance, place) if how < 0.8 else _cutsheet(chance, place)


def _bible(chance: Random, place: Place) -> Verdict:
    show = _text(chance, LIBRARY / "shows/clear-skies/bible.yaml")
    _write(chance, place, place.work / "bible.yaml", show)
    return judged(sakuga(place, "show", "check", "bible.yaml"))


def _profile(chance: Random, place: Place) -> Verdict:
    profile = LIBRARY / "profiles" / chance.choice(("animatic.yaml", "toy.yaml", "toy.yaml", "house.yaml"))
    _write(chance, place, place.work / "mine.yaml", _text(chance, profile))
    episode.write_script(place)
    return judged(sakuga(place, "breakdown", "kite.fountain", "--profile", "mine.yaml"))


def _cutsheet(chance: Random, place: Place) -> Verdict:
    """The sheet of an episode, as a person's editor might leave it; then the breakdown reads it."""
    place.context.reviewed.copied(place)
    sheet = place.work / "episodes" / episode.NAME / "cutsheet.yaml"
    _write(chance, place, sheet, _text(chance, sheet))
    return judged(sakuga(place, "breakdown", "kite.fountain", "--profile", "toy"))


def _text(chance: Random, shipped: Path) -> str:
    """A good file with edits, or one of its values replaced by any other, or another shape altogether."""
    text, how = shipped.read_text(encoding="utf-8"), chance.random()
    if how < 0.1:
        return chance.choice(SHAPES)
    if how < 0.45:
        return words.mutated(chance, text, VALUES)
    if how < 0.6:
        return words.mutated(chance, text)
    return _with_another_value(chance, text)


def _with_another_value(chance: Random, text: str) -> str:
    """Exactly one value anywhere in the tree is another one, so that the check of that field is reached."""
    raw = yaml.safe_load(text)
    holder, key = chance.choice(list(_values(raw)))
    holder[key] = "@@value@@"
    written = yaml.safe_dump(raw, allow_unicode=True, sort_keys=False)
    value = (
        chance.choice(VALUES)
        if chance.random() < 0.8
        else yaml.safe_dump(words.odd(chance)).split("\n...")[0]
    )
    return written.replace("'@@value@@'", value)


def _values(raw: Any) -> Any:
    """Every place in the tree that holds a value."""
    items = raw.items() if isinstance(raw, dict) else enumerate(raw) if isinstance(raw, list) else ()
    for key, value in items:
        yield raw, key
        yield from _values(value)


def _write(chance: Random, place: Place, path: Path, text: str) -> None:
    data = words.encoded(chance, text)
    if chance.random() < 0.05:
        data = words.spoiled(chance, data)
    path.write_bytes(data)
    place.note(f"{path.name}: {data[:300]!r}")
