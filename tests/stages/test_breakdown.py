"""A script becomes a sheet a director can read: verbatim words, people who stay, sounds that are heard."""

from itertools import groupby, pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets import fountain
from assets.errors import ScriptRefused
from assets.grammar import words
from assets.sheets.bible import Bible, Character
from assets.sheets.cutsheet import Cut, Cutsheet
from assets.sheets.sounds import SOUNDS
from stages.breakdown import BreakdownOptions, break_down

FOREST = """\
A girl with silver hair runs through the forest at night. Her lantern flickers.

She stops. A wolf howls. CRACK!

An old man in a cloak steps out of the shadows and smiles.

He hands the girl a small key.
"""
OFFICE = """\
INT. OFFICE - NIGHT

HOLT
You knew.

MARLOWE
I knew.

HOLT
(furious)
Get out!

MARLOWE ^
I am going!

He leaves.

FADE TO BLACK.
"""
MORI = """\
.森の中 - 夜

少女が走っている。息を切らして、転ぶ。ドサッ。

老人が木の陰から現れる。少女を見て微笑む。

@老人
迷ったのかい?

@少女
(泣きながら)
帰りたい……おうちに帰りたいよ。
"""
SPEECH = (
    "Since the storm. Since before the storm, if I am honest, and I am trying to be honest tonight "
    "because there is nobody left to lie to.  You always did deserve it... I told myself it was "
    "kindness; it was not kindness, it was fear, plain and simple, and it kept me warm for years."
)
ROOM = "INT. ROOM - DAY\n\n"
TALK = "INT. KITCHEN - DAY\n\nANNA and BEN sit.\n\n" + "".join(
    f"{who}\nThis is line number {index} of our talk.\n\n" for index, who in enumerate(["ANNA", "BEN"] * 6)
)


def broken_down(text: str, bible: Bible | None = None) -> Cutsheet:
    return break_down(fountain.parse(text), bible, episode="ep", language=None, options=BreakdownOptions())


def seen(cut: Cut) -> set[str]:
    return {item.character for item in cut.staged}


def test_the_same_script_gives_the_same_sheet():
    assert broken_down(OFFICE) == broken_down(OFFICE)


def test_cuts_are_numbered_from_one():
    assert [cut.number for cut in broken_down(OFFICE).cuts][:3] == ["C001", "C002", "C003"]


@pytest.mark.parametrize("script", [FOREST, OFFICE, MORI, TALK])
def test_every_scene_opens_wide_with_a_moving_camera(script):
    first = {cut.scene: cut for cut in reversed(broken_down(script).cuts)}

    assert all(cut.size in ("long", "extreme_long") for cut in first.values())
    assert all(cut.camera.move != "fix" for cut in first.values())


def test_people_without_a_name_are_cast_and_reported():
    sheet = broken_down(FOREST)

    assert {"girl", "old_man"} <= set(sheet.invented)


def test_a_look_that_the_action_describes_is_drawn():
    sheet = broken_down(FOREST)

    assert sheet.character("girl").look.hair_color == "silver"
    assert sheet.character("old_man").look.age == "elder"
    assert sheet.character("old_man").look.outfit == "cloak"


def test_each_is_described_by_their_own_words():
    sheet = broken_down(
        "EXT. CASTLE - DAWN\n\nKAEL, a young knight in dented armor; LYRA, a witch with red hair; and old TOMAS.\n\n"
        "KAEL\nHere?\n\nLYRA\nHere.\n\nTOMAS\nHere!"
    )
    kael, lyra, tomas = (sheet.character(id).look for id in ("kael", "lyra", "tomas"))

    assert (kael.outfit, lyra.outfit, lyra.hair_color) == ("armor", "cloak", "red")
    assert (kael.age == "elder", lyra.age == "elder", tomas.age) == (False, False, "elder")


def test_a_sound_by_itself_is_heard_in_the_cut_it_happens_in():
    sheet = broken_down("EXT. ALLEY - NIGHT\n\nIt is late.\n\nA cat leaps from a can. CRASH!")

    assert "crash" in [cue.sound for cue in sheet.cuts[-1].cues] and "cat" in sheet.cuts[-1].props


def test_a_pronoun_means_the_one_it_fits():
    last = broken_down(FOREST).cuts[-1]

    assert seen(last) == {"girl", "old_man"}
    assert {item.character: item.prop for item in last.staged}["old_man"] == "key"


