"""Claims about what the law of a territory asks: read from the table, and refused where it cannot be done."""

import json
from datetime import date

import pytest

from assets.errors import InputRefused, SheetRefused
from assets.rights import clearance, labels
from assets.rights.clearance import Used
from assets.rights.terms import granted as granted_terms
from assets.sheets.policy import Policy
from assets.sheets.rights import Grant
from assets.sheets.territories import COUNTRIES, UNIONS, countries


def policy(*territories, producer="Studio Nagi"):
    raw = {
        "name": "client", "data_classes": ["owned"], "commercial": False, "territories": list(territories),
        "producer": producer,
    }  # fmt: skip
    return Policy.from_raw(raw, "client.yaml")


def grant(*territories):
    raw = {"id": "G1", "by": "P1", "works": ["nagi"], "licence": "LicenseRef-c1", "data_class": "owned",
           "scope": ["generate"], "territories": list(territories)}  # fmt: skip
    return Grant.model_validate(raw)


@pytest.mark.parametrize(
    ("territories", "asking"),
    [
        ((), []),
        (("JP", "US"), []),
        (("EU",), ["EU"]),
        (("DE",), ["EU"]),
        (("CN", "JP"), ["CN"]),
        (("FR", "CN"), ["EU", "CN"]),
        (("HK", "TW", "CH", "GB"), []),
        (("worldwide",), ["EU", "CN"]),
        (("worldwide", "JP"), ["EU", "CN"]),
    ],
)
def test_only_the_laws_of_named_territories_ask_for_a_label(territories, asking):
    assert [one.code for one in labels.due(policy(*territories))] == asking


def test_worldwide_has_the_label_of_every_territory_whose_law_is_known():
    """A policy for the whole world had none: nothing could be written that stood for every territory."""
    asked = labels.due(policy("worldwide"))

    assert asked == labels.table().territories
    assert labels.words(asked) == "AI-generated / AI生成"
    assert labels.unstated(policy("worldwide")) == ()


def test_a_policy_for_sale_that_names_no_territory_says_that_it_is_not_labelled():
    [said] = labels.unstated(policy().model_copy(update={"commercial": True}))

    assert "EU and CN ask for" in said and "territories: [worldwide]" in said
    assert labels.unstated(policy("JP").model_copy(update={"commercial": True})) == ()


def test_every_row_of_the_table_names_its_law_its_source_and_a_day_that_has_come():
    table = labels.table()

    assert {one.code: one.text for one in table.territories} == {"EU": "AI-generated", "CN": "AI生成"}
    assert all(one.law and one.source and one.since <= table.checked for one in table.territories)
    assert [(one.seconds, one.letter) for one in table.territories if one.code == "CN"] == [(2, 0.05)]
    assert table.checked <= date.today()


def test_the_words_for_several_territories_stand_side_by_side():
    assert labels.words(labels.due(policy("CN", "EU"))) == "AI-generated / AI生成"
    assert labels.words(labels.due(policy("JP"))) == ""


def test_the_key_for_china_holds_the_fields_of_the_standard_in_their_order():
    [china] = labels.due(policy("CN"))

    [(key, value)] = labels.metadata(china, producer='Studio "凪"', content="c0ffee").items()

    assert key == "AIGC"
    assert list(json.loads(value).items()) == [
        ("Label", "1"),
        ("ContentProducer", 'Studio "凪"'),
        ("ProduceID", "c0ffee"),
        ("ReservedCode1", ""),
        ("ContentPropagator", ""),
        ("PropagateID", ""),
        ("ReservedCode2", ""),
    ]


@pytest.mark.parametrize("code", ["UK", "ZZ", "XX", "EL", "cn", "EEA", ""])
def test_a_policy_with_an_unknown_territory_is_refused(code):
    """Any two capitals were taken, so a label that UK or a slip of the pen asked for was left out in silence."""
    with pytest.raises(SheetRefused, match="territories"):
        policy(code)


def test_a_wrong_code_is_refused_with_the_right_one():
    with pytest.raises(SheetRefused, match=r"UK is no code of a territory.*write GB"):
        policy("UK")


def test_a_policy_for_china_without_a_producer_is_refused_when_it_is_read(tmp_path):
    file = tmp_path / "client.yaml"
    file.write_text(policy("CN", producer="").to_yaml())

    with pytest.raises(InputRefused, match="producer: NAME OR REGISTRATION CODE"):
        clearance.policy(str(file))


def test_a_policy_of_the_first_version_is_still_read():
    raw = {
        "sheet": "policy",
        "version": 1,
        "name": "client",
        "data_classes": ["owned"],
        "territories": ["JP"],
    }

    assert Policy.from_raw(raw, "client.yaml").producer == ""


def test_the_union_has_27_members_and_a_country_is_only_itself():
    assert len(UNIONS["EU"]) == 27
    assert UNIONS["EU"] < COUNTRIES
    assert countries(["EU", "JP"]) == UNIONS["EU"] | {"JP"}


@pytest.mark.parametrize(
    ("granted", "delivered", "passes"),
    [
        ("EU", "DE", True),
        ("EU", "EU", True),
        ("DE", "EU", False),
        ("EU", "CH", False),
        ("worldwide", "worldwide", True),
        ("worldwide", "CH", True),
        ("EU", "worldwide", False),
    ],
)
def test_a_grant_covers_its_territories_and_no_others(granted, delivered, passes):
    used = Used("a picture", "key", granted_terms(grant(granted)))

    found = clearance.objections(used, policy(delivered), "run", on=date(2026, 11, 28))

    assert (not found) == passes
