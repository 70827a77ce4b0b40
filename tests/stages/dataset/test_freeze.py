"""A frozen dataset never changes."""

import pytest

from assets.errors import BlobDamaged, InputRefused
from assets.sheets.dataset import Manifest, Rights
from assets.vault import Vault
from stages.dataset.freeze import check_root, freeze
from stages.dataset.intake import Intake, take_in

TOLD = Intake("core", Rights(creator="A. Artist", grant="G-1"), show="clear-skies")


@pytest.fixture
def vault(tmp_path):
    return Vault.open(tmp_path / "vault")


def test_the_same_art_gives_the_same_root_and_is_in_the_vault(draw, art, vault):
    draw("front.png")
    listed = take_in(art, TOLD)

    first, second = freeze(listed, art, vault), freeze(listed, art, vault)

    assert first.root == second.root
    assert vault.get(first.works[0].ref) == (art / "front.png").read_bytes()


def test_another_caption_is_another_root(draw, art, vault):
    draw("front.png", caption="one")
    first = freeze(take_in(art, TOLD), art, vault)
    (art / "front.txt").write_text("two")

    assert freeze(take_in(art, TOLD), art, vault).root != first.root


def test_a_picture_that_changed_after_it_was_added_is_refused(draw, art, vault):
    draw("front.png", seed=1)
    listed = take_in(art, TOLD)
    draw("front.png", seed=2)

    with pytest.raises(InputRefused, match=r"front\.png changed since it was added"):
        freeze(listed, art, vault)


def test_a_caption_nobody_read_is_refused(draw, art, vault):
    draw("front.png", caption="")
    listed = take_in(art, Intake("core", TOLD.rights, caption="1girl"))

    with pytest.raises(InputRefused, match="proposed caption that nobody read: '1girl'"):
        freeze(listed, art, vault)


def test_art_of_another_show_is_noticed(draw, art, vault):
    draw("front.png")
    theirs = freeze(take_in(art, Intake("theirs", TOLD.rights, show="other-show")), art, vault)

    with pytest.raises(InputRefused, match=r"front\.png is art of other-show \(dataset theirs\)"):
        freeze(take_in(art, TOLD), art, vault, [theirs])


def test_a_manifest_that_was_edited_is_refused(draw, art, vault):
    draw("front.png")
    made = freeze(take_in(art, TOLD), art, vault)
    other = made.works[0].work.rights.model_copy(update={"creator": "Somebody else"})
    work = made.works[0].work.model_copy(update={"rights": other})
    edited = made.model_copy(update={"works": (made.works[0].model_copy(update={"work": work}),)})

    check_root(Manifest.from_json(made.to_json(), "kept"))
    with pytest.raises(BlobDamaged, match="was changed after it was frozen"):
        check_root(edited)


def test_what_a_picture_does_not_have_is_not_in_its_root(draw, art, vault):
    """Fields for video came into every root as null: datasets frozen before could not be read any more."""
    draw("front.png")

    made = freeze(take_in(art, TOLD), art, vault)

    frozen = made.raw()["works"][0]
    assert set(frozen) == {"work", "ref", "bucket"}
    assert not {"footage", "take", "approval", "approved_by"} & set(frozen["work"])
    assert "clips" not in made.raw()["showing"]


def test_a_layout_is_frozen_with_its_work_and_another_one_is_another_root(draw, art, vault):
    draw("front.png")
    bare = freeze(take_in(art, TOLD), art, vault)
    draw("front.layout.png", seed=5, caption="")
    listed = take_in(art, TOLD)

    first = freeze(listed, art, vault)

    assert vault.get(first.works[0].layout) == (art / "front.layout.png").read_bytes()
    draw("front.layout.png", seed=6, caption="")
    with pytest.raises(InputRefused, match=r"front\.layout\.png changed since it was added"):
        freeze(listed, art, vault)
    assert len({bare.root, first.root, freeze(take_in(art, TOLD), art, vault).root}) == 3
