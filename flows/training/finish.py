"""Train the finish of the autoencoder on what the painter gives.      In: painted latents.      Out: its folder."""

from flows.training.courses import course

command = course(
    "finish", "The autoencoder's finish, taught on the painter's own latents.", steps=4_000, cooldown=1_500
)
