"""Claims about `sakuga rights show` and `revoke`: what is registered can be found, and what ended is told."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from assets.errors import InputRefused
from assets.sheets.rights import Rights
from assets.store import Store
from flows.cli.application import app
from flows.rights.books import described
from flows.settings import settings
from tests.flows.rights.conftest import hash_of, registered

GRANT = {"id": "G-12", "by": "P-aoi", "works": ["sheets"], "licence": "MIT", "data_class": "owned",
         "scope": ["train"], "revocable": True}  # fmt: skip


@pytest.fixture
def granted(store):
    store.rights.add(registered(), by="ken")
    store.rights.add(Rights.model_validate({"grants": [GRANT]}), by="ken")
    return store


def test_everything_that_is_registered_is_listed_people_and_grants_too(granted):
    """Messages said that `sakuga rights show` lists everything; it listed works only."""
    said = "\n".join(described(granted, None))

    for line in (
        "P-aoi  青井 葵",
        "P-ren  Ren",
        "sketch  picture",
        "G-12 (MIT, owned, train, without an end) by P-aoi for sheets",
    ):
        assert f"\n  {line}" in said


@pytest.mark.parametrize(
    ("name", "said"),
    [("G-99", "G-12"), ("P-aio", "P-aoi"), ("skecth", "sketch"), ("xxxxxx", "There are: .* and [0-9]+ more")],
)
def test_a_mistyped_id_leads_to_those_that_are_near_or_there(granted, name, said):
    with pytest.raises(InputRefused, match=f"Nothing registered is called '{name}'.*{said}"):
        list(described(granted, name))


def test_a_revocation_says_that_it_happened_and_names_the_datasets(tmp_path, monkeypatch):
    """`sakuga rights revoke` listed what rests on the grant, and did not say that it was revoked."""
    monkeypatch.chdir(tmp_path)
    with Store.open(settings(Path("episodes")).store) as store:
        store.rights.add(registered(), by="ken")
        store.rights.add(Rights.model_validate({"grants": [GRANT]}), by="ken")
        body = {"root": "1" * 64, "show": "", "works": [[hash_of("one"), 1]]}
        store.ledger.append("dataset.frozen", "core", body, by="ken")

    done = CliRunner().invoke(app, ["rights", "revoke", "G-12", "--reason", "asked by mail"])

    said = " ".join(done.output.split())
    assert said.startswith("Revoked: G-12. Nothing new is made with what it covers from now on.")
    assert "On G-12 rest 2 works, 1 frozen dataset, 0 episodes and 0 takes." in said
    assert "dataset core" in said
