"""Scripts kept in Markdown, and title pages with comments in them."""

from pathlib import Path

import pytest

from assets import formats, fountain, script
from assets.sheets.screenplay import Screenplay

BODY = "INT. SHOP - DAY\n\nRin shakes her umbrella.\n\nRIN\nIt rained.\n"
FILMED = [
    ("heading", "INT. SHOP - DAY"),
    ("action", "Rin shakes her umbrella."),
    ("character", "RIN"),
    ("dialogue", "It rained."),
]


def read(text: str, suffix: str = ".md") -> tuple[Screenplay, list[str]]:
    lines, told = formats.as_fountain(text, "a.md", suffix)
    return formats.relined(fountain.parse(formats.text_of(lines)), lines), told


def filmed(screenplay: Screenplay) -> list[tuple[str, str]]:
    return [
        (item.kind, item.text) for item in screenplay.elements if item.kind not in ("blank", "page_break")
    ]


@pytest.mark.parametrize(
    "matter",
    [
        "---\ntitle: Rainy Shop\ntags: [screenplay, draft]\ncssclass: fountain\n---\n\n",
        "---\ntitle: Rainy Shop\ntags: x\n...\n",
        "\n---\r\ntitle: 'Rainy Shop'\r\ntags:\r\n  - a\r\n  - b\r\n---\r\n".replace("\r", ""),
        '+++\ntitle = "Rainy Shop"\ntags = ["a"]\n+++\n\n',
        "---\ntitle: Rainy Shop\ntags: @not yaml: [\n---\n",
    ],
)
@pytest.mark.parametrize("suffix", [".md", ".fountain"])
def test_front_matter_is_metadata(matter: str, suffix: str) -> None:
    """It was filmed, and words of it were spoken."""
    screenplay, told = read(matter + BODY, suffix)

    assert filmed(screenplay) == FILMED
    assert screenplay.title() == "Rainy Shop"
    assert len(told) == 1 and "tags" in told[0]


def test_front_matter_before_a_title_page_adds_what_that_lacks() -> None:
    screenplay, _ = read("---\ntitle: A\nauthor: [B, C]\n---\n\nTitle: The Loop\n\n" + BODY)

    assert [(entry.key, entry.values) for entry in screenplay.title_page] == [
        ("Author", ("B, C",)),
        ("Title", ("The Loop",)),
    ]
    assert filmed(screenplay) == FILMED


@pytest.mark.parametrize(
    "text", ["---\nINT. A - DAY\n---\n", "---\n\nRin waits.\n", "+++\nRin waits.\n+++\n"]
)
def test_a_rule_at_the_top_is_no_front_matter(text: str) -> None:
    assert "Rin waits." in str(read(text, ".fountain")[0].elements) or filmed(read(text)[0])


@pytest.mark.parametrize(
    "text",
    [
        f"# Rain\n\nSome notes.\n\n```fountain\n{BODY}```\n\nAfter.\n",
        f"# Rain\n\nSome notes.\n\n```\n{BODY}```\n\nAfter.\n",
        f"# Rain\n\nSome notes.\n\n~~~ screenplay\n{BODY}~~~\n\nAfter.\n",
        f"# Rain\n\nSome notes.\n\n````fountain\n{BODY}````\n\nAfter.\n",
    ],
)
def test_a_fenced_script_is_the_script(text: str) -> None:
    screenplay, told = read(text)

    assert filmed(screenplay) == FILMED
    assert screenplay.title() == "Rain"
    assert (
        told[0] == "a.md:1: text outside the script's block is not filmed (to line 3): # Rain / Some notes."
    )
    assert len(told) == 2 and told[1].endswith("is not filmed: After.")


def test_several_fenced_blocks_are_one_script_and_one_that_never_closes_ends_with_the_file() -> None:
    screenplay, _ = read("```fountain\nINT. A - DAY\n\nRain.\n```\n\n```fountain\nINT. B - DAY\n\nSun.\n")

    assert [text for _, text in filmed(screenplay)] == ["INT. A - DAY", "Rain.", "INT. B - DAY", "Sun."]


