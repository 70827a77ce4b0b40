"""Claims about what the ledger says of datasets and trainings: hashes and counts, once, without names."""

import json
from hashlib import sha256
from pathlib import Path

import pytest

from assets.rights.terms import Terms
from assets.sheets.dataset import Manifest
from assets.sheets.merge import MergeRecipe
from assets.store import Store
from flows.training.lora import Trained
from flows.training.merging import Merged
from flows.training.order import Order
from flows.training.recording import frozen, merged, trained


def hash_of(text: str) -> str:
    return sha256(text.encode()).hexdigest()


@pytest.fixture
def manifest() -> Manifest:
    def work(name: str, repeats: int) -> dict:
        return {
            "work": {"file": f"{name} by Aoi.png", "sha256": hash_of(name), "size": [64, 64], "caption": "nagi",
                     "caption_from": "file", "rights": {"creator": "青井 葵", "licence": "MIT"}, "repeats": repeats},
            "ref": {"sha256": hash_of(name), "bytes": 1, "media_type": "image/png"}, "bucket": [64, 64],
        }  # fmt: skip

    raw = {
        "name": "nagi-1",
        "show": "koko",
        "showing": {},
        "works": [work("one", 10), work("two", 3)],
        "root": "a" * 64,
    }
    return Manifest.model_validate(raw)


def order(steps: int) -> Order:
    return Order(
        name="nagi", dataset="nagi-1", base=Path("base"), licence="MIT", data="owned", batch=2, steps=steps
    )


def finished(steps: int, manifest: Manifest, made: Path) -> Trained:
    return Trained(order(steps), manifest, made, run="r" * 64, shown=2 * steps, first=True)


def test_a_training_is_recorded_with_what_it_showed_and_a_longer_one_as_the_same_run(tmp_path, manifest):
    made = tmp_path / "nagi.safetensors"
    made.write_bytes(b"weights")
    with Store.open(f"sqlite:///{tmp_path}/store.sqlite") as store:
        first = trained(store, finished(100, manifest, made), by="ken")
        again = trained(store, finished(100, manifest, made), by="ken")
        longer = trained(store, finished(300, manifest, made), by="ken")
        events = store.ledger.events()

    assert first == again
    assert [event.kind for event in events] == ["dataset.frozen", "training.completed", "training.completed"]
    assert (first.body["shown"], longer.body["shown"]) == (200, 600)
    assert first.body["run"] == longer.body["run"]
    assert first.body["output"] == hash_of("weights")


def test_the_event_of_a_dataset_names_no_file_and_no_creator(tmp_path, manifest):
    with Store.open(f"sqlite:///{tmp_path}/store.sqlite") as store:
        event = frozen(store, manifest, by="ken")

    assert event.body["works"] == [[hash_of("one"), 10], [hash_of("two"), 3]]
    assert "Aoi" not in json.dumps(event.body) and "青井" not in json.dumps(event.body, ensure_ascii=False)


def test_a_merge_is_recorded_once_with_the_files_that_went_into_it(tmp_path):
    """Nothing recorded merges, so that a merged model paid nobody."""
    for name in ("one", "two", "base", "made"):
        (tmp_path / f"{name}.safetensors").write_bytes(name.encode())
    inputs = [{"path": f"{name}.safetensors", "weight": weight, "licence": "CC0-1.0"} for name, weight in
              (("one", 0.25), ("two", -1.5))]  # fmt: skip
    base = {"path": "base.safetensors", "licence": "CC0-1.0"}
    raw = {
        "name": "mix",
        "kind": "lora-into-base",
        "method": "weighted-sum-1",
        "inputs": inputs,
        "base": base,
    }
    made = Merged(
        tmp_path / "made.safetensors", tmp_path / "r", MergeRecipe.model_validate(raw), Terms("owned")
    )

    with Store.open(f"sqlite:///{tmp_path}/store.sqlite") as store:
        first = merged(store, made, tmp_path, by="ken")
        assert merged(store, made, tmp_path, by="ken") == first

    assert first.body["output"] == hash_of("made")
    assert first.body["inputs"] == [
        [hash_of("one"), "0.25"],
        [hash_of("two"), "-1.5"],
        [hash_of("base"), "1"],
    ]
