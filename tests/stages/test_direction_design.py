"""A large writer may choose looks and sets for those whom no bible describes, and nothing of anybody else."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets import fountain, show
from assets.sheets.cutsheet import Cutsheet
from assets.vault import Vault
from models.card import Card
from models.lease import Leased
from models.ports import Draft
from models.toy import ToyWriter
from stages.breakdown import BreakdownOptions, break_down
from stages.direction import DirectionOptions, direct
from stages.direction.design import CHOSEN, open_to_design, sealed
from stages.work_cache import WorkCache

SCRIPT = """\
INT. LAMP ROOM - NIGHT

MARTA, 68, grey braid, leans close to the glass.

MARTA
Ship, or cloud?
"""


class Nobody:
    def __getattr__(self, name):
        return lambda *told: None


def sheet_of(text, bible=None) -> Cutsheet:
    return break_down(fountain.parse(text), bible, episode="ep", language=None, options=BreakdownOptions())


def directed(sheet, answer, folder, *, large=True, design=True):
    """``sheet`` as directed by a writer that answers the design question with ``answer``."""

    class Own(ToyWriter):
        card: Card = ToyWriter.card.model_copy(update={"writes_freely": large})
        asked = 0

        @classmethod
        def load(cls, device):
            return cls()

        def write(self, prompt, *, schema, seed):
            if "places" not in schema["properties"]:
                return super().write(prompt, schema=schema, seed=seed)
            Own.asked += 1
            data = super().write(prompt, schema=schema, seed=seed).data
            return Draft(data=answer(data))

    cache = WorkCache(Vault.open(folder / "v"), folder / "j", calls=Nobody(), watch=Nobody())
    done = direct(
        sheet, writer=Leased(Own, "cpu"), cache=cache, options=DirectionOptions(by="writer", design=design)
    )
    return done, Own.asked


def chosen(data):
    (person,), (place,) = data["people"].values(), data["places"]
    look = person | {"hair": "braid", "hair_color": "silver", "outfit": "coat"}
    return {"people": dict.fromkeys(data["people"], look), "places": {place: "observatory"}}


def test_a_large_writer_chooses_the_looks_and_the_set_that_the_script_leaves_open(tmp_path):
    sheet = sheet_of(SCRIPT)

    done, _ = directed(sheet, chosen, tmp_path)

    marta = done.sheet.cast[0]
    assert (marta.look.hair, marta.look.hair_color, marta.look.outfit) == ("braid", "silver", "coat")
    assert marta.look.age == sheet.cast[0].look.age
    assert done.sheet.places[0].kind == "observatory"
    assert sealed(done.sheet)["cast"] == sealed(sheet)["cast"]
    assert [cut.frames for cut in done.sheet.cuts] == [cut.frames for cut in sheet.cuts]


@pytest.mark.parametrize(("large", "design"), [(False, True), (True, False)])
def test_a_small_writer_and_a_profile_that_does_not_ask_for_it_design_nothing(tmp_path, large, design):
    done, asked = directed(sheet_of(SCRIPT), chosen, tmp_path, large=large, design=design)

    assert asked == 0
    assert done.sheet.places[0].kind != "observatory"


def test_nobody_of_a_bible_is_on_the_menu():
    sheet = sheet_of("INT. ROOFTOP - DAY\n\nNAGI waves.\n\nNAGI\nHello.\n", show.load("clear-skies"))

    people, _ = open_to_design(sheet)

    assert "nagi" not in {one.id for one in people}


@pytest.mark.parametrize(
    "answer",
    [
        lambda data: data | {"cuts": []},
        lambda data: data | {"people": {"mallory": {}}},
        lambda data: {"people": data["people"], "places": dict.fromkeys(data["places"], "void")},
        lambda data: [1],
    ],
)
def test_an_answer_off_the_menu_leaves_the_looks_of_the_rules_and_a_warning(tmp_path, answer):
    sheet = sheet_of(SCRIPT)

    done, asked = directed(sheet, answer, tmp_path)

    assert asked == DirectionOptions().tries
    assert (done.sheet.cast, done.sheet.places) == (sheet.cast, sheet.places)
    assert any("were not designed" in warning for warning in done.warnings)


ANYTHING = st.recursive(
    st.none() | st.text(max_size=9), lambda some: st.dictionaries(st.text(max_size=9), some), max_leaves=9
)


@settings(max_examples=20, deadline=None)
@given(ANYTHING)
def test_no_answer_moves_anything_but_looks_and_sets(tmp_path_factory, answer):
    sheet = sheet_of(SCRIPT)

    done, _ = directed(sheet, lambda data: answer, tmp_path_factory.mktemp("design"))

    kept = {name for name in type(sheet.cast[0].look).model_fields if name not in CHOSEN}
    for before, after in zip(sheet.cast, done.sheet.cast, strict=True):
        assert before.look.model_dump(include=kept) == after.look.model_dump(include=kept)
