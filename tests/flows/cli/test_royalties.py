"""Claims about `sakuga royalties`: what is shown is what is signed, and every step ends in a sentence."""

import json
import subprocess
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from assets.store import Store
from flows.cli.application import app
from flows.settings import settings
from tests.flows.rights.conftest import RULE, deliver, generate, registered, train
from tests.flows.terminal.test_arguments import run


@pytest.fixture
def project(tmp_path, monkeypatch) -> Path:
    subprocess.run(
        ["openssl", "genpkey", "-algorithm", "ed25519", "-out", str(tmp_path / "key.pem")],
        check=True,
        capture_output=True,
    )
    monkeypatch.setenv("SAKUGA_LEDGER_KEY", str(tmp_path / "key.pem"))
    monkeypatch.chdir(tmp_path)
    Path("rule.yaml").write_text(
        yaml.safe_dump({"sheet": "royalty-rule", "version": 1, **RULE}, allow_unicode=True)
    )
    with Store.open(settings(Path("episodes")).store) as store:
        store.rights.add(registered(), by="ken")
    return tmp_path


def make_season() -> None:
    with Store.open(settings(Path("episodes")).store) as store:
        train(store)
        generate(store, "a", "b")
        deliver(store, "a", "b")


def test_a_season_goes_from_the_rule_to_a_recorded_payment(project, capsys):
    assert run("royalties", "rule", "rule.yaml") == (0, "")
    assert run("royalties", "issue", "2026-Q4")[0] == 2
    assert run("royalties", "rule", "rule.yaml", "--yes") == (0, "")
    make_season()
    for line in (
        "simulate",
        "issue 2026-Q4",
        "verify",
        "paid 2026-Q4 P-aoi --amount 13,000 --on 2027-01-15",
        "list",
    ):
        assert run("royalties", *line.split()) == (0, ""), line

    # A statement shows the name; the ledger and the listing do not need it.
    assert sorted(path.suffix for path in Path("episodes/royalties/2026-Q4").glob("P-aoi.*")) == [
        ".csv",
        ".json",
        ".pdf",
    ]
    path = Path("episodes/royalties/2026-Q4/P-ren.csv")
    path.write_text(path.read_text().replace("7138", "9138"))
    code, said = run("royalties", "verify")
    assert code == 4
    assert "P-ren.csv was changed: line" in said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("usage: {per_unit: 1.5}", "1.5 is not exact; write it in quotes"),
        ("currency: GALLEON", "currency"),
        ("split: {base: 0, loras: 0, references: 0, voices: 0, music: 0}", "every part is 0"),
        ("makers_keep: 101", "less than or equal to 100"),
        ("tip: 5", "tip"),
    ],
)
def test_a_rule_that_cannot_be_used_is_refused_with_its_line(project, text, said):
    key = text.partition(":")[0]
    raw = yaml.safe_load(Path("rule.yaml").read_text())
    raw.pop(key, None)
    Path("rule.yaml").write_text(f"{text}\n" + yaml.safe_dump(raw, allow_unicode=True))

    code, message = run("royalties", "rule", "rule.yaml")

    assert code == 2
    assert said in message and "rule.yaml:1" in message


def test_a_rule_can_be_tried_on_everything_so_far_before_it_is_published(project, capsys):
    make_season()
    assert run("royalties", "simulate", "--rule", "rule.yaml", "--json") == (0, "")
    from flows.rights.royalties.showing import simulated

    found = simulated(Path("episodes"), Path("rule.yaml"))
    assert sum(found.totals()[payee]["JPY"] for payee in found.totals()) == 26_500
    assert json.dumps(found.document())
    assert not simulated(Path("episodes"), None).account.pools


def test_a_rule_that_a_stranger_signed_is_told_by_simulate_issue_and_verify(project):
    """It decided what was owed: a signature by any key was enough."""
    from tests.flows.rights.test_signatures import STRANGER, forged_rule

    assert run("royalties", "rule", "rule.yaml", "--yes") == (0, "")
    make_season()
    with Store.open(settings(Path("episodes")).store) as store:
        forged_rule(store)

    for line in ("simulate", "simulate --rule rule.yaml", "issue 2026-Q4", "verify"):
        code, said = run("royalties", *line.split())
        assert code == 4
        assert f"Rule mine (event 14) is signed by key {STRANGER.public}" in said, said


def told(*args: str) -> str:
    """What a command that succeeds prints, on one line."""
    done = CliRunner().invoke(app, args)
    assert done.exit_code == 0, done.exception
    return " ".join(done.output.split())


def rules_published(project) -> int:
    with Store.open(settings(Path("episodes")).store) as store:
        return len([*store.ledger.events(kind="royalty.rule_set")])


def test_a_rule_that_is_in_force_is_not_published_again_until_another_replaced_it(project):
    """The same file, given twice, was signed into the ledger twice."""
    other = {**RULE, "id": "season-2", "makers_keep": 5, "shows": ["kites"]}
    Path("other.yaml").write_text(yaml.safe_dump({"sheet": "royalty-rule", "version": 1, **other}))
    for file, said, count in (
        ("rule.yaml", "Published as event", 1),
        ("rule.yaml", "in force already, since event", 1),
        ("other.yaml", "Published as event", 2),
        ("other.yaml", "in force already", 2),
        ("rule.yaml", "Published as event", 3),
        ("other.yaml", "Published as event", 4),
    ):
        assert said in told("royalties", "rule", file, "--yes")
        assert rules_published(project) == count


def test_a_rule_that_covers_what_was_earlier_does_not_say_that_it_holds_only_from_now_on(project):
    rule = {"sheet": "royalty-rule", "version": 1, **RULE, "covers_earlier": True}
    Path("rule.yaml").write_text(yaml.safe_dump(rule))

    said = told("royalties", "rule", "rule.yaml", "--yes")

    assert "and for what was generated before any rule was published" in said
    assert "from now on" not in said
