"""The prompt of a picture: built from cut and bible in the card's dialect, and exactly what is sent."""

import pytest

from assets.sheets.bible import Art, Character, Lora, Place, Style
from assets.sheets.cutsheet import Camera, Cut, Cutsheet, Line, Staged
from assets.sheets.look import Look
from models.card import Card
from stages.shots.prompt import prompt_of

TAGS = Card(
    name="reader",
    port="painter",
    adapter_version=1,
    summary="reads",
    licence="Apache-2.0",
    dialect="tags",
    accepts=frozenset({"negative_prompt", "loras"}),
    lora_base="sdxl",
)
PROSE = TAGS.model_copy(update={"dialect": "prose"})
AOI = Character(
    id="aoi",
    names=("AOI",),
    about="A tall girl with a red scarf.",
    look=Look(hair="ponytail", hair_color="blue", eye_color="amber", outfit="sailor", outfit_color="navy"),
)
CUT = Cut(
    number="C001",
    scene="S01",
    place="roof",
    time="sunset",
    weather="rain",
    size="close",
    camera=Camera(move="push_in", angle="low"),
    staged=(Staged(character="aoi", expression="angry", pose="arms_crossed", prop="umbrella"),),
    action="Aoi waits.",
    lines=(Line(character="aoi", text="You are late."),),
    frames=24,
)


def sheet(cut: Cut = CUT, who: Character = AOI, **show) -> Cutsheet:
    roof = Place(id="roof", names=("ROOF",), kind="rooftop")
    return Cutsheet(episode="ep01", cast=(who,), places=(roof,), cuts=(cut,), **show)


def text(card: Card, cutsheet: Cutsheet, **more) -> str:
    return prompt_of(cutsheet.cuts[0], cutsheet, card, **more).text


@pytest.mark.parametrize("card", [TAGS, PROSE], ids=["tags", "prose"])
@pytest.mark.parametrize(
    "word", ["angry", "arms crossed", "umbrella", "close-up", "from below", "rooftop", "sunset", "rain"]
)
def test_what_the_cut_says_is_in_the_prompt(card, word):
    assert word in text(card, sheet()).lower()


def test_tags_say_how_many_there_are_and_what_they_look_like():
    assert text(TAGS, sheet()).startswith("solo, teen, blue hair, ponytail hair, amber eyes, navy sailor")
    assert text(TAGS, sheet(CUT.model_copy(update={"staged": ()}))).startswith("no humans, scenery")


def test_a_characters_own_words_win_over_the_rigs_traits():
    own = AOI.model_copy(update={"art": Art(tags="1girl, silver hair", prose="A girl with silver hair.")})

    assert text(TAGS, sheet(who=own)).startswith("1girl, solo, silver hair")
    assert "blue hair" not in text(TAGS, sheet(who=own))
    assert "A girl with silver hair" in text(PROSE, sheet(who=own))


@pytest.mark.parametrize(
    ("own", "count"),
    [
        (("1girl, red hair", "1girl"), "2girls, "),
        (("1boy", "1girl, red hair"), "1girl, 1boy, "),
        (("1girl", "red hair"), "2 people, "),
        (("1girl",), "1girl, solo, "),
    ],
)
def test_a_picture_of_several_counts_them_once_in_front(own, count):
    """Two count tags of one person each made the model paint one person."""
    cast = tuple(
        Character(id=f"c{number}", names=(f"C{number}",), art=Art(tags=tags))
        for number, tags in enumerate(own)
    )
    cut = CUT.model_copy(update={"staged": tuple(Staged(character=who.id) for who in cast), "lines": ()})
    shown = Cutsheet(episode="e", cast=cast, places=(Place(id="roof", names=("R",)),), cuts=(cut,))

    assert text(TAGS, shown).startswith(count)
    assert text(TAGS, shown).count("girl") == count.count("girl") or count.startswith("2 people")


def test_the_makers_quality_tags_come_where_the_makers_put_them_and_their_negative_serves_a_show_without_its_own():
    card = TAGS.model_copy(update={"quality_tags": "masterpiece, absurdres", "negative": "lowres"})
    styled = sheet(style=Style(tags="cel shading", negative="photo"))

    first = card.model_copy(update={"quality_at": "first"})

    assert text(card, styled).endswith("cel shading, masterpiece, absurdres")
    assert text(first, styled).startswith("masterpiece, absurdres, solo")
    assert text(first, styled).count("masterpiece") == 1
    assert prompt_of(CUT, styled, card).negative == "photo"
    assert prompt_of(CUT, sheet(), card).negative == "lowres"


def test_prose_falls_back_on_what_the_bible_says_about_the_person():
    assert "A tall girl with a red scarf" in text(PROSE, sheet())


@pytest.mark.parametrize("card", [TAGS, PROSE], ids=["tags", "prose"])
def test_the_note_of_a_retake_reaches_the_model(card):
    assert "longer hair" in text(card, sheet(), note="longer hair")


@pytest.mark.parametrize("card", [TAGS, PROSE], ids=["tags", "prose"])
def test_only_loras_of_the_models_own_family_are_called_up(card):
    loras = (
        Lora(file="a.safetensors", base="sdxl", trigger="aoi_v3"),
        Lora(file="b.safetensors", base="wan-2.2", trigger="aoi_video"),
    )
    own = AOI.model_copy(update={"art": Art(loras=loras)})

    assert "aoi_v3" in text(card, sheet(who=own))
    assert "aoi_video" not in text(card, sheet(who=own))


def test_the_shows_style_is_in_every_prompt_and_its_negative_goes_to_models_that_take_one():
    styled = sheet(style=Style(tags="cel shading, thick lines", negative="photo, 3d"))

    assert text(TAGS, styled).endswith("cel shading, thick lines")
    assert prompt_of(CUT, styled, TAGS).negative == "photo, 3d"
    assert prompt_of(CUT, styled, TAGS.model_copy(update={"accepts": frozenset()})).negative == ""


def test_a_prompt_that_stands_in_the_cut_sheet_is_sent_as_it_stands():
    by_hand = CUT.model_copy(update={"prompt": "aoi, angry,  (rain:1.3)"})

    assert text(TAGS, sheet(by_hand), note="longer hair") == "aoi, angry,  (rain:1.3)"


@pytest.mark.parametrize("dialect", ["none", "grammar"])
def test_a_model_that_does_not_read_is_sent_nothing(dialect):
    assert text(TAGS.model_copy(update={"dialect": dialect}), sheet(), note="longer hair") == ""


def test_only_models_of_moving_pictures_are_told_what_moves():
    animator = TAGS.model_copy(update={"port": "animator"})

    assert "camera pushes in, talking" in text(animator, sheet())
    assert "camera" not in text(TAGS, sheet())


def test_a_prompt_by_hand_is_sent_to_the_model_it_was_written_for_and_to_no_other():
    """A prompt for the painter was once sent to the animator too, whatever that one reads."""
    animator = PROSE.model_copy(update={"port": "animator"})
    for_the_painter = sheet(CUT.model_copy(update={"prompt": "aoi, rain"}))
    for_the_animator = sheet(CUT.model_copy(update={"motion_prompt": "She turns."}))

    assert (text(TAGS, for_the_painter), text(animator, for_the_animator)) == ("aoi, rain", "She turns.")
    assert text(animator, for_the_painter) == text(animator, sheet())
    assert text(TAGS, for_the_animator) == text(TAGS, sheet())
