"""One real server for all tests of a file: it takes half a minute to start."""

from collections.abc import Iterator

import pytest

from tests.flows.deployments.real_server import RealServer, free_port


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator[RealServer]:
    made = RealServer(tmp_path_factory.mktemp("server"), free_port())
    try:
        made.open()
        made.sakuga("register")
        made.worker()
        yield made
    finally:
        made.close()
