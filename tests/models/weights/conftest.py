"""Every test here has a store folder of its own."""

import pytest

from models.weights import store


@pytest.fixture(autouse=True)
def own_store(tmp_path):
    before = store.store()
    store.use_store(tmp_path / "store")
    yield tmp_path / "store"
    store.use_store(before)
