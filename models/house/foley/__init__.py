"""Text to sound effect by diffusion: the procedural desk's pupil."""
