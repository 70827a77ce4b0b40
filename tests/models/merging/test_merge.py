"""A recipe makes a file that its hashes describe, or nothing."""

import pytest
import torch
from safetensors.torch import load_file, save_file

from assets.errors import InputRefused
from models.merging import merge
from models.merging.definitions import DEFINITIONS
from models.tensorfile import Weights
from tests.models.merging import memory
from tests.models.merging.recipes import recipe, run


def test_a_weighted_sum_of_files_is_the_sum_of_their_weights(checkpoint, tmp_path):
    a, b = checkpoint("a.safetensors", 1), checkpoint("b.safetensors", 2)

    run(recipe(a, b, weights=[3, 1]), tmp_path)

    first, second, out = load_file(a), load_file(b), load_file(tmp_path / "out.safetensors")
    key = "mid_block.to_q.weight"
    assert torch.allclose(out[key], 0.75 * first[key] + 0.25 * second[key], atol=1e-6)
    assert out["text.position_ids"].tolist() == [0, 1, 2]


def test_running_the_written_recipe_again_gives_the_same_bytes(checkpoint, tmp_path):
    a, b, base = (checkpoint(f"{name}.safetensors", seed) for seed, name in enumerate("abc"))
    wanted = recipe(a, b, base=base, method="dare-1", density=0.5, seed=7, dtype="bf16")

    record = run(wanted, tmp_path)
    once = (tmp_path / "out.safetensors").read_bytes()
    again = run(record, tmp_path)

    assert again == record
    assert (tmp_path / "out.safetensors").read_bytes() == once
    assert record.output_sha256 == Weights(tmp_path / "out.safetensors").sha256()


def test_another_seed_drops_other_changes(checkpoint, tmp_path):
    a, b, base = (checkpoint(f"{name}.safetensors", seed) for seed, name in enumerate("abc"))

    records = [
        run(recipe(a, b, base=base, method="dare-1", density=0.5, seed=seed), tmp_path) for seed in (1, 2)
    ]

    assert records[0].output_sha256 != records[1].output_sha256


def test_an_input_that_was_exchanged_is_refused_and_the_old_result_stays(checkpoint, tmp_path):
    a, b = checkpoint("a.safetensors", 1), checkpoint("b.safetensors", 2)
    record = run(recipe(a, b), tmp_path)
    before = (tmp_path / "out.safetensors").read_bytes()
    checkpoint("b.safetensors", 3)

    with pytest.raises(InputRefused, match=r"b\.safetensors is not the model the recipe names"):
        run(record, tmp_path)

    assert (tmp_path / "out.safetensors").read_bytes() == before


def test_a_result_with_another_hash_than_promised_is_not_kept(checkpoint, tmp_path):
    a, b = checkpoint("a.safetensors", 1), checkpoint("b.safetensors", 2)

    with pytest.raises(InputRefused, match="Nothing was kept"):
        run(recipe(a, b, output_sha256="0" * 64), tmp_path)

    assert not (tmp_path / "out.safetensors").exists()
    assert not list(tmp_path.glob(".*"))


def test_a_new_title_in_the_header_does_not_change_the_hash(checkpoint, tmp_path):
    path = checkpoint("a.safetensors", 1)
    before = Weights(path).sha256()

    save_file(load_file(path), path, metadata={"modelspec.title": "Another"})

    assert Weights(path).sha256() == before


def test_a_number_that_is_not_finite_is_named(checkpoint, tmp_path):
    a, b = checkpoint("a.safetensors", 1), checkpoint("b.safetensors", 2)
    tensors = load_file(b)
    tensors["mid_block.to_q.weight"][0, 0] = float("nan")
    save_file(tensors, b)

    with pytest.raises(InputRefused, match=r"b\.safetensors: mid_block\.to_q\.weight .*not finite"):
        run(recipe(a, b), tmp_path)


def test_a_result_too_large_for_fp16_is_refused(checkpoint, tmp_path):
    a, b = checkpoint("a.safetensors", 1), checkpoint("b.safetensors", 2)
    save_file({key: value * 40_000 for key, value in load_file(a).items()}, a)
    wide = recipe(a, b, weights=[15, -14], dtype="fp16")

    with pytest.raises(InputRefused, match="not finite after the merge"):
        run(wide, tmp_path)


