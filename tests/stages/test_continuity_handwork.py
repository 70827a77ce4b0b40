"""What a person changes in the sheet stays changed when the script moves on."""

from hypothesis import given, settings
from hypothesis import strategies as st

from assets import fountain
from assets.sheets.bible import Art
from assets.sheets.cutsheet import Camera, Cutsheet
from stages.breakdown import BreakdownOptions, break_down
from stages.continuity import apply, edits, lost, pinned, renumber

SCRIPT = """\
INT. CAFE - DAY

Rain on the window. ANNA pours tea.

ANNA
Tea?

BEN
(angry)
You know why I came back!

Anna looks down.

ANNA
I am sorry.
"""


def broken_down(text: str) -> Cutsheet:
    return break_down(fountain.parse(text), None, episode="ep", language=None, options=BreakdownOptions())


BASE = broken_down(SCRIPT)


def with_cut(sheet: Cutsheet, index: int, **fields: object) -> Cutsheet:
    cuts = list(sheet.cuts)
    cuts[index] = cuts[index].model_copy(update=fields)
    return sheet.model_copy(update={"cuts": tuple(cuts)})


def test_nothing_edited_is_no_edits():
    assert not edits(BASE, BASE)


def test_an_edit_names_the_smallest_thing_that_differs():
    edited = with_cut(BASE, 1, camera=Camera(move="push_in", angle="low"))

    assert set(edits(BASE, edited).cuts["C002"]) <= {"camera.move", "camera.angle", "camera.amount"}


def test_a_hand_edit_wins_over_a_changed_script():
    made = edits(BASE, with_cut(BASE, 1, size="extreme_close"))
    fresh, _ = renumber(broken_down(SCRIPT.replace("Tea?", "More tea?")), BASE)

    after = apply(made, fresh).cuts[1]

    assert after.size == "extreme_close" and "More tea?" in after.lines[0].text


def test_a_prompt_or_art_set_by_hand_stays_although_the_rules_leave_it_out():
    """A field that is left out of the file while it is empty could not be set by hand: the edit was dropped."""
    art = Art(tags="silver hair")
    cast = (BASE.cast[0].model_copy(update={"art": art}), *BASE.cast[1:])
    edited = with_cut(BASE, 1, prompt="anna, tea, rain").model_copy(update={"cast": cast})
    made = edits(BASE, edited)
    fresh, changes = renumber(broken_down(SCRIPT.replace("Tea?", "More tea?")), edited)

    after = apply(made, fresh)

    assert (after.cuts[1].prompt, after.cast[0].art) == ("anna, tea, rain", art)
    assert made.cuts == {BASE.cuts[1].number: {"prompt": "anna, tea, rain"}}
    assert lost(made, fresh) == ()
    assert "prompt" not in {field for change in changes.changed for field in change.fields}
    assert apply(edits(edited, BASE), edited) == BASE


def test_a_length_set_by_hand_is_pinned():
    made = edits(BASE, with_cut(BASE, 2, frames=100))

    assert pinned(made) == {"C003"} and apply(made, BASE).cuts[2].frames == 100


def test_a_cut_deleted_by_hand_stays_deleted_and_its_number_is_missing():
    made = edits(BASE, BASE.model_copy(update={"cuts": BASE.cuts[1:]}))

    assert apply(made, BASE).missing == ("C001",)
    assert [cut.number for cut in apply(made, BASE).cuts] == [cut.number for cut in BASE.cuts[1:]]


def test_a_cut_added_by_hand_stays_behind_the_cut_it_followed():
    extra = BASE.cuts[0].model_copy(update={"number": "C001Z", "action": "A close look at the teapot."})
    made = edits(BASE, BASE.model_copy(update={"cuts": (BASE.cuts[0], extra, *BASE.cuts[1:])}))

    assert apply(made, BASE).cuts[1] == extra and "C001Z" in pinned(made)


def test_an_edit_without_its_cut_is_told_not_lost():
    made = edits(BASE, with_cut(BASE, len(BASE.cuts) - 1, mood="tense"))
    shorter, _ = renumber(broken_down(SCRIPT.split("Anna looks")[0]), BASE)

    told = lost(made, shorter)

    assert len(told) == 1 and BASE.cuts[-1].number in told[0] and "tense" in told[0]


def test_a_number_taken_meanwhile_is_told():
    extra = BASE.cuts[0].model_copy(update={"number": "C001Z"})
    made = edits(BASE, BASE.model_copy(update={"cuts": (*BASE.cuts, extra)}))
    clash = with_cut(BASE, 0, number="C001Z")

    assert "C001Z" in lost(made, clash)[0]


def test_a_look_changed_by_hand_is_kept():
    cast = (
        BASE.cast[0].model_copy(update={"look": BASE.cast[0].look.model_copy(update={"hair": "bun"})}),
        *BASE.cast[1:],
    )

    assert (
        apply(edits(BASE, BASE.model_copy(update={"cast": cast})), broken_down(SCRIPT)).cast[0].look.hair
        == "bun"
    )


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_applying_the_edits_to_the_base_gives_the_edited_sheet(data):
    edited = BASE
    for index in range(len(BASE.cuts)):
        fields = data.draw(
            st.fixed_dictionaries(
                {},
                optional={
                    "frames": st.integers(1, 400),
                    "mood": st.sampled_from(["tense", "warm", "none"]),
                    "action": st.text(max_size=12),
                    "staged": st.sampled_from([(), BASE.cuts[index].staged[::-1]]),
                    "camera": st.builds(Camera, move=st.sampled_from(["fix", "shake"])),
                },
            )
        )
        edited = with_cut(edited, index, **fields)

    made = edits(BASE, edited)

    assert apply(made, BASE) == edited and lost(made, BASE) == ()
