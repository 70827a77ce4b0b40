"""The painter over Qwen-Image-Edit."""
