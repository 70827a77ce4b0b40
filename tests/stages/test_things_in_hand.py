"""How long a thing stays in somebody's hand."""

import pytest

from assets import fountain
from assets.sheets.cutsheet import Cutsheet
from stages.breakdown import BreakdownOptions, break_down

TALK = "".join(f"{who}\nSo it goes, number {n}.\n\n" for n in range(3) for who in ("RIN", "MIKA"))


def sheet(text: str) -> Cutsheet:
    return break_down(fountain.parse(text), None, episode="ep", language=None, options=BreakdownOptions())


def hands(made: Cutsheet, who: str, after: int = 0) -> list[str | None]:
    """What ``who`` holds in each cut that shows them, from line ``after`` on."""
    return [
        item.prop
        for cut in made.cuts
        for item in cut.staged
        if item.character == who and cut.source[0] >= after
    ]


@pytest.mark.parametrize("thing", ["letter", "book", "camera"])
def test_a_thing_once_used_leaves_the_hand_after_an_exchange(thing: str) -> None:
    """Whoever had read a letter held it for the rest of the film."""
    made = sheet(f"INT. KITCHEN - DAY\n\nRin holds a {thing}.\n\n{TALK}{TALK}")

    assert hands(made, "rin")[:2] == [thing, thing]
    assert hands(made, "rin")[-1] is None


@pytest.mark.parametrize("thing", ["letter", "book"])
def test_a_thing_once_used_is_not_brought_into_the_next_scene(thing: str) -> None:
    made = sheet(
        f"INT. KITCHEN - DAY\n\nRin reads a {thing}.\n\nEXT. PARK - DAY\n\nRin walks.\n\nRIN\nWell.\n"
    )

    assert thing in hands(made, "rin", after=3)[:1]
    assert not any(hands(made, "rin", after=5))


@pytest.mark.parametrize("thing", ["sword", "lantern", "umbrella", "guitar"])
def test_a_thing_one_carries_stays_through_the_scene_and_into_the_next_but_no_further(thing: str) -> None:
    walk = "".join(f"EXT. {place} - DAY\n\nRin walks.\n\nRIN\nWell.\n\n" for place in ("PARK", "BEACH"))
    made = sheet(f"EXT. FOREST - DAY\n\nRin holds a {thing}.\n\n{TALK}{walk}")
    scenes: dict[str, set[str | None]] = {}
    for cut in made.cuts:
        scenes.setdefault(cut.scene, set()).update(
            item.prop for item in cut.staged if item.character == "rin"
        )

    assert scenes["S01"] == {thing} and scenes["S02"] == {thing}
    assert scenes["S03"] == {None}


@pytest.mark.parametrize(
    "deed",
    [
        "Rin puts it down.",
        "Rin folds it up.",
        "Rin drops it.",
        "Rin tucks it under the cup.",
        "Rin crosses her arms.",
        "Rin burns it.",
    ],
)
def test_a_thing_that_is_put_away_is_in_the_hand_no_more(deed: str) -> None:
    made = sheet(f"INT. KITCHEN - DAY\n\nRin reads a letter.\n\n{deed}\n\n{TALK}")

    assert not any(hands(made, "rin", after=7))


@pytest.mark.parametrize("deed", ["凛はそれを机に置く。", "凛は手紙を破る。", "凛はそれを捨てて、立つ。"])
def test_a_thing_that_is_put_away_in_japanese_is_in_the_hand_no_more(deed: str) -> None:
    made = sheet(f".台所 - 昼\n\n凛が手紙を読む。\n\n{deed}\n\n@凛\nもういい。\n\n@凛\n行こう。\n")

    assert made.cuts[0].staged[0].prop == "letter"
    assert not any(item.prop for cut in made.cuts if cut.source[0] >= 7 for item in cut.staged)


@pytest.mark.parametrize(
    "deed",
    ["Rin hands it to Mika.", "Rin gives Mika the letter. She gives it away.", "Rin passes it to Mika."],
)
def test_a_thing_that_is_given_away_is_in_the_other_hand(deed: str) -> None:
    made = sheet(f"INT. KITCHEN - DAY\n\nMika waits. Rin reads a letter.\n\n{deed}\n\n{TALK}")

    assert not any(hands(made, "rin", after=7))
    assert hands(made, "mika", after=7)[0] == "letter"
