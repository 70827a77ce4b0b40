"""Text to sound effect by diffusion, trained on the procedural Foley (models/foley)."""
