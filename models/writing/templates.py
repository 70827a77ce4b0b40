"""Format a prompt for a chat model.

In: the request of a stage, a tokenizer with its chat template.      Out: token ids.
The request may quote scripts of strangers. It is encoded as plain text: a control token spelled out in it
(``<|im_end|>``) stays plain characters, so a script cannot close its own message and open another.
"""

from typing import Any

from assets.errors import InputRefused

_MARK = "\ue000prompt\ue000"  # private use: no template contains it


def tokens(tokenizer: Any, prompt: str) -> list[int]:
    """One user message with ``prompt``, up to where the answer begins; thinking is left out."""
    _storable(prompt)
    said = tokenizer.apply_chat_template(
        [{"role": "user", "content": _MARK}],
        tokenize=False,
        add_generation_prompt=True,
        enable_thinking=False,
    )
    before, mark, after = str(said).partition(_MARK)
    if not mark:
        raise InputRefused("The model's chat template leaves the message out. Choose a chat model.")
    return [*_control(tokenizer, before), *plain(tokenizer, prompt), *_control(tokenizer, after)]


def plain(tokenizer: Any, text: str) -> list[int]:
    """``text`` encoded without control tokens."""
    _storable(text)
    ids: list[int] = tokenizer(text, add_special_tokens=False, split_special_tokens=True)["input_ids"]
    return ids


def _control(tokenizer: Any, text: str) -> list[int]:
    ids: list[int] = tokenizer(text, add_special_tokens=False, split_special_tokens=False)["input_ids"]
    return ids


def _storable(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise InputRefused(
            f"The prompt holds half of a character at {error.start}. Save its source as UTF-8 text."
        ) from error
