"""Train the painter for few steps.      In: latents, the trained painter.      Out: the painter's folder."""

from flows.train_house.courses import course

command = course("quick", "The painter again, distilled to few steps.", steps=900, cooldown=300)
