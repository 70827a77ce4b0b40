"""The parts of the house Foley, all of them stock classes of diffusers and transformers.

    words     PreTrainedTokenizerFast, one number per word; CLIPTextModel, 2 layers
    unet      UNet2DConditionModel, predicts the clean picture; attends to the words, and gets their mean as its class
    schedule  DDPMScheduler for training, DPMSolverMultistepScheduler for generating

In:  nothing.      Out: untrained parts, or those of a folder.
Knows nothing about data, training or sounds.
"""

from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from models import libraries
from models.house.foley.mel import BANDS, FRAMES
from models.house.foley.words import END, PAD, vocabulary

FOLD = 8  # the picture is folded, 8 x 8 cells to a position of 64 channels: lossless and without weights
CHANNELS = FOLD * FOLD
ROWS, PLACES = BANDS // FOLD, FRAMES // FOLD
LONGEST = 12  # words including the end token
# mean and standard deviation of the pictures, so that the unet's input has mean 0 and standard deviation 1
MEAN, SPREAD = -0.585, 0.57


class Size(NamedTuple):
    """The size: the shipped one, or a tiny one for tests."""

    unet: tuple[int, ...] = (96, 128, 144)
    words: int = 128
    groups: int = 16


TINY = Size((8, 8, 16), 16, 4)


class Parts(NamedTuple):
    """torch modules, the tokenizer, and the training schedule."""

    unet: Any
    reader: Any
    tokenizer: Any


def fresh(size: Size | None = None) -> Parts:
    """Untrained parts; seed torch first to get the same ones again."""
    size = size or Size()
    return Parts(unet(size), reader(size), tokenizer())


def tokenizer() -> Any:
    """One number per word; commas are ignored; an unknown word is an error, because captions are closed."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

    numbers = {word: at for at, word in enumerate(vocabulary())}
    inner = Tokenizer(models.WordLevel(numbers))
    inner.normalizer = normalizers.Lowercase()
    inner.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Split(",", "removed"), pre_tokenizers.WhitespaceSplit()]
    )
    inner.post_processor = processors.TemplateProcessing(
        single=f"$A {END}", special_tokens=[(END, numbers[END])]
    )
    return _opened("transformers").PreTrainedTokenizerFast(
        tokenizer_object=inner, pad_token=PAD, eos_token=END, model_max_length=LONGEST
    )


def reader(size: Size) -> Any:
    """The text encoder. Its embeddings start far apart: with CLIP's start, 500 steps did not separate captions."""
    libraries.torchaudio()
    from torch.nn import init

    transformers = _opened("transformers")

    made = transformers.CLIPTextModel(
        transformers.CLIPTextConfig(
            vocab_size=len(vocabulary()),
            hidden_size=size.words,
            intermediate_size=2 * size.words,
            num_hidden_layers=2,
            num_attention_heads=4,
            max_position_embeddings=LONGEST,
            pad_token_id=vocabulary().index(PAD),
            bos_token_id=vocabulary().index(END),
            eos_token_id=vocabulary().index(END),
        )
    )
    init.normal_(made.get_input_embeddings().weight, std=0.3)
    return made


def read(reader: Any, ids: Any) -> tuple[Any, Any]:
    """(states of the words (n, LONGEST, words), their mean (n, words)), which the unet gets as its class."""
    states = reader(ids).last_hidden_state
    there = (ids != vocabulary().index(PAD)).to(states.dtype)[..., None]
    return states, (states * there).sum(dim=1) / there.sum(dim=1)


def unet(size: Size) -> Any:
    """Attention only in the middle (2 x 8 positions): one level higher it cost a third of the speed on a CPU."""
    return _opened("diffusers").UNet2DConditionModel(
        sample_size=(ROWS, PLACES),
        in_channels=CHANNELS,
        out_channels=CHANNELS,
        layers_per_block=1,
        block_out_channels=size.unet,
        norm_num_groups=size.groups,
        down_block_types=("DownBlock2D",) * 3,
        up_block_types=("UpBlock2D",) * 3,
        cross_attention_dim=size.words,
        attention_head_dim=4,
        class_embed_type="simple_projection",
        projection_class_embeddings_input_dim=size.words,
    )


def folded(pictures: Any) -> Any:
    """(n, BANDS, frames) in -1..1 -> (n, CHANNELS, BANDS / FOLD, frames / FOLD), mean 0, standard deviation 1."""
    from torch.nn.functional import pixel_unshuffle

    return (pixel_unshuffle(pictures[:, None], FOLD) - MEAN) / SPREAD


def unfolded(places: Any) -> Any:
    """The inverse of ``folded``."""
    from torch.nn.functional import pixel_shuffle

    return pixel_shuffle(places * SPREAD + MEAN, FOLD)[:, 0]


def training_schedule() -> Any:
    """The training schedule: cosine, down to pure noise, so that silence is learnt as silence."""
    return _opened("diffusers").DDPMScheduler(
        beta_schedule="squaredcos_cap_v2", prediction_type="sample", rescale_betas_zero_snr=True
    )


def sampling_schedule() -> Any:
    """The schedule for generating."""
    return _opened("diffusers").DPMSolverMultistepScheduler.from_config(
        training_schedule().config, timestep_spacing="trailing", algorithm_type="dpmsolver++", solver_order=2
    )


def save(parts: Parts, folder: Path) -> None:
    """Stock folders, half precision: unet/, reader/, tokenizer/, scheduler/."""
    import torch

    for name in ("unet", "reader"):
        module = getattr(parts, name)
        kept = {key: value.detach().clone() for key, value in module.state_dict().items()}
        half: Any = module.to(torch.float16)
        half.save_pretrained(folder / name, safe_serialization=True)
        module.to(torch.float32).load_state_dict(kept)
    parts.tokenizer.save_pretrained(folder / "tokenizer")
    sampling_schedule().save_pretrained(folder / "scheduler")


def load(folder: Path) -> Parts:
    """The parts of a folder, in single precision, ready to generate."""
    import torch

    diffusers, transformers = _opened("diffusers"), _opened("transformers")
    here: dict[str, Any] = {"local_files_only": True, "use_safetensors": True}
    kinds = (("unet", diffusers.UNet2DConditionModel), ("reader", transformers.CLIPTextModel))
    opened = {name: kind.from_pretrained(folder / name, **here).to(torch.float32) for name, kind in kinds}
    tokens = transformers.AutoTokenizer.from_pretrained(folder / "tokenizer", local_files_only=True)
    for module in opened.values():
        module.train(False).requires_grad_(False)
    return Parts(opened["unet"], opened["reader"], tokens)


def _opened(library: str) -> Any:
    """diffusers or transformers; both need torchaudio to be importable first."""
    libraries.torchaudio()
    return import_module(library)
