"""Film grammar: each rule speaks where an editor would, and keeps silent where a director meant it."""

from fractions import Fraction
from pathlib import Path

import pytest

from assets import show
from assets.script import read
from assets.sheets.bible import Character, Place
from assets.sheets.cutsheet import Camera, Cut, Cutsheet, Line, Staged
from stages.breakdown import BreakdownOptions, break_down
from stages.filmgrammar import FilmGrammarOptions, fresh_notices, lint

LIBRARY = Path(show.__file__).parent / "library" / "shows"
SCRIPTS = sorted(Path(__file__).parents[1].glob("data/scripts/*.fountain"))
RATE = Fraction(24)


def who(id: str, position: str = "center", facing: str = "front", pose: str = "stand") -> Staged:
    return Staged(character=id, position=position, facing=facing, pose=pose)


def says(id: str, text: str = "Yes.", **more) -> Line:
    return Line(character=id, text=text, **more)


def cut(*staged: Staged, move: str = "fix", angle: str = "eye", amount: float = 1.0, **more) -> Cut:
    given = {"number": "C000", "scene": "S01", "place": "roof", "size": "medium", "frames": 48} | more
    return Cut(staged=staged, camera=Camera(move=move, angle=angle, amount=amount), **given)


def sheet(*cuts: Cut) -> Cutsheet:
    """An episode of these cuts, numbered, after a wide cut that shows the place."""
    wide = cut(size="long", frames=96)
    numbered = tuple(
        each.model_copy(update={"number": f"C{index:03d}"}) for index, each in enumerate((wide, *cuts), 1)
    )
    cast = tuple(Character(id=id, names=(id,)) for id in ("aoi", "ren", "yui"))
    places = tuple(Place(id=id, names=(id,)) for id in ("roof", "room"))
    return Cutsheet(episode="ep", cast=cast, places=places, cuts=numbered)


