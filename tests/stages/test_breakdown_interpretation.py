"""What is no person is not cast as one: it is read as it was meant, or a notice names its line."""

import pytest

from assets import fountain
from assets.sheets.bible import Bible, Character
from stages.breakdown import Breakdown, BreakdownOptions, break_down_with_notices

ROOM = "INT. LAB - DAY\n\n"
NORA = "\n\nNORA\nHello.\n"


def read(text: str, bible: Bible | None = None) -> Breakdown:
    screenplay = fountain.parse(text, "script")
    return break_down_with_notices(screenplay, bible, episode="ep", language=None, options=BreakdownOptions())


def names(found: Breakdown) -> list[str]:
    return [who.names[0] for who in found.cutsheet.cast]


def said(found: Breakdown) -> list[str]:
    return [line.text for cut in found.cutsheet.cuts for line in cut.lines]


def shown(found: Breakdown) -> list[str]:
    return [cut.text for cut in found.cutsheet.cuts if cut.text]


def told(found: Breakdown) -> list[str]:
    """Notices without those on what a test's small script lacks."""
    return [notice for notice in found.notices if ": nobody " not in notice]


TRANSITIONS = [
    "FADE IN:", "FADE OUT:", "FADE OUT.", "FADE TO BLACK.", "Fade out.", "SLOW FADE OUT", "WIPE:", "WIPE TO:",
    "CUT TO BLACK.", "CUT TO:", "Cut to:", "SMASH CUT TO:", "SMASH CUT", "MATCH CUT", "MATCH CUT TO:", "JUMP CUT:",
    "HARD CUT TO BLACK", "BACK TO:", "DISSOLVE", "DISSOLVE TO:", "CROSSFADE:", "LAP DISSOLVE:", "IRIS OUT", "IRIS IN:",
    "WHIP PAN TO:", "FLASH CUT:", "TIME CUT:", "BLACKOUT.", "OVER BLACK", "INTERCUT WITH:", "* * *",
    "フェードアウト", "（F.O.）", "暗転", "×　×　×", "カットバック",
]  # fmt: skip


@pytest.mark.parametrize("line", TRANSITIONS)
def test_a_transition_is_no_person_and_no_deed(line):
    """FADE IN: with a heading under it was a person who said the heading."""
    found = read(f"{ROOM}NORA\nYes.\n\n{line}\nEXT. HARBOUR - DAWN\n\nBoats leave.{NORA}")

    assert names(found) == ["NORA"] and said(found) == ["Yes.", "Hello."]
    assert {cut.place for cut in found.cutsheet.cuts} == {"lab", "harbour"}
    assert not any(line.strip(".:") in cut.action for cut in found.cutsheet.cuts)


@pytest.mark.parametrize("line", ["FADE IN:", "Dissolve to:", "SMASH CUT TO:", "WIPE:"])
def test_a_speaker_may_stand_right_under_a_transition(line):
    assert said(read(f"{ROOM}It rains.\n\n{line}\nNORA\nHello.\n")) == ["Hello."]


def test_a_transition_sets_how_the_next_cut_begins():
    found = read(
        "FADE IN:\nEXT. HARBOUR - DAWN\nWIPE:\nBoats leave.\n\nCUT TO BLACK.\nA bell rings.\n\nFADE OUT:\nTHE END\n"
    )

    assert [cut.join for cut in found.cutsheet.cuts] == ["fade_out", "fade_out", "cut"]
    assert shown(found) == ["THE END"]


