"""Final Draft's other paragraphs: what is filmed, what is told as not filmed, and where."""

import pytest

from assets import fdx, fdx_writer
from assets.fdx_types import KINDS, is_omitted, kept_as, kind_of
from assets.formats import relined, text_of
from assets.fountain import parse, render, spoken
from assets.sheets.screenplay import Screenplay


def read(body: str, title: str = "") -> tuple[Screenplay, list[str]]:
    xml = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<FinalDraft DocumentType="Script" Version="5">\n<Content>\n'
        f"{body}\n</Content><TitlePage><Content>{title}</Content></TitlePage></FinalDraft>"
    )
    lines, told = fdx.lines(xml, "a.fdx")
    return relined(parse(text_of(lines)), lines), told


def paragraph(kind: str, text: str, inside: str = "") -> str:
    return f'<Paragraph Type="{kind}">{inside}<Text>{text}</Text></Paragraph>\n'


HEADING = paragraph("Scene Heading", "INT. LIBRARY - DAY")
SPEECH = paragraph("Character", "RIN") + paragraph("Dialogue", "It is empty.")


def filmed(screenplay: Screenplay) -> list[tuple[str, str]]:
    own = ("blank", "note", "section", "synopsis", "boneyard", "page_break")
    return [(item.kind, spoken(item.text)) for item in screenplay.elements if item.kind not in own]


PLAIN = filmed(read(HEADING + SPEECH)[0])


@pytest.mark.parametrize(
    "kind",
    [
        "Outline 1", "Outline 2 (Sequences)", "Outline 3 (Scenes)", "Outline Body", "Summary", "Synopsis", "Note",
        "Script Note", "New Act", "End of Act", "Act Break", "Teaser/Act One", "Sequence", "Cast List", "CAST LIST",
        "Show/Ep. Title", "Show/Ep. title", "Header", "Scene Summary", "Beat", "Cold Opening", "Comment",
    ],
)  # fmt: skip
def test_what_is_about_the_script_is_not_filmed_and_told_with_its_line(kind: str) -> None:
    """Outlines, notes, acts and cast lists were filmed as action."""
    screenplay, told = read(HEADING + paragraph(kind, "Rin must not know.") + SPEECH)

    assert filmed(screenplay) == PLAIN
    assert told == [f"a.fdx:5: {kind} is not filmed: Rin must not know."]


@pytest.mark.parametrize(
    "kind",
    ["Shot", "General", "Action", "Stage Directions", "Sound", "SFX", "Secondary Scene Heading", "", "SHOT"],
)
def test_what_is_seen_or_heard_is_filmed(kind: str) -> None:
    screenplay, told = read(HEADING + paragraph(kind, "ANGLE ON THE BOOK") + SPEECH)

    assert filmed(screenplay)[1] == ("action", "ANGLE ON THE BOOK")
    assert not told


@pytest.mark.parametrize("kind", ["Singing", "Lyrics", "Song"])
def test_what_is_sung_belongs_to_whoever_sings(kind: str) -> None:
    screenplay, _ = read(HEADING + paragraph("Character", "RIN") + paragraph(kind, "La la."))

    assert filmed(screenplay)[1:] == [("character", "RIN"), ("lyric", "La la.")]


def test_a_type_that_nobody_knows_is_filmed_and_told() -> None:
    screenplay, told = read(HEADING + paragraph("Camera Poetry", "A leaf."))

    assert filmed(screenplay)[1] == ("action", "A leaf.")
    assert told == ["a.fdx:5: the paragraph type 'Camera Poetry' is not known; it is read as action."]


def test_paragraphs_of_one_type_are_told_in_one_notice() -> None:
    told = read(HEADING + paragraph("Note", "One.") + SPEECH + paragraph("Note", "Two."))[1]

    assert told == ["a.fdx:5: Note is not filmed (to line 8): One. / Two."]


@pytest.mark.parametrize(
    "text",
    [
        "OMITTED",
        "OMIT",
        "3-4 OMIT",
        "12 OMITTED 12",
        "SCENES 3-5 OMITTED",
        "SCENES 5 AND 6 OMITTED",
        "Omitted.",
        "12A-C OMITTED",
    ],
)
def test_an_omitted_scene_is_skipped_with_what_stands_in_it(text: str) -> None:
    """OMITTED was a place; the action below it was filmed there."""
    body = HEADING + SPEECH + paragraph("Scene Heading", text) + paragraph("Action", "Rin finds a snake.")
    screenplay, told = read(body)

    assert is_omitted(text)
    assert filmed(screenplay) == PLAIN
    assert len(told) == 1 and told[0].startswith("a.fdx:7: an omitted scene is not filmed")


