"""Final Draft XML: every word goes in and comes out, and no XML trick gets in."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets import fdx, fdx_writer
from assets.errors import ScriptRefused
from assets.fountain import parse, render, spoken
from assets.sheets.screenplay import Screenplay


def final_draft(body: str, title: str = "") -> str:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><FinalDraft DocumentType="Script" Version="5">'
        f"<Content>{body}</Content><TitlePage><Content>{title}</Content></TitlePage></FinalDraft>"
    )


def paragraph(kind: str, text: str) -> str:
    return f'<Paragraph Type="{kind}"><Text>{text}</Text></Paragraph>'


def told(screenplay: Screenplay) -> list[tuple[str, str, str]]:
    """What a reader of the script gets: kinds, words and extensions, blank lines aside."""
    return [
        (element.kind, spoken(element.text), element.extension)
        for element in screenplay.elements
        if element.kind not in ("blank", "page_break") and element.text
    ]


def test_final_draft_reads_as_the_fountain_it_would_be() -> None:
    xml = final_draft(
        '<Paragraph Type="Scene Heading" Number="4A"><Text>INT. ROOM - DAY</Text></Paragraph>'
        + paragraph("Action", "Rain &amp; wind.")
        + paragraph("Character", "Ann")
        + paragraph("Parenthetical", "softly")
        + paragraph("Dialogue", "Hello.")
        + paragraph("Transition", "Smash to black")
    )

    assert render(fdx.parse(xml)) == (
        "INT. ROOM - DAY #4A#\n\nRain & wind.\n\n@Ann\n(softly)\nHello.\n\n> Smash to black\n"
    )


def test_styles_become_marks_of_emphasis() -> None:
    xml = final_draft(
        '<Paragraph Type="Action"><Text>She </Text><Text Style="Bold+Underline">runs</Text>'
        '<Text>, then </Text><Text Style="Italic">stops </Text><Text>2 * 3.</Text></Paragraph>'
    )

    assert render(fdx.parse(xml)) == "She _**runs**_, then *stops* 2 \\* 3.\n"


@pytest.mark.parametrize(
    "text",
    [
        "INT. looks like a place",
        "# nine",
        "> over there",
        "[[not a note]]",
        "/* not hidden",
        "*stars*",
        "@home",
        "CUT TO:",
    ],
)
def test_literal_text_is_never_taken_for_a_mark(text: str) -> None:
    (element,) = fdx.parse(final_draft(paragraph("Action", text))).elements

    assert (element.kind, spoken(element.text)) == ("action", text)


def test_dialogue_that_looks_like_a_parenthetical_stays_dialogue() -> None:
    xml = final_draft(paragraph("Character", "ANN") + paragraph("Dialogue", "(laughs)"))

    assert [element.kind for element in fdx.parse(xml).elements] == ["character", "dialogue"]


def test_a_scene_summary_becomes_a_synopsis() -> None:
    xml = final_draft(
        '<Paragraph Type="Scene Heading"><SceneProperties><Summary><Paragraph><Text>They meet.</Text>'
        "</Paragraph></Summary></SceneProperties><Text>INT. ROOM - DAY</Text></Paragraph>"
    )

    assert told(fdx.parse(xml)) == [("heading", "INT. ROOM - DAY", ""), ("synopsis", "They meet.", "")]


def test_a_typeset_title_page_is_understood() -> None:
    lines = ("THE LAMP", "", "written by", "Mio Sato", "mio@example.org")
    title = "".join(f"<Paragraph><Text>{line}</Text></Paragraph>" for line in lines)
    entries = fdx.parse(final_draft(paragraph("Action", "Dark."), title)).title_page

    assert [(entry.key, entry.values) for entry in entries] == [
        ("Title", ("THE LAMP",)),
        ("Credit", ("written by",)),
        ("Author", ("Mio Sato",)),
        ("Contact", ("mio@example.org",)),
    ]


def test_our_own_title_page_survives_the_way_there_and_back() -> None:
    page = "Title:\n    One\n    Two\nCredit: written by\nAuthor: Mio\nDraft date: 1\n\nDark.\n"

    assert render(fdx.parse(fdx_writer.render(parse(page)))) == page


@pytest.mark.parametrize(
    ("xml", "message"),
    [
        (
            '<!DOCTYPE a [<!ENTITY b "c">]><FinalDraft><Content>&b;</Content></FinalDraft>',
            "document type or entities",
        ),
        ('<!DOCTYPE a SYSTEM "file:///etc/hostname"><FinalDraft/>', "document type or entities"),
        ("<FinalDraft>\n<Content>", "a.fdx:2: this is not well-formed XML"),
        ("INT. ROOM - DAY", "a.fdx:1: this is not well-formed XML"),
        ("<html><Content/></html>", "<html>, not a Final Draft script"),
        ("<FinalDraft/>", "not a Final Draft script"),
        ("<a>" * 700_000, "2,100,000 bytes"),
        ('<?xml version="1.0" encoding="no-such"?><FinalDraft/>', "not well-formed XML"),
    ],
)
def test_xml_that_is_no_script_is_refused(xml: str, message: str) -> None:
    with pytest.raises(ScriptRefused, match=message):
        fdx.parse(xml.encode(), "a.fdx")


LONG = 200_000
LONG_SHAPES = {
    "tags inside each other": "<a>" * (LONG // 7) + "</a>" * (LONG // 7),
    "tags inside a text": f"<Paragraph><Text>{'<b>' * (LONG // 7)}x{'</b>' * (LONG // 7)}</Text></Paragraph>",
    "duals inside each other": "<Paragraph><DualDialogue>" * 4000 + "</DualDialogue></Paragraph>" * 4000,
    "notes inside each other": "<Paragraph>" + "<ScriptNote>" * 8000 + "</ScriptNote>" * 8000 + "</Paragraph>",
    "a type": f'<Paragraph Type="{"x" * LONG}"><Text>Hi</Text></Paragraph>',
    "a scene number": f'<Paragraph Type="Scene Heading" Number="{"1 " * LONG}"><Text>INT. A</Text></Paragraph>',
    "styles": f'<Paragraph><Text Style="{"Bold+" * (LONG // 5)}">Hi</Text></Paragraph>',
    "attributes": "<Paragraph " + " ".join(f'a{n}="1"' for n in range(LONG // 10)) + "><Text>Hi</Text></Paragraph>",
    "namespaces": "".join(f'<a xmlns="u{n}">' for n in range(LONG // 20)) + "</a>" * (LONG // 20),
    "a paragraph": paragraph("Action", "blah blah. " * (LONG // 11)),
    "a speech": paragraph("Character", "MIO") + paragraph("Dialogue", "blah " * (LONG // 5)),
    "a speaker": paragraph("Character", "MIO " + "(V.O.) " * (LONG // 7)) + paragraph("Dialogue", "Hi."),
    "stars": paragraph("Action", "* a *b_ " * (LONG // 8)),
    "open notes": paragraph("Action", "[[" * (LONG // 2)),
    "open boneyards": paragraph("Action", "/*" * (LONG // 2)),
    "backslashes": paragraph("Action", "\\" * LONG),
    "many texts": "<Paragraph>" + '<Text Style="Bold">a</Text><Text> </Text>' * (LONG // 40) + "</Paragraph>",
}  # fmt: skip


@pytest.mark.parametrize("shape", LONG_SHAPES)
def test_a_long_shape_of_any_kind_is_read_in_time_with_its_length(shape: str) -> None:
    text, start = final_draft(LONG_SHAPES[shape]), time.process_time()

    fdx_writer.render(fdx.parse(text))

    assert time.process_time() - start < 10  # below 2 s on a slow machine


def test_an_entity_that_grows_is_refused_before_it_does() -> None:
    grown = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    start = time.process_time()

    with pytest.raises(ScriptRefused, match="document type or entities"):
        fdx.parse(f'<!DOCTYPE a [<!ENTITY e0 "x">{grown}]>{final_draft("&e11;")[38:]}')

    assert time.process_time() - start < 1


PARAGRAPHS = [
    "INT. ROOM - DAY #3#", ".校庭 - 夕方", "A *soft* light_ and _**more**_.", "    indented\n#hash", "!INT. no",
    "ANN (V.O.)\n(low)\nYes.\n  \nNo.", "@葵（声）\nおはよう。\n~ららら", "ANN\nNow.\n\nBEN ^\nNow.",
    "BEN\n[[sad]]\nOh.",
    "> FADE", "CUT TO:", "> END <", "# Act", "= sum", "[[note\n  \nmore]]", "/* INT. X\n\nANN */", "===",
    "a [[b\n  \nc]] d\n.e", "\\/* x */ \\*y\\*", "snake_case 3 * 4", "Title: none", "!\nCUT TO:",
]  # fmt: skip


@settings(max_examples=200, deadline=2000)
@given(st.lists(st.sampled_from(PARAGRAPHS), max_size=10).map("\n\n".join))
def test_every_word_survives_the_way_to_final_draft_and_back(text: str) -> None:
    screenplay = parse(text)

    once = fdx.parse(fdx_writer.render(screenplay))

    assert told(once) == told(screenplay)
    assert fdx.parse(fdx_writer.render(once)) == once
