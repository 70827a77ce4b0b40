"""Approved pictures become a dataset only where the client agreed, beside the core set, up to a person's gate."""

import json
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from assets import show as shows
from assets.errors import InputRefused, RightsRefused
from assets.script import read
from assets.sheets.dataset import Manifest
from assets.sheets.production import Panel
from assets.sheets.review import Board, CutRemark, Decision, Reason, Shown
from assets.sheets.validation import Subject
from flows.review.rules import Reviewer
from flows.review.service import decide
from flows.training import drift, learning
from flows.training.learn_brief import LearnBrief, learn
from flows.training.validation import Place
from stages.breakdown import BreakdownOptions, break_down
from tests.flows.training.conftest import Studio, lora_file

LATER = "2999-01-01T00:00:00.000Z"
ALLOWS = """\
sheet: policy
version: 1
name: client
data_classes: [owned]
train_on_takes: allow
approval: CLIENT-2026-7
"""


@dataclass(frozen=True)
class Episode:
    """An episode in the store whose panels were never really painted."""

    studio: Studio
    key: str = "kites/ep01"

    def approve(
        self, *, seed: int = 0, by: str = "Director", verdict: str = "approve", remarks=(), door="terminal"
    ):
        """One storyboard gate, decided. ``seed``: of its panels."""
        studio, bible = self.studio, shows.load(self.studio.bible)
        sheet = break_down(
            read(studio.root / "kite.fountain"),
            bible,
            episode="ep01",
            language=None,
            options=BreakdownOptions(),
        )
        with studio.store() as store:
            vault = studio.vault
            store.upsert_episode("kites", "ep01", title="Kite", script="0" * 64, by="ken")
            store.record_cutsheet(self.key, sheet, {cut.number: "b" * 64 for cut in sheet.cuts})
            cuts = tuple(
                Shown(
                    cut=cut.number,
                    frames=cut.frames,
                    basis="b" * 64,
                    painter="toy-reader",
                    panel=Panel(
                        cut=cut.number, image=vault.keep(picture(seed, number), "image/png"), recipe="2" * 64,
                        basis="3" * 64, prompt=f"{cut.number} by the prompt",
                    ),
                )
                for number, cut in enumerate(sheet.cuts)
            )  # fmt: skip
            board = Board(
                kind="storyboard", sheet=vault.keep(sheet.to_json().encode(), "application/json"), cuts=cuts
            )
            round = len(store.gates(self.key, "storyboard")) + 1
            gate = store.open_gate(self.key, "storyboard", round, board=board, until=LATER)
            decision = Decision(verdict=verdict, remarks=tuple(remarks))
            room = _Room(store)
            decide(room, gate.id, decision, Reviewer(by, door, gate.seen))
        return sheet


@dataclass(frozen=True)
class _Room:
    store: object


def picture(seed: int, number: int) -> bytes:
    coarse = np.random.default_rng([seed, number]).integers(0, 255, (9, 16, 3), dtype=np.uint8)
    data = BytesIO()
    Image.fromarray(coarse).resize((320, 180), Image.Resampling.NEAREST).save(data, "PNG")
    return data.getvalue()


@pytest.fixture
def episode(studio) -> Episode:
    prepared(studio)
    return Episode(studio)


def prepared(studio) -> None:
    """A core set, a client who agreed, and a script whose cuts are held out: those of the first are trained on."""
    studio.frozen("core", range(4))
    (studio.root / "client.yaml").write_text(ALLOWS)
    (studio.root / "second.fountain").write_text(
        (studio.root / "kite.fountain").read_text().replace("holds a red kite", "runs and falls")
        .replace("It will fly today", "Not today").replace("You said that yesterday", "Never mind")
    )  # fmt: skip


def brief(studio, **more) -> LearnBrief:
    usual = {
        "show": str(studio.root / "kites"),
        "core": "core",
        "held_out": "held",
        "policy": str(studio.root / "client.yaml"),
        "base": studio.root,
        "licence": "Apache-2.0",
        "data": "owned",
        "script": studio.root / "second.fountain",
        "profile": str(studio.root / "toy-reads.yaml"),
        "strengths": "0.5,1",
        "cuts": 2,
        "judges": False,
        "share": 0.4,
        "out": studio.out,
    }
    return LearnBrief(**{**usual, **more})


def run(studio, trained=None, prefect="", **more):
    """Learn with a trainer that writes a LoRA at once; ``trained`` counts its calls."""

    def train(manifest: Manifest, name: str) -> Path:
        if trained is not None:
            trained.append(name)
        size = 8 * manifest.showings()
        return lora_file(studio.root / f"{name}.safetensors", dataset=manifest.root, size=size)

    with studio.store() as store:
        return learn(
            brief(studio, **more), Place(studio.out, studio.vault, store, by="ken", run=prefect), train
        )


def test_takes_are_not_trained_on_unless_the_client_agreed(episode):
    episode.approve()

    for name in ("own-or-licensed", "permissive-licence", "research"):
        with pytest.raises(RightsRefused, match="train_on_takes is 'deny', which is the default"):
            run(episode.studio, policy=name)
    assert not list((episode.studio.out / "datasets").glob("*learnt*"))


@pytest.mark.slow
def test_every_picture_says_who_approved_it_and_by_which_agreement(episode):
    episode.approve()

    made = run(episode.studio).manifest

    with episode.studio.store() as store:
        [event] = store.ledger.events(kind="review.decided")
    learnt = [each.work for each in made.works if each.work.take]
    assert learnt
    assert {(work.approval, work.approved_by) for work in learnt} == {("CLIENT-2026-7", event.number)}
    assert all(work.take.startswith("kites/ep01/C0") for work in learnt)
    assert all("by the prompt" in work.caption for work in learnt)


