"""Claims about a delivery's usage: every ingredient of every segment, for the frames in which it is seen or heard."""

from fractions import Fraction

import pytest

from assets.errors import StorageFailed
from assets.sheets.production import Panel, Placed, Ref, Segment, Take, Timeline
from assets.sheets.usage import Generation, Ingredient, Origin
from assets.store import Store
from assets.timing import Span
from flows.rights.usage import Generations, Shown, usage

RATE = Fraction(24)


def sha(letter: str) -> str:
    return letter * 64


def ref(letter: str, media_type: str = "video/mp4") -> Ref:
    return Ref(sha256=sha(letter), bytes=1, media_type=media_type)


def generation(output: str, *keys: str, step="take", recipe="1", origins=()) -> Generation:
    return Generation(
        step=step,
        name="C001",
        recipe=sha(recipe),
        outputs=(sha(output),),
        model={},
        ingredients=tuple(Ingredient(kind="model", key=key, role="movement") for key in keys),
        origins=tuple(Origin(sha256=sha(of), part=part) for part, of in origins),
    )


def take(**given) -> Take:
    plain = {"cut": "C001", "number": 2, "clip": ref("c"), "frames": 48, "size": (64, 36), "recipe": sha("1"),
             "basis": sha("2"), "seed": 0}  # fmt: skip
    return Take(**{**plain, **given})


def shown(sounds=(), **given) -> Shown:
    segments = tuple(
        Segment(name=name, clip=ref("9"), span=Span(start=start, stop=stop), recipe=sha("8"))
        for name, start, stop in (("opening", 0, 24), ("C001", 24, 72))
    )
    panel = Panel(cut="C001", image=ref("b", "image/png"), recipe=sha("3"), basis=sha("4"))
    timeline = Timeline(
        episode="ep01", rate=RATE, size=(64, 36), frames=72, segments=segments, sounds=tuple(sounds)
    )
    return Shown(
        episode=sha("e"),
        profile="studio",
        policy="research",
        timeline=timeline,
        takes=given.get("takes", {"C001": take()}),
        panels={"C001": panel},
        beside={"opening": "C001"},
    )


def sound(letter: str, at: int, frames: int) -> Placed:
    return Placed(stem="voice", name=f"line {letter}", sound=ref(letter, "audio/flac"), at=at, frames=frames)


def frames_of(shown: Shown, *made: Generation) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for segment, ingredient, frames in usage(shown, Generations(made)).each():
        found.setdefault(segment.name, {})[ingredient.key] = frames
    return found


PANEL = generation("b", "painter", step="panel", recipe="3")
CLIP = generation("c", "animator", origins=[("panel", "b")])


def test_a_cut_rests_on_its_take_and_on_the_panel_of_that_take():
    assert frames_of(shown(), PANEL, CLIP)["C001"] == {"animator": 48, "painter": 48}


def test_a_title_rests_on_the_panel_it_shows():
    assert frames_of(shown(), PANEL, CLIP)["opening"] == {"painter": 24}


def test_a_sound_counts_in_every_segment_for_the_frames_it_is_heard_there():
    voice = generation("d", "voice", step="voice", recipe="5")

    found = frames_of(shown([sound("d", at=20, frames=14)]), PANEL, CLIP, voice)

    assert (found["opening"]["voice"], found["C001"]["voice"]) == (4, 10)


def test_two_lines_of_one_voice_at_once_count_a_frame_once():
    voices = [generation(letter, "voice", step="voice", recipe=letter) for letter in "de"]
    spoken = [sound("d", at=30, frames=10), sound("e", at=35, frames=10)]

    assert frames_of(shown(spoken), PANEL, CLIP, *voices)["C001"]["voice"] == 15


def test_a_range_that_was_redone_rests_on_the_new_model_and_the_rest_on_the_old_one():
    old = generation("a", "old", recipe="7", origins=[("panel", "b")])
    new = generation("c", "new", origins=[("panel", "b"), ("over", "a")])
    redone = take(redone=Span(start=0, stop=12), over=ref("a"))

    assert frames_of(shown(takes={"C001": redone}), PANEL, old, new)["C001"] == {
        "new": 12,
        "old": 36,
        "painter": 48,
    }


def test_of_two_generations_with_the_same_result_the_takes_own_recipe_counts():
    twin = generation("c", "another", recipe="6")

    assert frames_of(shown(), PANEL, CLIP, twin)["C001"] == {"animator": 48, "painter": 48}


def test_a_piece_whose_making_was_not_recorded_is_named_and_not_guessed():
    found = usage(shown([sound("d", at=30, frames=5)]), Generations([CLIP]))

    assert found.unrecorded == (
        "opening: the panel of C001",
        "C001: the panel of take 2",
        "C001: voice line d",
    )


def test_a_damaged_event_ends_in_a_sentence(tmp_path):
    with Store.open(f"sqlite:///{tmp_path}/store.sqlite") as store:
        body = {**CLIP.raw(), "recipe": "x"}
        store.ledger.append("generation.completed", "show/ep01/take/C001", body)

        with pytest.raises(StorageFailed, match=r"event 1 of the ledger.*sakuga ledger verify"):
            Generations.of(store, "show/ep01")
