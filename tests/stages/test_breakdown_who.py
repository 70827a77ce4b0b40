"""Who is who: one person under several names is one, two people of one name are two, and voices have no face."""

import pytest

from assets import fountain
from assets.plain import clean
from assets.sheets.bible import Bible, Character
from assets.sheets.cutsheet import Cutsheet
from stages.breakdown import Breakdown, BreakdownOptions, break_down_with_notices
from stages.breakdown.pieces import sentences

ROOM = "INT. LAB - DAY\n\n"


def read(text: str, bible: Bible | None = None) -> Breakdown:
    screenplay = fountain.parse(clean(text), "script")
    return break_down_with_notices(screenplay, bible, episode="ep", language=None, options=BreakdownOptions())


def sheet(text: str, bible: Bible | None = None) -> Cutsheet:
    return read(text, bible).cutsheet


def spoken(*cues: str) -> str:
    """A scene in which each speaker's line says something."""
    return ROOM + "".join(f"{cue}\nWords {index}.\n\n" for index, cue in enumerate(cues))


def heard(found: Cutsheet) -> list[tuple[str, str]]:
    return [(line.character, line.heard) for cut in found.cuts for line in cut.lines]


def seen(found: Cutsheet) -> set[str]:
    return {item.character for cut in found.cuts for item in cut.staged}


@pytest.mark.parametrize(
    "extension",
    ["(V.O.)", "(V.O)", "(VO)", "(V. O.)", "(V/O)", "(v.o.)", "(VOICE OVER)", "(VOICEOVER)", "(Ｖ．Ｏ．)",
     "(V.O.) (CONT'D)", "(V.O./CONT'D)", "(THINKING)", "(NARRATING)", "(PRE-LAP)", "（心の声）", "（Ｎ）", "（Ｍ）",
     "（モノローグ）"],
)  # fmt: skip
def test_a_voice_over_in_any_form_is_that_persons(extension):
    found = sheet(spoken("@NORA", f"@NORA {extension}"))

    assert heard(found) == [("nora", "on"), ("nora", "voice_over")]


@pytest.mark.parametrize(
    "extension",
    ["(O.S.)", "(O. S.)", "(OS)", "(O/S)", "(O.C.)", "(OC)", "(OFF)", "(OFF SCREEN)", "(off-screen)", "(ON PHONE)",
     "(OVER RADIO)", "(FILTERED)", "(FROM THE KITCHEN)", "(ON TV)", "(CONT’D) (O.S.)", "（声）", "（オフ）",
     "（ＯＦＦ）", "（電話）", "（ドア越しに）"],
)  # fmt: skip
def test_a_voice_from_elsewhere_in_any_form_is_that_persons(extension):
    found = sheet(spoken("@NORA", f"@NORA {extension}"))

    assert heard(found) == [("nora", "on"), ("nora", "off")]


@pytest.mark.parametrize(
    "extension",
    ["(cont'd)", "(CONT’D)", "(CONTD)", "(INTO PHONE)", "(INTO RADIO)", "(TO MIKA)", "(SUBTITLED)",
     "(IN JAPANESE)", "(ON SCREEN)", "(WHISPERING)", "(30)", "（電話に）", "（電話に向かって）"],
)  # fmt: skip
def test_what_an_extension_says_of_other_things_leaves_the_speaker_in_the_picture(extension):
    """INTO PHONE was heard as a voice out of the phone."""
    found = sheet(spoken("@NORA", f"@NORA {extension}"))

    assert heard(found) == [("nora", "on")] * 2


@pytest.mark.parametrize(
    ("cue", "how"),
    [
        ("NORA'S VOICE", "off"), ("NORA’S VOICE (O.S.)", "off"), ("VOICE OF NORA", "off"), ("NORA O.S.", "off"),
        ("NORA V.O.", "voice_over"), ("NORA, V.O.", "voice_over"), ("NORA - VO", "voice_over"),
        ("NORA (V.O", "voice_over"), ("NORA [V.O.]", "voice_over"), ("NORA'S THOUGHTS", "voice_over"),
        ("NORA:", "on"), ("**NORA**", "on"),
    ],
)  # fmt: skip
def test_how_a_voice_is_heard_is_no_part_of_a_name(cue, how):
    assert heard(sheet(spoken("NORA", cue))) == [("nora", "on"), ("nora", how)]


