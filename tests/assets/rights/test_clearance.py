"""Claims about policies: what is refused, with which sentence, and what an exception covers."""

from datetime import date

import pytest

from assets.errors import InputRefused, RightsRefused
from assets.rights.clearance import LIBRARY, Used, clear, policy
from assets.rights.licences import alternatives
from assets.rights.terms import FREE, Terms
from assets.sheets.policy import Policy

DAY = date(2026, 11, 28)
STRICT = policy("own-or-licensed-strict")


def used(data="scraped", licence="Apache-2.0", **given):
    terms = Terms(data_class=data, licences=alternatives(licence), **given)
    return Used("the animator wan (hub/wan at 1f2e)", "animator/wan@1f2e", terms, frozenset({"wan"}))


def refusal(one, rules=STRICT, purpose="run", **more):
    with pytest.raises(RightsRefused) as refused:
        clear([one], rules, purpose, on=DAY, **more)
    return str(refused.value)


def test_a_scraped_model_is_refused_for_four_uses_with_four_sentences():
    sentences = {purpose: refusal(used(), purpose=purpose) for purpose in ("run", "train", "merge", "export")}

    assert len(set(sentences.values())) == 4
    assert all("wan" in said and "'scraped'" in said for said in sentences.values())
    assert sentences["run"].startswith("This run would use")
    assert "may not be trained on" in sentences["train"]
    assert "may not be merged" in sentences["merge"]
    assert sentences["export"].startswith("Nothing was delivered")


@pytest.mark.parametrize("data", ["owned", "licensed", "public-domain", "opt-in"])
def test_data_that_people_gave_passes_the_strict_policy(data):
    assert clear([used(data)], STRICT, "run", on=DAY).notes == []


@pytest.mark.parametrize("data", ["opt-out", "scraped", "undisclosed"])
def test_a_commercial_licence_alone_does_not_pass_the_strict_policy(data):
    assert "origin of its data" in refusal(used(data, "Apache-2.0"))


@pytest.mark.parametrize(
    ("one", "rules", "word"),
    [
        (used("owned", "CC-BY-NC-4.0"), {}, "forbids commercial use"),
        (used("owned", "GPL-3.0-only"), {}, "are not known here"),
        (used("owned", "LicenseRef-unstated"), {}, "are not known here"),
        (used("owned", "stabilityai-ai-community"), {}, "does not state the client's"),
        (used("owned", "stabilityai-ai-community"), {"revenue": 2_000_000}, "ends at a yearly revenue of $1,000,000"),
        (used("owned", territories=frozenset({"JP"})), {}, "names no territories, so it must be worldwide"),
        (
            used("owned", territories=frozenset({"JP"})),
            {"territories": ["worldwide"]},
            "granted only for JP, and the policy says worldwide",
        ),
        (used("owned", territories=frozenset({"JP"})), {"territories": {"JP", "FR"}}, "not granted for FR"),
        (used("owned", ends=date(2026, 11, 27)), {}, "ended on 2026-11-27"),
        (used("owned", begins=date(2026, 11, 29)), {}, "begins on 2026-11-29"),
        (used("owned", exclusive_to=frozenset({"Minato"})), {"client": "Kita"}, "exclusively for Minato"),
        (used("owned", scope=frozenset({"train"})), {}, "no grant covers the use 'generate'"),
        (used("owned"), {"forbidden_bases": {"wan"}}, "forbids wan"),
    ],
)  # fmt: skip
def test_each_rule_refuses_with_its_own_reason(one, rules, word):
    assert word in refusal(one, Policy.model_validate({**STRICT.model_dump(), **rules}))


@pytest.mark.parametrize(
    ("one", "rules"),
    [
        (used("owned", "CC-BY-NC-4.0 OR MIT"), {}),
        (used("owned", "LicenseRef-contract", grants=frozenset({"G1"})), {}),
        (used("owned", "stabilityai-ai-community"), {"revenue": 900_000}),
        (used("owned", territories=frozenset({"JP"})), {"territories": {"JP"}}),
        (used("owned", ends=DAY, begins=DAY), {}),
        (used("owned", exclusive_to=frozenset({"Minato"})), {"client": "Minato"}),
        (used("owned", "CC-BY-NC-4.0"), {"commercial": False}),
    ],
)
def test_what_a_rule_allows_passes(one, rules):
    cleared = clear([one], Policy.model_validate({**STRICT.model_dump(), **rules}), "run", on=DAY)

    assert cleared.used == (one,)
    assert not cleared.exempt


