"""Stable Audio 3 in its makers' own layout: played as their code plays it, and refused where it would be wrong."""

import json

import numpy as np
import pytest
import torch

from assets.errors import SetupMissing
from models import libraries
from models.hubsound import makers_layout
from models.hubsound.makers_layout import _moved
from models.lease import lease
from models.options import options_for
from models.ports import Foley
from models.registry import adapter, lacks_with
from models.weights.choice import wanted
from tests.models.tiny import stable_audio_3 as tiny

HUB = "stabilityai/stable-audio-3-small-sfx"


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """Folders of the checkpoint and of the text encoder."""
    return tiny.save(tiny.SMALL, tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="module")
def foley(small):
    sound, text = small
    options = {"weights": {"path": sound}, "text": {"path": text}, "steps": 2}
    with lease(Foley, "stable-audio", options=options) as leased:
        yield leased


def decoder(kind, wide):
    """A decoder with the same numbers as in the makers' code."""
    libraries.diffusers()
    from models.hubsound.same import SameDecoder, decoder_weights

    said = tiny.config(kind)["model"]["pretransform"]["config"]["decoder"]["config"]
    made = SameDecoder(decoder=said, patch_size=tiny.PATCH, audio_channels=2, sampling_rate=tiny.RATE)
    made.load_state_dict(decoder_weights(tiny.filled(tiny.decoder_shapes(wide), tiny.hashed)))
    return made.eval()


@torch.inference_mode()
def test_the_decoder_of_the_small_models_makes_the_samples_of_its_makers_code():
    """diffusers 0.42 has no class for it: its attention is within chunks. Numbers: stable-audio-3 at 636f906c.

    Seven latents are no whole chunks.
    """
    made = decoder(tiny.SMALL, 3).decode(tiny.hashed(5, (1, tiny.LATENT, 7))).sample

    assert made.shape == (1, 2, 224)
    assert made[0, 0, :4].tolist() == pytest.approx([-0.024401, -0.137279, -0.141358, 0.320734], abs=1e-4)
    assert made[0, 1, 100:104].tolist() == pytest.approx(
        [0.113681, -0.226299, -0.238068, -0.155059], abs=1e-4
    )
    assert made[0, 0, 220:].tolist() == pytest.approx([0.088281, 0.260445, 0.105116, -0.187534], abs=1e-4)


@torch.inference_mode()
def test_the_decoder_of_medium_makes_the_samples_of_diffusers_class():
    ours = decoder(tiny.MEDIUM, 1)
    from diffusers import AutoencoderSAME

    theirs = AutoencoderSAME(
        patch_size=tiny.PATCH, encoder_channels=tiny.WIDTH, encoder_c_mults=(1,), encoder_strides=(tiny.STRIDE,),
        encoder_transformer_depths=(tiny.DEPTH,), latent_dim=tiny.LATENT, dim_heads=tiny.HEAD,
        decoder_sinusoidal_blocks=(3,), sampling_rate=tiny.RATE,
    ).eval()  # fmt: skip
    theirs.bottleneck.running_std.copy_(ours.running_std)
    theirs.decoder.proj.load_state_dict(ours.proj.state_dict())
    block, whole = theirs.decoder.blocks[0], ours.blocks[0]
    block.transformers.load_state_dict(whole.transformers.state_dict())
    block.new_tokens.copy_(whole.new_tokens)
    torch.nn.utils.remove_weight_norm(block.mapping)
    block.mapping.load_state_dict(whole.mapping.state_dict())
    latents = tiny.hashed(5, (1, tiny.LATENT, 9))

    assert torch.allclose(ours.decode(latents).sample, theirs.decode(latents).sample, atol=1e-5)


@pytest.mark.parametrize("differential", [False, True], ids=["small", "medium"])
@torch.inference_mode()
def test_the_denoiser_answers_as_the_makers_code_does(differential):
    """Numbers: stable-audio-3 at 636f906c; they reach to 190."""
    weights = tiny.filled(tiny.denoiser_shapes(differential), tiny.hashed)
    weights["transformer.rotary_pos_emb.inv_freq"] = 1 / 10000 ** (torch.arange(0, 32, 2) / 32)
    made = makers_layout._transformer(
        {f"model.model.{name}": one for name, one in weights.items()}, libraries.diffusers()
    )

    found = made(
        tiny.hashed(1, (1, 8, 6)), torch.tensor([0.6]), encoder_hidden_states=tiny.hashed(3, (1, 5, 16)),
        global_hidden_states=tiny.hashed(2, (1, 16)),
    ).sample  # fmt: skip

    assert found[0, 0].tolist() == pytest.approx(DENOISED[differential], abs=0.02)


