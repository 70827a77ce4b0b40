"""Claims about what a model was made of: datasets and base models at any depth, each once."""

from hashlib import sha256

from assets.credentials import Kind
from flows.rights.lineage import Lineage

BASE = {"name": "sd-base", "family": "sdxl", "licence": "MIT", "data": "owned", "weights": "e" * 64}


def hash_of(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def trained(store, name: str, dataset: str, base: dict | None = BASE) -> None:
    body = {"dataset": dataset, "run": hash_of(name), "shown": 4, "output": hash_of(name)}
    store.ledger.append("training.completed", name, body | ({"base": base} if base else {}))


def merged(store, name: str, *inputs: tuple[str, str]) -> None:
    body = {"output": hash_of(name), "inputs": [[hash_of(one), weight] for one, weight in inputs]}
    store.ledger.append("model.merged", name, body | {"method": "cat-1", "weights": hash_of(name)})


def test_a_merge_of_merges_leads_down_to_every_dataset_and_base_once(store):
    store.ledger.append("dataset.frozen", "art", {"root": "a" * 64, "show": "", "works": []})
    trained(store, "nagi", "a" * 64)
    trained(store, "style", "a" * 64)
    merged(store, "both", ("nagi", "0.5"), ("style", "0.5"))
    merged(store, "all", ("both", "1"), ("foreign", "-0.25"))

    parts = Lineage.of(store).beneath(hash_of("all"))
    assert [(part.name, part.sha256) for part in parts] == [
        ("model both at weight 1", hash_of("both")),
        (f"model {hash_of('foreign')[:12]} at weight -0.25", hash_of("foreign")),
        ("LoRA nagi at weight 0.5", hash_of("nagi")),
        ("LoRA style at weight 0.5", hash_of("style")),
        ("dataset art", "a" * 64),
        (f"base model sdxl/sd-base@{'e' * 64}, data owned", "e" * 64),
    ]
    assert {part.kind for part in parts if part.name.startswith("dataset")} == {Kind.DATASET}


def test_a_merge_that_names_itself_ends(store):
    merged(store, "loop", ("loop", "1"))

    assert len(Lineage.of(store).beneath(hash_of("loop"))) == 1


def test_a_training_of_an_earlier_release_names_its_dataset_and_no_base(store):
    trained(store, "old", "d" * 64, base=None)

    lineage = Lineage.of(store)
    assert [part.name for part in lineage.beneath(hash_of("old"))] == [f"dataset {'d' * 12}"]
    assert lineage.base(hash_of("old")) is None


def test_a_file_the_ledger_does_not_know_rests_on_nothing_that_is_told(store):
    assert Lineage.of(store).beneath("f" * 64) == []
