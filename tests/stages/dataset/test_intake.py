"""Art is measured as it is shown, and refused where it cannot or must not be used."""

import io

import numpy as np
import pytest
from PIL import Image

from assets.errors import InputRefused
from assets.sheets.dataset import Rights, Showing
from stages.dataset.intake import Intake, checked, take_in

TOLD = Intake("core", Rights(creator="A. Artist", grant="G-1"))


def test_a_picture_turned_by_its_camera_is_measured_upright(draw, art):
    """Some trainers ignored the EXIF orientation: the size was the wrong way round, and the model learnt it lying."""
    path = draw("photo.jpg", size=(96, 64))
    with Image.open(path) as image:
        exif = image.getexif()
        exif[0x0112] = 6  # turned by 90 degrees
        image.save(path, exif=exif)

    assert take_in(art, TOLD).works[0].size == (64, 96)


def test_what_lies_under_transparent_pixels_is_not_learnt(art):
    """``convert("RGB")`` shows the colour under a transparent pixel: red here, where the artist sees white."""
    art.mkdir()
    red = np.zeros((64, 64, 4), np.uint8)
    red[..., 0] = 255
    Image.fromarray(red, "RGBA").save(art / "clear.png")

    assert (checked(art / "clear.png", Showing())[0] == 255).all()
    assert (checked(art / "clear.png", Showing(ground="#102030"))[0] == (16, 32, 48)).all()


def test_a_picture_without_a_caption_is_an_error(draw, art):
    draw("front.png", caption="")

    with pytest.raises(InputRefused, match=r"front\.png has no caption: put front\.txt beside it"):
        take_in(art, TOLD)


def test_a_proposed_caption_waits_for_approval(draw, art):
    draw("front.png", caption="")
    draw("side.png")

    made = take_in(art, Intake("core", TOLD.rights, caption="1girl, nagi"))

    assert [(work.caption, work.caption_from, work.approved) for work in made.works] == [
        ("1girl, nagi", "bible", False),
        ("a drawing", "file", True),
    ]


def test_art_that_forbids_training_is_refused(draw, art):
    path = draw("front.png")
    xmp = b"<x:xmpmeta><plus:DataMining>http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED-AIMLTRAINING</plus:DataMining>"
    with Image.open(path) as image:
        image.save(path.with_suffix(".webp"), lossless=True, xmp=xmp + b"</x:xmpmeta>")
    path.unlink()

    with pytest.raises(
        InputRefused, match=r"front\.webp says .* must not be used for training \(DMI-PROHIBITED-AIML"
    ):
        take_in(art, TOLD)


def test_the_same_drawing_exported_twice_is_noticed(draw, art):
    path = draw("front.png")
    with Image.open(path) as image:
        image.resize((192, 128)).save(art / "larger.jpg", quality=80)
    (art / "larger.txt").write_text("a drawing")

    with pytest.raises(InputRefused, match=r"larger\.jpg shows nearly the same as front\.png"):
        take_in(art, TOLD)


def test_a_picture_that_is_no_picture_is_named(draw, art):
    draw("front.png")
    (art / "side.png").write_bytes(b"not a picture")
    (art / "side.txt").write_text("side")

    with pytest.raises(InputRefused, match=r"side\.png is neither PNG, JPEG nor WebP"):
        take_in(art, TOLD)


def test_a_strip_is_refused_instead_of_cut(draw, art):
    draw("strip.png", size=(640, 100))

    with pytest.raises(InputRefused, match="more than 4 times as long"):
        take_in(art, TOLD)


def test_adding_again_keeps_what_a_person_edited(draw, art):
    draw("front.png", caption="")
    first = take_in(art, Intake("core", TOLD.rights, caption="1girl"))
    mine = {"caption": "nagi, smiling", "caption_from": "person", "approved": True, "repeats": 4}
    edited = first.model_copy(update={"works": (first.works[0].model_copy(update=mine),)})
    draw("side.png")

    again = take_in(art, Intake("core", Rights(creator="Other", grant="G-2"), caption="1girl"), edited)

    kept, new = again.works
    assert (kept.caption, kept.repeats, kept.rights.creator) == ("nagi, smiling", 4, "A. Artist")
    assert new.rights.creator == "Other"


def test_a_changed_file_is_a_new_work(draw, art):
    draw("front.png", seed=1)
    before = take_in(art, TOLD)
    draw("front.png", seed=2)

    again = take_in(art, Intake("core", Rights(creator="Other", grant="G-2")), before)

    assert again.works[0].rights.creator == "Other"


def test_a_cmyk_file_is_refused_with_what_to_do(art):
    art.mkdir()
    data = io.BytesIO()
    Image.new("CMYK", (64, 64)).save(data, "JPEG")
    (art / "print.jpg").write_bytes(data.getvalue())
    (art / "print.txt").write_text("x")

    with pytest.raises(InputRefused, match="pixels of kind CMYK"):
        take_in(art, TOLD)


def test_a_layout_belongs_to_its_picture_and_is_no_picture_itself(draw, art):
    draw("front.png")
    draw("front.layout.png", caption="")

    (work,) = take_in(art, TOLD).works

    assert work.file == "front.png" and work.layout == "front.layout.png"


def test_a_layout_of_another_shape_or_without_a_picture_is_refused_with_its_name(draw, art):
    draw("front.png")
    draw("front.layout.png", size=(96, 96), caption="")
    with pytest.raises(InputRefused, match=r"front\.layout\.png is 96x96, and its art 96x64"):
        take_in(art, TOLD)

    (art / "front.layout.png").rename(art / "back.layout.png")
    with pytest.raises(InputRefused, match=r"back\.layout\.png is a layout without a picture"):
        take_in(art, TOLD)
