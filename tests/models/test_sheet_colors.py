"""Claims about identity beside an approved sheet: the sheet decides, not the words of the bible, in any light."""

import hashlib
from dataclasses import replace
from fractions import Fraction

import cv2
import numpy as np
import pytest

from assets.matter import Clip
from assets.sheets.bible import Approval, Art, Character, Place, Reference
from assets.sheets.cutsheet import Cut, Cutsheet, Staged
from assets.sheets.look import Look
from assets.sheets.production import Ref, Take
from models.cel.painter import CelPainter
from models.judge import PictureJudge
from models.likeness import Likeness
from models.ports import ReferencePicture, Shot
from models.registry import card
from stages.cast.views import PLACE, cut_of, size_of
from stages.shots.shot import ingredients, sheets_of, shot
from stages.takes.ranking import RankingOptions, rank

SIZE = (320, 180)
PAINTER = CelPainter.load("cpu")
BROWN = Character(
    id="p0", names=("P0",), look=Look(hair="bob", hair_color="brown", outfit="coat", outfit_color="navy")
)
PINK = BROWN.model_copy(
    update={"look": BROWN.look.model_copy(update={"hair_color": "pink", "outfit_color": "red"})}
)


def a_shot(who=BROWN, **cut) -> Shot:
    given = {"size": "medium", "time": "day", **cut}
    made = Cut(number="C001", scene="S01", place="roof", frames=1, staged=(Staged(character="p0"),), **given)
    return Shot(made, (who,), Place(id="roof", names=("ROOF",), kind="rooftop"), SIZE, Fraction(24))


def front_of(who):
    size = size_of("front", SIZE, 2)
    return PAINTER.paint(Shot(cut_of(who, "front"), (who,), PLACE, size, Fraction(24)), seed=1)


def approved(of: Shot, picture) -> Shot:
    name = hashlib.sha256(picture.tobytes()).hexdigest()
    return replace(of, references=(ReferencePicture("character", "p0", picture, name, "front"),))


def identity(of: Shot, picture) -> float | None:
    likeness = Likeness(of, 1, cv2)
    likeness.see(0, picture)
    return likeness.identity


@pytest.mark.parametrize("outfit", ["coat", "sailor"])
def test_a_sheet_that_shows_what_the_bible_says_changes_nothing(outfit):
    """The white of a sailor blouse was taken for paper, and identity fell from 0.98 to 0.81."""
    who = BROWN.model_copy(update={"look": BROWN.look.model_copy(update={"outfit": outfit})})
    take = PAINTER.paint(a_shot(who), seed=1)

    with_sheet = identity(approved(a_shot(who), front_of(who)), take)
    assert with_sheet == pytest.approx(identity(a_shot(who), take), abs=0.06)


@pytest.mark.parametrize("time", ["day", "sunset", "night"])
def test_the_approved_colours_count_and_not_those_of_the_bible(time):
    """Identity was measured against the rig's drawing of the bible's words, whatever a director had approved."""
    sheet = approved(a_shot(time=time), front_of(PINK))
    pink, brown = (PAINTER.paint(a_shot(who, time=time), seed=1) for who in (PINK, BROWN))

    assert identity(sheet, pink) > identity(sheet, brown) + 0.1
    assert identity(a_shot(time=time), pink) < identity(a_shot(time=time), brown)


def test_a_sheet_on_a_painted_ground_is_left_aside():
    busy = np.random.default_rng(2).integers(0, 255, (400, 266, 3), np.uint8)
    take = PAINTER.paint(a_shot(), seed=1)

    assert identity(approved(a_shot(), busy), take) == identity(a_shot(), take)


def test_of_two_takes_the_one_like_the_approved_sheet_is_shown():
    judge, sheet = PictureJudge.load("cpu"), approved(a_shot(), front_of(PINK))
    takes = []
    for number, who in enumerate((BROWN, PINK), 1):
        picture = PAINTER.paint(a_shot(who), seed=1)
        clip = Clip(5, SIZE, Fraction(24), lambda shown=picture: iter([shown] * 5))
        found = judge.judge(sheet, clip, panel=picture)
        ref = Ref(sha256=f"{number}" * 64, bytes=1, media_type="video/mp4")
        takes.append(
            Take(cut="C001", number=number, clip=ref, frames=5, size=SIZE, recipe="a" * 64, basis="b" * 64,
                 seed=1, measures={"identity": found["identity"]})
        )  # fmt: skip

    best = rank(a_shot().cut, takes, RankingOptions())[0]

    assert best.take.number == 2
    assert "nearer the character sheet" in best.why


def test_a_judge_is_given_front_and_face_and_painters_the_sheet_and_the_face():
    def one(view):
        marks = Approval(view=view, painter="cel", recipe="", seed=0, basis="", by="Ryo", at="")
        return Reference(file=f"{view}.png", sha256=hashlib.sha256(view.encode()).hexdigest(), approved=marks)

    who = BROWN.model_copy(update={"art": Art(references=(one("sheet"), one("face"), one("front")))})
    cut = a_shot(who).cut
    sheet = Cutsheet(episode="e", cast=(who,), places=(a_shot().place,), cuts=(cut,))

    painter = card("painter", "klein")
    given = ingredients(shot(sheet, cut, SIZE, painter), sheet, painter)["references"]

    assert [picture.file for _, picture in sheets_of(shot(sheet, cut, SIZE))] == ["face.png", "front.png"]
    assert [sha256 for *_, sha256 in given] == [one("sheet").sha256, one("face").sha256]
