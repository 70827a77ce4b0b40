"""Claims about two machines that share vault and store but no disk: two homes stand for them here."""

import hashlib
from pathlib import Path

import numpy as np
import pytest

from assets.errors import InputRefused
from assets.media.picture import to_png
from assets.script import read
from assets.sheets.cutsheet import Cutsheet
from assets.sheets.screenplay import Screenplay
from assets.vault import Vault
from flows.cli.doctor import examine
from flows.cli.status import tell
from flows.episode import inputs
from flows.episode.brief import Brief
from flows.episode.journal import StoreJournal
from flows.episode.plan import planned, write
from flows.episode.produce import break_down, remembered
from flows.episode.profile import load
from flows.episode.workspace import open_episode
from flows.settings import settings
from stages.work_journal import Entry, Journal

SCRIPT = "EXT. HILLTOP - DAY\n\nMIKA holds a red kite.\n\nMIKA\nIt will fly today.\n"
BIBLE = "sheet: bible\nversion: 1\nid: kites\ntitle: {en: Kites}\n"


class Machine:
    """One machine of a team: folders of its own, the team's vault and store."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()

    def brief(self, **changes: object) -> Brief:
        return Brief(
            script=self.folder / "kite.fountain", out=self.folder / "episodes", profile="toy", **changes
        )

    def open_episode(self):
        return open_episode("kite", None, self.folder / "episodes", settings(self.folder / "episodes"))

    def plan(self) -> Cutsheet:
        """Plan the episode and leave its sheet, as a run does."""
        (self.folder / "kite.fountain").write_text(SCRIPT)
        screenplay: Screenplay = read(self.folder / "kite.fountain")
        with self.open_episode() as where:
            where.store.upsert_episode(None, "kite", title="", script="0" * 64, by=self.folder.name)
            plan = planned(screenplay, None, where, load("toy"), None)
            write(plan.sheet, plan.ruled, where, load("toy"))
        return plan.sheet

    @property
    def sheet(self) -> Path:
        return self.folder / "episodes/kite/cutsheet.yaml"

    def edit(self, action: str) -> None:
        sheet = Cutsheet.read(self.sheet)
        first = sheet.cuts[0].model_copy(update={"action": action})
        self.sheet.write_text(sheet.model_copy(update={"cuts": (first, *sheet.cuts[1:])}).to_yaml())


@pytest.fixture
def machines(tmp_path, monkeypatch):
    monkeypatch.setenv("SAKUGA_STORE", f"sqlite:///{tmp_path / 'store.sqlite'}")
    monkeypatch.setenv("SAKUGA_VAULT", str(tmp_path / "vault"))
    return Machine(tmp_path / "rin"), Machine(tmp_path / "ken")


def test_an_edit_by_hand_on_one_machine_holds_on_the_other(machines):
    rin, ken = machines
    rin.plan()
    rin.edit("She lets go of the kite.")
    rin.plan()

    there = ken.plan()

    assert there.cuts[0].action == "She lets go of the kite."
    assert ken.sheet.read_bytes() == rin.sheet.read_bytes()


def test_a_sheet_nobody_edited_here_follows_the_other_machine(machines):
    """It looked like an edit that took the other machine's edit back."""
    rin, ken = machines
    rin.plan(), ken.plan()
    ken.edit("She lets go of the kite.")
    ken.plan()

    assert rin.plan().cuts[0].action == "She lets go of the kite."


def test_edits_on_both_machines_are_refused_and_then_the_hand_decides(machines):
    rin, ken = machines
    rin.plan(), ken.plan()
    rin.edit("She waits.")
    rin.plan()
    ken.edit("She runs.")
    mine = ken.sheet.read_bytes()

    with pytest.raises(InputRefused, match=r"on another machine since.*cutsheet.theirs.yaml"):
        ken.plan()

    theirs = ken.sheet.with_name("cutsheet.theirs.yaml")
    assert (ken.sheet.read_bytes(), Cutsheet.read(theirs).cuts[0].action) == (mine, "She waits.")
    assert ken.plan().cuts[0].action == "She runs."
    assert rin.plan().cuts[0].action == "She runs."


def test_a_sheet_that_was_taken_away_by_hand_stays_away(machines):
    rin, _ = machines
    ruled = rin.plan().cuts[0].action
    rin.edit("She waits.")
    rin.plan()
    rin.sheet.unlink()

    assert rin.plan().cuts[0].action == ruled


