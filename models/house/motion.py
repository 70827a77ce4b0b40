"""Motion modules: they make the denoiser's later drawings consistent over time.

In: the trained denoiser, clips as latents.      Out: a stock MotionAdapter (Guo et al., ICLR 2024).
The painter's layers are frozen, so that a take keeps its panel's style; only attention over time is trained. Longer
takes are made of overlapping windows that all see frame 0, so that nothing drifts.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from assets import files
from assets.errors import SetupMissing
from assets.matter import Still
from models.house import autoencoder, denoiser, latents, scenes
from models.house.denoiser import Batch, Denoise, Sampling
from models.house.latents import Prior
from models.libraries import diffusers

if TYPE_CHECKING:
    import torch

LONGEST = 32  # most drawings that can be denoised together
HEADS = 4
GUIDE = 3 * latents.UNSHUFFLE**2 + 1  # channels of a guide


def build(unet: Any) -> Any:
    """A new UNetMotionModel over ``unet``, whose own layers are frozen."""
    stock = diffusers()
    adapter = stock.MotionAdapter(
        block_out_channels=tuple(unet.config.block_out_channels),
        motion_layers_per_block=1,
        motion_mid_block_layers_per_block=1,
        motion_num_attention_heads=HEADS,
        motion_norm_num_groups=16,
        motion_max_seq_length=LONGEST,
        use_motion_mid_block=True,
    )
    moving = stock.UNetMotionModel.from_unet2d(unet, adapter)
    moving.freeze_unet2d_params()
    return moving


def save(moving: Any, folder: Path) -> None:
    """The motion modules alone, as a stock MotionAdapter in files small enough for a repository."""
    with files.scratch() as whole:
        moving.save_motion_modules(whole)
        adapter = diffusers().MotionAdapter.from_pretrained(whole, use_safetensors=True)
        adapter.half().save_pretrained(folder, max_shard_size="14MB")


class Move(Denoise):
    """Training task: denoise the drawings of a clip together, given its first one and mostly its layouts."""

    def __init__(self, folder: Path, codec: Path, painter: Path, *, most: int | None = None) -> None:
        import torch

        super().__init__(folder, codec, batch=1, most=most, prior=Prior.load(painter))
        trained = denoiser.load(painter)
        self._text = trained["text"].requires_grad_(False)
        self.network: torch.nn.Module = build(trained["unet"])
        denoiser.use_plain_attention(self.network)
        counts = np.diff(self.material.starts)
        self._clips = np.flatnonzero(counts == scenes.CLIP)
        if not len(self._clips):
            raise SetupMissing(f"There is no clip among the latents in {folder}; draw scenes with clips.")

    def compile(self) -> None:
        self.network.compile()

    def predict(
        self, network: Any, noisy: "torch.Tensor", times: "torch.Tensor", batch: Batch, device: Any
    ) -> "torch.Tensor":
        import torch

        with torch.no_grad():
            text = self._text.to(device)(batch.prompts.to(device)).last_hidden_state
        given = torch.cat([noisy, batch.beside.to(device)], 1)
        return together(network, given, times[:1], text)

    def loss(self, step: int, rng: "torch.Generator", device: "torch.device") -> "torch.Tensor":
        import torch

        batch = self.draw(step)
        wanted = batch.wanted.to(device)
        noise = torch.randn(wanted.shape, generator=rng).to(device)
        time = denoiser.levels(1, rng).to(device)
        times = time.expand(len(wanted))
        noisy = self._noise.add_noise(wanted, noise, times)
        found = self.predict(self.network, noisy, times, batch, device)
        return denoiser.weighted(self._noise, times, (found - wanted).square().mean(dim=(1, 2, 3)))

    def draw(self, step: int) -> Batch:
        """The 16 drawings of one clip; the first frame is always given, the layout nine times of ten.

        One clip in four has to reach its last drawing: its second half is shown that one instead of the first.
        """
        rng = np.random.default_rng([17, step])
        return self._clip(
            int(rng.choice(self._clips)),
            int(rng.choice(latents.FINENESS, p=denoiser.SHARES)) if rng.random() < 0.9 else 0,
            arrives=rng.random() < 0.25,
        )

    def _clip(self, scene: int, columns: int, *, arrives: bool = False) -> Batch:
        import torch

        held = self.material
        shown = slice(int(held.starts[scene]), int(held.starts[scene + 1]))
        found = torch.from_numpy(held.latents[shown].astype(np.float32))
        guide = latents.guide(held.layouts[shown] if columns else None, columns, len(found))
        ends = self.prior.rest(
            found[[0, -1]], latents.guide(held.layouts[shown][[0, -1]], latents.LAYOUT[0], 2)
        )
        half = len(found) // 2 if arrives else len(found)
        hands = ends[[0] * half + [1] * (len(found) - half)]
        mark = torch.ones(len(found), 1, *found.shape[2:])
        beside = torch.cat([hands, mark, guide], 1)
        return Batch(self.prior.rest(found, guide), beside, torch.from_numpy(held.prompts[scene : scene + 1]))

    def sheet(self, network: "torch.nn.Module") -> Still:
        """Two clips: the rig's own above, drawn with a layout, drawn without."""
        rows = []
        for scene in (int(self._clips[0]), int(self._clips[-1])):
            own = self._clip(scene, 64)
            guides = own.beside[:, -GUIDE:]
            made = [self.prior.restored(own.wanted, guides)]
            for columns in (64, 0):
                batch = self._clip(scene, columns)
                found = sample(network, self._text, batch.beside, batch.prompts, Sampling(8, seed=scene))
                made.append(self.prior.restored(found, batch.beside[:, -GUIDE:]))
            for found in made:
                pictures = autoencoder.decode(self._decoder, found[::3])
                rows.append(np.concatenate(list(pictures[:, ::3, ::3]), 1))
        return np.ascontiguousarray(np.concatenate(rows, 0))


