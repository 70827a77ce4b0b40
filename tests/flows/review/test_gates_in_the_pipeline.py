"""Claims about an episode that is made with gates: what is done again, what is held, what is told.

Episodes are made for real, with machines that draw in no time; who decides is scripted.
"""

from pathlib import Path

import pytest
import yaml

from assets.errors import DecisionRefused, LockHeld, RunStopped
from assets.sheets.cutsheet import Cutsheet
from assets.sheets.production import Done, Report, Step
from assets.sheets.review import Choice, CutRemark, Decision, Reason
from assets.store import Gate, Store
from flows.episode.brief import Brief, RetakeOrder
from flows.episode.executor import InProcess
from flows.episode.produce import RunHost, perform
from flows.review.rules import Reviewer
from flows.review.service import decide

SCRIPT = """\
Title: The Kite
Language: en

EXT. HILLTOP - DAY

Wind moves the tall grass. MIKA holds a red kite.

INT. KITCHEN - NIGHT

Bou pours two cups of tea.
"""
WITH_MIKA = """\
Title: The Kite
Language: en

INT. KITCHEN - NIGHT

MIKA
(smiling)
It will fly today.
"""
CONTINUED = """\
Title: The Tea
Language: en

INT. KITCHEN - NIGHT

BOU waits.

BOU
It is late.
"""
APPROVE = Decision(verdict="approve")
pytestmark = pytest.mark.slow  # each makes whole episodes, in two seconds or more


def again(cut: str, reason: str = "layout", **more) -> Decision:
    remark = CutRemark(cut=cut, reasons=(Reason(reason),), **more)
    return Decision(verdict="retake", remarks=(remark,))


class Nobody:
    """A Watch that looks away."""

    def began(self, step: Step, total: int) -> None: ...
    def moved(self, step: Step, name: str, part: float) -> None: ...
    def done(self, done: Done) -> None: ...


class Scripted:
    """Decides at each wait what it was told to, in this order; no more and no less."""

    run = ""

    def __init__(self, workspace, answers: list[Decision], asked: list[Gate]) -> None:
        self._workspace, self._answers, self._asked = workspace, answers, asked

    def wait(self, gate: Gate) -> None:
        self._asked.append(gate)
        decide(self._workspace, gate.id, self._answers.pop(0), Reviewer("aya", "rushes", gate.seen))


