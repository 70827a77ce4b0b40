"""Tiny sound pipelines, saved and loaded through our own loader; made once for all tests."""

import pytest

from models.lease import lease
from models.ports import Composer, Foley
from tests.models.tiny import sounds


@pytest.fixture(scope="session")
def saved(tmp_path_factory):
    """The folder of a tiny sound pipeline by its kind."""
    root, made = tmp_path_factory.mktemp("sounds"), {}

    def folder(kind):
        if kind not in made:
            made[kind] = sounds.save(kind, root / kind)
        return made[kind]

    return folder


@pytest.fixture(scope="module", params=["stable-audio-open", "stable-audio-3"])
def foley(request, saved):
    options = {"weights": {"path": saved(request.param)}, "steps": 2}
    with lease(Foley, "stable-audio", options=options) as leased:
        yield leased


@pytest.fixture(scope="module")
def composer(saved):
    options = {"weights": {"path": saved("ace-step")}, "steps": 2}
    with lease(Composer, "ace-step", options=options) as leased:
        yield leased
