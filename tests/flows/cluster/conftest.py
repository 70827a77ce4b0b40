"""A Ray cluster, or a whole studio with one, for all tests of a file: they take some seconds to start."""

from collections.abc import Iterator
from importlib.util import find_spec

import pytest

from flows.cluster.connection import LOCAL, Connection
from tests.flows.cluster.studio import Studio, free_port


@pytest.fixture(scope="module")
def local_ray() -> Iterator[None]:
    """Ray started once, as a run with SAKUGA_RAY=local starts it; runs find it there and leave it."""
    if find_spec("ray") is None:
        pytest.skip("Ray is not installed")
    connection = Connection(LOCAL)
    connection.open()
    yield
    connection.close()


@pytest.fixture(scope="module")
def studio(tmp_path_factory) -> Iterator[Studio]:
    """Prefect's server and a worker, and a Ray cluster on a port of its own."""
    if find_spec("ray") is None:
        pytest.skip("Ray is not installed")
    made = Studio(tmp_path_factory.mktemp("studio"), free_port(), free_port())
    try:
        made.open()
        yield made
    finally:
        made.close()
