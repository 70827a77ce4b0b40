"""Every command finds an episode by the same names, and lists those there are in the same words."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assets.errors import InputRefused
from flows import cli
from flows.episode.known import found, matching
from flows.episode.workspace import episode_id

KASA = f"_/{episode_id(Path('傘.txt'), None)}"
RAIN = f"_/{episode_id(Path('雨の 傘.fountain'), None)}"
OURS = f"clear-skies/{episode_id(Path('傘.txt'), 'clear-skies')}"
KEYS = (KASA, RAIN, "_/ep01", "clear-skies/clear-skies-ep02")


@pytest.mark.parametrize(
    ("name", "key"),
    [
        (KASA, KASA),
        (KASA[2:], KASA),
        (f"episodes/{KASA[2:]}", KASA),
        ("傘", KASA),
        ("傘.txt", KASA),
        ("scripts/傘.txt", KASA),
        ("雨の 傘", RAIN),
        ("雨の 傘.fountain", RAIN),
        ("ep01.fountain", "_/ep01"),
        ("ep02", "clear-skies/clear-skies-ep02"),
    ],
)
def test_an_episode_is_found_by_its_id_folder_key_or_script(name: str, key: str):
    assert found(name, KEYS) == key


def test_an_id_comes_before_the_name_of_a_script():
    assert matching("ep02", (*KEYS, "_/ep02")) == ["_/ep02"]


def test_a_script_of_two_shows_names_no_single_episode():
    with pytest.raises(InputRefused) as refused:
        found("傘", (*KEYS, OURS))

    assert f"Give one of: {KASA}, {OURS} (SHOW/EPISODE, and _ without a show)." in str(refused.value)


def test_a_name_of_no_episode_is_refused_with_those_there_are():
    with pytest.raises(InputRefused, match=r"no episode '夢'. There are: .*ep01, .*clear-skies-ep02"):
        found("夢", KEYS)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """This process in a folder with the cut sheet of an episode that has a Japanese name."""
    path = tmp_path_factory.mktemp("japanese")
    with contextlib.chdir(path):
        Path("傘.txt").write_text("EXT. 丘 - 朝\n\nハナ\nおはよう。\n", encoding="utf-8")
        assert CliRunner().invoke(cli.app, ["breakdown", "傘.txt", "--profile=toy"]).exit_code == 0
        yield path


COMMANDS = [
    ("status",), ("open",), ("report",), ("takes",), ("review",), ("why", "C001"), ("retake", "C001", "--reason=x"),
    ("vault", "rebuild"), ("rights", "override", "some-key", "--reason=x"),
]  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_refuses_an_unknown_episode_in_the_same_words(command: tuple[str, ...], folder: Path):
    """Some said that 傘 is not an episode, others that 0 episodes are called 傘, with keys such as `_/kasa-…`."""
    words = 2 if command[0] in ("vault", "rights") else 1
    told = CliRunner().invoke(cli.app, [*command[:words], "夢", *command[words:]])

    assert f"There is no episode '夢'. There are: {KASA[2:]}." in str(told.exception)


def test_a_script_s_name_shows_the_episode(folder: Path):
    told = CliRunner().invoke(cli.app, ["status", "傘"])

    assert "C001" in told.output


def test_a_name_that_is_not_utf_8_is_refused_as_an_unknown_episode(folder: Path):
    """The search by a script's name ended in an internal error: UnicodeEncodeError."""
    told = CliRunner().invoke(cli.app, ["rights", "override", "\udcff", "some-key", "--reason=x"])

    assert "There is no episode '\\udcff'" in str(told.exception)
