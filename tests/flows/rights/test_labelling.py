"""Claims about a delivered episode: labelled for the territories of its policy, and unchanged without them."""

import json
import shutil
from fractions import Fraction
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
import yaml

from assets.errors import SakugaError
from assets.media import ffmpeg
from assets.media.video import decode
from assets.sheets.production import Ref, Report, Segment
from assets.timing import Span
from flows.episode.profile import LIBRARY, load
from flows.rights.labelling import Labelling, metadata
from stages.assemble.finish import FinishOptions
from stages.assemble.segments import AssembleOptions

POLICIES = LIBRARY.parent / "rights" / "policies"
SOUND = Ref(sha256="c" * 64, media_type="audio/mp4", bytes=1)


def segment(clip: str, start: int, stop: int) -> Segment:
    ref = Ref(sha256=clip * 64, media_type="video/mp4", bytes=1)
    return Segment(name="C001", clip=ref, span=Span(start=start, stop=stop), recipe="d" * 64)


def written(folder: Path, *territories: str, **more: object) -> Path:
    """A profile of the toy models whose client's policy names ``territories``."""
    policy = yaml.safe_load((POLICIES / "permissive-licence.yaml").read_text())
    policy |= {"name": "client", "territories": list(territories), "version": 2, **more}
    (folder / "client.yaml").write_text(yaml.safe_dump(policy))
    profile = yaml.safe_load((LIBRARY / "toy.yaml").read_text()) | {"policy": "client.yaml"}
    (folder / "mine.yaml").write_text(yaml.safe_dump(profile))
    return folder / "mine.yaml"


def labelling(folder: Path, *territories: str) -> Labelling:
    return Labelling.of(load(str(written(folder, *territories, producer="Studio 凪"))).policy)


@pytest.mark.parametrize("territories", [(), ("JP",), ("US", "GB")])
def test_without_a_territory_that_asks_neither_picture_nor_metadata_changes(tmp_path, territories):
    finish = FinishOptions(assemble=AssembleOptions(burn_in=True))
    nothing = labelling(tmp_path, *territories)

    assert nothing.options(finish) == finish
    assert metadata(nothing.done([segment("a", 0, 48)], SOUND, Fraction(24))) == {}


@pytest.mark.parametrize("policy", [path.stem for path in POLICIES.glob("*.yaml")])
def test_no_policy_of_the_library_labels_an_episode(policy):
    assert Labelling.of(policy).asked == ()


def test_the_words_of_the_law_replace_a_mark_of_the_profile_and_leave_the_rest(tmp_path):
    """Own words might be no label in the law's sense, or so long that their letters become too small."""
    finish = FinishOptions(assemble=AssembleOptions(burn_in=True, mark_text="Drawn by our machine"))

    options = labelling(tmp_path, "CN").options(finish)

    assert options.assemble == AssembleOptions(burn_in=True, mark=True, mark_text="AI生成")


def test_other_pictures_have_another_number_in_the_metadata_and_the_same_ones_the_same(tmp_path):
    china = labelling(tmp_path, "CN")

    one, again, other = (
        json.loads(metadata(china.done([segment(clip, 0, 48)], SOUND, Fraction(24)))["AIGC"])["ProduceID"]
        for clip in ("a", "a", "b")
    )

    assert one == again != other


def test_the_report_says_how_long_the_label_is_seen_in_an_episode_that_is_shorter(tmp_path):
    [done] = labelling(tmp_path, "EU").done([segment("a", 0, 24)], SOUND, Fraction(24))

    assert (done.territory, done.text, done.seconds) == ("EU", "AI-generated", 1.0)


@pytest.mark.parametrize(
    ("territory", "more", "said"),
    [
        ("UK", {}, "write GB"),
        ("CN", {}, "wants the producer named"),
        ("worldwide", {}, "wants the producer named"),
    ],
)
def test_a_territory_that_cannot_be_served_is_refused_when_the_policy_is_read(
    tmp_path, territory, more, said
):
    profile = load(str(written(tmp_path, territory, **more)))

    with pytest.raises(SakugaError, match=said):
        Labelling.of(profile.policy)


@pytest.mark.slow
def test_an_unknown_territory_stops_the_run_before_anything_is_made(sakuga, script, tmp_path):
    written(tmp_path, "ZZ")

    done = sakuga("produce", script.name, "--profile", "mine.yaml", check=False)

    assert done.returncode != 0
    assert "ZZ is no code of a territory" in " ".join((done.stdout + done.stderr).split())
    assert not list(tmp_path.rglob("episode.mp4"))


@pytest.mark.slow
def test_the_delivered_file_has_the_label_and_the_keys_and_the_report_says_so(first_run, tmp_path, sakuga):
    plain, folder = first_run / "episodes" / "kite" / "episode.mp4", tmp_path / "episodes" / "kite"
    shutil.copy(first_run / "kite.fountain", tmp_path)
    written(tmp_path, "worldwide", producer="Studio 凪")

    told = sakuga("produce", "kite.fountain", "--profile", "mine.yaml").stdout
    report = Report.read(folder / "report.json")

    assert 2 <= seen(folder / "episode.mp4", plain) <= 3
    keys = tags(folder / "episode.mp4")
    assert json.loads(keys["AIGC"])["ContentProducer"] == "Studio 凪"
    assert keys["DigitalSourceType"].endswith("/compositeWithTrainedAlgorithmicMedia")
    assert keys["title"] == "The Kite"
    assert [(one.territory, one.seconds) for one in report.rights.labels] == [("EU", 3), ("CN", 3)]
    assert keys.items() >= metadata(report.rights.labels).items()
    assert "Labelled for CN" in told


@pytest.mark.slow
def test_a_delivery_to_japan_is_byte_for_byte_the_one_without_a_territory(first_run, tmp_path, sakuga):
    shutil.copy(first_run / "kite.fountain", tmp_path)
    written(tmp_path, "JP")

    sakuga("produce", "kite.fountain", "--profile", "mine.yaml")

    one, other = (
        sha256((folder / "episodes" / "kite" / "episode.mp4").read_bytes()).digest()
        for folder in (first_run, tmp_path)
    )
    assert one == other


def tags(film: Path) -> dict[str, str]:
    """The keys of a finished file, as ffmpeg reads them back."""
    out = film.with_suffix(".tags")
    ffmpeg.run(["-y", *ffmpeg.source(film), "-f", "ffmetadata", f"file:{out}"])
    lines = out.read_text(encoding="utf-8").replace("\\=", "=").replace("\\;", ";").splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line)


def seen(film: Path, plain: Path) -> float:
    """How long the corner of ``film`` differs from that of ``plain``, in seconds: from its first frame on."""
    corner = (slice(0, 36), slice(0, 200))
    frames = 0
    for one, other in zip(decode(film), decode(plain), strict=True):
        if np.abs(one[corner].astype(int) - other[corner]).max() < 100:
            break
        frames += 1
    return frames / 24
