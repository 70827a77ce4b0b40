"""The house models: a small diffusion family trained on pictures and sounds this repository drew itself."""