def test_a_scene_that_final_draft_hid_is_skipped_whatever_its_heading_says() -> None:
    hidden = "<OmittedScene>" + HEADING + paragraph("Action", "Rin finds a snake.") + "</OmittedScene>"
    screenplay, told = read(HEADING + SPEECH + paragraph("Scene Heading", "INT. CELLAR", hidden) + HEADING)

    assert filmed(screenplay) == [*PLAIN, PLAIN[0]]
    assert "Rin finds a snake." in told[0]


@pytest.mark.parametrize("text", ["INT. OMITTED FILES ROOM - DAY", "EXT. GARDEN"])
def test_a_place_is_not_omitted(text: str) -> None:
    assert not is_omitted(text)


@pytest.mark.parametrize("kind", ["Scene Heading", "Character", "Transition", "Action", "Dialogue"])
def test_a_note_pinned_to_a_paragraph_leaves_it_what_it_is(kind: str) -> None:
    """A note at the start of a heading made it action."""
    note = '<ScriptNote ID="1"><Paragraph><Text>Is it warm?</Text></Paragraph></ScriptNote>'
    text = {"Scene Heading": "EXT. GARDEN - DAY", "Character": "MIKA (V.O.)", "Transition": "CUT TO:"}.get(
        kind, "So."
    )
    before = paragraph("Character", "RIN") if kind == "Dialogue" else HEADING
    after = paragraph("Dialogue", "Hi.") if kind == "Character" else ""
    with_note, told = read(before + paragraph(kind, text, note) + after)
    without, _ = read(before + paragraph(kind, text) + after)

    assert filmed(with_note) == filmed(without)
    assert not told


def test_a_paragraph_of_nothing_but_a_note_is_a_note() -> None:
    note = '<ScriptNote ID="1"><Paragraph><Text>Ask.</Text></Paragraph></ScriptNote>'
    screenplay, _ = read(HEADING + f'<Paragraph Type="Scene Heading">{note}</Paragraph>' + SPEECH)

    assert filmed(screenplay) == PLAIN


def test_styles_and_revisions_of_runs_change_no_word() -> None:
    runs = (
        '<Text>It is </Text><Text RevisionID="2"></Text><Text RevisionID="2" Style="Bold+AllCaps">very</Text>'
        '<Text/><Text TagNumber="4"> warm</Text><Text Style="Strikeout"> and cold</Text><Text>.</Text>'
    )
    body = paragraph("Character", "RIN") + f'<Paragraph Type="Dialogue">{runs}</Paragraph>'
    screenplay, told = read(body)

    assert filmed(screenplay)[1] == ("dialogue", "It is VERY warm.")
    assert told == ["a.fdx:5: what is struck out is not filmed: and cold"]


def test_a_name_in_capitals_by_style_alone_is_the_same_person() -> None:
    body = '<Paragraph Type="Character"><Text Style="AllCaps">Rin</Text></Paragraph>' + paragraph(
        "Dialogue", "Hi."
    )

    assert filmed(read(body)[0])[0] == ("character", "RIN")


def test_the_title_in_the_script_stands_in_for_a_missing_title_page() -> None:
    body = (
        paragraph("Show/Ep. Title", "&quot;The Loop&quot;") + paragraph("Show/Ep. Title", "The Cat") + HEADING
    )

    assert [(e.key, e.values) for e in read(body)[0].title_page] == [
        ("Title", ("The Loop",)),
        ("Episode", ("The Cat",)),
    ]
    assert read(body, paragraph("", "Rain"))[0].title() == "Rain"


def test_line_numbers_are_those_of_the_file() -> None:
    screenplay, _ = read(HEADING + paragraph("Outline 1", "x") + SPEECH)

    assert [(item.kind, item.first_line) for item in screenplay.elements if item.kind != "blank"] == [
        ("heading", 4),
        ("section", 5),
        ("character", 6),
        ("dialogue", 7),
    ]


def test_dual_dialogue_with_a_note_in_it_stays_dual() -> None:
    inner = (
        SPEECH + paragraph("Note", "Loud?") + paragraph("Character", "MIKA") + paragraph("Dialogue", "Yes.")
    )
    screenplay, told = read(f"{HEADING}<Paragraph><DualDialogue>{inner}</DualDialogue></Paragraph>")

    assert [item.dual for item in screenplay.elements if item.kind == "character"] == [False, True]
    assert len(told) == 1


def test_what_is_kept_without_being_filmed_survives_writing_and_reading() -> None:
    screenplay, _ = read(
        HEADING + paragraph("New Act", "ACT ONE") + paragraph("Summary", "They meet.") + SPEECH
    )
    again = parse(fdx.to_fountain(fdx_writer.render(screenplay)))

    assert render(again) == render(screenplay)


def test_no_type_is_both_filmed_and_not() -> None:
    assert not [kind for kind in KINDS if kept_as(kind) and kind_of(kind)]