def test_a_script_without_headings_plays_where_its_action_says():
    assert broken_down(FOREST).places[0].kind == "forest"


def test_japanese_without_spaces_is_read():
    cuts = broken_down(MORI).cuts

    assert cuts[0].staged[0].pose == "run"
    assert [cue.sound for cue in cuts[0].cues][-1] == "thud"
    assert cuts[0].time == "night"


def test_in_japanese_the_one_who_sees_smiles_not_the_one_who_is_seen():
    faces = {item.character: item.expression for item in broken_down(MORI).cuts[1].staged}

    assert faces["old_man"] == "happy"
    assert faces["girl"] != "happy"


def test_the_bracket_decides_the_face():
    crying = next(cut for cut in broken_down(MORI).cuts if cut.lines and "帰りたい" in cut.lines[0].text)

    assert crying.staged[0].expression == "crying"


def test_dual_dialogue_begins_together_in_one_two_shot():
    cut = next(cut for cut in broken_down(OFFICE).cuts if any("going" in line.text for line in cut.lines))

    assert len(cut.lines) == 2 and cut.lines[0].at == cut.lines[1].at
    assert seen(cut) == {"holt", "marlowe"}


def test_a_fade_out_without_its_mark_ends_the_cut_before_it():
    assert broken_down(OFFICE).cuts[-1].join == "fade_out"


def test_nobody_jumps_across_the_line_within_a_scene():
    rank = {"far_left": 0, "left": 1, "center": 2, "right": 3, "far_right": 4}
    orders = {
        tuple(item.character for item in sorted(cut.staged, key=lambda item: rank[item.position]))
        for cut in broken_down(TALK).cuts
        if len(cut.staged) == 2
    }

    assert len(orders) == 1


def test_two_in_a_frame_face_each_other():
    pairs = [cut.staged for cut in broken_down(TALK).cuts if len(cut.staged) == 2 and cut.lines]

    assert pairs and all({item.facing for item in pair} == {"left", "right"} for pair in pairs)


def test_the_same_face_is_never_cut_to_at_the_same_size():
    scenes = [list(scene) for _, scene in groupby(broken_down(TALK).cuts, key=lambda cut: cut.scene)]
    shots = [[(cut.size, seen(cut)) for cut in scene] for scene in scenes]

    assert max(map(len, shots)) > 2
    assert all(before != after or not after[1] for scene in shots for before, after in pairwise(scene))


def test_a_voice_over_leaves_the_lips_still():
    sheet = broken_down("INT. ROOM - DAY\n\nMIA sits.\n\nMIA (V.O.)\nI was eight.\n\nTOM (O.S.)\nMia!")

    assert [line.heard for cut in sheet.cuts for line in cut.lines] == ["voice_over", "off"]
    assert all(seen(cut) == {"mia"} for cut in sheet.cuts if cut.lines)


def test_a_long_speech_is_split_and_stays_the_writers_byte_for_byte():
    lines = [line for cut in broken_down(f"INT. ROOM - DAY\n\nMIA\n{SPEECH}").cuts for line in cut.lines]

    assert len(lines) > 2
    assert "".join(line.text for line in lines) == SPEECH
    assert [line.part for line in lines] == [f"{n}/{len(lines)}" for n in range(1, len(lines) + 1)]


def test_no_estimated_cut_leaves_its_limits():
    options = BreakdownOptions()
    cuts = broken_down(TALK + f"\nANNA\n{SPEECH * 5}\n").cuts

    assert all(options.shortest <= cut.frames / 24 <= options.longest for cut in cuts)


def test_weather_named_in_the_action_stays_for_the_scene():
    sheet = broken_down("EXT. PARK - DAY\n\nANNA waits.\n\nIt begins to rain.\n\nANNA\nOf course.")

    assert [cut.weather for cut in sheet.cuts] == ["clear", "rain", "rain"]
    assert "rain" in [cue.sound for cue in sheet.cuts[-1].cues]


def test_a_name_is_not_weather():
    sheet = broken_down("EXT. PARK - DAY\n\nSTORM sits on a bench.\n\nSTORM\nHello.")

    assert {cut.weather for cut in sheet.cuts} == {"clear"}


def test_words_in_the_middle_stand_on_the_screen():
    assert broken_down("INT. ROOM - DAY\n\n> Ten years later <\n").cuts[-1].text == "Ten years later"