def found(*cuts: Cut, mute: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    return [(notice.cut, notice.rule) for notice in lint(sheet(*cuts), FilmGrammarOptions(mute=mute))]


LEFT_RIGHT = (who("aoi", "left", "right"), who("ren", "right", "left"))
RIGHT_LEFT = (who("ren", "left", "right"), who("aoi", "right", "left"))
SINGLE = who("aoi", facing="right")


def test_two_who_swap_sides_cross_the_line():
    assert found(cut(*LEFT_RIGHT), cut(SINGLE, size="close"), cut(*RIGHT_LEFT)) == [("C004", "crossed_line")]


@pytest.mark.parametrize(
    "carried",
    [
        (cut(*LEFT_RIGHT), cut(size="insert"), cut(*RIGHT_LEFT)),
        (cut(*LEFT_RIGHT), cut(*LEFT_RIGHT, size="extreme_long"), cut(*RIGHT_LEFT)),
        (cut(*LEFT_RIGHT), cut(*RIGHT_LEFT, size="full", move="pan_left")),
        (cut(*LEFT_RIGHT), cut(*RIGHT_LEFT, size="full", scene="S02")),
        (cut(*LEFT_RIGHT), cut(who("ren", "left", pose="walk"), who("aoi", "right"), size="full")),
        (cut(*LEFT_RIGHT), cut(who("aoi", "far_left"), who("ren"), size="full")),
    ],
    ids=["nobody between", "far between", "the camera moves", "another scene", "one walks", "same sides"],
)
def test_a_line_is_not_crossed_where_the_audience_is_carried_over(carried):
    assert found(*carried) == []


def test_someone_on_the_way_left_may_not_be_on_the_way_right_at_once():
    left, right = who("aoi", facing="left", pose="run"), who("aoi", facing="right", pose="run")

    assert found(cut(left, size="full"), cut(right, size="long")) == [("C003", "screen_direction")]


@pytest.mark.parametrize(
    "between", [who("aoi"), who("aoi", facing="front", pose="run"), who("aoi", pose="turn")]
)
def test_a_turn_that_is_seen_changes_the_direction(between):
    left, right = who("aoi", facing="left", pose="walk"), who("aoi", facing="right", pose="walk")

    assert found(cut(left, size="full"), cut(between), cut(right, size="long")) == []


def test_two_who_talk_look_at_each_other_in_one_frame():
    same = cut(who("aoi", "left", "right"), who("ren", "right", "right"), lines=(says("aoi"),))

    assert found(same) == [("C002", "eyeline")]


def test_two_who_talk_look_at_each_other_from_cut_to_cut():
    one = cut(who("aoi", facing="right"), lines=(says("aoi"),))
    other = cut(who("ren", facing="right"), lines=(says("ren"),))

    assert found(one, other) == [("C003", "eyeline")]


@pytest.mark.parametrize(
    "talk",
    [
        (cut(who("aoi", facing="right"), lines=(says("aoi"),)), cut(who("ren", facing="left"), lines=(says("ren"),))),
        (cut(who("aoi", "left", "right", "walk"), who("ren", "right", "right", "walk"), lines=(says("aoi"),)),),
        (cut(who("aoi", "left", "right"), who("ren", "right", "right")),),
        (cut(who("aoi", "left", "right"), who("ren", "center", "right"), who("yui", "right", "left"),
             lines=(says("aoi"),)),),
        (cut(who("aoi", facing="right"), lines=(says("aoi"),)), cut(who("ren", facing="right"), lines=(says("ren"),)),
         cut(who("yui"))),
    ],
    ids=["they do", "side by side on a walk", "nobody speaks", "a third listens", "a third is in the scene"],
)  # fmt: skip
def test_eyelines_are_not_remarked_on_where_they_may_differ(talk):
    assert found(*talk) == []


def test_the_same_people_at_the_same_size_and_angle_jump():
    assert found(cut(SINGLE), cut(SINGLE)) == [("C003", "jump_cut")]


def test_another_angle_alone_is_the_same_size_again():
    assert found(cut(SINGLE), cut(SINGLE, angle="low")) == [("C003", "same_size")]


@pytest.mark.parametrize(
    "second",
    [
        cut(SINGLE, size="close"),
        cut(who("ren")),
        cut(SINGLE, move="follow"),
        cut(SINGLE, join="dissolve"),
        cut(SINGLE, scene="S02"),
        cut(SINGLE, text="Ten years later"),
    ],
    ids=["nearer", "another person", "a moving camera", "a dissolve", "another scene", "a card"],
)
def test_cuts_that_differ_do_not_jump(second):
    assert found(cut(SINGLE), second) == []


def test_the_fifth_close_up_in_a_row_is_one_too_many():
    faces = [cut(who(id), size="close") for id in ("aoi", "ren", "aoi", "ren", "aoi", "ren")]

    assert found(*faces[:4]) == []
    assert found(*faces) == [("C006", "close_ups")]


def test_a_new_place_wants_to_be_shown_once():
    inside = {"scene": "S02", "place": "room"}
    talk = [cut(who("aoi"), **inside), cut(who("ren"), **inside)]
    wide = cut(who("aoi"), size="long", **inside)
    back = [cut(who("ren"), scene="S03", place="room"), cut(who("aoi"), scene="S03", place="room")]

    assert found(*talk) == [("C002", "no_establishing")]
    assert found(*talk, wide) == found(wide, *talk, *back) == []


def test_a_cut_below_a_second_is_a_flash():
    assert found(cut(SINGLE, frames=23)) == [("C002", "too_short")]
    assert found(cut(SINGLE, frames=24)) == []


def test_words_on_screen_must_be_readable():
    words = "The city has been asleep for a hundred years, and nobody has dared to wake it."

    assert found(cut(text=words, frames=60)) == [("C002", "unread_text")]
    assert found(cut(text=words, frames=120)) == []
    assert found(cut(text="晴れ。きみのいるところ、ぜんぶ。", frames=36)) == [("C002", "unread_text")]


def test_a_line_must_be_readable_until_it_is_recorded():
    words = "I have told you a hundred times, and I shall tell you again, that I did not take it."
    hasty = {"size": "close", "frames": 48}

    assert found(cut(SINGLE, lines=(says("aoi", words),), **hasty)) == [("C002", "unread_text")]
    assert found(cut(SINGLE, lines=(says("aoi", words, frames=48),), **hasty)) == []


def test_a_camera_needs_time_to_arrive():
    assert found(cut(SINGLE, move="pan_left", frames=30)) == [("C002", "hasty_camera")]
    assert found(cut(SINGLE, move="pan_left", frames=48)) == []
    assert found(cut(SINGLE, move="push_in", amount=0.5, frames=24)) == []
    assert found(cut(SINGLE, move="shake", frames=24)) == []


def test_pans_against_each_other_are_remarked_on():
    there, back = cut(SINGLE, move="pan_left"), cut(who("ren"), move="pan_right")

    assert found(there, back) == [("C003", "opposite_pans")]
    assert found(there, cut(who("ren"), move="pan_left")) == []
    assert found(there, cut(who("ren")), back) == []


def test_a_line_that_is_seen_needs_its_speaker():
    assert found(cut(who("aoi"), lines=(says("ren"),))) == [("C002", "unseen_speaker")]
    assert found(cut(who("aoi"), lines=(says("ren", heard="off"),))) == []


def test_a_muted_rule_is_silent():
    assert found(cut(SINGLE), cut(SINGLE), mute=("jump_cut",)) == []


def test_every_notice_names_its_cut_and_says_what_to_do():
    [notice] = lint(sheet(cut(SINGLE), cut(SINGLE)), FilmGrammarOptions())

    assert str(notice).startswith("C003 (jump_cut): ")
    assert "Go nearer or farther" in notice.text


def test_a_choice_is_held_against_what_the_rules_would_have_done():
    before, same, near = cut(SINGLE), cut(SINGLE, number="C001"), cut(SINGLE, number="C001", size="close")

    assert [notice.rule for notice in fresh_notices([before], near, same, [], RATE)] == ["jump_cut"]
    assert fresh_notices([before], same, same, [], RATE) == ()


@pytest.mark.parametrize(
    "path", [*sorted(LIBRARY.glob("*/*.fountain")), *SCRIPTS], ids=lambda path: path.name
)
def test_the_rules_own_cut_sheets_are_good_grammar(path):
    bible = path.parent / "bible.yaml"
    broken_down = break_down(
        read(path),
        show.load(bible) if bible.exists() else None,
        episode="ep",
        language=None,
        options=BreakdownOptions(),
    )

    assert lint(broken_down, FilmGrammarOptions()) == ()


def test_an_empty_sheet_has_nothing_to_remark_on():
    assert lint(Cutsheet(episode="ep"), FilmGrammarOptions()) == ()
