"""No bucket loses a picture."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.errors import InputRefused
from assets.sheets.dataset import FrozenWork, Manifest, Rights, Showing, Work
from assets.sheets.production import Ref
from models.training.buckets import batches, bucket
from models.training.captions import shown


def manifest(sizes, repeats=1, **showing):
    rules = Showing(resolution=128, bucket_step=16, **showing)
    works = []
    for number, size in enumerate(sizes):
        work = Work(
            file=f"{number}.png", sha256=f"{number:064x}", size=size, caption="nagi, smile, hat, day, sea",
            caption_from="file", rights=Rights(creator="A", grant="G"), repeats=repeats,
        )  # fmt: skip
        ref = Ref(sha256=work.sha256, bytes=1, media_type="image/png")
        works.append(FrozenWork(work=work, ref=ref, bucket=bucket(size, rules)))
    return Manifest(name="m", showing=rules, works=tuple(works), root="0" * 64)


def test_seven_pictures_of_five_shapes_are_each_shown_as_often_as_said():
    """A trainer dropped three of four pictures of a small set: it left out batches that were not full."""
    made = manifest([(96, 64), (64, 96), (100, 100), (160, 60), (96, 64), (60, 160), (96, 64)], repeats=3)

    seen = Counter(work for batch in batches(made, 4, 0) for work in batch.works)

    assert seen == dict.fromkeys(range(7), 3)


def test_a_batch_has_one_size():
    made = manifest([(96, 64), (64, 96), (100, 100)], repeats=2)

    for batch in batches(made, 4, 0):
        assert {made.works[number].bucket for number in batch.works} == {batch.bucket}


def test_the_order_depends_on_the_epoch_and_on_nothing_else():
    made = manifest([(96, 64)] * 9)

    assert batches(made, 2, 0) == batches(made, 2, 0)
    assert batches(made, 2, 0) != batches(made, 2, 1)


@given(width=st.integers(64, 3000), height=st.integers(64, 3000), step=st.sampled_from([8, 16, 64]))
def test_a_bucket_fits_the_step_and_the_area_and_is_near_the_ratio(width, height, step):
    rules = Showing(resolution=512, bucket_step=step)
    if max(width, height) > 4 * min(width, height):
        with pytest.raises(InputRefused):
            bucket((width, height), rules)
        return

    found = bucket((width, height), rules)

    assert found[0] % step == found[1] % step == 0
    assert found[0] * found[1] <= 512**2
    assert 0.75 < (found[0] / found[1]) / (width / height) < 1.34


@given(width=st.integers(64, 500), height=st.integers(64, 500))
def test_a_small_picture_is_not_enlarged_where_that_is_forbidden(width, height):
    rules = Showing(resolution=512, bucket_step=16, bucket_no_upscale=True)
    if max(width, height) <= 4 * min(width, height):
        found = bucket((width, height), rules)

        assert found[0] * found[1] <= width * height


def test_a_caption_keeps_its_first_tags_and_begins_with_the_trigger():
    made = manifest([(96, 64)], trigger="xnagi", shuffle_tags=True, keep_tags=2, tag_dropout=0.3)

    texts = {shown(made, 0, epoch, 0) for epoch in range(20)}

    assert all(text.startswith("xnagi, nagi, smile") for text in texts)
    assert len(texts) > 5
    assert shown(made, 0, 3, 0) == shown(made, 0, 3, 0)


def test_a_dropped_caption_is_empty_as_often_as_said():
    made = manifest([(96, 64)], trigger="xnagi", caption_dropout=0.25)

    empty = sum(shown(made, 0, epoch, 0) == "" for epoch in range(1000))

    assert 200 < empty < 300


def test_a_prior_is_shown_without_the_trigger():
    made = manifest([(96, 64)], trigger="xnagi")
    prior = made.works[0].work.model_copy(update={"prior": True})
    made = made.model_copy(update={"works": (made.works[0].model_copy(update={"work": prior}),)})

    assert shown(made, 0, 0, 0) == "nagi, smile, hat, day, sea"
