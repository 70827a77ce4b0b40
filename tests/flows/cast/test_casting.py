"""Claims about casting: candidates are found again, one decision counts, an approved sheet is locked in the bible."""

import shutil
from datetime import UTC, datetime, timedelta

import pytest

from assets import show as shows
from assets.errors import DecisionRefused, InputRefused, RightsRefused
from assets.sheets.bible import Place
from assets.sheets.casting import CastDecision
from assets.sheets.cutsheet import Cut, Cutsheet, Staged
from assets.store.ledger import moment
from flows.cast.order import CastOrder, character_of
from flows.cast.rounds import asked, latest, studio
from flows.cast.service import decide, settled
from flows.episode import profile as profiles
from flows.review.rules import Reviewer
from flows.rights import clearance
from flows.rights.clearance import Production
from models.registry import card
from stages.shots import artwork
from stages.shots.shot import ingredients, shot

READER = """\
sheet: profile
version: 1
name: reader
size: [320, 180]
machines: {painter: toy-reader, animator: toy, voices: {ja: toy, en: toy}, foley: toy, composer: toy}
"""


class Quiet:
    def __init__(self):
        self.outcomes = []

    def began(self, step, total):
        pass

    def moved(self, step, name, part):
        pass

    def done(self, done):
        self.outcomes.append(done.outcome)


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shows.copied("clear-skies", tmp_path / "own")
    (tmp_path / "reader.yaml").write_text(READER)
    (tmp_path / "rig.yaml").write_text(READER.replace("toy-reader", "cel"))
    return tmp_path


def order(character="NAGI", **more):
    given = {"show": "own", "profile": "reader.yaml", "count": 2, "views": ("front", "face", "happy"), **more}
    return CastOrder(character=character, **given)


@pytest.fixture
def where(project):
    with studio(order().out) as opened:
        yield opened


def approve(where, casting, number=1, *, by="Ryo", door="rushes"):
    chosen = CastDecision(verdict="approve", candidate=number)
    return decide(where, casting.id, chosen, Reviewer(by, door, casting.seen))


def nagi():
    return shows.load("own").characters[0]


def test_candidates_differ_and_the_same_order_draws_nothing_again(where):
    watch = Quiet()
    first = asked(order(), where, Quiet())
    again = asked(order(), where, watch)

    assert len({one.sheet.sha256 for one in first.shows.candidates}) == 2
    assert set(watch.outcomes) == {"reused"}
    assert (again.id, again.seen, again.round) == (first.id, first.seen, 1)


@pytest.mark.parametrize("named", ["nagi", "NAGI", "凪", "Nagi"])
def test_a_character_is_found_by_every_name(where, named):
    assert character_of(shows.load("own"), named).id == "nagi"


def test_an_unknown_character_is_refused_with_the_names_there_are(where):
    with pytest.raises(InputRefused, match=r"no character called 'mio'. Its characters: nagi \(NAGI\)"):
        asked(order("mio"), where, Quiet())


def test_an_approved_sheet_is_reference_art_with_hash_origin_and_name(where):
    casting = asked(order(), where, Quiet())

    done = approve(where, casting, 2)

    found = nagi().art.references
    chosen = casting.shows.candidates[1]
    assert [one.approved.view for one in found] == ["sheet", "face", "front"]
    assert found[0].sha256 == chosen.sheet.sha256
    assert (found[0].approved.by, found[0].approved.seed) == ("Ryo", chosen.seed)
    assert (found[0].approved.painter, found[0].approved.recipe) == ("toy-reader", chosen.recipe)
    assert done.file.read_bytes() == where.vault.get(chosen.sheet)
    assert artwork.entered(shows.load("own"), done.file.parents[1], where.vault)


def test_an_approved_sheet_is_locked_by_its_hash(where):
    done = approve(where, asked(order(), where, Quiet()))

    shutil.copy(done.file.parent.parent / "poster.webp", done.file)

    with pytest.raises(InputRefused):
        artwork.entered(shows.load("own"), done.file.parents[1], where.vault)


def _panels(bible):
    """What painters are given for two cuts, of Nagi and of Ren."""
    cast = tuple(bible.characters)
    cuts = [
        Cut(number=f"C00{n}", scene="S01", place="here", staged=(Staged(character=id),), frames=24)
        for n, id in enumerate(("nagi", "ren"), 1)
    ]
    sheet = Cutsheet(episode="e", cast=cast, places=(Place(id="here", names=("HERE",)),), cuts=tuple(cuts))
    return [
        ingredients(shot(sheet, cut, (320, 180), painter), sheet, painter)
        for painter in (card("painter", "toy-reader"), card("painter", "klein"))
        for cut in cuts
    ]


