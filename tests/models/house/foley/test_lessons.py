"""Captions and lessons: closed, true, and the same from the same seeds."""

import hashlib
import json

import numpy as np
import pytest

from assets.sheets.sounds import SOUNDS
from models.foley.catalogue import RECIPES
from models.house.foley import data, words
from models.house.foley.net import LONGEST


def test_every_audible_sound_has_a_caption():
    taught = {name for name, _, _ in words.combinations().values()}

    assert taught == set(SOUNDS) - {"silence"} == set(words.NAMES)


def test_every_caption_fits_the_reader_with_its_end_sign():
    assert max(len(words.split(text)) for text in words.combinations()) < LONGEST


def test_what_is_kept_out_leaves_no_word_untaught_and_no_sound_without_its_own_length():
    taught = set(words.combinations()) - words.kept_out()

    assert {word for text in taught for word in words.split(text)} == set(words.vocabulary()[2:])
    for name in words.NAMES:
        for manner in RECIPES[name].manners:
            assert words.caption(RECIPES[name], manner, words.length(RECIPES[name].seconds)) in taught


def test_training_never_sees_a_kept_out_caption_and_the_unseen_split_nothing_else():
    def captions(split: str) -> set[str]:
        return {data.order(split, index).caption for index in range(300)}

    assert words.kept_out()
    assert not captions("train") & words.kept_out()
    assert not captions("seen") & words.kept_out()
    assert captions("unseen") <= words.kept_out()


def test_the_splits_share_no_sound():
    performed = [
        {(lesson.name, lesson.manner, lesson.seed) for lesson in (data.order(split, i) for i in range(400))}
        for split in ("train", "seen")
    ]

    assert not performed[0] & performed[1]


def test_a_captions_length_word_is_true():
    lessons = [data.order("train", index) for index in range(400)]
    held = [lesson for lesson in lessons if RECIPES[lesson.name].extent == "held"]

    assert len({words.length(lesson.seconds) for lesson in held}) > 1
    for lesson in held:
        assert lesson.caption.endswith(f", {words.length(lesson.seconds)}")
        assert lesson.seconds <= words.REACH


def test_the_same_seeds_give_the_same_hash_and_other_lessons_another(tmp_path):
    one = data.build(tmp_path / "one", "seen", 3)
    same = data.build(tmp_path / "same", "seen", 3)
    other = data.build(tmp_path / "other", "train", 3)

    assert one["sha256"] == same["sha256"] != other["sha256"]
    assert "synthesised by this repository" in one["statement"] and one["licence"] == "Apache-2.0"


def test_the_manifests_hash_is_that_of_the_features_and_their_captions(tmp_path):
    said = data.build(tmp_path, "seen", 3)

    pictures, orders = data.read(tmp_path, "seen")
    lines = "".join(json.dumps(order._asdict()) + "\n" for order in orders)
    assert said["sha256"] == hashlib.sha256(pictures.tobytes() + lines.encode()).hexdigest()


@pytest.mark.parametrize("name", ["rain", "bell", "knock"])
def test_a_lesson_is_one_window(name):
    lesson = data.order("train", words.NAMES.index(name))

    assert lesson.name == name
    assert data.picture(lesson).shape == (64, 256)
    assert np.isfinite(data.render(lesson)).all()