@pytest.mark.parametrize(
    ("line", "before", "after"),
    [
        ("SMASH CUT TO BLACK.", "fade_out", "cut"), ("BLACKOUT.", "fade_out", "cut"), ("FADE OUT:", "fade_out", "cut"),
        ("DISSOLVE", "cut", "dissolve"), ("CROSSFADE TO:", "cut", "dissolve"), ("LATER", "cut", "dissolve"),
        ("* * *", "cut", "dissolve"), ("IRIS OUT", "cut", "wipe"), ("SWISH PAN TO:", "cut", "wipe"),
        ("MATCH CUT", "cut", "cut"), ("BACK TO:", "cut", "cut"),
    ],
)  # fmt: skip
def test_a_transition_in_another_spelling_joins_as_the_usual_one(line, before, after):
    cuts = read(f"{ROOM}It rains.\n\n{line}\nThe lamp falls over.\n").cutsheet.cuts

    assert [cut.join for cut in cuts] == [before, after]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("SUPERIMPOSE: **DAY ONE, THE TOWER**\nIT BREAKS", "DAY ONE, THE TOWER\nIT BREAKS"),
        ("TITLE CARD: Ten years later", "Ten years later"),
        ('TITLE CARD:\n\n"Ten years later"', "Ten years later"),
        ('TITLE CARD\n"Ten years later"', "Ten years later"),
        ("SUPER - TOKYO, 1999", "TOKYO, 1999"),
        ('Super: "Tokyo, 1999"', "Tokyo, 1999"),
        ("CHYRON\nTOKYO, 1999", "TOKYO, 1999"),
        ("ON SCREEN: HELLO", "HELLO"),
        ("CAPTION: HELLO", "HELLO"),
        ("MARCH 3, 1945\nSnow falls.", "MARCH 3, 1945"),
        ("テロップ「三年後」", "三年後"),
        ("Ｔ「三年後」", "三年後"),
        ("TO BE CONTINUED\nNext week: the river.", "TO BE CONTINUED\nNext week: the river."),
        ("THE END", "THE END"),
        ("つづく", "つづく"),
        ("CHAPTER TWO\nThe River", "CHAPTER TWO\nThe River"),
    ],
)  # fmt: skip
def test_words_on_the_screen_are_shown_and_not_said(text, words):
    found = read(f"{ROOM}NORA\nHello.\n\n{text}\n")

    assert names(found) == ["NORA"] and said(found) == ["Hello."] and shown(found) == [words]


@pytest.mark.parametrize(
    "line",
    ["ACT ONE", "ACT 2", "ACT III", "END OF ACT TWO", "END ACT ONE", "TEASER", "END OF TEASER", "COLD OPEN",
     "TAG", "EPILOGUE", "COMMERCIAL BREAK", "OPENING CREDITS", "第一幕", "Aパート", "アバンタイトル"],
)  # fmt: skip
def test_a_part_of_the_script_is_left_out_with_a_notice(line):
    found = read(f"{ROOM}It rains.\n\n{line}\nINT. HALL - DAY\n\nThey run.{NORA}")

    assert names(found) == ["NORA"] and said(found) == ["Hello."]
    assert told(found) == [
        f'script:5: "{line}" is read as the name of a part of the script; it is not filmed.'
    ]


@pytest.mark.parametrize(
    "line",
    ["MONTAGE", "BEGIN MONTAGE:", "SERIES OF SHOTS:", "TRAINING MONTAGE", "FLASHBACK", "DREAM SEQUENCE",
     "BACK TO SCENE", "END FLASHBACK", "回想"],
)  # fmt: skip
def test_what_stands_under_a_montage_is_done(line):
    found = read(f"{ROOM}NORA\nHello.\n\n{line}\nNora runs.\n")

    assert names(found) == ["NORA"] and said(found) == ["Hello."]
    assert found.cutsheet.cuts[-1].action == "Nora runs." and "script:6" in told(found)[0]


@pytest.mark.parametrize(
    "line", ["ANGLE ON NORA", "CLOSE ON: A KEY", "INSERT - LETTER", "SFX: BELL", "NORA'S POV"]
)
def test_a_shot_or_a_sound_is_done_and_not_said(line):
    found = read(f"{ROOM}NORA\nHello.\n\n{line}\nIt trembles.\n")

    assert names(found) == ["NORA"] and said(found) == ["Hello."]


@pytest.mark.parametrize(
    "line", ["BANG!", "WHAT NOW?", "THE CAR EXPLODES AND EVERYBODY RUNS AWAY", "SILENCE..."]
)
def test_a_shout_or_a_sentence_in_capitals_is_a_deed_and_a_notice_says_so(line):
    found = read(f"{ROOM}NORA\nHello.\n\n{line}\nThe door flies open.\n")

    assert names(found) == ["NORA"] and said(found) == ["Hello."]
    assert told(found) == [
        f'script:6: "{line}" is read as action, not as a name. Write @ before it if somebody is called so.'
    ]


