"""Every example of a retake in the documents and the help is understood by the reader of notes."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assets.sheets.bible import Place
from assets.sheets.cutsheet import Cut, Cutsheet, Staged
from flows import cli
from flows.cli.review_flags import remark
from stages.retake_notes import understood

ROOT = Path(__file__).parents[3]
ORDER = re.compile(r'sakuga retake[^\n`]*?--reason "([^"]+)"|sakuga review[^\n`]*?--note "([^"]+)"')
MARK = re.compile(r'\bC[0-9]{3}(?:@[0-9]+-[0-9]+)?:[a-z_,]+:"[^"]+"')
CUT = Cut(
    number="C004", scene="S01", place="roof", frames=48, size="medium", staged=(Staged(character="hana"),)
)


def sheet_of(cut: Cut) -> Cutsheet:
    return Cutsheet.model_validate(
        {
            "episode": "x",
            "places": [Place(id="roof", names=("Roof",), kind="rooftop")],
            "cast": [{"id": "hana", "names": ["Hana"]}],
            "cuts": [cut],
        }
    )


def texts() -> dict[str, str]:
    helped = {
        command: CliRunner().invoke(cli.app, [command, "--help"], env={"COLUMNS": "400"}).output
        for command in ("retake", "review")
    }
    documents = {name: (ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "deploy/GUIDE.md")}
    return {**helped, **documents}


def examples() -> list[tuple[str, str]]:
    found = []
    for where, text in texts().items():
        for order in ORDER.finditer(text):
            found.append((where, order[1] or order[2]))
        for mark in MARK.finditer(text):
            found.append((where, remark(mark[0].replace('"', "")).describe()))
    return found


@pytest.mark.parametrize(("where", "words"), examples())
def test_an_example_of_a_retake_changes_the_cut(where: str, words: str):
    """The help's own example, "she should look up sooner", was answered with "nothing was understood"."""
    assert understood(words, CUT, sheet_of(CUT)).edits, where


def test_the_documents_and_the_help_have_examples():
    assert {where for where, _ in examples()} >= {"README.md", "retake", "review"}
