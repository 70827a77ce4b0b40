"""Train the judge of people.      In: portraits.      Out: its folder in the library of weights."""

from flows.training.courses import course

command = course(
    "people", "The judge of people: hair, eyes, outfit, expression.", steps=10_500, cooldown=3_000
)