def test_a_scene_with_nothing_in_it_still_shows_its_place():
    sheet = broken_down("INT. KITCHEN - DAY\n\nEXT. 謎の場所 - NIGHT\n")

    assert [cut.place for cut in sheet.cuts] == [place.id for place in sheet.places]


def test_a_script_with_nothing_to_show_is_refused():
    with pytest.raises(ScriptRefused, match="nothing in it to show"):
        broken_down("# Act one\n\n= She learns nothing.\n")


def test_the_bible_is_found_under_every_name():
    bible = Bible(id="show", title={"en": "Show"}, characters=(Character(id="aoi", names=("AOI", "葵")),))
    sheet = broken_down(".校庭 - 夕方\n\n葵が走る。\n\n@葵\nまって!\n\nAOI\nWait!", bible)

    assert [item.id for item in sheet.cast] == ["aoi"]
    assert sheet.places[0].kind == "schoolyard" and sheet.cuts[0].time == "sunset"


def test_language_is_told_by_the_letters_of_the_lines():
    assert (broken_down(MORI).language, broken_down(OFFICE).language) == ("ja", "en")


def test_three_hundred_cuts_are_no_trouble():
    assert (
        len(broken_down("EXT. STREET - DAY\n\n" + "Anna runs. BANG!\n\nBen stops and laughs.\n\n" * 150).cuts)
        >= 290
    )


STRANGERS = sorted((Path(__file__).parents[1] / "data" / "scripts").glob("*.fountain"))


@pytest.mark.parametrize("path", STRANGERS, ids=lambda path: path.stem)
def test_a_strangers_script_is_a_reel_of_sound_and_faces(path):
    sheet = broken_down(path.read_text(encoding="utf-8"))

    assert 10 <= len(sheet.cuts) <= 20 and 30 <= sheet.frames / sheet.rate <= 90
    assert len({item.expression for cut in sheet.cuts for item in cut.staged}) >= 4
    assert len({cut.size for cut in sheet.cuts}) >= 4
    assert len({cue.sound for cut in sheet.cuts for cue in cut.cues}) >= 3
    assert all(place.kind != "void" for place in sheet.places)


ANYTHING = st.text(
    alphabet=st.sampled_from(list("ABab .!?…\n\n()[]*_/<>^@#=~-:'\"、。「」雨走凪あアーッ&")), max_size=200
)


@settings(max_examples=150, deadline=None)
@given(ANYTHING)
def test_any_script_comes_out_as_a_sheet_or_a_clear_refusal(text):
    try:
        screenplay = fountain.parse(text)
        sheet = break_down(screenplay, None, episode="ep", language=None, options=BreakdownOptions())
    except ScriptRefused as refusal:
        assert refusal.remedy
        return
    said = [element.text for element in screenplay.elements if element.kind == "dialogue"]
    spoken = [line.text for cut in sheet.cuts for line in cut.lines]

    assert Cutsheet.from_raw(sheet.raw(), "again") == sheet
    assert all(
        piece.strip() in "".join([*said, "\n"]) or piece in "\n".join(said)
        for piece in spoken
        if piece.strip()
    )


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        ANYTHING.map(lambda text: " ".join(text.split()).replace("/", "").strip("()@#<>^~[]*=!. ")),
        min_size=1,
        max_size=4,
    )
)
def test_no_word_that_is_spoken_is_lost_or_changed(speeches):
    text = "INT. ROOM - DAY\n\n" + "".join(f"@MIA\n{speech}\n\n" for speech in speeches if speech)
    screenplay = fountain.parse(text)
    written = "".join(item.text for item in screenplay.elements if item.kind == "dialogue")

    sheet = break_down(screenplay, None, episode="ep", language=None, options=BreakdownOptions())

    assert "".join(line.text for cut in sheet.cuts for line in cut.lines) == written


def test_every_cue_is_a_sound_that_can_be_made():
    assert set(words("cues")) | set(words("ambience")) <= set(SOUNDS)


def test_words_in_quotes_stand_on_what_was_just_opened():
    sheet = broken_down(f'{ROOM}MIA (30s) opens the letter.\n\n> "Come home." <\n')

    assert (sheet.cuts[-1].size, sheet.cuts[-1].props) == ("insert", ("letter",))


