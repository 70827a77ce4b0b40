"""The Wan family of video models through diffusers: image to video, first and last frame, and VACE."""
