"""Prompts for pipelines whose text encoder is a chat model of the Qwen3 family."""

from typing import Any


def count(tokenizer: Any, text: str, *, thinking: bool) -> int:
    """How many tokens ``text`` has with the chat template around it, as the pipelines put it."""
    around = tokenizer.apply_chat_template(
        [{"role": "user", "content": text}],
        tokenize=False,
        add_generation_prompt=True,
        enable_thinking=thinking,
    )
    return len(tokenizer(around).input_ids)