@pytest.mark.slow
def test_what_was_sent_back_remarked_on_or_approved_by_nobody_is_not_learnt(episode):
    sheet = episode.approve()
    remark = CutRemark(cut=sheet.cuts[0].number, reasons=(Reason.OFF_MODEL,))
    episode.approve(seed=1, verdict="retake", remarks=[remark])

    made = run(episode.studio).manifest

    cuts = {each.work.take.split("/")[2] for each in made.works if each.work.take}
    assert sheet.cuts[0].number not in cuts
    assert cuts


def test_an_unattended_approval_is_none(episode):
    episode.approve(door="auto")

    with pytest.raises(InputRefused, match="is approved that the core set does not have already"):
        run(episode.studio)


@pytest.mark.slow
def test_two_pictures_of_one_drawing_are_learnt_once(episode):
    """The same panel is approved at the storyboard and again in the next round."""
    episode.approve()
    episode.approve()

    made = run(episode.studio).manifest

    shas = [each.work.sha256 for each in made.works if each.work.take]
    assert len(shas) == len(set(shas))


@pytest.mark.slow
def test_the_core_set_stays_the_larger_part(episode):
    episode.approve()

    for share in (0.1, 0.5):
        made = run(episode.studio, share=share)

        shown = sum(each.work.repeats for each in made.manifest.works if each.work.take)
        assert shown / made.manifest.showings() <= share
        assert made.learnt.share == pytest.approx(shown / made.manifest.showings())


@given(
    takes=st.integers(1, 60),
    share=st.floats(0.05, 0.95),
    repeats=st.lists(st.integers(1, 4), min_size=1, max_size=9),
)
def test_no_share_is_exceeded_whatever_the_sets_are(takes, share, repeats):
    usual = sum(repeats)
    factor = learning.factor_of(takes, usual, share)

    assert takes / (takes + usual * factor) <= share + 1e-9
    assert factor == 1 or takes / (takes + usual * (factor - 1)) > share - 1e-9


def test_it_stops_at_the_gate_and_goes_on_there_after_a_stop(episode):
    episode.approve()
    trained = []

    first, again = run(episode.studio, trained), run(episode.studio, trained)

    assert trained == [first.manifest.name]
    assert again.document == first.document
    refused = episode.studio.promote(first.manifest.name)
    assert "only what a person approved" in str(refused.exception)


@pytest.mark.slow
@pytest.mark.parametrize("more", [False, True])
def test_a_run_that_goes_on_after_its_decision_finds_what_it_asked(episode, more):
    """A run that waited in Prefect failed after its own approval, or trained again: it looked for something new."""
    episode.approve()
    trained: list[str] = []
    first = run(episode.studio, trained, prefect="run-1")
    episode.studio.review(first.manifest.name, "--approve")
    if more:
        episode.approve(seed=5)

    again = run(episode.studio, trained, prefect="run-1")

    assert (again.manifest, again.document, again.learnt) == (first.manifest, first.document, first.learnt)
    assert trained == [first.manifest.name]


@pytest.mark.slow
def test_after_a_decision_there_must_be_something_new(episode):
    episode.approve()
    made = run(episode.studio)
    episode.studio.review(made.manifest.name, "--refuse", "--note", "too soft")

    with pytest.raises(InputRefused, match="Nothing was approved since"):
        run(episode.studio)
    episode.approve(seed=5)
    second = run(episode.studio)

    assert second.learnt.generation == 2
    assert second.manifest.name.endswith("-2")


@pytest.mark.slow
def test_generations_are_compared_with_the_core_set_in_a_table_and_a_sheet(episode):
    studio = episode.studio
    episode.approve()
    first = run(studio)
    studio.review(first.manifest.name, "--approve")
    episode.approve(seed=5)
    run(studio)

    told = studio.sakuga("lora", "drift", "--show", studio.root / "kites", "--out", studio.out)

    assert told.exit_code == 0, told.exception
    assert first.manifest.name in told.output
    assert "approved" in told.output and "waits" in told.output
    assert (studio.out / "validations" / "drift-kites-style.png").is_file()
    with studio.store() as store:
        found = drift.generations(store, studio.vault, Subject(show="kites", role="style"))
    assert [one.number for one in found] == [1, 2]
    assert all(one.comparable for one in found)


def test_a_cut_whose_picture_was_trained_on_is_not_held_out(episode):
    """Painted from what it had learnt by heart, it looked perfect."""
    episode.approve()

    with pytest.raises(InputRefused, match="without having been trained on"):
        run(episode.studio, script=episode.studio.root / "kite.fountain")


@pytest.mark.slow
def test_a_model_whose_output_may_not_be_trained_on_is_refused_by_name(episode):
    episode.approve()
    (episode.studio.root / "client.yaml").write_text(ALLOWS.replace("[owned]", "[public-domain]"))

    with pytest.raises(
        RightsRefused, match="The painter toy-reader may not be trained on under policy client"
    ):
        run(episode.studio)


@pytest.mark.slow
def test_the_document_says_which_generation_it_is(episode):
    episode.approve()
    made = run(episode.studio)

    kept = json.loads(
        (episode.studio.out / "validations" / made.manifest.name / "validation.json").read_text()
    )

    assert kept["learnt"]["generation"] == 1
    assert kept["learnt"]["core"] == 4
