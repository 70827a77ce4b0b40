"""Train the motion modules.      In: latents, the trained painter.      Out: its folder in the library of weights."""

from flows.training.courses import course

command = course(
    "animator",
    "Motion modules over the trained painter, for drawings that follow one another.",
    steps=1_000,
    cooldown=350,
)