@pytest.mark.parametrize(
    "name", ["IRIS", "SONG", "DREAM", "MR. BLACK", "PARTNER", "ACTOR", "M", "SUPERMAN", "MORE"]
)
def test_a_name_that_is_also_a_word_of_the_trade_stays_a_name(name):
    assert names(read(f"{ROOM}{name}\nHello.\n")) == [name]


def test_whom_the_bible_knows_is_a_person_whatever_the_name():
    bible = Bible(id="show", title={"en": "Show"}, characters=(Character(id="montage", names=("MONTAGE",)),))

    assert [who.id for who in read(f"{ROOM}MONTAGE\nHello.\n", bible).cutsheet.cast] == ["montage"]


def test_a_name_that_is_forced_is_a_person():
    assert names(read(f"{ROOM}@THE END\nHello.\n")) == ["THE END"]


def test_a_list_of_the_cast_is_not_filmed_but_says_how_they_look():
    found = read(
        "Title: The Loop\n\nCAST OF CHARACTERS\nRIN, 15, a quiet girl with red hair.\nJOSH, 40, her tall father.\n\n"
        'EPISODE ONE\n"The Loop"\n\nINT. KITCHEN - DAY\n\nRIN\nDad?\n\nJOSH\nHere.\n'
    )
    rin, josh = found.cutsheet.cast

    assert names(found) == ["RIN", "JOSH"] and said(found) == ["Dad?", "Here."] and not shown(found)
    assert (rin.look.age, rin.look.hair_color, josh.look.age, josh.voices["en"].voice) == (
        "teen",
        "red",
        "adult",
        "man",
    )
    assert [notice.split(": ")[0] for notice in told(found)] == ["script:3", "script:7"]


@pytest.mark.parametrize(
    "head",
    [
        "DRAMATIS PERSONAE\n\nRIN (15) - a girl\n\nJOSH - a man, 40",
        "Cast:\nRin: a girl\nJosh: a man",
        "登場人物\n遥（16）…高校生",
    ],
)
def test_a_list_of_the_cast_in_another_form_is_not_filmed(head):
    found = read(f"{head}\n\nINT. KITCHEN - DAY\n\nRIN\nDad?\n")

    assert names(found) == ["RIN"] and said(found) == ["Dad?"]


def test_what_a_printed_page_has_besides_the_script_is_left_out():
    """Text out of a PDF: RIN said '(MORE)', and the page's number was filmed."""
    found = read(
        "12   INT. HANGAR - NIGHT                                  12\n\nThe crew waits.\n\n"
        "                    RIN\n          We have to leave\n                    (MORE)\n\n"
        "                                            (CONTINUED)\n\n"
        "                                                        34.\nCONTINUED:\n\n"
        "                    RIN (CONT'D)\n          before the snow comes.\n\n"
        "13   OMITTED                                              13\n\n"
        "14   EXT. HANGAR - DAY                                    14\n\nSnow falls.\n"
    )

    assert said(found) == ["We have to leave\nbefore the snow comes."]
    assert [cut.action for cut in found.cutsheet.cuts if cut.action] == ["The crew waits.", "Snow falls."]
    assert {cut.time for cut in found.cutsheet.cuts} == {"night", "day"}
    assert told(found)[0].endswith("The same on lines 9, 11, 12, 17.")


@pytest.mark.parametrize(
    "lines",
    ["CONTINUED: (2)", "- 34 -", "Page 34", "34.", "(CONTINUED)", "BLUE REVISIONS 3/4/20", "Rev. 01/02/2020", "OMITTED",
     "SCENE OMITTED", "THE LOOP - Rev. 1/1/20                34."],
)  # fmt: skip
def test_page_furniture_is_neither_seen_nor_heard(lines):
    found = read(f"{ROOM}It rains.\n\n{lines}\n\nNORA\nHello.\n")

    assert names(found) == ["NORA"] and [cut.action for cut in found.cutsheet.cuts if cut.action] == [
        "It rains."
    ]
    assert told(found)[0].startswith("script:5: ")


