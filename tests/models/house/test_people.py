"""The judge of people: what it is shown, what can be seen of whom, and the pictures it learns from."""

from dataclasses import replace

import numpy as np
import pytest

from assets.sheets.cutsheet import Line
from models.cel.shooting import Shooting
from models.house import denoiser, measure, people, portraits, scenes
from models.house.judge import Judge
from models.house.layout import Layouts
from models.house.people import SIDE, Spot


def shot_with(**changed):
    """A shot of one person, the camera still."""
    shot = next(shot for shot in map(scenes.shot_of, range(50)) if len(shot.cast) == 1)
    staged = (shot.cut.staged[0].model_copy(update={"facing": "front", "expression": "neutral"}),)
    return replace(shot, cut=shot.cut.model_copy(update={"size": "medium", "staged": staged, **changed}))


def seen(shot, **look):
    staged = shot.cut.staged[0]
    return people.visible(shot.cast[0].look.model_copy(update=look), staged, shot.cut.size)


def test_on_a_medium_shot_everything_is_seen():
    assert set(seen(shot_with(), hair="bob")) == set(people.TRAITS)


def test_nobody_reads_eyes_off_a_back():
    shot = shot_with()
    away = shot_with(staged=(shot.cut.staged[0].model_copy(update={"facing": "away"}),))

    assert {"eyes", "eye_color", "expression"}.isdisjoint(seen(away))


def test_an_iris_is_not_read_off_a_shut_eye():
    shot = shot_with()
    laughs = shot_with(staged=(shot.cut.staged[0].model_copy(update={"expression": "laughing"}),))

    assert "eye_color" not in seen(laughs)
    assert "expression" in seen(laughs)


def test_a_bald_head_has_no_hair_colour_and_a_close_up_no_outfit():
    assert "hair_color" not in seen(shot_with(), hair="bald")
    assert "outfit" not in seen(shot_with(size="close"))


