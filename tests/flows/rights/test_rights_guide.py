"""Claims about deploy/RIGHTS.md: its rule can be used, and its example has the numbers that the program computes."""

from pathlib import Path

from typer.testing import CliRunner

from assets.errors import RightsRefused
from assets.loader import parse_yaml
from assets.rights.royalties.accounts import account
from assets.sheets.rights import Rights
from assets.sheets.royalties import RoyaltyRule
from flows.cli.application import app
from flows.rights.royalties.books import counted
from tests.flows.rights.conftest import rule

GUIDE = (Path(__file__).parents[3] / "deploy/RIGHTS.md").read_text(encoding="utf-8")


def block(first: str) -> str:
    """The YAML example that begins with this comment."""
    return next(text for text in GUIDE.split("```yaml\n")[1:] if text.startswith(f"# {first}:")).partition(
        "```"
    )[0]


def test_the_rule_in_the_guide_is_the_one_of_its_example():
    raw = parse_yaml(block("rule.yaml"), "RIGHTS.md")

    assert RoyaltyRule.from_raw(raw, "RIGHTS.md") == rule()


def test_the_example_has_the_numbers_that_the_program_computes(studio):
    """Aoi drew two sheets, Ren a sketch; Ren trained the LoRA and lent his voice: the same as in the tests."""
    pools = account(counted(studio)).pools

    assert [pool.shared.total for pool in pools] == [11_500, 15_000]
    assert pools[0].shared.amounts == {"P-aoi": 8_625, "P-ren": 2_875}
    assert pools[1].shared.amounts == {"P-aoi": 4_421, "P-ren": 4_263, "F-artists": 6_316}
    for number in (
        "11,500",
        "8,625",
        "2,875",
        "15,000",
        "4,421 + 4,263 + 6,315",
        "the fund: 6,316",
        "--amount 13046",
    ):
        assert number in GUIDE
    for line in pools[1].shared.lines[:6]:
        exact = float(15_000 * 2 * line.share)
        assert f"{exact:,.2f}" in GUIDE, line


def test_the_grants_in_the_guide_can_be_entered():
    text = block("grants.yaml").replace("<sha256sum of the file>", "a" * 64).replace("<sha256sum>", "b" * 64)
    text = text.replace("<sha256sum of the signed document, which stays in your archive>", "c" * 64)

    assert {work.kind for work in Rights.from_raw(parse_yaml(text, "RIGHTS.md"), "RIGHTS.md").works} == {
        "picture", "lora", "voice",
    }  # fmt: skip


def test_the_clients_policy_and_profile_in_the_guide_refuse_both_voices(tmp_path: Path, monkeypatch):
    """The guide had two lines of a policy and no profile, and nobody could write a whole one from them."""
    for name in ("client.yaml", "minato.yaml"):
        (tmp_path / name).write_text(block(name), encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    refused = CliRunner().invoke(app, ["rights", "check", "--profile", "minato.yaml"])

    assert refused.exit_code == 1 and isinstance(refused.exception, RightsRefused)
    assert "kokoro" in str(refused.exception) and "hibari" in str(refused.exception)
    assert "undisclosed" in str(refused.exception)
