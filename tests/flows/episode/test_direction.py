"""A profile may have its writer direct: over the rules, under a person's hand, and off unless asked for."""

from pathlib import Path

import pytest
import yaml

from assets.errors import SheetRefused
from assets.sheets.cutsheet import Cutsheet
from assets.sheets.production import Report
from flows.episode.profile import LIBRARY, load

SHEET = Path("episodes/kite/cutsheet.yaml")


def profile(folder: Path, **more: object) -> Path:
    """The toy profile with a writer in it."""
    raw = yaml.safe_load((LIBRARY / "toy.yaml").read_text(encoding="utf-8")) | {"name": "directed"}
    raw["machines"] |= {"writer": "toy"}
    path = folder / "directed.yaml"
    path.write_text(yaml.safe_dump(raw | more), encoding="utf-8")
    return path


@pytest.fixture
def directed(tmp_path: Path) -> Path:
    return profile(tmp_path, direction={"by": "writer"})


@pytest.mark.parametrize("path", sorted(LIBRARY.glob("*.yaml")), ids=lambda path: path.stem)
def test_no_profile_of_the_library_lets_a_writer_direct_unasked(path):
    assert load(path.stem).director is None


def test_a_profile_without_a_writer_cannot_be_directed_by_one(tmp_path):
    path = profile(tmp_path, direction={"by": "writer"})
    raw = yaml.safe_load(path.read_text())
    del raw["machines"]["writer"]
    path.write_text(yaml.safe_dump(raw))

    with pytest.raises(SheetRefused, match="machines names no writer"):
        load(str(path))


def test_the_writer_wins_over_the_rules_and_touches_no_word(sakuga, script, directed, tmp_path):
    sakuga("breakdown", script, "--profile", "toy")
    ruled = Cutsheet.read(tmp_path / SHEET)
    (tmp_path / SHEET).unlink()

    sakuga("breakdown", script, "--profile", directed, "--out", "other")

    sheet = Cutsheet.read(tmp_path / "other" / "kite" / "cutsheet.yaml")
    assert [cut.size for cut in sheet.cuts] != [cut.size for cut in ruled.cuts]
    assert [cut.lines for cut in sheet.cuts] == [cut.lines for cut in ruled.cuts]
    assert [(cut.number, cut.action, cut.frames) for cut in sheet.cuts] == [
        (cut.number, cut.action, cut.frames) for cut in ruled.cuts
    ]


def test_a_hand_wins_over_the_writer_and_stays_alone_in_the_next_run(sakuga, script, directed, tmp_path):
    sakuga("breakdown", script, "--profile", directed)
    before = Cutsheet.read(tmp_path / SHEET)
    text = (tmp_path / SHEET).read_text(encoding="utf-8")
    (tmp_path / SHEET).write_text(text.replace("  size: extreme_long", "  size: medium_close", 1))

    said = sakuga("breakdown", script, "--profile", directed).stdout

    after = Cutsheet.read(tmp_path / SHEET)
    assert after.cuts[0].size == "medium_close" != before.cuts[0].size
    assert after.cuts[1:] == before.cuts[1:]
    assert "changed:" not in said


def test_a_directed_episode_names_its_director_and_asks_it_once(sakuga, script, directed, tmp_path):
    sakuga("produce", script, "--profile", directed)

    sakuga("produce", script, "--profile", directed)

    report = Report.read(tmp_path / "episodes" / "kite" / "report.json")
    outcomes = {done.outcome for done in report.work if done.step == "direction"}
    assert outcomes == {"reused"}
    assert "writer" in [card["port"] for card in report.models]


def test_breaches_of_film_grammar_are_told_with_their_cuts(sakuga, script, tmp_path):
    sakuga("breakdown", script, "--profile", "toy")
    text = (tmp_path / SHEET).read_text(encoding="utf-8")
    first = Cutsheet.read(tmp_path / SHEET).cuts[0]
    (tmp_path / SHEET).write_text(text.replace(f"frames: {first.frames}\n  hold", "frames: 9\n  hold", 1))

    told = sakuga("breakdown", script, "--profile", "toy").stdout
    sakuga("produce", script, "--profile", "toy")

    report = Report.read(tmp_path / "episodes" / "kite" / "report.json")
    assert "C001 (too_short)" in told
    assert any(warning.startswith("C001 (too_short)") for warning in report.warnings)


def test_a_muted_rule_of_film_grammar_is_not_told(sakuga, script, tmp_path):
    muted = profile(tmp_path, filmgrammar={"mute": ["too_short", "hasty_camera", "unread_text"]})
    sakuga("breakdown", script, "--profile", muted)
    text = (tmp_path / SHEET).read_text(encoding="utf-8")
    first = Cutsheet.read(tmp_path / SHEET).cuts[0]
    (tmp_path / SHEET).write_text(text.replace(f"frames: {first.frames}\n  hold", "frames: 9\n  hold", 1))

    assert "too_short" not in sakuga("breakdown", script, "--profile", muted).stdout
