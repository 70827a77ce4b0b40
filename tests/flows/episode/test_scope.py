"""Claims about a run that makes a part of an episode: only what was asked for, told, and never the whole by itself."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assets.errors import InputRefused
from assets.sheets.bible import Place
from assets.sheets.cutsheet import Cut, Cutsheet
from assets.sqlite_url import url_of
from assets.store import Store
from flows import cli
from flows.cli.dry_run import asked_at
from flows.deployments.changed import examined
from flows.episode.brief import Brief
from flows.episode.scope import Scope, scope_of

CUTS = ("C001", "C002", "C002A", "C003")
PLACE = Place(id="roof", names=("Roof",), kind="rooftop")
SHEET = Cutsheet(
    episode="x",
    places=(PLACE,),
    cuts=tuple(Cut(number=number, scene="S01", place="roof", frames=24) for number in CUTS),
)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("C002", ("C002",)),
        ("c001-c002a", ("C001", "C002", "C002A")),
        ("C003, C001", ("C001", "C003")),
        ("C002-C003,C002A", ("C002", "C002A", "C003")),
    ],
)
def test_ranges_and_lists_name_cuts_in_the_order_of_the_sheet(typed: str, meant: tuple[str, ...]):
    assert scope_of(None, typed).numbers(SHEET) == meant


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("C009", "there is no cut C009. The cuts are C001, C002, C002A, C003"),
        ("C002-C009", "there is no cut C009"),
        ("C003-C001", "C003 comes after C001"),
    ],
)
def test_a_cut_that_is_not_there_is_refused_with_those_that_are(typed: str, said: str):
    with pytest.raises(InputRefused, match=said):
        scope_of(None, typed).numbers(SHEET)


@pytest.mark.parametrize("typed", ["", ",", "C1", "C001-", "-C001", "C001-C002-C003", "all"])
def test_cuts_that_cannot_be_read_are_refused(typed: str):
    with pytest.raises(InputRefused, match=r"--cuts|Write one such as"):
        scope_of(None, typed)


def test_a_stage_that_does_not_exist_is_refused_with_those_that_do():
    with pytest.raises(InputRefused, match="script or voices or storyboard or takes or final"):
        scope_of("paint", None)


def test_a_film_is_not_joined_from_some_cuts():
    assert scope_of(None, "C001").last == "takes"
    assert scope_of("storyboard", "C001").last == "storyboard"
    assert Scope().is_whole and not scope_of("takes", None).is_whole


@pytest.mark.parametrize(
    ("until", "cuts", "gates"),
    [
        (None, None, ("script", "takes", "final")),
        ("takes", None, ("script", "takes")),
        ("voices", None, ("script",)),
        (None, "C001", ()),
    ],
)
def test_a_dry_run_tells_only_of_gates_that_the_run_comes_to(
    until: str | None, cuts: str | None, gates: tuple[str, ...]
):
    brief = Brief(script=Path("kite.fountain"), gates=("script", "takes", "final"))

    assert asked_at(brief, scope_of(until, cuts)) == gates


@pytest.fixture
def folder(script: Path, tmp_path: Path) -> Iterator[Path]:
    with contextlib.chdir(tmp_path):
        yield tmp_path


def run(*argv: str) -> str:
    done = CliRunner().invoke(
        cli.app, ["produce", "kite.fountain", "--profile=toy", *argv], catch_exceptions=False
    )
    assert done.exit_code == 0, done.output
    return done.stdout


def made(folder: Path) -> set[tuple[str, str]]:
    """Every piece that was ever made for the episode."""
    with Store.open(url_of(folder / "episodes/.sakuga/store.sqlite")) as store:
        [episode] = store.episodes()
        return {(call.step, call.name) for run in store.runs(episode.key) for call in store.calls(run.id)}


@pytest.mark.slow
def test_only_the_cuts_that_were_asked_for_are_drawn_and_moved(folder: Path):
    said = run("--cuts=C002-C003")

    pictures = {piece for piece in made(folder) if piece[0] not in ("voice",)}
    assert pictures == {(step, cut) for step in ("panel", "take") for cut in ("C002", "C003")}
    assert "2 of 5 cuts (C002, C003)" in said
    assert "No film was joined" in said and "sakuga produce kite.fountain --profile toy" in said
    assert sorted(path.name for path in (folder / "episodes/kite/review").iterdir()) == [
        "C002-panel.png", "C002-take1.mp4", "C003-panel.png", "C003-take1.mp4",
    ]  # fmt: skip
    assert not (folder / "episodes/kite/episode.mp4").exists()


@pytest.mark.slow
def test_a_run_ends_after_the_stage_it_was_asked_for_and_the_whole_goes_on(folder: Path):
    run("--until=script")
    script = made(folder)
    run("--until=voices")
    voices = made(folder)
    run("--until=storyboard")
    storyboard = made(folder)
    run("--until=takes")
    takes = made(folder)
    run("--quiet")

    assert script == set()
    assert {step for step, _ in voices} == {"voice"}
    assert {step for step, _ in storyboard} == {"voice", "panel"}
    assert {step for step, _ in takes} == {"voice", "panel", "take"}
    assert takes <= made(folder)
    assert (folder / "episodes/kite/episode.mp4").exists()


@pytest.mark.slow
def test_a_gate_inside_the_part_is_asked_and_one_behind_it_is_not(folder: Path):
    run("--until=storyboard", "--gates=storyboard,takes", "--approve=auto")

    with Store.open(url_of(folder / "episodes/.sakuga/store.sqlite")) as store:
        [episode] = store.episodes()
        assert [review.gate for review in store.reviews(episode.key)] == ["storyboard"]


@pytest.mark.slow
def test_the_night_does_not_make_the_rest_of_a_part(folder: Path):
    """A person wanted the storyboard only; a run in the night would have drawn and paid for everything."""
    run("--until=storyboard", "--quiet")

    [due] = examined(Path("episodes"))

    assert not due.due


@pytest.mark.slow
def test_a_dry_run_of_a_part_lists_that_part(folder: Path):
    said = run("--until=storyboard", "--cuts=C001", "--dry-run")

    assert "C001" in said and "Takes" not in said and "Join" not in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--cuts=C001", "--gates=takes"), "leave out --gates"),
        (("--until=takes", "--animatic-first"), "leave out --animatic-first"),
        (("--until=takes", "--record"), "leave out --record"),
        (("--watch", "--animatic-first"), "leave out --premise and --animatic-first"),
    ],
)
def test_options_that_contradict_each_other_are_refused(words: tuple[str, ...], said: str, folder: Path):
    done = CliRunner().invoke(cli.app, ["produce", "kite.fountain", *words], env={"COLUMNS": "200"})

    assert done.exit_code == 2
    assert said in done.output
