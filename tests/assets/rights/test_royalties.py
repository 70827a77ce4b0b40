"""Claims about royalties: every pool is shared out to the last minor unit, and a merge pays what it derives from."""

from fractions import Fraction
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.errors import InputRefused
from assets.rights.royalties.money import DECIMALS, divided, minor, written
from assets.rights.royalties.payees import Made, Payees
from assets.rights.royalties.pools import CutUse, Used, of_delivery, of_training
from assets.sheets.royalties import PARTS, RoyaltyRule

HOLDERS = [f"P-{number:02}" for number in range(40)]
FUND = "F-all"

amounts = st.decimals(0, 10**7, places=3).map(lambda amount: f"{amount:f}")
pools = st.fixed_dictionaries({"fixed": amounts, "per_unit": amounts, "most": st.none() | amounts})
rules = st.builds(
    lambda currency, training, usage, split, absent, keep: RoyaltyRule.model_validate(
        {"id": "r", "currency": currency, "training": training, "usage": usage, "absent": absent,
         "split": dict(zip(PARTS, split, strict=True)), "makers_keep": keep, "fund": {"id": FUND, "name": "Fund"}}
    ),
    st.sampled_from(sorted(DECIMALS)), pools, pools,
    st.lists(st.integers(0, 100), min_size=5, max_size=5).filter(any),
    st.sampled_from(["shared", "fund"]), st.integers(0, 100),
)  # fmt: skip


def rule(**changes) -> RoyaltyRule:
    plain = {"id": "r", "currency": "JPY", "training": {"fixed": "1000"}, "usage": {"per_unit": "100"},
             "split": {"base": 40, "loras": 30, "references": 10, "voices": 15, "music": 5},
             "fund": {"id": FUND, "name": "Fund"}}  # fmt: skip
    return RoyaltyRule.model_validate(plain | changes)


def season(seed: int, *, deliveries: int, cuts: int):
    """Works of 40 people, LoRAs and merges of them, and what every cut of every episode used."""
    chance = Random(seed)
    works = {f"work-{number}": Made(makers={holder: chance.randint(1, 9) for holder in chance.sample(HOLDERS, 2)})
             for number in range(60)}  # fmt: skip
    for number in range(10):
        trained = {f"work-{one}": chance.randint(1, 5000) for one in chance.sample(range(60), 8)}
        works[f"lora-{number}"] = Made(makers={chance.choice(HOLDERS): 1}, sources=trained)
    for number in range(4):
        below = chance.sample([name for name in works if not name.startswith("work")], 3)
        works[f"merge-{number}"] = Made(sources={name: chance.randint(1, 10**9) for name in below})
    names = [*works, "unregistered"]

    def used():
        for part in chance.sample(PARTS, chance.randint(0, 5)):
            for name in chance.sample(names, chance.randint(1, 3)):
                yield Used(part, name, Fraction(chance.randint(0, 200), 100))

    episodes = [
        [CutUse(f"C{cut:03}", Fraction(chance.randint(1, 240) * 1001, 24000), tuple(used())) for cut in range(cuts)]
        for _ in range(deliveries)
    ]  # fmt: skip
    shown = {f"work-{number}": Fraction(chance.randint(1, 10) * 1000, 7) for number in range(60)}
    return works, episodes, shown


def check_season(rule: RoyaltyRule, season) -> None:
    works, episodes, shown = season
    payees = Payees(works, Fraction(rule.makers_keep, 100), FUND)

    def of(_, name):
        return payees.of(name)

    shared = [of_delivery(f"d{number}", cuts, rule, of) for number, cuts in enumerate(episodes)]
    shared.append(of_training("t", shown, rule, of))

    for pool in shared:
        assert sum(pool.amounts.values()) == pool.total
        assert sum(line.share for line in pool.lines) == 1
        for payee, amount in pool.amounts.items():
            exact = pool.total * sum(line.share for line in pool.lines if line.payee == payee)
            assert abs(amount - exact) < 1
    assert set().union(*(pool.amounts for pool in shared)) <= {*HOLDERS, FUND}


SMALL = season(1, deliveries=2, cuts=4)
LARGE = season(2, deliveries=12, cuts=12)


@settings(max_examples=100, deadline=None)
@given(rules)
def test_a_season_is_shared_out_exactly_under_every_rule(rule):
    check_season(rule, SMALL)


@pytest.mark.slow
@settings(max_examples=1000, deadline=None)
@given(rules)
def test_a_season_with_40_rights_holders_is_shared_out_exactly_under_1000_rules(rule):
    check_season(rule, LARGE)


@given(
    st.integers(0, 10**12),
    st.lists(st.fractions(0, 1000, max_denominator=5000), min_size=1, max_size=12).filter(any),
)
def test_a_divided_sum_adds_up_and_nobody_is_a_unit_off(total, given):
    shares = {f"P-{number}": share for number, share in enumerate(given)}

    parts = divided(total, shares, "salt")

    assert sum(parts.values()) == total
    assert all(abs(parts[id] - total * share / sum(shares.values())) < 1 for id, share in shares.items())
    assert parts == divided(total, dict(reversed(shares.items())), "salt")


