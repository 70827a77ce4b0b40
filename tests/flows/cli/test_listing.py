"""`sakuga list` and `sakuga open`."""

from pathlib import Path

import pytest


@pytest.mark.parametrize(
    ("kind", "name"),
    [("shows", "clear-skies"), ("profiles", "house"), ("models", "cel"), ("episodes", "kite")],
)
def test_what_can_be_named_is_listed(kind: str, name: str, script: Path, sakuga):
    if kind == "episodes":
        sakuga("breakdown", script.name)

    assert name in sakuga("list", kind).stdout.split()


def test_only_four_kinds_are_listed(sakuga):
    done = sakuga("list", "cars", check=False)

    assert done.returncode == 2
    assert "episodes or shows or profiles or models" in done.stderr


@pytest.mark.parametrize(
    ("part", "file"), [((), "episode.mp4"), (("report",), "report.json"), (("contact",), "contact.html")]
)
def test_open_prints_the_path_where_nothing_can_be_shown(
    part: tuple[str, ...], file: str, tmp_path: Path, sakuga
):
    folder = tmp_path / "episodes" / "kite"
    folder.mkdir(parents=True)
    (folder / file).touch()

    assert sakuga("open", "kite", *part).stdout == f"{folder / file}\n"


def test_a_result_that_is_not_made_yet_is_not_opened(script: Path, sakuga):
    sakuga("breakdown", script.name)

    done = sakuga("open", "kite", check=False)

    assert done.returncode == 2
    assert "`sakuga produce` makes it" in done.stderr


def test_the_page_of_an_episode_is_in_the_room_that_is_named(sakuga, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SAKUGA_MEDIA_URL", "http://studio:4300/")

    assert sakuga("open", "kite", "room").stdout == "http://studio:4300/episodes/kite\n"


def test_without_a_room_its_page_is_refused(sakuga):
    done = sakuga("open", "kite", "room", check=False)

    assert done.returncode == 2
    assert "`sakuga up`" in done.stderr
