"""The picture weights that ship: there, whole, small, told of, and chosen by what they say."""

import json

import numpy as np
import pytest
from safetensors import safe_open

from models.cel.shooting import Shooting
from models.house import animator, measure, people, portraits, reader, scenes, weights
from models.house.autoencoder import UP
from models.house.brush import Brush, Painting
from models.house.painter import CANDIDATES, HousePainter
from models.house.traits import TraitJudge

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
    configs = list(weights.LIBRARY.rglob("config.json"))

    assert configs
    for path in weights.LIBRARY.rglob("*.json"):
        text = path.read_text(encoding="utf-8")
        assert "_name_or_path" not in text, path
        assert '"/' not in text, path


def test_missing_weights_are_named_and_whole_ones_are_not(tmp_path):
    assert "autoencoder" in weights.lacks("autoencoder", library=tmp_path)
    assert HousePainter.lacks() == ""


def test_the_candidate_that_is_read_best_is_the_panel(brush):
    class Likes:
        """Likes the last candidate."""

        def __init__(self):
            self.asked, self.spots = 0, []

        def legible(self, picture, shot, spots):
            self.asked += 1
            self.spots.append(set(spots))
            return self.asked

    class LikesNone(Likes):
        def legible(self, picture, shot, spots):
            return -super().legible(picture, shot, spots)

    shot, likes = scenes.shot_of(5, (320, 180)), Likes()
    last = HousePainter(brush, likes).paint(shot, seed=4)
    first = HousePainter(brush, LikesNone()).paint(shot, seed=4)

    assert likes.asked == CANDIDATES
    assert likes.spots == [{person.id for person in shot.cast}] * CANDIDATES
    assert (first != last).any()

    likes.spots.clear()
    HousePainter(brush, likes).paint(shot, seed=4, layout=np.zeros((180, 320, 3), np.uint8))
    assert likes.spots == [set()] * CANDIDATES  # nobody knows where heads are on another layout


def test_the_judge_of_people_reads_people_it_never_saw():
    """Weights of noise, or crops in another order, would pass every test of shapes."""
    judge = people.PeopleJudge.load("cpu")
    found = [portraits.draw(portraits.FIRST + 48 * portraits.SHARD + n) for n in range(6)]
    labels = np.concatenate([one.labels for one in found])
    read = judge.read(np.concatenate([one.crops for one in found]))

    for trait, least in (("hair", 0.5), ("hair_color", 0.7), ("eye_color", 0.5), ("outfit_color", 0.35)):
        wanted = labels[:, people.TRAITS.index(trait)]
        seen = wanted != reader.UNSEEN
        assert seen.sum() > 10
        assert (read[trait].argmax(1) == wanted)[seen].mean() > least, trait


def test_the_trait_judge_reads_scenes_it_never_saw():
    shots = measure.held_out(20)
    pictures = [scenes.draw(scenes.HELD_OUT + number).pictures[0] for number in range(20)]

    read = measure.accuracy(TraitJudge.load("cpu"), pictures, shots)

    assert {trait: np.mean(hits) > 0.5 for trait, hits in read.items()} == dict.fromkeys(read, True)


def test_a_finished_panel_is_nearer_the_large_drawing_than_an_unfinished_one(brush):
    """The finish was taught on painted latents: without it, or with that of clean pictures, a weave stays."""
    seed = scenes.HELD_OUT + 500
    rig = Shooting(scenes.shot_of(seed, scenes.LARGE), seed=0, frames=49).still(0)
    found = next(brush.dream(Painting("<none>", 128, 2, 0.2), rig, seeds=[0]))

    apart = [np.abs(one[0].astype(float) - rig).mean() for one in (brush.shown(found), brush.rough(found))]

    assert apart[0] < 0.5 * apart[1]  # 0.44; a finish that only saw clean pictures leaves 0.54


def test_a_panel_keeps_the_colours_of_its_rough(brush):
    """A weight file of noise, or a wrong prior, would pass every test of shapes."""
    shot = scenes.shot_of(scenes.HELD_OUT + 11, (640, 360))
    rough = scenes.draw(scenes.HELD_OUT + 11).pictures[0]

    made = brush.shown(next(brush.dream(Painting("<none>", 128, 2, 0.2), rough, seeds=[1])))[0]

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