def test_later_panels_of_that_character_have_another_recipe_and_no_others(where):
    before = _panels(artwork.entered(shows.load("own"), where.out.parent / "own", where.vault))

    approve(where, asked(order(), where, Quiet()))

    after = _panels(artwork.entered(shows.load("own"), where.out.parent / "own", where.vault))
    assert [old != new for old, new in zip(before, after, strict=True)] == [True, False, True, False]
    sheet, face = (one.sha256 for one in nagi().art.references[:2])
    assert after[0]["references"] == [["character", "nagi", sheet], ["character", "nagi", face]]


def test_sent_back_other_seeds_are_drawn_with_the_note(where):
    casting = asked(order(), where, Quiet())
    back = CastDecision(verdict="again", note="longer hair")
    decide(where, casting.id, back, Reviewer("Ryo", "rushes", casting.seen))

    second = asked(order(), where, Quiet())

    assert (second.round, second.shows.note) == (2, "longer hair")
    assert "longer hair" in second.shows.candidates[0].pictures[0].prompt
    seeds = [{one.seed for one in item.shows.candidates} for item in (casting, second)]
    assert seeds[0].isdisjoint(seeds[1])
    watch = Quiet()
    assert asked(order(), where, watch).id == second.id
    assert set(watch.outcomes) == {"reused"}


def test_after_an_approval_only_an_order_with_a_reason_draws_others(where):
    approve(where, asked(order(), where, Quiet()))

    assert asked(order(), where, Quiet()).verdict == "approve"
    other = asked(order(again="older"), where, Quiet())
    approve(where, other, 2, by="Mei")

    assert other.round == 2
    assert [one.approved.by for one in nagi().art.references] == ["Mei"] * 3


def test_references_of_ones_own_stay_behind_the_approved_ones(where):
    bible = where.out.parent / "own" / "bible.yaml"
    (bible.parent / "mine.png").write_bytes(
        where.vault.get(asked(order("ren"), where, Quiet()).shows.candidates[0].sheet)
    )
    text = bible.read_text().replace(
        "    look:\n", "    art: {references: [{file: mine.png}]}\n    look:\n", 1
    )
    bible.write_text(text)

    approve(where, asked(order(), where, Quiet()))

    assert [one.file.partition("-")[0] for one in nagi().art.references] == ["art/nagi"] * 3 + ["mine.png"]


def test_of_two_decisions_the_first_counts_and_the_second_is_told_whose(where):
    casting = asked(order(), where, Quiet())
    approve(where, casting, 1, by="Ryo")

    with pytest.raises(DecisionRefused, match=r"was decided by Ryo at .*: approve candidate 1"):
        approve(where, casting, 2, by="Mei")

    assert nagi().art.references[0].sha256 == casting.shows.candidates[0].sheet.sha256


@pytest.mark.parametrize(
    ("decision", "seen", "said"),
    [
        (CastDecision(verdict="approve", candidate=3), None, "no candidate 3 .* There are: 1, 2"),
        (CastDecision(verdict="approve"), None, "no candidate 0"),
        (CastDecision(verdict="again", candidate=1), None, "only to approve"),
        (CastDecision(verdict="approve", candidate=1), "f" * 64, "not what the casting .* shows now"),
    ],
)
def test_a_decision_that_cannot_be_carried_out_changes_nothing(where, decision, seen, said):
    casting = asked(order(), where, Quiet())

    with pytest.raises(DecisionRefused, match=said):
        decide(where, casting.id, decision, Reviewer("Ryo", "rushes", seen or casting.seen))

    assert where.store.casting(casting.id).state == "open"
    assert nagi().art.references == ()


def test_the_library_is_not_changed_and_a_copy_finds_the_candidates(where, project):
    casting = asked(order(show="clear-skies"), where, Quiet())

    with pytest.raises(DecisionRefused, match="sakuga show copy clear-skies"):
        approve(where, casting)

    assert latest(order(show="own"), where).id == casting.id
    approve(where, latest(order(show="own"), where))
    assert nagi().art.references
    assert shows.load("clear-skies").characters[0].art.references == ()


def test_an_approval_without_the_bible_is_refused_unless_the_run_that_waits_has_it(where):
    casting = asked(order(), where, Quiet())
    (where.out.parent / "own" / "bible.yaml").rename(where.out.parent / "own" / "elsewhere.yaml")

    with pytest.raises(DecisionRefused, match="Decide on the machine that has it"):
        approve(where, casting)


