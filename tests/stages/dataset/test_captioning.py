"""Captions are proposed for works that have none, and wait for a person."""

from fractions import Fraction

import numpy as np
import pytest
from PIL import Image

from assets.errors import AnswerUnusable, InputRefused, ModelFailed
from assets.media import video
from assets.sheets.dataset import Clips, Rights, Showing
from models.lease import Leased
from models.registry import adapter
from models.toy import ToyCaptioner
from stages.dataset.captioning import Wish, merged, missing, name, propose
from stages.dataset.intake import Intake, take_in
from tests.models.weights.small_models import tensors

TOLD = Intake("core", Rights(creator="A. Artist", grant="G-1"), later=True)


class Speechless(ToyCaptioner):
    """Finds no word for dark pictures."""

    def caption(self, picture, **asked):
        if picture.mean() < 100:
            raise AnswerUnusable("speechless")
        return super().caption(picture, **asked)


class Gone(ToyCaptioner):
    def caption(self, picture, **asked):
        raise ModelFailed("the server is gone")


@pytest.fixture
def toy():
    return Leased(ToyCaptioner, "cpu")


def test_a_proposal_names_its_model_and_is_not_approved(draw, art, toy):
    draw("front.png", caption="")
    draw("side.png", caption="by a person")
    made = take_in(art, TOLD)

    [proposal] = propose(made, art, toy, Wish("tags", "nagi"))
    done = merged(made, {proposal.work.file: proposal.work})

    front, side = done.works
    assert (front.caption_from, front.captioner, front.approved) == ("captioner", name(toy), False)
    assert front.caption.endswith("96x64, nagi")
    assert (side.caption, side.captioner, side.approved) == ("by a person", "", True)
    assert not missing(done) and list(propose(done, art, toy, Wish())) == []


def test_a_model_without_a_revision_is_named_by_a_hash_that_changes_with_its_files(tmp_path):
    """A local folder has no revision; every folder of one name was the same model in the manifest."""
    named = []
    for at in (1, 2):
        folder = tmp_path / str(at) / "mine"
        folder.mkdir(parents=True)
        (folder / "model.safetensors").write_bytes(tensors(at))
        options = {"weights": {"path": str(folder)}}
        named.append(name(Leased(adapter("captioner", "transformers"), "cpu", options)))

    assert named[0] != named[1]
    assert all(each.startswith("captioner/transformers local folder mine@") for each in named)


def test_a_failure_of_the_model_names_the_picture_it_was_asked_about(draw, art):
    draw("front.png", caption="")

    with pytest.raises(ModelFailed, match=r"front\.png: the server is gone"):
        list(propose(take_in(art, TOLD), art, Leased(Gone, "cpu"), Wish()))


def test_a_picture_that_the_model_cannot_describe_does_not_stop_the_others(draw, art):
    draw("a.png", caption="", seed=1)
    draw("b.png", caption="", seed=2)
    Image.new("RGB", (96, 64), (9, 9, 9)).save(art / "a.png")

    found = list(propose(take_in(art, TOLD), art, Leased(Speechless, "cpu"), Wish()))

    assert [(each.work.file, each.problem, bool(each.work.caption)) for each in found] == [
        ("a.png", "speechless", False),
        ("b.png", "", True),
    ]


def test_a_file_outside_the_folder_or_changed_is_not_shown_to_a_model(draw, art, toy, tmp_path):
    """A dataset.yaml may come from outside; its paths must not choose what is sent to a server."""
    draw("front.png", caption="")
    made = take_in(art, TOLD)
    (tmp_path / "private.png").write_bytes((art / "front.png").read_bytes())
    [work] = made.works
    inside = [
        work.model_copy(update={"file": file}) for file in ("../private.png", str(tmp_path / "private.png"))
    ]
    changed = work.model_copy(update={"sha256": "0" * 64})

    found = list(propose(made.model_copy(update={"works": (*inside, changed)}), art, toy, Wish()))

    assert ["changed since it was added" in each.problem for each in found] == [True] * 3


def test_a_caption_that_somebody_wrote_meanwhile_is_kept(draw, art, toy):
    draw("front.png", caption="")
    made = take_in(art, TOLD)
    [proposal] = propose(made, art, toy, Wish())
    edited = made.model_copy(update={"works": (made.works[0].model_copy(update={"caption": "mine"}),)})

    assert merged(edited, {"front.png": proposal.work}) == edited


def test_a_proposal_stays_when_the_folder_is_added_again_and_a_caption_file_replaces_it(draw, art, toy):
    path = draw("front.png", caption="")
    made = take_in(art, TOLD)
    [proposal] = propose(made, art, toy, Wish())
    proposed = merged(made, {proposal.work.file: proposal.work})

    strict = Intake("core", TOLD.rights)
    assert take_in(art, strict, proposed).works == proposed.works
    path.with_suffix(".txt").write_text("by a person")
    [work] = take_in(art, strict, proposed).works
    assert (work.caption, work.caption_from, work.captioner, work.approved) == (
        "by a person",
        "file",
        "",
        True,
    )


def test_a_caption_file_that_is_gone_leaves_a_picture_without_caption(draw, art):
    path = draw("front.png", caption="by a person")
    before = take_in(art, TOLD)
    path.with_suffix(".txt").unlink()

    with pytest.raises(InputRefused, match="has no caption"):
        take_in(art, Intake("core", TOLD.rights), before)


def test_of_a_video_the_frame_in_its_middle_is_described(art, toy):
    art.mkdir()
    frames = (np.full((64, 96, 3), 250 if 2 <= at <= 7 else 5, np.uint8) for at in range(10))
    video.encode(
        frames, art / "turn.mp4", size=(96, 64), rate=Fraction(16), quality=video.VideoQuality(crf=4)
    )
    told = Intake("core", TOLD.rights, showing=Showing(clips=Clips(frames=5)), later=True)

    [proposal] = propose(take_in(art, told), art, toy, Wish())

    assert proposal.work.caption.startswith("A light picture")
