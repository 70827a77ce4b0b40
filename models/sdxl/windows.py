"""Prompts of any length for two CLIP encoders that read 75 tokens at a time.

In: a prompt.      Out: its embeddings, as many windows as it needs, and the pooled one of the first window.
The library cuts a longer prompt off, with a warning only. A prompt of one window gives what the library gives.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from models.diffusion.placement import works_on

ROOM = 75  # tokens of a window; two more are its start and its end


@dataclass(frozen=True)
class Encoded:
    """What a pipeline takes instead of a text: (1, 77 * windows, channels), and (1, channels)."""

    embeds: Any
    pooled: Any


def windows(text: str, count: Callable[[str], int], room: int = ROOM) -> list[str]:
    """``text`` in pieces of at most ``room`` tokens, in order and whole: cut after commas, else between words.

    A single word of more than ``room`` tokens is cut between its letters.
    """
    pieces, held = [], ""
    for part in _parts(text, count, room):
        longer = held + part
        if held and count(longer.strip()) > room:
            pieces.append(held.strip())
            longer = part
        held = longer
    return [*pieces, held.strip()] if held.strip() or not pieces else pieces


def encode(pipe: Any, text: str, least: int = 1) -> Encoded:
    """Embed ``text``, padded with empty windows to ``least`` of them."""
    import torch

    readers = ((pipe.tokenizer, pipe.text_encoder), (pipe.tokenizer_2, pipe.text_encoder_2))
    texts = windows(text, lambda piece: max(tokens(reader, piece) for reader, _ in readers))
    texts += [""] * (least - len(texts))
    columns, pooled = [], None
    with torch.no_grad():
        for reader, encoder in readers:
            rows = []
            for piece in texts:
                ids = reader(
                    piece, padding="max_length", max_length=ROOM + 2, truncation=True, return_tensors="pt"
                )
                found = encoder(ids.input_ids.to(works_on(encoder)), output_hidden_states=True)
                rows.append(found.hidden_states[-2])
                if encoder is pipe.text_encoder_2 and pooled is None:
                    pooled = found[0]
            columns.append(torch.cat(rows, dim=1))
    joined = torch.cat([column.to(columns[-1].device) for column in columns], dim=-1)
    return Encoded(joined.to(pipe.text_encoder_2.dtype), pooled)


def both(pipe: Any, text: str, negative: str) -> tuple[Encoded, Encoded]:
    """Prompt and negative prompt with equally many windows; an empty negative is what the checkpoint says it is."""
    import torch

    wanted = encode(pipe, text)
    if not negative and pipe.config.force_zeros_for_empty_prompt:
        return wanted, Encoded(torch.zeros_like(wanted.embeds), torch.zeros_like(wanted.pooled))
    least = wanted.embeds.shape[1] // (ROOM + 2)
    unwanted = encode(pipe, negative, least)
    if unwanted.embeds.shape[1] > wanted.embeds.shape[1]:
        wanted = encode(pipe, text, unwanted.embeds.shape[1] // (ROOM + 2))
    return wanted, unwanted


def tokens(reader: Any, text: str) -> int:
    return len(reader(text, add_special_tokens=False).input_ids)


def _parts(text: str, count: Callable[[str], int], room: int) -> Iterator[str]:
    """The text in parts that fit: whole tags, or words of a tag, or letters of a word."""
    for cut in _after(",", text) if text else [""]:
        if count(cut.strip()) <= room:
            yield cut
            continue
        for word in _after(" ", cut):
            if count(word.strip()) <= room:
                yield word
                continue
            held = ""
            for letter in word:
                if held and count(held + letter) > room:
                    yield held
                    held = ""
                held += letter
            yield held


def _after(mark: str, text: str) -> list[str]:
    """``text`` cut after every ``mark``."""
    first, *rest = text.split(mark)
    parts = [first, *rest]
    return [f"{part}{mark}" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])