def test_they_are_those_of_the_scene_before():
    sheet = broken_down(f"{TALK}EXT. PARK - NIGHT\n\nThey sit on a bench.\n")

    assert seen(sheet.cuts[-1]) == {"anna", "ben"}


def test_whoever_drives_away_is_in_the_car():
    last = broken_down(f"{ROOM}MIA gets up.\n\nMIA\nGo!\n\nThey speed off.\n").cuts[-1]

    assert not last.staged and last.props == ("car",)


def test_what_holds_the_name_is_held_by_the_name():
    """懐中電灯を持った遥: the clause before a Japanese name is about that name."""
    sheet = broken_down(
        ".廊下 - 夜\n\n懐中電灯を持った遥と、拓海が歩いてくる。\n\n@遥\nね。\n\n@拓海\nうん。"
    )
    held = {sheet.character(item.character).names[0]: item.prop for item in sheet.cuts[0].staged}

    assert held == {"遥": "lantern", "拓海": None}


def test_a_hand_that_grabs_her_is_not_her_own():
    sheet = broken_down(".廊下 - 夜\n\n@遥\nね。\n\n白い手が遥の足首をつかむ。")

    assert [item.pose for item in sheet.cuts[-1].staged] == ["stand"]


def test_laughter_is_over_before_the_next_but_one_cut():
    sheet = broken_down(
        f"{ROOM}ANNA and BEN laugh.\n\nThe clock ticks.\n\nA long silence.\n\nThey look at each other.\n"
    )

    assert all(item.expression == "neutral" for item in sheet.cuts[-1].staged)


def test_people_who_are_introduced_are_seen_though_they_never_speak():
    sheet = broken_down(f"{ROOM}MIA (30s) reads a book. 健太(16)が走ってくる。A CAT sleeps.")

    assert len(sheet.cast) == 2 and sheet.cast[0].look.age == "adult"


def test_who_is_introduced_with_a_rank_is_the_one_who_speaks_without():
    sheet = broken_down("EXT. ALLEY - NIGHT\n\nDETECTIVE MORI (50s, tired) waits.\n\nMORI\nHello?\n")

    assert [who.id for who in sheet.cast] == ["mori"]


def test_guests_of_a_cafe_sit_and_its_waiter_stands():
    sheet = broken_down("INT. CAFE - DAY\n\nANNA waves at the WAITER.\n\nWAITER\nMadam?\n\nANNA\nTea.\n")
    poses = {item.character: item.pose for item in sheet.cuts[-1].staged}

    assert poses["anna"] == "sit" and poses.get("man", "stand") == "stand"


@pytest.mark.parametrize("at", range(1, 12))
@pytest.mark.parametrize("new", ["ANNA\nWait. I never said that.", "The clock ticks on the wall."])
def test_an_insert_leaves_all_but_its_neighbours_as_they_were(at, new):
    """The framing once alternated by count, so one new line reframed the scene to its end."""
    parts = TALK.rstrip().split("\n\n")

    after = broken_down("\n\n".join([*parts[: at + 1], new, *parts[at + 1 :]]))

    kept = {depicted(cut) for cut in after.cuts}
    changed = [cut for cut in broken_down(TALK).cuts if depicted(cut) not in kept]
    # Two where it stands between two cuts; three where it parts a line from the answer in its cut.
    assert len(changed) <= 3


def depicted(cut: Cut) -> str:
    """All that is drawn or said, whatever its number or place in the script."""
    bare = {"number": "C000", "source": (0, 0), "frames": 1, "hold": 0, "cues": ()}
    lines = tuple(line.model_copy(update={"source_line": 0, "at": 0}) for line in cut.lines)
    return cut.model_copy(update={**bare, "lines": lines}).model_dump_json()


def test_two_at_once_are_not_taken_apart_by_a_quick_answer_before_them():
    """MIKA's line and RIN's answer shared a cut, so the one who spoke at once with RIN came after."""
    text = "INT. ROOM - DAY\n\nMIKA\nHi.\n\nRIN\nNow!\n\nMIKA ^\nNever!\n"
    sheet = break_down(fountain.parse(text), None, episode="ep", language="en", options=BreakdownOptions())

    (both,) = (cut for cut in sheet.cuts if [line.text for line in cut.lines] == ["Now!", "Never!"])
    assert both.lines[0].at == both.lines[1].at
