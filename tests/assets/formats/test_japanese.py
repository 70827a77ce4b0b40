"""The Japanese script form: headings, speeches, directions, narration, and what is not filmed."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets import formats, fountain
from assets.errors import SakugaError
from assets.sheets.screenplay import Screenplay


def read(text: str, suffix: str = ".fountain") -> tuple[Screenplay, list[str]]:
    lines, told = formats.as_fountain(text, "a.fountain", suffix)
    return formats.relined(fountain.parse(formats.text_of(lines)), lines), told


def told_of(text: str) -> list[tuple[str, str]]:
    """Kinds and words; cues with their extension."""
    return [
        (element.kind, f"{element.text}|{element.extension}" if element.extension else element.text)
        for element in read(text)[0].elements
        if element.kind != "blank"
    ]


SCRIPT = """\
○　教室（朝）

遥、窓を開ける。

遥「おはよう」

健太「おはよう。早いね」

遥（小声で）「静かにして」

○　屋上（夕）

健太「きれいだ」

ナレーション「その日から、すべてが変わった」
"""


def test_the_usual_form_is_read() -> None:
    """All of it was action: nobody was cast and nothing was said."""
    assert told_of(SCRIPT) == [
        ("heading", "教室（朝）"),
        ("action", "遥、窓を開ける。"),
        ("character", "遥"),
        ("dialogue", "おはよう"),
        ("character", "健太"),
        ("dialogue", "おはよう。早いね"),
        ("character", "遥"),
        ("parenthetical", "（小声で）"),
        ("dialogue", "静かにして"),
        ("heading", "屋上（夕）"),
        ("character", "健太"),
        ("dialogue", "きれいだ"),
        ("character", "ナレーション"),
        ("dialogue", "その日から、すべてが変わった"),
    ]


def test_every_element_knows_its_line_of_the_file() -> None:
    lines = SCRIPT.splitlines()

    for element in read(SCRIPT)[0].elements:
        if element.kind != "blank":
            assert element.text.strip("（）") in lines[element.first_line - 1], element


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ("○教室（朝）", "教室（朝）"),
        ("◯　駅前・夜", "駅前・夜"),
        ("〇屋上", "屋上"),
        ("●喫茶店・中（夜）", "喫茶店・中（夜）"),
        ("柱　校庭（昼）", "柱"),
        ("【柱】校庭", "校庭"),
        ("シーン１　教室（朝）", "教室（朝）"),
        ("S#12 教室（朝）", "教室（朝）"),
        ("１．教室（朝）", "教室（朝）"),
        ("■教室（夜）", "教室（夜）"),
        ("【教室・朝】", "教室・朝"),
        ("○同・廊下（夜）", "同・廊下（夜）"),
        ("○（回想）校庭", "（回想）校庭"),
        ("○○高校・校門（朝）", "○○高校・校門（朝）"),
    ],
)
def test_a_heading_is_known_by_its_mark(line: str, place: str) -> None:
    found = told_of(f"{line}\n\n遥「おはよう」\n")[0]

    assert found == ("heading", "校庭（昼）" if place == "柱" else place)


@pytest.mark.parametrize(
    "line", ["○○高校の生徒たちが歩く。", "〇月〇日、晴れ。", "３人の影が伸びる。", "【注意】"]
)
def test_what_only_begins_like_a_heading_is_none(line: str) -> None:
    assert "heading" not in [kind for kind, _ in told_of(f"{line}\n\n遥「おはよう」\n")]


@pytest.mark.parametrize(
    ("line", "cue", "said"),
    [
        ("遥「おはよう」", "遥", ["おはよう"]),
        ("遥『おはよう』", "遥", ["おはよう"]),
        ("遥｢おはよう｣", "遥", ["おはよう"]),
        ("　遥　「おはよう」", "遥", ["おはよう"]),
        ("遥(小声で)「おはよう」", "遥", ["（小声で）", "おはよう"]),
        ("遥（声）「おはよう」", "遥|（声）", ["おはよう"]),
        ("遥の声「おはよう」", "遥|（声）", ["おはよう"]),
        ("遥（Ｍ）「おはよう」", "遥|（M）", ["おはよう"]),
        ("遥Ｎ「おはよう」", "遥|（N）", ["おはよう"]),
        ("遥の心の声「おはよう」", "遥|（心の声）", ["おはよう"]),
        ("遥（OFF）「おはよう」", "遥|（OFF）", ["おはよう"]),
        ("N「おはよう」", "ナレーション", ["おはよう"]),
        ("Ｎ「おはよう」", "ナレーション", ["おはよう"]),
        ("ナレ「おはよう」", "ナレーション", ["おはよう"]),
        ("語り「おはよう」", "ナレーション", ["おはよう"]),
        ("ラジオ「おはよう」", "ラジオ|（声）", ["おはよう"]),
        ("テレビの声「おはよう」", "テレビ|（声）", ["おはよう"]),
        ("まこと「おはよう」", "まこと", ["おはよう"]),
        ("ひなの「おはよう」", "ひなの", ["おはよう"]),
        ("遥\n「おはよう」", "遥", ["おはよう"]),
        ("遥「おは\n　　よう」", "遥", ["おはよう"]),
        ("遥「おはよう。\n　元気？」", "遥", ["おはよう。\n元気？"]),
        ("遥「『あ』と言った」", "遥", ["『あ』と言った"]),
        ("遥「「あ」と言った」", "遥", ["「あ」と言った"]),
        ("遥「（笑って）おはよう」", "遥", ["（笑って）", "おはよう"]),
        ("遥「~おはよう」", "遥", ["\\~おはよう"]),
    ],
)
def test_a_speech_is_said_by_whoever_stands_before_the_bracket(line: str, cue: str, said: list[str]) -> None:
    found = told_of(f"○教室\n\n{line}\n\n雨が降る。\n")

    assert found[1] == ("character", cue)
    assert [text for _, text in found[2:-1]] == said
    assert found[-1] == ("action", "雨が降る。")


@pytest.mark.parametrize("line", ["遥は「はい」と答える。", "看板に「危険」とある。", "彼が「待て」と叫ぶ。"])
def test_words_in_a_direction_are_nobodys_speech(line: str) -> None:
    assert told_of(f"○教室\n\n遥「え」\n\n{line}\n")[-1] == ("action", line)


@pytest.mark.parametrize(
    "line",
    [
        "看板「本日休業」",
        "テロップ「三年後」",
        "手紙の文面「元気ですか」",
        "貼り紙「立入禁止」",
        "Ｔ「東京」",
    ],
)
def test_words_on_a_thing_are_read_and_not_said(line: str) -> None:
    found = told_of(f"○駅前\n\n{line}\n\n遥「え」\n")

    assert found[1][0] == "centered"
    assert [text for kind, text in found if kind == "character"] == ["遥"]


def test_a_sound_is_heard_and_not_said() -> None:
    assert told_of("○店\n\nSE「ドアベルの音」\n\n遥「え」\n")[1] == ("action", "ドアベルの音")


def test_two_people_who_speak_elsewhere_speak_together() -> None:
    found = told_of("○店\n\n遥「え」\n健太「お」\n遥・健太「あっ！」\nジョン・スミス「ハイ」\n")

    assert [text for kind, text in found if kind == "character"] == [
        "遥",
        "健太",
        "遥 & 健太",
        "ジョン・スミス",
    ]


def test_directions_stand_apart_whether_indented_bracketed_or_right_below_a_speech() -> None:
    found = told_of("○店\n\n遥「え」\n　　遥、立つ。\n（健太が来る）\n健太「お」と手を振る。\n")

    assert [text.strip() for kind, text in found if kind == "action"] == [
        "遥、立つ。",
        "（健太が来る）",
        "手を振る。",
    ]
    assert [text for kind, text in found if kind == "dialogue"] == ["え", "お"]


def test_a_direction_that_was_broken_at_the_margin_is_one_sentence() -> None:
    found = told_of("○店\n\n　　雨が降っている。遥が傘をさして、ひとりで立って\n　　いる。\n\n遥「え」\n")

    assert found[1][1].strip() == "雨が降っている。遥が傘をさして、ひとりで立っている。"


def test_a_name_and_a_colon_are_a_speech_of_somebody_who_speaks_elsewhere() -> None:
    found = told_of("○店\n\n遥「え」\n遥：おはよう\n場所：教室\n")

    assert ("dialogue", "おはよう") in found and ("action", "場所：教室") in found


def test_the_lines_before_the_first_heading_name_the_script_and_its_people_are_told_as_not_filmed() -> None:
    text = "『雨の店』\n作・山田太郎\n\n登場人物\n遥（17）　高校生\n\n○店（朝）\n\n遥「え」\n"
    screenplay, told = read(text)

    assert screenplay.title() == "雨の店"
    assert [entry.key for entry in screenplay.title_page] == ["Title", "Author"]
    assert [element.text for element in screenplay.elements if element.kind == "action"] == []
    assert told == [
        "a.fountain:4: a list of the writer's own is not filmed (to line 5): 登場人物 / 遥（17） 高校生"
    ]


@pytest.mark.parametrize("label", ["登場人物", "【人物】", "○登場人物", "■あらすじ", "キャスト", "梗概："])
def test_a_list_of_the_writers_own_ends_at_the_next_heading(label: str) -> None:
    screenplay, told = read(f"○店\n\n遥「え」\n\n{label}\n遥　高校生\n\n○駅\n\n雨。\n")

    assert [element.text for element in screenplay.elements if element.kind == "heading"] == ["店", "駅"]
    assert len(told) == 1 and told[0].startswith("a.fountain:5: a list of the writer's own is not filmed")


@pytest.mark.parametrize(
    ("line", "join"),
    [
        ("　　　×　　×　　×", "ディゾルブ"),
        ("＊＊＊", "ディゾルブ"),
        ("Ｏ・Ｌ", "ディゾルブ"),
        ("（F.O.）", "フェードアウト"),
        ("暗転", "フェードアウト"),
        ("ＦＩ", "フェードイン"),
        ("ＣＯ", "カット"),
    ],
)
def test_how_scenes_follow_each_other_is_no_action(line: str, join: str) -> None:
    assert told_of(f"○店\n\n遥「え」\n{line}\n\n遥「お」\n")[3] == ("transition", join)


@pytest.mark.parametrize(
    "first", ["作品「雨の店」", "題名：雨の店", "「雨の店」", "【雨の店】", "雨の店", "タイトル　雨の店"]
)
def test_the_title_stands_first_in_many_forms(first: str) -> None:
    assert read(f"{first}\n\n○店\n\n遥「え」\n")[0].title() == "雨の店"


def test_a_bracket_that_is_never_closed_ends_at_an_empty_line_and_is_told() -> None:
    screenplay, told = read("○店\n\n遥「え\n\n雨。\n")

    assert [element.text for element in screenplay.elements if element.kind == "dialogue"] == ["え"]
    assert told == ["a.fountain:3: the bracket of this line is never closed; it is read to line 3."]


def test_an_empty_speech_is_told() -> None:
    assert read("○店\n\n遥「」\n")[1] == ["a.fountain:3: 遥 says nothing between the brackets."]


def test_the_last_line_is_read_on_the_screen_and_an_end_mark_is_not() -> None:
    assert told_of("○店\n\n遥「え」\n\nつづく\n")[-1] == ("centered", "つづく")
    assert read("○店\n\n遥「え」\n\n（了）\n")[1] == ["a.fountain:5: the end mark is not filmed: （了）"]


@pytest.mark.parametrize(
    "text",
    [
        ".校庭 - 夕方\n\n@葵\nおはよう。\n\n葵「これは台詞ではない」\n",
        "INT. ROOM - DAY\n\nANN\nHi.\n",
        "雨が降る。\n\n彼は「待て」と言った。\n",
    ],
)
def test_a_script_in_fountain_comes_out_as_it_is(text: str) -> None:
    lines, told = formats.as_fountain(text, "a.fountain")

    assert formats.text_of(lines) == text
    assert not told


_PIECES = st.one_of(
    st.sampled_from(
        ["○教室（朝）", "遥「おはよう」", "遥（小声で）「", "」", "遥", "『題』", "登場人物", "N「x」", "---", "+++",
         "title: x", "```", "```fountain", "# A", "## INT. X", "<!--", "-->", "[[", "]]", "/*", "*/", "Title: x", "",
         "　", "（笑う）", "看板「x」「y」", "つづく", "遥：はい", "INT. A - DAY", "RIN", "===", "遥「」", "○○高校"]
    ),
    st.text("遥「」（）○・：N \n#-", max_size=8),
)  # fmt: skip


@settings(deadline=None)
@given(st.lists(_PIECES, max_size=14), st.sampled_from([".md", ".fountain"]))
def test_no_text_breaks_the_rewriting_and_every_line_number_is_of_the_file(
    pieces: list[str], suffix: str
) -> None:
    text = "\n".join(pieces)
    count = text.count("\n") + 1
    lines, _ = formats.as_fountain(text, "a", suffix)

    assert all(1 <= line.first <= line.last <= count and "\n" not in line.text for line in lines)
    try:
        screenplay = formats.relined(fountain.parse(formats.text_of(lines)), lines)
    except SakugaError:
        return  # a boneyard that is never closed
    assert all(1 <= item.first_line <= item.last_line <= count for item in screenplay.elements)


@pytest.mark.parametrize(
    "text",
    [
        "○" + " " * 100_000 + "x",
        " " * 100_000,
        "遥「あ\n" * 20_000,
        "遥" + "「あ」" * 3_000,
        "遥" + "「" * 50_000,
        "○店\n" + "雨が降っている。遥が傘をさして立って\n" * 20_000,
        "○店\n" + "[[a]]\n" * 50_000,
        "## A\n\nx\n\n" * 20_000,
        "<!-- a\n" * 50_000,
        "Title: x\n" + "a\n" * 100_000,
        "# " + " #" * 50_000,
    ],
    ids=lambda text: repr(text[:8]),
)
def test_a_hostile_text_takes_no_longer_than_its_length_allows(text: str) -> None:
    """About half a second each; what backtracks takes minutes."""
    start = time.process_time()

    formats.as_fountain(text, "a.md", ".md")

    assert time.process_time() - start < 10
