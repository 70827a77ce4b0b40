"""Claims about what a person types: a value that can be used, or one sentence and a documented exit code."""

import contextlib
import io
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assets import show as shows
from assets.errors import InputRefused
from assets.sheets.cutsheet import Cutsheet
from assets.sheets.review import Decision
from flows import cli
from flows.cli import application
from flows.cli.review_flags import Flags, decision_of, remark
from flows.episode import profile
from flows.episode.brief import Brief, RetakeOrder
from flows.terminal import arguments

DOCUMENTED = {0, 2, 3, 4, 5, 6, 7, 8}  # 1 is "other error": no value of an option may end there
SCRIPT = "INT. CLASSROOM - DAY\n\nMio looks out of the window.\n\nMIO\nIt is raining again.\n"
EPISODE = "four"
ODD = [
    "", " ", "\n", "a\nb", "\t", "\x1b[31mred", "a\0b", ".", "..", "../..", "/", "~", "-1", "0", "1", "-0.5", "1e400",
    "nan", "inf", "-inf", "9" * 5000, "99999999999999999999", "²", "٣", "JA", "En", "c002", "C001", "C9999ZZ",
    "C0002AAA", "C001=0", "c001=1", "C001=" + "9" * 400, "24-", "5-2", "0-99999999999", "c001@0-1:timing:sooner",
    "a" * 300, "a" * 5000, "%", "?#", "%2e%2e", "💥", "\udcff", "--", "'", '"; rm', "http://", "http://[", "http://x:99999/api",
    "ftp://x", "0 4 * * *", "off", "* * * * * * *", "person", "AUTO", "script,,final", ",", "takes,TAKES", "true", "{}",
    "folder", "script.fountain", "bible.yaml",
]  # fmt: skip
# For each command: what is given besides the one odd value, so that it ends before it serves or draws anything.
BASE: dict[tuple[str, ...], list[str]] = {
    ("init",): ["folder/new"],
    ("produce",): ["missing.fountain"],
    ("breakdown",): ["missing.fountain"],
    ("write",): ["A girl finds an umbrella.", "--out=missing.txt"],
    ("retake",): ["nobody", "C001", "--reason=x"],
    ("status",): [EPISODE],
    ("takes",): [EPISODE],
    ("review",): [EPISODE],
    ("report",): [EPISODE],
    ("why",): [EPISODE, "C001"],
    ("list",): ["shows"],
    ("open",): [EPISODE],
    ("rushes",): ["--host=256.256.256.256"],
    ("up",): ["--status"],
    ("register",): ["--check"],
    ("notices",): ["--server=http://127.0.0.1:9/api"],
    ("show", "new"): ["folder"],
    ("show", "check"): ["missing"],
    ("show", "copy"): ["missing", "folder"],
    ("cast",): ["NAGI", "--show=missing"],
    ("vault", "status"): [],
    ("vault", "verify"): [],
    ("vault", "repair"): ["--dry-run"],
    ("vault", "collect"): [],
    ("vault", "rebuild"): [EPISODE],
    ("vault", "accept"): ["nobody", "--reason=x"],
    ("credentials", "studio"): ["inside", "--name", "Kite"],
    ("credentials", "renew"): ["missing"],
    ("credentials", "sign"): [EPISODE, "--identity", "missing"],
    ("credentials", "show"): ["missing.mp4"],
    ("credentials", "watermark"): ["missing.mp4"],
    ("ledger", "verify"): [],
    ("ledger", "checkpoint"): [],
    ("ledger", "export"): ["missing/ledger.jsonl"],
    ("ledger", "keys", "show"): [],
    ("ledger", "keys", "rotate"): ["inside.pem"],
    ("train",): ["missing", "--base=nowhere", "--licence=x", "--name=a"],
    ("models", "bind"): ["missing.json"],
    ("models", "list"): [],
    ("models", "plan"): ["--profile=missing"],
    ("models", "licences"): ["--profile=missing"],
    ("models", "pin"): ["--profile=missing"],
    ("models", "pull"): ["--profile=missing"],
    ("models", "verify"): ["--profile=missing"],
    ("models", "merge"): ["missing.yaml"],
    ("dataset", "add"): ["missing", "--name=a", "--creator=b"],
    ("dataset", "caption"): ["missing", "--captioner=toy"],
    ("dataset", "layouts"): ["missing", "folder"],
    ("dataset", "config"): ["missing.toml"],
    ("dataset", "check"): ["missing"],
    ("dataset", "freeze"): ["missing"],
    ("dataset", "show"): ["missing"],
    ("lora", "validate"): ["missing.safetensors", "--show=missing", "--held-out=missing"],
    ("lora", "review"): [],
    ("lora", "promote"): ["missing", "--show=missing"],
    ("lora", "rollback"): ["--show=missing", "--reason=x"],
    ("lora", "history"): ["--show=missing"],
    ("lora", "drift"): ["--show=missing"],
    ("learn",): ["--show=missing", "--core=a", "--held-out=b", "--base=nowhere", "--licence=x"],
    ("rights", "add"): ["missing.yaml"],
    ("rights", "show"): [],
    ("rights", "check"): [],
    ("rights", "revoke"): ["nobody", "--reason=x"],
    ("rights", "override"): [EPISODE, "nobody", "--reason=x"],
    ("rights", "erase"): ["nobody", "--reason=x"],
    ("rights", "sheet"): ["nobody"],
    ("rights", "form"): ["cyclonedx", "nobody", "missing/form.json"],
    ("royalties", "rule"): ["missing.yaml"],
    ("royalties", "simulate"): [],
    ("royalties", "issue"): ["2026-Q4"],
    ("royalties", "verify"): [],
    ("royalties", "paid"): ["2026-Q4", "nobody", "--amount=1"],
    ("royalties", "list"): [],
    ("royalties", "access"): ["nobody"],
    ("doctor",): ["--brief"],
    ("version",): [],
}