def test_code_that_is_no_script_is_not_filmed_and_told() -> None:
    screenplay, told = read(f"{BODY}\n```python\nprint(1)\n```\n")

    assert filmed(screenplay) == FILMED
    assert told == ["a.md:9: a code block is not filmed: print(1)"]


@pytest.mark.parametrize("mark", ["# ", "## ", "### ", "## **"])
@pytest.mark.parametrize("suffix", [".md", ".fountain"])
def test_a_heading_of_the_document_that_reads_as_a_scene_is_one(mark: str, suffix: str) -> None:
    """It was a section, which is never filmed."""
    close = "**" if mark.endswith("**") else ""

    assert filmed(read(f"{mark}INT. SHOP - DAY{close}\n\n" + BODY.split("\n\n", 1)[1], suffix)[0]) == FILMED


def test_a_section_above_real_scene_headings_stays_a_section() -> None:
    assert filmed(read(f"# INT. ACT\n\n{BODY}")[0])[0] == ("section", "INT. ACT")


def test_a_document_without_scene_headings_has_its_deepest_headings_as_scenes() -> None:
    text = (
        "# The Shop\n\n<!-- draft -->\n\n## Characters\n- Rin\n\n## Scene 1: Shop, day\n\nRin waits.\n\n---\n\n"
        "## Scene 2: Garden (night)\n\nRIN\nDark.\n"
    )
    screenplay, told = read(text)

    assert screenplay.title() == "The Shop"
    assert filmed(screenplay) == [
        ("heading", "Shop, day"),
        ("action", "Rin waits."),
        ("heading", "Garden (night)"),
        ("character", "RIN"),
        ("dialogue", "Dark."),
    ]
    assert told == [
        "a.md:3: a comment is not filmed: draft",
        "a.md:5: a section of the writer's own is not filmed (to line 6): ## Characters / - Rin",
    ]


@pytest.mark.parametrize(
    "page",
    [
        "Title: The Loop\n/* Draft: old */\nAuthor: X",
        "Title: The Loop\n/* Draft: old\n\nstill old */\nAuthor: X",
        "Title: The Loop [[really?]]\nAuthor: X",
        "[[Do not share]]\nTitle: The Loop\nAuthor: X",
        "/*\nTitle: Old\n\n*/\nTitle: The Loop\nAuthor: X",
        "\n\nTitle: The Loop\nAuthor: X",
        "Title: The Loop\nAuthor:\n    /* A */\n    X",
    ],
)
def test_a_comment_on_the_title_page_hides_no_title(page: str) -> None:
    """One comment made the whole title page action."""
    screenplay, _ = read(f"{page}\n\n{BODY}", ".fountain")

    assert [(entry.key, entry.values) for entry in screenplay.title_page] == [
        ("Title", ("The Loop",)),
        ("Author", ("X",)),
    ]
    assert filmed(screenplay) == FILMED
    lines = f"{page}\n\n{BODY}".split("\n")
    assert all(
        item.text in lines[item.first_line - 1] for item in screenplay.elements if item.kind != "blank"
    )


def test_a_comment_below_the_title_page_stays_for_the_reader() -> None:
    text = f"Title: X\n\n[[a note]]\n\n{BODY}"

    assert formats.text_of(formats.as_fountain(text, "a")[0]) == text


def test_a_file_with_a_signature_and_windows_line_ends_is_the_same_script(tmp_path: Path) -> None:
    text = f"---\ntitle: Rainy Shop\n---\n\n{BODY}"
    (tmp_path / "a.md").write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())

    screenplay = script.read(tmp_path / "a.md")

    assert (screenplay.title(), filmed(screenplay)) == ("Rainy Shop", FILMED)