def test_a_kill_between_store_and_file_is_no_edit_by_hand(machines):
    """The older sheet on disk was taken for an edit of the newer one in the store."""
    rin, _ = machines
    rin.plan()
    older = rin.sheet.read_bytes()
    rin.edit("She waits.")
    rin.plan()
    left = rin.folder / "episodes/.sakuga/episodes/kite/cutsheet.yaml.left"
    rin.sheet.write_bytes(older)
    left.write_text(hashlib.sha256(older).hexdigest())

    assert rin.plan().cuts[0].action == "She waits."


def test_only_a_hand_makes_a_cut_sheet_an_edited_one(machines):
    """A night shift made every episode anew on a machine that had never left a sheet of it."""
    rin, ken = machines
    rin.plan(), ken.plan()

    def edited(machine: Machine) -> bool:
        with machine.open_episode() as where:
            newest = where.store.papers(where.key)["cutsheet"]
            return inputs.sheet_edited(where.folder, where.state_folder, newest)

    assert (edited(rin), edited(Machine(rin.folder.with_name("new")))) == (False, False)
    rin.edit("She waits.")
    assert edited(rin)
    rin.plan()
    assert not edited(ken)  # older, and untouched
    rin.sheet.unlink()
    assert edited(rin)


def test_a_machine_that_made_nothing_can_tell_how_an_episode_stands(machines, capsys):
    rin, ken = machines
    first = rin.plan().cuts[0]

    tell("kite", ken.folder / "episodes")

    assert first.number in capsys.readouterr().out


def test_papers_are_not_collected_as_what_nobody_needs(machines):
    rin, ken = machines
    (rin.folder / "kite.fountain").write_text(SCRIPT)
    entered(rin, rin.brief())
    rin.plan()

    with rin.open_episode() as where:
        where.vault.collect(older_than_s=-5)

    assert remembered("kite", ken.folder / "episodes").script.read_text() == SCRIPT
    assert ken.plan().cuts


def entered(machine: Machine, brief: Brief) -> None:
    with machine.open_episode() as where:
        where.store.upsert_episode(None, "kite", title="", script="0" * 64, by="rin")
        inputs.enter(brief, where)


def test_another_machine_remembers_the_brief_with_the_files_it_was_made_from(machines):
    rin, ken = machines
    (rin.folder / "kite.fountain").write_text(SCRIPT)
    (rin.folder / "bible.yaml").write_text(BIBLE)
    mine = rin.folder / "mine.yaml"
    mine.write_text("sheet: profile\n")
    entered(rin, rin.brief(language="en").model_copy(update={"profile": str(mine)}))

    found = remembered("kite", ken.folder / "episodes")

    assert found.script.read_text() == SCRIPT
    assert Path(found.show).read_text() == BIBLE
    assert Path(found.profile).read_text() == "sheet: profile\n"
    assert (found.script.name, found.language, found.out) == ("kite.fountain", "en", ken.folder / "episodes")
    assert found.script.is_relative_to(ken.folder)


def test_a_machine_without_the_art_of_a_bible_finds_it_in_the_vault(machines):
    """It refused the episode: the bible came with the brief, its pictures and LoRAs did not."""
    rin, ken = machines
    (rin.folder / "kite.fountain").write_text(SCRIPT)
    (rin.folder / "bible.yaml").write_text(
        "sheet: bible\nversion: 2\nid: kites\ntitle: {en: Kites}\nstyle: {references: [{file: hill.png}]}\n"
    )
    (rin.folder / "hill.png").write_bytes(to_png(np.full((8, 8, 3), 90, np.uint8)))
    break_down(rin.brief())
    Vault.open(rin.folder.with_name("vault")).collect(older_than_s=-5)

    sheet = break_down(remembered("kites-kite", ken.folder / "episodes"))

    assert sheet.is_relative_to(ken.folder)
    assert sheet.read_bytes() == (rin.folder / "episodes/kites-kite/cutsheet.yaml").read_bytes()


def test_the_machine_that_made_it_last_keeps_using_its_own_files(machines):
    rin, _ = machines
    (rin.folder / "kite.fountain").write_text(SCRIPT)
    entered(rin, rin.brief())

    found = remembered("kite", rin.folder / "episodes")

    assert found.script.resolve() == (rin.folder / "kite.fountain").resolve()