@pytest.mark.parametrize(
    ("cue", "how"),
    [
        ("遥の声", "off"),
        ("遥・声", "off"),
        ("遥Ｎ", "voice_over"),
        ("遥Ｍ", "voice_over"),
        ("遥の心の声", "voice_over"),
    ],
)
def test_how_a_voice_is_heard_is_no_part_of_a_japanese_name(cue, how):
    found = heard(sheet(spoken("@遥", f"@{cue}")))

    assert [each[1] for each in found] == ["on", how] and len({each[0] for each in found}) == 1


def test_whoever_is_only_heard_is_not_seen():
    """B05: the cut of her voice showed her face."""
    assert seen(sheet(spoken("NORA'S VOICE", "TOM (O.S.)"))) == set()


@pytest.mark.parametrize(
    "names",
    [
        ["NARRATOR"],
        ["NARRATION", "NARRATOR (V.O.)"],
        ["THE NARRATOR"],
        ["@ナレーション"],
        ["@Ｎ", "@ナレ", "@ナレーター"],
    ],
)
def test_a_narrator_is_one_voice_and_never_a_face(names):
    found = sheet(f"{spoken(*names)}HANA, 12, looks up.\n\nHANA\nWhat?\n\n{names[0]}\nNothing.\n")

    narrated = [(who, how) for who, how in heard(found) if who != "hana"]
    assert narrated == [("narrator", "voice_over")] * (len(names) + 1)
    assert seen(found) == {"hana"}
    assert found.character("narrator").shown("ja") == "ナレーション"


def test_a_narrator_of_the_bible_is_the_shows_own():
    bible = Bible(
        id="show", title={"en": "Show"}, characters=(Character(id="owl", names=("Owl", "NARRATOR")),)
    )

    assert heard(sheet(spoken("NARRATOR"), bible)) == [("owl", "voice_over")]


@pytest.mark.parametrize(
    "cue", ["RADIO", "RADIO VOICE", "VOICE ON TV", "A VOICE", "MALE VOICE", "@謎の声", "@ラジオ", "@校内放送"]
)
def test_a_voice_without_a_body_is_heard_and_not_seen(cue):
    found = sheet(f"{spoken('NORA', cue)}Nora listens to the voice. A radio stands there.\n")

    assert [how for _, how in heard(found)] == ["on", "off"] and seen(found) == {"nora"}


@pytest.mark.parametrize(
    ("cues", "people"),
    [
        (["@遥", "@遥さん", "@遥ちゃん", "@カナ先輩", "@カナ"], 2),
        (["@カナ先輩", "@遥くん", "@カナ", "@遥"], 2),
        (["@田中先生", "@田中くん"], 2),
        (["@お母さん", "@お父さん"], 2),
        (["RIN-SAN", "RIN", "RIN-CHAN"], 1),
        (["JOHN", "MR. HARGREAVE", "JOHN HARGREAVE", "DR. JOHN HARGREAVE"], 1),
        (["MR. SMITH", "MRS. SMITH"], 2),
        (["@田中先生", "@田中"], 1),
        (["@先生", "@田中先生"], 2),
        (["RIN, MIKA AND JO", "RIN/MIKA/JO"], 3),
        (["DR. HOLT", "HOLT"], 1),
        (["MARY ANN", "MARY JANE", "MARY"], 3),
        (["YOUNG RIN", "RIN"], 2),
        (["RIN", "YOUNG RIN", "OLD RIN"], 3),
        (["@幼い遥", "@遥"], 2),
        (["RIN (12)", "RIN (40)"], 2),
        (["RIN (12)", "RIN"], 1),
        (["GUARD 1", "GUARD 2", "GUARD"], 3),
        (["GUARD", "GUARD #2"], 2),
        (["OLD MAN", "MAN"], 2),
        (["TALL BOY", "BOY"], 2),
        (["ZOË", "Zoë".upper(), "RENÉ"], 2),
        (["@ガブ", "@カ\u3099フ\u3099"], 1),
    ],
)  # fmt: skip
def test_names_are_one_person_or_several_as_a_reader_takes_them(cues, people):
    assert len(sheet(spoken(*cues)).cast) == people


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_young_and_old_are_two_whichever_comes_first(order):
    """RIN was YOUNG RIN, when the young one spoke first, and looked like a child at forty."""
    scenes = (
        "EXT. RIVER - DAY\n\nYOUNG RIN, 6, skips stones.\n\nYOUNG RIN\nLook, papa!\n",
        "INT. OFFICE - DAY\n\nRIN, 40, in a grey suit, looks at a photo.\n\nRIN\nI remember.\n",
    )
    found = sheet("\n".join(scenes[index] for index in order))

    assert (found.character("young_rin").look.age, found.character("rin").look.age) == ("child", "adult")
    assert seen(found) == {"young_rin", "rin"}