class Studio:
    """One folder, one episode, made as often as asked."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.asked = folder, []
        (folder / "kite.fountain").write_text(SCRIPT, encoding="utf-8")

    def make(
        self,
        *answers: Decision,
        gates=("storyboard", "takes"),
        order=None,
        since="",
        waiting=None,
        script=SCRIPT,
        profile="toy",
        **brief,
    ) -> Report:
        """Make the episode; every answer must be needed."""
        self.asked.clear()
        if script is not SCRIPT:
            (self.folder / "kite.fountain").write_text(script, encoding="utf-8")
        left = list(answers)
        made = perform(
            Brief(
                script=self.folder / "kite.fountain", profile=profile, out=self.folder / "out", gates=gates, **brief
            ),
            RunHost(
                InProcess(),
                lambda _: Nobody(),
                lambda workspace: (waiting or Scripted)(workspace, left, self.asked),
                since=since,
            ),
            order=order,
        )  # fmt: skip
        assert left == [], "it did not ask as often as was expected"
        return made.report

    @property
    def rounds(self) -> list[tuple[str, int]]:
        return [(gate.kind, gate.round) for gate in self.asked]

    def store(self) -> Store:
        return Store.open(f"sqlite:///{self.folder / 'out/.sakuga/store.sqlite'}")


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    return Studio(tmp_path)


def made(report: Report, *steps: str) -> list[str]:
    return [
        f"{done.step} {done.name}" for done in report.work if done.outcome == "made" and done.step in steps
    ]


def outcome(report: Report, name: str, step: str) -> str:
    return [done.outcome for done in report.work if (done.step, done.name) == (step, name)][-1]


def test_an_episode_that_was_approved_is_not_asked_about_again(studio):
    studio.make(APPROVE, APPROVE)
    report = studio.make()

    assert made(report, "panel", "take", "segment", "join") == []


def test_a_panel_that_is_sent_back_is_drawn_anew_and_nothing_else(studio):
    report = studio.make(again("C002"), APPROVE, APPROVE)

    assert studio.rounds == [("storyboard", 1), ("storyboard", 2), ("takes", 1)]
    assert made(report, "panel") == ["panel C001", "panel C002", "panel C002"]
    before, after = (gate.shows for gate in studio.asked[:2])
    assert before.cut("C001").panel == after.cut("C001").panel
    assert (after.cut("C002").panel.attempt, after.cut("C002").news[:10]) == (2, "drawn anew")
    with studio.store() as store:
        (order,) = store.retakes(store.episodes()[0].key, "storyboard")
    assert (order.reason, order.take, order.made_by) == ("layout", 2, "aya")


def test_the_new_panel_stays_in_every_later_run(studio):
    studio.make(again("C002"), APPROVE, APPROVE)

    assert made(studio.make(gates=()), "panel", "take") == []


def test_a_take_that_was_made_before_its_panel_was_sent_back_is_made_again(studio):
    """It was kept: what the cut depicts had not changed, so the old take stood in for one of the new panel."""
    studio.make(gates=())
    report = studio.make(again("C002"), APPROVE, APPROVE)

    assert made(report, "take") == ["take C002"]


def test_a_take_that_is_sent_back_is_made_anew_and_nothing_else(studio):
    report = studio.make(APPROVE, again("C001", "motion", note="sooner"), APPROVE)

    assert studio.rounds == [("storyboard", 1), ("takes", 1), ("takes", 2)]
    assert made(report, "take") == ["take C001", "take C002", "take C001"]
    shown = studio.asked[-1].shows.cut("C001")
    assert (shown.selected, shown.shown.reason) == (2, "motion: sooner")


def test_approving_the_takes_locks_them(studio):
    studio.make(APPROVE, APPROVE)

    with studio.store() as store:
        held = store.selections(store.episodes()[0].key)
    assert {cut: item.locked for cut, item in held.items()} == {"C001": True, "C002": True}


def test_the_episode_is_cut_from_the_take_that_was_chosen(studio):
    studio.make(
        APPROVE, again("C001", "motion"), Decision(verdict="approve", choices=(Choice(cut="C001", take=1),))
    )

    with studio.store() as store:
        assert store.selected(store.episodes()[0].key, "C001").take.number == 1
    assert made(studio.make(), "segment", "join") == []


def test_an_approved_panel_stays_whatever_seed_comes_later(studio):
    studio.make(APPROVE, APPROVE)
    report = studio.make(seed=99, refresh=True)

    assert {outcome(report, cut, "panel") for cut in ("C001", "C002")} == {"locked"}


def test_an_approved_panel_gives_way_to_a_changed_script_and_it_is_told(studio):
    studio.make(APPROVE, gates=("storyboard",))
    path = studio.folder / "kite.fountain"
    path.write_text(path.read_text().replace("INT. KITCHEN - NIGHT", "INT. KITCHEN - MORNING"))

    report = studio.make(gates=())

    assert any("C002: the approved panel is no longer shown" in said for said in report.warnings)


def test_a_changed_script_is_shown_before_anything_is_moved(studio):
    studio.make(APPROVE, APPROVE)
    path = studio.folder / "kite.fountain"
    path.write_text(path.read_text().replace("INT. KITCHEN - NIGHT", "INT. KITCHEN - MORNING"))

    with pytest.raises(RunStopped):
        studio.make(Decision(verdict="stop"))

    (gate,) = studio.asked
    assert (gate.kind, gate.round) == ("storyboard", 2)
    assert [(cut.cut, bool(cut.news)) for cut in gate.shows.cuts] == [("C001", False), ("C002", True)]


def test_the_script_gate_comes_before_the_first_drawing(studio):
    with pytest.raises(RunStopped, match="Sent back by aya at the script gate: shorter"):
        studio.make(Decision(verdict="retake", note="shorter"), gates=("script",))

    with studio.store() as store:
        key = store.episodes()[0].key
        assert [call for run in store.runs(key) for call in store.calls(run.id)] == []
        assert store.runs(key)[0].outcome == "stopped at a gate"


def test_a_cut_sent_back_at_the_final_gate_makes_the_episode_once_more(studio):
    report = studio.make(again("C002", "sound"), APPROVE, gates=("final",))

    assert studio.rounds == [("final", 1), ("final", 2)]
    assert made(report, "take", "join") == [
        "take C001", "take C002", "join episode", "take C002", "join episode",
    ]  # fmt: skip
    assert studio.asked[0].shows.episode != studio.asked[1].shows.episode


def test_an_unattended_run_goes_through_and_locks_nothing(studio):
    studio.make(approve="auto")

    with studio.store() as store:
        key = store.episodes()[0].key
        assert [review.door for review in store.reviews(key)] == ["auto", "auto"]
        assert not any(item.locked for item in store.selections(key).values())


def test_the_reason_of_a_retake_changes_the_picture_and_the_next_round_says_how(studio):
    """Two panels sent back with "cross, not smiling" and "closer" came back the same, twice."""
    studio.make(
        again("C002", "expression", note="closer, and cross, not smiling"),
        APPROVE,
        gates=("storyboard",),
        script=WITH_MIKA,
    )

    before, after = (gate.shows.cut("C002") for gate in studio.asked)
    assert after.panel.basis != before.panel.basis
    [size, face] = after.news.removeprefix("drawn anew; ").split(", ")
    assert (size[:6], face[:16], face[-9:]) == ("size: ", "mika.expression:", " -> angry")
    sheet = Cutsheet.read(studio.folder / "out/kite/cutsheet.yaml")
    assert (sheet.cuts[1].size, sheet.cuts[1].staged[0].expression) == (size.split(" -> ")[1], "angry")
    assert made(studio.make(gates=(), script=WITH_MIKA), "panel") == [], "it is read once, and stays"
    assert Cutsheet.read(studio.folder / "out/kite/cutsheet.yaml") == sheet


def test_a_reason_given_at_the_takes_changes_the_panel_too_and_it_is_shown_first(studio):
    studio.make(APPROVE, again("C002", "layout", note="もっと引いて"), APPROVE, APPROVE)

    assert studio.rounds == [("storyboard", 1), ("takes", 1), ("storyboard", 2), ("takes", 2)]
    was, now = studio.asked[1].shows.cut("C002"), studio.asked[3].shows.cut("C002")
    assert was.panel.basis != now.panel.basis and now.selected != was.selected
    assert now.shown.reason == "layout: もっと引いて" and "size: " in now.news


def test_a_value_typed_into_the_sheet_meanwhile_wins_over_the_reason(studio):
    path = studio.folder / "out/kite/cutsheet.yaml"

    class Typing(Scripted):
        def wait(self, gate: Gate) -> None:
            if gate.round == 1:
                path.write_text(path.read_text().replace("size: extreme_long\n", "size: medium\n", 1))
            super().wait(gate)

    studio.make(again("C001", "layout", note="closer"), APPROVE, gates=("storyboard",), waiting=Typing)

    assert Cutsheet.read(path).cuts[0].size == "medium"


def test_a_retake_that_is_ordered_with_words_changes_its_cut(studio):
    studio.make(gates=())
    before = Cutsheet.read(studio.folder / "out/kite/cutsheet.yaml").cuts[0]
    report = studio.make(order=RetakeOrder(cut="C001", reason="hold longer"), gates=())

    after = Cutsheet.read(studio.folder / "out/kite/cutsheet.yaml").cuts[0]
    assert after.frames == before.frames + 12
    assert made(report, "panel", "take") == ["take C001"]
    assert Cutsheet.read(studio.folder / "out/kite/cutsheet.yaml").cuts[0].frames == after.frames


def test_a_wrong_word_in_the_cut_sheet_keeps_the_gate_open_and_is_told(studio):
    """The run was woken and failed over the sheet; the decision was spent."""
    path = studio.folder / "out" / "kite" / "cutsheet.yaml"
    told = []

    class Careless(Scripted):
        def wait(self, gate: Gate) -> None:
            good = path.read_text()
            path.write_text(good.replace("size: ", "size: enormous-", 1))
            with pytest.raises(DecisionRefused) as refused:
                decide(self._workspace, gate.id, APPROVE, Reviewer("aya", "rushes", gate.seen))
            told.append((str(refused.value), self._workspace.store.gate_state(gate.id)))
            path.write_text(good)
            super().wait(gate)

    studio.make(APPROVE, gates=("storyboard",), waiting=Careless)

    [(sentence, state)] = told
    assert state == "open"
    assert (
        "cuts.0.size" in sentence and "enormous-" in sentence and "Correct it, then decide again" in sentence
    )


def test_a_run_that_is_played_again_with_a_wrong_word_in_the_sheet_comes_to_its_gate_again(studio):
    """It failed before it came to its gate: Prefect's form could not tell what was wrong."""
    path = studio.folder / "out" / "kite" / "cutsheet.yaml"
    with pytest.raises(KeyboardInterrupt):
        studio.make(gates=("storyboard",), waiting=Interrupted)
    wrong = path.read_text().replace("size: ", "size: enormous-", 1)
    path.write_text(wrong)
    with pytest.raises(DecisionRefused, match="enormous-"):
        studio.make(APPROVE, gates=("storyboard",))

    with studio.store() as store:
        assert [gate.state for gate in store.gates(store.episodes()[0].key)] == ["open"]
    assert path.read_text() == wrong, "what a person typed stays"


