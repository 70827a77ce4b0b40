"""Train the painter for few steps.      In: latents, the trained painter.      Out: the painter's folder."""

from flows.training.courses import course

command = course("quick", "The painter again, distilled to few steps.", steps=900, cooldown=300)
