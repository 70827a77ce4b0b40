"""The room's page over an episode whose every text is hostile, in a folder with an odd name: words stay words."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.flows.rushes.browsing import CHROMIUM, until

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: `apt install chromium`, or any Chrome"),
]
RUN = "window.taken = true; document.title = 'taken'"
HOSTILE = (
    f"<script>{RUN}</script>",
    f"</script><script>{RUN}</script>",
    f'<img src=x onerror="{RUN}">',
    f']]><svg onload="{RUN}">',
    f'\'"><a href="javascript:{RUN}">x</a>',
    "<!--<style>body{display:none}</style>",
    "{{constructor.constructor('window.taken=true')()}}${window.taken=true}",
    "a\u202eb\u2066c\u2028d\u2029e\x1b[31mf\x1b]0;x\x07\x9bg",
)
FOLDER = "e p%2F?#&<b>'\"é\u202e"
SCRIPT = (
    "Title: {0}\nAuthor: {2}\nLanguage: en\n\n.{1} - DAY\n\n{3} {4}\n\n@{2}\n({5})\n{0} {6}\n\n@{3}\n{7}\n"
)
# Fields that old stores may hold as they were typed; the page must stand them too.
RAW = " ".join(HOSTILE)


@pytest.fixture(scope="module")
def produced(tmp_path_factory) -> Path:
    """The hostile episode, produced once by the command line with an odd --out."""
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "kite.fountain").write_text(SCRIPT.format(*HOSTILE), encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "flows.cli",
        "produce",
        "kite.fountain",
        "--profile",
        "toy",
        "--out",
        FOLDER,
    ]
    root = str(Path(__file__).parents[3])
    subprocess.run(command, cwd=folder, check=True, env={"PYTHONPATH": root, "PATH": "/usr/bin:/bin"})
    return folder / FOLDER


@pytest.fixture
def episodes(produced: Path, tmp_path: Path) -> Path:
    shutil.copytree(produced, tmp_path / FOLDER)
    return tmp_path / FOLDER


def _nothing_ran(page) -> bool:
    return not page.evaluate("Boolean(window.taken)") and page.title() != "taken"


@pytest.mark.parametrize("to", ["/episodes/kite", "/episodes/kite#C002", "/"])
def test_hostile_words_are_shown_and_nothing_in_them_is_run(room, visit, to: str, tmp_path: Path):
    for number in ("C001", "C002"):
        room.store.order_retake("_/kite", number, reason=RAW, by=RAW)
        room.store.choose("_/kite", number, 1, by=RAW, reason=RAW)

    page = visit(to)
    until(page, "() => document.body.innerText.includes('<script>window.taken')")
    page.wait_for_timeout(300)
    page.screenshot(path=tmp_path / "hostile.png", full_page=True)

    assert _nothing_ran(page)
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert page.evaluate("document.querySelectorAll('script').length") == 1
    assert (
        page.evaluate("document.querySelectorAll('svg[onload], img[onerror], a[href^=javascript]').length")
        == 0
    )
    assert "\u202e" not in page.evaluate("document.body.innerText")
