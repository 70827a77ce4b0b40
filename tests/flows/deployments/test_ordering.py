"""Orders that a person gives in the rushes room while a Prefect server is configured: a casting's next round."""

import os

import pytest
from prefect.settings import PREFECT_API_URL, temporary_settings

from assets import show as shows
from assets.errors import SetupMissing
from assets.sheets.casting import CastDecision
from assets.vault import Vault
from flows.cast.order import CastOrder
from flows.cast.rounds import Studio, asked
from flows.cast.service import decide
from flows.deployments.ordering import NO_WORKER, OnServer
from flows.review.rules import Reviewer
from tests.flows.deployments.real_server import RealServer, free_port, until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
NAME = "clear-skies/nagi"


class Quiet:
    def began(self, step, total): ...
    def moved(self, step, name, part): ...
    def done(self, done): ...


def test_the_next_round_waits_for_a_worker_and_is_drawn_by_it_in_the_projects_folder(server: RealServer):
    shows.copied("clear-skies", server.folder / "own")
    out = server.folder / "episodes"
    order = CastOrder(
        character="nagi", show=str(server.folder / "own"), profile="toy", out=out, count=2, views=("front",)
    )
    (out / ".sakuga").mkdir(parents=True, exist_ok=True)
    with server.store() as store, temporary_settings({PREFECT_API_URL: server.api}):
        where = Studio(store, Vault.open(out / ".sakuga/vault"), out)
        first = asked(order, where, Quiet())
        decide(where, first.id, CastDecision(verdict="again"), Reviewer("Ryo", "rushes", first.seen))
        server.stop("worker")
        orders = OnServer(server.folder)

        orders.cast(NAME, order)
        assert orders.casting(NAME).waits == NO_WORKER
        server.worker()
        second = until(lambda: store.castings(*NAME.split("/"))[1:], "the second round is there")[0]
        until(lambda: orders.casting(NAME) is None, "the run waits for a decision")

    assert (second.round, second.state, bool(second.run)) == (2, "open", True)
    assert second.bible == os.path.relpath(server.folder / "own/bible.yaml", out)


def test_a_run_that_failed_says_why(server: RealServer):
    order = CastOrder(character="nobody", show="clear-skies", profile="toy", out=server.folder / "episodes")
    with temporary_settings({PREFECT_API_URL: server.api}):
        orders = OnServer(server.folder)
        orders.cast("clear-skies/nobody", order)
        until(lambda: getattr(orders.casting("clear-skies/nobody"), "problem", ""), "the run has failed")

        assert "no character called 'nobody'" in orders.casting("clear-skies/nobody").problem


def test_a_server_without_the_deployment_is_told_with_the_command(tmp_path):
    bare = RealServer(tmp_path, free_port())
    try:
        bare.open()
        with (
            temporary_settings({PREFECT_API_URL: bare.api}),
            pytest.raises(SetupMissing, match="sakuga register"),
        ):
            OnServer(tmp_path).cast(NAME, CastOrder(character="nagi", show="clear-skies"))
    finally:
        bare.close()