def run(*argv: str) -> tuple[int, str]:
    """What `sakuga ARGV` leaves with, and what it says to stderr."""
    said, before = io.StringIO(), sys.argv
    sys.argv = ["sakuga", *argv]
    try:
        with contextlib.redirect_stderr(said), contextlib.redirect_stdout(io.StringIO()):
            cli.main()
    except SystemExit as left:
        return int(left.code or 0), said.getvalue()
    finally:
        sys.argv = before
    return 0, said.getvalue()


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with a script and an episode that was broken down, and this process inside it."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "folder").mkdir()
    (folder / "folder" / "file").touch()
    (folder / "script.fountain").write_text(SCRIPT)
    (folder / "bible.yaml").write_text("about: {? [a] : c}\n")
    (folder / f"{EPISODE}.fountain").write_text(SCRIPT)
    with contextlib.chdir(folder):
        (folder / "bible.yaml").rename(folder / "bad.yaml")
        assert run("breakdown", f"{EPISODE}.fountain", "--profile", "toy") == (0, "")
        (folder / "bad.yaml").rename(folder / "bible.yaml")
        yield folder


def commands(
    above: object = None, words: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], list[object]]]:
    """Every command, by its words, with its parameters."""
    group = above or typer.main.get_command(cli.app)
    for name, command in group.commands.items():  # type: ignore[attr-defined]
        if hasattr(command, "commands"):
            yield from commands(command, (*words, name))
        else:
            yield (*words, name), command.params


def lines(words: tuple[str, ...], parameters: list[object], odd: str) -> Iterator[list[str]]:
    """The command with ``odd`` as the value of one parameter, for each that takes a value."""
    base = BASE[words]
    for parameter in parameters:
        if getattr(parameter, "is_flag", False) or parameter.name == "help":  # type: ignore[attr-defined]
            continue
        if parameter.param_type_name == "option":  # type: ignore[attr-defined]
            given = f"{parameter.opts[0]}={odd}"  # type: ignore[attr-defined]
            kept = [word for word in base if not word.startswith(f"{parameter.opts[0]}=")]  # type: ignore[attr-defined]
            yield [*words, *kept, given]
        else:
            positions = [item for item in parameters if item.param_type_name == "argument"]  # type: ignore[attr-defined]
            options = [word for word in base if word.startswith("-")]
            places = [word for word in base if not word.startswith("-")]
            at = positions.index(parameter)
            places = [*places[:at], odd, *places[at + 1 :]] if at <= len(places) else [*places, odd]
            yield [*words, *options, "--", *places]


def test_every_command_is_tried():
    assert {words for words, _ in commands()} == set(BASE)


@pytest.mark.slow  # some 1,900 command lines
@pytest.mark.parametrize("words", BASE, ids=" ".join)
def test_an_odd_value_of_any_option_ends_in_a_sentence(words: tuple[str, ...], project: Path):
    [parameters] = [known for name, known in commands() if name == words]

    for odd in ODD:
        for argv in lines(words, parameters, odd):
            if argv[:1] == ["rushes"] and not any("256" in word for word in argv):
                continue  # it would serve
            code, said = run(*argv)

            assert code in DOCUMENTED, (argv, code, said)
            assert "Traceback" not in said
            assert "error in Sakuga itself" not in said


OPTIONS = st.sampled_from(
    [
        "--seed",
        "--review-hours",
        "--takes",
        "--minutes",
        "--language",
        "--gates",
        "--approve",
        "--until",
        "--cuts",
        "--profile",
        "--out",
    ]
)


