"""Training a LoRA of SDXL: seconds per step and memory of ours against a plain loop of diffusers and peft.

Both train the same layers of the same network at the same size, with checkpointing, from encoded pictures. Both free
the text encoders and keep the VAE, which draws the validation pictures. The plain loop has no checkpoints on disk, no
average of the weights and no caption rules.
"""

import statistics
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from PIL import Image

from assets.sheets.dataset import FrozenWork, Manifest, Rights, Showing, Work
from assets.sheets.production import Ref
from models.sealed import sha256
from models.training.families import Art, prepared
from models.training.lesson import Family, Task
from models.training.loop import Run, train
from models.training.lora import ATTENTION, LoraShape
from models.training.sdxl import FAMILY
from tests.gpu import build
from tests.gpu.measure import Marks, Peak
from tests.gpu.part import Finding, Findings, Place

RATIO = 1.05
RANK = 16
WARM = 6  # steps that are not measured


def sdxl(place: Place) -> Findings:
    side, steps = (64, 12) if place.tiny else (1024, 30)
    found = ours(place, FAMILY, build.pipeline(place, "sdxl"), side, steps)
    yield from judged("sdxl", found, _plain(place, side, steps))


def judged(named: str, mine: tuple[float, float], plain: tuple[float, float]) -> Findings:
    """(seconds per step, GiB) of both as figures, and the two ratios."""
    yield Finding(f"{named}: ours", 1 / mine[0], "steps/s")
    yield Finding(f"{named}: the plain loop", 1 / plain[0], "steps/s")
    yield Finding(f"{named}: ours / plain, a step", mine[0] / plain[0], most=RATIO, timed=True)
    yield Finding(f"{named}: ours, peak memory in a step", mine[1], "GiB")
    yield Finding(f"{named}: the plain loop, peak memory in a step", plain[1], "GiB")
    yield Finding(f"{named}: ours / plain, peak memory", mine[1] / plain[1], most=RATIO, timed=True)


class Measured:
    """The time between steps of a network in training, and the most memory, both after the first steps."""

    def __init__(self, place: Place, network: Any) -> None:
        self._place, self._marks = place, Marks(place, [network])
        self._network, self._peak = network, Peak(place)

    def __enter__(self) -> "Measured":
        self._marks.__enter__()
        self._hook = self._network.register_forward_pre_hook(self._warm)
        return self

    def _warm(self, *_: object) -> None:
        if self._marks.calls == WARM:
            self._peak.__enter__()

    def __exit__(self, *_: object) -> None:
        self._hook.remove()
        self._marks.__exit__()
        self._peak.__exit__()

    @property
    def result(self) -> tuple[float, float]:
        return statistics.median(self._marks.steps(skip=WARM)), self._peak.gib


def ours(place: Place, family: Family, pipe: Any, side: int, steps: int) -> tuple[float, float]:
    """As `sakuga train` does it, from a pipeline that is in memory already."""
    art = place.folder / "art"
    of = Art(manifest(place, side), lambda each: art / each.work.file, place.folder / "encoded")
    given = replace(family, load=lambda folder, device: pipe)
    task = Task(LoraShape(RANK, RANK), checkpointing=True)
    lesson = prepared(given, (place.folder, place.device), of, task, steps, lambda line: None)
    run = Run(
        folder=place.folder / "run", steps=steps, warmup=1, save=steps, look=0, device=place.device,
        precision="bf16" if place.device.startswith("cuda") else "no",
    )  # fmt: skip
    with Measured(place, lesson.network) as measured:
        train(lesson, run, tell=lambda line: None)
    return measured.result


def manifest(place: Place, side: int) -> Manifest:
    """Four drawings of blocks, as files and as a frozen dataset."""
    random = np.random.default_rng(1)
    rules = Showing(resolution=side, bucket_step=16 if place.tiny else 64)
    works = []
    for number in range(4):
        path = place.folder / "art" / f"{number}.png"
        path.parent.mkdir(exist_ok=True)
        blocks = random.integers(0, 255, (side // 16, side // 16, 3)).astype(np.uint8)
        Image.fromarray(blocks.repeat(16, 0).repeat(16, 1)).save(path)
        work = Work(
            file=path.name, sha256=sha256(path), size=(side, side), caption=f"drawing {number}", caption_from="file",
            rights=Rights(creator="Sakuga", licence="CC0-1.0"),
        )  # fmt: skip
        ref = Ref(sha256=work.sha256, bytes=path.stat().st_size, media_type="image/png")
        works.append(FrozenWork(work=work, ref=ref, bucket=(side, side)))
    return Manifest(name="blocks", showing=rules, works=tuple(works), root="0" * 64)


def _plain(place: Place, side: int, steps: int) -> tuple[float, float]:
    """As diffusers' own example trains, but with everything encoded before."""
    import torch
    from diffusers import DDPMScheduler

    pipe = build.pipeline(place, "sdxl")
    device = torch.device(place.device)
    rng = torch.Generator("cpu").manual_seed(1)
    with torch.no_grad():
        pixels = torch.randn(1, 3, side, side, generator=rng).to(device)
        latent = pipe.vae.encode(pixels).latent_dist.mode() * pipe.vae.config.scaling_factor
        text, _, pooled, _ = pipe.encode_prompt("drawing 1", do_classifier_free_guidance=False)
    noise = DDPMScheduler.from_config(pipe.scheduler.config)
    network = pipe.unet
    pipe.text_encoder = pipe.text_encoder_2 = None
    sizes = torch.tensor([[side, side, 0, 0, side, side]], device=device, dtype=latent.dtype)
    added = {"text_embeds": pooled.to(latent), "time_ids": sizes}

    def loss() -> Any:
        drawn = torch.randn(latent.shape, generator=rng).to(device)
        times = torch.randint(0, 1000, (1,), generator=rng).to(device)
        noisy = noise.add_noise(latent, drawn, times)
        found = network(noisy, times, encoder_hidden_states=text.to(latent), added_cond_kwargs=added).sample
        return torch.nn.functional.mse_loss(found.float(), drawn.float())

    return plain_loop(place, network, loss, steps)


def plain_loop(
    place: Place, network: Any, loss: Callable[[], Any], steps: int, targets: tuple[str, ...] = ATTENTION
) -> tuple[float, float]:
    """A LoRA by peft, AdamW, accelerate; the same for every network."""
    import torch
    from accelerate import Accelerator
    from diffusers.training_utils import cast_training_params
    from peft import LoraConfig

    network.requires_grad_(False)
    network.add_adapter(LoraConfig(r=RANK, lora_alpha=RANK, target_modules=list(targets)))
    network.enable_gradient_checkpointing()
    cast_training_params([network], dtype=torch.float32)
    trained = [weight for weight in network.parameters() if weight.requires_grad]
    optimizer: Any = torch.optim.AdamW(trained, lr=1e-4, fused=True)
    cuda = place.device.startswith("cuda")
    accelerator = Accelerator(cpu=not cuda, mixed_precision="bf16" if cuda else "no")
    network, optimizer = accelerator.prepare(network, optimizer)
    network.train()
    with Measured(place, network) as measured:
        for _ in range(steps):
            with accelerator.autocast():
                found = loss()
            accelerator.backward(found)
            accelerator.clip_grad_norm_(trained, 1.0)
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
            float(found.detach())  # every trainer tells it
    return measured.result
