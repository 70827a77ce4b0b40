"""Claims about what a producer sees and fills in: the page above Prefect's form, and the form."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from assets.errors import DecisionRefused
from assets.media.picture import to_png
from assets.sheets.bible import Place
from assets.sheets.cutsheet import Cut, Cutsheet
from assets.sheets.production import Panel, Ref
from assets.sheets.review import Board, Choice, CutRemark, Decision, Lock, Reason, Shown, ShownTake
from assets.store import Gate
from assets.store.records import Refusal
from assets.timing import Span
from assets.vault import Vault
from flows.deployments.review_form import decision_of, form_for
from flows.deployments.review_page import PICTURES, page
from flows.review.boards import SAME

NUMBERS = ("C001", "C002")


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault.open(str(tmp_path / "vault"))


@pytest.fixture
def waiting(vault: Vault) -> Callable[..., Gate]:
    """``waiting("takes")``: a gate of two cuts (or of ``numbers``) with noisy panels."""

    def made(kind="storyboard", *, numbers=NUMBERS, action="MIKA waves.", refusals=(), **marks) -> Gate:
        place = Place(id="roof", names=("Roof <b>",), kind="rooftop")
        cuts = tuple(
            Cut(number=number, scene="S01", place="roof", frames=30, action=action) for number in numbers
        )
        sheet = Cutsheet(episode="ep01", places=(place,), cuts=cuts, language="en")
        board = Board(
            kind=kind,
            sheet=vault.put(sheet.to_json().encode(), "application/json"),
            cuts=tuple(shown(number, index, **marks) for index, number in enumerate(numbers)),
        )
        return Gate(
            id=1, episode="yuzu/ep01", kind=kind, round=2, seen=board.seen, state="open", board=board.model_dump_json(),
            opened_at="2026-11-25T20:00:00.000Z", until="2026-11-28T20:00:00.000Z", refusals=refusals,
        )  # fmt: skip

    def shown(number: str, index: int, **marks) -> Shown:
        noise = np.random.default_rng(index).integers(0, 255, (90, 160, 3), dtype=np.uint8)
        image = vault.put(to_png(noise), "image/png")
        panel = Panel(cut=number, image=image, recipe="2" * 64, basis="3" * 64)
        return Shown(cut=number, frames=30, basis="b" * 64, panel=panel, **marks)

    return made


def refused(typed: str) -> Refusal:
    return Refusal(
        by="Aya", door="prefect", at="2026-11-25T20:00:00.000Z", why="There is no cut C099.", typed=typed
    )


def test_every_cut_is_shown_with_its_picture_its_words_and_its_time(waiting, vault):
    shown = page(waiting(), vault, title="The Kite")

    assert "The Kite: storyboard review, round 2" in shown
    assert shown.count("data:image/webp;base64,") == 2
    assert "<b>C001</b><br>1+06<br><small>1+06</small>" in shown
    assert "<b>C002</b><br>1+06<br><small>2+12</small>" in shown


def test_nothing_in_a_script_becomes_a_link_a_picture_or_a_tag(waiting, vault):
    shown = page(waiting(action="<img src=x>\n\n[a link](http://example.org)"), vault)

    assert "&lt;img src=x&gt;" in shown and "<img src=x" not in shown
    assert "\n\n[" not in shown
    assert "Roof &lt;b&gt;" in shown


def test_the_page_leads_to_the_rushes_room_where_there_is_one(waiting, vault):
    assert "href" not in page(waiting(), vault)

    shown = page(waiting(), vault, media="http://studio:4250")

    assert '<a href="http://studio:4250/episodes/ep01">' in shown
    assert '<a href="http://studio:4250/episodes/ep01#C002">' in shown


def test_marks_and_measures_stand_beside_each_cut(waiting, vault):
    clip = Ref(sha256="c" * 64, bytes=1, media_type="video/mp4")
    takes = tuple(
        ShownTake(number=number, clip=clip, frames=30, measures={"flicker": 0.0123}) for number in (1, 2)
    )
    marks = {
        "takes": takes,
        "selected": 2,
        "locked": True,
        "stale": True,
        "why": "its panel was drawn anew since",
    }

    shown = page(waiting(**marks, news="new take"), vault)

    for word in (
        "<b>take 2</b>, shown",
        "take 1",
        "locked",
        "stale: its panel was drawn anew since",
        "flicker 0.0123",
        "<b>new take</b>",
    ):
        assert word in shown


def test_a_drawing_that_came_out_the_same_says_what_would_change_it(waiting, vault):
    assert "Change the cut in" not in page(waiting(news="drawn anew"), vault)

    assert "Change the cut in cutsheet.yaml" in page(waiting(news=SAME), vault)


def test_a_long_episode_stays_within_its_bytes_and_keeps_its_first_pictures(waiting, vault):
    gate = waiting(numbers=tuple(f"C{number:03d}" for number in range(1, 121)))

    shown = page(gate, vault)

    pictures = shown.count("data:image/webp;base64,")
    assert 60 < pictures <= 120
    assert len(shown) < PICTURES * 4 / 3 + 120 * 600


def test_a_refused_answer_is_told_on_top(waiting, vault):
    shown = page(waiting(refusals=(refused("{}"),)), vault)

    assert shown.index("There is no cut C099.") < shown.index("storyboard review")
    assert "nothing was changed" in shown


def test_the_form_offers_the_cuts_there_are_and_asks_for_a_verdict_and_a_name(waiting):
    schema = form_for(waiting("takes")).model_json_schema()

    assert schema["required"] == ["verdict", "reviewer"]
    assert schema["$defs"]["CutToRedo"]["properties"]["cut"]["enum"] == list(NUMBERS)
    assert schema["$defs"]["CutToRedo"]["properties"]["reasons"]["items"]["enum"] == list(Reason)
    assert set(schema["properties"]) == {"verdict", "reviewer", "note", "retakes", "show_takes", "locks"}


@pytest.mark.parametrize(
    ("kind", "asked"),
    [("script", set()), ("storyboard", {"retakes"}), ("final", {"retakes", "show_takes", "locks"})],
)
def test_each_gate_asks_only_what_can_be_decided_there(waiting, kind, asked):
    fields = set(form_for(waiting(kind)).model_fields)

    assert fields - {"verdict", "reviewer", "note"} == asked


def test_a_filled_form_is_the_decision_it_says(waiting):
    form = form_for(waiting("takes"))

    decision = decision_of(
        form(
            verdict="retake",
            reviewer="Aya",
            note="nearly",
            retakes=[{"cut": "C001", "reasons": ["timing", "motion"], "note": "sooner", "frames": "4 - 20"}],
            show_takes=[{"cut": "C002", "take": 2}],
            locks=[{"cut": "C002", "lock": "lock"}, {"cut": "C001", "lock": "unlock"}],
        )
    )

    assert decision == Decision(
        verdict="retake",
        note="nearly",
        remarks=(
            CutRemark(
                cut="C001",
                reasons=(Reason.TIMING, Reason.MOTION),
                note="sooner",
                frames=Span(start=4, stop=20),
            ),
        ),
        choices=(Choice(cut="C002", take=2),),
        locks=(Lock(cut="C002"), Lock(cut="C001", locked=False)),
    )


def test_frames_that_run_backwards_are_refused_in_words(waiting):
    form = form_for(waiting("takes"))
    typed = form(
        verdict="retake", reviewer="Aya", retakes=[{"cut": "C001", "reasons": ["timing"], "frames": "20-4"}]
    )

    with pytest.raises(DecisionRefused, match="cannot stop before it"):
        decision_of(typed)


def test_what_was_typed_in_vain_stands_in_the_form_again(waiting):
    typed = '{"verdict": "retake", "reviewer": "Aya", "retakes": [{"cut": "C001", "note": "sooner"}]}'

    fields = form_for(waiting(refusals=(refused(typed),))).model_json_schema()["properties"]

    assert fields["reviewer"]["default"] == "Aya"
    assert fields["retakes"]["default"] == [{"cut": "C001", "note": "sooner"}]
    assert "is recorded with this review" in fields["reviewer"]["description"]
