"""Claims about what a list of work takes: only what is made counts, and every figure says where it comes from."""

from pathlib import Path

import pytest

from assets.sheets.production import Done, Step
from assets.sqlite_url import url_of
from assets.store import Store
from flows.episode.costs import charged, memory_of, pace_of, time_of
from flows.episode.profile import load

TOY = load("toy")


def work(step: Step, made: int, found: int = 0) -> list[Done]:
    outcomes = ["made"] * made + ["reused"] * found
    return [
        Done.model_validate({"step": step, "name": f"C{at:03}", "outcome": one})
        for at, one in enumerate(outcomes)
    ]


def test_what_is_found_takes_no_time():
    assert time_of(work("panel", 0, 9), 60, {}, TOY, lanes=2).seconds == 0


def test_pieces_that_may_be_made_side_by_side_share_the_time():
    pace = {"take": 10.0, "mix": 4.0}
    made = [*work("take", 4, 3), *work("mix", 1)]

    assert time_of(made, 60, pace, TOY, lanes=2).seconds == pytest.approx(4 * 10 / 2 + 4)
    assert time_of(made, 60, pace, TOY, lanes=1).seconds == pytest.approx(44)


def test_without_earlier_runs_the_profile_s_pace_counts_for_what_is_made():
    profile = TOY.model_copy(update={"pace": 3.0})

    found = time_of(work("take", 1, 3), 60, {}, profile, lanes=2)

    assert (found.seconds, found.measured) == (pytest.approx(3.0 * 60 / 4), "profile")


def test_a_time_that_nobody_measured_is_not_guessed():
    profile = TOY.model_copy(update={"pace": None})

    assert time_of(work("take", 1), 60, {"panel": 2.0}, profile, lanes=2).seconds is None


def test_a_pace_comes_from_runs_of_the_same_profile(tmp_path: Path):
    with Store.open(url_of(tmp_path / "store.sqlite")) as store:
        store.upsert_episode("yuzu", "ep01", title="", script="0" * 64, by="ken")
        for profile, recipe, seconds in (("toy", "a" * 64, 2.0), ("house", "b" * 64, 80.0)):
            run = store.begin_run("yuzu/ep01", profile, by="ken")
            store.begin_call(run, recipe, "take", "C001")
            store.finish_call(run, recipe, seconds)
            store.finish_run(run, "finished")

        assert pace_of(store, "yuzu/ep01", TOY) == {"take": 2.0}
        assert pace_of(store, "yuzu/ep02", TOY) == {"take": 2.0}, "another episode has the profile's pace too"


@pytest.mark.slow  # it reads the cards of production models
def test_memory_is_that_of_the_largest_model_at_work_on_each_device():
    studio = load("studio")
    on_two = studio.model_copy(update={"devices": {"animator": "cuda:1"}})

    pictures = memory_of([*work("panel", 1), *work("take", 1)], "en", on_two, "cuda")

    assert {one.device for one in pictures} == {"cuda", "cuda:1"}
    assert all(one.gb > 0 for one in pictures)
    assert not any(
        "animator" in model
        for one in memory_of(work("panel", 1), "en", on_two, "cuda")
        for model in one.models
    )


def test_only_a_model_on_somebody_s_server_is_charged():
    options = {"url": "https://voices.studio/v1", "model": "tts-1", "voices": {"": ["nova"]}}
    voices = {"en": {"name": "speech-api", "options": options}}
    machines = {**TOY.machines.model_dump(), "voices": voices}
    profile = type(TOY).model_validate({**TOY.model_dump(), "machines": machines})

    assert charged(work("panel", 5), "en", TOY) == []
    assert [(one.port, one.pieces) for one in charged(work("voice", 5), "en", profile)] == [("voice", 5)]
