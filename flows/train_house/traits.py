"""Train the trait judge.      In: scenes.      Out: its folder in the library of weights."""

from flows.train_house.courses import course

command = course(
    "traits", "The trait judge, which chooses candidates and measures.", steps=4_000, cooldown=1_500
)
