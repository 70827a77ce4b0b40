"""The picture weights that ship: there, whole, small, told of, and chosen by what they say."""

import json

import numpy as np
import pytest
from safetensors import safe_open

from models.house import animator, scenes, weights
from models.house.autoencoder import UP
from models.house.brush import Brush
from models.house.painter import CANDIDATES, HousePainter

NAMES = ("autoencoder", "painter", "animator", "traits", "people")


@pytest.fixture(scope="module")
def brush():
    return Brush.load("cpu", motion=True)


@pytest.mark.parametrize("name", NAMES)
def test_the_weights_are_here_whole_and_small(name):
    """Not skipped when they are missing: the contract suite is, and would say nothing."""
    place = weights.folder(name)

    files = [path for path in place.rglob("*") if path.is_file()]
    assert all(path.stat().st_size <= weights.LARGEST for path in files)
    assert {path.suffix for path in files} <= {".safetensors", ".json", ".md", ""}


def test_the_family_is_no_larger_than_a_repository_carries():
    assert sum(path.stat().st_size for path in weights.LIBRARY.rglob("*") if path.is_file()) <= 60_000_000


@pytest.mark.parametrize("name", NAMES)
def test_weights_are_in_half_precision(name):
    for path in weights.folder(name).rglob("*model*.safetensors"):
        with safe_open(path, framework="np") as held:
            kinds = {held.get_slice(key).get_dtype() for key in held.keys()}  # noqa: SIM118
        assert kinds <= {"F16", "I64"}, path


@pytest.mark.parametrize("name", NAMES)
def test_a_card_names_its_data_by_hash(name):
    place = weights.folder(name)
    told = json.loads((place / "training.json").read_text(encoding="utf-8"))
    card = (place / "CARD.md").read_text(encoding="utf-8")

    assert told["data"]["licence"] == "Apache-2.0"
    assert told["data"]["sha256"] in card
    assert all(word in card for word in ("Training", "seeds", "Licence: Apache-2.0"))


def test_no_config_says_where_it_was_made():
    for path in weights.LIBRARY.rglob("*.json"):
        text = path.read_text(encoding="utf-8")
        assert "_name_or_path" not in text, path
        assert '"/' not in text, path


def test_missing_weights_are_told_before_anything_is_made(monkeypatch, tmp_path):
    monkeypatch.setattr(weights, "LIBRARY", tmp_path)

    assert "autoencoder" in HousePainter.lacks()


def test_the_candidate_that_is_read_best_is_the_panel(brush):
    class Likes:
        """Likes the last candidate."""

        def __init__(self):
            self.asked = 0

        def legible(self, picture, shot, spots):
            self.asked += 1
            return self.asked

    class LikesNone(Likes):
        def legible(self, picture, shot, spots):
            return -super().legible(picture, shot, spots)

    shot, likes = scenes.shot_of(5, (320, 180)), Likes()
    last = HousePainter(brush, likes).paint(shot, seed=4)
    first = HousePainter(brush, LikesNone()).paint(shot, seed=4)

    assert likes.asked == CANDIDATES
    assert (first != last).any()


def test_a_panel_keeps_the_colours_of_its_rough(brush):
    """A weight file of noise, or a wrong prior, would pass every test of shapes."""
    shot = scenes.shot_of(scenes.HELD_OUT + 11, (640, 360))
    rough = scenes.draw(scenes.HELD_OUT + 11).pictures[0]

    made = brush.shown(next(brush.dream("<none>", rough, columns=128, steps=2, strength=0.2, seeds=[1])))[0]

    assert shot.cast
    small = made[::2, ::2].astype(float)
    assert np.abs(small - rough).mean() < 8
    grey = np.abs(rough - rough.mean((0, 1))).mean()
    assert np.abs(small - rough).mean() < grey / 4


def test_only_the_box_around_what_moved_is_finished(brush):
    rough = scenes.draw(scenes.HELD_OUT + 11).pictures[0]
    found = brush.code(rough)
    differs = np.zeros((72, 128), np.uint8)
    differs[40:48, 60:70] = 1

    part = animator._part(brush, found[0], differs)
    whole = brush.shown(found)[0]

    rows, columns = np.nonzero(part.any(axis=2))
    assert (rows.min() // UP, columns.min() // UP) >= (7, 12)
    assert (rows.max() // UP, columns.max() // UP) <= (15, 21)
    there = (slice(40 * 8, 48 * 8), slice(60 * 8, 70 * 8))
    assert np.abs(part[there].astype(int) - whole[there]).mean() < 4
