"""Claims about LoRAs: each arrives whole, at its strength, in the cuts that want it and in no other."""

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from assets.errors import InputRefused
from models.diffusion import lorafile, loras
from models.diffusion.loading import load
from models.diffusion.loras import Rack
from models.diffusion.options import DiffusionOptions
from tests.models.tiny import lora


@pytest.fixture
def pipe(tinies):
    return load(tinies("sdxl"), "StableDiffusionXLPipeline", device="cpu", options=DiffusionOptions())


@pytest.fixture
def seen(pipe):
    """What the UNet answers to one fixed question."""
    random = torch.Generator().manual_seed(1)
    latent, text = torch.randn(1, 4, 8, 8, generator=random), torch.randn(1, 7, 64, generator=random)
    added = {"text_embeds": torch.zeros(1, 32), "time_ids": torch.zeros(1, 6)}

    def answer() -> torch.Tensor:
        with torch.no_grad():
            return pipe.unet(latent, 3, text, added_cond_kwargs=added).sample

    return answer


def test_a_lora_changes_the_picture_and_its_absence_restores_it_to_the_byte(pipe, seen, tmp_path):
    before, rack = seen(), Rack(pipe, "sdxl")
    one = lora.weights(lora.peft(tmp_path / "a.safetensors", lora.matrices(pipe.unet), "unet"))

    rack.use([one])
    with_it = seen()
    rack.use([])

    assert not torch.allclose(with_it, before)
    assert torch.equal(seen(), before)


@pytest.mark.parametrize("alpha", [1.0, 2.0, 8.0])
def test_the_alpha_of_a_kohya_file_scales_the_lora(pipe, seen, tmp_path, alpha):
    """Wan2.2-Lightning#3: alpha was ignored, so that the LoRA worked eight times too strong."""
    made = lora.matrices(pipe.unet, size=0.3)
    kohya = lora.kohya(tmp_path / "k.safetensors", made, "lora_unet", alpha=alpha)
    scaled = {name: (down, up * alpha / 2) for name, (down, up) in made.items()}
    plain = lora.peft(tmp_path / "p.safetensors", scaled, "unet")

    answers = []
    for path in (kohya, plain):
        Rack(pipe, "sdxl").use([lora.weights(path)])
        answers.append(seen())
        pipe.unload_lora_weights()

    assert torch.allclose(*answers, atol=1e-5)


def test_each_of_two_loras_has_its_own_strength_and_strengths_change_from_cut_to_cut(pipe, seen, tmp_path):
    """One dictionary for several adapters made every one after the first run at 1.0."""
    first, second = (
        lora.peft(tmp_path / f"{seed}.safetensors", lora.matrices(pipe.unet, seed=seed), "unet")
        for seed in (1, 2)
    )
    rack = Rack(pipe, "sdxl")

    def layer_scales(*strengths: float) -> list[float]:
        rack.use(
            [lora.weights(path, strength) for path, strength in zip((first, second), strengths, strict=True)]
        )
        layer = next(one for one in pipe.unet.modules() if hasattr(one, "lora_A"))
        return [round(layer.scaling[name], 3) for name in layer.active_adapters]

    assert layer_scales(0.8, 0.25) == [0.8, 0.25]
    assert layer_scales(0.1, 0.9) == [0.1, 0.9]
    assert layer_scales(0.5, 0) == [0.5]
    assert len(rack.loaded) == 2


def test_a_lora_in_both_text_encoders_takes_its_strength_there_too(pipe, tmp_path):
    made = lora.matrices(pipe.unet)
    path = lora.kohya(tmp_path / "k.safetensors", made, "lora_unet", alpha=1.0)
    both = load_file(path)
    for prefix, part in (("lora_te1", pipe.text_encoder), ("lora_te2", pipe.text_encoder_2)):
        names = {
            f"text_model.{name}" if not name.startswith("text_model") else name: pair
            for name, pair in lora.matrices(part, "_proj").items()
        }
        both |= load_file(lora.kohya(tmp_path / "t.safetensors", names, prefix, alpha=1.0))
    save_file(both, path)

    Rack(pipe, "sdxl").use([lora.weights(path, 0.4)])

    for part in (pipe.unet, pipe.text_encoder, pipe.text_encoder_2):
        layer = next(one for one in part.modules() if hasattr(one, "lora_A"))
        assert [round(layer.scaling[name], 3) for name in layer.active_adapters] == [0.4 * 1.0 / 2]


def test_a_file_that_says_its_alphas_in_its_header_is_loaded_with_them_and_checked_too(pipe, seen, tmp_path):
    made = lora.matrices(pipe.unet, size=0.3)
    about = {"unet.r": 2, "unet.lora_alpha": 4, "unet.target_modules": sorted(made)}
    headed = lora.peft(tmp_path / "h.safetensors", made, "unet", lora_adapter_metadata=json.dumps(about))
    plain = lora.peft(tmp_path / "p.safetensors", {name: (a, b * 2) for name, (a, b) in made.items()}, "unet")
    answers = []
    for path in (headed, plain):
        Rack(pipe, "sdxl").use([lora.weights(path)])
        answers.append(seen())
        pipe.unload_lora_weights()

    assert torch.allclose(*answers, atol=1e-5)
    strange = {**made, "not_there.to_q": (torch.ones(2, 16), torch.ones(16, 2))}
    lora.peft(tmp_path / "s.safetensors", strange, "unet", lora_adapter_metadata=json.dumps(about))
    with pytest.raises(InputRefused, match=r"did not arrive whole|does not fit"):
        Rack(pipe, "sdxl").use([lora.weights(tmp_path / "s.safetensors")])