def test_models_of_two_architectures_are_refused_with_the_names_of_weights(checkpoint, tmp_path):
    a = checkpoint("a.safetensors", 1)
    b = checkpoint("b.safetensors", 2, shapes={"transformer.blocks.0.to_q.weight": (4, 4)})

    with pytest.raises(InputRefused, match=r"not of one architecture: 3 weights .*transformer\.blocks"):
        run(recipe(a, b), tmp_path)


def test_whole_numbers_that_differ_are_refused(checkpoint, tmp_path):
    a, b = checkpoint("a.safetensors", 1), checkpoint("b.safetensors", 2, positions=(0, 2, 1))

    with pytest.raises(InputRefused, match="whole numbers that differ"):
        run(recipe(a, b), tmp_path)


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"method": "weighted"}, "no way of merging 'weighted'"),
        ({"method": "ties-1"}, "needs `base`"),
        ({"kind": "lora", "method": "ties-1"}, "A lora merge has no method"),
        ({"blocks": {"IN12": 0.5}}, "There is no block IN12"),
        ({"blocks": {"OUT03": 0.5}}, "No weight of these models belongs to the block OUT03"),
        ({"blocks": {"*.to_v.*": 0.5}}, "No weight is called like"),
    ],
)
def test_a_recipe_that_cannot_be_made_is_refused_before_weights_are_read(
    checkpoint, tmp_path, fields, problem
):
    a, b = checkpoint("a.safetensors", 1), checkpoint("b.safetensors", 2)

    with pytest.raises(InputRefused, match=problem):
        merge.prepare(recipe(a, b, **fields), tmp_path)


def test_a_block_weight_counts_in_its_block_only(checkpoint, tmp_path):
    a, b = checkpoint("a.safetensors", 1), checkpoint("b.safetensors", 2)

    run(recipe(a, b, weights=[0.5, 0.5], blocks={"IN04": 1.0, "*mid_block*": 0.25}), tmp_path)

    first, second, out = load_file(a), load_file(b), load_file(tmp_path / "out.safetensors")
    deep, mid = "down_blocks.1.attentions.0.to_k.weight", "mid_block.to_q.weight"
    assert torch.equal(out[deep], second[deep])
    assert torch.allclose(out[mid], 0.75 * first[mid] + 0.25 * second[mid])


def test_a_model_in_several_files_is_one_model(checkpoint, tmp_path):
    whole = checkpoint("whole.safetensors", 1)
    (tmp_path / "parts").mkdir()
    for number, (key, tensor) in enumerate(load_file(whole).items()):
        save_file({key: tensor}, tmp_path / "parts" / f"model-{number}.safetensors")

    assert Weights(tmp_path / "parts").sha256() == Weights(whole).sha256()


@pytest.mark.parametrize("method", DEFINITIONS)
def test_the_record_of_every_formula_reproduces_its_hash(checkpoint, tmp_path, method):
    a, b, base = (checkpoint(f"{name}.safetensors", seed) for seed, name in enumerate("abc"))
    based = {"base": base} if DEFINITIONS[method].base else {}

    record = run(recipe(a, b, method=method, density=0.6, dtype="fp16", **based), tmp_path)

    assert run(record, tmp_path) == record
    assert record.output_sha256 == Weights(tmp_path / "out.safetensors").sha256()


@pytest.mark.slow
def test_a_merge_of_large_models_stays_in_a_small_part_of_their_size(tmp_path):
    """The peak that was compared began with that of the test's own process, and could not fail."""
    for seed, name in enumerate("ab"):
        memory.write_model(tmp_path / name, 1_000_000_000, seed)
    (tmp_path / "recipe.yaml").write_text(recipe("a", "b", dtype="fp16").to_yaml())

    took = memory.spent(tmp_path)

    # MiB: 990 measured. The widest weight has 270 in float32, once for each input and once for the sum.
    assert 270 < took.added < 1200
