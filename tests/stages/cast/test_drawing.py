"""Claims about candidates for a character's sheet: drawn once, one person in all views, nothing faked."""

from typing import get_args

import numpy as np
import pytest

from assets import show as shows
from assets.media.picture import from_png
from assets.sheets.bible import Approval, Art, Lora, Reference, Style
from assets.sheets.casting import BODIES, View
from assets.vault import Vault
from models.lease import lease
from models.ports import Painter
from models.registry import card
from stages.cast.composing import page
from stages.cast.drawing import SheetModels, SheetOrder, candidate, without_approved
from stages.cast.prompt import sheet_prompt
from stages.cast.views import cut_of, size_of

ALL = get_args(View)
NAGI = shows.load("clear-skies").characters[0]


@pytest.fixture
def vault(tmp_path):
    return Vault.open(tmp_path / "vault")


def order(views=ALL, size=(320, 180), **more):
    return SheetOrder(character=NAGI, style=Style(), size=size, views=views, **more)


def drawn(painter, order, vault, number=1):
    done = []
    with lease(Painter, painter, "cpu") as leased:
        found, left_out = candidate(number, order, SheetModels(leased), vault, done.append)
    return found, left_out, done


def test_the_rig_draws_every_view_and_no_two_are_alike(vault):
    found, left_out, _ = drawn("cel", order(), vault)

    assert left_out == []
    assert [picture.view for picture in found.pictures] == list(ALL)
    assert len({picture.image.sha256 for picture in found.pictures}) == len(ALL)


def test_a_sheet_is_drawn_on_even_paper(vault):
    """The rig's empty place has a violet sky; colours of references would follow it."""
    found, *_ = drawn("cel", order(("front",), size=(640, 360)), vault)

    picture = from_png(vault.get(found.pictures[0].image))
    edge = np.concatenate([picture[0], picture[-1], picture[:, 0], picture[:, -1]]).astype(int)
    assert (np.ptp(edge, axis=1) < 12).all()
    assert (edge > 220).all()


@pytest.mark.slow
def test_in_profile_only_one_eye_is_seen(vault):
    """The widest turn of a cut was three-quarter, so a profile could not be drawn."""
    found, *_ = drawn("cel", order(("three_quarter", "profile"), size=(1280, 720)), vault)

    teal = [
        int((np.abs(from_png(vault.get(one.image)).astype(int) - (38, 139, 150)).max(-1) < 40).sum())
        for one in found.pictures
    ]
    assert 0 < teal[1] < 0.75 * teal[0]


def test_a_view_that_the_painter_does_not_know_is_left_out_with_a_sentence(vault):
    """The toy painter draws the same block whichever way a person faces."""
    found, left_out, _ = drawn("toy", order(), vault)

    assert found.picture("back") is None
    assert any("'back'" in sentence and "exactly as the view 'front'" in sentence for sentence in left_out)


def test_nothing_is_drawn_twice_and_another_seed_is_another_sheet(vault):
    first, _, made = drawn("toy-reader", order(), vault)

    again, _, reused = drawn("toy-reader", order(), vault)
    other, _, _ = drawn("toy-reader", order(), vault, number=2)

    assert {done.outcome for done in made} == {"made"}
    assert {done.outcome for done in reused} == {"reused"}
    assert again == first
    assert other.seed != first.seed
    assert other.sheet != first.sheet


def test_a_drawing_that_was_stopped_goes_on_where_it_was(vault):
    class Stop(Exception):
        pass

    def stop(done):
        if done.name.endswith("profile"):
            raise Stop

    with lease(Painter, "cel", "cpu") as leased:
        with pytest.raises(Stop):
            candidate(1, order(), SheetModels(leased), vault, stop)
        done = []
        candidate(1, order(), SheetModels(leased), vault, done.append)

    assert [one.outcome for one in done[:3]] == ["reused"] * 3
    assert {one.outcome for one in done[3:]} == {"made"}


def test_a_painter_that_takes_references_is_shown_the_front_of_its_own_candidate(vault):
    """Each view was drawn by itself, so a sheet could show nine people."""
    with_front, *_ = drawn("toy-reader", order(("front", "face")), vault)
    alone, *_ = drawn("toy-reader", order(("face",)), vault)

    assert with_front.picture("face").recipe != alone.picture("face").recipe
    assert with_front.picture("face").image != alone.picture("face").image