def test_names_that_were_taken_for_one_person_are_told():
    found = read(spoken("JOHN", "MR. HARGREAVE", "JOHN HARGREAVE"))

    assert found.notices == (
        'script:3: "JOHN, MR. HARGREAVE, JOHN HARGREAVE" are read as one person. '
        "Give them names of their own in the bible if they are several.",
    )


@pytest.mark.parametrize(
    ("right", "slip"),
    [
        ("KENJI", "KENJII"),
        ("KENJI", "KENI"),
        ("KENJI", "KEJNI"),
        ("KENJI", "KENGI"),
        ("@オトウサマン", "@オトウサメン"),
    ],
)
def test_a_name_with_one_slip_is_told_since_it_is_cast_as_somebody_else(right, slip):
    """KENJII got other hair and other clothes than KENJI, and nobody was told."""
    [notice] = [one for one in read(spoken(right, right, slip)).notices if "slip" in one]

    assert notice == (
        f'script:9: "{slip.removeprefix("@")}" is cast as somebody else than {right.removeprefix("@")}. '
        f"Write {right.removeprefix('@')} if it is a slip."
    )


@pytest.mark.parametrize(
    "pair",
    [("MARIA", "MARIO"), ("HANNA", "ANNA"), ("MARI", "MARIA"),
     ("ROBOT 1", "ROBOT 2"), ("REN", "RIN"), ("WOMAN", "WOMEN"),
     ("UNIT7A", "UNIT8A")],
)  # fmt: skip
def test_two_names_that_only_look_alike_are_not_called_a_slip(pair):
    assert not [one for one in read(spoken(*pair)).notices if "slip" in one]


def test_a_full_name_in_the_action_tells_that_two_names_are_one_person():
    found = sheet(f"{ROOM}RIN MORI (30s) waits.\n\nRIN\nHi.\n\nDR. MORI\nYes.\n")

    assert [who.id for who in found.cast] == ["rin"] and found.cast[0].look.age == "adult"


def test_a_name_that_may_be_two_peoples_is_told():
    [notice] = read(spoken("MARY ANN", "MARY JANE", "MARY")).notices

    assert notice.startswith('script:9: "MARY" may be MARY ANN or MARY JANE; a person of that name was cast.')


@pytest.mark.parametrize(
    "cue",
    ["BOTH", "ALL", "EVERYONE", "RIN & MIKA", "RIN AND MIKA", "RIN + MIKA", "RIN/MIKA", "RIN, MIKA", "THE TWO",
     "@二人", "@全員", "@みんな", "ALL (CONT'D)"],
)  # fmt: skip
def test_a_group_is_heard_from_those_meant_at_once_and_all_are_seen(cue):
    found = sheet(f"{spoken('RIN', 'MIKA')}They look up.\n\n{cue}\nOh!\n")
    last = found.cuts[-1]

    assert {who.id for who in found.cast} == {"rin", "mika"}
    assert {(line.character, line.text) for line in last.lines} == {("rin", "Oh!"), ("mika", "Oh!")}
    assert last.lines[0].at == last.lines[1].at and {item.character for item in last.staged} == {
        "rin",
        "mika",
    }


