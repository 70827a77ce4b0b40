"""Claims about the explanation of a frame: all that is seen and heard in it, and everybody behind that."""

import json
import shutil
from pathlib import Path

import pytest

from assets.errors import InputRefused
from assets.rights.registry import Registry
from assets.sheets.review import CutRemark, Decision, Reason
from assets.sheets.rights import Rights
from assets.sheets.usage import Ingredient
from assets.store import Store
from assets.store.reviews import ReviewedGate
from assets.vault import Vault
from flows.rights.grounds import ground
from flows.rights.why import why
from flows.rights.why_text import lines, page

KEY = "_/kite"
A, B, C = ("a" * 64, "b" * 64, "c" * 64)


@pytest.fixture
def rooms(first_run: Path, tmp_path: Path):
    shutil.copytree(first_run, tmp_path, dirs_exist_ok=True)
    home = tmp_path / "episodes" / ".sakuga"
    with Store.open(f"sqlite:///{home}/store.sqlite") as store:
        yield store, Vault.open(home / "vault")


def test_every_part_of_every_cut_is_explained_down_to_its_event(rooms):
    store, vault = rooms
    for cut in store.cutsheet(KEY).cuts:
        told = why(store, vault, KEY, cut.number.lower(), 0)
        assert {"take", "panel"} <= {piece.what for piece in told.pieces}
        for piece in told.pieces:
            assert store.ledger.event(piece.event).hash == piece.hash
            assert piece.sha256 in store.ledger.event(piece.event).body["outputs"]
        assert told.script.action or told.script.lines
        assert told.take.number == 1


def test_a_line_is_heard_only_in_the_frames_in_which_it_sounds(rooms):
    store, vault = rooms
    told = [why(store, vault, KEY, "C002", frame) for frame in range(0, 73, 4)]

    spoken = [{piece.words for piece in one.pieces if piece.what == "voice"} for one in told]
    assert {"It will fly today."} in spoken
    assert {"You said that yesterday."} in spoken
    assert set() in spoken  # the pause between them
    for one, words in zip(told, spoken, strict=True):
        assert {line.text for line in one.script.lines if line.heard} == words


def test_an_effect_ends_where_its_sound_ends(rooms):
    """A short sound has room until its cut ends and longer; it was told of in frames in which nothing is heard."""
    store, vault = rooms
    last = why(store, vault, KEY, "C001", 95)

    assert "C001 whoosh" not in {piece.name for piece in last.pieces}
    assert "C001 wind (ambience)" in {piece.name for piece in last.pieces}


def test_a_picture_says_the_prompt_that_was_sent_or_that_none_was(rooms):
    """For a painter that reads the cut sheet the line was missing, as if nobody had recorded it."""
    pieces = [piece for piece in why(*rooms, KEY, "C001", 5).pieces if piece.what in ("panel", "take")]
    told = "\n".join(lines(why(*rooms, KEY, "C001", 5)))

    assert pieces
    for piece in pieces:
        assert (piece.prompt or "none was sent: this model reads the cut sheet") in told


@pytest.mark.parametrize(
    ("name", "frame", "problem"),
    [("C009", 0, "has opening, C001"), ("C001", 5000, "5000 is none of them"), ("C001", -1, "none of them")],
)
def test_what_was_not_delivered_is_refused_with_what_there_is(rooms, name, frame, problem):
    with pytest.raises(InputRefused, match=problem):
        why(*rooms, KEY, name, frame)


def test_an_episode_without_a_recorded_delivery_says_how_to_get_one(tmp_path):
    with (
        Store.open(f"sqlite:///{tmp_path}/store.sqlite") as store,
        pytest.raises(InputRefused, match="sakuga produce"),
    ):
        why(store, Vault.open(tmp_path / "vault"), KEY, "C001", 0)


def test_a_decision_about_the_cut_is_told_with_its_words(rooms):
    store, vault = rooms
    said = Decision(
        verdict="retake", remarks=(CutRemark(cut="C001", reasons=(Reason.TIMING,), note="sooner"),)
    )
    store.add_review(KEY, said, ReviewedGate("takes", "0" * 64), by="aya")

    (review,) = why(store, vault, KEY, "C001", 0).reviews
    assert (review.by, review.said) == ("aya", "timing: sooner")


def registry():
    return Registry().with_added(
        Rights.model_validate(
            {
                "people": [{"id": "P1", "name": "Aoi"}, {"id": "P2", "name": "Ken"}],
                "works": [
                    {"id": "sheet", "title": "Model sheet", "kind": "picture", "files": [A],
                     "made_by": [{"person": "P1", "share": 3}, {"person": "P2"}]},
                    {"id": "data", "title": "Dataset", "kind": "dataset", "files": [B], "sources": [{"work": "sheet"}]},
                    {"id": "nagi", "title": "LoRA", "kind": "lora", "files": [C], "sources": [{"work": "data"}]},
                ],
                "grants": [
                    {"id": "G1", "by": "P1", "works": ["sheet"], "licence": "LicenseRef-c1", "data_class": "licensed",
                     "scope": ["train"]},
                ],
            }
        )
    )  # fmt: skip


def test_a_lora_rests_on_its_dataset_its_works_and_their_people():
    found = ground(Ingredient(kind="lora", key=C, role="picture"), registry())

    assert [work.id for work in found.works] == ["nagi", "data", "sheet"]
    assert [(one.name, one.share, one.grant) for one in found.works[2].people] == [
        ("Aoi", 3, "G1"),
        ("Ken", 1, ""),
    ]


def test_a_file_nobody_registered_says_so():
    found = ground(Ingredient(kind="reference", key="d" * 64, role="picture"), registry())

    assert "not registered" in found.statement


def test_a_model_whose_weights_are_registered_rests_on_that_work():
    found = ground(Ingredient(kind="model", key=f"painter/house@sha256:{C}", role="picture"), registry())

    assert found.works[0].id == "nagi"


def test_the_page_escapes_and_the_lines_say_the_same(rooms):
    told = why(*rooms, KEY, "C002", 0)
    forged = told.model_copy(update={"segment": "<b>"})

    assert "<b>" not in page(forged, "/x")
    assert any("It will fly today." in line for line in lines(told))


@pytest.mark.slow
def test_the_command_prints_a_document_and_a_text(first_run, tmp_path, sakuga):
    shutil.copytree(first_run, tmp_path, dirs_exist_ok=True)

    told = json.loads(sakuga("why", "kite", "C004", "--frame", "31", "--json").stdout)

    assert (told["sakuga"], told["version"], told["frame"]) == ("why", 1, 31)
    assert "animator/toy" in sakuga("why", "kite", "C004", "--frame", "31").stdout
