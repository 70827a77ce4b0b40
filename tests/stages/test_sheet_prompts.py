"""Built prompts stand in the cut sheet that people read; a run works with what a person wrote, and no more."""

from hypothesis import given
from hypothesis import strategies as st

from assets.sheets.bible import Art, Character, Place
from assets.sheets.cutsheet import Cut, Cutsheet, Staged
from models.card import Card
from stages.continuity import basis, pictured
from stages.shots.sheet_prompts import built, by_hand, filled, outdated, unheard

PAINTER = Card(
    name="reader", port="painter", adapter_version=1, summary="reads", licence="Apache-2.0", dialect="tags"
)
ANIMATOR = PAINTER.model_copy(update={"port": "animator", "dialect": "prose"})
RIG = PAINTER.model_copy(update={"dialect": "grammar"})
CARDS = (PAINTER, ANIMATOR)
CUT = Cut(number="C001", scene="S01", place="roof", staged=(Staged(character="rin"),), frames=24)


def sheet(*cuts: Cut, tags: str = "black bob") -> Cutsheet:
    return Cutsheet(
        episode="ep01",
        cast=(Character(id="rin", names=("RIN",), art=Art(tags=tags)),),
        places=(Place(id="roof", names=("ROOF",), kind="rooftop"),),
        cuts=cuts or (CUT,),
    )


def changed(cut: Cut, **fields: object) -> Cut:
    return cut.model_copy(update=fields)


def test_the_sheet_to_read_has_the_prompt_of_each_model_in_its_own_dialect():
    [cut] = filled(sheet(), built(sheet(), *CARDS)).cuts

    assert "black bob" in cut.prompt and "static camera" not in cut.prompt
    assert cut.motion_prompt.endswith(".") and "Static camera" in cut.motion_prompt


def test_a_model_that_does_not_read_leaves_no_prompt_in_the_sheet():
    assert filled(sheet(), built(sheet(), RIG, RIG)) == sheet()


def test_built_prompts_are_no_edit_by_hand_and_no_part_of_what_a_cut_depicts():
    texts = built(sheet(), *CARDS)

    back = by_hand(filled(sheet(), texts), texts)

    assert back == sheet()
    assert (pictured(back, back.cuts[0]), basis(back, back.cuts[0])) == (
        pictured(sheet(), CUT),
        basis(sheet(), CUT),
    )


@given(text=st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1))
def test_what_a_person_wrote_stays_whatever_the_bible_says_later(text):
    texts = built(sheet(), *CARDS)
    edited = sheet(changed(CUT, prompt=f"{text}, by hand"))

    assert by_hand(edited, texts).cuts[0].prompt == f"{text}, by hand"
    assert filled(edited, built(sheet(tags="silver hair"), *CARDS)).cuts[0].prompt == f"{text}, by hand"


def test_a_prompt_that_a_person_emptied_is_built_again():
    texts = built(sheet(), *CARDS)

    assert (
        filled(by_hand(sheet(changed(CUT, prompt="")), texts), texts).cuts[0].prompt
        == texts["C001"]["prompt"]
    )


def test_the_prompt_of_a_cut_that_was_copied_by_hand_is_no_prompt_by_hand():
    texts = built(sheet(), *CARDS)
    [full] = filled(sheet(), texts).cuts
    copied = sheet(full, changed(full, number="C001A", size="close"))

    assert [cut.prompt for cut in by_hand(copied, texts).cuts] == ["", ""]


def test_built_prompts_are_known_by_the_sheet_itself_where_nobody_remembers_them():
    """With a new store every built prompt would have been an edit by hand, and would never have changed again."""
    full = filled(sheet(), built(sheet(), *CARDS))

    assert by_hand(full, {}, built(full, *CARDS)) == sheet()


def test_a_prompt_by_hand_changes_what_its_panel_depicts_and_a_motion_prompt_only_its_take():
    painted, moved = changed(CUT, prompt="rin, rain"), changed(CUT, motion_prompt="She turns.")

    assert pictured(sheet(painted), painted) != pictured(sheet(), CUT)
    assert pictured(sheet(moved), moved) == pictured(sheet(), CUT)
    assert basis(sheet(moved), moved) != basis(sheet(), CUT)


def test_a_prompt_by_hand_is_named_when_what_cut_and_bible_give_has_changed():
    before, now = built(sheet(), *CARDS), built(sheet(tags="silver hair"), *CARDS)
    edited = sheet(changed(CUT, prompt="rin, rain"))

    assert [sentence[:18] for sentence in outdated(edited, before, now)] == ["C001: its prompt w"]
    assert not list(outdated(edited, now, now))
    assert not list(outdated(sheet(), before, now))


def test_a_note_that_a_prompt_by_hand_keeps_from_the_model_is_told():
    """The cut was made again with another seed, and nobody said that the director's note had not been sent."""
    by_hand_only = sheet(changed(CUT, prompt="rin, rain"))
    notes = {"C001": "longer hair"}

    assert [sentence[:34] for sentence in unheard(by_hand_only, notes, PAINTER)] == [
        "C001 was ordered again ('longer ha"
    ]
    assert not list(unheard(by_hand_only, notes, ANIMATOR))
    assert not list(unheard(by_hand_only, {"C001": ""}, PAINTER))
    assert not list(unheard(by_hand_only, notes, RIG))
    assert not list(unheard(sheet(), notes, PAINTER))
