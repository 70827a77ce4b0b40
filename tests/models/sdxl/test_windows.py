"""Claims about long prompts: nothing is lost, and a short one is read as the library reads it."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from models.diffusion.loading import load
from models.diffusion.options import DiffusionOptions
from models.sdxl import windows

LONG = ", ".join(f"tag number {number}" for number in range(40))


@pytest.fixture(scope="module")
def pipe(tinies):
    return load(tinies("sdxl"), "StableDiffusionXLPipeline", device="cpu", options=DiffusionOptions())


def ids(pipe, text: str) -> list[int]:
    return pipe.tokenizer(text, add_special_tokens=False).input_ids


@given(text=st.text(alphabet="ab ,", max_size=400))
def test_windows_hold_every_letter_in_order_and_none_is_too_long(text):
    def count(piece: str) -> int:
        return len(piece.replace(" ", ""))

    found = windows.windows(text, count, room=20)

    assert "".join(found).replace(" ", "") == text.replace(" ", "")
    assert all(count(piece) <= 20 for piece in found)


def test_all_tokens_of_a_long_prompt_are_in_its_windows_and_tags_stay_whole(pipe):
    """The library cut everything after 77 tokens off, with a warning."""
    found = windows.windows(LONG, lambda piece: len(ids(pipe, piece)))

    assert [one for piece in found for one in ids(pipe, piece)] == ids(pipe, LONG)
    assert len(found) > 3
    assert all(piece.endswith(",") for piece in found[:-1])


@pytest.mark.parametrize(("text", "negative"), [("1girl, solo", "bad"), ("a", ""), ("", "lowres, blurry")])
def test_a_prompt_of_one_window_gives_exactly_what_the_library_gives(pipe, text, negative):
    wanted = pipe.encode_prompt(
        text, negative_prompt=negative or None, do_classifier_free_guidance=True, num_images_per_prompt=1
    )
    one, other = windows.both(pipe, text, negative)
    got = (one.embeds, other.embeds, one.pooled, other.pooled)

    assert all(torch.equal(mine, theirs) for mine, theirs in zip(got, wanted, strict=True))


def test_the_end_of_a_long_prompt_changes_its_embedding_and_the_negative_has_as_many_windows(pipe):
    one, other = windows.both(pipe, f"{LONG}, red", "bad")
    changed, _ = windows.both(pipe, f"{LONG}, blue", "bad")

    assert one.embeds.shape == other.embeds.shape
    assert one.embeds.shape[1] % 77 == 0
    assert not torch.equal(one.embeds, changed.embeds)
    assert windows.both(pipe, "a", LONG)[0].embeds.shape[1] > 77
