"""The order of an epoch keeps pictures and captions together, and depends on the step alone."""

from collections import Counter

from models.training.order import Order


def test_pictures_and_captions_stay_together_over_two_epochs(drawings):
    """One trainer shuffled the latents and not the captions: every picture was learnt with another's words."""
    order = Order(drawings(3, repeats=2), 2)

    seen = [each for step in range(2 * order.steps_per_epoch) for each in order.at(step)]

    assert Counter((each.work, each.caption) for each in seen) == {
        (number, f"drawing {number}"): 4 for number in range(3)
    }


def test_a_repeated_work_gets_other_dropouts_each_time(drawings):
    order = Order(drawings(1, repeats=40, caption_dropout=0.5), 4)

    captions = [each.caption for step in range(order.steps_per_epoch) for each in order.at(step)]

    assert set(captions) == {"", "drawing 0"}


def test_a_work_is_mirrored_about_half_of_the_time_only_where_that_is_asked_for(drawings):
    flipped = Order(drawings(1, repeats=100, flip=True), 1)
    plain = Order(drawings(1, repeats=100), 1)

    assert 30 < sum(flipped.at(step)[0].mirrored for step in range(100)) < 70
    assert not any(plain.at(step)[0].mirrored for step in range(100))
