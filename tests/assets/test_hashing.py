"""Claims about the two hashes: the same thing always the same, another thing another."""

import hashlib
import random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from assets.hashing import canonical, digest, recipe_key
from assets.sheets.bible import Character
from assets.sheets.look import Look

FEWER = settings(max_examples=40)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)
OBJECTS = st.dictionaries(st.text(max_size=6), VALUES, min_size=1, max_size=5)


def shuffled(value, chance):
    """The same data with the keys of every mapping in another order."""
    if isinstance(value, dict):
        keys = list(value)
        chance.shuffle(keys)
        return {key: shuffled(value[key], chance) for key in keys}
    return [shuffled(item, chance) for item in value] if isinstance(value, list) else value


def with_leaf(value, leaf, chance):
    """The same data with one leaf replaced by ``leaf``."""
    if isinstance(value, dict) and value:
        key = chance.choice(sorted(value))
        return {**value, key: with_leaf(value[key], leaf, chance)}
    if isinstance(value, list) and value:
        at = chance.randrange(len(value))
        return [*value[:at], with_leaf(value[at], leaf, chance), *value[at + 1 :]]
    return leaf


@FEWER
@given(value=VALUES, seed=st.integers(0, 99))
def test_the_order_of_keys_does_not_matter(value, seed):
    assert digest(shuffled(value, random.Random(seed))) == digest(value)


@FEWER
@given(value=VALUES, leaf=LEAVES, seed=st.integers(0, 99))
def test_a_changed_leaf_changes_the_digest(value, leaf, seed):
    changed = with_leaf(value, leaf, random.Random(seed))
    assume(canonical(changed) != canonical(value))

    assert digest(changed) != digest(value)


@FEWER
@given(left=VALUES, right=VALUES)
def test_different_data_have_different_canonical_forms(left, right):
    # Python holds 1 == 1.0 == True; JSON holds the first two equal and the third apart.
    assume(left != right)

    assert canonical(left) != canonical(right)


@FEWER
@given(value=OBJECTS)
def test_a_tuple_is_as_good_as_a_list(value):
    assert digest({"items": tuple(value)}) == digest({"items": list(value)})


def test_a_digest_is_the_sha256_of_the_canonical_json():
    assert canonical({"b": [1, 0.5, None], "a": "葵"}) == '{"a":"葵","b":[1,0.5,null]}'.encode()
    assert digest({"a": 1}) == hashlib.sha256(b'{"a":1}').hexdigest()


def test_a_sheet_has_the_digest_of_its_data():
    character = Character(id="aoi", names=("AOI",), look=Look(hair="bob"))

    assert digest({"who": character}) == digest({"who": character.model_dump(mode="json")})
    assert digest(character) != digest(character.model_copy(update={"look": Look(hair="long")}))


@pytest.mark.parametrize("value", [{1, 2}, b"bytes", object()])
def test_what_has_no_canonical_form_is_refused(value):
    with pytest.raises(TypeError, match="canonical form"):
        digest({"deep": [value]})


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 2**53])
def test_a_number_that_json_cannot_hold_exactly_is_refused(value):
    with pytest.raises(ValueError, match=r"JCS|JSON"):
        digest(value)


@FEWER
@given(step=st.text(max_size=5), machine=OBJECTS, inputs=OBJECTS, other=OBJECTS)
def test_each_ingredient_changes_the_recipe(step, machine, inputs, other):
    key = recipe_key(step, machine=machine, inputs=inputs)

    assert recipe_key(step + "x", machine=machine, inputs=inputs) != key
    if canonical(other) != canonical(machine):
        assert recipe_key(step, machine=other, inputs=inputs) != key
    if canonical(other) != canonical(inputs):
        assert recipe_key(step, machine=machine, inputs=other) != key


@FEWER
@given(depicts=OBJECTS, seeds=st.lists(st.integers(0, 2**32), min_size=2, max_size=2, unique=True))
def test_another_seed_is_another_recipe_for_the_same_basis(depicts, seeds):
    recipes = {
        recipe_key("take", machine={"name": "cel"}, inputs={"depicts": depicts, "seed": seed})
        for seed in seeds
    }
    bases = {digest(dict(depicts)) for _ in seeds}

    assert (len(recipes), len(bases)) == (2, 1)


@FEWER
@given(depicts=OBJECTS, machine=OBJECTS)
def test_a_machine_does_not_trade_places_with_its_inputs(depicts, machine):
    assume(canonical(depicts) != canonical(machine))

    assert recipe_key("take", machine=machine, inputs=depicts) != recipe_key(
        "take", machine=depicts, inputs=machine
    )
