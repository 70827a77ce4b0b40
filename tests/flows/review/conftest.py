"""A store with one small episode in it, and boards to decide about, without making any picture."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from assets.sheets.bible import Place
from assets.sheets.cutsheet import Cut, Cutsheet
from assets.sheets.production import Panel, Ref, Take
from assets.sheets.review import Board, GateKind, Shown
from assets.store import Gate, Store
from flows.review.boards import as_it_stands

LATER = "2999-01-01T00:00:00.000Z"
KEY = "yuzu/ep01"
CUTS = ("C001", "C002", "C003")


@dataclass(frozen=True)
class Room:
    """What a door needs: the store, and which episode."""

    store: Store
    key: str
    url: str = ""


def ref(letter: str, sort: str = "image/png") -> Ref:
    return Ref(sha256=(letter * 64)[:64], bytes=3, media_type=sort)


def take(cut: str, name: str, *, frames: int = 24) -> Take:
    return Take(
        cut=cut,
        number=1,
        clip=ref(name, "video/mp4"),
        frames=frames,
        size=(320, 180),
        recipe=(cut[1:] + name).ljust(64, "0"),
        basis="b" * 64,
        seed=7,
        measures={"flicker": 0.25},
    )


def entered(store: Store, url: str) -> Room:
    """C001 and C002 with two takes each (the first one shown), C003 without any."""
    store.upsert_episode("yuzu", "ep01", title="Paper Planes", script="0" * 64, by="ken")
    place = Place(id="roof", names=("Roof",), kind="rooftop")
    cuts = tuple(Cut(number=number, scene="S01", place="roof", frames=24) for number in CUTS)
    sheet = Cutsheet(episode="ep01", places=(place,), cuts=cuts)
    store.record_cutsheet(KEY, sheet, dict.fromkeys(CUTS, "b" * 64))
    for number in CUTS[:2]:
        for name in ("c", "d"):
            store.add_take(KEY, take(number, name))
        store.select(KEY, number, 1, by="sakuga")
    return Room(store, KEY, url)


@pytest.fixture
def room(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Room]:
    """On SQLite; on PostgreSQL where a test asks for it by parameter."""
    on = getattr(request, "param", "sqlite")
    url = f"sqlite:///{tmp_path / 'store.sqlite'}"
    if on == "postgresql":
        url = str(request.getfixturevalue("postgres_url"))
    with Store.open(url) as store:
        yield entered(store, url)


def board_of(room: Room, kind: GateKind, *, panel: str = "1") -> Board:
    shown = tuple(
        Shown(
            cut=number,
            frames=24,
            basis="b" * 64,
            panel=Panel(cut=number, image=ref(panel), recipe="2" * 64, basis="3" * 64),
        )
        for number in CUTS
    )
    board = Board(kind=kind, sheet=ref("a", "application/json"), cuts=shown)
    return as_it_stands(board, room.key, room.store)


@pytest.fixture
def shown(room: Room) -> Callable[..., Board]:
    """``shown("takes")``: the board of that gate as things stand now."""
    return partial(board_of, room)


@pytest.fixture
def gate_of(room: Room) -> Callable[..., Gate]:
    """``gate_of("takes")``: the first round of that gate, open and waiting."""

    def opened(
        kind: GateKind, *, round: int = 1, until: str = LATER, run: str = "", panel: str = "1"
    ) -> Gate:
        board = board_of(room, kind, panel=panel)
        return room.store.open_gate(room.key, kind, round, board=board, until=until, run=run)

    return opened