def wrong_keys(made, path):
    return lora.peft(path, made, "transformer")


def one_module_too_many(made, path):
    lora.peft(path, made, "unet")
    extra = {
        "unet.not_there.to_q.lora_A.weight": torch.ones(2, 16),
        "unet.not_there.to_q.lora_B.weight": torch.ones(16, 2),
    }
    save_file({**load_file(path), **extra}, path)
    return path


def says_another_base(made, path):
    return lora.peft(path, made, "unet", **{"modelspec.architecture": "Flux.1-dev/lora"})


def with_dora_scales(made, path):
    lora.peft(path, made, "unet")
    save_file({**load_file(path), "unet.a.dora_scale": torch.ones(3)}, path)
    return path


def of_other_shapes(made, path):
    return lora.peft(path, {name: (torch.ones(2, 99), up) for name, (_, up) in made.items()}, "unet")


def without_effect(made, path):
    return lora.peft(path, {name: (down, torch.zeros_like(up)) for name, (down, up) in made.items()}, "unet")


def no_lora(made, path):
    save_file({"some.weight": torch.ones(3)}, path)
    return path


def damaged(made, path):
    path.write_bytes(lora.peft(path, made, "unet").read_bytes()[:-9])
    return path


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (wrong_keys, "base model"),
        (one_module_too_many, "not arrive whole|does not fit"),
        (says_another_base, "trained on flux"),
        (with_dora_scales, "DoRA"),
        (of_other_shapes, "does not fit"),
        (without_effect, "all its changes are zero"),
        (no_lora, "holds no LoRA"),
        (damaged, "cannot be read"),
    ],
)
def test_a_lora_that_would_not_work_as_meant_is_refused_and_leaves_nothing_behind(
    pipe, seen, tmp_path, make, said
):
    """The library ignores what it does not know, with a warning; a cut was then drawn without its character."""
    before = seen()
    path = make(lora.matrices(pipe.unet), tmp_path / "bad.safetensors")

    with pytest.raises(InputRefused, match=said):
        Rack(pipe, "sdxl").use([lora.weights(path)])

    assert torch.allclose(seen(), before)


def test_only_the_last_few_loras_stay_loaded(pipe, tmp_path):
    rack = Rack(pipe, "sdxl")
    for seed in range(loras.MOST + 2):
        path = lora.peft(tmp_path / f"{seed}.safetensors", lora.matrices(pipe.unet, seed=seed), "unet")
        rack.use([lora.weights(path)])

    assert len(rack.loaded) == loras.MOST
    assert len(pipe.get_list_adapters()["unet"]) == loras.MOST


def test_a_hotswapped_lora_draws_as_one_that_was_loaded(pipe, seen, tmp_path):
    small, large = (
        lora.peft(
            tmp_path / f"{rank}.safetensors", lora.matrices(pipe.unet, rank=rank, seed=rank, size=0.3), "unet"
        )
        for rank in (2, 4)
    )
    wanted = []
    for path in (small, large):
        Rack(pipe, "sdxl").use([lora.weights(path, 0.7)])
        wanted.append(seen())
        pipe.unload_lora_weights()
    rack, got = Rack(pipe, "sdxl", hotswap_rank=4), []
    for path in (small, large, small):
        rack.use([lora.weights(path, 0.7)])
        got.append(seen())

    assert all(
        torch.allclose(one, other, atol=1e-5) for one, other in zip(got, [*wanted, wanted[0]], strict=True)
    )
    assert pipe.get_list_adapters()["unet"] == ["slot0"]
    with pytest.raises(InputRefused, match="hotswap_rank"):
        path = lora.peft(tmp_path / "8.safetensors", lora.matrices(pipe.unet, rank=8), "unet")
        rack.use([lora.weights(path)])


@pytest.mark.parametrize(
    ("said", "family"),
    [
        ("stable-diffusion-xl-v1-base/lora", "sdxl"),
        ("sdxl_base_v1-0", "sdxl"),
        ("Flux.1-dev/lora", "flux"),
        ("flux2-klein-4b/lora", "klein"),
        ("Wan2.2-I2V-A14B", "wan"),
        ("Wan-AI/Wan2.2-Animate-2-14B", "wan-animate"),
        ("stable-diffusion-v1/lora", "sd15"),
        ("something of tomorrow", ""),
    ],
)
def test_the_family_is_read_from_the_words_trainers_write(said, family):
    assert lorafile.LoraFile(Path("x"), {}, {"modelspec.architecture": said}).family == family