@given(option=OPTIONS, value=st.text(max_size=30) | st.integers().map(str) | st.floats().map(str))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_value_of_a_brief_s_option_ends_in_a_sentence(option: str, value: str, project: Path):
    code, said = run("produce", "missing.fountain", f"{option}={value}")

    assert code == 2, (option, value, said)
    assert said.count("\n") >= 1
    assert "Traceback" not in said
    assert "error in Sakuga itself" not in said


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (
            ("produce", "missing.fountain", "--seed=-1"),
            "--seed: Input should be greater than or equal to 0 (found -1)",
        ),
        (
            ("produce", "missing.fountain", "--review-hours=0"),
            "--review-hours: Input should be greater than 0",
        ),
        (
            ("produce", "missing.fountain", "--review-hours=nan"),
            "--review-hours: Input should be a finite number",
        ),
        (("produce", "missing.fountain", "--gates= "), "--gates is empty; write one or more of"),
        (("produce", "missing.fountain", "--language=fr"), "--language is 'fr'; write ja or en"),
        (("produce", "missing.fountain", "--language=JA"), "missing.fountain: there is no such file"),
        (("produce", "missing.fountain", "--show="), "--show is empty"),
        (("produce", "missing.fountain", "--cuts=c1"), "--cuts 'c1' is not a cut number"),
        (("produce", "missing.fountain", "--until=lunch"), "--until is 'lunch'; write script or voices"),
        (("produce", "folder"), "this is a folder. Give the script file inside it: .fountain, .txt"),
        (("produce", "missing.fountain", "--out=script.fountain"), "script.fountain is not a folder"),
        (("produce", "script.fountain", "--profile=folder"), "No profile is called 'folder'"),
        (("write", "A girl.", "--out=a.fountain", "--minutes=1e400"), "--minutes is inf"),
        (("write", " ", "--out=a.fountain"), "The premise is empty"),
        (("retake", EPISODE, "c1", "--reason=x"), "CUT 'c1' is not a cut number. Write one such as C004"),
        (("retake", EPISODE, "C001", "--reason= "), "--reason is empty"),
        (("retake", EPISODE, "C001", "--reason=x", "--frames=5-²"), "START-STOP, such as 24-48"),
        (("retake", "../..", "C001", "--reason=x"), "There is no episode '../..'"),
        (("takes", EPISODE, "--choose=C001=²"), "Write CUT=TAKE, such as C004=2"),
        (("status", "a\nb"), "There is no episode 'a\\nb'. There are: four"),
        (("status", "--out=script.fountain"), "script.fountain is not a folder"),
        (("up", "--port=0", "--status"), "--port: Input should be greater than or equal to 1 (found 0)"),
        (("up", "--cpu=-1", "--status"), "--cpu: Input should be greater than or equal to 0"),
        (("register", "--server=studio"), "write an address such as http://studio:4200/api"),
    ],
)
def test_a_value_that_cannot_be_used_is_told_with_its_option(argv: tuple[str, ...], said: str, project: Path):
    code, told = run(*argv)

    assert said in told
    assert code == 2


def test_a_fault_of_ours_is_told_as_one_and_its_traceback_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    told = application._unexpected(KeyError("surprise\x1b"))

    [log] = tmp_path.iterdir()
    assert "an error in Sakuga itself (KeyError: 'surprise" in told
    assert str(log) in told
    assert "KeyError" in log.read_text()


@pytest.mark.parametrize("typed", ["c004", " C004 ", "C004", "c004\n"])
def test_a_cut_number_may_be_typed_in_small_letters_wherever_one_is_typed(typed: str):
    assert arguments.cut(typed) == "C004"
    assert arguments.take(f"{typed}=2") == ("C004", 2)
    assert RetakeOrder(cut=typed, reason="x").cut == "C004"
    assert remark(f"{typed}@24-48:timing:sooner").cut == "C004"
    assert decision_of(Flags(approve=True, choose=[f"{typed}=2"], lock=[typed])).locks[0].cut == "C004"
    assert (
        Decision.model_validate({"verdict": "retake", "remarks": [{"cut": typed}]}).remarks[0].cut == "C004"
    )


def test_a_form_lets_a_cut_number_in_small_letters_through():
    pattern = RetakeOrder.model_json_schema()["properties"]["cut"]["pattern"]

    assert "Cc" in pattern


def test_a_cut_sheet_may_number_its_cuts_in_small_letters():
    cut = {"number": "c004", "scene": "S01", "place": "room", "frames": 24}
    raw = {"episode": "x", "places": [{"id": "room", "names": ["Room"]}], "cuts": [cut]}

    assert Cutsheet.from_raw(raw, "here").cuts[0].number == "C004"


@pytest.mark.parametrize("given", ["", " "])
def test_an_empty_field_of_a_form_is_none(given: str):
    brief = Brief.model_validate({"script": "a.fountain", "show": given, "language": given})

    assert (brief.show, brief.language) == (None, None)


def test_an_odd_name_of_a_show_or_a_profile_is_refused_in_a_sentence(project: Path):
    for odd in ODD:
        for load in (shows.load, profile.load):
            with pytest.raises(InputRefused):
                load(odd)


@pytest.mark.parametrize("path", ["a\0.fountain", "a" * 300 + ".fountain", "\udcff.fountain"])
def test_a_path_the_system_cannot_be_asked_about_is_refused(path: str):
    with pytest.raises(ValueError, match="cannot be used"):
        Brief(script=Path(path))
    with pytest.raises(InputRefused, match="cannot be used"):
        arguments.path(Path(path))
