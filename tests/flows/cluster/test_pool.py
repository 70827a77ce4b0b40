"""The pool of a stage's workers, with actors that begin and die when the test says so; no Ray."""

from concurrent.futures import Future
from threading import Thread

import pytest

from assets.errors import ModelFailed, SetupMissing
from flows.cluster.pool import AHEAD, Pool
from stages.work_cache import Stopped


class Actor:
    """An actor, and the call of it that ends when it is ready."""

    def __init__(self):
        self.began: Future[str] = Future()

    def future(self):
        return self.began


class Cluster:
    def __init__(self):
        self.actors: list[Actor] = []
        self.ended: list[Actor] = []
        self.kept: list[Actor] = []

    def start(self) -> tuple[Actor, Actor]:
        self.actors.append(Actor())
        return self.actors[-1], self.actors[-1]

    def end(self, actor: Actor, busy: bool) -> None:
        (self.ended if busy else self.kept).append(actor)

    def ready(self, *numbers: int) -> None:
        for number in numbers:
            self.actors[number].began.set_result(f"node {number}")


def pool(wanted: int, pieces: int) -> tuple[Pool, Cluster]:
    cluster = Cluster()
    made = Pool(cluster.start, cluster.end, wanted)
    for _ in range(pieces):
        made.added()
    return made, cluster


def test_no_more_workers_are_started_than_there_are_pieces():
    _, cluster = pool(wanted=8, pieces=3)

    assert len(cluster.actors) == 3


def test_workers_are_asked_for_in_rounds_as_nodes_come():
    made, cluster = pool(wanted=64, pieces=1000)
    before = len(cluster.actors)

    cluster.ready(0, 1, 2)

    assert before == AHEAD
    assert len(cluster.actors) == AHEAD + 3
    made.close()
    assert (len(cluster.kept), len(cluster.ended)) == (AHEAD + 3, 0)


def test_workers_have_two_pieces_each_also_of_the_last_ones_where_there_is_one_more_for_each():
    """The last piece of each worker came when the one before was encoded, so the model waited for the encoder."""
    made, cluster = pool(wanted=2, pieces=6)
    cluster.ready(0, 1)
    first = [made.take() for _ in range(4)]
    for worker in first[:2]:
        made.give_back(worker)
        made.settled()

    last = [made.take(), made.take()]

    assert first[0] is not first[1]
    assert set(last) == set(first[:2])


def test_a_worker_gets_a_second_piece_while_there_is_plenty_and_none_at_the_end():
    made, cluster = pool(wanted=2, pieces=3)
    cluster.ready(0, 1)
    first, second, third = made.take(), made.take(), None

    assert first is not second  # each has one before any has two
    taker = Thread(target=lambda: made.take(), daemon=True)
    taker.start()
    taker.join(0.1)
    assert taker.is_alive(), f"one was held back: {third}"
    made.give_back(first)
    taker.join(5)
    assert not taker.is_alive()
    made.close()


def test_a_piece_that_is_tried_alone_shares_its_worker_with_none():
    made, cluster = pool(wanted=1, pieces=9)
    cluster.ready(0)

    worker = made.take(alone=True)
    taker = Thread(target=lambda: made.take(), daemon=True)
    taker.start()
    taker.join(0.1)

    assert taker.is_alive()
    made.give_back(worker)
    taker.join(5)
    assert not taker.is_alive()


def test_a_lost_worker_is_replaced_once_however_many_pieces_it_had():
    made, cluster = pool(wanted=1, pieces=9)
    cluster.ready(0)
    worker = made.take()
    made.take()

    made.lost(worker)
    made.lost(worker)

    assert len(cluster.actors) == 2


@pytest.mark.parametrize(
    ("error", "tried"), [(SetupMissing("no vault here"), 2), (RuntimeError("no disk"), 6)]
)
def test_workers_that_cannot_begin_are_given_up_with_their_own_words(error: Exception, tried: int):
    made, cluster = pool(wanted=2, pieces=9)

    told = RuntimeError("a stack of Ray's") if isinstance(error, SetupMissing) else error
    told.cause = error
    for actor in cluster.actors:  # each may be replaced while this goes on
        actor.began.set_exception(told)

    assert len(cluster.actors) == tried
    with pytest.raises(SetupMissing, match=str(error)):
        made.take()


def test_a_node_where_workers_cannot_begin_does_not_end_the_stage_of_the_others():
    """Workers of a node without memory failed to begin, again and again, and the stage was given up."""
    made, cluster = pool(wanted=2, pieces=9)
    cluster.ready(0)

    for actor in cluster.actors[1:]:
        actor.began.set_exception(ModelFailed("out of memory"))
    while not cluster.actors[-1].began.done():
        cluster.actors[-1].began.set_exception(ModelFailed("out of memory"))

    assert made.take().place == "node 0"
    assert len(cluster.actors) == 6


def test_a_piece_that_is_tried_alone_comes_before_all_that_wait():
    """Workers were given second pieces all the time, so a piece that had failed once came last."""
    made, cluster = pool(wanted=1, pieces=9)
    cluster.ready(0)
    worker, _ = made.take(), made.take()
    alone, other = Thread(target=lambda: made.take(alone=True)), Thread(target=made.take)
    for taker in (alone, other):
        taker.daemon = True
        taker.start()
        taker.join(0.1)

    made.give_back(worker)
    made.give_back(worker)
    alone.join(5)
    other.join(0.1)

    assert not alone.is_alive() and other.is_alive()


def test_a_pool_that_is_closed_sends_away_who_waits():
    made, _ = pool(wanted=1, pieces=1)
    sent_away = []

    def wait() -> None:
        try:
            made.take()
        except Stopped:
            sent_away.append(True)

    waiting = Thread(target=wait)
    waiting.start()
    made.close()
    waiting.join(5)

    assert sent_away == [True]
