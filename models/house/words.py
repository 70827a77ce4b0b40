"""The prompts of the house models: the rig's closed caption grammar as words for a text encoder.

In: a shot, or a caption of it.      Out: a prompt, one word per attribute; its token ids.
``place:rooftop time:sunset ... ; hair:bob eyes:round ... ; ...`` Every word has its own token, so that nothing has to
be inferred from letters.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.cel.sampling import caption, parse_caption, vocabulary
from models.libraries import transformers
from models.ports import Shot

LENGTH = 48  # the scene and two people; further people are only in the layout
_UNSAID = {"move"}  # camera moves are made in compositing
_SPECIAL = ("<pad>", "<none>", ";")


def prompt(shot: Shot) -> str:
    """The content of ``shot`` in the words of the house models."""
    return worded(caption(shot))


def worded(text: str) -> str:
    """Convert a caption of the rig to a prompt."""
    parts = []
    for part in parse_caption(text):
        words = [
            f"{key}:{word}" for key, value in part.items() if key not in _UNSAID for word in value.split()
        ]
        parts.append(" ".join(words))
    return " ; ".join(parts)


def vocabulary_words() -> tuple[str, ...]:
    """Every token, in the order of its id; new words go to the end."""
    known = [f"{key}:{word}" for key, words in vocabulary().items() if key not in _UNSAID for word in words]
    return (*_SPECIAL, *known)


def ids(text: str) -> NDArray[np.int64]:
    """(48,) token ids of a prompt, padded; a longer prompt is cut.

    raises  KeyError for a word that is not in the grammar
    """
    known = {word: number for number, word in enumerate(vocabulary_words())}
    found = [known[word] for word in text.split()][:LENGTH] or [known["<none>"]]
    return np.array(found + [0] * (LENGTH - len(found)), np.int64)


def tokenizer() -> Any:
    """The same as a tokenizer that stock pipelines can save and load."""
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import WhitespaceSplit

    known = {word: number for number, word in enumerate(vocabulary_words())}
    made = Tokenizer(WordLevel(known, unk_token=_SPECIAL[1]))
    made.pre_tokenizer = WhitespaceSplit()
    return transformers().PreTrainedTokenizerFast(
        tokenizer_object=made, pad_token=_SPECIAL[0], unk_token=_SPECIAL[1], model_max_length=LENGTH
    )


def text_encoder(width: int = 256, layers: int = 2) -> Any:
    """A new small CLIP text encoder for these words."""
    config = transformers().CLIPTextConfig(
        vocab_size=len(vocabulary_words()),
        hidden_size=width,
        intermediate_size=2 * width,
        num_hidden_layers=layers,
        num_attention_heads=4,
        max_position_embeddings=LENGTH,
        projection_dim=width,
        pad_token_id=0,
        bos_token_id=1,
        eos_token_id=2,
    )
    return transformers().CLIPTextModel(config)
