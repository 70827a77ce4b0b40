from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

from assets.errors import ShapeRefused
from assets.matter import Clip, Still
from models.card import Card
from stages.assemble.credits import Section, credits, credits_frames, model_section
from stages.assemble.palette import PALETTES, Palette
from stages.assemble.titles import TitleCard, opening, opening_frames

SIZE, RATE = (320, 180), Fraction(24)
CAST = Section("声の出演", (("葵", "kokoro"), ("ミナト", "kokoro")))


def _opening(
    show: str = "潮騒", episode: str = "第一話", frames: int = 60, backdrop: Still | None = None
) -> Clip:
    card = TitleCard(show, episode, PALETTES["warm"], backdrop, "ja")
    return opening(card, size=SIZE, rate=RATE, frames=frames)


def _credits(*sections: Section, frames: int | None = None) -> Clip:
    return credits(sections, size=SIZE, rate=RATE, frames=frames, palette=Palette())


def _card(port: str, name: str, **more: str) -> Card:
    base = {"port": port, "name": name, "adapter_version": 1, "summary": "", "licence": "Apache-2.0"}
    return Card.model_validate({**base, **more})


@pytest.mark.parametrize("frames", [1, 12, 61])
def test_an_opening_has_exactly_the_frames_asked(frames: int) -> None:
    stills = list(_opening(frames=frames))

    assert {still.shape for still in stills} == {(180, 320, 3)}
    assert len(stills) == frames


def test_an_opening_is_drawn_the_same_every_time() -> None:
    clip = _opening()

    assert all(np.array_equal(one, other) for one, other in zip(clip, clip, strict=True))


def test_the_title_moves_before_it_can_be_read() -> None:
    stills = list(_opening())

    changes = [not np.array_equal(one, other) for one, other in pairwise(stills)]
    assert sum(changes) > 40


def test_another_title_is_another_picture_and_an_episode_title_adds_to_it() -> None:
    frames = [
        list(_opening(show, episode))[45] for show, episode in (("潮騒", ""), ("灯台", ""), ("潮騒", "一"))
    ]

    assert not np.array_equal(frames[0], frames[1])
    assert not np.array_equal(frames[0], frames[2])


def test_an_opening_ends_in_darkness() -> None:
    last = list(_opening())[-1]

    assert last.mean() < 30


def test_without_a_show_the_episode_is_the_title() -> None:
    alone, named = list(_opening("", "最後の汽笛"))[45], list(_opening("最後の汽笛", ""))[45]

    assert np.array_equal(alone, named)


def test_an_opening_without_any_title_is_refused() -> None:
    with pytest.raises(ShapeRefused, match="needs a title"):
        _opening(" ", "")


@pytest.mark.parametrize("title", ["A" * 80, "とても長い題名がずっとつづいてゆく物語・第二部", "🐈", "I"])
def test_a_title_of_any_length_can_be_set(title: str) -> None:
    assert len(list(_opening(title, title, frames=36))) == 36


def test_a_backdrop_of_another_shape_is_fitted() -> None:
    tall = np.random.default_rng(2).integers(0, 256, (400, 100, 3), dtype=np.uint8)

    assert next(iter(_opening(backdrop=tall))).shape == (180, 320, 3)


def test_an_opening_usually_lasts_three_to_four_seconds() -> None:
    assert 72 <= opening_frames(RATE) <= 96


def test_credits_take_the_time_their_pages_need_or_the_frames_asked() -> None:
    assert len(_credits(CAST)) == credits_frames([CAST], RATE, SIZE)
    assert len(list(_credits(CAST, frames=50))) == 50


def test_a_long_list_gets_more_time_and_not_smaller_letters() -> None:
    many = Section("Cast", tuple((f"Character {n}", "voice") for n in range(60)))

    assert credits_frames([many], RATE) > 3 * credits_frames([CAST], RATE)


def test_every_size_of_one_shape_has_the_same_pages() -> None:
    many = Section("Cast", tuple((f"Character {n}", "voice") for n in range(40)))

    assert credits_frames([many], RATE, (1920, 1080)) == credits_frames([many], RATE, (1280, 720))


def test_nobody_is_left_out_of_a_long_list() -> None:
    """Each name is a row of its own; a lost one would make two clips the same."""
    names = [("", f"name {n}") for n in range(30)]
    whole = list(_credits(Section("", tuple(names)), frames=48))

    for missing in (0, 13, 29):
        less = [name for n, name in enumerate(names) if n != missing]
        clip = _credits(Section("", tuple(less)), frames=48)

        assert any(not np.array_equal(one, other) for one, other in zip(whole, clip, strict=True))


def test_credits_without_an_entry_are_refused() -> None:
    with pytest.raises(ShapeRefused, match="nothing to credit"):
        _credits(Section("Cast", ()))


def test_a_machine_is_credited_with_licence_and_training_data() -> None:
    voice = _card("voice", "kokoro", revision="0.1.1", training_data="Koniwa (CC0)")

    section = model_section("Models", [voice], "en")

    assert section.entries == (("Voices", "kokoro 0.1.1 · Apache-2.0"), ("", "trained on Koniwa (CC0)"))


def test_a_machine_at_two_ports_is_credited_once() -> None:
    section = model_section("Models", [_card("painter", "cel"), _card("animator", "cel")], "ja")

    assert section.entries[0] == ("作画・動画", "cel · Apache-2.0")
    assert len(section.entries) == 2


def test_without_a_show_the_scripts_own_title_stands_in_large_letters() -> None:
    """The product's name stood there, and the script's title small below it."""
    alone, large = list(_opening("", "雨の店"))[-12], list(_opening("雨の店", ""))[-12]

    assert np.array_equal(alone, large)
