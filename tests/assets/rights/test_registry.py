"""Claims about the registry: everybody credited must agree, and what derives inherits."""

from datetime import date
from hashlib import sha256

import pytest

from assets.errors import InputRefused
from assets.rights.registry import UNGRANTED, Registry
from assets.sheets.rights import Rights


@pytest.fixture
def registry(sheet):
    return Registry().with_added(sheet)


def test_a_work_has_the_terms_that_all_its_makers_granted(registry):
    terms = registry.terms(registry.works["model-sheet"])

    assert (terms.data_class, terms.scope, terms.ends) == ("opt-in", {"generate", "train"}, date(2027, 3, 31))
    assert terms.grants == {"G-aoi", "G-ren"}


def test_a_lora_inherits_the_terms_of_everything_it_was_trained_on(registry):
    terms = registry.terms(registry.works["nagi-lora"])

    assert (terms.ends, terms.revocable) == (date(2027, 3, 31), True)
    assert "merge" not in terms.scope


def test_one_maker_who_did_not_agree_blocks_the_work(sheet):
    without = sheet.model_copy(update={"grants": sheet.grants[1:]})

    terms = (registry := Registry().with_added(without)).terms(registry.works["nagi-lora"])

    assert (terms.data_class, terms.scope) == (UNGRANTED.data_class, UNGRANTED.scope)


def test_a_revoked_grant_no_longer_counts_for_what_derives_from_it(registry):
    revoked = Registry(registry.people, registry.works, registry.grants, {"G-aoi": "moved"})

    assert revoked.terms(revoked.works["nagi-lora"]).scope == frozenset()
    assert revoked.terms(revoked.works["sketch"]).scope == {"generate", "train", "merge"}


def test_a_later_grant_of_the_same_person_replaces_the_earlier_one(registry):
    later = {**registry.grants["G-aoi"].model_dump(), "id": "G-aoi-2", "ends": None}
    renewed = registry.with_added(Rights.model_validate({"grants": [later]}))

    assert renewed.terms(renewed.works["model-sheet"]).ends is None


def test_a_work_is_found_by_the_hash_of_its_file(registry):
    found = registry.work_of(sha256(b"lora").hexdigest())

    assert found.id == "nagi-lora"
    assert registry.work_of("0" * 64) is None


def test_everything_that_derives_from_a_work_is_found(registry):
    assert set(registry.derived(["sketch"])) == {"sketch", "nagi-lora"}


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ({"works": [{"id": "w", "title": "w", "kind": "picture", "made_by": [{"person": "nobody"}]}]}, "nobody"),
        ({"works": [{"id": "w", "title": "w", "kind": "lora", "sources": [{"work": "none"}]}]}, "none"),
        ({"works": [{"id": "w", "title": "w", "kind": "picture", "files": [sha256(b"sketch").hexdigest()]}]},
         "belongs to two works"),
        ({"works": [{"id": "sketch", "title": "w", "kind": "lora", "sources": [{"work": "nagi-lora"}]}]},
         "derives from itself"),
        ({"grants": [{"id": "g", "by": "x", "works": ["sketch"], "licence": "MIT", "data_class": "owned",
                      "scope": ["train"]}]}, "given by x"),
        ({"grants": [{"id": "g", "by": "P-ren", "works": ["gone"], "licence": "MIT", "data_class": "owned",
                      "scope": ["train"]}]}, "covers gone"),
        ({"grants": [{"id": "g", "by": "P-ren", "works": ["sketch"], "licence": "Nope-1", "data_class": "owned",
                      "scope": ["train"]}]}, "Nope-1"),
    ],
)  # fmt: skip
def test_what_names_something_unknown_is_refused_by_name(registry, given, word):
    with pytest.raises(InputRefused, match=word):
        registry.with_added(Rights.model_validate(given))


def test_a_chain_of_four_hundred_works_is_read():
    works = [{"id": f"w{n}", "title": "w", "kind": "lora", "sources": [{"work": f"w{n - 1}"}] if n else []}
             for n in range(400)]  # fmt: skip

    registry = Registry().with_added(Rights.model_validate({"works": works}))

    assert registry.terms(registry.works["w399"]).scope == frozenset()