def test_marks_of_revision_are_neither_said_nor_part_of_a_place():
    found = read("INT. LAB - DAY     *\n\nNORA     *\nHello.      *\n\nIt rains. *\n")

    assert names(found) == ["NORA"] and said(found) == ["Hello."] and found.cutsheet.cuts[0].place == "lab"
    assert "The same on lines 3, 4." in told(found)[0]


def test_a_number_that_somebody_says_is_no_page():
    assert said(read(f"{ROOM}NORA\n34.\n")) == ["34."]


@pytest.mark.parametrize(
    "line",
    ["FIRST DRAFT", "12/03/2024", "jane@example.com", "555-123-4567", "© 2024 Jane", "Written by Jane"],
)
def test_what_is_about_the_script_is_not_filmed(line):
    found = read(f"THE LOOP\nby Jane Doe\n\n{line}\n\nFADE IN:\n\n{ROOM}It rains.{NORA}")

    assert names(found) == ["NORA"] and said(found) == ["Hello."]
    assert [cut.action for cut in found.cutsheet.cuts if cut.action] == ["It rains."]
    assert told(found)[0].startswith("script:1: ")


LABELLED = (
    "SCENE 1\nLocation: Rooftop\nTime: Night\nCharacters: Rin, Mika\n\nRin: Where is it?\nMika: Behind you.\n\n"
    "SCENE 2\nLocation: Classroom\nTime: Morning\n\nRin: It was a cat.\n"
)


def test_labels_say_where_and_when_and_a_name_before_a_colon_says_who():
    """SCENE 1 was a person who read the labels aloud."""
    found = read(LABELLED)
    cuts = found.cutsheet.cuts

    assert names(found) == ["Rin", "Mika"]
    assert said(found) == ["Where is it?", "Behind you.", "It was a cat."]
    assert {(cut.place, cut.time) for cut in cuts} == {("rooftop", "night"), ("classroom", "morning")}
    assert [line.source_line for cut in cuts for line in cut.lines] == [6, 7, 13] and not found.notices


@pytest.mark.parametrize(
    "text",
    [
        "**SCENE 1**\n**Setting:** Rooftop\n\n**RIN:** Where is it?\n\n**MIKA (softly):** Behind you.\n",
        "# Scene 1: Rooftop - Night\n\nRIN: Where is it?\n\nMIKA: Behind you.\n",
        "Scene 1: Rooftop - Night\n\nRin: Where is it?\nMika: Behind you.\n",
        "INT. ROOFTOP - NIGHT\n\nRIN: Where is it?\nMIKA: Behind you.\n",
        "シーン1 屋上\n\nRin：Where is it?\nMika：Behind you.\n",
    ],
)
def test_other_forms_with_labels_are_read_too(text):
    found = read(text)

    assert [name.upper() for name in names(found)] == ["RIN", "MIKA"]
    assert said(found) == ["Where is it?", "Behind you."] and found.cutsheet.places[0].kind == "rooftop"


def test_what_a_chat_program_writes_is_read():
    found = read(
        "### Scene 1 – The Rooftop (Night)\n\n*Rin stands alone.*\n\n**Rin:** (whispering) Where is it?\n\n"
        "**Mika:** Behind you.\n\n---\n\n### Scene 2 – Classroom\n\n**Narrator:** The next day.\n"
    )
    lines = [line for cut in found.cutsheet.cuts for line in cut.lines]

    assert [line.text for line in lines] == ["Where is it?", "Behind you.", "The next day."]
    assert (lines[0].manner, lines[2].heard) == ("(whispering)", "voice_over")
    assert [place.kind for place in found.cutsheet.places] == ["rooftop", "classroom"]
    assert {cut.time for cut in found.cutsheet.cuts} == {"night"}


