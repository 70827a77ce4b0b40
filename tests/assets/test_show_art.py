"""Claims about writing approved references into a bible: only they change, whatever form the text has."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets import show as shows
from assets.errors import InputRefused, PathRefused
from assets.loader import parse_yaml
from assets.sheets.bible import Approval, Bible, Reference
from assets.show_art import with_references

FILE = Path("bible.yaml")


def reference(name="sheet", by="Ryo: 'x' #1", **more):
    approved = Approval(
        view="sheet", painter="cel", recipe="a" * 64, seed=3, basis="b" * 64, by=by, at="2026"
    )
    return Reference(file=f"art/{name}.png", sha256="c" * 64, bytes=12, approved=approved, **more)


def bible(text):
    return Bible.from_raw(parse_yaml(text, "bible.yaml"), "bible.yaml", text)


def references_of(text, id):
    return next(who for who in bible(text).characters if who.id == id).art.references


PEOPLE = {
    "no art": "- id: hana\n  names: [HANA]   # a comment\n  look: {hair: bob}\n- id: ren\n  names: [REN]\n",
    "the last line has no end": "- id: hana\n  names: [HANA]",
    "art in a block": "- id: hana\n  names: [HANA]\n  art:\n    tags: 1girl  # kept\n  about: x\n",
    "references in a block": "- id: hana\n  names: [HANA]\n  art:\n    references:\n    - {file: o.png}\n    tags: a\n",
    "references in brackets": "- id: hana\n  art:\n    references: [{file: own.png}]\n    prose: b\n  names: [HANA]\n",
    "art in braces": "- id: hana\n  art: {tags: 1girl}\n  names: [HANA]\n",
    "empty art": "- id: hana\n  art: {}\n  names: [HANA]\n",
    "a long text at the end": "- id: hana\n  names: [HANA]\n  about: >-\n    one\n    two\n\n# after\n"
    "- id: ren\n  names: [REN]\n",
}


@pytest.mark.parametrize("people", PEOPLE.values(), ids=PEOPLE)
def test_references_are_written_into_every_form_of_yaml_and_comments_stay(people):
    text = f"sheet: bible\nversion: 2\nid: x\ntitle: {{en: X}}\ncharacters:\n{people}"

    changed = with_references(text, FILE, "hana", [reference()])

    assert references_of(changed, "hana") == (reference(),)
    assert [part for part in text.split("#")[1:] if part.split("\n")[0] not in changed] == []
    again = with_references(changed, FILE, "hana", [reference("other"), Reference(file="own.png")])
    assert [one.file for one in references_of(again, "hana")] == ["art/other.png", "own.png"]
    assert with_references(again, FILE, "hana", references_of(again, "hana")).count("\n") == again.count("\n")


@pytest.mark.parametrize("id", ["nagi", "ren", "ekicho"])
def test_the_sample_bible_keeps_every_line_that_was_there(id):
    text = (shows.LIBRARY / "clear-skies" / "bible.yaml").read_text()

    changed = with_references(text, FILE, id, [reference()])

    left = iter(changed.splitlines())
    assert all(line in left for line in text.splitlines())


@settings(max_examples=10, deadline=None)
@given(st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=40))
def test_a_name_is_written_so_that_it_is_read_back(by):
    text = "id: x\ntitle: {en: X}\ncharacters:\n- id: hana\n  names: [HANA]\n"

    assert references_of(with_references(text, FILE, "hana", [reference(by=by)]), "hana")[0].approved.by == by


def test_a_character_on_one_line_is_refused_with_what_to_do():
    text = "id: x\ntitle: {en: X}\ncharacters:\n- {id: hana, names: [HANA]}\n"

    with pytest.raises(InputRefused, match="over several lines"):
        with_references(text, FILE, "hana", [reference()])


def test_an_unknown_character_is_refused_with_those_there_are():
    with pytest.raises(InputRefused, match=r"no character 'x'\. Its characters: hana"):
        with_references("id: x\ntitle: {en: X}\ncharacters:\n- id: hana\n  names: [H]\n", FILE, "x", [])


def test_a_json_bible_gets_them_too():
    made = bible("id: x\ntitle: {en: X}\ncharacters:\n- id: hana\n  names: [HANA]\n")

    changed = with_references(made.to_json(), Path("bible.json"), "hana", [reference()])

    assert Bible.from_json(changed, "x").characters[0].art.references == (reference(),)


def test_a_show_of_the_library_is_copied_whole_and_never_over_another(tmp_path):
    made = shows.copied("clear-skies", tmp_path / "own")

    assert shows.load(tmp_path / "own") == shows.load("clear-skies")
    assert {path.name for path in made.parent.iterdir()} == {
        path.name for path in (shows.LIBRARY / "clear-skies").iterdir()
    }
    with pytest.raises(PathRefused, match="not empty"):
        shows.copied("clear-skies", tmp_path / "own")
    with pytest.raises(InputRefused, match="clear-skies"):
        shows.copied("nowhere", tmp_path / "other")
