"""Identity over the cuts of an episode: the worst are named in the report, in the terminal and in the rushes room."""

import pytest
from typer.testing import CliRunner

from assets.sheets.production import Report
from assets.store import Store
from assets.vault import Vault
from flows.cli.application import app
from flows.rushes.archive import Archive
from flows.settings import settings

SCRIPT = """\
Title: The Kite
Language: en

EXT. HILLTOP - DAY

MIKA holds a red kite.

MIKA
It will fly today.

INT. KITCHEN - NIGHT

Rain on the window.
"""
PROFILE = """\
sheet: profile
version: 1
name: blocks
size: [320, 180]
machines: {painter: toy, animator: toy, voices: {ja: toy, en: toy}, foley: toy, composer: toy, judge: picture}
"""

pytestmark = pytest.mark.slow


def test_a_cut_whose_people_are_not_themselves_is_named_wherever_an_episode_is_looked_at(
    tmp_path, monkeypatch
):
    """The toy painter draws blocks where people stand. Their identity was measured, and nobody was told."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "kite.fountain").write_text(SCRIPT)
    (tmp_path / "blocks.yaml").write_text(PROFILE)
    done = CliRunner().invoke(app, ["produce", "kite.fountain", "--profile", "blocks.yaml", "--no-record"])
    assert done.exit_code == 0, done.output

    report = Report.read(tmp_path / "episodes" / "kite" / "report.json")
    measured = {pick.cut: pick.measures.get("identity") for pick in report.takes}
    [said] = [one for one in report.warnings if one.startswith("Least like their character sheets")]
    shown = CliRunner().invoke(app, ["report", "kite"]).stdout
    out = tmp_path / "episodes"
    with Store.open(settings(out).store) as store:
        page = Archive(store, Vault.open(out / ".sakuga" / "vault"), out).page("kite").page

    poor = [cut for cut, value in measured.items() if value is not None and value < 0.5]
    assert poor and all(cut in said for cut in poor)
    assert said in shown.replace("\n", " ")
    assert [cut.number for cut in page.cuts if cut.unlike] == sorted(poor)
