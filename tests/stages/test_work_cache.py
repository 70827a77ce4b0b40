"""The work cache: reused, kept or made, and always able to say why."""

from dataclasses import replace
from pathlib import Path

import pytest

from assets.errors import ModelFailed
from assets.vault import Vault
from models.card import Card
from models.lease import Leased
from stages.work import Work
from stages.work_cache import WorkCache

CARD = Card(name="brush", port="painter", adapter_version=1, summary="paints", licence="Apache-2.0")


def brush(**changes) -> Leased:
    """A model that is never loaded, with ``changes`` in its card."""
    return Leased(type("Brush", (), {"card": CARD.model_copy(update=changes)}), "cpu")


BRUSH = brush()


class Told:
    """Records what the cache says: as a Watch and as the store's calls."""

    def __init__(self):
        self.begun, self.finished, self.outcomes = [], [], []

    def began(self, step, total):
        self.begun.append((step, total))

    def moved(self, step, name, part):
        self.outcomes.append((name, part))

    def done(self, done):
        self.outcomes.append((done.name, done.outcome, done.why))

    def begin(self, recipe, step, name):
        self.begun.append(name)

    def finish(self, recipe, seconds):
        self.finished.append(recipe)


@pytest.fixture
def studio(tmp_path: Path):
    def cache(**options):
        told = Told()
        made = WorkCache(
            Vault.open(tmp_path / "vault"), tmp_path / "journal.jsonl", calls=told, watch=told, **options
        )
        return made, told

    return cache


def work(*, model=BRUSH, seed=1, sight="a roof", frames=24):
    return Work(
        step="take",
        name="C001",
        model=model,
        inputs={"seed": seed},
        depicts={"sight": sight},
        fits={"frames": frames},
    )


def never():
    raise AssertionError("the machine was called")


def test_the_same_work_is_done_once_even_by_another_cache(studio):
    first, _ = studio()
    result = first.get_or_make(work(), lambda: {"answer": 1})

    again, told = studio()

    assert again.get_or_make(work(), never) == result
    assert told.outcomes == [("C001", "reused", "")]
    assert told.begun == []


def test_work_is_recorded_before_it_is_awaited(studio):
    cache, told = studio()

    def fails():
        assert told.begun == ["C001"]
        raise RuntimeError("the machine broke")

    with pytest.raises(RuntimeError):
        cache.get_or_make(work(), fails)
    assert told.finished == []


def test_another_seed_or_model_does_not_throw_paid_work_away(studio):
    studio()[0].get_or_make(work(), lambda: {"answer": 1})
    newer = brush(adapter_version=2)

    cache, told = studio()

    assert cache.get_or_make(work(seed=2), never) == {"answer": 1}
    assert cache.get_or_make(work(model=newer), never) == {"answer": 1}
    assert told.outcomes[0] == ("C001", "kept", "made earlier; changed: seed")
    assert told.outcomes[1] == ("C001", "kept", "made earlier; changed: model")


def test_work_that_holds_an_input_is_not_kept_when_that_input_is_another(studio):
    """A take was once kept although its panel had become another picture."""
    studio()[0].get_or_make(work(), lambda: {"answer": 1})

    cache, told = studio()
    cache.get_or_make(replace(work(seed=2), holds=frozenset({"seed"})), lambda: {"answer": 2})

    assert told.outcomes == [("C001", "made", "changed: seed")]


def test_work_whose_basis_an_older_version_computed_is_kept(studio):
    studio()[0].get_or_make(work(sight="a roof"), lambda: {"answer": 1})
    today = replace(work(sight="a roof, described"), earlier={"sight": "a roof"})

    cache, _ = studio()

    assert cache.get_or_make(today, never) == {"answer": 1}
    assert cache.get_or_make(replace(today, earlier={"sight": "a river"}), lambda: {"answer": 2}) == {
        "answer": 2
    }


def test_memory_that_ran_out_is_said_with_what_was_loaded_and_what_would_help(studio):
    cache, told = studio()

    def fails():
        raise MemoryError("std::bad_alloc")

    with pytest.raises(
        ModelFailed, match=r"cpu ran out of memory .* painter brush .* no model.*devices: {painter"
    ):
        cache.get_or_make(work(), fails)
    assert told.finished == []


def test_a_refresh_makes_it_again(studio):
    studio()[0].get_or_make(work(), lambda: {"answer": 1})

    cache, told = studio(refresh=True)

    assert cache.get_or_make(work(seed=2), lambda: {"answer": 2}) == {"answer": 2}
    assert told.outcomes == [("C001", "made", "changed: seed")]


@pytest.mark.parametrize(
    ("now", "why"),
    [
        (work(sight="a river"), "changed: sight"),
        (work(frames=48), "changed: frames"),
        (work(frames=48, seed=9), "changed: frames, seed"),
        (work(model=brush(name="pencil")), "changed: model"),
    ],
)
def test_what_it_shows_what_it_must_fit_and_whose_hand_it_is_ask_for_new_work(studio, now, why):
    studio()[0].get_or_make(work(), lambda: {"answer": 1})

    cache, told = studio()
    cache.get_or_make(now, lambda: {"answer": 2})

    assert told.outcomes == [("C001", "made", why)]


def test_going_back_to_an_earlier_version_costs_nothing(studio):
    cache, told = studio()
    cache.get_or_make(work(), lambda: {"answer": 1})
    cache.get_or_make(work(sight="a river"), lambda: {"answer": 2})

    assert cache.get_or_make(work(), never) == {"answer": 1}
    assert told.outcomes[-1] == ("C001", "reused", "")


def test_a_result_whose_bytes_are_gone_is_made_again(studio, tmp_path):
    cache, told = studio()
    ref = cache.vault.put(b"pixels", "image/png")
    cache.get_or_make(work(), lambda: {"image": ref.model_dump(mode="json")})
    cache.vault.local(ref).unlink()

    def repaint():
        return {"image": cache.vault.put(b"pixels", "image/png").model_dump(mode="json")}

    found, told = studio()

    assert found.get_or_make(work(), repaint)["image"]["sha256"] == ref.sha256
    assert told.outcomes == [("C001", "made", "its stored result was gone")]


def test_peeking_finds_what_get_or_make_would_find_and_reports_nothing(studio):
    first, _ = studio()
    first.get_or_make(work(), lambda: {"answer": 1})

    cache, told = studio()

    assert cache.peek(work()) == {"answer": 1}
    assert cache.peek(work(seed=2)) == {"answer": 1}  # kept: it depicts the same
    assert cache.peek(work(seed=2, sight="a cellar")) is None
    assert (told.begun, told.outcomes) == ([], [])


def test_a_piece_found_again_when_a_run_begins_anew_is_counted_once(studio):
    """A retake that changes the sheet showed `Voices 3`, then `Voices 6`: there were 3 lines."""
    studio()[0].get_or_make(work(), lambda: {"answer": 1})
    cache, told = studio()
    for _ in range(2):
        cache.began("take", 1)
        cache.get_or_make(work(), never)
        cache.look_again()

    assert [done.outcome for done in cache.done] == ["reused"]
    assert told.begun == [("take", 1), ("take", 1), ("take", -1)]


def test_a_piece_made_anew_after_a_run_begins_again_is_counted(studio):
    cache, _ = studio()
    cache.get_or_make(work(), lambda: {"answer": 1})
    cache.look_again()
    cache.get_or_make(work(), never)
    cache.get_or_make(work(sight="a hill"), lambda: {"answer": 2})

    assert [done.outcome for done in cache.done] == ["made", "made"]
