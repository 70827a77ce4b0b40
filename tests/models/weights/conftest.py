"""Every test here has a store folder of its own, and a hub where it asks for one."""

import pytest

from models.weights import store
from tests.models.weights.served import serving


@pytest.fixture(autouse=True)
def own_store(tmp_path):
    before = store.store()
    store.use_store(tmp_path / "store")
    yield tmp_path / "store"
    store.use_store(before)


@pytest.fixture
def served(tmp_path):
    with serving(tmp_path / "hub") as hub:
        yield hub
