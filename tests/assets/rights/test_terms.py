"""Claims about what derived material inherits: the strictest of everything that went in, never more."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.errors import InputRefused
from assets.rights.licences import alternatives, both, facts, written
from assets.rights.terms import CLASSES, EVERY_SCOPE, FREE, Terms, contradictions, granted, joined
from assets.sheets.rights import Grant

DAY = date(2026, 11, 28)
LICENCES = [
    "Apache-2.0",
    "CC0-1.0",
    "CC-BY-SA-4.0",
    "FAIPL-1.0-SD",
    "MIT OR CC0-1.0",
    "LicenseRef-one AND MIT",
]
PLACES = ["JP", "FR", "US", "KR"]

days = st.none() | st.dates(date(2026, 1, 1), date(2027, 12, 31))
few = st.frozensets(st.sampled_from(["a", "b", "c"]), max_size=2)
terms = st.builds(
    Terms,
    data_class=st.sampled_from(CLASSES),
    licences=st.lists(st.sampled_from(LICENCES), max_size=2)
    .map(" AND ".join)
    .map(lambda text: alternatives(text) if text else FREE.licences),
    scope=st.frozensets(st.sampled_from(sorted(EVERY_SCOPE))),
    territories=st.none() | st.frozensets(st.sampled_from(PLACES)),
    begins=days,
    ends=days,
    revocable=st.booleans(),
    exclusive_to=few,
    duties=few,
    grants=few,
)


@given(terms, terms, terms)
def test_it_does_not_matter_in_which_order_works_are_joined(one, other, third):
    assert joined([one, other]) == joined([other, one])
    assert joined([joined([one, other]), third]) == joined([one, joined([other, third])])


@given(terms)
def test_a_work_used_twice_counts_once(one):
    assert joined([one, one]) == one
    assert joined([one, FREE]) == one


@given(terms, terms, st.sampled_from(sorted(EVERY_SCOPE)), st.sampled_from(PLACES), days.filter(bool))
def test_nothing_is_allowed_that_one_of_the_sources_forbids(one, other, scope, place, day):
    result = joined([one, other])

    assert not result.permits(scope, place, day) or (
        one.permits(scope, place, day) and other.permits(scope, place, day)
    )
    assert CLASSES.index(result.data_class) >= CLASSES.index(one.data_class)
    assert result.duties >= one.duties
    assert result.exclusive_to >= one.exclusive_to
    assert result.grants >= one.grants
    assert result.revocable >= one.revocable


@given(terms, terms)
def test_every_way_to_satisfy_the_result_satisfies_each_source(one, other):
    result = joined([one, other])

    assert all(any(way >= mine for mine in one.licences) for way in result.licences)


TABLE = [
    # what went in, what comes out: data class, scope, territories, ends
    ("owned", "licensed", "licensed"),
    ("licensed", "public-domain", "public-domain"),
    ("opt-in", "opt-out", "opt-out"),
    ("opt-out", "scraped", "scraped"),
    ("scraped", "undisclosed", "undisclosed"),
    ("owned", "undisclosed", "undisclosed"),
]


@pytest.mark.parametrize(("one", "other", "result"), TABLE)
def test_the_less_safe_origin_is_inherited(one, other, result):
    assert joined([Terms(data_class=one), Terms(data_class=other)]).data_class == result


def grant(**given):
    given = {"id": "G1", "by": "P1", "works": ["W1"], "licence": "LicenseRef-c", "data_class": "licensed",
             "scope": ["train", "generate"], **given}  # fmt: skip
    return granted(Grant.model_validate(given))


def test_a_dataset_ends_when_its_first_grant_ends():
    result = joined([grant(ends="2027-03-31"), grant(ends="2026-12-31"), grant()])

    assert result.ends == date(2026, 12, 31)


def test_scope_and_territory_are_what_all_grants_have_in_common():
    result = joined([grant(territories=["JP", "FR"]), grant(scope=["generate"], territories=["JP", "US"])])

    assert (result.scope, result.territories) == ({"generate"}, {"JP"})


@pytest.mark.parametrize(
    ("sources", "word"),
    [
        ([grant(exclusive_to="A"), grant(exclusive_to="B")], "exclusively to A and B"),
        ([grant(exclusive_to="A"), grant(licence="FAIPL-1.0-SD")], "shared with everybody"),
        ([grant(licence="CC-BY-SA-4.0"), grant(licence="FAIPL-1.0-SD")], "CC-BY-SA, FAIPL"),
        ([grant(scope=["train"]), grant(scope=["generate"])], "no use in common"),
        ([grant(territories=["JP"]), grant(territories=["FR"])], "no territory in common"),
        ([grant(begins="2027-01-01"), grant(ends="2026-12-31")], "no day in common"),
    ],
)
def test_promises_that_cannot_all_be_kept_are_named(sources, word):
    assert any(word in sentence for sentence in contradictions(joined(sources)))


def test_a_choice_of_licences_avoids_a_contradiction():
    chosen = joined([grant(exclusive_to="A"), grant(licence="CC-BY-SA-4.0 OR MIT")])

    assert contradictions(chosen) == []


@pytest.mark.parametrize(
    ("expression", "result"),
    [
        ("Apache-2.0 OR CC0-1.0", "Apache-2.0 OR CC0-1.0"),
        ("(MIT OR Apache-2.0) AND MIT", "MIT"),
        ("MIT AND MIT", "MIT"),
        ("creativeml-openrail-m", "CreativeML-OpenRAIL-M"),
        ("CreativeML-OpenRAIL++-M", "CreativeML-OpenRAIL-PP-M"),
        ("faipl-1.0-sd", "FAIPL-1.0-SD"),
        ("bigscience-openrail-m", "LicenseRef-scancode-bigscience-open-rail-m"),
        ("LicenseRef-contract-7", "LicenseRef-contract-7"),
    ],
)
def test_an_expression_is_read_as_its_alternatives(expression, result):
    assert written(alternatives(expression)) == result


@pytest.mark.parametrize("expression", ["", "MIT AND", "Nonsense-1.0", "NOASSERTION", "(MIT", "MIT OR Nope"])
def test_an_unknown_licence_is_refused_with_an_example(expression):
    with pytest.raises(InputRefused, match=r"Write an SPDX expression such as Apache-2\.0"):
        alternatives(expression)


def test_every_licence_whose_terms_are_known_can_be_written_in_an_expression():
    assert [key for key in facts() if written(alternatives(key)) != key] == []


def test_both_of_two_choices_keeps_the_shortest_ways():
    assert written(both(alternatives("MIT OR ISC"), alternatives("MIT OR 0BSD"))) == "(0BSD AND ISC) OR MIT"
