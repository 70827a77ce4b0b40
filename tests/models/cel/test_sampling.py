"""Claims about random shots and the caption grammar."""

from collections import Counter
from typing import get_args

import pytest

from assets.sheets import look as words
from models.cel.sampling import caption, parse_caption, sample

SIZE = (256, 144)


@pytest.mark.parametrize("seed", range(120))
def test_a_caption_tells_everything_that_was_drawn(seed: int) -> None:
    shot = sample(seed, size=SIZE)
    scene, *people = parse_caption(caption(shot))

    assert scene["place"] == shot.place.kind
    assert (scene["time"], scene["weather"], scene["size"]) == (
        shot.cut.time,
        shot.cut.weather,
        shot.cut.size,
    )
    assert (scene["move"], scene["angle"]) == (shot.cut.camera.move, shot.cut.camera.angle)
    for said, member, staged in zip(people, shot.cast, shot.cut.staged, strict=True):
        assert all(
            said[key] == getattr(member.look, key) for key in ("hair", "eye_color", "outfit", "age", "skin")
        )
        assert (said["pose"], said["expression"], said["facing"]) == (
            staged.pose,
            staged.expression,
            staged.facing,
        )
        assert said.get("prop") == staged.prop
        assert tuple(said.get("wearing", "").split()) == member.look.accessories


def test_the_same_seed_gives_the_same_shot() -> None:
    assert sample(7, size=SIZE) == sample(7, size=SIZE)


def test_every_word_of_a_list_is_drawn_about_equally_often() -> None:
    hair = Counter(sample(seed, size=SIZE).cast[0].look.hair for seed in range(1500))

    assert set(hair) == set(get_args(words.HairStyle))
    assert max(hair.values()) < 2 * min(hair.values())


@pytest.mark.parametrize(
    "wrong", ["place moonbase", "place", "mood happy", "place rooftop; hair bob, place park"]
)
def test_words_outside_the_grammar_are_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match=r"grammar|not a field"):
        parse_caption(wrong)