def together(
    network: Any, given: "torch.Tensor", time: "torch.Tensor", text: "torch.Tensor"
) -> "torch.Tensor":
    """Run (frames, channels, h, w) through a UNetMotionModel: frames are its third axis, with a text per frame."""
    clip = given.permute(1, 0, 2, 3)[None]
    found: torch.Tensor = network(
        clip, time, encoder_hidden_states=text.expand(given.shape[0], -1, -1)
    ).sample
    return found[0].permute(1, 0, 2, 3)


def sample(
    network: Any,
    text_encoder: Any,
    beside: "torch.Tensor",
    prompt: "torch.Tensor",
    how: Sampling,
    known: "torch.Tensor | None" = None,
) -> "torch.Tensor":
    """What the layouts do not contain of the drawings of one window, (frames, 64, h, w); see ``denoiser.sample``.

    known  drawings that exist at its beginning and are kept unchanged: this joins windows
    """
    import torch

    device = next(network.parameters()).device
    scheduler = denoiser.schedule()
    shape = (len(beside), denoiser.LATENT, *beside.shape[2:])
    found = torch.zeros(shape, device=device) if how.start is None else how.start.to(device)
    with torch.no_grad():
        text = text_encoder(prompt.to(device)).last_hidden_state
        for number, time in enumerate(denoiser.times(how.steps, how.strength)):
            if known is not None:
                found = torch.cat([known.to(device), found[len(known) :]])
            at = torch.tensor([time], device=device)
            noisy = scheduler.add_noise(found, noise_for(shape, how.seed + number).to(device), at)
            found = together(network, torch.cat([noisy, beside.to(device)], 1), at, text)
    return found if known is None else torch.cat([known.to(device), found[len(known) :]])


def noise_for(shape: tuple[int, ...], seed: int) -> "torch.Tensor":
    """(frames, 64, h, w) of unit variance, correlated over frames: independent noise makes paint flicker."""
    import torch

    rng = torch.Generator().manual_seed(seed)
    own = torch.randn((shape[0], denoiser.LATENT, *shape[2:]), generator=rng)
    shared = torch.randn((1, denoiser.LATENT, *shape[2:]), generator=rng)
    return (own + shared) / 2**0.5
