"""Pictures made larger by networks of the ESRGAN family, tile by tile."""