def test_a_unit_left_over_goes_to_no_name_more_often_than_to_another():
    """With ties by name alone, the first name would win the odd yen of every pool."""
    wins = [divided(1, {"a": Fraction(1), "b": Fraction(1)}, str(number))["a"] for number in range(200)]

    assert 70 < sum(wins) < 130


def test_a_person_without_a_share_gets_no_unit_that_is_left_over():
    assert divided(1, {"a": Fraction(0), "b": Fraction(1)}, "x") == {"a": 0, "b": 1}


@pytest.mark.parametrize(
    ("amount", "currency", "units", "text"),
    [
        ("1234567.5", "JPY", 1234568, "1,234,568 JPY"),
        ("12345.674", "USD", 1234567, "12,345.67 USD"),
        ("0.005", "EUR", 1, "0.01 EUR"),
        ("0.0004", "KWD", 0, "0.000 KWD"),
    ],
)
def test_money_is_rounded_to_the_minor_unit_of_its_currency(amount, currency, units, text):
    assert minor(Fraction(amount), currency) == units
    assert written(units, currency) == text


def test_a_merge_pays_the_works_under_its_loras_by_their_weights():
    works = {
        "a": Made(makers={"P-a": 1}), "b": Made(makers={"P-b": 1}),
        "lora-1": Made(sources={"a": 300, "b": 100}), "lora-2": Made(sources={"b": 50}),
        "merge": Made(sources={"lora-1": 7, "lora-2": 3}),
        "merge-of-merge": Made(makers={"P-m": 1}, sources={"merge": 1}),
    }  # fmt: skip

    assert Payees(works, Fraction(0), FUND).of("merge") == {
        "P-a": Fraction(7, 10) * Fraction(3, 4),
        "P-b": Fraction(7, 10) * Fraction(1, 4) + Fraction(3, 10),
    }
    kept = Payees(works, Fraction(1, 5), FUND).of("merge-of-merge")
    assert kept["P-m"] == Fraction(1, 5)
    assert kept["P-a"] == Fraction(4, 5) * Fraction(21, 40)


def test_a_chain_of_merges_longer_than_the_stack_is_paid():
    works = {str(number): Made(sources={str(number + 1): 1}) for number in range(5000)}
    works["5000"] = Made(makers={"P-a": 1})

    assert Payees(works, Fraction(0), FUND).of("0") == {"P-a": 1}


def test_works_that_derive_from_each_other_are_refused():
    with pytest.raises(InputRefused, match="derives from itself"):
        Payees({"a": Made(sources={"b": 1}), "b": Made(sources={"a": 1})}, Fraction(0), FUND).of("a")


@pytest.mark.parametrize("work", [None, "unknown", "empty"])
def test_a_share_that_belongs_to_nobody_goes_to_the_fund(work):
    assert Payees({"empty": Made()}, Fraction(0), FUND).of(work) == {FUND: 1}


def test_what_a_cut_does_not_use_is_shared_or_goes_to_the_fund_as_the_rule_says():
    cut = CutUse("C001", Fraction(10), (Used("base", "P-base"), Used("voices", "P-voice")))

    def amounts(absent):
        return of_delivery(
            "d", [cut], rule(absent=absent), lambda _, name: {name or FUND: Fraction(1)}
        ).amounts

    assert amounts("shared") == {"P-base": 727, "P-voice": 273}
    assert amounts("fund") == {"P-base": 400, "P-voice": 150, FUND: 450}


def test_loras_are_paid_by_their_strength_and_a_switched_off_one_not_at_all():
    used = (
        Used("loras", "P-a", Fraction("0.8")),
        Used("loras", "P-b", Fraction("0.2")),
        Used("loras", "P-c", Fraction(0)),
    )
    shared = of_delivery(
        "d", [CutUse("C001", Fraction(5), used)], rule(), lambda _, name: {name: Fraction(1)}
    )

    assert shared.amounts == {"P-a": 400, "P-b": 100}


@pytest.mark.parametrize("cuts", [[], [CutUse("C001", Fraction(0), ())], [CutUse("C001", Fraction(3), ())]])
def test_a_pool_in_which_nothing_is_owned_goes_to_the_fund(cuts):
    shared = of_delivery("d", cuts, rule(usage={"fixed": "500"}), lambda _, name: {name or FUND: Fraction(1)})

    assert shared.amounts == {FUND: 500}


def test_a_training_pays_by_exposures():
    payees = {"one": {"P-a": Fraction(1)}, "two": {"P-b": Fraction(1, 2), "P-a": Fraction(1, 2)}}
    shared = of_training(
        "t", {"one": Fraction(10), "two": Fraction(30)}, rule(), lambda _, name: payees[name]
    )

    assert shared.amounts == {"P-a": 625, "P-b": 375}
    assert shared.units == 40
