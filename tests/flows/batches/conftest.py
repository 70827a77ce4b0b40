"""One studio for all tests of a file: its server takes half a minute to start."""

from collections.abc import Iterator

import pytest

from tests.flows.batches.studio import Studio, free_port


@pytest.fixture(scope="module")
def studio(tmp_path_factory) -> Iterator[Studio]:
    made = Studio(tmp_path_factory.mktemp("studio"), free_port())
    try:
        made.open()
        yield made
    finally:
        made.close()
