"""Tokenizers of a few hundred tokens, made from vocabularies in memory."""

TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
VISION = ("<|vision_start|>", "<|vision_end|>", "<|image_pad|>", "<|video_pad|>")
SPECIAL = ("<|endoftext|>", "<|im_start|>", "<|im_end|>", *VISION)


def _letters():
    from transformers.convert_slow_tokenizer import bytes_to_unicode

    return list(bytes_to_unicode().values())


def clip():
    """Every byte is a token; 77 tokens at a time."""
    from transformers import CLIPTokenizer

    letters = _letters()
    words = ["<|startoftext|>", "<|endoftext|>", *letters, *(f"{letter}</w>" for letter in letters)]
    vocab = {word: at for at, word in enumerate(words)}
    return CLIPTokenizer(vocab=vocab, merges=[], model_max_length=77, pad_token="<|endoftext|>")


def qwen():
    """Every byte is a token, and the chat template of the Qwen family."""
    from transformers import Qwen2Tokenizer

    vocab = {word: at for at, word in enumerate([*_letters(), *SPECIAL])}
    made = Qwen2Tokenizer(
        vocab=vocab, merges=[], eos_token="<|im_end|>", pad_token="<|endoftext|>", chat_template=TEMPLATE
    )
    made.add_special_tokens({"additional_special_tokens": list(SPECIAL)})
    return made


def t5():
    """Every printable letter is a token."""
    from transformers import T5Tokenizer

    letters = [chr(code) for code in range(33, 127)]
    scores = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", -9.0), ("▁", -1.0), *((one, -2.0) for one in letters)]
    return T5Tokenizer(vocab=scores, extra_ids=0)
