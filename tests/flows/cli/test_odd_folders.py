"""Episodes can be made in a folder of any name."""

import json
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

FOLDERS = [
    "a%41b",
    "a?b=c",
    "a#b",
    "new\nline",
    'it\'s "q"',
    "日本語 é",
    "-dash",
    "bold[/]&<b>",
    "a:b",
    "x" * 200,
]


@pytest.mark.slow
@pytest.mark.parametrize("name", FOLDERS, ids=ascii)
def test_an_episode_is_made_and_found_again(tmp_path: Path, script: Path, sakuga, name: str) -> None:
    """The store's URL was put together by hand, and the list of segments could not hold a line end."""
    out = f"--out={name}"
    sakuga("breakdown", script, out)
    sakuga("produce", script, "--profile", "toy", out)

    assert "kite" in sakuga("status", out).stdout
    assert "C001" in sakuga("status", "kite", out).stdout
    sakuga("review", out)
    assert (tmp_path / name / "kite" / "episode.mp4").is_file()
    assert (tmp_path / name / ".sakuga" / "store.sqlite").is_file()
    timeline = json.loads((tmp_path / name / "kite" / "timeline.otio").read_text(encoding="utf-8"))
    (first, *_) = (
        clip for clip in timeline["tracks"]["children"][0]["children"] if "media_references" in clip
    )
    url = first["media_references"]["DEFAULT_MEDIA"]["target_url"]
    assert (tmp_path / name / "kite" / unquote(urlsplit(url).path)).is_file()
