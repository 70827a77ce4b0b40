"""Claims about levers: each works or is refused, and none that changes pictures is on unasked."""

import pytest
import torch

from assets.errors import InputRefused, SetupMissing
from models.diffusion import levers, pictures, placement
from models.diffusion.loading import load
from models.diffusion.options import DiffusionOptions
from models.diffusion.seeds import generator

KINDS = {
    "sdxl": "StableDiffusionXLPipeline",
    "klein": "Flux2KleinPipeline",
    "z-image": "ZImagePipeline",
    "qwen-edit": "QwenImageEditPlusPipeline",
}
DENOISERS = {"sdxl": "unet"}


@pytest.fixture
def opened(tinies):
    def pipe(kind: str, **options: object):
        return load(tinies(kind), KINDS[kind], device="cpu", options=DiffusionOptions(**options))

    return pipe


def denoiser(pipe, kind: str):
    return getattr(pipe, DENOISERS.get(kind, "transformer"))


def painted(pipe) -> torch.Tensor:
    return pipe(
        prompt="a", height=64, width=64, num_inference_steps=2, guidance_scale=1.0, generator=generator(3),
        output_type="latent",
    ).images  # fmt: skip


def test_nothing_that_changes_pictures_is_on_unless_asked_and_each_says_that_it_does():
    options, fields = DiffusionOptions(), DiffusionOptions.model_fields
    changing = {"sage": False, "fp8": False, "cache": "none", "tiles": 0}

    for name, off in changing.items():
        assert getattr(options, name) == off
        assert any(word in fields[name].description for word in ("differ", "seams may show")), name
        assert name not in DiffusionOptions.aside
    assert set(fields) == DiffusionOptions.aside | set(changing) | {"precision"}


def test_no_kernel_is_ever_fetched_from_a_hub():
    """The ``*_hub`` kernels are downloaded at no pinned revision when they are first used."""
    assert not [name for name in levers.KERNELS.values() if "hub" in name]


@pytest.mark.parametrize("kind", KINDS)
def test_the_repeated_blocks_of_every_painter_can_be_compiled(opened, kind):
    part = denoiser(opened(kind), kind)

    levers.compile_blocks(part)

    compiled = [one for one in part.modules() if getattr(one, "_compiled_call_impl", None) is not None]
    assert compiled
    assert {type(one).__name__ for one in compiled} <= set(part._repeated_blocks)


@pytest.mark.parametrize(
    ("kind", "cache", "works"),
    [
        ("sdxl", "first_block", False),
        ("z-image", "first_block", False),
        ("z-image", "taylor", False),
        ("klein", "first_block", False),  # the library accepts it, and fails in the first step
        ("klein", "taylor", True),
        ("qwen-edit", "first_block", True),
        ("qwen-edit", "taylor", True),
    ],
)
def test_a_cache_works_where_it_is_registered_and_is_refused_elsewhere(opened, kind, cache, works):
    part = denoiser(opened(kind), kind)

    if not works:
        with pytest.raises(InputRefused, match="cache: none"):
            levers.reuse_steps(part, cache)
    else:
        levers.reuse_steps(part, cache)
        assert part.is_cache_enabled


def test_a_failed_call_leaves_nothing_in_a_cache(opened):
    """After an exception the cache held half a picture's steps, and the next picture was spoilt."""
    clean = painted(opened("klein"))
    pipe = opened("klein")
    levers.apply(pipe, ("transformer",), DiffusionOptions(cache="taylor"), "cpu")
    first = painted(pipe)
    hook = pipe.scheduler.step

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("stopped")

    pipe.scheduler.step = broken
    with pytest.raises(RuntimeError, match="stopped"):
        painted(pipe)
    pipe.scheduler.step = hook
    placement.forgotten(pipe)

    assert torch.equal(painted(pipe), first)
    assert torch.allclose(first, clean, atol=0.2)


def test_eight_bit_storage_keeps_the_weights_in_eight_bits_and_the_picture_close(opened):
    pipe = opened("z-image")
    before = painted(pipe)

    levers.store_fp8(pipe.transformer, torch.float32)

    kept = {one.dtype for one in pipe.transformer.layers.parameters()}
    assert torch.float8_e4m3fn in kept
    after = painted(pipe)
    assert not torch.equal(after, before)
    assert (after - before).abs().mean() < 0.3 * before.abs().mean()


@pytest.mark.parametrize("kind", ["sdxl", "klein"])
def test_decoding_in_tiles_gives_the_same_size_and_nearly_the_same_picture(opened, kind):
    pipe = opened(kind)
    latents = torch.randn(1, 4, 24, 32, generator=generator(2))
    whole = pictures.still(pictures.decoded_as_given(pipe.vae, latents))

    levers.decode_in_tiles(pipe.vae, 128)
    tiled = pictures.still(pictures.decoded_as_given(pipe.vae, latents))

    assert tiled.shape == whole.shape
    assert (tiled != whole).any(), "it was not decoded in tiles"
    # random weights: their normalisation over a tile differs more than that of trained ones
    assert abs(tiled.astype(int) - whole).mean() < 25


def test_tiles_work_while_everything_else_is_offloaded(opened):
    """diffusers#12096: tiled decoding of an offloaded VAE failed; ours stays resident."""
    pipe = opened("sdxl")
    placement._group(pipe, "cpu")
    levers.decode_in_tiles(pipe.vae, 32)

    assert pictures.still(pictures.decoded(pipe.vae, painted(pipe))).shape == (64, 64, 3)


def test_an_attention_kernel_holds_inside_its_block_only(opened):
    from diffusers.models.attention_dispatch import _AttentionBackendRegistry as Registry

    pipe, before = opened("klein"), Registry._active_backend
    plain = painted(pipe)
    with levers.attention(DiffusionOptions(attention="math")):
        assert Registry._active_backend.value == "_native_math"
        other = painted(pipe)

    assert Registry._active_backend == before
    assert torch.allclose(plain, other, atol=1e-3)


@pytest.mark.parametrize("option", [{"attention": "flash"}, {"sage": True}])
def test_a_kernel_that_is_not_installed_is_refused_with_the_remedy(option):
    with (
        pytest.raises(SetupMissing, match="attention: default"),
        levers.attention(DiffusionOptions(**option)),
    ):
        pytest.fail("it was entered")


def test_a_lever_of_a_class_that_lacks_it_is_refused():
    plain = torch.nn.Linear(2, 2)

    for pull in (
        levers.compile_blocks,
        lambda part: levers.store_fp8(part, torch.float32),
        lambda part: levers.decode_in_tiles(part, 64),
        lambda part: levers.reuse_steps(part, "taylor"),
    ):
        with pytest.raises(InputRefused):
            pull(plain)