def test_a_script_that_went_away_is_brought_from_the_store(machines):
    rin, _ = machines
    (rin.folder / "kite.fountain").write_text(SCRIPT)
    entered(rin, rin.brief())
    (rin.folder / "kite.fountain").unlink()

    assert remembered("kite", rin.folder / "episodes").script.read_text() == SCRIPT


def test_a_script_is_found_from_a_folder_of_episodes_that_is_not_made_yet(machines, monkeypatch):
    """`third/../kite.fountain` leads nowhere while there is no `third`."""
    rin, _ = machines
    monkeypatch.setenv("SAKUGA_HOME", str(rin.folder / "home"))
    (rin.folder / "kite.fountain").write_text(SCRIPT)
    entered(rin, rin.brief())

    assert remembered("kite", rin.folder / "third").script == rin.folder / "kite.fountain"


def test_after_another_machine_made_it_the_first_one_uses_what_that_one_used(machines):
    rin, ken = machines
    for machine, text in ((rin, SCRIPT), (ken, SCRIPT + "\nThe kite climbs.\n")):
        (machine.folder / "kite.fountain").write_text(text)
        entered(machine, machine.brief())

    found = remembered("kite", rin.folder / "episodes")

    assert "The kite climbs" in found.script.read_text()


def test_a_bible_that_is_gone_is_not_found_again(machines):
    rin, ken = machines
    (rin.folder / "kite.fountain").write_text(SCRIPT)
    (rin.folder / "bible.yaml").write_text(BIBLE)
    entered(rin, rin.brief())
    (rin.folder / "bible.yaml").unlink()
    entered(rin, rin.brief())

    assert remembered("kite", ken.folder / "episodes").show is None


def test_a_brief_that_was_brought_is_not_entered_as_a_new_one(machines):
    rin, ken = machines
    (rin.folder / "kite.fountain").write_text(SCRIPT)
    entered(rin, rin.brief())

    entered(ken, remembered("kite", ken.folder / "episodes"))

    with rin.open_episode() as where:
        assert {paper.version for paper in where.store.papers(where.key).values()} == {1}


def test_an_episode_nobody_made_is_refused_with_those_there_are(machines):
    rin, ken = machines
    (rin.folder / "kite.fountain").write_text(SCRIPT)
    entered(rin, rin.brief())

    with pytest.raises(InputRefused, match=r"no episode 'kit' in the store. There are: kite"):
        remembered("kit", ken.folder / "episodes")


ENTRY = Entry(recipe="a" * 64, basis="b" * 64, fits="c", maker="rig", ingredients={"seed": "1"})


def test_what_one_machine_settled_another_may_keep(machines):
    rin, ken = machines
    rin.plan()
    for machine, wanted in ((rin, None), (ken, ENTRY)):
        with machine.open_episode() as where:
            journal = StoreJournal(where.store, where.key, where.state_folder / "journal.jsonl")

            assert journal.last("take", "C001") == wanted

            journal.write("take", "C001", ENTRY)


def test_a_journal_of_an_older_sakuga_is_taken_into_the_store(machines):
    rin, ken = machines
    rin.plan()
    with rin.open_episode() as where:
        Journal(where.state_folder / "journal.jsonl").write("take", "C001", ENTRY)
        StoreJournal(where.store, where.key, where.state_folder / "journal.jsonl")

    with ken.open_episode() as where:
        assert StoreJournal(where.store, where.key, where.state_folder / "j").last("take", "C001") == ENTRY


def test_the_doctor_looks_at_a_shared_vault_and_store_on_a_new_machine(machines, tmp_path):
    """It said "not made yet" where only this machine's own folder was not."""
    found = {finding.what: finding.found for finding in examine(settings(tmp_path / "new"))}

    assert (found["Vault"], found["Store"]) == ("opens", "opens; the ledger's chain is unbroken")


@pytest.mark.postgres
def test_an_episode_is_made_by_one_machine_at_a_time(postgres_url, machines, monkeypatch):
    monkeypatch.setenv("SAKUGA_STORE", postgres_url)
    monkeypatch.setenv("SAKUGA_USER", "rin")
    rin, ken = machines

    refused = pytest.raises(InputRefused, match=r"kite is being worked on by rin@.* \(process \d+\)")
    with rin.open_episode(), refused, ken.open_episode():
        pass

    with ken.open_episode() as where:
        assert where.episode == "kite"
