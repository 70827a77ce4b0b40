"""A room over a small produced episode, reached without a network."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from assets.sheets.cutsheet import Cutsheet
from assets.sheets.production import Panel, Ref
from assets.sheets.review import Board, Shown
from assets.sqlite_url import url_of
from assets.store import Gate, Store
from assets.vault import Vault
from flows.review.boards import as_it_stands
from flows.rushes.app import build
from flows.rushes.archive import Archive
from flows.rushes.guard import Lock, lock_for
from flows.rushes.pictures import PictureCache
from flows.rushes.project import Project
from flows.rushes.runs import BesideTheRoom, Starter
from flows.rushes.studio_routes import Studio
from flows.web.names import names_for
from tests.flows.rushes.browsing import address, chromium, visit

__all__ = ["address", "chromium", "visit"]

SCRIPT = """\
Title: The Kite
Language: en

EXT. HILLTOP - DAY

Wind moves the tall grass. MIKA holds a red kite. WHOOSH.

MIKA
It will <script>document.title = "taken"</script> fly & "soar" today.

BOU
(doubtful)
You said that yesterday.

INT. KITCHEN - NIGHT

Rain on the window. Bou pours two cups of tea.

BOU
All right. You win.
"""

TOKEN = "a-token-long-enough-to-hold"
WORD = "word-of-the-page"
LONG_TOKEN = "Qx7-made-up-of-32-letters_or-more-Zk3"
START = "http://127.0.0.1:4319"
HOST = {"host": "127.0.0.1:4320"}
LATER = "2099-01-01T00:00:00.000Z"


@dataclass(frozen=True)
class Room:
    """A room and what it shows."""

    client: TestClient
    store: Store
    vault: Vault
    folder: Path
    id: str = "kite"

    @property
    def page(self) -> dict:
        answer = self.client.get(f"/api/episodes/{self.id}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    @property
    def media(self) -> str:
        """Address of the assembled episode."""
        return f"/episodes/{self.id}/media/{self.page['reel']['clip']}"

    def post(self, body: object, to: str = "decisions", **headers: str):
        """Post a decision as a page of the room does."""
        return self.send(json.dumps(body), to, **headers)

    def send(self, text: str | bytes, to: str = "decisions", **headers: str):
        """The same with any text."""
        return self.client.post(
            f"/api/episodes/{self.id}/{to}",
            content=text,
            headers={"content-type": "application/json", "x-sakuga-word": WORD,
                     "origin": "http://127.0.0.1:4320", **headers},
        )  # fmt: skip


@pytest.fixture(scope="session")
def produced(tmp_path_factory) -> Path:
    """One toy episode, produced once by the command line; tests work on copies of its folder."""
    folder = tmp_path_factory.mktemp("produced")
    (folder / "kite.fountain").write_text(SCRIPT, encoding="utf-8")
    command = [sys.executable, "-m", "flows.cli", "produce", "kite.fountain", "--profile", "toy"]
    root = str(Path(__file__).parents[3])
    subprocess.run(command, cwd=folder, check=True, env={"PYTHONPATH": root, "PATH": "/usr/bin:/bin"})
    return folder / "episodes"


@pytest.fixture
def episodes(produced: Path, tmp_path: Path) -> Path:
    shutil.copytree(produced, tmp_path / "episodes")
    return tmp_path / "episodes"


def opened(
    episodes: Path, lock: Lock, host: dict[str, str], studio: bool = False, starter: Starter | None = None
) -> Iterator[Room]:
    with Store.open(url_of(episodes / ".sakuga" / "store.sqlite")) as store:
        vault = Vault.open(episodes / ".sakuga" / "vault")
        archive = Archive(store, vault, episodes)
        project, runs = Project(episodes.parent, archive), starter or BesideTheRoom(episodes.parent)
        app = build(
            archive,
            PictureCache(episodes / ".sakuga" / "rushes"),
            lock,
            you="Aoi",
            studio=Studio(project, runs) if studio else None,
        )
        client = TestClient(app, base_url=f"http://{host['host']}", follow_redirects=False)
        yield Room(client, store, vault, episodes)
        runs.close()


@pytest.fixture
def locked(episodes: Path) -> Iterator[Room]:
    """Under a name of the network, behind the token in ``TOKEN``."""
    yield from opened(episodes, Lock(token=TOKEN, word=WORD), {"host": "studio.example:4320"})


@pytest.fixture
def room(episodes: Path) -> Iterator[Room]:
    """On this machine, in a browser that was let in."""
    lock = Lock(token=TOKEN, word=WORD, names=names_for("127.0.0.1"), start=START)
    for made in opened(episodes, lock, HOST):
        made.client.cookies.set(lock.cookie_name, lock.cookie)
        yield made


@pytest.fixture
def studio(episodes: Path, produced: Path) -> Iterator[Room]:
    """The same room, where episodes can be started. Its project holds the script of the episode."""
    shutil.copy(produced.parent / "kite.fountain", episodes.parent)
    lock = Lock(token=TOKEN, word=WORD, names=names_for("127.0.0.1"), start=START)
    for made in opened(episodes, lock, HOST, studio=True):
        made.client.cookies.set(lock.cookie_name, lock.cookie)
        yield made


@pytest.fixture
def long_token(episodes: Path) -> Iterator[Room]:
    """For other machines, behind a token that was made up."""
    yield from opened(episodes, lock_for("0.0.0.0", LONG_TOKEN), {"host": "studio.example:4320"})


@pytest.fixture
def gate(room: Room) -> Gate:
    """The takes wait for a person."""
    return wait_at(room, "takes")


@pytest.fixture
def storyboard(room: Room) -> Gate:
    """The storyboard waits for a person."""
    return wait_at(room, "storyboard")


@pytest.fixture
def deaf(room: Room) -> Gate:
    """The takes wait for a person, and the model that makes them does not read notes."""
    return wait_at(room, "takes", reads=False)


def wait_at(room: Room, kind: str, round: int = 1, *, reads: bool = True) -> Gate:
    """Open a gate over what the episode shows now, as a run does."""
    [item] = room.store.episodes()
    settled, bases = room.store.settled(item.key), room.store.bases(item.key)
    sheet = Cutsheet.read(room.folder / "kite" / "cutsheet.yaml")
    cuts = []
    for cut in sheet.cuts:
        recipe = settled["panel", cut.number]["recipe"]
        image = Ref.model_validate(room.vault.recall(recipe)["image"])
        panel = Panel(cut=cut.number, image=image, recipe=recipe, basis=bases[cut.number])
        cuts.append(Shown(cut=cut.number, frames=cut.frames, basis=bases[cut.number], panel=panel))
    board = Board(
        kind=kind,
        sheet=room.vault.put(sheet.to_json().encode(), "application/json"),
        cuts=tuple(cuts),
        reads=reads,
    )
    if kind != "storyboard":
        board = as_it_stands(board, item.key, room.store)
    return room.store.open_gate(item.key, kind, round, board=board, until=LATER)
