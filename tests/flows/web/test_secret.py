"""The studio's password: made once, for its owner's eyes only."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from assets.errors import InputRefused, SetupMissing, StorageFailed
from flows.web.secret import checked, kept, known


def test_the_password_is_made_once_and_read_by_its_owner_only(tmp_path: Path):
    path = tmp_path / "up" / "auth"

    first, again = kept(path, "producer"), kept(path, "producer")

    assert first == again
    assert len(first.partition(":")[2]) >= 32
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0


def test_of_many_that_start_at_once_all_have_the_same(tmp_path: Path):
    with ThreadPoolExecutor(8) as crowd:
        assert len(set(crowd.map(kept, [tmp_path / "auth"] * 8, "abcdefgh"))) == 1


def test_an_empty_file_is_no_password(tmp_path: Path):
    """A process that was killed between making the file and writing it left the studio open."""
    path = tmp_path / "auth"
    path.touch()

    assert known(path) is None
    assert len(kept(path, "producer")) > 32


def test_a_file_that_cannot_be_written_is_told_in_a_sentence_and_no_draft_stays(tmp_path: Path):
    """It was an error of the system's."""
    with pytest.raises(StorageFailed, match=r"could not be written: .*Choose a shorter name"):
        kept(tmp_path / ("x" * 240), "producer")
    kept(tmp_path / "auth", "producer")

    assert [path.name for path in tmp_path.iterdir()] == ["auth"]


def test_a_file_that_others_could_read_is_closed(tmp_path: Path):
    path = tmp_path / "auth"
    path.write_text("producer:a-password-of-some-length")
    path.chmod(0o644)

    kept(path, "producer")

    assert path.stat().st_mode & 0o077 == 0


def test_a_link_in_its_place_is_not_followed(tmp_path: Path):
    (tmp_path / "theirs").write_text("producer:a-password-they-know-too")
    (tmp_path / "auth").symlink_to(tmp_path / "theirs")

    with pytest.raises(SetupMissing, match="Delete it"):
        kept(tmp_path / "auth", "producer")


@pytest.mark.parametrize("auth", ["", "producer", ":long-enough-password", "producer:short", "pröducer:" + "x" * 20,
                                  "producer:with\na-line-break-in-it"])  # fmt: skip
def test_what_can_be_guessed_or_not_be_sent_is_refused_without_repeating_it(auth: str):
    with pytest.raises(InputRefused) as refused:
        checked(auth, "SAKUGA_SERVER_AUTH")

    assert auth == "" or auth not in str(refused.value)
