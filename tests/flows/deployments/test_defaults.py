"""A studio's defaults in a Prefect Variable."""

from pathlib import Path

import pytest
from prefect.variables import Variable

from assets.errors import InputRefused
from flows.deployments import defaults
from flows.episode.brief import Brief


@pytest.fixture
def variable(prefect):
    def put(value: object) -> None:
        Variable.set(defaults.NAME, value, overwrite=True)

    yield put
    Variable.unset(defaults.NAME)


def test_what_an_order_gives_stays_and_what_it_does_not_give_is_the_studio_s(variable):
    variable({"profile": "animatic", "gates": ["storyboard"], "takes": 2})

    brief = defaults.applied(Brief(script=Path("a.fountain"), profile="toy"))

    assert (brief.profile, brief.gates, brief.takes) == ("toy", ("storyboard",), 2)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"profil": "toy"}, "names profil"),
        ({"script": "a.fountain"}, "names script"),
        ("toy", "is 'toy'"),
        ({"takes": 99}, "wrong at takes"),
    ],
)
def test_a_wrong_variable_is_told_by_its_name(variable, value: object, said: str):
    variable(value)

    with pytest.raises(InputRefused, match=said):
        defaults.applied(Brief(script=Path("a.fountain")))


def test_without_the_variable_an_order_stays_as_it_is(prefect):
    brief = Brief(script=Path("a.fountain"))

    assert defaults.applied(brief) is brief
