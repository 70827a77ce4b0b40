"""The transformers writer, through its real loading code, from a cache on disk and with no network."""

import shutil

import pytest

from assets.errors import InputRefused, SetupMissing
from models.lease import lease
from models.ports import Ranker, Writer

REVISION = "0123456789abcdef0123456789abcdef01234567"
SCHEMA = {
    "type": "object",
    "required": ["title", "mood"],
    "properties": {"title": {"type": "string", "maxLength": 12}, "mood": {"enum": ["calm", "sad"]}},
}


def options(cache, **other):
    return {
        "hub": "studio/tiny",
        "revision": REVISION,
        "licence": "Apache-2.0",
        "cache": cache,
        "offline": True,
        **other,
    }


@pytest.fixture(scope="module")
def leased(cache):
    with lease(Writer, "transformers", options=options(cache)) as it:
        yield it


def test_a_pinned_model_answers_within_the_schema(leased):
    draft = leased.model.write("A cat finds a star.", schema=SCHEMA, seed=3)

    assert set(draft.data) == {"title", "mood"}
    assert draft.data["mood"] in ("calm", "sad")
    assert draft.tokens_in > 19
    assert draft.likelihood < 0


def test_the_same_seed_gives_the_same_answer_whatever_was_asked_before(leased):
    long = "A cat finds a star on the roof. " * 12
    first = leased.model.write(long, schema=SCHEMA, seed=5)
    leased.model.write(long[:300] + "And then?", schema=SCHEMA, seed=6)

    again = leased.model.write(long, schema=SCHEMA, seed=5)

    assert (again.data, again.likelihood) == (first.data, first.likelihood)


def test_other_seeds_give_other_answers(leased):
    assert len({str(leased.model.write("A", schema=SCHEMA, seed=seed).data) for seed in range(4)}) > 1


def test_its_card_names_the_commit_before_anything_is_loaded(cache):
    with lease(Writer, "transformers", options=options(cache)) as unloaded:
        identity = unloaded.identity()

    assert (identity["weights"], identity["revision"], unloaded.loads) == ("studio/tiny", REVISION, 0)
    assert "cache" not in identity["options"]


def test_layers_can_be_placed_by_accelerate(cache):
    with lease(Writer, "transformers", options=options(cache, placement="auto")) as leased:
        assert leased.model.write("A", schema=SCHEMA, seed=1).data["mood"] in ("calm", "sad")


def test_it_ranks_texts(leased):
    assert isinstance(leased.model, Ranker)
    assert leased.model.score("the ", "star") < 0


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"revision": "main"}, "revision"),
        ({"revision": REVISION[:12]}, "revision"),
        ({"licence": ""}, "SPDX"),
        ({"hub": "../../etc"}, "hub"),
        ({"trust_remote_code": True}, "trust_remote_code"),
    ],
)
def test_options_that_are_not_safe_are_refused_before_loading(cache, other, said):
    with (
        pytest.raises(InputRefused, match=said),
        lease(Writer, "transformers", options=options(cache, **other)),
    ):
        pass


def test_a_model_without_safetensors_is_not_opened(cache, tmp_path):
    shutil.copytree(cache, tmp_path / "hub")
    weights = next((tmp_path / "hub").rglob("model.safetensors"))
    weights.rename(weights.with_name("pytorch_model.bin"))

    with (
        lease(Writer, "transformers", options=options(tmp_path / "hub")) as leased,
        pytest.raises(SetupMissing, match="safetensors"),
    ):
        leased.model.write("A", schema=SCHEMA, seed=1)


def test_a_commit_that_is_not_in_the_cache_says_what_to_check(cache):
    other = options(cache, revision="f" * 40)

    with (
        lease(Writer, "transformers", options=other) as leased,
        pytest.raises(SetupMissing, match="revision"),
    ):
        leased.model.write("A", schema=SCHEMA, seed=1)


def test_an_adapter_is_not_opened_since_its_base_would_not_be_pinned(cache, tmp_path):
    shutil.copytree(cache, tmp_path / "hub")
    snapshot = next((tmp_path / "hub").rglob("config.json")).parent
    (snapshot / "adapter_config.json").write_text('{"base_model_name_or_path": "someone/else"}')

    with (
        lease(Writer, "transformers", options=options(tmp_path / "hub")) as leased,
        pytest.raises(InputRefused, match="adapter"),
    ):
        leased.model.write("A", schema=SCHEMA, seed=1)
