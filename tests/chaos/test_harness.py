"""The harness of `make chaos` fails when it should: planted faults are counted as what they are."""

import re
from pathlib import Path

import psutil
import pytest

from tests.chaos import planted
from tests.chaos.case import origin, summary
from tests.chaos.kinds import KINDS
from tests.chaos.runner import Plan, Results, findings, run, table


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Plan, Results]:
    """Every planted kind, played once."""
    plan = Plan(planted.KINDS, 7, tmp_path_factory.mktemp("failures"), module="tests.chaos.planted")
    return plan, run(plan)


@pytest.mark.parametrize("name", planted.EXPECTED)
def test_a_planted_fault_is_counted_as_what_it_is(played: tuple[Plan, Results], name: str):
    _, results = played

    (outcome,) = [outcome for outcome in results.outcomes if outcome.kind == name]
    assert outcome.verdict == planted.EXPECTED[name][0], outcome


def test_no_process_of_a_case_outlives_it(played: tuple[Plan, Results]):
    left = [
        process
        for process in psutil.process_iter(["cmdline"])
        if "import time; time.sleep(600)" in (process.info["cmdline"] or ())
    ]

    assert left == []


def test_every_failure_keeps_its_input_and_says_how_to_replay_it(played: tuple[Plan, Results]):
    plan, results = played
    failed = {f"{outcome.kind}-{outcome.index}" for outcome in results.failures}

    assert {path.name for path in plan.failures.iterdir()} == failed
    assert "REPLAY=raising:0" in (plan.failures / "raising-0" / "report.txt").read_text()


def test_the_same_seed_gives_the_same_cases(played: tuple[Plan, Results], tmp_path: Path):
    kinds = {"random": planted.KINDS["random"]}

    def drawn(seed: int) -> dict[int, str]:
        results = run(Plan(kinds, seed, tmp_path, module="tests.chaos.planted"))
        return {outcome.index: outcome.problem for outcome in results.outcomes}

    assert drawn(7) == {o.index: o.problem for o in played[1].outcomes if o.kind == "random"}
    assert drawn(8) != drawn(7)


def test_a_time_that_is_over_leaves_cases_and_says_so(tmp_path: Path):
    results = run(Plan(planted.KINDS, 7, tmp_path, seconds=0, module="tests.chaos.planted"))

    assert (results.left, results.outcomes) == (len(planted.EXPECTED) + 6, [])


def test_a_table_counts_every_verdict_in_its_column(played: tuple[Plan, Results]):
    _, results = played

    sum_of_all = table(planted.KINDS.values(), results.outcomes).splitlines()[-1]

    assert sum_of_all == "| **all** | 19 | 1 | 1 | 5 | 2 | 10 |"


def test_failures_with_the_same_cause_are_one_finding(played: tuple[Plan, Results]):
    _, results = played

    told = findings([o for o in results.failures if o.kind == "raising"] * 3, Path("x"))

    assert re.match(r"\s+3 x crash raising:0  KeyError in planted.py", told)


def test_a_cause_is_named_without_what_differs_from_case_to_case():
    try:
        raise ValueError("line 17 of '/tmp/x-4711'")
    except ValueError as error:
        found = origin(error)

    assert (
        found
        == "ValueError in test_harness.py test_a_cause_is_named_without_what_differs_from_case_to_case: line N of '...'"
    )
    assert summary("first line 3\nsecond") == "first line N"


def test_a_full_run_has_at_least_four_thousand_cases_and_a_quarter_of_it_every_kind(tmp_path: Path):
    full, quarter = Plan(KINDS, 1, tmp_path), Plan(KINDS, 1, tmp_path, scale=0.25)

    assert len(full.cases()) >= 4000
    assert {name for name, _ in quarter.cases()} == set(KINDS)
