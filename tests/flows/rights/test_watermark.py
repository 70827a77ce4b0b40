"""Claims about the watermark of an episode: whose it is, what a command answers, and what stays as it was."""

import json
import shutil
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import yaml

from assets.credentials import make, read
from assets.errors import SetupMissing
from assets.media import ffmpeg
from assets.media.video import VideoQuality, encode
from assets.sqlite_url import url_of
from assets.store import Store
from assets.vault.folder import hash_file
from assets.watermark import Marker, read_file
from flows.episode.profile import LIBRARY, load
from flows.rights.watermark import Marked, issued, marked, required

POLICIES = LIBRARY.parent / "rights" / "policies"
ROOT = Path(__file__).parents[3]
SCRIPT = "Title: Kite\nLanguage: en\n\nEXT. HILLTOP - DAY\n\nMIKA holds a red kite.\n\nMIKA\nIt flies.\n"


def asking(folder: Path, *, asks: bool = True) -> Path:
    """A profile of the toy models whose policy asks for a watermark."""
    policy = yaml.safe_load((POLICIES / "permissive-licence.yaml").read_text())
    (folder / "client.yaml").write_text(
        yaml.safe_dump(policy | {"name": "client", "watermark": asks, "version": 3})
    )
    profile = yaml.safe_load((LIBRARY / "toy.yaml").read_text())
    profile |= {"policy": "client.yaml"}
    (folder / "mine.yaml").write_text(yaml.safe_dump(profile))
    return folder / "mine.yaml"


def picture(path: Path, id: str = "") -> Path:
    luma = np.full((360, 640), 120, np.uint8)
    luma[::40] = 40
    shown = Marker(id, (640, 360)).mark(luma) if id else luma
    encode(
        [np.repeat(shown[..., None], 3, 2)], path, size=(640, 360), rate=Fraction(24), quality=VideoQuality()
    )
    return path


def sakuga(folder: Path, *words: str, identity: Path | None = None) -> subprocess.CompletedProcess[str]:
    env = {"PYTHONPATH": str(ROOT), "HOME": str(folder), "OMP_NUM_THREADS": "1"}
    env |= {"SAKUGA_CREDENTIALS": str(identity)} if identity else {}
    done = subprocess.run(
        [sys.executable, "-m", "flows.cli", *words],
        cwd=folder,
        env=env,
        check=False,
        capture_output=True,
        text=True,
    )
    return subprocess.CompletedProcess(
        done.args, done.returncode, " ".join(done.stdout.split()), " ".join(done.stderr.split())
    )


def test_an_episode_keeps_its_id_and_the_ledger_names_it_by_that_id_alone(tmp_path):
    with Store.open(url_of(tmp_path / "store.sqlite")) as store:
        first, again = issued("yuzu/ep01", store, by="rin"), issued("yuzu/ep01", store, by="aya")
        other = issued("yuzu/ep02", store, by="rin")

        assert first == again != other
        found = marked(first, store)
        assert isinstance(found, Marked) and (found.episode, found.signed) == ("yuzu/ep01", 0)
        assert marked("0123456789ab", store) is None


def test_a_policy_that_asks_for_it_needs_an_identity_and_pictures_that_are_large_enough(
    tmp_path, monkeypatch
):
    """Both would be found after the last frame."""
    monkeypatch.delenv("SAKUGA_CREDENTIALS", raising=False)
    with pytest.raises(SetupMissing, match=r"Policy client asks for a watermark.*credentials studio"):
        required(load(str(asking(tmp_path))))
    required(load(str(asking(tmp_path, asks=False))))


@pytest.mark.slow
def test_a_mark_of_this_ledger_one_of_another_and_none_get_three_answers(tmp_path):
    with Store.open(url_of(tmp_path / "episodes/.sakuga/store.sqlite")) as store:
        id = issued("yuzu/ep01", store, by="rin")
    (
        picture(tmp_path / "ours.mp4", id),
        picture(tmp_path / "theirs.mp4", "0123456789ab"),
        picture(tmp_path / "no.mp4"),
    )
    ours, theirs, none = (
        sakuga(tmp_path, "credentials", "watermark", name) for name in ("ours.mp4", "theirs.mp4", "no.mp4")
    )
    told = json.loads(sakuga(tmp_path, "credentials", "watermark", "theirs.mp4", "--json").stdout)

    assert ours.returncode == 0 and f"Watermark {id}: episode yuzu/ep01, issued 20" in ours.stdout
    assert theirs.returncode == 0 and "0123456789ab: not in this ledger" in theirs.stdout
    assert none.returncode == 2 and "has no watermark of Sakuga" in none.stderr
    assert (told["id"], told["episode"], told["version"]) == ("0123456789ab", None, 1)


@pytest.mark.slow
def test_a_delivery_is_marked_where_the_policy_asks_and_its_credentials_say_so(tmp_path):
    identity = tmp_path / "identity" / "kite"
    make(identity, "Studio Kite")
    for name, asks in (("plain", False), ("marked", True)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "kite.fountain").write_text(SCRIPT, encoding="utf-8")
        profile = str(asking(tmp_path / name, asks=asks))
        done = sakuga(
            tmp_path / name, "produce", "kite.fountain", "--profile", profile, "--quiet", identity=identity
        )
        assert done.returncode == 0, done.stderr
    plain, film = (tmp_path / name / "episodes/kite/episode.mp4" for name in ("plain", "marked"))
    signed = tmp_path / "marked/episodes/kite/signed/episode.mp4"

    said = read(signed, (identity / "trust.pem").read_text())
    unmarked = read(tmp_path / "plain/episodes/kite/signed/episode.mp4")
    assert hash_file(plain) == hash_file(film)
    assert said is not None and said.state == "Trusted" and said.watermark == read_file(signed).id
    assert unmarked is not None and unmarked.watermark == "" and read_file(film).id is None
    assert "soft-binding" not in json.dumps(unmarked.manifest)

    before = signed.read_bytes()
    sakuga(
        tmp_path / "marked",
        "produce",
        "kite.fountain",
        "--profile",
        str(tmp_path / "marked/mine.yaml"),
        identity=identity,
    )
    assert signed.read_bytes() == before
    again = sakuga(tmp_path / "marked", "credentials", "sign", "kite", identity=identity)
    assert again.returncode == 0 and read_file(signed).id == said.watermark

    stripped = tmp_path / "marked/stripped.mp4"
    ffmpeg.run([*ffmpeg.source(signed), "-c:v", "libx264", "-crf", "23", "-an", str(stripped)])
    assert read(stripped) is None
    told = sakuga(tmp_path / "marked", "credentials", "watermark", "stripped.mp4")
    assert "episode _/kite" in told.stdout and "in 2 signed deliveries" in told.stdout
    shutil.rmtree(tmp_path / "marked")
