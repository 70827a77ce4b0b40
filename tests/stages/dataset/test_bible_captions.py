"""The caption of a work is that of the character it shows, in the words that the model reads."""

import pytest

from assets.errors import InputRefused
from assets.sheets.bible import Bible
from assets.sheets.dataset import Dataset, Rights
from models.cel.sampling import parse_caption
from models.house import words
from models.training.families import FAMILIES, card
from models.training.house_material import prompt
from stages.dataset.bible_captions import BibleCaptions
from stages.dataset.intake import Intake, take_in

LORA = {"file": "a.safetensors", "base": "sdxl", "trigger": "xnagi"}
BIBLE = Bible.from_raw(
    {
        "id": "skies",
        "title": {"en": "Skies"},
        "characters": [
            {
                "id": "nagi",
                "names": ["Nagi", "凪"],
                "look": {"hair": "bob", "accessories": ["ribbon"]},
                "art": {"tags": "1girl, teal eyes", "prose": "A girl with teal eyes.", "loras": [LORA]},
            },
            {"id": "old-man", "names": ["Old Man"], "look": {"hair": "bald", "age": "elder"}},
        ],
    },
    "here",
)
RIGHTS = Rights(creator="A", grant="G-1")


def told(family="sdxl", **more):
    return Intake("core", RIGHTS, bible=BibleCaptions(BIBLE, card(family)), **more)


def captions(made: Dataset):
    return {work.file: work.caption for work in made.works}


def test_each_work_has_the_caption_of_the_character_its_folder_names(draw, art):
    """One text was given for all works of a dataset, whoever they showed."""
    for name in ("nagi/1.png", "3_old_man/2.png", "凪/3.png", "nagi/front/4.png"):
        draw(name, caption="")

    made = take_in(art, told())

    nagi = "1girl, solo, xnagi, teal eyes"
    old = "solo, elder, bald, brown eyes, blue tshirt"
    assert captions(made) == {
        "nagi/1.png": nagi, "3_old_man/2.png": old, "凪/3.png": nagi, "nagi/front/4.png": nagi,
    }  # fmt: skip
    assert {work.character for work in made.works} == {"nagi", "old-man"}
    assert not any(work.approved for work in made.works)
    assert {work.caption_from for work in made.works} == {"bible"}


@pytest.mark.parametrize(
    ("family", "caption"),
    [
        ("sdxl", "1girl, solo, xnagi, teal eyes"),
        ("klein", "Nagi: A girl with teal eyes."),
        ("wan", "Nagi: A girl with teal eyes."),
        ("house", "place void; age teen, build average, hair bob, hair_color brown, eyes round, eye_color brown, "
         "skin light, outfit tshirt, outfit_color blue, accent_color white, wearing ribbon"),
    ],
)  # fmt: skip
def test_the_caption_is_written_as_the_model_of_the_family_reads_it(draw, art, family, caption):
    draw("nagi/1.png", caption="")

    assert captions(take_in(art, told(family))) == {"nagi/1.png": caption}


def test_the_house_painter_reads_every_caption_of_a_bible():
    for character in BIBLE.characters:
        text = BibleCaptions(BIBLE, card("house")).caption(character)

        assert parse_caption(text) and words.ids(prompt(text)).any()


def test_a_trigger_that_the_dataset_puts_before_every_caption_is_not_said_twice():
    text = BibleCaptions(BIBLE, card("sdxl"), "xnagi").caption(BIBLE.characters[0])

    assert text == "1girl, solo, teal eyes"


def test_every_family_has_a_card_that_says_how_captions_are_written():
    assert {name: card(name).dialect for name in FAMILIES} == {
        "house": "grammar", "sdxl": "tags", "klein": "prose", "wan": "prose",
    }  # fmt: skip


def test_somebody_who_is_not_in_the_bible_is_an_error_with_the_file(draw, art):
    draw("nagi/1.png", caption="")
    draw("10_nagii/2.png", caption="")

    with pytest.raises(
        InputRefused, match=r"10_nagii/2\.png .* 'nagii', who is not in the bible of skies.* nagi, old"
    ):
        take_in(art, told())


def test_a_picture_that_names_nobody_is_an_error_with_the_file(draw, art):
    draw("1.png", caption="")

    with pytest.raises(InputRefused, match=r"1\.png has no caption.* a folder named after its character"):
        take_in(art, told())


def test_a_caption_file_wins_and_needs_no_character(draw, art):
    draw("nagi/1.png", caption="nagi from behind")
    draw("town/2.png", caption="the town")

    made = take_in(art, told())

    assert captions(made) == {"nagi/1.png": "nagi from behind", "town/2.png": "the town"}


def named(made, character, **more):
    work = made.works[0].model_copy(update={"character": character, **more})
    return made.model_copy(update={"works": (work,)})


def test_the_dataset_s_file_may_name_the_character_and_an_unknown_one_is_an_error(draw, art):
    draw("1.png", caption="")
    first = take_in(art, told(caption="somebody"))

    made = take_in(art, told(), named(first, "nagi", caption=""))

    assert captions(made) == {"1.png": "1girl, solo, xnagi, teal eyes"}
    with pytest.raises(InputRefused, match=r"1\.png: dataset\.yaml names the character 'ren'"):
        take_in(art, told(), named(first, "ren"))


def test_what_a_person_edited_stays_and_the_words_of_a_folder_do_not(draw, art):
    draw("2_nagi/1.png", caption="")
    plain = take_in(art, Intake("core", RIGHTS))
    assert captions(plain) == {"2_nagi/1.png": "nagi"}

    made = take_in(art, told(), plain)
    edited = named(made, "nagi", caption="1girl, smiling", approved=True)

    assert captions(made) == {"2_nagi/1.png": "1girl, solo, xnagi, teal eyes"} and not made.works[0].approved
    assert take_in(art, told(), edited) == edited
