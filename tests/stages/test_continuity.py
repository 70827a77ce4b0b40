"""Numbers stay with their cuts, whatever is written before, after or between them."""

from hypothesis import given, settings
from hypothesis import strategies as st

from assets import fountain
from assets.sheets.bible import Character, Place
from assets.sheets.cutsheet import Cut, Cutsheet, Line
from stages.breakdown import BreakdownOptions, break_down, retime
from stages.continuity import basis, renumber

WORDS = ["rain", "door", "lantern", "bridge", "whistle", "garden", "sparrow", "letter", "engine", "harvest"]


def sheet(texts: list[str], missing: tuple[str, ...] = ()) -> Cutsheet:
    cuts = tuple(
        Cut(
            number=f"C{index:03d}",
            scene="S01",
            place="park",
            frames=24,
            lines=(Line(character="mia", text=text),),
        )
        for index, text in enumerate(texts, 1)
    )
    return Cutsheet(
        episode="ep",
        cast=(Character(id="mia", names=("Mia",)),),
        places=(Place(id="park", names=("Park",)),),
        cuts=cuts,
        missing=missing,
    )


def numbers(of: Cutsheet) -> list[str]:
    return [cut.number for cut in of.cuts]


def texts(of: Cutsheet) -> dict[str, str]:
    return {cut.number: cut.lines[0].text for cut in of.cuts}


FOUR = ["The lantern went out.", "Nobody crossed the bridge.", "I kept every letter.", "The harvest is over."]


def test_the_first_sheet_keeps_its_own_numbers():
    first, changes = renumber(sheet(FOUR), None)

    assert numbers(first) == list(changes.inserted) == ["C001", "C002", "C003", "C004"]


def test_an_unchanged_sheet_is_unchanged():
    again, changes = renumber(sheet(FOUR), sheet(FOUR))

    assert again == sheet(FOUR) and not (changes.changed or changes.inserted or changes.removed)


def test_a_small_edit_keeps_the_number_and_is_told_in_words():
    again, changes = renumber(sheet([*FOUR[:2], "I kept every single letter.", FOUR[3]]), sheet(FOUR))

    assert numbers(again) == numbers(sheet(FOUR))
    assert [item.number for item in changes.changed] == ["C003"]
    assert "every single letter" in changes.changed[0].why


def test_a_line_written_anew_between_its_neighbours_is_still_that_cut():
    again, _ = renumber(sheet([FOUR[0], "Sparrows!", *FOUR[2:]]), sheet(FOUR))

    assert texts(again)["C002"] == "Sparrows!"


def test_an_inserted_cut_gets_a_letter_and_moves_nobody():
    again, changes = renumber(sheet([*FOUR[:2], "Wait, whose engine is that?", *FOUR[2:]]), sheet(FOUR))

    assert numbers(again) == ["C001", "C002", "C002A", "C003", "C004"]
    assert changes.inserted == ("C002A",)


def test_a_cut_before_the_first_is_lettered_after_nothing():
    again, _ = renumber(sheet(["Once upon a time.", *FOUR]), sheet(FOUR))

    assert numbers(again)[0] == "C000A"


def test_a_cut_after_the_last_counts_on():
    again, _ = renumber(sheet([*FOUR, "And the engine started."]), sheet(FOUR))

    assert numbers(again)[-1] == "C005"


def test_a_removed_cut_is_missing_and_its_number_never_comes_back():
    shorter, changes = renumber(sheet([FOUR[0], *FOUR[2:]]), sheet(FOUR))
    longer, _ = renumber(sheet([*FOUR[2:], "x", "y", "z"]), shorter)

    assert changes.removed == shorter.missing == ("C002",)
    assert "C002" not in numbers(longer) and "C002" in longer.missing


def test_numbers_added_by_hand_are_not_given_away():
    again, _ = renumber(
        sheet([FOUR[0], "A sparrow in the garden.", *FOUR[1:]]), sheet(FOUR), reserved=["C001A"]
    )

    assert numbers(again)[1] == "C001B"


SENTENCES = st.lists(
    st.lists(st.sampled_from(WORDS), min_size=2, max_size=5).map(" ".join), min_size=1, max_size=9
)


@settings(max_examples=150, deadline=None)
@given(st.lists(SENTENCES, min_size=2, max_size=5))
def test_no_number_is_ever_used_for_two_cuts_or_used_again(drafts):
    current, gone, ever = None, set(), set()
    for draft in drafts:
        current, changes = renumber(sheet(draft), current)

        assert len(set(numbers(current))) == len(draft)
        assert not gone & set(numbers(current))
        assert set(changes.inserted).isdisjoint(ever)
        gone |= set(changes.removed)
        ever |= set(numbers(current))
        assert gone == set(current.missing)
        assert [cut.lines[0].text for cut in current.cuts] == draft


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(WORDS), min_size=3, max_size=9, unique=True), st.data())
def test_one_cut_in_or_out_leaves_all_others_their_numbers(draft, data):
    before = sheet([f"The {word} again, and then the {word}." for word in draft])
    at = data.draw(st.integers(0, len(draft) - 1))
    kept = [cut.lines[0].text for cut in before.cuts]

    fewer, _ = renumber(sheet(kept[:at] + kept[at + 1 :]), before)
    more, _ = renumber(sheet([*kept[:at], "Quick! Hide your zither 12345", *kept[at:]]), before)

    assert numbers(fewer) == numbers(before)[:at] + numbers(before)[at + 1 :]
    assert [number for number in numbers(more) if texts(more)[number] in kept] == numbers(before)


SCRIPT = (
    "INT. ROOM - DAY\n\nMIA sits.\n\nMIA\nHello there, Tom.\n\n"
    "TOM\nWhy are you here?\n\nMIA\nTo read.\n\nTom leaves.\n"
)


def broken_down(text: str) -> Cutsheet:
    return break_down(fountain.parse(text), None, episode="ep", language=None, options=BreakdownOptions())


def test_one_changed_line_of_a_script_changes_one_cut():
    before = broken_down(SCRIPT)

    _, changes = renumber(broken_down(SCRIPT.replace("To read.", "To write.")), before)

    assert len(changes.changed) == 1 and not changes.inserted and not changes.removed


def test_a_measured_sheet_is_not_changed_by_a_fresh_estimate():
    before = broken_down(SCRIPT)
    keys = [(cut.number, index) for cut in before.cuts for index in range(len(cut.lines))]
    measured = retime(before, dict.fromkeys(keys, 3.3), options=BreakdownOptions())

    _, changes = renumber(broken_down(SCRIPT), measured)

    assert changes.changed == ()


def test_measured_lengths_leave_the_basis_alone_and_words_do_not():
    before = broken_down(SCRIPT)
    cut = before.cuts[-2]
    longer = cut.model_copy(update={"frames": 99, "number": "C900"})
    other = cut.model_copy(update={"lines": (cut.lines[0].model_copy(update={"text": "No."}),)})

    assert basis(before, longer) == basis(before, cut) != basis(before, other)