class Interrupted(Scripted):
    """Somebody presses Ctrl-C while it waits."""

    def wait(self, gate: Gate) -> None:
        raise KeyboardInterrupt


def test_a_retake_that_is_played_again_after_its_gate_is_not_ordered_twice(studio):
    """A suspended run is played from the top: it ordered its retake once more at every answer, without an end."""
    studio.make(gates=())
    order = RetakeOrder(cut="C001", reason="more life")
    studio.make(APPROVE, order=order, gates=("takes",))

    with pytest.raises(LockHeld):
        studio.make(order=order, gates=("takes",))
    studio.make(order=order, since="2026-01-01T00:00:00.000Z", gates=("takes",))

    with studio.store() as store:
        assert len(store.retakes(store.episodes()[0].key)) == 1


class Editor(Scripted):
    """Edits the size of C001 by hand at the first gate, then approves."""

    def wait(self, gate: Gate) -> None:
        path = self._workspace.folder / "cutsheet.yaml"
        if not self._asked:
            sheet = Cutsheet.read(path)
            path.write_text(path.read_text().replace(f"size: {sheet.cuts[0].size}", "size: extreme_close", 1))
        super().wait(gate)


@pytest.mark.parametrize("kind", ["storyboard", "takes"])
def test_what_is_edited_at_a_gate_is_made_and_shown_before_the_run_goes_on(studio, kind):
    """An approval sent the run on with the sheet from before: the edit waited for another run, and told nobody."""
    studio.make(APPROVE, APPROVE, gates=(kind,), waiting=Editor)

    assert studio.rounds == [(kind, 1), (kind, 2)]
    assert [(cut.cut, bool(cut.news)) for cut in studio.asked[1].shows.cuts] == [
        ("C001", True),
        ("C002", False),
    ]
    with studio.store() as store:
        held = store.selections(store.episodes()[0].key)
        assert (held["C001"].take.number, held["C002"].take.number) == (
            (1, 1) if kind == "storyboard" else (2, 1)
        )
        assert [item.locked for item in held.values()] == [kind == "takes"] * 2


@pytest.mark.parametrize(
    ("answers", "outcome", "why"),
    [((APPROVE,), "locked", "approved, but stale: it ends with another panel of C002"), ((), "made", "")],
    ids=["approved", "not approved"],
)
def test_a_take_that_ends_with_the_next_panel_is_made_again_or_told_as_stale_when_only_that_panel_changes(
    studio, answers, outcome, why
):
    """An approved one was told as approved and nothing else, and the movement jumped at the cut."""
    profile = yaml.safe_load(Path("assets/library/profiles/toy.yaml").read_text())
    profile["machines"]["animator"] = "toy-video"
    (studio.folder / "video.yaml").write_text(yaml.safe_dump(profile))
    made = {"script": CONTINUED, "profile": str(studio.folder / "video.yaml")}
    studio.make(*answers, gates=("takes",) if answers else (), **made)

    report = studio.make(again("C002"), APPROVE, gates=("storyboard",), **made)

    [done] = [done for done in report.work if (done.step, done.name) == ("take", "C001")]
    assert done.outcome == outcome
    assert why in done.why
