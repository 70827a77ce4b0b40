"""Two models of a few thousand random weights that describe pictures, saved as a hub keeps them."""

from pathlib import Path

from tests.models.conftest import _tokenizer

WORDS = [
    "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "girl", "boy", "cat", "dog", "on", "roof", "in", "the", "rain",
    "red", "blue", "umbrella", "smiles", ",", "nagi",
]  # fmt: skip
TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{% for part in message['content'] %}"
    "{% if part['type'] == 'image' %}<image>{% else %}{{ part['text'] }}{% endif %}{% endfor %}<|im_end|>\n"
    "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
SEED = 1
SMALL = {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2}


def save_blip(folder: Path) -> Path:
    """BLIP: writes prose, and goes on from a hint."""
    import torch
    from transformers import BertTokenizerFast, BlipConfig, BlipForConditionalGeneration, BlipProcessor
    from transformers.models.blip.image_processing_pil_blip import BlipImageProcessorPil

    torch.manual_seed(SEED)
    text = {
        **SMALL, "vocab_size": len(WORDS), "max_position_embeddings": 64, "encoder_hidden_size": 16,
        "bos_token_id": 2, "eos_token_id": 3, "sep_token_id": 3, "pad_token_id": 0,
    }  # fmt: skip
    vision = {**SMALL, "image_size": 32, "patch_size": 16, "initializer_range": 0.02}  # BLIP's own is 1e-10
    model = BlipForConditionalGeneration(
        BlipConfig(text_config=text, vision_config=vision, projection_dim=16)
    )
    _louder(model)
    tokenizer = BertTokenizerFast(vocab={word: at for at, word in enumerate(WORDS)})
    processor = BlipProcessor(BlipImageProcessorPil(size={"height": 32, "width": 32}), tokenizer)
    model.save_pretrained(folder)
    processor.save_pretrained(folder)
    return folder


def save_chat(folder: Path) -> Path:
    """LLaVA: a chat model that reads pictures. Many tokens end its answer, so that it is short."""
    import torch
    from transformers import (
        CLIPVisionConfig,
        LlavaConfig,
        LlavaForConditionalGeneration,
        LlavaProcessor,
        Qwen2Config,
    )
    from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

    torch.manual_seed(SEED)
    tokenizer = _tokenizer()
    tokenizer.add_tokens(["<image>"], special_tokens=True)
    text = Qwen2Config(**SMALL, vocab_size=320, num_key_value_heads=1, max_position_embeddings=2048)
    vision = CLIPVisionConfig(**{**SMALL, "num_hidden_layers": 2}, image_size=32, patch_size=16)
    image = tokenizer.convert_tokens_to_ids("<image>")
    model = LlavaForConditionalGeneration(
        LlavaConfig(vision_config=vision, text_config=text, image_token_index=image, image_seq_length=4)
    )
    _louder(model, "projector", "patch_embedding", "o_proj", "v_proj")
    model.generation_config.eos_token_id = [tokenizer.eos_token_id, *range(0, 256, 3)]
    pictures = CLIPImageProcessorPil(size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32})
    processor = LlavaProcessor(
        pictures, tokenizer, patch_size=16, vision_feature_select_strategy="default", chat_template=TEMPLATE,
        num_additional_image_tokens=1,
    )  # fmt: skip
    model.save_pretrained(folder)
    processor.save_pretrained(folder)
    return folder


def _louder(model, *parts) -> None:
    """Larger weights, and much larger ones in ``parts``, so that the picture changes the likeliest word."""
    import torch

    with torch.no_grad():
        for name, weight in model.named_parameters():
            if weight.ndim > 1 and "norm" not in name.lower():
                weight.mul_(200 if any(part in name for part in parts) else 8)