@pytest.mark.parametrize("cue", ["@遥と健太", "@遥、健太", "@遥＆健太", "@遥・健太"])
def test_a_japanese_group_is_heard_from_those_meant(cue):
    found = sheet(spoken("@遥", "@健太", cue))

    assert len(found.cast) == 2 and len(found.cuts[-1].lines) == 2


@pytest.mark.parametrize("cue", ["@ひとみ", "@ジャン・ポール", "CLARK/SUPERMAN", "SMITH, JOHN"])
def test_one_name_with_a_sign_in_it_is_one_person(cue):
    assert len(sheet(spoken(cue)).cast) == 1


def test_everybody_but_one_is_heard_without_that_one():
    found = sheet(spoken("RIN", "MIKA", "JO", "ALL EXCEPT RIN"))

    assert {line.character for line in found.cuts[-1].lines} == {"mika", "jo"}


def test_a_group_of_those_who_have_not_spoken_yet_is_whoever_speaks_in_the_scene():
    found = sheet(spoken("BOTH", "RIN", "MIKA"))

    assert {line.character for line in next(cut for cut in found.cuts if cut.lines).lines} == {"rin", "mika"}


def test_a_group_in_a_script_without_people_is_a_voice():
    assert [how for _, how in heard(sheet(spoken("EVERYONE")))] == ["off"]


@pytest.mark.parametrize(
    ("introduced", "voice"),
    [
        ("KIM, 30, female, with short hair, waits.", "woman"),
        ("KIM (42, male) waits.", "man"),
        ("KIM (42, M) waits.", "man"),
        ("KIM (F, 30) waits.", "woman"),
        ("KIM, 40, her tall uncle, waits.", "man"),
        ("KIM, a lad aged nine, waits.", "boy"),
        ("KIM, a woman in her late 60s, waits.", "elder_woman"),
        ("KIM, a forty-two-year-old male, waits.", "man"),
        ("KIM, 30, female, with short hair,\nwaits and looks up at\nthe ceiling.", "woman"),
        ("KIM is\n30 years old, female, and waits.", "woman"),
    ],
)
def test_sex_and_age_are_heard_in_the_voice(introduced, voice):
    assert sheet(f"{ROOM}{introduced}\n\nKIM\nHello.\n").character("kim").voices["en"].voice == voice


def test_a_sentence_that_was_wrapped_is_one_sentence():
    """Each line of a paragraph wrapped at forty columns was a sentence, and a cut, of its own."""
    text = "KIM walks through the hall and looks up at\nthe ceiling, where a red bird sits on a\nlamp."
    found = sheet(f"{ROOM}{text}\n")

    assert [cut.action for cut in found.cuts] == [text]


@pytest.mark.parametrize(
    "text",
    [
        "ANNA runs to the door and opens it.\nBEN laughs at her from the window.",
        "Anna waits for the bus\n- The clock stops.",
        "夜の街。\n人気のない道。",
        "夜の街\n人気のない道",
        "Night falls\nAnna waits.",
    ],
)
def test_a_line_that_its_writer_ended_stays_a_sentence(text):
    assert len(sentences(text)) == 2


@pytest.mark.parametrize(
    "text",
    [
        "Anna looks up at\nthe ceiling.",
        "Anna walks up to\nBen and smiles.",
        "Anna, tired,\nBen, angry, wait.",
        "ハナはゆっくりと灰の中を歩いていき、やがて\n立ち止まった。",
    ],
)
def test_a_line_that_was_wrapped_is_none(text):
    assert len(sentences(text)) == 1


def test_a_name_with_an_accent_is_found_in_the_action():
    found = sheet("INT. CAFE\u0301 - DAY\n\nZOË sits down.\n\nZoë smiles.\n\nZOE\u0308\nHello.\n")

    assert [who.names for who in found.cast] == [("ZOË",)] and seen(found) == {"zoe"}
