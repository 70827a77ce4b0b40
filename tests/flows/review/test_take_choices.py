"""Claims about choosing takes by hand, and about `sakuga takes`, which tells of it."""

import pytest
from typer.testing import CliRunner

from assets.errors import InputRefused, LockHeld
from assets.sheets.bible import Place
from assets.sheets.cutsheet import Cut, Cutsheet
from assets.sheets.production import Ref, Take
from assets.store import Store
from flows.cli import app
from flows.review import take_choices

KEY, CUT = "yuzu/ep01", "C001"


def take_of(cut: str, recipe: str) -> Take:
    clip = Ref(sha256=recipe * 64, bytes=9, media_type="video/mp4")
    return Take(
        cut=cut, number=1, clip=clip, frames=24, size=(1280, 720), recipe=recipe * 64, basis="b" * 64, seed=7
    )


def sheet_of(*numbers: str) -> Cutsheet:
    place = Place(id="roof", names=("Roof",), kind="rooftop")
    cuts = tuple(Cut(number=number, scene="S01", place="roof", frames=24) for number in numbers)
    return Cutsheet(episode="ep01", places=(place,), cuts=cuts)


@pytest.fixture
def studio(tmp_path):
    """A store with three takes of C001, the second best of them selected by the ranking."""
    with Store.open(f"sqlite:///{tmp_path}/store.sqlite") as store:
        store.upsert_episode("yuzu", "ep01", title="", script="0" * 64, by="ken")
        store.record_cutsheet(KEY, sheet_of(CUT, "C002"), {CUT: "b" * 64, "C002": "b" * 64})
        for recipe in "123":
            store.add_take(KEY, take_of(CUT, recipe))
        store.select(KEY, CUT, 2, by="sakuga", reason="best of 3: steadier")
        yield store


def test_a_choice_is_shown_locked_and_entered_in_the_ledger(studio):
    shown = take_choices.choose(studio, KEY, CUT, 3, by="aya", reason="her eyes")

    (event,) = studio.ledger.events(kind="take.chosen")
    assert (shown.take.number, shown.locked) == (3, True)
    assert (event.subject, event.made_by, event.body["reason"]) == (f"{KEY}/{CUT}/3", "aya", "her eyes")


def test_the_same_choice_again_is_not_entered_twice(studio):
    for _ in range(2):
        take_choices.choose(studio, KEY, CUT, 3, by="aya", reason="her eyes")

    assert len(studio.ledger.events(kind="take.chosen")) == 1


def test_what_another_person_chose_needs_an_unlock_first(studio):
    take_choices.choose(studio, KEY, CUT, 3, by="aya", reason="her eyes")

    with pytest.raises(LockHeld, match=r"by aya .*her eyes.*Unlock"):
        take_choices.choose(studio, KEY, CUT, 1, by="ken", reason="his hands")
    take_choices.unlock(studio, KEY, CUT, by="ken", reason="talked to aya")
    assert take_choices.choose(studio, KEY, CUT, 1, by="ken", reason="his hands").take.number == 1


def test_a_take_of_another_size_is_refused(studio):
    studio.add_take(KEY, take_of(CUT, "4").model_copy(update={"size": (320, 180)}))

    with pytest.raises(InputRefused, match=r"320x180.*1280x720"):
        take_choices.choose(studio, KEY, CUT, 4, by="aya", reason="?")


def test_rolling_back_shows_the_take_before_and_again_the_later_one(studio):
    take_choices.choose(studio, KEY, CUT, 3, by="aya", reason="her eyes")

    back = take_choices.roll_back(studio, KEY, CUT, by="aya")
    forth = take_choices.roll_back(studio, KEY, CUT, by="aya", reason="no, it was right")

    assert (back.take.number, back.locked, back.reason) == (2, True, "back from take 3 to take 2")
    assert (forth.take.number, forth.reason) == (3, "back from take 2 to take 3: no, it was right")


def test_rolling_back_over_another_persons_lock_is_refused(studio):
    take_choices.choose(studio, KEY, CUT, 3, by="aya", reason="her eyes")

    with pytest.raises(LockHeld, match="by aya"):
        take_choices.roll_back(studio, KEY, CUT, by="ken")


def test_there_is_nothing_before_the_first_choice(studio):
    with pytest.raises(InputRefused, match="take 2 only"):
        take_choices.roll_back(studio, KEY, CUT, by="aya")
    with pytest.raises(InputRefused, match="no take yet"):
        take_choices.roll_back(studio, KEY, "C002", by="aya")


def test_what_is_not_locked_cannot_be_unlocked_and_a_reason_is_needed(studio):
    with pytest.raises(InputRefused, match="not locked"):
        take_choices.unlock(studio, KEY, CUT, by="aya", reason="free it")
    with pytest.raises(InputRefused, match="reason"):
        take_choices.unlock(studio, KEY, CUT, by="aya", reason=" ")


@pytest.fixture
def takes(first_run, tmp_path):
    """``takes("--choose", "C001=1")``: the command on a copy of a finished toy episode of one take a cut."""
    import shutil

    shutil.copytree(first_run, tmp_path, dirs_exist_ok=True)

    def run(*words: str):
        return CliRunner().invoke(app, ["takes", "kite", *words, "--out", str(tmp_path / "episodes")])

    return run


def test_the_table_names_every_cut_and_its_measures(takes):
    told = takes().stdout

    assert "C001" in told
    assert "1 *" in told
    assert "motion" in told
    assert "the only take" in told


def test_after_a_choice_it_says_what_is_shown_and_how_the_episode_follows(takes):
    done = takes("--choose", "C001=1", "--reason", "it is right")

    assert done.exit_code == 0, done.output
    assert "C001 shows take 1, locked" in done.stdout
    assert "sakuga produce" in done.stdout
    assert "locked" in takes("C001").stdout
    assert "it is right" in takes("--history", "C001").stdout


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("--choose", "C001"), "C004=2"),
        (("--choose", "C001=1", "--unlock", "C001"), "Give only one of"),
        (("C404",), "no cut C404"),
        (("--choose", "C001=9", "--reason", "x"), "no take 9"),
        (("--choose", "C001=1"), "without a reason"),
        (("--history", "C404"), "no history"),
    ],
)
def test_what_cannot_be_done_is_said_with_what_can(takes, words, problem):
    done = takes(*words)

    assert done.exit_code != 0
    assert problem in done.output + str(done.exception)
