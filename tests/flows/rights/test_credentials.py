"""Claims about signing what an episode delivers: what is signed, what it says, and that runs stay as they are."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assets.credentials import make, read
from assets.errors import InputRefused
from assets.media.ffmpeg import program
from assets.sheets.dataset import Rights
from assets.sqlite_url import url_of
from assets.store import Store
from flows.cli.application import app
from stages.dataset.intake import Intake, take_in
from tests.assets import timestamps

ROOT = Path(__file__).parents[3]
SCRIPT = "Title: Kite\nLanguage: en\n\nEXT. HILLTOP - DAY\n\nMIKA holds a red kite.\n\nMIKA\nIt flies.\n"
READER = """
import c2pa, json, sys
settings = {"version": 1} | ({"trust": {"trust_anchors": sys.argv[1]}} if sys.argv[1] else {})
context = c2pa.Context.from_dict(settings)
print(json.dumps([c2pa.Reader(name, context=context).get_validation_state() for name in sys.argv[2:]]))
"""


def read_elsewhere(files: list[Path], root: str, folder: Path) -> list[str]:
    """What the library alone says of files, in a process without a line of ours."""
    env = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    words = [sys.executable, "-P", "-c", READER, root, *map(str, files)]
    told = subprocess.run(words, cwd=folder, env=env, check=True, capture_output=True, text=True)
    return list(json.loads(told.stdout))


class Signed:
    """A toy episode that was made with an identity set."""

    def __init__(self, folder: Path, identity: Path) -> None:
        self.folder, self.identity = folder, identity
        (folder / "kite.fountain").write_text(SCRIPT, encoding="utf-8")

    def sakuga(
        self, *words: str, check: bool = True, timestamps: str = ""
    ) -> subprocess.CompletedProcess[str]:
        env = {**os.environ, "PYTHONPATH": str(ROOT), "SAKUGA_CREDENTIALS": str(self.identity)}
        env["SAKUGA_TIMESTAMPS"] = timestamps
        return subprocess.run(
            [sys.executable, "-m", "flows.cli", *words], cwd=self.folder, env=env, check=check,
            capture_output=True, text=True,
        )  # fmt: skip

    def produce(self, check: bool = True) -> subprocess.CompletedProcess[str]:
        return self.sakuga("produce", "kite.fountain", "--profile", "toy", "--quiet", check=check)

    @property
    def signed(self) -> Path:
        return self.folder / "episodes/kite/signed"

    def bytes_of_signed(self) -> dict[Path, bytes]:
        return {path: path.read_bytes() for path in self.signed.rglob("*") if path.is_file()}

    def events(self) -> list[dict]:
        with Store.open(url_of(self.folder / "episodes/.sakuga/store.sqlite")) as store:
            return [event.body for event in store.ledger.events(kind="delivery.signed")]


@pytest.fixture(scope="module")
def episode(tmp_path_factory: pytest.TempPathFactory) -> Signed:
    identity = tmp_path_factory.mktemp("identity") / "kite"
    make(identity, "Studio Kite")
    made = Signed(tmp_path_factory.mktemp("signed"), identity)
    made.produce()
    return made


def test_film_stems_takes_and_stills_of_a_delivery_are_signed_and_say_what_they_rest_on(episode: Signed):
    trust = (episode.identity / "trust.pem").read_text()
    files = {
        path.relative_to(episode.signed).as_posix() for path in episode.signed.rglob("*") if path.is_file()
    }
    said = {name: read(episode.signed / name, trust) for name in files}

    assert {"episode.mp4", "takes/C001.mp4", "stills/C001.png", "stems/dialogue.flac"} <= files
    assert {found.state if found else "" for found in said.values()} == {"Trusted"}
    film, take = said["episode.mp4"], said["takes/C001.mp4"]
    assert film is not None and take is not None
    assert "take 1 of C001" in [one["title"] for one in film.manifest["ingredients"]]
    assert any("animator/toy" in one["title"] for one in take.manifest["ingredients"])
    assert film.provenance["episode"] == "_/kite" and len(film.provenance["delivery"]) == 64
    assert film.forbids_training


def test_what_programs_made_is_not_called_ai_and_a_stem_names_its_own_models_alone(episode: Signed):
    """Every stem named all models of all sounds, and an episode drawn by rules was said to be generated."""
    said = {name: read(episode.signed / name) for name in ("episode.mp4", "stems/dialogue.flac")}

    for found in said.values():
        assert found is not None
        assert [source.rpartition("/")[2] for _, source in found.actions] == ["algorithmicMedia"]
        assert found.disclosures == []
    stem = said["stems/dialogue.flac"]
    assert stem is not None
    assert {name.rpartition(" ")[2] for _, name, _ in stem.ingredients} == {"speech"}


def test_another_process_that_knows_the_root_alone_trusts_film_take_still_and_stem_and_copies_of_them(
    episode: Signed, tmp_path: Path
):
    names = ("episode.mp4", "takes/C001.mp4", "stills/C001.png", "stems/dialogue.flac")
    copies = [tmp_path / name.replace("/", "-") for name in names]
    for name, copy in zip(names, copies, strict=True):
        shutil.copyfile(episode.signed / name, copy)

    assert read_elsewhere(copies, (episode.identity / "trust.pem").read_text(), tmp_path) == ["Trusted"] * 4
    assert read_elsewhere(copies, "", tmp_path) == ["Valid"] * 4
    assert all(found and found.state == "Valid" for found in map(read, copies))


def test_a_copy_of_the_film_by_ffmpeg_has_no_credentials_any_more(episode: Signed, tmp_path: Path):
    """Why signing comes last: ffmpeg drops the credentials and says nothing, even where it copies the streams."""
    copy = tmp_path / "copy.mp4"
    film = str(episode.signed / "episode.mp4")
    subprocess.run([program(), "-loglevel", "error", "-i", film, "-c", "copy", str(copy)], check=True)

    assert read(episode.signed / "episode.mp4") is not None
    assert read(copy) is None


def test_a_second_run_signs_nothing_anew_and_a_lost_signed_file_is_signed_again(episode: Signed):
    film = episode.signed / "episode.mp4"
    before, entered = film.read_bytes(), len(episode.events())
    episode.produce()
    assert film.read_bytes() == before and len(episode.events()) == entered

    film.unlink()
    episode.produce()
    assert film.is_file() and len(episode.events()) == entered + 1


@pytest.mark.slow
def test_a_time_stamp_server_that_stops_half_way_leaves_the_signed_files_and_the_ledger_as_they_were(
    episode: Signed, tmp_path: Path
):
    """The files before it would have been signed anew, and the others not."""
    timestamps.prepare(tmp_path / "tsa")
    before, entered = episode.bytes_of_signed(), len(episode.events())
    with timestamps.serving(tmp_path / "tsa", most=3) as address:
        half = episode.sakuga("credentials", "sign", "kite", check=False, timestamps=address)

    assert half.returncode == 3 and "gave no time for" in " ".join(half.stderr.split())
    assert episode.bytes_of_signed() == before and len(episode.events()) == entered
    assert not list(episode.signed.parent.glob(".signed*"))


def test_an_identity_is_made_beside_the_project_and_refused_inside_it(tmp_path: Path, monkeypatch):
    """Beside it was refused as well, with the folder above the project for its reason."""
    (tmp_path / "project").mkdir()
    monkeypatch.chdir(tmp_path / "project")

    done = CliRunner().invoke(app, ["credentials", "studio", "../keys/identity", "--name", "Studio Kite"])
    refused = CliRunner().invoke(app, ["credentials", "studio", "keys", "--name", "Studio Kite"])

    assert done.exit_code == 0 and (tmp_path / "keys/identity/root.key").is_file()
    assert f"is inside {tmp_path / 'project'}" in str(refused.exception)


def test_an_identity_that_cannot_sign_stops_a_run_before_it_makes_anything(tmp_path: Path):
    """It was found after the last frame."""
    made = Signed(tmp_path, tmp_path / "nothing")

    done = made.produce(check=False)
    assert done.returncode == 3 and "credentials studio" in " ".join(done.stderr.split())
    assert not (tmp_path / "episodes/kite/episode.mp4").exists()


def test_the_terminal_reads_a_signed_file_and_ends_with_4_for_one_that_was_changed(episode: Signed):
    film = episode.folder / "copy.mp4"
    film.write_bytes((episode.signed / "episode.mp4").read_bytes())
    good = episode.sakuga("credentials", "show", "copy.mp4", "--trust", str(episode.identity / "trust.pem"))
    data = bytearray(film.read_bytes())
    data[-100] ^= 1
    film.write_bytes(data)
    bad = episode.sakuga("credentials", "show", "copy.mp4", check=False)
    none = episode.sakuga("credentials", "show", "kite.fountain", check=False)

    assert "Trusted: 'Kite', signed by Studio Kite" in good.stdout
    assert bad.returncode == 4 and "was changed" in " ".join(bad.stderr.split())
    assert none.returncode == 2 and "no content credentials" in " ".join(none.stderr.split())


def test_art_whose_credentials_forbid_training_is_refused_by_a_dataset(episode: Signed, tmp_path: Path):
    art = tmp_path / "art"
    art.mkdir()
    (art / "panel.png").write_bytes((episode.signed / "stills/C001.png").read_bytes())
    (art / "panel.txt").write_text("a hill")

    with pytest.raises(InputRefused, match=r"credentials of Studio Kite that forbid training"):
        take_in(art, Intake(name="kite", rights=Rights(creator="aya", licence="CC0-1.0")))