def test_work_without_derivatives_may_be_shown_and_not_trained_on():
    one = used("owned", "CC-BY-ND-4.0")
    clear([one], STRICT, "run", on=DAY)

    assert "forbids derived works" in refusal(one, purpose="train")


def exempting(**given):
    exempt = {"model": "wan", "revision": "1f2e", "reason": "Accepted by the client in writing.", **given}
    return Policy.model_validate({**STRICT.model_dump(), "exceptions": [exempt]})


def test_an_exception_lets_one_revision_pass_and_says_so():
    cleared = clear([used()], exempting(), "run", on=DAY)

    assert "only by a named exception. Accepted by the client" in cleared.notes[0]


@pytest.mark.parametrize("given", [{"revision": "other"}, {"model": "other"}, {"until": "2026-11-27"}])
def test_an_exception_covers_nothing_else(given):
    assert "'scraped'" in refusal(used(), exempting(**given))


def test_an_exception_for_the_data_does_not_excuse_the_licence():
    assert "forbids commercial use" in refusal(used("scraped", "CC-BY-NC-4.0"), exempting())


def test_an_exception_that_is_not_needed_is_not_told():
    assert clear([used("owned")], exempting(), "run", on=DAY).notes == []


def test_an_override_covers_its_key_and_nothing_else():
    other = Used("the voice x", "voice/x@1", Terms(data_class="scraped"))
    clear([used()], STRICT, "run", on=DAY, allowed=["animator/wan@1f2e"])

    with pytest.raises(RightsRefused, match="the voice x"):
        clear([used(), other], STRICT, "run", on=DAY, allowed=["animator/wan@1f2e"])


def test_everything_that_is_refused_is_named_at_once():
    other = Used("the voice x", "voice/x@1", Terms(data_class="undisclosed"))

    with pytest.raises(RightsRefused, match=r"(?s)the animator wan.*the voice x"):
        clear([used(), other], STRICT, "run", on=DAY)


def test_a_refusal_says_what_would_pass():
    one = Used(
        "the voice x", "voice/x@1", Terms(data_class="scraped"), instead=lambda: "These would pass: y."
    )

    assert refusal(one).endswith("These would pass: y.")


@pytest.mark.parametrize("name", [path.stem for path in LIBRARY.glob("*.yaml")])
def test_a_policy_of_the_library_is_named_as_its_file_and_passes_what_is_free(name):
    assert policy(name).name == name
    clear([Used("a rig", "rig@1", FREE)], policy(name), "export", on=DAY)


def test_an_unknown_policy_is_refused_with_those_that_exist():
    with pytest.raises(InputRefused, match="own-or-licensed"):
        policy("anything-goes")


def test_training_on_takes_needs_the_clients_approval():
    with pytest.raises(ValueError, match="approval"):
        Policy.model_validate({**STRICT.model_dump(), "train_on_takes": "allow"})


PERMISSIVE = policy("permissive-licence")


@pytest.mark.parametrize(
    ("licence", "word"),
    [
        ("LicenseRef-unstated", "nobody has stated its licence"),
        ("stabilityai-ai-community", "revenue of $1,000,000"),
    ],
)
def test_what_nobody_has_stated_passes_the_permissive_policy_and_is_named(licence, word):
    """The strict one refuses it: see the table above."""
    assert word in clear([used("undisclosed", licence)], PERMISSIVE, "run", on=DAY).notes[0]


@pytest.mark.parametrize("licence", ["LicenseRef-CircleStone-NC", "CC-BY-NC-4.0", "LicenseRef-unheard-of"])
def test_the_permissive_policy_refuses_a_licence_that_is_stated_and_does_not_allow_sale(licence):
    assert "licence" in refusal(used("undisclosed", licence), PERMISSIVE)


def test_a_revenue_above_the_limit_is_refused_by_the_permissive_policy():
    rich = Policy.model_validate({**PERMISSIVE.model_dump(), "revenue": 2_000_000})

    assert "ends at a yearly revenue" in refusal(used("owned", "stabilityai-ai-community"), rich)
