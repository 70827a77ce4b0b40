"""Places that cannot be written, disks without room, links somebody planted, litter of killed runs."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from assets.errors import PathRefused, StorageFailed
from assets.sheets.cutsheet import Cutsheet
from assets.vault import Vault
from flows.episode import disk
from flows.episode.profile import load

ROOT = Path(__file__).parents[3]
PRODUCE = ("produce", "kite.fountain", "--profile", "toy", "--quiet")


@pytest.fixture
def made(first_run: Path, tmp_path: Path) -> Path:
    """A folder with an episode that is finished."""
    shutil.copytree(first_run, tmp_path, dirs_exist_ok=True)
    return tmp_path


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("--out", "/proc/sakuga-episodes"),
        ("SAKUGA_HOME", "taken/home"),
        ("SAKUGA_VAULT", "taken"),
        ("SAKUGA_STORE", "sqlite:////dev/null/store.sqlite"),
    ],
)
def test_a_place_that_cannot_be_written_is_a_sentence_and_exit_code_4(
    script: Path, sakuga, monkeypatch, variable: str, value: str
):
    (script.parent / "taken").write_text("a file")
    asked = ("breakdown", "kite.fountain", "--profile", "toy")
    if variable == "--out":
        asked += (variable, value)
    else:
        monkeypatch.setenv(variable, value)

    done = sakuga(*asked, check=False)

    assert done.returncode == 4, done.stderr
    assert "Traceback" not in done.stderr
    assert value.removeprefix("sqlite:///") in done.stderr.replace("\n", "")


def test_an_error_of_the_system_nobody_expected_is_no_traceback(tmp_path: Path, sakuga):
    done = sakuga("show", "new", "/proc/sakuga-show", check=False)

    assert done.returncode == 4
    assert "/proc/sakuga-show" in done.stderr and "Traceback" not in done.stderr


def sheet(made: Path, frames: int) -> Cutsheet:
    known = Cutsheet.read(made / "episodes/kite/cutsheet.yaml")
    cuts = (known.cuts[0].model_copy(update={"frames": frames}), *known.cuts[1:])
    return known.model_copy(update={"cuts": cuts})


def test_an_episode_the_disk_has_no_room_for_is_refused_with_how_much_it_takes(made: Path):
    endless, vault = sheet(made, 10**10), Vault.open(made / "vault")

    with pytest.raises(StorageFailed, match=r"will take about [\d.]+ GB .*the vault .* are free"):
        disk.check_room(endless, (), load("animatic"), made, vault)


def test_an_episode_whose_cuts_are_all_made_needs_no_room(made: Path):
    """The room was counted for cuts whose takes are in the vault already."""
    endless, vault = sheet(made, 10**10), Vault.open(made / "vault")

    with pytest.raises(StorageFailed):
        disk.check_room(endless, {cut.number for cut in endless.cuts[1:]}, load("animatic"), made, vault)
    disk.check_room(endless, {cut.number for cut in endless.cuts}, load("animatic"), made, vault)


@pytest.mark.slow
def test_a_disk_that_is_full_at_some_moment_costs_one_run_and_nothing_else(first_run: Path, tmp_path: Path):
    """A state file was cut short at a full disk, and every later run crashed on it."""
    shutil.copy(first_run / "kite.fountain", tmp_path)
    small = tmp_path / "small"
    small.mkdir()
    # A disk of its own, in a view of the file system that ends with the shell.
    run = f"{sys.executable} -m flows.cli {' '.join(PRODUCE)} --out {small}/episodes"
    code = (
        f"mount -t tmpfs -o size=60m tmpfs {small} || exit 99\n"
        f"for seconds in 2 3 3.5 4 4.5 5 6; do\n"
        f"  {run} & pid=$!; sleep $seconds\n"
        f"  cat /dev/zero > {small}/fill\n"
        f'  wait $pid; code=$?; echo "code $code"\n'
        f"  rm -f {small}/fill; [ $code = 0 ] && rm -rf {small}/episodes\n"
        f"done\n"
        f"{run} || exit 98\n"
        f"cmp {small}/episodes/kite/episode.mp4 {first_run}/episodes/kite/episode.mp4 || exit 97\n"
    )
    if shutil.which("unshare") is None or os.geteuid() != 0:
        pytest.skip("a small disk needs `unshare` and root")

    done = subprocess.run(
        ["unshare", "--mount", "sh", "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=280,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    if done.returncode == 99:
        pytest.skip("no disk may be mounted here")

    assert done.returncode == 0, done.stderr
    codes = re.findall(r"code (\d+)", done.stdout)
    assert set(codes) <= {"0", "4"} and "4" in codes, done.stderr
    assert "Traceback" not in done.stderr


def test_an_episode_s_folder_that_is_a_link_is_refused(script: Path, sakuga):
    """A link at the episode's place had the run write wherever it led."""
    outside = script.parent / "outside"
    outside.mkdir()
    (script.parent / "episodes").mkdir()
    (script.parent / "episodes" / "kite").symlink_to(outside)

    done = sakuga("breakdown", "kite.fountain", "--profile", "toy", check=False)

    assert done.returncode == PathRefused.exit_code
    assert "is a link" in done.stderr
    assert list(outside.iterdir()) == []


def test_links_inside_an_episode_s_folder_are_replaced_or_refused_and_lead_nowhere(made: Path, sakuga):
    outside, episode = made / "outside", made / "episodes/kite"
    outside.mkdir()
    for name in ("episode.mp4", "report.json", "cutsheet.yaml", "contact.png", "subtitles.ass"):
        (outside / name).write_bytes((episode / name).read_bytes())
        (episode / name).unlink()
        (episode / name).symlink_to(outside / name)
    before = {path.name: path.read_bytes() for path in outside.iterdir()}

    sakuga(*PRODUCE, "--seed", "7")

    assert {path.name: path.read_bytes() for path in outside.iterdir()} == before
    assert not (episode / "episode.mp4").is_symlink()


def test_a_folder_of_stems_that_is_a_link_is_refused(made: Path, sakuga):
    outside, stems = made / "outside", made / "episodes/kite/stems"
    outside.mkdir()
    shutil.rmtree(stems)
    stems.symlink_to(outside)

    done = sakuga(*PRODUCE, check=False)

    assert done.returncode == PathRefused.exit_code and "is a link" in done.stderr
    assert list(outside.iterdir()) == []


def test_a_link_for_the_whole_output_is_the_person_s_own_wish(script: Path, sakuga):
    (script.parent / "disk").mkdir()
    (script.parent / "episodes").symlink_to(script.parent / "disk")

    sakuga("breakdown", "kite.fountain", "--profile", "toy")

    assert (script.parent / "disk/kite/cutsheet.yaml").is_file()


@pytest.mark.slow
def test_a_run_sweeps_what_a_killed_one_left(script: Path, tmp_path: Path):
    scratch = tmp_path / "tmp"
    scratch.mkdir()
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(scratch)}
    command = [sys.executable, "-m", "flows.cli", *PRODUCE]
    process = subprocess.Popen(command, cwd=tmp_path, env=environment, start_new_session=True)
    while process.poll() is None and not list(scratch.glob("sakuga-*")):
        time.sleep(0.005)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    littered = list(scratch.glob("sakuga-*"))

    subprocess.run(command, cwd=tmp_path, env=environment, check=True, timeout=200)

    assert littered
    assert list(scratch.iterdir()) == []
    assert list(tmp_path.rglob("*.part")) == []
    assert list((tmp_path / "episodes/.sakuga/vault/tmp").iterdir()) == []