def test_a_crop_shows_what_stands_at_the_spot():
    picture = np.zeros((200, 300, 3), np.uint8)
    picture[90:110, 140:160] = (250, 0, 0)

    shown = people.crops(picture, Spot(150 / 200, 100 / 200, 10 / 200))

    middle = shown[SIDE // 2, SIDE // 2]
    assert (middle[:6] == (250, 0, 0) * 2).all()
    assert (middle[6:] == 0).all()  # of the body's crop the head is above the middle
    shares = [(shown[:, :, channel] > 125).mean() for channel in (0, 3)]
    assert 0.6 < shares[0] < 0.9  # a square of two radii in a face's crop of 2.3
    assert 0.15 < shares[1] < 0.25


def test_a_head_outside_the_picture_is_grey_and_no_error():
    shown = people.crops(np.zeros((90, 160, 3), np.uint8), Spot(9.0, -4.0, 0.1))

    assert (shown == 128).all()


def test_the_rig_says_where_its_heads_are():
    """Painted over, the head's own spot changes most when another hair stands there."""
    shot = shot_with()
    rig = Shooting(shot, seed=1, frames=1)
    spots = people.spots_of(rig.people(0), shot.size[1])
    before = rig.still(0).astype(int)
    look = shot.cast[0].look
    other = look.model_copy(
        update={"hair_color": "green" if look.hair_color != "green" else "red", "hair": "long"}
    )

    rig.recast(shot.cut, [other])

    changed = np.abs(rig.still(0).astype(int) - before).max(axis=2) > 40
    spot = next(iter(spots.values()))
    rows, columns = np.nonzero(changed)
    assert abs(np.median(columns) / shot.size[1] - spot.x) < spot.radius * 2
    assert abs(np.median(rows) / shot.size[1] - spot.y) < spot.radius * 3


def test_layouts_know_the_heads_at_any_size():
    shot = shot_with()
    (small,) = Layouts(shot, seed=1, frames=1).heads().values()
    (large,) = Layouts(replace(shot, size=(1024, 576)), seed=1, frames=1).heads().values()

    assert (small.x, small.y, small.radius) == pytest.approx((large.x, large.y, large.radius))


def test_a_listener_seen_from_behind_is_nobody_to_read():
    shot = next(shot for shot in map(scenes.shot_of, range(50)) if len(shot.cast) == 2)
    speaker, listener = (person.id for person in shot.cast)
    line = Line(character=speaker, text="Look.")
    said = shot.cut.model_copy(update={"size": "medium_close", "lines": (line,)})

    rig = Shooting(replace(shot, cut=said), seed=1, frames=1)

    assert [shot.cut.staged[mark.index].character for mark in rig.framing.marks if mark.behind_us] == [
        listener
    ]
    assert set(rig.people(0)) == {speaker}


def test_a_seed_gives_the_same_people_twelve_times_over():
    one, other = (portraits.draw(portraits.FIRST + 3) for _ in range(2))

    assert len(one.crops) in (portraits.CASTS, 2 * portraits.CASTS)
    assert (one.crops == other.crops).all()
    assert (one.labels == other.labels).all()
    assert len({tuple(row) for row in one.labels.tolist()}) > 4


def test_a_set_has_no_casts_but_of_its_ages():
    shot = portraits.shot_of(portraits.FIRST + 3)

    ages = {tuple(person.look.age for person in other.cast) for other in portraits.casts(shot, 3)}

    assert ages == {tuple(person.look.age for person in shot.cast)}


def test_shards_are_read_as_they_were_drawn(tmp_path):
    path = portraits.write_shard(tmp_path, 0, sets=1)
    again, drawn = portraits.read_shard(path), portraits.draw(portraits.FIRST)

    assert (again.labels == drawn.labels).all()
    assert np.abs(again.crops.astype(int) - drawn.crops).mean() < 3
    told = portraits.manifest(tmp_path)
    assert told["licence"] == "Apache-2.0"
    assert "heads and bodies" in told["what"]


class Sees:
    """A judge that answers what it is told to, whatever it is shown."""

    def __init__(self, answers):
        self.answers = answers

    def read(self, shown):
        return {
            trait: np.log(np.eye(len(known), dtype=np.float32)[[self.answers[trait]] * len(shown)] + 1e-6)
            for trait, known in people.words().items()
        }


def test_reading_is_counted_only_where_it_can_be_done():
    shot = shot_with(size="close")
    look = shot.cast[0].look.model_copy(update={"hair": "bob"})
    shot = replace(shot, cast=(shot.cast[0].model_copy(update={"look": look}),))
    wanted = people.visible(look, shot.cut.staged[0], "close")
    wrong = (wanted["hair"] + 1) % len(people.words()["hair"])
    judge = Sees({trait: wanted.get(trait, 0) for trait in people.TRAITS} | {"hair": wrong})
    picture = np.zeros((288, 512, 3), np.uint8)

    found = measure.recognised(
        judge, [picture], [shot], [{shot.cut.staged[0].character: Spot(0.9, 0.5, 0.2)}]
    )
    nobody = measure.recognised(judge, [picture], [shot], [{}])

    assert found["hair"] == [False]
    assert found["hair_color"] == [True]
    assert found["outfit"] == []
    assert not any(nobody.values())


def test_levels_lie_where_panels_are_painted_and_reach_noise_alone():
    import torch

    found = denoiser.levels(1000, torch.Generator().manual_seed(1))

    assert 0.40 < float((found < 200).float().mean()) < 0.50
    assert int(found.max()) >= 995
    assert int(found.min()) == 0
    assert int(found.max()) <= 999


def test_other_casts_have_as_many_people():
    shot = portraits.shot_of(portraits.FIRST + 3)

    assert all(
        len(other.cast) == len(other.cut.staged) == len(shot.cast) for other in portraits.casts(shot, 3)
    )


def test_a_panel_whose_people_are_read_wrong_is_less_legible():
    shot = shot_with()
    wanted = people.visible(shot.cast[0].look, shot.cut.staged[0], "medium")
    right = {trait: wanted.get(trait, 0) for trait in people.TRAITS}
    wrong = right | {"hair": (right["hair"] + 1) % len(people.words()["hair"])}
    spots = {shot.cut.staged[0].character: Spot(0.9, 0.5, 0.2)}
    picture = np.zeros((288, 512, 3), np.uint8)

    one, other = (
        Judge(BlindToScenes(), PeopleSeen(answers)).legible(picture, shot, spots)
        for answers in (right, wrong)
    )

    assert one > other + 1


class PeopleSeen(people.PeopleJudge):
    """The judge of people, with ``Sees`` in the place of its network."""

    def __init__(self, answers):
        self.read = Sees(answers).read


class BlindToScenes:
    def likely(self, picture, shot):
        return []
