"""Every mistake that people make in a folder of art is an error with the file's name."""

import pytest

from assets.errors import InputRefused
from stages.dataset.folder import pictures


def test_a_folder_name_says_how_often_its_pictures_are_shown(draw, art):
    draw("3_nagi_girl/front.png", caption="")
    draw("side.png", caption="seen from the side")

    found = {each.path.name: (each.repeats, each.class_words, each.caption) for each in pictures(art)}

    assert found == {"front.png": (3, "nagi girl", ""), "side.png": (1, "", "seen from the side")}


@pytest.mark.parametrize(
    ("file", "content", "problem"),
    [
        ("front.caption", "again", r"front\.png has two captions, front\.txt and front\.caption"),
        ("fronttxt", "a girl", r"fronttxt is neither a picture .* nor a caption"),
        ("front.text", "a girl", r"front\.text is neither a picture"),
        ("frnt.txt", "a girl", r"frnt\.txt is a caption without a picture"),
        ("side.psd", "8BPS", r"side\.psd is neither a picture"),
        ("front.txt", "  \n", r"front\.txt is empty"),
        ("front.txt", b"\xff\xfe\x00\xd8", r"front\.txt cannot be read as a UTF-8 caption"),
    ],
)
def test_a_file_that_belongs_to_nothing_is_named(draw, art, file, content, problem):
    """A suffix without its dot once made a trainer ignore every caption."""
    draw("front.png")
    (art / file).write_bytes(content if isinstance(content, bytes) else content.encode())

    with pytest.raises(InputRefused, match=problem):
        pictures(art)


def test_two_pictures_of_one_name_are_refused(draw, art):
    draw("front.png")
    draw("front.jpg", caption="")

    with pytest.raises(InputRefused, match="have one name"):
        pictures(art)


def test_a_link_is_refused(draw, art):
    (art / "again.png").symlink_to(draw("front.png"))

    with pytest.raises(InputRefused, match=r"again\.png is a link"):
        pictures(art)


def test_all_problems_are_told_at_once(draw, art):
    draw("front.png")
    for name in ("a.psd", "b.psd", "c.txt"):
        (art / name).write_text("x")

    with pytest.raises(InputRefused) as refused:
        pictures(art)

    assert str(refused.value).count("\n- ") == 3


def test_an_empty_folder_is_refused(tmp_path):
    with pytest.raises(InputRefused, match="holds no picture"):
        pictures(tmp_path)
