"""Train the house denoiser.      In: latents.      Out: its folder in the library of weights."""

from flows.training.courses import course

command = course(
    "painter",
    "The denoiser: panels, and later drawings given a first one. 1.4 steps a second on one core, compiled.",
    steps=6_000,
    cooldown=1_000,
)
