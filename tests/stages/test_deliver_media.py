"""A timeline and the files it names can be moved together."""

import hashlib
from pathlib import Path

import opentimelineio as otio
import pytest

from assets.sheets.bible import Place
from assets.sheets.cutsheet import Cut, Cutsheet
from assets.sheets.production import Placed, Ref, Segment, Timeline
from assets.timing import Span
from stages.deliver import media
from stages.deliver import timeline as delivery

SHEET = Cutsheet(
    episode="ep01",
    places=(Place(id="roof", names=("ROOF",)),),
    cuts=tuple(Cut(number=f"C00{n}", scene="S01", place="roof", frames=10) for n in (1, 2)),
)


@pytest.fixture
def vault(tmp_path: Path) -> dict[str, Path]:
    folder = tmp_path / "vault"
    folder.mkdir()
    found = {}
    for data in (b"one", b"two", b"line", b"music"):
        digest = hashlib.sha256(data).hexdigest()
        (folder / digest).write_bytes(data)
        found[digest] = folder / digest
    return found


def ref(data: bytes, kind: str = "video/mp4") -> Ref:
    return Ref(sha256=hashlib.sha256(data).hexdigest(), bytes=len(data), media_type=kind)


def episode(*cuts: bytes) -> Timeline:
    segments = tuple(
        Segment(name=f"C00{n}", clip=ref(data), span=Span(start=10 * n - 10, stop=10 * n), recipe="e" * 64)
        for n, data in enumerate(cuts, 1)
    )
    sounds = (
        Placed(stem="voice", name="C001/1", sound=ref(b"line", "audio/wav"), at=0, frames=5),
        Placed(stem="music", name="calm 静か", sound=ref(b"music", "audio/flac"), at=0, frames=20),
    )
    return Timeline(
        episode="ep01", title="T", rate=24, size=(64, 36), frames=20, segments=segments, sounds=sounds
    )


def found(folder: Path) -> list[bytes]:
    """What each clip of the timeline leads to, as an editing program finds it."""
    made = otio.adapters.read_from_file(str(folder / "timeline.otio"))
    urls = [clip.media_reference.target_url for clip in made.find_clips()]
    return [(folder / otio.url_utils.filepath_from_url(url)).read_bytes() for url in urls]


def delivered(timeline: Timeline, vault: dict[str, Path], folder: Path) -> None:
    earlier = delivery.urls(folder / "timeline.otio")
    copies = media.copy_beside(timeline, vault, folder)
    delivery.write(timeline, SHEET, folder / "timeline.otio", media=copies)
    media.remove_unused(earlier, timeline, folder)


def test_a_folder_that_was_moved_keeps_all_its_clips(tmp_path: Path, vault: dict[str, Path]) -> None:
    """The timeline named files of the vault by absolute paths: a moved folder had lost all of them."""
    delivered(episode(b"one", b"two"), vault, tmp_path / "here")

    (tmp_path / "here").rename(tmp_path / "there é")
    for path in vault.values():
        path.unlink()

    assert found(tmp_path / "there é") == [b"one", b"two", b"line", b"music"]


def test_copies_are_called_by_what_they_are() -> None:
    names = media.names(episode(b"one", b"two")).values()

    assert list(names) == ["C001.mp4", "C002.mp4", "voice-C001-1.wav", "music-calm.flac"]


def test_names_that_look_alike_once_cleaned_stay_apart_and_one_file_has_one_name() -> None:
    timeline = episode(b"one", b"one")
    alike = tuple(
        Placed(stem="effects", name=name, sound=ref(name.encode(), "audio/wav"), at=0, frames=1)
        for name in ("a b", "a/b", "A:b")
    )
    names = media.names(timeline.model_copy(update={"sounds": alike})).values()

    assert list(names) == ["C001.mp4", "effects-a-b.wav", "effects-a-b-2.wav", "effects-A-b-3.wav"]


def test_a_copy_that_is_right_is_left_alone_and_a_damaged_one_is_made_again(
    tmp_path: Path, vault: dict[str, Path]
) -> None:
    delivered(episode(b"one", b"two"), vault, tmp_path / "here")
    right, damaged = (tmp_path / "here" / "media" / name for name in ("C001.mp4", "C002.mp4"))
    before = right.stat().st_ino
    damaged.write_bytes(b"owt")

    delivered(episode(b"one", b"two"), vault, tmp_path / "here")

    assert right.stat().st_ino == before
    assert damaged.read_bytes() == b"two"


def test_a_clip_that_is_gone_from_the_episode_is_gone_from_the_folder_but_nobodys_own_file_is(
    tmp_path: Path, vault: dict[str, Path]
) -> None:
    folder = tmp_path / "here" / "media"
    delivered(episode(b"one", b"two"), vault, tmp_path / "here")
    (folder / "my grade.mp4").write_bytes(b"mine")

    delivered(episode(b"one"), vault, tmp_path / "here")

    assert sorted(path.name for path in folder.iterdir()) == [
        "C001.mp4",
        "music-calm.flac",
        "my grade.mp4",
        "voice-C001-1.wav",
    ]


def test_a_file_that_a_person_changed_is_not_removed(tmp_path: Path, vault: dict[str, Path]) -> None:
    delivered(episode(b"one", b"two"), vault, tmp_path / "here")
    (tmp_path / "here" / "media" / "C002.mp4").write_bytes(b"graded by hand")

    delivered(episode(b"one"), vault, tmp_path / "here")

    assert (tmp_path / "here" / "media" / "C002.mp4").read_bytes() == b"graded by hand"


def test_a_missing_or_shortened_copy_is_noticed(tmp_path: Path, vault: dict[str, Path]) -> None:
    timeline = episode(b"one", b"two")
    delivered(timeline, vault, tmp_path)

    assert media.complete(timeline, tmp_path)
    (tmp_path / "media" / "C001.mp4").write_bytes(b"o")
    assert not media.complete(timeline, tmp_path)
    (tmp_path / "media" / "C001.mp4").unlink()
    assert not media.complete(timeline, tmp_path)


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"tracks": {"children": [3]}}', "[" * 100_000])
def test_a_timeline_that_cannot_be_read_names_no_files(tmp_path: Path, text: str) -> None:
    (tmp_path / "timeline.otio").write_text(text)

    assert delivery.urls(tmp_path / "timeline.otio") == {}