def test_a_sheet_that_a_killed_process_left_out_is_stored_later(where):
    casting = asked(order(), where, Quiet())
    where.store.decide_casting(
        casting.id, CastDecision(verdict="approve", candidate=1), by="Ryo", door="rushes"
    )

    settled(asked(order(), where, Quiet()), where)
    once = (where.out.parent / "own" / "bible.yaml").read_bytes()
    settled(asked(order(), where, Quiet()), where)

    assert nagi().art.references[0].approved.by == "Ryo"
    assert (where.out.parent / "own" / "bible.yaml").read_bytes() == once


def test_an_expired_round_is_refused_and_opened_again_with_the_same_pictures(where):
    casting = asked(order(), where, Quiet())
    where.store.open_casting(
        "clear-skies", 1, board=casting.shows, bible=casting.bible,
        until=moment(datetime.now(UTC) - timedelta(hours=1)),
    )  # fmt: skip

    with pytest.raises(DecisionRefused, match="is closed now"):
        approve(where, casting)
    again = asked(order(), where, Quiet())

    assert (again.round, again.seen) == (2, casting.seen)


def test_a_changed_description_makes_another_round_and_an_approved_sheet_stale(where):
    first = asked(order(), where, Quiet())
    bible = where.out.parent / "own" / "bible.yaml"
    bible.write_text(bible.read_text().replace("hair_color: chestnut", "hair_color: silver"))

    second = asked(order(), where, Quiet())
    approve(where, second)
    fresh = shows.check(shows.load("own"))
    bible.write_text(bible.read_text().replace("hair_color: silver", "hair_color: pink"))

    assert where.store.casting(first.id).state == "withdrawn"
    assert second.round == 2
    assert not any("approved sheet" in warning for warning in fresh)
    assert any(
        "nagi's approved sheet shows an earlier" in warning for warning in shows.check(shows.load("own"))
    )


def test_the_rig_draws_one_candidate_and_says_why(where):
    casting = asked(order(profile="rig.yaml", views=("front",)), where, Quiet())

    assert len(casting.shows.candidates) == 1
    assert "the same with every seed" in casting.shows.left_out[0]


def test_the_sheets_rights_are_those_of_its_painter(where):
    casting = asked(order(profile="rig.yaml", views=("front", "face")), where, Quiet())
    assert approve(where, casting).notes == ()

    made = Production(
        profiles.load("reader.yaml").model_copy(update={"policy": "own-or-licensed-strict"}), None,
        artwork.entered(shows.load("own"), where.out.parent / "own", where.vault),
    )  # fmt: skip
    cleared = clearance.required(made, where.store, "", "run")

    assert any(used.what.startswith("the reference art/nagi-sheet") for used in cleared.used)
    assert {event.kind for event in where.store.ledger.events()} >= {"sheet.decided", "asset.ingested"}


def test_a_sheet_drawn_with_unregistered_art_is_no_freer_than_that_art(where):
    """A picture of unknown origin would have become owned by being drawn after."""
    bible = where.out.parent / "own" / "bible.yaml"
    (bible.parent / "mine.png").write_bytes(
        where.vault.get(asked(order("ren"), where, Quiet()).shows.candidates[0].sheet)
    )
    bible.write_text(
        bible.read_text().replace("    look:\n", "    art: {references: [{file: mine.png}]}\n    look:\n", 1)
    )

    done = approve(where, asked(order(), where, Quiet()))

    assert "it was drawn with art that is not" in done.notes[0]
    made = Production(
        profiles.load("reader.yaml").model_copy(update={"policy": "own-or-licensed-strict"}), None,
        artwork.entered(shows.load("own"), bible.parent, where.vault),
    )  # fmt: skip
    with pytest.raises(RightsRefused, match="nagi-sheet"):
        clearance.required(made, where.store, "", "run")


def test_the_vault_keeps_the_pictures_of_every_round(where):
    casting = asked(order(), where, Quiet())

    kept = {one.ref.sha256 for one in where.store.references()}

    assert {one.sheet.sha256 for one in casting.shows.candidates} <= kept
    assert {picture.image.sha256 for one in casting.shows.candidates for picture in one.pictures} <= kept


def test_a_damaged_casting_is_named_by_the_store(where):
    casting = asked(order(), where, Quiet())
    with where.store._database.writing() as connection:
        connection.exec_driver_sql("UPDATE castings SET board = '{' WHERE id = ?", (casting.id,))

    assert any("table castings" in fault and "board" in fault for fault in where.store.faults())
