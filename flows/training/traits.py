"""Train the trait judge.      In: scenes.      Out: its folder in the library of weights."""

from flows.training.courses import course

command = course(
    "traits",
    "The trait judge: place, time, shot size; its features measure distances.",
    steps=4_000,
    cooldown=1_500,
)
