"""Claims about sheets on disk: what one release wrote, every later one reads.

The golden files stand for the sheets on people's disks. A change of format makes a test here
fail: raise the sheet's version, override ``upgraded``, and add golden files of the new version
beside the old ones, which stay.
"""

from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Literal, get_args, get_origin

import pytest
import yaml

import assets.sheets
from assets.errors import SheetRefused
from assets.loader import MAX_BYTES
from assets.sheets import look
from assets.sheets.base import Part, Sheet
from assets.sheets.bible import Bible, Character, Place
from assets.sheets.cutsheet import Cut, Cutsheet

GOLDEN = Path(__file__).parent / "golden"
for module in iter_modules(assets.sheets.__path__, "assets.sheets."):
    import_module(module.name)
SHEETS = {each.sheet: each for each in Sheet.__subclasses__() if each.__module__.startswith("assets.sheets.")}
SORTS = pytest.mark.parametrize("sort", SHEETS.values(), ids=SHEETS)


def golden(sort: type[Sheet], kind: str) -> Path:
    return GOLDEN / f"{sort.sheet}.v{sort.version}.{kind}"


def parts_in(value):
    """Every part and sheet inside a value, itself included."""
    if isinstance(value, Part):
        yield value
        value = [getattr(value, name) for name in type(value).model_fields]
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple):
        for item in value:
            yield from parts_in(item)


@SORTS
@pytest.mark.parametrize("kind", ["yaml", "json"])
def test_a_sheet_is_written_just_as_its_golden_file(sort, kind):
    sheet = sort.read(golden(sort, kind))

    written = sheet.to_yaml() if kind == "yaml" else sheet.to_json()

    assert written == golden(sort, kind).read_text(encoding="utf-8")


@SORTS
def test_yaml_and_json_give_the_same_sheet(sort):
    assert sort.read(golden(sort, "yaml")) == sort.read(golden(sort, "json"))


@SORTS
def test_the_golden_file_uses_every_field(sort):
    """Otherwise a field could change its format and no golden file would notice."""
    unused = {}
    for part in parts_in(sort.read(golden(sort, "yaml"))):
        plain = {
            name
            for name, field in type(part).model_fields.items()
            if not (field.is_required() or field.exclude)
            and getattr(part, name) == field.get_default(call_default_factory=True)
        }
        unused[type(part).__name__] = unused.get(type(part).__name__, plain) & plain

    assert {name: fields for name, fields in unused.items() if fields} == {}


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.v*.*")), ids=lambda path: path.name)
def test_every_golden_file_of_every_version_can_be_read(path):
    assert SHEETS[path.name.partition(".")[0]].read(path).sheet == path.name.partition(".")[0]


@pytest.mark.parametrize(("name", "words"), yaml.safe_load((GOLDEN / "words.yaml").read_text()).items())
def test_no_word_of_the_grammar_was_removed(name, words):
    assert set(words) <= set(get_args(getattr(look, name)))


def test_every_list_of_words_is_guarded():
    lists = {name for name, value in vars(look).items() if get_origin(value) is Literal}

    assert set(yaml.safe_load((GOLDEN / "words.yaml").read_text())) == lists


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "is a mapping"),
        ("- a\n", "is a mapping"),
        ("sheet: cutsheet\nversion: 1\n", "'bible' sheet is required"),
        ("sheet: bible\nversion: 99\nid: a\n", "version 99"),
        ("sheet: bible\nversion: one\nid: a\n", "whole number"),
        ("sheet: bible\nid: yuzu\ntitle: {en: Yuzu}\nmode: calm\n", "mode"),
        ("sheet: bible\nid: yuzu\ntitle: {en: Yuzu}\nmood: grumpy\n", "mood.*grumpy"),
        ("id: yuzu\nid: mikan\n", ":2:1: .*twice"),
        ("a: &x [1]\nb: *x\n", "alias .x is not allowed"),
        ("a: [1\n", ":2:1"),
        ("!!python/object/apply:os.system ['true']\n", "not YAML that can be used"),
        ("[" * 200_000, "nested more than|nesting depth"),
        ("{a: " * 50_000, "nested more than|nesting depth"),
    ],
)
def test_a_file_that_is_no_such_sheet_is_refused_with_place_and_reason(tmp_path, text, problem):
    path = tmp_path / "bible.yaml"
    path.write_text(text)

    with pytest.raises(SheetRefused, match=problem) as refused:
        Bible.read(path)
    assert "bible.yaml" in str(refused.value) or "version 99" in str(refused.value)


@pytest.mark.parametrize(
    ("content", "problem"),
    [(b"\xff\xfe\x00", "UTF-8"), (b"#" * (MAX_BYTES + 1), "larger than"), (None, "cannot be read")],
)
def test_a_file_that_cannot_be_a_sheet_is_refused(tmp_path, content, problem):
    path = tmp_path / "bible.yaml"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(SheetRefused, match=problem):
        Bible.read(path)


def test_a_byte_order_mark_does_no_harm(tmp_path):
    path = tmp_path / "bible.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + golden(Bible, "yaml").read_bytes())

    assert Bible.read(path) == Bible.read(golden(Bible, "yaml"))


def test_a_sheet_does_not_change():
    bible = Bible.read(golden(Bible, "yaml"))

    with pytest.raises(ValueError, match="frozen"):
        bible.tone = "loud"


def test_a_name_belongs_to_one_character_only():
    twins = [Character(id=id, names=("AOI",)).model_dump() for id in ("aoi", "yuzu")]

    with pytest.raises(SheetRefused, match="'AOI' belongs to two characters: aoi and yuzu"):
        Bible.from_raw({"id": "x", "title": {"en": "X"}, "characters": twins}, "here")


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"cast": []}, "C001A uses aoi, not in the cast"),
        ({"places": []}, "C001A plays at 'roof'"),
        ({"missing": ["C001A"]}, "C001A is used twice"),
    ],
)
def test_a_cut_sheet_refers_only_to_what_it_has(change, problem):
    raw = Cutsheet.read(golden(Cutsheet, "yaml")).raw()

    with pytest.raises(SheetRefused, match=problem):
        Cutsheet.from_raw({**raw, **change}, "here")


@pytest.mark.parametrize("number", ["C1", "C00001", "C001abc", "001", "C001ABC"])
def test_a_cut_number_keeps_its_form(number):
    with pytest.raises(ValueError, match="number"):
        Cut(number=number, scene="S01", place="roof", frames=1)


def test_a_cut_number_may_be_written_in_small_letters():
    assert Cut(number="c001a", scene="S01", place="roof", frames=1).number == "C001A"


def test_a_place_is_called_what_it_is_called_in_the_language():
    place = Place(id="roof", names=("SCHOOL ROOFTOP", "学校の屋上", "屋上"))

    assert (place.shown("ja"), place.shown("en")) == ("学校の屋上", "SCHOOL ROOFTOP")
    assert Place(id="roof", names=("ROOFTOP",)).shown("ja") == "ROOFTOP"


def test_a_prompt_by_hand_of_an_older_cut_sheet_is_sent_to_painter_and_animator_as_before():
    [cut] = Cutsheet.read(GOLDEN / "cutsheet.v2.yaml").cuts

    assert cut.prompt == cut.motion_prompt == "aoi_v3, solo, low sun"
