"""Claims about a person's data sheet: everything that rests on their works, and nothing about anybody else."""

import json

import pytest

from assets.errors import InputRefused
from assets.sheets.rights import Rights
from assets.sheets.usage import Generation, Ingredient, SegmentUsage, Usage, Use
from assets.store import Store
from flows.rights.sheet import person_sheet
from flows.rights.sheet_page import lines, page

SHEET, OTHER, LORA, MERGED = (letter * 64 for letter in "abcd")
CLIP, ROOT, FILM = (letter * 64 for letter in "ef0")


@pytest.fixture
def store(tmp_path):
    with Store.open(f"sqlite:///{tmp_path}/store.sqlite") as opened:
        opened.rights.add(registered(), by="ken")
        yield opened


def registered():
    return Rights.model_validate(
        {
            "people": [{"id": "P1", "name": "Aoi <b>"}, {"id": "P2", "name": "Ken Other"}],
            "works": [
                {"id": "nagi", "title": "Model sheet of Nagi", "kind": "picture", "files": [SHEET],
                 "made_by": [{"person": "P1", "share": 3}, {"person": "P2"}]},
                {"id": "roof", "title": "Roof", "kind": "picture", "files": [OTHER], "made_by": [{"person": "P2"}]},
            ],
            "grants": [
                {"id": "G1", "by": "P1", "works": ["nagi"], "licence": "LicenseRef-c1", "data_class": "licensed",
                 "scope": ["generate", "train"], "revocable": True},
                {"id": "G2", "by": "P2", "works": ["nagi", "roof"], "licence": "LicenseRef-c2",
                 "data_class": "licensed", "scope": ["train"]},
            ],
        }
    )  # fmt: skip


def trained(store):
    store.ledger.append(
        "dataset.frozen", "core", {"root": ROOT, "show": "", "works": [[SHEET, 3], [OTHER, 1]]}
    )
    body = {"dataset": ROOT, "run": "1" * 64, "shown": 1000, "output": LORA}
    store.ledger.append("training.completed", "nagi-lora", body)
    store.ledger.append(
        "model.merged", "mix", {"output": MERGED, "inputs": [[LORA, "0.5"], ["9" * 64, "0.5"]]}
    )


def generated(store, *keys, key="show/ep01"):
    made = Generation(
        step="take", name="C001", recipe="2" * 64, outputs=(CLIP,), model={},
        ingredients=tuple(Ingredient(kind="lora", key=one, role="movement") for one in keys),
    )  # fmt: skip
    store.ledger.append("generation.completed", f"{key}/take/C001", made.raw())


def delivered(store, *keys, episode=FILM):
    made = Usage(
        episode=episode, profile="studio", rate=24, frames=72,
        ingredients=tuple(Ingredient(kind="lora", key=one, role="movement") for one in keys),
        segments=(
            SegmentUsage(name="C001", frames=48, uses=tuple(Use(ingredient=n, frames=48) for n in range(len(keys)))),
            SegmentUsage(name="C002", frames=24),
        ),
    )  # fmt: skip
    store.ledger.append("delivery.completed", "show/ep01", made.raw())


def test_a_training_tells_how_many_showings_were_of_the_persons_works(store):
    trained(store)

    (told,) = person_sheet(store, "P1").trainings
    assert (told.model, told.works, told.shown, told.of) == ("nagi-lora", ("nagi",), 750, 1000)
    (other,) = person_sheet(store, "P2").trainings
    assert other.shown == 1000  # a maker of both


def test_takes_and_deliveries_that_used_what_was_trained_or_merged_are_told(store):
    trained(store)
    for file in (SHEET, LORA, MERGED, "8" * 64):
        generated(store, file)
    delivered(store, MERGED, LORA)

    found = person_sheet(store, "P1")
    assert [one.by for one in found.pieces] == [("nagi",), ("nagi-lora",), ("mix",)]
    assert [(one.episode, one.segments, one.seconds) for one in found.deliveries] == [
        ("show/ep01", ("C001",), "2.000")
    ]


def test_only_the_last_delivery_of_an_episode_counts(store):
    delivered(store, SHEET)
    delivered(store, SHEET, episode="7" * 64)

    assert [one.current for one in person_sheet(store, "P1").deliveries] == [False, True]


def test_what_does_not_rest_on_a_persons_works_is_not_told(store):
    generated(store, SHEET)
    delivered(store, SHEET)
    store.ledger.append("dataset.frozen", "roofs", {"root": ROOT, "show": "", "works": [[SHEET, 1]]})

    store.rights.add(Rights.model_validate({"people": [{"id": "P3", "name": "Nobody"}]}), by="ken")
    found = person_sheet(store, "P3")
    assert (found.works, found.pieces, found.deliveries, found.trainings) == ((), (), (), ())


def test_a_sheet_names_nobody_else(store):
    trained(store)
    generated(store, LORA)
    delivered(store, LORA)

    found = person_sheet(store, "P1")
    told = [json.dumps(found.model_dump(mode="json")), page(found, "now"), *lines(found)]
    assert not any(word in text for word in ("Ken", "G2", "P2", "LicenseRef-c2") for text in told)


def test_a_revoked_grant_is_told_with_its_reason(store):
    store.rights.revoke("G1", reason="moved to another studio", by="ken")

    assert person_sheet(store, "P1").grants[0].revoked == "moved to another studio"


def test_the_page_stands_alone_and_escapes_names(store):
    trained(store)
    html = page(person_sheet(store, "P1"), "2026-11-28")

    assert "Aoi &lt;b&gt;" in html
    assert "<script" not in html
    assert "http" not in html


def test_a_person_nobody_knows_is_refused(store):
    with pytest.raises(InputRefused, match="sakuga rights show"):
        person_sheet(store, "P9")
