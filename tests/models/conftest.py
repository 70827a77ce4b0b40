"""Models of a few thousand random weights, saved as a hub keeps them."""

from collections.abc import Callable
from pathlib import Path

import pytest

TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
SPECIAL = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")


def _tokenizer():
    from transformers import Qwen2Tokenizer
    from transformers.convert_slow_tokenizer import bytes_to_unicode

    letters = list(bytes_to_unicode().values())
    merges = [("t", "h"), ("th", "e"), ("Ġ", "a"), ('"', ":"), ("s", "t"), ("a", "r")]
    vocab = {token: at for at, token in enumerate([*letters, *("".join(pair) for pair in merges), *SPECIAL])}
    return Qwen2Tokenizer(
        vocab=vocab, merges=merges, eos_token="<|im_end|>", pad_token="<|endoftext|>", chat_template=TEMPLATE
    )


@pytest.fixture(scope="session")
def tiny():
    """The random model and its tokenizer."""
    from models import libraries

    libraries.torchaudio()
    import torch
    from transformers import Qwen2Config, Qwen2ForCausalLM

    torch.manual_seed(0)
    torch.set_num_threads(1)
    tokenizer = _tokenizer()
    config = Qwen2Config(
        vocab_size=320, hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=2,
        num_key_value_heads=1, max_position_embeddings=16_384, eos_token_id=tokenizer.eos_token_id,
    )  # fmt: skip
    return Qwen2ForCausalLM(config).train(False), tokenizer


@pytest.fixture(scope="session")
def saved(tiny, tmp_path_factory):
    """The folder of the random model."""
    model, tokenizer = tiny
    folder = tmp_path_factory.mktemp("tiny")
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def tinies(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The folder of a tiny diffusers pipeline by its kind (tests/models/tiny); made when it is first asked for."""
    from tests.models.tiny import pipelines

    root, made = tmp_path_factory.mktemp("tinies"), {}

    def folder(kind: str) -> Path:
        if kind not in made:
            made[kind] = pipelines.save(kind, root / kind)
        return made[kind]

    return folder
