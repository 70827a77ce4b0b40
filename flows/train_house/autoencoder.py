"""Train the house autoencoder.      In: large pictures.      Out: its folder in the library of weights."""

from flows.train_house.courses import course

command = course(
    "autoencoder", "Pictures to latents and back at twice the sides: 5 steps a second on one idle core."
)
