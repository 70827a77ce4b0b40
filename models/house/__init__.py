"""The house models: small diffusion models trained on pictures and sounds that this repository generates."""