def test_the_layout_guides_a_painter_that_takes_one(vault):
    with lease(Painter, "toy-reader", "cpu") as painter, lease(Painter, "cel", "cpu") as rig:
        guided, _ = candidate(1, order(("back",)), SheetModels(painter, rig), vault, lambda done: None)
        free, _ = candidate(1, order(("back",)), SheetModels(painter), vault, lambda done: None)

    assert guided.pictures[0].image != free.pictures[0].image


def test_an_earlier_approved_sheet_does_not_decide_the_next_one():
    approved = Approval(view="sheet", painter="cel", recipe="", seed=0, basis="", by="Ryo", at="")
    art = Art(references=(Reference(file="a.png", approved=approved), Reference(file="own.png")))

    left = without_approved(NAGI.model_copy(update={"art": art}))

    assert [one.file for one in left.art.references] == ["own.png"]


@pytest.mark.parametrize("view", ALL)
def test_a_prompt_names_the_view_the_person_and_plain_ground(view):
    tags = sheet_prompt(NAGI, view, Style(tags="watercolor"), card("painter", "sdxl"), "longer hair")
    prose = sheet_prompt(NAGI, view, Style(), card("painter", "klein"), "longer hair")

    assert tags.count("solo") == 1
    assert all(word in tags for word in ("chestnut hair", "white background", "watercolor", "longer hair"))
    assert all(word in prose for word in ("Nagi", "plain white background", "longer hair"))
    others = {sheet_prompt(NAGI, other, Style(), card("painter", "sdxl")) for other in ALL if other != view}
    assert sheet_prompt(NAGI, view, Style(), card("painter", "sdxl")) not in others


def test_the_back_view_is_asked_for_in_words():
    assert "from behind" in sheet_prompt(NAGI, "back", Style(), card("painter", "sdxl"))
    assert "from behind" in sheet_prompt(NAGI, "back", Style(), card("painter", "qwen-edit"))


def test_trigger_words_of_the_painters_own_loras_are_in_the_prompt():
    art = Art(loras=(Lora(file="a.safetensors", base="sdxl", trigger="nagi_v2"),))

    text = sheet_prompt(NAGI.model_copy(update={"art": art}), "face", Style(), card("painter", "sdxl"))

    assert "nagi_v2" in text


@pytest.mark.parametrize("step", [1, 2, 8, 16, 32])
@pytest.mark.parametrize("size", [(320, 180), (832, 464), (1280, 720), (3840, 2160)])
def test_every_size_is_on_the_painters_grid(step, size):
    for view in ALL:
        wide, high = size_of(view, size, step)

        assert wide % step == 0 == high % step
        assert (wide < high) == (view in BODIES)
        assert high <= 1080


def test_a_cut_of_a_view_has_no_acting():
    assert cut_of(NAGI, "front").staged[0].turn == 0
    assert cut_of(NAGI, "profile").staged[0].turn == 1


def test_bodies_stay_at_one_scale_on_the_page():
    small, large = (np.full((300, 200, 3), 240, np.uint8) for _ in range(2))
    large[20:280, 80:120] = 0
    small[150:280, 80:120] = 0

    made = page({"front": large, "back": small})

    half = made.shape[1] // 2
    heights = [
        int((made[:, part].min(-1) < 100).any(1).sum()) for part in (slice(0, half), slice(half, None))
    ]
    assert heights[1] == pytest.approx(heights[0] / 2, rel=0.05)


def test_faces_are_as_near_as_the_hair_allows():
    """A quarter of each face's picture was empty paper above it."""
    faces = [np.full((200, 200, 3), 240, np.uint8) for _ in range(2)]
    faces[0][80:, 60:140] = 0
    faces[1][100:, 60:140] = 0

    made = page({"face": faces[0], "happy": faces[1]})

    dark = (made.min(-1) < 100).any(1)
    assert dark.mean() > 0.9


def test_a_painted_background_is_not_cut_away():
    busy = np.random.default_rng(1).integers(0, 255, (300, 200, 3), np.uint8)

    made = page({"front": busy, "back": busy[:, ::-1].copy()})

    assert made.shape[:2] == (200, 400)