DENOISED = {
    False: [15.550945, 15.818882, 15.773830, 15.609239, 15.911728, 15.716732],
    True: [-16.643993, -0.634764, -7.456739, -18.393398, -1.604721, -11.908065],
}


@pytest.mark.parametrize("kind", [tiny.SMALL, tiny.MEDIUM], ids=["small", "medium"])
def test_every_weight_of_the_checkpoint_is_used(tmp_path, kind):
    sound, text = tiny.save(kind, tmp_path)

    pipe = makers_layout.load(sound, text, dtype=torch.float32)

    assert type(pipe).__name__ == "StableAudio3Pipeline"
    assert pipe.scheduler.config.stochastic_sampling is True
    assert pipe.tokenizer.model_max_length == 64
    assert _moved("transformer.layers.1.ff.ff.2.bias") == "transformer_blocks.1.ff.proj_out.bias"
    assert pipe.transformer.prompt_padding_embedding.any()


def test_the_small_model_makes_effects_of_any_length_and_repeats_them(foley):
    one, again = (foley.model.make("rain", seconds=1.3, seed=1).samples for _ in range(2))

    assert one.shape == (round(1.3 * 48_000), 2)
    assert np.isfinite(one).all() and np.abs(one).max() > 0
    assert (one == again).all()
    assert (foley.model.make("wind", seconds=1.3, seed=1).samples != one).any()


def test_no_piece_is_longer_than_what_the_small_model_learnt(foley):
    """Its duration embedder takes 384 s, as that of medium."""
    assert foley.model._longest == 120


def test_a_model_of_the_hub_brings_its_text_encoder_and_only_its_own_two_files():
    options = options_for(adapter("foley", "stable-audio"), {"weights": {"hub": HUB, "revision": None}})

    assert [(one.hub, one.files) for one in wanted(options)] == [
        (HUB, ("model.safetensors", "model_config.json")),
        ("google/t5gemma-b-b-ul2", ()),
    ]
    assert adapter("foley", "stable-audio").carded(options).vram_gb == 3


def test_options_without_it_have_the_recipe_they_had():
    """A new field would have made every paid effect anew."""
    options = options_for(adapter("foley", "stable-audio"), {"steps": 20})

    assert "text" not in options.ingredients()


def test_a_checkpoint_without_its_text_encoder_is_refused_with_what_to_write(small):
    told = lacks_with("foley", "stable-audio", {"weights": {"path": small[0]}})

    assert "text: {hub: google/t5gemma-b-b-ul2, revision: null}" in told


def decoder_of(said):
    return said["model"]["pretransform"]["config"]["decoder"]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda said: said["model"]["diffusion"]["config"].update(timestep_features_logsnr=True), "logsnr"),
        (lambda said: decoder_of(said).update(soft_clip=True), "soft_clip"),
        (lambda said: said.pop("sample_rate"), "KeyError: 'sample_rate'"),
        (lambda said: decoder_of(said)["config"].update(transformer_depths=[3]), "cannot be"),
    ],
    ids=["other steps", "clipped", "damaged", "of other sizes"],
)  # fmt: skip
def test_a_configuration_that_would_be_played_wrongly_is_refused(tmp_path, change, told):
    sound, text = tiny.save(tiny.SMALL, tmp_path)
    said = json.loads((sound / "model_config.json").read_text())
    change(said)
    (sound / "model_config.json").write_text(json.dumps(said))

    with pytest.raises(SetupMissing, match=told):
        makers_layout.load(sound, text, dtype=torch.float32)


def test_a_text_encoder_that_lacks_weights_is_refused(small, tmp_path):
    """The library fills them with random numbers, and says so in a warning only."""
    (tmp_path / "text").mkdir()
    for file in small[1].iterdir():
        if file.suffix != ".safetensors":
            (tmp_path / "text" / file.name).write_bytes(file.read_bytes())
    from safetensors.torch import load_file, save_file

    kept = {name: one for name, one in load_file(small[1] / "model.safetensors").items() if "mlp" not in name}
    save_file(kept, tmp_path / "text/model.safetensors")

    with pytest.raises(SetupMissing, match="weights of T5Gemma's encoder"):
        makers_layout.load(small[0], tmp_path / "text", dtype=torch.float32)
