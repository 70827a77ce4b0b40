"""The transformers writer, through its real loading code, from a cache on disk and with no network."""

import shutil

import pytest

from assets.errors import InputRefused, SetupMissing
from models.lease import lease
from models.ports import Ranker, Writer
from models.weights import store
from tests.models.weights.small_models import REVISION, a_model, put

SCHEMA = {
    "type": "object",
    "required": ["title", "mood"],
    "properties": {"title": {"type": "string", "maxLength": 12}, "mood": {"enum": ["calm", "sad"]}},
}


@pytest.fixture(scope="module", autouse=True)
def fetched(saved, tmp_path_factory):
    """The model in a store folder, as `sakuga models pull` leaves it."""
    before = store.store()
    store.use_store(tmp_path_factory.mktemp("store"))
    files = {path.name: path.read_bytes() for path in saved.iterdir()}
    put(a_model(files), files)
    yield
    store.use_store(before)


def options(**other):
    return {"weights": {"hub": "studio/tiny", "revision": REVISION, **other.pop("weights", {})}, **other}


@pytest.fixture(scope="module")
def leased(fetched):
    with lease(Writer, "transformers", options=options()) as it:
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


def test_its_card_names_the_commit_before_anything_is_loaded():
    with lease(Writer, "transformers", options=options()) as unloaded:
        identity = unloaded.identity()

    assert (identity["weights"], identity["revision"], unloaded.loads) == ("studio/tiny", REVISION, 0)


def test_an_earlier_profile_is_still_read_and_its_recipes_stay_valid():
    """Such a profile named the model beside the other options, and could name the hub's cache."""
    earlier = {"hub": "studio/tiny", "revision": REVISION, "licence": "MIT", "cache": "/x", "offline": True}

    with lease(Writer, "transformers", options=earlier) as unloaded:
        held = unloaded.identity()["options"]

    assert held == {
        "temperature": 0.7, "top_p": 0.9, "repetition": 1.1, "max_tokens": 1024, "precision": "auto",
        "hub": "studio/tiny", "revision": REVISION, "licence": "MIT",
    }  # fmt: skip


def test_layers_can_be_placed_by_accelerate():
    with lease(Writer, "transformers", options=options(placement="auto")) as leased:
        assert leased.model.write("A", schema=SCHEMA, seed=1).data["mood"] in ("calm", "sad")


def test_it_ranks_texts(leased):
    assert isinstance(leased.model, Ranker)
    assert leased.model.score("the ", "star") < 0


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"weights": {"revision": "main"}}, "revision"),
        ({"weights": {"revision": REVISION[:12]}}, "revision"),
        ({"weights": {"hub": "../../etc"}}, "hub"),
        ({"trust_remote_code": True}, "trust_remote_code"),
    ],
)
def test_options_that_are_not_safe_are_refused_before_loading(other, said):
    with pytest.raises(InputRefused, match=said), lease(Writer, "transformers", options=options(**other)):
        pass


def without_weights(folder):
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    return "pytorch_model.bin"


def as_adapter(folder):
    (folder / "adapter_config.json").write_text('{"base_model_name_or_path": "someone/else"}')
    return "adapter"


@pytest.mark.parametrize("spoil", [without_weights, as_adapter])
def test_a_folder_with_a_pickle_or_with_an_adapter_of_an_unpinned_base_is_not_opened(saved, tmp_path, spoil):
    folder = tmp_path / "mine"
    shutil.copytree(saved, folder)
    said = spoil(folder)

    with (
        lease(Writer, "transformers", options={"weights": {"path": folder}}) as leased,
        pytest.raises((SetupMissing, InputRefused), match=said),
    ):
        leased.model.write("A", schema=SCHEMA, seed=1)


def test_a_commit_that_is_not_here_is_refused_with_the_command_that_fetches_it():
    with (
        lease(Writer, "transformers", options=options(weights={"revision": "f" * 40})) as leased,
        pytest.raises(SetupMissing, match="sakuga models pull"),
    ):
        leased.model.write("A", schema=SCHEMA, seed=1)
