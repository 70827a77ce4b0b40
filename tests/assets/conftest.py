"""Both databases, for every test that asks for ``store_url``."""

import multiprocessing
import os
import random
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from assets.sheets.bible import Place
from assets.sheets.cutsheet import Cut, Cutsheet
from assets.sheets.production import Ref, Take
from assets.store import Store


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database that does not exist yet, or is empty; once for each kind."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgres_url"))
    return f"sqlite:///{tmp_path / 'production.db'}"


@pytest.fixture
def settled_url(store_url: str) -> str:
    """The URL of a store without content; once for each kind."""
    Store.open(store_url).close()
    return store_url


@pytest.fixture
def store(settled_url: str) -> Iterator[Store]:
    with Store.open(settled_url) as opened:
        yield opened


@pytest.fixture
def by_hand() -> Callable[..., None]:
    """``by_hand(url, "UPDATE …")``: what somebody might do to the database behind Sakuga's back."""

    def done(url: str, *statements: str) -> None:
        import psycopg

        if url.startswith("sqlite"):
            with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as driver, driver:
                for statement in statements:
                    driver.execute(statement)
            return
        with psycopg.connect(url) as connection:
            for statement in statements:
                connection.execute(statement)

    return done


@pytest.fixture
def at_once() -> Callable[..., None]:
    """``at_once(work, 1, 2, 3)``: call ``work`` with each argument in a process of its own, all together."""

    def done(work: Callable[[int], None], *arguments: int) -> None:
        def carried_out(argument: int) -> None:
            work(argument)
            # Leave here: where Prefect has run, Python 3.11 stumbles over its threads at a fork's own end.
            os._exit(0)

        context = multiprocessing.get_context("fork")
        workers = [context.Process(target=carried_out, args=(argument,)) for argument in arguments]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(60)
        assert [worker.exitcode for worker in workers] == [0] * len(workers)

    return done


@pytest.fixture
def killed_at_random() -> Callable[..., None]:
    """``killed_at_random(work, times=20)``: kill -9 ``work(0)``, ``work(1)``… each on its way.

    ``work`` yields after every finished step. Every other worker has finished one or more when it
    is killed, however slow the machine; the rest may still be opening what they write to.
    """

    def done(work: Callable[[int], Iterator[None]], *, times: int) -> None:
        context, chance = multiprocessing.get_context("fork"), random.Random(7)
        for number in range(times):
            stepped = context.Event()

            def steps(number: int = number, stepped: Any = stepped) -> None:
                for _ in work(number):
                    stepped.set()

            worker = context.Process(target=steps)
            worker.start()
            if number % 2:
                assert stepped.wait(60), "it did not finish one step in a minute"
            time.sleep(chance.uniform(0.001, 0.06))
            worker.kill()
            worker.join(60)
            assert worker.exitcode == -signal.SIGKILL, "it ended by itself before it was killed"

    return done


@pytest.fixture
def episode(store: Store) -> str:
    """The key of an episode with the cuts C001, C002 and C003, all of basis 'b…'."""
    entered = store.upsert_episode("yuzu", "ep01", title="Paper Planes", script="0" * 64, by="ken")
    sheet = cutsheet("C001", "C002", "C003")
    store.record_cutsheet(entered.key, sheet, {cut.number: "b" * 64 for cut in sheet.cuts})
    return entered.key


def cutsheet(*numbers: str) -> Cutsheet:
    place = Place(id="roof", names=("Roof",), kind="rooftop")
    cuts = tuple(Cut(number=number, scene="S01", place="roof", frames=24) for number in numbers)
    return Cutsheet(episode="ep01", places=(place,), cuts=cuts)


@pytest.fixture
def sheet_of() -> Callable[..., Cutsheet]:
    """``sheet_of("C001", "C002")``: a cut sheet with these cuts."""
    return cutsheet


@pytest.fixture
def take_of() -> Callable[..., Take]:
    """``take_of("C001", "a")``: a take of that cut whose recipe is all a's; ``basis`` may be given."""

    def made(cut: str, recipe: str, *, basis: str = "b", number: int = 1) -> Take:
        clip = Ref(sha256="c" * 64, bytes=9, media_type="video/mp4")
        return Take(
            cut=cut,
            number=number,
            clip=clip,
            frames=24,
            size=(1280, 720),
            recipe=recipe.rjust(64, "0") if len(recipe) > 1 else recipe * 64,
            basis=basis * 64,
            seed=7,
            measures={"flicker": 0.25},
        )

    return made
