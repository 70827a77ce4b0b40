"""What was not understood of a script is told at the end of a run, in the report and in the rushes room."""

import json
from pathlib import Path

import pytest

from assets.sheets.production import Report
from assets.sqlite_url import url_of
from assets.store import Store
from assets.vault import Vault
from flows.rushes.archive import Archive
from flows.rushes.page import Page

ODD = "ACT ONE\nINT. LAB - DAY\n\nIt rains.\n\nBANG!\nThe door falls.\n"
TOLD = (
    'odd.fountain:1: "ACT ONE" is read as the name of a part of the script; it is not filmed.',
    'odd.fountain:6: "BANG!" is read as action, not as a name. Write @ before it if somebody is called so.',
)


@pytest.fixture
def odd(tmp_path: Path) -> Path:
    path = tmp_path / "odd.fountain"
    path.write_text(ODD, encoding="utf-8")
    return path


def test_a_breakdown_ends_with_what_was_not_understood(odd: Path, sakuga):
    said = " ".join(sakuga("breakdown", odd.name, "--profile", "toy").stdout.split())

    assert all(sentence in said for sentence in TOLD)
    assert said.index(TOLD[0]) > said.index("The door falls.")


def test_a_run_tells_it_in_its_report_and_in_the_room(odd: Path, sakuga):
    sakuga("produce", odd.name, "--profile", "toy")

    folder = odd.parent / "episodes"
    report = Report.from_raw(json.loads((folder / "odd" / "report.json").read_text()), "report.json")
    assert set(TOLD) <= set(report.warnings)
    assert page(folder).notices == report.warnings[:4]


def test_the_room_stops_telling_it_when_the_script_is_mended(odd: Path, sakuga):
    sakuga("breakdown", odd.name, "--profile", "toy")
    odd.write_text("INT. LAB - DAY\n\nMIA (30s) waits.\n\nMIA\nHello.\n", encoding="utf-8")
    sakuga("breakdown", odd.name, "--profile", "toy")

    assert page(odd.parent / "episodes").notices == ()


def page(folder: Path) -> Page:
    with Store.open(url_of(folder / ".sakuga" / "store.sqlite")) as store:
        return Archive(store, Vault.open(folder / ".sakuga" / "vault"), folder).page("odd").page
