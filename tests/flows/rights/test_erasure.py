"""Claims about erasing a person: no name is left, the ledger and every statement still verify."""

from dataclasses import replace
from pathlib import Path

import pytest

from assets.errors import InputRefused, StorageFailed
from assets.sheets.rights import Rights
from flows.rights.erasure import erase
from flows.rights.royalties.checking import check
from flows.rights.royalties.issuing import issue, paper
from tests.flows.rights.conftest import deliver, generate


@pytest.fixture
def out(studio, tmp_path) -> Path:
    issue(studio, "Q1", tmp_path / "out", by="ken")
    return tmp_path / "out"


def test_an_erased_person_is_paid_under_the_id_and_everything_still_verifies(studio, out, tmp_path):
    before = (out / "royalties/Q1/P-aoi.pdf").read_bytes()

    done = erase(studio, "P-aoi", out, reason="asked by mail", by="ken")

    assert (done.versions, done.statements) == (1, 1)
    assert (out / "royalties/Q1/P-aoi.pdf").read_bytes() != before
    check(studio, out)
    generate(studio, "c")
    deliver(studio, "c", episode="koko/ep02")
    issue(studio, "Q2", out, by="ken")
    check(studio, out)
    for path in (*tmp_path.glob("store.sqlite*"), *out.rglob("*.json"), *out.rglob("*.csv")):
        assert "青井".encode() not in path.read_bytes()


def test_the_new_pdf_shows_the_id_where_the_name_was(studio, out):
    from flows.rights.royalties.books import issued, recomputed

    erase(studio, "P-aoi", out, reason="asked by mail", by="ken")

    statement = recomputed(studio, issued(studio)["Q1"], [])["P-aoi"]
    shown = paper(studio, statement)
    assert (shown.name, shown.salt) == ("P-aoi", "")
    assert shown.files()["pdf"] == (out / "royalties/Q1/P-aoi.pdf").read_bytes()


def test_a_pdf_that_still_shows_the_erased_name_is_found_and_replaced_by_the_same_command(studio, out):
    path = out / "royalties/Q1/P-aoi.pdf"
    named = path.read_bytes()
    erase(studio, "P-aoi", out, reason="asked by mail", by="ken")
    path.write_bytes(named)

    with pytest.raises(StorageFailed, match="still shows a name that was erased"):
        check(studio, out)
    events = studio.ledger.last().number
    erase(studio, "P-aoi", out, reason="asked by mail", by="ken")

    check(studio, out)
    assert studio.ledger.last().number == events


def test_the_hash_of_a_pdf_tells_nobody_the_name(studio, out):
    """Without a salt, somebody could draw the PDF for every name of a list and compare the hashes."""
    from flows.rights.royalties.books import issued, recomputed

    statement = recomputed(studio, issued(studio)["Q1"], [])["P-aoi"]
    shown = paper(studio, statement)
    assert len(shown.salt) == 64

    assert replace(shown, salt="").files()["pdf"] != shown.files()["pdf"]


def test_where_the_name_is_written_in_free_text_is_told(studio, out):
    studio.rights.add(
        Rights.model_validate({
            "works": [{"id": "book", "title": "青井 葵 画集", "kind": "picture", "made_by": [{"person": "P-aoi"}]}],
            "grants": [{"id": "G9", "by": "P-aoi", "works": ["book"], "licence": "MIT", "data_class": "licensed",
                        "scope": ["generate"], "duties": ["Credit 青井 葵"]}],
        }),
        by="ken",
    )  # fmt: skip

    done = erase(studio, "P-aoi", out, reason="asked by mail", by="ken")

    assert done.left == (
        "The title of work book says the name.", "Grant G9 says the name, in a duty or as the client.",
    )  # fmt: skip


@pytest.mark.parametrize(("person", "reason"), [("P-aoi", " "), ("nobody", "asked by mail")])
def test_nothing_is_erased_without_a_reason_or_for_somebody_unknown(studio, tmp_path, person, reason):
    with pytest.raises(InputRefused):
        erase(studio, person, tmp_path, reason=reason, by="ken")

    assert studio.rights.registry().people["P-aoi"].name == "青井 葵"