@pytest.mark.parametrize("line", ["Mood: tense", "Duration: 30 s", "Props: a lamp"])
def test_a_label_that_nothing_is_made_of_is_told(line):
    found = read(LABELLED.replace("Time: Night", line))

    assert said(found) == ["Where is it?", "Behind you.", "It was a cat."]
    assert told(found) == [f'script:3: "{line}" is read as a note and not filmed.']


def test_what_may_be_a_line_is_told_where_nothing_says_that_it_is_one():
    found = read(f"{ROOM}WARNING: do not enter.{NORA}")

    assert said(found) == ["Hello."] and told(found)[0].startswith(
        'script:3: "WARNING: do not enter." is read as action.'
    )


def test_speeches_without_empty_lines_are_read_with_a_notice_and_nobody_says_a_heading():
    found = read(
        "EXT. RIVER - DAY\n\nRIN\nWhere is it?\nMIKA\nBehind you.\nRIN\nAh.\nINT. HALL - DAY\nThey run.\n"
    )

    assert said(found) == ["Where is it?", "Behind you.", "Ah."] and names(found) == ["RIN", "MIKA"]
    assert [cut.place for cut in found.cutsheet.cuts][-1] == "hall"
    assert told(found) == [
        'script:5: "MIKA" begins a speech though no empty line stands before it. The same on line 7.'
    ]


def test_a_known_name_in_small_letters_begins_a_speech_with_a_notice():
    found = read(f"{ROOM}NORA\nHello.\n\nNora\nBye.\n")

    assert said(found) == ["Hello.", "Bye."] and told(found) == [
        'script:6: "Nora" begins a speech though it is not written in capitals.'
    ]


def test_a_scene_without_a_place_is_told():
    assert 'script:1: "scene 1" says no place.' in told(read(f"SCENE 1\n\nRain.{NORA}"))[0]


def test_a_shouted_word_inside_a_speech_is_said_and_told():
    found = read(f"{ROOM}NORA\nHello.\nNOW\nplease go.\n")

    assert said(found) == ["Hello.\nNOW\nplease go."] and 'script:5: "NOW" is said' in told(found)[0]


@pytest.mark.parametrize(
    "line", ["INT. HALL - DAY", "EXT. SEA - NIGHT", "12  INT. HALL - DAY  12", "SCENE 2", "Int. roof - night"]
)
def test_a_heading_ends_a_speech(line):
    assert said(read(f"{ROOM}NORA\nHello.\n{line}\nThey run.\n")) == ["Hello."]


@pytest.mark.parametrize(
    ("text", "notice"),
    [
        (
            "○　教室（朝）\n\n遥「おはよう」\n",
            'script:3: nobody speaks, but "遥「おはよう」" has words in quotes.',
        ),
        (
            'INT. LAB - DAY\n\n"Hello," Nora says.\n',
            'script:3: nobody speaks, but ""Hello," Nora says." has words',
        ),
        ("EXT. VALLEY - DAY\n\nMist.\n", "script:3: nobody is seen in this script: name people in capitals"),
        (
            "INT. LAB - DAY\n\nNORA\n\nHello.\n",
            'script:3: no words stand under "NORA", so nobody speaks there.',
        ),
    ],
)
def test_a_script_of_which_nobody_was_understood_says_how_to_write_it(text, notice):
    """A script in another form gave a film without people, and no word of it."""
    found = read(text)

    assert any(sentence.startswith(notice) for sentence in found.notices)
    assert all("\n" not in sentence for sentence in found.notices)


def test_a_name_by_itself_where_its_person_speaks_elsewhere_is_told():
    found = read(f"{ROOM}NORA\nHello.\n\nNORA\n\nAre you there?\n")

    assert 'no words stand under "NORA"' in told(found)[0]


def test_a_script_as_fountain_has_it_gets_no_notice():
    found = read(
        f"FADE IN:\n\n{ROOM}NORA (30s) looks up.\n\nNORA\n(softly)\nHello.\n\n"
        "CUT TO:\n\nEXT. SEA - DAY\n\nShe smiles.\n\n> FADE OUT.\n"
    )

    assert found.notices == () and said(found) == ["Hello."]
